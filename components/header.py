"""The head of a page: title, as-of dates, the badge of synthetic data, and the breadcrumb."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from components import url_state
from components.context import Context
from components.filters import show_filters
from components.ledger.links import ledger_link
from components.panel import mark, panel
from components.sentences import capital
from components.smallcells import fewest_shown
from components.tables import note_html


def badge(text: str, *, quiet: bool = False, hint: str = "") -> str:
    """Return a small label as HTML; ``quiet`` in grey."""
    return f'<span class="zr-badge{" quiet" if quiet else ""}" title="{escape(hint)}">{escape(text)}</span>'


def show_frame(context: Context, title: str, as_of: Sequence[tuple[str, str]] = ()) -> None:
    """Draw what stands above a page with filters: its head, the filter bar and the breadcrumb."""
    show_header(context, title, as_of)
    show_filters(context.filters, context.profile, context.last_on, context.lang, context.t)
    with st.container():  # in its place even when empty, or the browser would draw anew whatever stands below it
        show_breadcrumb(context)
    if limit := fewest_shown(context):
        st.html(note_html(context.t("少于 {n} 户的数及可推算出它们的数不显示").format(n=limit)))


def show_header(context: Context, title: str, as_of: Sequence[tuple[str, str]] = ()) -> None:
    """Draw the title with its as-of dates (what, until when) and the badge of synthetic data."""
    t = context.t
    parts = [f"<h1>{escape(title)}</h1>"]
    if context.profile.is_demo:
        hint = t("经营主体、走访、授信等记录均为合成的演示数据，银行为虚构，不代表任何真实机构")
        parts.append(badge(t("演示数据"), hint=hint))
    said = " · ".join(escape(f"{capital(what)} {day}") for what, day in as_of)
    if said:
        until = escape(t("数据截至"))
        parts.append(f'<span class="zr-asof">{until} {said}</span>')
    st.html(f'<div class="zr-head">{"".join(parts)}</div>')


def show_breadcrumb(context: Context) -> None:
    """Draw the way from the whole city down to the region in view; every step above it leads back.

    At the top there is no way to show.
    """
    if not context.filters.path:
        return
    profile, lang = context.profile, context.lang
    steps = [("", profile.label.text(lang))]
    steps += [(code, profile.region_by_code[code].label.text(lang)) for code in context.filters.path]
    links = [f"<span {mark('region', code)}>{escape(name)}</span>" for code, name in steps[:-1]]
    links.append(f"<b>{escape(steps[-1][1])}</b>")
    if len(context.filters.path) == len(profile.region_levels):
        links.append(ledger_link(context.t("经营主体")))
    html = " › ".join(links)
    label = escape(context.t("所在位置"))
    panel(f'<nav class="zr-crumbs" aria-label="{label}">{html}</nav>', key="crumbs", on_act=go)


def go(action: str) -> None:
    """Follow a mark: "region:CODE" puts that region in view ("region:" the whole city), "bank:CODE" filters by it."""
    verb, _, value = action.partition(":")
    if verb in {"region", "bank"}:
        url_state.put(verb, value)
