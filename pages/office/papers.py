"""会议材料: what the office takes into the meeting, made from a frozen edition, and still the same next month."""

import streamlit as st

from components.context import Context
from components.empty import show_empty
from components.header import show_header
from components.papers import editing, listing, writing
from components.papers.binder import editions
from components.switch import switch
from data_access.access.roles import Ability
from locales import N_

WRITE, CHANGES, FREEZE = "write", "changes", "freeze"
TABS = {WRITE: N_("出材料"), CHANGES: N_("与上期比"), FREEZE: N_("冻结新一期")}


def render(context: Context) -> None:
    """Draw the page."""
    t = context.t
    show_header(context, t("会议材料"))
    if not context.has_data:
        show_empty(context)
        return
    found = editions(context)
    may_freeze = context.access.may(Ability.FREEZE)
    names = {code: t(name) for code, name in TABS.items() if may_freeze or code != FREEZE}
    tab = switch(t("栏目"), "tab", names, key="papers", default=WRITE if found or not may_freeze else FREEZE)
    if may_freeze and (tab == FREEZE or not found):
        editing.show_freezing(context)
    left, right = st.columns([3, 5], gap="small")
    with left:
        chosen = listing.show_editions(context, found)
    with right:
        if chosen is None:
            listing.show_nothing(context)
        elif tab == CHANGES:
            listing.show_changes(context, found, chosen)
        else:
            writing.show_writing(context, chosen)
