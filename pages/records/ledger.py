"""走访台账: which enterprises, what was recorded about them, and who has to act next."""

from html import escape

import streamlit as st

from components import url_state
from components.context import Context
from components.empty import show_empty
from components.header import show_frame, show_header
from components.inputs import title_of
from components.ledger import firm, work
from components.ledger.columns import columns, usual
from components.ledger.exporting import figure_words, show_export, show_exports
from components.ledger.listing import PAGE_SIZE, page_of, table_html
from components.ledger.saved import name_html, show_save
from components.ledger.view import (
    AFTER,
    BEFORE,
    COLUMNS,
    ENTERPRISE,
    PLACE,
    ROW_TITLES,
    SEARCH,
    WORK_TITLES,
    View,
    act,
    known_rows,
    open_rows,
    read_view,
    turn,
)
from components.lineage import cell_words
from components.numbers import count
from components.panel import mark, panel
from components.situation import LIST_TABLES
from components.tables import note_html
from data_access.queries.ledger import ENTERPRISES, LONGEST_SEARCH, Page
from data_access.queries.records import REGISTERS


def render(context: Context) -> None:
    """Draw the page: an enterprise if one is asked for, else the ledger."""
    if url_state.get(ENTERPRISE) and context.has_data:
        firm.show_firm(context, url_state.get(ENTERPRISE))
        return
    t, numbers = context.t, context.numbers
    if ENTERPRISES not in context.coverage:
        show_header(context, t("走访台账"))
        show_empty(context)
        return
    visits, lists = context.as_of("visits"), context.as_of(*LIST_TABLES)
    as_of = [(t("走访"), numbers.day(visits))] if visits else []
    as_of += [(t("清单与授信"), numbers.day(lists))] if lists else []
    show_frame(context, t("走访台账"), as_of)
    view = read_view(context)
    panel(work.strip_html(context, view), key="ledger.work", on_act=act)
    _ledger(context, view)
    show_exports(context)


def _ledger(context: Context, view: View) -> None:
    page = page_of(context, view)
    with st.container(key="zr-frame-ledger"):
        _bar(context, view, page)
        if name_html(context):
            panel(name_html(context), key="ledger.saved", on_act=act)
        if view.asked.measure:
            panel(_measure_html(context, view), key="ledger.measure", on_act=act)
        elif view.asked.work:
            st.html(note_html(work.hint(context, view.asked.work)))
        if not page.rows:
            _nothing(context, view)
            return
        panel(table_html(context, view, page), key="ledger.table", on_act=act)
        _pager(context, page)


def _bar(context: Context, view: View, page: Page) -> None:
    """Draw what chooses: kind of rows, search, columns, export; and how many rows there are."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="zr-ledger-bar"):
        if not view.asked.work and not view.asked.measure:
            _kinds(context, view)
        if view.asked.rows not in REGISTERS:
            _search(context)
        _columns(context, view)
        show_save(context)
        show_export(context, view, page.total)
        st.html(f'<p class="zr-note">{escape(_extent(context, view, page))}</p>', width="content")


def _kinds(context: Context, view: View) -> None:
    names = {rows: context.t(ROW_TITLES[rows]) for rows in known_rows(context)}
    st.session_state["ledger.rows"] = view.asked.rows
    st.segmented_control(
        context.t("台账"), tuple(names), key="ledger.rows", required=True, label_visibility="collapsed",
        format_func=lambda rows: names.get(rows, rows), on_change=lambda: open_rows(st.session_state["ledger.rows"]),
    )  # fmt: skip


def _search(context: Context) -> None:
    def change() -> None:
        url_state.clear(*PLACE)
        url_state.put(SEARCH, str(st.session_state["ledger.q"] or "").strip())

    st.session_state["ledger.q"] = url_state.get(SEARCH)
    st.text_input(
        context.t("查找"), key="ledger.q", placeholder=context.t("名称、编号、信用代码或地址"),
        max_chars=LONGEST_SEARCH, label_visibility="collapsed", width=270, icon=":material/search:", on_change=change,
    )  # fmt: skip


def _columns(context: Context, view: View) -> None:
    offered = {name: column.title for name, column in columns(context, view.asked.rows, view.asked.work).items()}
    standard = usual(view.asked.rows, view.asked.work)

    def change() -> None:
        chosen = tuple(st.session_state["ledger.cols"])
        url_state.put(COLUMNS, None if chosen in ((), standard) else url_state.SEPARATOR.join(chosen))

    with st.popover(context.t("选择列"), icon=":material/view_column:", key="ledger.columns"):
        st.session_state["ledger.cols"] = list(view.columns)
        st.multiselect(
            context.t("显示的列"), tuple(offered), key="ledger.cols", format_func=lambda name: offered.get(name, name),
            on_change=change,
        )  # fmt: skip


def _extent(context: Context, view: View, page: Page) -> str:
    unit = context.numbers.unit(view.unit)
    if not page.rows:
        return ""
    return context.t("共 {total} {unit}，第 {first}–{last}").format(
        total=count(page.total), unit=unit, first=count(page.before + 1), last=count(page.before + len(page.rows))
    )


def _measure_html(context: Context, view: View) -> str:
    t, stands, selection = context.t, view.stands, view.asked.selection
    title, rows = title_of(view.asked.measure, t, context.lang), figure_words(context, view)
    where = [f"{title} {value}" for title, value in cell_words(context, stands)]
    where += [t("不按页面上的筛选")] if stands.is_alone else []
    days = [selection.start, selection.as_of] if selection.start else [selection.as_of]
    where.append(" – ".join(context.numbers.day(day) for day in days))
    said = t("计入“{name}”的明细：{rows}（{where}）").format(name=title, rows=rows, where=" · ".join(where))
    back = escape(t("查看全部"))
    return f'<div class="zr-measure"><span>{escape(said)}</span><span {mark("list")}>{back}</span></div>'


def _nothing(context: Context, view: View) -> None:
    t = context.t
    if not view.asked.search:
        if view.asked.work:
            st.html(note_html(t("{name}：没有待办").format(name=t(WORK_TITLES[view.asked.work]))))
        else:
            show_empty(context, filtered=True)
        return
    title = t("没有找到“{text}”").format(text=view.asked.search)
    advice = t("可以用名称、编号、信用代码或地址的一部分；几个词用空格隔开，须同时包含。")
    st.html(f'<div class="zr-empty"><h2>{escape(title)}</h2><p>{escape(advice)}</p></div>')
    st.button(t("清除查找"), key="ledger.clear", on_click=url_state.clear, args=(SEARCH, *PLACE))


def _pager(context: Context, page: Page) -> None:
    t = context.t
    first, last = str(page.rows[0]["row_id"]), str(page.rows[-1]["row_id"])
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="zr-ledger-pager"):
        st.button(
            t("上一页"), key="ledger.previous", icon=":material/chevron_left:", disabled=page.before == 0,
            on_click=turn, args=(BEFORE, first),
        )  # fmt: skip
        st.button(
            t("下一页"), key="ledger.next", icon=":material/chevron_right:", disabled=not page.has_more,
            on_click=turn, args=(AFTER, last),
        )  # fmt: skip
        if page.before:
            st.button(t("回到开头"), key="ledger.first", type="tertiary", on_click=url_state.clear, args=PLACE)
        st.html(note_html(t("每页 {n} 行").format(n=PAGE_SIZE)), width="content")
