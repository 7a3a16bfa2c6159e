"""A view of the ledger under a name: a link that carries filters, search, order, columns and the name they go by.

Nothing is kept on the server: who has the link has the view, and sees in it what they may see.
"""

from html import escape
from urllib.parse import urlencode, urljoin
from zlib import crc32

import streamlit as st

from components import url_state
from components.context import Context
from components.ledger.view import NAME, address
from components.panel import mark
from components.tables import note_html

LONGEST_NAME = 40
_MARK = "~"  # between a name and the sum of the view it was given to


def show_save(context: Context) -> None:
    """Draw the button that names the view, and its link once it has a name."""
    t, widget = context.t, "ledger.name"

    def change() -> None:
        url_state.put(NAME, _named(str(st.session_state[widget] or "")))

    with st.popover(t("保存视图"), icon=":material/bookmark:", key="ledger.save"):
        st.session_state[widget] = saved_name()[0]
        st.text_input(
            t("给这个视图起个名字"), key=widget, max_chars=LONGEST_NAME, placeholder=t("例如：9 月待走访"),
            on_change=change,
        )  # fmt: skip
        if saved_name()[0]:
            st.code(_link(), language=None, wrap_lines=True)
        st.html(note_html(t("链接含筛选、查找、排序、所选的列和名字；打开的人只看到自己有权看的")))


def name_html(context: Context) -> str:
    """Return the line that says which saved view this is, and whether it was changed since; "" without a name."""
    t, (name, is_same) = context.t, saved_name()
    if not name:
        return ""
    said = t("视图“{name}”") if is_same else t("视图“{name}”（已改动，可另存）")
    text, lift = escape(said.format(name=name)), escape(t("去掉名字"))
    return f'<div class="zr-measure"><span>{text}</span><span {mark("unname")}>{lift}</span></div>'


def saved_name() -> tuple[str, bool]:
    """Return the name in the address, and whether the view is still the one it was given to."""
    name, _, told = url_state.get(NAME).partition(_MARK)
    return name.strip()[:LONGEST_NAME], told == _sum()


def _named(name: str) -> str:
    kept = " ".join(name.replace(_MARK, " ").split())
    return f"{kept}{_MARK}{_sum()}" if kept else ""


def _sum() -> str:
    return f"{crc32(address().encode()):08x}"


def _link() -> str:
    query = urlencode({name: url_state.get(name) for name in ("lang", NAME) if url_state.get(name)})
    return urljoin(st.context.url or "", f"{address()}{'&' if '=' in address() else ''}{query}")
