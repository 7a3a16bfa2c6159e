"""The financial officers: how many, where, which towns and villages have none, and how many enterprises each serves."""

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from charts.intervals import interval_bar
from components.campaigns.manning import by_bank, coverage, manned_towns, of_some_banks, parts, placed, tops
from components.campaigns.reading import records
from components.cards import Card, cards_html
from components.context import Context
from components.definition import definition_pop
from components.numbers import DASH, Shown, count, rate
from components.origins import Origin, Place, grouped
from components.panel import figure_html, mark
from components.sheet import Column, Sheet
from components.tables import row_html, table_html
from metrics.campaigns import served_per_officer, staff_coverage
from metrics.figures import figure_of

# A bank that sent fewer is not named as the one whose officers serve the most or the fewest.
FEWEST_OFFICERS = 10


# ---- cards ----------------------------------------------------------------------------------------------------------


def cards(context: Context) -> str:
    """Return the cards: officers of each kind, both coverages, and enterprises served per officer."""
    t, lang, frame, found = context.t, context.lang, placed(context), coverage(context)
    day = t("截至{day}").format(day=context.numbers.short_day(context.filters.as_of))
    drawn = []
    for code in context.profile.codes.get("officer_kind", ()):
        own = frame[frame["kind"] == code.code]
        duty = code.attributes.get(f"duty_{lang}", "")
        drawn.append(Card(
            code.label.text(lang), context.numbers.value(float(own["officers"].sum()), "person"), day,
            [escape(line) for line in (duty, _served(context, own)) if line],
            origin=Origin("officer.officers", Place((("kind", code.code),))),
        ))  # fmt: skip
    drawn.append(_share(context, "assistant_coverage", found["manned"].sum(), found["towns"].sum(), day))
    known = found["villages"].notna().any()
    parts = (found["covered"].sum(), found["villages"].sum()) if known else (np.nan, np.nan)
    drawn.append(_share(context, "commissioner_coverage", *parts, day))
    return cards_html([*drawn, _each(context, frame, day)])


def _served(context: Context, own: pd.DataFrame) -> str:
    served, sent = own["served"].sum(min_count=1), count(float(own["sent"].sum()))
    if np.isnan(served):
        return context.t("累计派驻 {n} 人").format(n=sent)
    return context.t("累计派驻 {n} 人，报送服务 {m} 户").format(n=sent, m=count(float(served)))


def _share(context: Context, key: str, part: float, whole: float, day: str) -> Card:
    numbers, t = context.numbers, context.t
    value = None if np.isnan(whole) else float(staff_coverage(np.array([part]), np.array([whole]))[0])
    figure = figure_of(key, value, context.reported, numerator=float(part), denominator=float(whole))
    title, origin = numbers.name(figure.metric), Origin(figure.metric.key)
    lines = [] if value is None else [escape(t("{x} / {n} 个").format(x=count(float(part)), n=count(float(whole))))]
    if value is not None:
        lines.append(escape(t("空白 {n} 个").format(n=count(float(whole - part)))))
    return Card(
        title,
        numbers.figure(figure),
        day,
        lines,
        pop=definition_pop(figure, numbers, title=title, origin=origin),
        origin=origin,
    )


def _each(context: Context, frame: pd.DataFrame, day: str) -> Card:
    numbers, t = context.numbers, context.t
    served, officers = float(frame["served"].sum(min_count=1)), float(frame["sent"].sum())
    value = float(served_per_officer(np.array([served]), np.array([officers]))[0])
    figure = figure_of("enterprises_per_officer", value, context.reported, numerator=served, denominator=officers)
    title, origin = numbers.name(figure.metric), Origin(figure.metric.key)
    lines = [escape(t("累计派驻 {n} 人").format(n=count(officers))), escape(t("“服务”没有统一定义，不与走访户数比较"))]
    shown = Shown(numbers.figure(figure).text, t("户/人")) if figure.value is not None else numbers.figure(figure)
    return Card(
        title, shown, day, lines, pop=definition_pop(figure, numbers, title=title, origin=origin), origin=origin
    )


