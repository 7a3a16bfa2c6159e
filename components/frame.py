"""The frame around a chart or table: conclusion, unit and date, the table behind it, downloads and definitions.

Every plotly figure and every map is shown from here, so that the offline settings stand in one place.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from charts.flatmap import flat_map
from charts.layers import renamed, separate
from charts.maps import CompactDeck
from components.access.guard import fragment
from components.context import Context
from components.definition import definition_markdown
from components.lineage import enterprise_address, show_asked
from components.numbers import WHOLE_UNITS
from components.office.outcomes import mark_html, marked
from components.origins import Origin, Origins, ask, whole
from components.panel import panel
from components.served import serve
from components.sheet import Sheet, displayed
from components.watermark import may_take, table_file
from components.webgl import has_webgl
from data_access.access.roles import Ability
from locales import translator

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# plotly fetches the world's topology from a host outside before it draws any geographic trace; the file served
# here is an empty one.
_OFFLINE: dict[str, Any] = {"topojsonURL": "/app/static/topojson/", "displaylogo": False, "displayModeBar": False}
_LOCALE_ZH: dict[str, Any] = {
    "format": {
        "days": ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
        "shortDays": ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
        "months": [f"{n}月" for n in ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")],
        "shortMonths": [f"{n}月" for n in range(1, 13)],
        "date": "%Y-%m-%d",
        "decimal": ".",
        "thousands": ",",
        "grouping": [3],
    },
    "dictionary": {},
}


def plotly_config(lang: str) -> dict[str, Any]:
    """Return plotly's settings for a reader: nothing from outside, no logo, the reader's month names."""
    if lang != "zh":
        return dict(_OFFLINE)
    return {**_OFFLINE, "locale": "zh-CN", "locales": {"zh-CN": _LOCALE_ZH}}


def show_plotly(
    figure: go.Figure,
    *,
    key: str,
    lang: str,
    alt: str,
    on_pick: Callable[[str], None] | None = None,
    origins: Origins | None = None,
) -> None:
    """Show a plotly figure; ``on_pick`` is called with the custom data of the point that was clicked.

    A click on a point that has an origin leads to where its figure comes from.
    """
    turn = f"{key}.turn"
    if turn in st.session_state:  # a point that stays chosen could not be chosen again
        key = f"{key}.{st.session_state[turn]}"

    def pick() -> None:
        points = st.session_state[key].selection.points
        origin = _origin(points[0], origins, len(figure.data)) if points and origins else None
        if origin:
            st.session_state[turn] = st.session_state.get(turn, 0) + 1
            ask(origin.text())
            return
        picked = points[0].get("customdata") if points else None
        if picked and on_pick:
            on_pick(str(picked[0] if isinstance(picked, list) else picked))

    st.plotly_chart(
        figure, key=key, config=plotly_config(lang), alt=alt, theme="streamlit",
        on_select=pick if on_pick or origins else "ignore", selection_mode="points",
    )  # fmt: skip


def _origin(point: Mapping[str, Any], origins: Origins, traces: int) -> Origin | None:
    number, place = int(point.get("curve_number", 0)), int(point.get("point_index", -1))
    found = origins.get(number) or origins.get(number - traces, ())
    return found[place] if 0 <= place < len(found) else None


def show_map(
    deck: CompactDeck,
    *,
    key: str,
    height: int,
    alt: str,
    lang: str,
    on_pick: Callable[[str], None] | None = None,
    once: bool = False,
) -> None:
    """Show a map; ``on_pick`` is called with the code of the area or point that was clicked.

    With ``once`` the browser fetches the shapes once, so that another month sends values only. A browser without WebGL
    is shown the same map as a drawing. Give one ``key`` to all that is shown in one place: under another the browser
    makes its canvas and compiles its shaders anew, which takes longer than all the rest of a page.
    """
    if not has_webgl():
        _show_flat(deck, key=key, height=height, alt=alt, lang=lang, on_pick=on_pick)
        return
    turn = f"{key}.turn"
    deck = separate(deck, serve) if once else deck

    def pick() -> None:
        picked = st.session_state[key].selection.objects
        codes = [(item.get("properties") or item).get("code") for items in picked.values() for item in items]
        if codes and codes[0] and on_pick:
            on_pick(codes[0])
            st.session_state[turn] = st.session_state.get(turn, 0) + 1

    # An area that stays chosen could not be chosen again.
    deck = renamed(deck, st.session_state[turn]) if turn in st.session_state else deck
    st.pydeck_chart(deck, key=key, height=height, alt=alt, on_select=pick if on_pick else "ignore")


def _show_flat(
    deck: CompactDeck, *, key: str, height: int, alt: str, lang: str, on_pick: Callable[[str], None] | None
) -> None:
    def follow(action: str) -> None:
        if on_pick:
            on_pick(action.partition(":")[2])

    t = translator(lang)
    drawn = flat_map(deck.json, round(1.3 * height), height, alt, leads=on_pick is not None)
    note = escape(t("浏览器不支持 WebGL，地图以平面图显示"))
    panel(f'{drawn}<p class="zr-note">{note}</p>', key=f"{key}.flat", on_act=follow)


def frame_head(headline: str, note: str, flags: str = "") -> str:
    """Return the two lines above a chart as HTML: its conclusion with ``flags`` (HTML), and unit, scope and date."""
    return f'<div class="zr-frame-head"><h2>{escape(headline)}{flags}</h2><p>{escape(note)}</p></div>'


def show_framed(  # noqa: PLR0913 - the parts of a frame; each call names what it leaves out
    context: Context,
    key: str,
    headline: str,
    note: str,
    draw: Callable[[], object],
    sheet: Callable[[], Sheet],
    metrics: Sequence[str],
    *,
    leads: bool = False,
) -> None:
    """Draw a frame: ``draw`` draws its content, ``sheet`` makes the table of its table view and its downloads.

    ``metrics`` are the keys whose definitions the frame offers. Switching between chart and table runs this frame
    alone, unless its content ``leads`` somewhere: a click that drills has to reach the whole page.
    """
    body = _body if leads else fragment(context, _body)
    with st.container(key=f"zr-frame-{key}"):
        body(context, key, frame_head(headline, note, mark_html(context, *metrics)), draw, sheet, metrics)


def _body(
    context: Context,
    key: str,
    head: str,
    draw: Callable[[], object],
    sheet: Callable[[], Sheet],
    metrics: Sequence[str],
) -> None:
    t = context.t
    show_asked(context)
    table_key = f"frame.{key}.table"
    as_table = bool(st.session_state.get(table_key))
    with st.container(horizontal=True, gap="small", vertical_alignment="top", key=f"zr-bar-{key}"):
        st.html(head)
        st.button(
            "", key=f"frame.{key}.switch", type="tertiary", help=t("看图") if as_table else t("看表"),
            icon=":material/insert_chart:" if as_table else ":material/table_rows:",
            on_click=lambda: st.session_state.update({table_key: not as_table}),
        )  # fmt: skip
        _more(context, key, sheet, metrics)
    if as_table:
        show_table(context, sheet(), key=f"frame.{key}.rows")
    else:
        draw()


def _more(context: Context, key: str, sheet: Callable[[], Sheet], metrics: Sequence[str]) -> None:
    """Offer downloads and definitions; what is behind the button is made when it is opened."""
    more = st.popover(
        "", icon=":material/more_horiz:", type="tertiary", help=context.t("下载与口径"), key=f"frame.{key}.more",
        on_change="rerun",
    )  # fmt: skip
    if more.open:
        with more:
            _downloads(context, key, sheet)
            _definitions(context, key, metrics)


def _definitions(context: Context, key: str, metrics: Sequence[str]) -> None:
    """Offer each metric's definition, and the way to where its figure for the whole selection comes from."""
    for name in metrics:
        st.markdown(definition_markdown([name], context.numbers))
        st.button(
            context.t("来源与明细"), key=f"frame.{key}.source.{name}", type="tertiary", icon=":material/account_tree:",
            on_click=ask, args=(Origin(name, whole(context, name)).text(),),
        )  # fmt: skip


