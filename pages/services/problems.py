"""问题办理: what is stuck, with which department and in which county, for how long, and the case behind each number."""

from collections.abc import Callable
from html import escape
from typing import TypeVar

import plotly.graph_objects as go
import streamlit as st

from components import url_state
from components.context import Context
from components.empty import show_empty
from components.frame import show_framed, show_plotly
from components.header import show_frame
from components.mapclick import is_for_origin, show_click
from components.office.outcomes import marked
from components.panel import panel
from components.problems import breakdown, course, listing, raised, summary
from components.problems.desk import LISTS, Desk, at_day, desk_of, show_own_filters
from components.reads import remember
from components.rights import may_list
from components.sheet import Sheet
from components.switch import pick, switch
from components.tables import note_html
from locales import N_

T = TypeVar("T")

PARTS = {"list": N_("问题清单"), "times": N_("办理用时"), "subjects": N_("问题类别")}
_VERBS = frozenset({breakdown.PLACE, *LISTS, raised.PARAMETER})


def render(context: Context) -> None:
    """Draw the page."""
    t, reported = context.t, "problems" in context.reported
    desk = desk_of(context) if reported else None
    show_frame(context, t("问题办理"), [(t("问题台账"), context.numbers.day(desk.day))] if desk else [])
    if not context.has_data:
        show_empty(context)
        return
    if desk is None:
        st.html(note_html(t("问题台账未报送")))
        return
    with st.container(horizontal=True, gap="small", key="zr-problem-filters"):
        show_own_filters(desk)
    text, tone = _kept(desk, "conclusion", lambda: summary.conclusion(desk))
    st.html(f'<div class="zr-conclusion {tone}" role="status">{escape(text)}</div>')
    if desk.whole["problems"]:
        _draw(desk)


def _draw(desk: Desk) -> None:
    cards = _kept(desk, "cards", lambda: summary.summary_html(desk), *marked(desk.context))
    panel(cards, key="problems.cards")
    left, right = st.columns(2, gap="small")
    with left:
        _parts(desk, "department", desk.context.t("责任部门"))
    with right:
        if desk.place:
            _parts(desk, breakdown.PLACE, desk.place.title)
    left, right = st.columns(2, gap="small")
    with left:
        _chart(
            desk,
            "ages",
            lambda: course.ages_headline(desk),
            lambda: course.ages_view(desk),
            lambda: course.ages_sheet(desk),
        )
    with right:
        _chart(
            desk, "months", lambda: course.months_headline(desk), lambda: course.months_view(desk),
            lambda: course.months_sheet(desk),
        )  # fmt: skip
    _details(desk)


def _kept(desk: Desk, name: str, build: Callable[[], T], *key: str) -> T:
    return remember(desk.context, f"problems.drawn.{name}", build, *desk.key, *key)


def _note(desk: Desk, *said: str) -> str:
    t = desk.context.t
    return "　".join((t("单位：件　截至 {day}").format(day=desk.context.numbers.day(desk.day)), *said))


def _parts(desk: Desk, by: str, title: str) -> None:
    t = desk.context.t
    html = _kept(desk, "parts", lambda: breakdown.table(desk, by, title), by)
    note = _note(desk, t("横线为 95% 区间，竖线为合计；点击可筛选，再点取消"))
    show_framed(
        at_day(desk), f"problems-{by}", _kept(desk, "head", lambda: breakdown.headline(desk, by), by), note,
        lambda: panel(html, key=f"problems.parts.{by}", on_act=_follow), lambda: breakdown.sheet(desk, by, title),
        breakdown.METRICS, leads=True,
    )  # fmt: skip


# The traces whose bars list their problems: of either age, and what came in.
_LISTING = {"ages": (0, 1), "months": (0,)}


def _chart(
    desk: Desk, name: str, say: Callable[[], str], build: Callable[[], go.Figure], sheet: Callable[[], Sheet]
) -> None:
    t, head = desk.context.t, _kept(desk, f"{name}.head", say)
    notes = {
        "ages": t("自提出之日起的天数；点击列出这些问题"),
        "months": t("* 为未完月份；点击收集，列出当月提出的；点击其余，看来源与明细"),
    }
    figure = _kept(desk, name, build)

    def pick(code: str) -> None:
        turn = f"problems.{name}.turn"  # a bar that stays chosen could not be chosen again
        st.session_state[turn] = st.session_state.get(turn, 0) + 1
        _pick(code)

    def draw() -> None:
        leads = {"ages": course.ages_origins, "months": course.months_origins}[name]
        lead = _kept(desk, f"{name}.origins", lambda: leads(desk))
        # A bar either lists its problems or, like everything without such a list, leads to where its figure comes from.
        origins = lead if is_for_origin() else {n: found for n, found in lead.items() if n not in _LISTING[name]}
        show_plotly(figure, key=f"problems.{name}", lang=desk.context.lang, alt=head, on_pick=pick, origins=origins)
        show_click(desk.context, f"problems.{name}")

    show_framed(
        at_day(desk), f"problems-{name}", head, _note(desk, notes[name]), draw, sheet,
        ("problems", "problems_overdue"), leads=True,
    )  # fmt: skip


