"""区域地图: where are we ahead and where behind, down to the town and the grid, and how did it come about."""

from dataclasses import dataclass, replace
from datetime import date

import streamlit as st

from charts.layers import tooltip_css
from components import ranking, url_state
from components.access.guard import fragment
from components.context import Context
from components.districts import districtmap, history
from components.districts.districtmap import FLAT, RAISED, TILES
from components.districts.province import show_province
from components.districts.shading import NAMES, Shading, kinds, legend_html, shading
from components.empty import show_empty
from components.frame import show_framed, show_map, show_plotly
from components.header import go, show_frame
from components.mapclick import clicked, show_click
from components.origins import Origin, of_region
from components.panel import panel
from components.reads import remember
from components.sentences import ranking_headline
from components.situation import LIST_TABLES, PACED, Situation
from components.viewport import fitting
from components.webgl import has_webgl
from data_access.neighbours import load_neighbours
from data_access.queries.regions import grids
from locales import N_
from metrics.catalogue import load_catalogue, metric

VIEWS = {FLAT: N_("平面"), RAISED: N_("立体"), TILES: N_("格子图")}
PROVINCE = "province"
# What is shown at first: the first of these that is reported, else the first of the catalogue that is.
USUAL = (PACED, "approved")
DRILLED = "districts.drilled"
# More places than a map tells apart; see charts.layers.tooltip_css.
MOST_TIPS = 100


@dataclass(frozen=True)
class View:
    """What the reader chose to see: the metric, how the map looks and what colours it, the order of the ranking."""

    key: str
    form: str
    kind: str
    order: str


def render(context: Context) -> None:
    """Draw the page."""
    t, numbers = context.t, context.numbers
    context = _with_grids(context)
    visits, lists = context.as_of("visits"), context.as_of(*LIST_TABLES)
    as_of = [(t("走访"), numbers.day(visits))] if visits else []
    as_of += [(t("清单与授信"), numbers.day(lists))] if lists else []
    show_frame(context, t("区域地图"), as_of)
    st.html(f"<style>{tooltip_css(MOST_TIPS)}</style>")
    if not context.has_data:
        show_empty(context)
        return
    days = history.months(context)
    situation = history.at(context, days[-1], _key(context))
    if not situation.wholes["visits"]["enterprises"]:
        show_empty(context, filtered=True)
        return
    view = _controls(context, situation)
    if view.form == PROVINCE:
        show_province(context, load_neighbours(context.profile.folder))
        return
    playing = history.is_playing()
    fragment(context, _where, run_every=history.SECONDS if playing else None)(context, view, days, playing=playing)
    url_state.publish()


def _with_grids(context: Context) -> Context:
    """Return ``context`` with the grids of the town in view in its profile, so that they have names."""
    profile, path = context.profile, context.filters.path
    if len(path) != 2 or len(profile.region_levels) < 3 or profile.children(path[1]) or "grids" not in context.reported:
        return context
    found = remember(context, "grids", lambda: grids(context.store, context.scope, path[1]))
    return replace(context, profile=replace(profile, regions=(*profile.regions, *found)))


# ---- what is shown ------------------------------------------------------------------------------------------------


def _controls(context: Context, s: Situation) -> View:
    """Draw the choice of metric, map and colours, and return what is chosen."""
    with st.container(key="zr-view", horizontal=True, gap="small", vertical_alignment="center"):
        key = PACED if url_state.get("view") == PROVINCE else _metric(context)
        forms = _forms(context, s)
        form = _choice(context, "view", tuple(forms), forms, context.t("地图形式"))
        offered = kinds(s, key)
        kind = offered[0]
        if form != PROVINCE and len(offered) > 1:
            kind = _choice(context, "colour", offered, NAMES, context.t("着色方式"))
    order = url_state.get("order") if url_state.get("order") in ranking.ORDERS else ranking.ORDERS[0]
    return View(key, form, kind, order)


def _metric(context: Context) -> str:
    """Draw the list of every metric that a sum of rows gives, and return the one chosen."""
    widget, options = "districts.show", _metrics()
    st.session_state[widget] = _key(context)

    def change() -> None:
        picked = st.session_state[widget]
        url_state.put("show", picked if picked != _usual(context) else None)

    with st.container(key="zr-view-metric", width=300):
        picked = st.selectbox(
            context.t("指标"), options, key=widget, on_change=change, label_visibility="collapsed",
            format_func=lambda key: f"{metric(key).id} {context.numbers.name(metric(key))}",
        )  # fmt: skip
    return str(picked or _usual(context))


def _metrics() -> list[str]:
    return [entry.key for entry in load_catalogue().values() if entry.numerator]


def _key(context: Context) -> str:
    """Return the metric in the URL if it can be drawn, else the usual one."""
    asked = url_state.get("show")
    return asked if asked in _metrics() else _usual(context)


def _usual(context: Context) -> str:
    """Return the metric that is paced, or the first that is reported where its tables are not."""
    return next((key for key in (*USUAL, *_metrics()) if set(metric(key).needs) <= context.reported), PACED)


def _forms(context: Context, s: Situation) -> dict[str, str]:
    """Return the forms the map can take here: no relief for points or without WebGL, only tiles without boundaries."""
    found = dict(VIEWS) if districtmap.has_shapes(s) else {TILES: VIEWS[TILES]}
    if context.filters.path or not has_webgl():
        found.pop(RAISED, None)
    if not context.filters.path and load_neighbours(context.profile.folder):
        found[PROVINCE] = N_("全省对照")
    return found


