"""The ledger's table: one page of rows, whose heads sort and whose names lead to the enterprise; cards on a phone."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from components.context import Context
from components.ledger.columns import DATE, MONEY, NUMBER, Column, columns
from components.ledger.view import View
from components.numbers import DASH
from components.panel import mark
from components.reads import remember
from data_access.queries.ledger import Page, read_page, sortable

PAGE_SIZE = 50


def page_of(context: Context, view: View) -> Page:
    """Return the view's page."""
    return remember(
        context, "ledger.page", lambda: read_page(context.store, view.asked, view.place, PAGE_SIZE),
        view.asked, view.place,
    )  # fmt: skip


def table_html(context: Context, view: View, page: Page) -> str:
    """Return the page as a table."""
    offered = columns(context, view.asked.rows, view.asked.work)
    shown = [offered[name] for name in view.columns]
    able = sortable(view.asked.rows, view.asked.work)
    heads = "".join(_head(context, view, column, can_sort=column.name in able) for column in shown)
    rows = "".join(_row(context, shown, row, dated=view.asked.selection.as_of) for row in page.rows)
    return (
        f'<div class="zr-ledger zr-table-wrap"><table class="zr-table"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _kind(column: Column) -> str:
    if column.name == "name":
        return "name"
    return "" if column.kind in (MONEY, NUMBER) else "text"


def _head(context: Context, view: View, column: Column, *, can_sort: bool) -> str:
    title = escape(column.title)
    if not can_sort:
        return f'<th class="{_kind(column)}" scope="col">{title}</th>'
    sorted_here = view.asked.sort == column.name
    state = ("descending" if view.asked.descending else "ascending") if sorted_here else "none"
    arrow = {"descending": "↓", "ascending": "↑", "none": ""}[state]
    label = context.t("按{column}排序").format(column=column.title)
    return (
        f'<th class="{_kind(column)} sorts" scope="col" aria-sort="{state}">'
        f"<span {mark('sort', column.name, label=label)}>{title} {arrow}</span></th>"
    )


def _row(context: Context, shown: Sequence[Column], row: Mapping[str, Any], *, dated: date) -> str:
    cells = []
    for column in shown:
        text = escape(cell_text(context, column, column.value(*[row[name] for name in column.needs])))
        if column.name == "name" and row["enterprise_id"]:
            code = str(row["enterprise_id"])
            label = context.t("打开 {name}").format(name=code)
            text = f"<a {mark('enterprise', code, label=label)}>{text or DASH}</a><small>{escape(code)}</small>"
        late = ' data-late="1"' if column.name == "due_on" and row["due_on"] and row["due_on"] < dated else ""
        cells.append(f'<td class="{_kind(column)}" data-head="{escape(column.title)}"{late}>{text}</td>')
    return f"<tr>{''.join(cells)}</tr>"


def cell_text(context: Context, column: Column, value: Any) -> str:  # noqa: ANN401 - a value of any column
    """Return a cell's value as it is shown; "" where nothing was reported."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if column.kind == MONEY:
        return context.numbers.money(float(value)).joined
    if column.kind == DATE:
        return str(value)
    if column.kind == NUMBER:
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
    return str(value)