def _details(desk: Desk) -> None:
    t = desk.context.t
    with st.container(key="zr-details"):
        part = switch(t("详情"), "part", {key: t(name) for key, name in PARTS.items()}, key="problems")
    {"list": _list, "times": _times, "subjects": _subjects}[part](desk)


def _subjects(desk: Desk) -> None:
    _parts(desk, "category", desk.context.t("问题类别"))


def _times(desk: Desk) -> None:
    t = desk.context.t
    names = {name: t("按{dimension}").format(dimension=t(LISTS[name][1])) for name in course.TIMES}

    def draw() -> None:
        by = pick(t("分组"), "by", names, key="problems")
        left, right = st.columns([5, 6], gap="small")
        with left:
            figure = _kept(desk, "times.figure", lambda: course.times_view(desk, by), by)
            show_plotly(
                figure, key=f"problems.times.{by}", lang=desk.context.lang, alt=course.times_headline(desk),
                origins=_kept(desk, "times.origins", lambda: course.times_origins(desk, by), by),
            )  # fmt: skip
        with right:
            panel(_kept(desk, "times.html", lambda: course.times_html(desk, by), by), key=f"problems.times.table.{by}")

    show_framed(
        at_day(desk), "problems-times", course.times_headline(desk), _note(desk, t("虚线为 30 天")), draw,
        lambda: course.times_sheet(desk, url_state.get("by") if url_state.get("by") in names else course.TIMES[0]),
        ("problem_closure_rate",), leads=True,
    )  # fmt: skip


# ---- the list -------------------------------------------------------------------------------------------------------


def _list(desk: Desk) -> None:
    t = desk.context.t
    if not may_list(desk.context, "problems"):
        st.html(note_html(t("您的角色看问题的汇总，不看逐件清单")))
        return
    open_names = desk.context.may_see_names
    said = t("到期日早的在前，点击看办理过程") if open_names else t("到期日早的在前，点击看办理过程；名称已脱敏")
    states = {key: t(name) for key, name in listing.STATES.items()}
    asked = url_state.get("state")
    state = asked if asked in states else next(iter(states))
    n = desk.listed_in(state)

    def draw() -> None:
        switch(t("状态"), "state", states, key="problems")
        if desk.listed:
            panel(raised.lift_html(desk.context, desk.listed), key="problems.raised", on_act=_follow)
        leaf = listing.leaf(desk, state)
        found = listing.one(desk)
        if found is not None:
            panel(listing.case_html(desk, found), key="problems.case", on_act=_follow)
            listing.offer_name(desk, found)
        panel(listing.list_html(desk, leaf.frame), key="problems.list", on_act=_follow)
        _pager(desk, leaf)

    show_framed(
        at_day(desk), "problems-list", t("{state} {n} 件").format(state=states[state], n=f"{n:,.0f}"),
        _note(desk, said), draw, lambda: listing.sheet(desk, state),
        ("problems_overdue", "problem_on_time_rate"), leads=True,
    )  # fmt: skip


def _pager(desk: Desk, leaf: listing.Leaf) -> None:
    t = desk.context.t
    ids = leaf.frame["problem_id"].tolist()
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="zr-pager"):
        st.button(
            t("上一页"), key="problems.back", disabled=not leaf.earlier, on_click=_turn,
            args=("before", ids[0] if ids else ""),
        )  # fmt: skip
        st.button(
            t("下一页"), key="problems.next", disabled=not leaf.later, on_click=_turn,
            args=("after", ids[-1] if ids else ""),
        )  # fmt: skip


def _turn(parameter: str, problem_id: str) -> None:
    url_state.clear("after", "before")
    url_state.put(parameter, problem_id)


def _pick(code: str) -> None:
    """List the problems behind a bar: their state and when they came up; a second click lifts it."""
    state, _, when = code.partition(":")
    first = next(iter(listing.STATES))
    again = (url_state.get("state") or first, url_state.get(raised.PARAMETER)) == (state, when)
    url_state.clear("after", "before", "case", "part")
    url_state.put("state", state if state != first else None)
    url_state.put(raised.PARAMETER, None if again else when)


def _follow(action: str) -> None:
    """Follow a mark: a filter begins the list anew, a case opens beside it."""
    verb, _, value = action.partition(":")
    if verb in _VERBS:
        url_state.clear("after", "before", "case")
        url_state.put(verb, value)
    elif verb == "case":
        url_state.put("case", value)
