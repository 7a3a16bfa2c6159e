"""The catalogue of products: searched, filtered, ordered by how it answers a need, with what was lent with each."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from components.context import Context
from components.header import badge
from components.numbers import DASH, count
from components.origins import Origin, Place, grouped
from components.panel import figure_html, mark
from components.products.matching import SIGNS, catalogue, names, rate_range, reasons, until
from components.reads import remember
from components.sheet import Column, Sheet
from components.smallcells import told_parts, untold
from components.tables import note_html, row_html, table_html
from data_access.queries.products import product_loans
from locales import N_
from metrics.products import Need, Use, match_products, on_offer, product_use

METRICS = ("products", "product_use_rate")
SHOWN = {
    "valid": N_("在办"),
    "fits": N_("符合需求"),
    "used": N_("有放款"),
    "unused": N_("从未使用"),
    "soon": N_("90 天内到期"),
    "ended": N_("已到期"),
    "all": N_("全部"),
}
# A product that ends within these days is listed apart.
SOON_DAYS = 90
USES = ("loans", "borrowers", "amount")
Row = Mapping[Hashable, Any]


@dataclass(frozen=True)
class Shelf:
    """The products of the banks in view on a day, judged by a need, with what was lent with each.

    ``frame`` is the catalogue in the order in which it answers ``need``, with ``loans`` (笔), ``borrowers`` (户) and
    ``amount`` (yuan; NaN where loans name no product) and ``is_on_offer``.
    """

    context: Context
    need: Need
    day: date
    frame: pd.DataFrame

    @cached_property
    def told(self) -> pd.DataFrame:
        """The ``frame`` with what was lent as the reader may see it."""
        return told_parts(self.context, self.frame, dict.fromkeys(USES, "borrowers"))

    @property
    def knows_every_loan(self) -> bool:
        """Whether every loan of the products is in view, so that one without any was never lent."""
        asked, regions = self.context.selection, self.context.scope.regions
        kinds = (asked.regions, asked.industries, asked.entity_types, asked.size_classes, asked.tiers, asked.tags)
        return regions is None and asked.start is None and not any(kinds)

    @property
    def unused_name(self) -> str:
        """What a product on offer without a loan in view is called."""
        t = self.context.t
        return t("从未使用") if self.knows_every_loan else t("范围内未使用")

    @property
    def use(self) -> Use:
        """Return the size of the catalogue in view and how much of it is used."""
        return product_use(self.frame, self.day)


def shelf_of(context: Context, need: Need) -> Shelf:
    """Return the shelf for a need that was told on the reader's day."""
    frame = remember(context, "products.shelf", lambda: _judged(context, need), need)
    return Shelf(context, need, context.filters.as_of, frame)


def _judged(context: Context, need: Need) -> pd.DataFrame:
    frame = with_use(context, catalogue(context))
    if context.filters.banks:
        frame = frame[frame["bank"].isin(context.filters.banks)]
    judged = match_products(frame.reset_index(drop=True), need)
    return judged.assign(is_on_offer=on_offer(judged, context.filters.as_of))


def with_use(context: Context, frame: pd.DataFrame) -> pd.DataFrame:
    """Return products with what was lent with each in the reader's selection; NaN where loans name no product."""
    if "loans.product_id" not in context.reported:
        return frame.assign(**dict.fromkeys(USES, np.nan))
    lent = product_loans(context.store, context.scope, context.selection)
    joined = frame.merge(lent, on="product_id", how="left")
    own = joined["bank"].isin(joined["bank"] if context.scope.banks is None else context.scope.banks)
    return joined.assign(**{name: joined[name].fillna(0.0).where(own) for name in USES})


def picked(shelf: Shelf, state: str, words: str) -> pd.DataFrame:
    """Return the rows in a state of ``SHOWN`` whose name or bank holds ``words``."""
    frame, used = shelf.frame, shelf.frame["loans"] > 0
    until = pd.to_datetime(frame["valid_until"])
    kept = {
        "valid": frame["is_on_offer"], "fits": frame["fits"] & frame["is_on_offer"], "used": used,
        "unused": frame["is_on_offer"] & (frame["loans"] == 0), "ended": ~frame["is_on_offer"],
        "soon": frame["is_on_offer"] & (until <= pd.Timestamp(shelf.day + timedelta(SOON_DAYS))),
        "all": pd.Series(True, index=frame.index),
    }[state]  # fmt: skip
    if words.strip():
        named = frame["bank"].map(_bank_names(shelf.context)).fillna("")
        text = frame["name"] + " " + named + " " + frame["product_id"]
        kept &= text.str.contains(words.strip(), case=False, regex=False)
    return shelf.told[kept]