# ---- map ------------------------------------------------------------------------------------------------------------


def gaps_sheet(context: Context) -> Sheet:
    """Return the towns with whether they have an assistant."""
    t, has = context.t, manned_towns(context)
    rows = [
        {"county": node.label.short(context.lang), "town": town.label.text(context.lang),
         "has": t("有") if town.code in has else t("无")}
        for node in tops(context) for town in context.profile.children(node.code)
    ]  # fmt: skip
    columns = (Column("county", t("县（市、区）")), Column("town", t("镇街")), Column("has", t("金融助理员")))
    frame = pd.DataFrame(rows, columns=["county", "town", "has"])
    return Sheet("towns_and_assistants", frame, columns, ("assistant_coverage",))


# ---- tables ---------------------------------------------------------------------------------------------------------


def coverage_html(context: Context) -> str:
    """Return the coverage of each county as a table; a row filters by the county."""
    t, frame = context.t, coverage(context)
    heads = [
        ("name", t("地点")),
        ("", t("镇街（个）")),
        ("", t("有助理员（个）")),
        ("", t("配备率")),
        ("text wide", "0–100%"),
    ]
    heads += [("wide", t("村（社区）（个）")), ("", t("有特派员（个）")), ("wide", t("在岗三员（人）"))]
    rows = [_coverage_row(context, heads, row) for row in records(frame)]
    return table_html(heads, rows)


def _coverage_row(context: Context, heads: list[tuple[str, str]], row: Mapping[str, Any]) -> str:
    nan = float("nan")
    share, name = float(row["towns_rate"]), str(row["name"])
    villages_rate = float(row["villages_rate"])
    covered = f"{count(float(row['covered']))} <small>{rate(villages_rate, 1)}%</small>"
    (place,) = grouped(parts(context)[0], [row["code"]])
    texts = {
        "assistant_coverage": (count(float(row["manned"])), f"<b>{rate(share, 1)}%</b>"),
        "village.villages": (count(float(row["villages"])),),
        "commissioner_coverage": (DASH if np.isnan(villages_rate) else covered,),
        "officer.officers": (count(float(row["officers"])),),
    }
    manned, of_towns, *others = (
        figure_html(text, Origin(key, place) if text != DASH else None) for key, said in texts.items() for text in said
    )
    cells = [escape(name), count(float(row["towns"])), manned, of_towns, interval_bar(share, nan, nan, 100.0), *others]
    leads = mark("region", str(row["code"]), label=context.t("查看{name}").format(name=name))
    return row_html(heads, cells, leads)


def coverage_headline(context: Context) -> str:
    """Return the counties with the highest and the lowest share of towns with an assistant."""
    t, found = context.t, coverage(context).dropna(subset=["towns_rate"])
    if len(found) < 2 or context.filters.path:
        return t("三员配备情况")
    best, worst = found["towns_rate"].max(), found["towns_rate"].min()
    if best == worst:
        return t("各地助理员配备率都是 {a}%").format(a=rate(float(best), 1))
    names = (t("、").join(found.loc[found["towns_rate"] == value, "name"]) for value in (best, worst))
    return t("助理员配备率{best}最高（{a}%），{worst}最低（{b}%）").format(
        best=next(names), a=rate(float(best), 1), worst=next(names), b=rate(float(worst), 1)
    )


