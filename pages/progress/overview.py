"""指挥总览: are we on pace, where are we not, and who must act."""

from html import escape
from typing import NamedTuple

import pandas as pd
import streamlit as st

from charts.layers import tooltip_css
from charts.maps import CompactDeck
from charts.scale import ColourScale
from components import funnelview, mapview, ranking, trendview, url_state
from components.context import Context
from components.empty import show_empty
from components.filters import child_level
from components.frame import show_framed, show_map, show_plotly
from components.header import go, show_frame
from components.mapclick import clicked, show_click
from components.office.outcomes import marked
from components.origins import Origin, of_region
from components.overview import changes
from components.overview.headline import headline_html
from components.panel import panel
from components.published import published_rank
from components.reads import remember
from components.sentences import conclusion, ends_headline, ranking_headline
from components.sheet import Column, Sheet
from components.situation import PACED, Situation, build_situation
from components.viewport import fitting
from metrics.catalogue import metric
from metrics.figures import State

# More places than a map tells apart; see charts.layers.tooltip_css.
MOST_TIPS = 100
# What the map and the ranking can show; the first that is reported by default.
SHOWN = (
    PACED, "list_coverage", "applied", "approved", "approved_amount", "loan_amount", "approval_rate_recommended",
    "average_rate", "overdue",
)  # fmt: skip


def render(context: Context) -> None:
    """Draw the page."""
    t, numbers = context.t, context.numbers
    visits, lists = context.as_of("visits"), context.as_of("applications", "recommendations", "decisions", "loans")
    as_of = [(t("走访"), numbers.day(visits))] if visits else []
    as_of += [(t("清单与授信"), numbers.day(lists))] if lists else []
    show_frame(context, t("指挥总览"), as_of)
    if not context.has_data:
        show_empty(context)
        return
    situation = remember(context, "situation", lambda: build_situation(context))
    if not situation.wholes["visits"]["enterprises"]:
        show_empty(context, filtered=True)
        return
    _conclusion(context, situation)
    cards = remember(context, "cards", lambda: headline_html(situation), marked(context), published_rank(context))
    panel(cards, key="overview.cards", on_act=go)
    _where(context, situation)
    left, right = st.columns([3, 2], gap="small")
    with left:
        _course(context, situation)
    with right:
        _stages(context, situation)
    _watch(context, situation)


def _conclusion(context: Context, s: Situation) -> None:
    course = remember(context, "course", lambda: trendview.build_course(s))
    forecast = course.forecast if course else None
    sentence, tone = remember(context, "conclusion", lambda: conclusion(s, forecast))
    if sentence:
        st.html(f'<div class="zr-conclusion {tone}" role="status">{escape(sentence)}</div>')


# ---- where ------------------------------------------------------------------------------------------------------


class _Where(NamedTuple):
    """The map and the ranking of one metric."""

    map: tuple[CompactDeck, ColourScale] | None
    map_head: str
    table: str
    table_head: str


def _where(context: Context, s: Situation) -> None:
    level = child_level(context.profile, context.filters)
    if level is None or len(s.parts["visits"]) == 0:
        return
    key = _chosen(context, s)
    order = url_state.get("order") if url_state.get("order") in ranking.ORDERS else ranking.ORDERS[0]
    size = fitting(mapview.SIZE)
    built = remember(context, "where", lambda: _build_where(context, s, key, order, size), key, order, size)
    left, right = st.columns([5, 6], gap="small") if built.map else (None, st.container())
    if left:
        with left:
            _map(context, s, key, built)
    with right:
        _ranking(context, s, key, order, built)


def _chosen(context: Context, s: Situation) -> str:
    """Draw the switch of the metric that map and ranking show, and return its choice."""
    widget = "overview.show"
    usual = next((key for key in SHOWN if s.figure(key).state is not State.NOT_REPORTED), SHOWN[0])

    def change() -> None:
        chosen = st.session_state[widget]
        url_state.put("show", chosen if chosen != usual else None)

    asked = url_state.get("show")
    st.session_state[widget] = asked if asked in SHOWN else usual
    with st.container(key="zr-switch"):
        chosen = st.pills(
            context.t("地图与排名显示"), SHOWN, key=widget, required=True, label_visibility="collapsed",
            format_func=lambda key: context.numbers.name(metric(key)), on_change=change,
        )  # fmt: skip
    return str(chosen or usual)


def _build_where(context: Context, s: Situation, key: str, order: str, size: tuple[int, int]) -> _Where:
    return _Where(
        map=mapview.map_deck(s, key, size),
        map_head=_map_headline(context, s, key),
        table=ranking.ranking_html(s, key, order, drills=True),
        table_head=ranking_headline(s, key),
    )


def _map_headline(context: Context, s: Situation, key: str) -> str:
    """Below the county the map only shows where the town lies."""
    path = context.filters.path
    if len(path) < 2:
        return ends_headline(s, key)
    county, town = (context.profile.region_by_code[code] for code in path[:2])
    said = context.t("{town}在{county}的位置") if town.lon is not None else context.t("{county}（{town}的位置未收录）")
    return said.format(county=county.label.text(context.lang), town=town.label.text(context.lang))


def _note(context: Context, s: Situation, key: str) -> str:
    t, numbers = context.t, context.numbers
    unit = numbers.figure(s.figure(key)).unit or numbers.unit(metric(key).unit)
    return t("单位：{unit}　截至 {day}").format(unit=unit, day=numbers.day(s.on(key)))


