"""领导大屏: are we on pace, where not, and who must act; on a wall, read from five metres away, by itself for days."""

import streamlit as st

from components import trendview
from components.access.guard import fragment
from components.context import Context, build_context
from components.empty import show_empty
from components.office.outcomes import marked
from components.origins import is_asked
from components.reads import remember
from components.screen.board import build_board, refresh_seconds, today
from components.screen.view import screen_css, show_board
from components.situation import build_situation

SHORTEST_REFRESH = 0.2


def render(context: Context) -> None:
    """Draw the screen; a timer then looks for new data and draws it again."""
    st.html(f"<style>{screen_css()}</style>")
    fragment(context, _board, run_every=_refresh(context))(context)


def _refresh(context: Context) -> float:
    """Return the seconds between two looks at the store: the URL's, for a trial, else the profile's."""
    try:
        return max(float(st.query_params.get("refresh", "")), SHORTEST_REFRESH)
    except ValueError:
        return refresh_seconds(context)


def _board(context: Context) -> None:
    """Draw the screen of the store as it is now; nothing is read or sent again while the store stays the same."""
    if is_asked():  # a dialog within this fragment would close with its next look at the store
        st.rerun(scope="app")
    if context.store.version() != context.version:
        context = build_context(context.store, context.profile, context.lang, context.access)
    if not context.has_data:
        show_empty(context)
        return
    situation = remember(context, "situation", lambda: build_situation(context))
    course = remember(context, "course", lambda: trendview.build_course(situation))
    title = context.t("{city}小微企业融资协调 · 走访与授信").format(city=context.profile.label.text(context.lang))
    board = remember(context, "screen", lambda: build_board(situation, course, title), today(context), marked(context))
    show_board(board)