def _choice(context: Context, name: str, options: tuple[str, ...], names: dict[str, str], title: str) -> str:
    """Draw a switch whose value is in the URL under ``name``; the first option is the default."""
    widget = f"districts.{name}"
    asked = url_state.get(name)
    st.session_state[widget] = asked if asked in options else options[0]

    def change() -> None:
        picked = st.session_state[widget]
        url_state.put(name, picked if picked != options[0] else None)

    picked = st.segmented_control(
        title, options, key=widget, required=True, label_visibility="collapsed", on_change=change,
        format_func=lambda option: context.t(names[option]),
    )  # fmt: skip
    return str(picked or options[0])


# ---- map and ranking, in step ---------------------------------------------------------------------------------------


def _where(context: Context, view: View, days: list[date], *, playing: bool) -> None:
    """Draw the map and the ranking of the month in view; the timer runs this alone."""
    if st.session_state.pop(DRILLED, False) or history.is_playing() != playing:
        st.rerun()
    if playing:
        history.advance(days)
    day = history.chosen(days)
    s = history.at(context, day, view.key)
    past = playing or day != days[-1]
    shade = remember(s.context, "shading", lambda: _shading(context, s, view, days), view.key, view.kind, past)
    if len(days) > 1:
        history.show_player(context, days, day)
    left, right = st.columns([6, 7], gap="small")
    with left:
        _map(s, view, shade)
    with right:
        _ranking(s, view)
    if not playing:
        url_state.publish()


def _shading(context: Context, s: Situation, view: View, days: list[date]) -> Shading:
    """Return the colours; in a history one scale fits every month, so that a colour means the same in each."""
    past = history.is_playing() or s.context.filters.as_of != days[-1]
    return shading(s, view.key, view.kind, [history.at(context, day, view.key) for day in days] if past else ())


def _note(s: Situation, key: str) -> str:
    context = s.context
    unit = context.numbers.figure(s.figure(key)).unit or context.numbers.unit(metric(key).unit)
    return context.t("单位：{unit}　截至 {day}").format(unit=unit, day=context.numbers.day(s.on(key)))


def _drill(code: str) -> None:
    """Follow a click on the map or the ranking; the whole page has to run for it, not the fragment alone."""
    url_state.put("region", code)
    st.session_state[DRILLED] = True


def _act(action: str) -> None:
    go(action)
    st.session_state[DRILLED] = True


def _map(s: Situation, view: View, shade: Shading) -> None:
    context, region = s.context, s.context.filters.region
    pick = clicked(_drill, lambda code: Origin(view.key, of_region(s, view.key, code)))
    head, alt, legend = remember(context, "districts.words", lambda: _words(s, view, shade), view, shade.scale)

    def draw() -> None:
        if view.form == TILES:
            figure = remember(context, "tiles", lambda: districtmap.tiles(s, view.key, shade), view, shade.scale)
            show_plotly(figure, key=f"districts.tiles.{region}", lang=context.lang, alt=alt, on_pick=pick)
        else:
            relief, size = view.form == RAISED, fitting(districtmap.SIZE)
            deck = remember(
                context, "districts.deck", lambda: districtmap.map_deck(s, view.key, shade, relief=relief, size=size),
                view, shade.scale, size,
            )  # fmt: skip
            with st.container(key="zr-bigmap"):
                show_map(
                    deck, key=f"districts.map.{view.form}", height=districtmap.SIZE[1], alt=alt,
                    lang=context.lang, on_pick=pick, once=True,
                )  # fmt: skip
        st.html(legend)
        show_click(context, "districts")

    missing = districtmap.without_point(s) if view.form != TILES else 0
    hint = context.t("{n} 个镇街没有坐标，见排名表").format(n=missing) if missing else context.t("点击区域可下钻")
    if view.form != TILES and len(context.filters.path) > 1:
        hint = context.t("网格没有坐标，见排名表")
    show_framed(
        context, "district-map", head, f"{_note(s, view.key)}　{hint}", draw,
        lambda: ranking.ranking_sheet(s, view.key, "statutory"), [view.key], leads=True,
    )  # fmt: skip


def _words(s: Situation, view: View, shade: Shading) -> tuple[str, str, str]:
    """Return the map's headline, the map in words, and its legend."""
    head = districtmap.headline(s, view.key)
    legend = legend_html(s, view.key, shade, flat=view.form == FLAT)
    return head, districtmap.alternative(s, view.key, shade, head), legend


def _ranking(s: Situation, view: View) -> None:
    context, widget = s.context, "districts.order"
    names = {"rank": context.t("按位次"), "statutory": context.t("按法定顺序")}
    table = remember(
        context, "districts.ranking", lambda: ranking.ranking_html(s, view.key, view.order, drills=_drills(s)), view
    )

    def draw() -> None:
        panel(table, key="districts.ranking", on_act=_act)
        st.session_state[widget] = view.order
        st.segmented_control(
            context.t("排列"), ranking.ORDERS, key=widget, required=True, format_func=lambda order: names[order],
            label_visibility="collapsed", on_change=_order, args=(widget,),
        )  # fmt: skip

    head = remember(context, "districts.ranking.head", lambda: ranking_headline(s, view.key), view)
    show_framed(
        context, "district-ranking", head, _note(s, view.key), draw,
        lambda: ranking.ranking_sheet(s, view.key, view.order), [view.key], leads=True,
    )  # fmt: skip


def _drills(s: Situation) -> bool:
    """Whether a row leads further down: not from the lowest level of the profile."""
    return len(s.context.filters.path) < 2


def _order(widget: str) -> None:
    url_state.put("order", {"statutory": "statutory"}.get(st.session_state[widget]))
    st.session_state[DRILLED] = True
