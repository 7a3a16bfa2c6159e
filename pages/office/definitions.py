"""指标口径: what every figure means, how it is computed, where the definition comes from, and what it is today."""

import streamlit as st

from components import url_state
from components.context import Context
from components.header import show_header
from components.office.current import current_figures
from components.office.entries import Knowledge, Place, entry_html, family_html
from components.office.outcomes import badges
from components.office.shown import module_of, shown_on
from components.panel import panel
from components.published import published_rank
from components.reads import remember
from components.tables import note_html
from locales import N_
from metrics.catalogue import DECISION_DAYS, FAMILIES, Metric, UnknownMetricError, load_catalogue, metric

FAMILY_NAMES = {
    "visits": N_("走访"),
    "lists": N_("清单与决定"),
    "credit": N_("授信"),
    "loans": N_("放款、价格与结构"),
    "banks": N_("银行、结构与专项"),
    "services": N_("问题、活动、人员、宣传与数据质量"),
}


def render(context: Context) -> None:
    """Draw the page."""
    t = context.t
    show_header(context, t("指标口径"))
    known = _known(context)
    _asked(context, known)
    wanted = _search(context)
    found = [entry for entry in load_catalogue().values() if matches(entry, wanted, context.decision_days)]
    if not found:
        nothing = note_html(t("没有找到这样的指标"))
        st.html(f'<div class="zr-empty">{nothing}</div>')
        return
    st.caption(t("共 {n} 个指标").format(n=len(found)))
    for family in FAMILIES:
        entries = [entry for entry in found if entry.family == family]
        if entries:
            opened = entries[0].id if len(found) == 1 else ""
            panel(_family(context, family, entries, known, opened), key=f"definitions.{family}")


def _family(context: Context, family: str, entries: list[Metric], known: Knowledge, opened: str) -> str:
    title = context.t(FAMILY_NAMES[family])
    return remember(
        context, "definitions", lambda: family_html(context, title, entries, known, opened),
        family, url_state.get("find"), tuple(sorted(known.failing)), known.rank,
    )  # fmt: skip


def _search(context: Context) -> str:
    t, widget = context.t, "definitions.find"
    st.session_state[widget] = url_state.get("find")
    st.text_input(
        t("查找指标"), key=widget, placeholder=t("编号、名称或公式中的词，如“走访率”"), icon=":material/search:",
        on_change=lambda: url_state.put("find", st.session_state[widget].strip()),
    )  # fmt: skip
    return url_state.get("find")


def _asked(context: Context, known: Knowledge) -> None:
    """Draw the metric the address names, open, above the rest."""
    name = url_state.get("metric")
    try:
        entry = metric(name) if name else None
    except UnknownMetricError:
        return
    if entry:
        panel(entry_html(context, entry, known, is_open=True), key="definitions.asked")
        st.button(
            context.t("收起"), key="definitions.close", type="tertiary", icon=":material/close:",
            on_click=url_state.clear, args=("metric",),
        )  # fmt: skip


def _known(context: Context) -> Knowledge:
    from pages import PAGES  # noqa: PLC0415 - the registry imports this page

    pages = {page.key: page for page in PAGES}
    modules = {page.key: module_of(page.render) for page in PAGES}
    addresses = {page.key: page.url_path for page in PAGES} | {PAGES[0].key: "."}  # the first page has the bare address
    places = {
        key: tuple(Place(addresses[name], context.t(pages[name].title)) for name in names)
        for key, names in remember(context, "shown_on", lambda: shown_on(modules)).items()
    }
    return Knowledge(current_figures(context), places, badges(context), published_rank(context))


def matches(entry: Metric, wanted: str, days: int = DECISION_DAYS) -> bool:
    """Whether every word of ``wanted`` occurs in the metric's id, names or formulas, whatever the case."""
    words = [term.text(lang, days) for term in (entry.name, entry.formula) for lang in ("zh", "en")]
    text = " ".join((entry.id, entry.key, *words)).lower()
    return all(word in text for word in wanted.lower().split())