def _bank_names(context: Context) -> dict[str, str]:
    return {bank.code: bank.label.text(context.lang) for bank in context.profile.banks}


def conclusion(shelf: Shelf) -> str:
    """Return one sentence: how many products of how many banks, how many are used, never used, ended."""
    t, frame, use = shelf.context.t, shelf.frame, shelf.use
    ended = len(frame) - int(use.products)
    said = t("目录共 {n} 个产品、{banks} 家银行，在办 {valid} 个").format(
        n=count(len(frame)), banks=frame["bank"].nunique(), valid=count(use.products)
    )
    if not np.isnan(use.used):
        words = (
            t("；{n} 个有过放款（{share}%），{m} 个从未使用") if shelf.knows_every_loan
            else t("；{n} 个在所选范围内有放款（{share}%），{m} 个没有")
        )  # fmt: skip
        said += words.format(n=count(use.used), share=f"{use.share:.1f}", m=count(use.products - use.used))
    return said + (t("；{n} 个已到期").format(n=count(ended)) if ended else "") + t("。")


def table(shelf: Shelf, frame: pd.DataFrame) -> str:
    """Return products as a table; where a need was told, each with its reasons."""
    t = shelf.context.t
    if frame.empty:
        return note_html(t("没有这样的产品"))
    heads = [("name", t("产品")), ("text wide", t("银行")), ("text wide", t("适用对象")), ("wide", t("最高额度"))]
    heads += [("", t("利率")), ("wide", t("期限（月）")), ("text wide", t("担保")), ("text wide", t("有效期至"))]
    heads += [("wide", t("放款（笔）"))]
    heads += [("text wrap", t("与需求相比"))] if shelf.need.asks else []
    rows = (row_html(heads, _cells(shelf, row)) for row in frame.to_dict("records"))
    return f'<div class="zr-scroll">{table_html(heads, rows)}</div>'


def _cells(shelf: Shelf, row: Row) -> list[str]:
    context, t = shelf.context, shelf.context.t
    bank = context.profile.bank_by_code.get(str(row["bank"]))
    word = t("已到期")
    ended = "" if row["is_on_offer"] else f" {badge(word)}"
    audience, guarantee = (names(context, name, (str(row[name]),)) or t("未注明") for name in ("audience", "guarantee"))
    most, term = context.numbers.money(float(row["max_amount"])).joined, count(float(row["term_months"]))
    # On a phone the columns beside name and rate are left out: what they say stands below the name there.
    months = [] if term == DASH else [t("{n} 个月").format(n=term)]
    slim = " · ".join((audience, most, *months, guarantee))
    cells = [
        f'{escape(str(row["name"]))}{ended}<small class="zr-slim">{escape(slim)}</small>',
        escape(bank.label.short(context.lang) if bank else str(row["bank"])),
        escape(audience),
        escape(most),
        escape(rate_range(row)),
        term,
        escape(guarantee),
        escape(until(context, row)),
        untold(context, "loans") if pd.isna(row["loans"]) else figure_html(count(float(row["loans"])), _lent(row)),
    ]
    return [*cells, _reasons(shelf, row)] if shelf.need.asks else cells


def _lent(row: Row) -> Origin:
    return Origin("product.loans", Place((("product_id", str(row["product_id"])),)))


def _reasons(shelf: Shelf, row: Row) -> str:
    tones = {"met": "good", "failed": "bad", "unknown": "warn"}
    said = [
        f'<span class="zr-reason zr-{tones[verdict]}">{SIGNS[verdict]} {escape(text)}</span>'
        for verdict, text in reasons(shelf.context, row, shelf.need)
    ]
    return f'<span class="zr-why">{"".join(said)}</span>'


def sheet(shelf: Shelf, frame: pd.DataFrame) -> Sheet:
    """Return products as a table of numbers, the reasons as one text."""
    context, t = shelf.context, shelf.context.t
    rows = frame.to_dict("records")
    shown = frame.assign(
        bank=frame["bank"].map(_bank_names(context)).fillna(frame["bank"]),
        audience=[names(context, "audience", (str(row["audience"]),)) for row in rows],
        guarantee=[names(context, "guarantee", (str(row["guarantee"]),)) for row in rows],
        until=[until(context, row) for row in rows],
        why=[t("；").join(f"{SIGNS[v]} {text}" for v, text in reasons(context, row, shelf.need)) for row in rows],
    )
    columns = [
        Column("product_id", t("产品编号")), Column("name", t("产品")), Column("bank", t("银行")),
        Column("audience", t("适用对象")), Column("max_amount", t("最高额度"), "yuan"),
        Column("rate_min", t("最低利率"), "percent"), Column("rate_max", t("最高利率"), "percent"),
        Column("term_months", t("期限（月）")), Column("guarantee", t("担保")), Column("until", t("有效期至")),
        Column("loans", t("放款"), "case", "product.loans"), Column("borrowers", t("放款户数"), "enterprise"),
        Column("amount", t("放款额"), "yuan", "product.amount"),
    ]  # fmt: skip
    columns += [Column("why", t("与需求相比"))] if shelf.need.asks else []
    return Sheet("products", shown, tuple(columns), METRICS, places=grouped("product_id", shown["product_id"]))


