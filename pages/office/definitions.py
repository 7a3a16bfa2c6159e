"""指标口径: what every figure means, how it is computed, and where the definition comes from."""

from collections.abc import Iterable
from html import escape

import streamlit as st

from components import url_state
from components.context import Context
from components.definition import sources
from components.header import show_header
from locales import N_
from metrics.catalogue import DECISION_DAYS, FAMILIES, Metric, load_catalogue, load_terms

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
    widget = "definitions.find"
    st.session_state[widget] = url_state.get("find")
    st.text_input(
        t("查找指标"), key=widget, placeholder=t("编号、名称或公式中的词，如“走访率”"), icon=":material/search:",
        on_change=lambda: url_state.put("find", st.session_state[widget].strip()),
    )  # fmt: skip
    wanted, days = url_state.get("find"), context.decision_days
    found = [entry for entry in load_catalogue().values() if matches(entry, wanted, days)]
    if not found:
        nothing = escape(t("没有找到这样的指标"))
        st.html(f'<div class="zr-empty"><p>{nothing}</p></div>')
        return
    st.caption(t("共 {n} 个指标").format(n=len(found)))
    for family in FAMILIES:
        entries = [entry for entry in found if entry.family == family]
        if entries:
            st.html(_family(context, t(FAMILY_NAMES[family]), entries))


def matches(entry: Metric, wanted: str, days: int = DECISION_DAYS) -> bool:
    """Whether every word of ``wanted`` occurs in the metric's id, names or formulas, whatever the case."""
    words = [term.text(lang, days) for term in (entry.name, entry.formula) for lang in ("zh", "en")]
    text = " ".join((entry.id, entry.key, *words)).lower()
    return all(word in text for word in wanted.lower().split())


def _family(context: Context, title: str, entries: Iterable[Metric]) -> str:
    return f'<h2 class="zr-family">{escape(title)}</h2>{"".join(_entry(context, entry) for entry in entries)}'


def _entry(context: Context, entry: Metric) -> str:
    t, lang, terms = context.t, context.lang, load_terms()
    rows = [
        (t("公式"), context.numbers.formula(entry)),
        (t("分子"), entry.numerator_words.text(lang)),
        (t("分母"), entry.denominator_words.text(lang)),
        (t("单位"), terms.unit[entry.unit].text(lang)),
        (t("汇总"), terms.additivity[entry.additivity].text(lang)),
        (t("好坏"), terms.polarity[entry.polarity].text(lang)),
        (t("缺失"), terms.null_rule[entry.null_rule].text(lang)),
        (t("注意"), entry.pitfalls.text(lang)),
        (t("来源"), sources(entry, lang, t)),
    ]
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows if text)
    return (
        f'<details class="zr-entry" id="{escape(entry.id)}"><summary><span>{escape(entry.id)}</span>'
        f"<b>{escape(context.numbers.name(entry))}</b><em>{escape(context.numbers.formula(entry))}</em></summary>"
        f"<dl>{listed}</dl></details>"
    )
