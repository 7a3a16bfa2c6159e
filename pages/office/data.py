"""数据管理: is the data right, what is missing, and which row is wrong. One section at a time, named in the address."""

import streamlit as st

from components.context import Context
from components.header import show_header
from components.office.batches import known_batches, show_batches
from components.office.bringing import show_bringing_in, show_coverage
from components.office.checks import show_checks
from components.office.figures import show_reconciliation
from components.office.holding import show_held
from components.switch import switch

IMPORT, BATCHES, QUALITY, FIGURES = "import", "batches", "quality", "figures"


def render(context: Context) -> None:
    """Draw the page."""
    t = context.t
    show_header(context, t("数据管理"))
    held = int(known_batches(context)["open_held"].sum())
    sections = {
        IMPORT: t("导入（{n} 行待改）").format(n=held) if held else t("导入"),
        BATCHES: t("导入记录"),
        QUALITY: t("质量"),
        FIGURES: t("对账"),
    }
    section = switch(t("栏目"), "tab", sections, key="data")
    draw = {IMPORT: _import, BATCHES: show_batches, QUALITY: show_checks, FIGURES: show_reconciliation}
    draw[section](context)


def _import(context: Context) -> None:
    left, right = st.columns([3, 2], gap="small")
    with left:
        show_bringing_in(context)
    with right:
        show_coverage(context)
    show_held(context)
