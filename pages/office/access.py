"""人员与权限: who may see what, since when and until when; let somebody in, end it, bring in a whole list."""

import streamlit as st

from components.access.granting import show_form, show_import
from components.access.people import show_people, show_said
from components.context import Context
from components.header import show_header


def render(context: Context) -> None:
    """Draw the page."""
    show_header(context, context.t("人员与权限"))
    show_said()
    show_people(context)
    left, right = st.columns(2, gap="small")
    with left:
        show_form(context)
    with right:
        show_import(context)
