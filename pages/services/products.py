"""产品与网点: which loan product answers what an enterprise needs, which are used and which never, and whom to call."""

from html import escape

import streamlit as st

from components import url_state
from components.context import Context
from components.empty import show_empty
from components.frame import show_framed, show_map
from components.header import go, show_frame
from components.panel import panel
from components.products import catalogue, contacts, outletmap
from components.products.catalogue import Shelf, shelf_of
from components.products.form import need_of, show_form
from components.reads import remember
from components.switch import switch
from components.tables import note_html
from components.viewport import fitting
from locales import N_

MAP_HEIGHT = 330
PARTS = {"outlets": N_("对接网点"), "offices": N_("专班联系方式"), "banks": N_("各银行产品")}


def render(context: Context) -> None:
    """Draw the page."""
    t, loans = context.t, context.as_of("loans")
    show_frame(context, t("产品与网点"), [(t("放款"), context.numbers.day(loans))] if loans else [])
    if not context.has_data:
        show_empty(context)
        return
    if "products" in context.reported:
        shelf = shelf_of(context, need_of(context))
        st.html(f'<div class="zr-conclusion" role="status">{escape(catalogue.conclusion(shelf))}</div>')
        _catalogue(shelf)
    else:
        shelf = None
        st.html(note_html(t("贷款产品未报送")))
    parts = {key: t(name) for key, name in PARTS.items() if shelf or key != "banks"}
    with st.container(key="zr-details"):
        part = switch(t("详情"), "part", parts, key="products")
    if part == "banks" and shelf:
        _banks(shelf)
    else:
        {"outlets": _outlets, "offices": _offices}[part](context)


def _catalogue(shelf: Shelf) -> None:
    context, t = shelf.context, shelf.context.t
    states = {key: t(name) for key, name in catalogue.SHOWN.items() if shelf.need.asks or key != "fits"}
    states["unused"] = shelf.unused_name
    default = "fits" if shelf.need.asks else "valid"
    asked = url_state.get("offer")
    state, words = asked if asked in states else default, url_state.get("find")
    frame = catalogue.picked(shelf, state, words)

    def draw() -> None:
        show_form(context)
        with st.container(horizontal=True, gap="small", key="zr-product-bar"):
            switch(t("显示"), "offer", states, key="products", default=default)
            _search(t("搜索产品或银行"), "find")
        html = remember(context, "products.table", lambda: catalogue.table(shelf, frame), shelf.need, state, words)
        panel(html, key="products.table")

    head = t("{state} {n} 个").format(state=states[state], n=len(frame))
    if shelf.need.asks:
        n = int((shelf.frame["fits"] & shelf.frame["is_on_offer"]).sum())
        head = t("{n} 个在办产品符合需求").format(n=n) if n else t("没有完全符合需求的在办产品，最接近的在前")
    note = t("与目录逐项比对，不代表银行审批；目录截至 {day} 在册").format(day=context.numbers.day(shelf.day))
    show_framed(
        context, "products", head, note, draw, lambda: catalogue.sheet(shelf, frame), catalogue.METRICS, leads=True
    )


def _search(label: str, parameter: str) -> None:
    key = f"products.{parameter}"
    st.session_state[key] = url_state.get(parameter)
    st.text_input(
        label, key=key, placeholder=label, label_visibility="collapsed", width=260, icon=":material/search:",
        on_change=lambda: url_state.put(parameter, st.session_state[key]),
    )  # fmt: skip


def _banks(shelf: Shelf) -> None:
    context, t = shelf.context, shelf.context.t
    note = t("单位：个　放款截至 {day}；点击可筛选").format(day=context.numbers.day(context.as_of("loans")))
    html = remember(context, "products.banks", lambda: catalogue.banks_html(shelf), shelf.need)
    show_framed(
        context, "product-banks", catalogue.banks_headline(shelf), note,
        lambda: panel(html, key="products.banks", on_act=go), lambda: catalogue.banks_sheet(shelf), catalogue.METRICS,
        leads=True,
    )  # fmt: skip


def _offices(context: Context) -> None:
    t = context.t
    if "contacts" not in context.reported:
        st.html(note_html(t("专班联系方式未报送")))
        return
    n = len(contacts.offices(context))
    show_framed(
        context, "contacts", t("{n} 个专班联系方式").format(n=n), contacts.phones_note(context),
        lambda: st.html(contacts.offices_html(context)), lambda: contacts.offices_sheet(context), (),
    )  # fmt: skip


def _outlets(context: Context) -> None:
    t, words = context.t, url_state.get("q")
    if "outlets" not in context.reported:
        st.html(note_html(t("银行网点未报送")))
        return
    size = fitting(outletmap.SIZE)
    deck = remember(context, "products.map", lambda: outletmap.map_deck(context, size), size)

    def draw() -> None:
        left, right = st.columns([1, 2], gap="small")
        with left:
            panel(contacts.places_html(context), key="products.places", on_act=go)
            if deck is not None:
                head = contacts.places_headline(context)
                show_map(
                    deck, key="products.map", height=MAP_HEIGHT, alt=head, lang=context.lang,
                    on_pick=lambda code: go(f"region:{code}"),
                )  # fmt: skip
                st.html(note_html(outletmap.note(context)))
        with right:
            _search(t("搜索网点、银行或地址"), "q")
            st.html(contacts.outlets_html(context, words))

    show_framed(
        context, "outlets", contacts.places_headline(context), contacts.phones_note(context), draw,
        lambda: contacts.outlets_sheet(context, words), (), leads=True,
    )  # fmt: skip