def _map(context: Context, s: Situation, key: str, built: _Where) -> None:
    def draw() -> None:
        if built.map is None:
            return
        deck, scale = built.map
        show_map(
            deck, key="overview.map", height=mapview.SIZE[1], alt=built.map_head, lang=context.lang,
            on_pick=clicked(
                lambda code: url_state.put("region", code), lambda code: Origin(key, of_region(s, key, code))
            ),
            once=True,
        )  # fmt: skip
        st.html(f"<style>{tooltip_css(MOST_TIPS)}</style>{mapview.legend_html(s, key, scale)}")
        show_click(context, "overview")

    hint = context.t("点击区域可下钻")
    note = f"{_note(context, s, key)}　{hint}"
    show_framed(
        context, "map", built.map_head, note, draw, lambda: ranking.ranking_sheet(s, key, "statutory"), (key,),
        leads=True,
    )  # fmt: skip


def _ranking(context: Context, s: Situation, key: str, order: str, built: _Where) -> None:
    t, widget = context.t, "overview.order"
    names = {"rank": t("按位次"), "statutory": t("按法定顺序")}

    def draw() -> None:
        panel(built.table, key="overview.ranking", on_act=go)
        st.session_state[widget] = order
        st.segmented_control(
            t("排列"), ranking.ORDERS, key=widget, required=True, format_func=lambda o: names[o],
            label_visibility="collapsed",
            on_change=lambda: url_state.put("order", {"statutory": "statutory"}.get(st.session_state[widget])),
        )  # fmt: skip

    show_framed(
        context, "ranking", built.table_head, _note(context, s, key), draw,
        lambda: ranking.ranking_sheet(s, key, order), (key, "schedule") if key == PACED else (key,), leads=True,
    )  # fmt: skip


# ---- course and stages --------------------------------------------------------------------------------------------


def _course(context: Context, s: Situation) -> None:
    course = remember(context, "course", lambda: trendview.build_course(s))
    if course is None:
        _no_course(context, s)
        return
    figure = remember(context, "course.figure", lambda: trendview.course_figure(s, course))
    head = remember(context, "course.head", lambda: trendview.course_headline(s, course))
    note = context.t(
        "单位：户（去重）　截至 {day}　虚线为目标序时，扇形为预测区间；下方为每日新增，灰色为休息日"
    ).format(day=context.numbers.day(s.visits_on))
    origins = remember(context, "course.origins", lambda: trendview.course_origins(s, course))
    show_framed(
        context, "course", head, note, lambda: show_plotly(
            figure, key="overview.course", lang=context.lang, alt=head, origins=origins,
        ),
        lambda: trendview.course_sheet(s, course), ("visited", "schedule"),
    )  # fmt: skip


def _no_course(context: Context, s: Situation) -> None:
    """Draw the place of the course where there is none, and say why."""
    t = context.t
    missing = s.figure("visited").state is State.NOT_REPORTED
    said = escape(t("未报送") if missing else t("没有走访记录"))
    columns = (Column("day", t("日期")), Column("new", t("当日新增"), "enterprise"))
    empty = Sheet("visits_by_day", pd.DataFrame({"day": [], "new": []}), columns, ("visited",))
    show_framed(
        context, "course", t("走访记录未报送") if missing else t("没有走访记录"), t("单位：户（去重）"),
        lambda: st.html(f'<p class="zr-note">{said}</p>'), lambda: empty, ("visited",),
    )  # fmt: skip


def _stages(context: Context, s: Situation) -> None:
    figure = remember(context, "stages.figure", lambda: funnelview.stages_figure(s))
    head = funnelview.stages_headline(s)
    note = context.t("单位：户　截至 {day}　阶段累计量，非同一批企业").format(day=context.numbers.day(s.lists_on))
    show_framed(
        context, "stages", head, note, lambda: show_plotly(
            figure, key="overview.stages", lang=context.lang, alt=head, origins=funnelview.stage_origins(s)
        ),
        lambda: funnelview.stages_sheet(s), tuple(funnelview.METRICS),
    )  # fmt: skip


# ---- what to watch --------------------------------------------------------------------------------------------------


def _watch(context: Context, s: Situation) -> None:
    t = context.t
    level = child_level(context.profile, context.filters)
    by = f"region_{len(context.filters.path) + 1}" if level else ""
    left, middle, right = st.columns(3, gap="small")
    with left:
        html = remember(context, "changes", lambda: changes.changes_html(s))
        head = remember(context, "changes.head", lambda: changes.changes_headline(s))
        since = t("单位见各行　较上月末的变化　走访截至 {visits}，清单与授信截至 {lists}").format(
            visits=context.numbers.short_day(s.visits_on), lists=context.numbers.short_day(s.lists_on)
        )
        show_framed(
            context, "changes", head, since, lambda: panel(html, key="overview.changes"),
            lambda: changes.changes_sheet(s), changes.WATCHED,
        )  # fmt: skip
    days = t("截至 {day}").format(day=context.numbers.day(s.lists_on))
    if by:
        with middle:
            note = t("单位：户　按属地　{day}　点击查看").format(day=days)
            _overdue(context, s, by, changes.overdue_headline(s), note)
    with right:
        _overdue(context, s, "bank", changes.banks_headline(s), t("单位：户　按银行　{day}　点击筛选").format(day=days))


def _overdue(context: Context, s: Situation, by: str, head: str, note: str) -> None:
    html = remember(context, "overdue", lambda: changes.overdue_html(s, by), by)
    show_framed(
        context, f"overdue-{by}", head, note, lambda: panel(html, key=f"overview.overdue.{by}", on_act=go),
        lambda: changes.overdue_sheet(s, by), ("overdue", "on_time_rate"), leads=True,
    )  # fmt: skip
