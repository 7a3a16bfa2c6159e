"""The months of the programme: which there are, the slider that chooses one, and the button that plays them."""

import calendar
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import streamlit as st

from components import url_state
from components.context import Context
from components.reads import remember
from components.situation import VISIT_TABLES, Situation, build_situation, usual
from metrics.catalogue import metric

PARAMETER = "month"
PLAYING, STEP = "history.playing", "history.step"
SECONDS = 1.2


def month_ends(start: date, until: date) -> list[date]:
    """Return the last day of every month that ends from ``start`` to ``until``, and ``until`` itself."""
    found, day = [], start
    while (end := day.replace(day=calendar.monthrange(day.year, day.month)[1])) < until:
        found.append(end)
        day = end + timedelta(days=1)
    return [*found, until]


def months(context: Context) -> list[date]:
    """Return the dates the history of the reader's selection has; the last is the as-of date itself."""
    start = context.selection.start or context.profile.programme_start
    return month_ends(start, context.filters.as_of)


def at(context: Context, day: date, key: str) -> Situation:
    """Return the situation of another day with what ``key`` is made of, all else as in the reader's selection."""
    then = replace(context, filters=replace(context.filters, as_of=day))
    measures = metric(key).measures
    common = usual(of_visits=set(metric(key).tables) <= VISIT_TABLES)
    extra = tuple(name for name in measures if name not in common)
    # Regions that were added to the profile (the grids of a town) make it a situation of its own.
    added = [len(context.profile.regions)] if len(context.filters.path) > 1 else []
    return remember(then, "situation", lambda: build_situation(then, extra), *extra, *added)


def is_playing() -> bool:
    """Whether the months run by themselves."""
    return bool(st.session_state.get(PLAYING))


def chosen(days: Sequence[date]) -> date:
    """Return the day in view: the one playing, else the one in the URL if there is such a month, else the last."""
    if is_playing():
        return days[int(st.session_state.get(STEP, 0)) % len(days)]
    asked = url_state.get(PARAMETER)
    return next((day for day in days[:-1] if day.isoformat() == asked), days[-1])


def advance(days: Sequence[date]) -> None:
    """Go one month on; after the last month stop there and run the page, which ends the timer."""
    step = int(st.session_state.get(STEP, 0)) + 1
    if step >= len(days):
        stop()
        st.rerun()
    st.session_state[STEP] = step


def play() -> None:
    """Begin at the first month."""
    st.session_state.update({PLAYING: True, STEP: -1})


def stop(day: date | None = None) -> None:
    """Stop, at ``day`` if given and at the last month otherwise."""
    st.session_state[PLAYING] = False
    url_state.put(PARAMETER, day.isoformat() if day else None)


def show_player(context: Context, days: Sequence[date], day: date) -> None:
    """Draw the button and the slider of the months; ``day`` is the one in view."""
    t, playing = context.t, is_playing()
    # While the months run the slider only shows: a value still on its way from the browser would stop them.
    key = "history.shown" if playing else "history.month"

    def choose() -> None:
        picked = st.session_state[key]
        stop(picked if picked != days[-1] else None)

    st.session_state[key] = day
    with st.container(key="zr-player", horizontal=True, gap="small", vertical_alignment="center"):
        st.button(
            t("暂停") if playing else t("播放"), key="history.play",
            icon=":material/pause:" if playing else ":material/play_arrow:",
            on_click=(lambda: stop(day if day != days[-1] else None)) if playing else play,
        )  # fmt: skip
        st.select_slider(
            t("月份"), days, key=key, format_func=context.numbers.day, label_visibility="collapsed", disabled=playing,
            on_change=None if playing else choose,
        )  # fmt: skip
