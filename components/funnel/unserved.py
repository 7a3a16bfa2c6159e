"""Enterprises that told a visitor of a need and have not applied: how many, where, and the list, page by page."""

from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

import pandas as pd

from components.context import Context
from components.dimensions import Dimension
from components.ledger.links import ledger_link
from components.masks import masked_name
from components.numbers import count
from components.origins import Origin, grouped
from components.panel import figure_html, mark
from components.reads import remember
from components.sheet import Column, Sheet
from components.smallcells import told_parts, told_whole
from components.tables import row_html, table_html
from data_access.queries.reasons import unserved_by, unserved_page
from data_access.selection import Selection

PAGE_SIZE = 12


def parts(context: Context, selection: Selection, dimension: Dimension) -> pd.DataFrame:
    """Return how many wait in each part, most first: columns ``code`` and ``n`` (NaN where it may not be told)."""
    frame = _by(context, selection, dimension)
    told = told_parts(context, frame, {"n": "n"}).rename(columns={dimension.column: "code"})
    return told.sort_values(["n", "code"], ascending=[False, True], ignore_index=True)


def total(context: Context, selection: Selection, dimension: Dimension) -> float:
    """Return how many wait in all; NaN where the reader may not see it."""
    frame = _by(context, selection, dimension)
    return float(told_whole(context, frame[["n"]].sum().to_frame().T, frame, {"n": "n"})["n"].iloc[0])


def _by(context: Context, selection: Selection, dimension: Dimension) -> pd.DataFrame:
    return remember(
        context, "unserved.by", lambda: unserved_by(context.store, context.scope, selection, (dimension.column,)),
        selection, dimension.column,
    )  # fmt: skip


def listed(context: Context, selection: Selection, page: int) -> pd.DataFrame:
    """Return one page of the list, names masked."""
    frame = remember(
        context, "unserved.page",
        lambda: unserved_page(context.store, context.scope, selection, offset=page * PAGE_SIZE, limit=PAGE_SIZE),
        selection, page,
    )  # fmt: skip
    masked = [masked_name(context, *pair) for pair in zip(frame["name"], frame["entity_type"], strict=True)]
    return frame.assign(name=masked)


def unserved_headline(context: Context, frame: pd.DataFrame, dimension: Dimension, waiting: float) -> str:
    """Return how many are ``waiting``, and where most of them are."""
    t = context.t
    if not waiting:
        return t("没有说出需求而未申报的经营主体")
    top = frame.iloc[0]
    return t("{n} 户走访时有融资需求、至今未申报，{place}最多（{m} 户）").format(
        n=count(waiting), place=dimension.name(str(top["code"]), t("未分类")), m=count(float(top["n"]))
    )


def parts_html(context: Context, frame: pd.DataFrame, dimension: Dimension) -> str:
    """Return the parts as a list; a known part sets its filter."""
    t, lines = context.t, []
    for row in frame.to_dict("records"):
        code = str(row["code"])
        name = escape(dimension.name(code, t("未分类")))
        known = dimension.filter and code in dimension.names
        label = (
            f'<span class="zr-link" {mark(dimension.filter, code)}>{name}</span>' if known else f"<span>{name}</span>"
        )
        (place,) = grouped(dimension.column, [code])
        number = figure_html(count(float(row["n"])), Origin("unserved", place), label=name)
        lines.append(f'<li>{label}<span class="n">{number}</span></li>')
    return f'<div class="zr-scroll"><ul class="zr-list">{"".join(lines)}</ul></div>'


def list_html(context: Context, frame: pd.DataFrame) -> str:
    """Return one page of the list as a table."""
    t = context.t
    heads = [("text wide", t("主体编号")), ("name", t("名称")), ("text wide", t("类型")), ("text", t("所在地"))]
    heads += [("text wide", t("行业")), ("wide", t("需求金额")), ("wide", t("提出日期")), ("", t("已等待（天）"))]
    return table_html(heads, (row_html(heads, _cells(context, row)) for row in frame.to_dict("records")))


def _cells(context: Context, row: Mapping[Hashable, Any]) -> list[str]:
    profile, lang = context.profile, context.lang
    kind = profile.code_label("entity_type", str(row["entity_type"]))
    node = profile.industry_by_code.get(str(row["industry_1"]))
    texts = [
        str(row["enterprise_id"]), str(row["name"]), kind.short(lang) if kind else "",
        _region(context, str(row["region_1"]), str(row["region_2"])),
        node.label.short(lang) if node else context.t("未分类"),
        context.numbers.money(float(row["need_amount"])).joined, str(row["need_on"]), count(float(row["days"])),
    ]  # fmt: skip
    identity, *others = texts
    return [ledger_link(identity, enterprise=identity), *(escape(text) for text in others)]


def _region(context: Context, *codes: str) -> str:
    nodes = [context.profile.region_by_code.get(code) for code in codes]
    return " ".join(node.label.short(context.lang) for node in nodes if node)


def parts_sheet(context: Context, frame: pd.DataFrame, dimension: Dimension) -> Sheet:
    """Return the parts as a table."""
    t = context.t
    named = frame.assign(name=[dimension.name(str(code), t("未分类")) for code in frame["code"]])
    columns = (Column("name", dimension.title), Column("n", t("有需求未申报"), "enterprise", "unserved"))
    places = grouped(dimension.column, frame["code"])
    return Sheet("unserved", named, columns, ("need_rate", "applied"), places=places)