BANK_FIGURES = {
    "offered": "product.offered", "used": "product.used", "unused": "product.unused", "ended": "product.ended",
    "loans": "product.loans",
}  # fmt: skip


# ---- by bank --------------------------------------------------------------------------------------------------------


def banks(shelf: Shelf) -> pd.DataFrame:
    """Return the products by bank, most never used first.

    Columns ``bank``, ``offered``, ``used``, ``unused``, ``ended`` (个), ``loans`` (笔) and ``amount`` (yuan); what
    rests on loans is NaN where these name no product.
    """
    frame, offered = shelf.frame, shelf.frame["is_on_offer"]
    known = frame["loans"].notna()
    marked = frame.assign(
        offered=offered.astype("float64"),
        used=(offered & (frame["loans"] > 0)).astype("float64").where(known),
        unused=(offered & (frame["loans"] == 0)).astype("float64").where(known),
        ended=(~offered).astype("float64"),
    )
    counts = ["offered", "used", "unused", "ended", *USES]
    sums = marked.groupby("bank", as_index=False)[counts].sum(min_count=1)
    sums = told_parts(shelf.context, sums, dict.fromkeys(USES, "borrowers"))
    return sums.sort_values(["unused", "offered", "bank"], ascending=[False, False, True], ignore_index=True)


def banks_headline(shelf: Shelf) -> str:
    """Return how many products were never lent, and how many banks have any of those."""
    t, frame = shelf.context.t, banks(shelf)
    if frame["unused"].isna().any() or frame.empty:
        return t("各银行的产品")
    unused = float(frame["unused"].sum())
    if not unused:
        return t("在办的产品都有过放款")
    words = (
        t("{n} 个在办产品从未使用，分属 {m} 家银行") if shelf.knows_every_loan
        else t("{n} 个在办产品在所选范围内没有放款，分属 {m} 家银行")
    )  # fmt: skip
    return words.format(n=count(unused), m=int((frame["unused"] > 0).sum()))


def banks_html(shelf: Shelf) -> str:
    """Return the products by bank as a table; a row filters by the bank."""
    context, t = shelf.context, shelf.context.t
    heads = [("name", t("银行")), ("", t("在办")), ("", t("有放款")), ("", shelf.unused_name), ("wide", t("已到期"))]
    heads += [("", t("放款（笔）")), ("wide", t("放款额"))]
    body = []
    for row in banks(shelf).to_dict("records"):
        bank = context.profile.bank_by_code.get(str(row["bank"]))
        label = bank.label.short(context.lang) if bank else str(row["bank"])
        (place,) = grouped("bank", [row["bank"]])
        numbers = [
            figure_html(_or_unreported(context, row[name]), None if pd.isna(row[name]) else Origin(key, place))
            for name, key in BANK_FIGURES.items()
        ]
        money = DASH if pd.isna(row["amount"]) else context.numbers.money(float(row["amount"])).joined
        money = figure_html(escape(money), None if money == DASH else Origin("product.amount", place))
        act = mark("bank", str(row["bank"]), label=label)
        body.append(row_html(heads, [escape(label), *numbers, money], act))
    return table_html(heads, body)


def _or_unreported(context: Context, value: float) -> str:
    return untold(context, "loans") if pd.isna(value) else count(float(value))


def banks_sheet(shelf: Shelf) -> Sheet:
    """Return the products by bank as a table of numbers."""
    t, frame = shelf.context.t, banks(shelf)
    shown = frame.assign(bank=frame["bank"].map(_bank_names(shelf.context)).fillna(frame["bank"]))
    named = {"offered": t("在办"), "used": t("有放款"), "unused": shelf.unused_name, "ended": t("已到期")}
    columns = [Column("bank", t("银行"))]
    columns += [Column(name, header, "product", BANK_FIGURES[name]) for name, header in named.items()]
    columns += [Column("loans", t("放款"), "case", "product.loans")]
    columns += [Column("amount", t("放款额"), "yuan", "product.amount")]
    return Sheet("product_banks", shown, tuple(columns), METRICS, places=grouped("bank", frame["bank"]))
