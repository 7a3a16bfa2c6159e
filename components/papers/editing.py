"""Freezing a new edition: its number and title, what it will hold, and that it never changes."""

import streamlit as st

from components import url_state
from components.access.guard import require
from components.access.records import note
from components.context import Context
from components.frame import frame_head
from components.office.who import person
from components.papers.binder import freeze_now, proposed_number
from components.papers.freezing import freezable
from components.papers.troubles import edition_sentence
from components.situation import LIST_TABLES
from data_access.access.audit import Action
from data_access.access.roles import Ability
from data_access.editions import EditionError


def show_freezing(context: Context) -> None:
    """Draw the form; a new edition is opened as soon as it is frozen."""
    t, numbers = context.t, context.numbers
    whole = freezable(context)
    visits, lists = whole.as_of("visits"), whole.as_of(*LIST_TABLES)
    note = t("走访截至 {visits}，清单与授信截至 {lists}；冻结后数字不再变化，更正请冻结新的一期").format(
        visits=numbers.day(visits) if visits else t("未报送"), lists=numbers.day(lists) if lists else t("未报送")
    )
    with st.container(key="zr-frame-freeze"):
        st.html(frame_head(t("冻结新一期"), note))
        with st.form("papers.freeze", border=False):
            left, right, last = st.columns([1, 4, 1], gap="small", vertical_alignment="bottom")
            number = left.number_input(t("期号"), min_value=1, value=proposed_number(context), key="papers.number")
            usual = t("{name}融资协调机制工作通报").format(name=context.profile.label.text(context.lang))
            title = right.text_input(t("标题"), value=usual, key="papers.title", max_chars=60)
            if last.form_submit_button(t("冻结"), type="primary", width="stretch"):
                _freeze(whole, int(number), title)


def _freeze(context: Context, number: int, title: str) -> None:
    require(context, Ability.FREEZE)
    try:
        with st.spinner(context.t("正在冻结")):
            edition_id = freeze_now(context, number, title, by=person(context))
    except EditionError as error:
        st.error(edition_sentence(error, context.t))
        return
    what = f"edition={edition_id} number={number}"
    note(context.access, Action.FREEZE, filters=str(context.filters.as_of), detail=what)
    url_state.put("edition", str(edition_id))
    url_state.put("tab", "write")
    st.rerun()