def _downloads(context: Context, key: str, sheet: Callable[[], Sheet]) -> None:
    t = context.t
    if not context.access.may(Ability.EXPORT) and not may_take(context, sheet()):
        st.caption(t("您当前的角色不能把逐户逐件的名单导出为文件"))
        return
    stem = f"zhanrong_{key}_{context.filters.as_of:%Y%m%d}"
    kinds = (("xlsx", t("下载 Excel"), XLSX), ("csv", t("下载 CSV"), "text/csv"))
    with st.container(horizontal=True, gap="small"):
        for ending, label, mime in kinds:
            build = table_file(context, key, sheet, ending)
            st.download_button(
                label, build, f"{stem}.{ending}", mime, key=f"frame.{key}.{ending}", on_click="ignore",
                icon=":material/download:",
            )  # fmt: skip


def show_table(context: Context, sheet: Sheet, *, key: str) -> None:
    """Show a sheet as a sortable table; choosing a cell that holds a figure leads to where it comes from.

    An enterprise's number leads to its page.
    """
    table = displayed(sheet, context)
    failing = marked(context)
    table.columns = [f"{h} ⚑" if c.figure in failing else h for h, c in zip(table.columns, sheet.columns, strict=True)]
    formats: dict[str, ColumnConfig] = {
        header: st.column_config.NumberColumn(format="%,d" if column.unit in WHOLE_UNITS else "%.2f")
        for header, column in zip(table.columns, sheet.columns, strict=True)
        if column.unit
    }
    for column, header in zip(sheet.columns, table.columns, strict=True):
        if column.name == "enterprise_id" and context.access.may(Ability.ROWS):
            table[header] = [enterprise_address(str(code)) for code in table[header]]
            formats[header] = st.column_config.LinkColumn(display_text=r"enterprise=([^&]+)")
    leads = any(column.figure for column in sheet.columns) or any(place.figures for place in sheet.places)
    if not leads:
        st.dataframe(table, hide_index=True, column_config=formats, key=key, placeholder="—")
        return
    # A cell that stays chosen could not be chosen again.
    turn = f"{key}.turn"
    asked = f"{key}.{st.session_state.setdefault(turn, 0)}"

    def pick() -> None:
        cells = st.session_state[asked].selection.cells
        origin = sheet.origin(cells[0][0], list(table.columns).index(cells[0][1])) if cells else None
        if origin:
            ask(origin.text())
            st.session_state[turn] += 1

    st.dataframe(
        table, hide_index=True, column_config=formats, key=asked, placeholder="—", on_select=pick,
        selection_mode="single-cell",
    )  # fmt: skip