def coverage_sheet(context: Context) -> Sheet:
    """Return the coverage with every count."""
    t = context.t
    columns = (
        Column("name", t("地点")), Column("towns", t("镇街"), "place"),
        Column("manned", t("有助理员"), "place", "assistant_coverage"),
        Column("towns_rate", t("助理员配备率"), "percent", "assistant_coverage"),
        Column("villages", t("村（社区）"), "place", "village.villages"),
        Column("covered", t("有特派员"), "place", "village.covered"),
        Column("villages_rate", t("特派员配备率"), "percent", "commissioner_coverage"),
        Column("officers", t("在岗三员"), "person", "officer.officers"),
        Column("served", t("报送服务企业"), "enterprise", "officer.served"),
    )  # fmt: skip
    keys = ("assistant_coverage", "commissioner_coverage")
    frame = coverage(context)
    return Sheet("officers_by_county", frame, columns, keys, places=grouped(parts(context)[0], frame["code"]))


def banks_html(context: Context) -> str:
    """Return the officers of each bank as a table."""
    t, frame = context.t, by_bank(context)
    names = {bank.code: bank.label.short(context.lang) for bank in context.profile.banks}
    heads = [
        ("name", t("银行")),
        ("", t("累计派驻（人）")),
        ("", t("报送服务企业（户）")),
        ("", t("人均服务（户/人）")),
        ("text wide", ""),
    ]
    top = float(np.nanmax([1.0, *frame["each"]]))
    nan = float("nan")
    rows = [
        row_html(heads, [
            escape(names.get(row["bank"], row["bank"] or t("未分类"))),
            *(figure_html(text, Origin(key, place)) for key, text in (
                ("officer.sent", count(row["sent"])), ("officer.served", count(row["served"])),
                ("enterprises_per_officer", f"<b>{rate(row['each'], 1)}</b>"),
            )),
            interval_bar(row["each"], nan, nan, top),
        ], mark("bank", str(row["bank"]), label=t("查看{name}").format(name=names.get(row["bank"], row["bank"])))
            if row["bank"] in names else "")
        for row, place in zip(frame.to_dict("records"), grouped("bank", frame["bank"]), strict=True)
    ]  # fmt: skip
    return table_html(heads, rows)


def banks_headline(context: Context) -> str:
    """Return how many enterprises an officer serves, at the banks with the most and the fewest."""
    t, frame = context.t, by_bank(context)
    names = {bank.code: bank.label.short(context.lang) for bank in context.profile.banks}
    known = frame[frame["each"].notna() & (frame["sent"] >= FEWEST_OFFICERS)]
    if len(known) < 2:
        return t("各银行派出的三员")
    most, least = (known.iloc[int(k)] for k in (known["each"].argmax(), known["each"].argmin()))
    return t("派驻满 {n} 人的银行中，人均服务企业{most}最多（{a} 户），{least}最少（{b} 户）").format(
        n=FEWEST_OFFICERS, most=names.get(most["bank"], most["bank"]), a=rate(float(most["each"]), 1),
        least=names.get(least["bank"], least["bank"]), b=rate(float(least["each"]), 1),
    )  # fmt: skip


def banks_sheet(context: Context) -> Sheet:
    """Return the same as a table."""
    t, frame = context.t, by_bank(context)
    names = {bank.code: bank.label.text(context.lang) for bank in context.profile.banks}
    columns = (
        Column("name", t("银行")), Column("sent", t("累计派驻"), "person", "officer.sent"),
        Column("served", t("报送服务企业"), "enterprise", "officer.served"),
        Column("each", t("人均服务企业"), "enterprise_per_person", "enterprises_per_officer"),
    )  # fmt: skip
    frame = frame.assign(name=[names.get(code, code) for code in frame["bank"]])
    return Sheet(
        "officers_by_bank", frame, columns, ("enterprises_per_officer",), (limits(context),),
        grouped("bank", frame["bank"]),
    )  # fmt: skip


def limits(context: Context) -> str:
    """Return what the figures of officers do not say."""
    t = context.t
    said = t(
        "“服务企业”由银行自报，没有统一定义和起始日；同一企业被几名人员服务会重复计，不能与累计走访户数比较。一人可兼多镇多村。"
    )
    return said + t("只计所看银行派驻的人员，空白处可能有其他银行的。") if of_some_banks(context) else said
