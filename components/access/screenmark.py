"""The reader's name and the time, faintly over a page: what is photographed or shared says from whom it comes.

One tile of SVG as the background of the document's own last layer. It takes no clicks, covers dialogs too and is
printed; whoever knows how can take it off their own screen, so it deters and does not prevent.
"""

from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

import streamlit as st

from data_access.access.identity import Access
from data_access.settings import Settings
from locales import Translator

WALL = "screen"
# Grey at this strength can be read on white, on the dark theme and on a picture of either, and disturbs no figure.
_GREY, _STRENGTH = "#808080", 0.22
_WIDTH, _HEIGHT, _ANGLE = 380, 230, -22


def show_screen_mark(settings: Settings, access: Access, page: str, t: Translator) -> None:
    """Put the mark over the page where the settings say so; on the wall screen only where they say that as well."""
    if settings.marks_screen and (page != WALL or settings.marks_wall):
        st.html(f"<style>{mark_style(reader(access, t), datetime.now(UTC).astimezone())}</style>")


def reader(access: Access, t: Translator) -> str:
    """Return the name of the reader, with the identity of the sign-in where that says more."""
    if access.person is None:
        return t("未登录")
    name, subject = access.person.name, access.person.subject
    return name if name == subject else f"{name} {subject}"


def mark_style(name: str, now: datetime) -> str:
    """Return the style rule that draws ``name`` and the time all over the document."""
    lines = (
        f'<text x="50%" y="{y}">{escape(text)}</text>' for y, text in (("46%", name), ("56%", f"{now:%Y-%m-%d %H:%M}"))
    )
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}">'
        f'<g transform="rotate({_ANGLE} {_WIDTH // 2} {_HEIGHT // 2})" fill="{_GREY}" fill-opacity="{_STRENGTH}" '
        f'font-family="sans-serif" font-size="17" text-anchor="middle">{"".join(lines)}</g></svg>'
    )
    # Quoted throughout: nothing in a name can end the address, the rule or the element.
    tile = f'url("data:image/svg+xml,{quote(drawn, safe="")}")'
    return f'body::after{{content:"";position:fixed;inset:0;z-index:2147483647;pointer-events:none;background:{tile}}}'
