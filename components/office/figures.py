"""The reconciliation section of the data page: published and entered figures beside the store, and a form for more."""

from datetime import datetime
from html import escape

import pandas as pd
import streamlit as st

from components.access.guard import require
from components.access.records import note
from components.context import Context
from components.frame import show_framed
from components.inputs import is_known
from components.numbers import DASH
from components.office.reading import Draft, enterable, read_draft
from components.office.who import person
from components.origins import NOWHERE, Origin, Place, varying
from components.panel import figure_html, panel
from components.reads import remember
from components.reconciliation import Comparison, compare_entered, compare_published
from components.sheet import Column, Sheet
from components.tables import note_html, row_html, table_html
from data_access.access.audit import Action
from data_access.access.roles import Ability
from data_access.entered import Entered, EnteredError, add_entry, list_entries
from locales import N_
from metrics.catalogue import metric
from metrics.reconcile import Verdict

VERDICTS = {
    Verdict.WITHIN_ROUNDING: ("good", "●", N_("一致")),
    Verdict.EXPLAINED: ("flat", "◆", N_("有说明")),
    Verdict.OPEN: ("warn", "▲", N_("待核对")),
}
_SAID = "figures.said"
_COMPUTED = "c4"  # the column of the table that holds what the store gives


def show_reconciliation(context: Context) -> None:
    """Draw the comparison and the form."""
    entries = list_entries(context.store, context.scope)
    newest = max((entry.entry_id for entry in entries), default=0)
    if context.has_data:
        found = remember(context, "published", lambda: _compared(context), newest)
        if found:
            _comparison(context, found)
        else:
            st.html(note_html(context.t("全市公布的数字由市专班对账；本范围还没有录入过数字。")))
    else:
        st.html(note_html(context.t("还没有数据，公布的数字无从比较。")))
    _form(context, entries)


def _compared(context: Context) -> list[Comparison]:
    """Return all comparisons: what is open first, entries before the profile's figures."""
    found = [
        *compare_entered(context.store, context.scope),
        *compare_published(context.store, context.profile, context.scope),
    ]
    return sorted(found, key=lambda c: c.outcome.verdict is not Verdict.OPEN)


# ---- the comparison -------------------------------------------------------------------------------------------------


def _comparison(context: Context, found: list[Comparison]) -> None:
    t = context.t
    number = {verdict: sum(c.outcome.verdict is verdict for c in found) for verdict in Verdict}
    head = t("与已公布数字对账：{n} 项一致，{e} 项有说明，{m} 项待核对").format(
        n=number[Verdict.WITHIN_ROUNDING], e=number[Verdict.EXPLAINED], m=number[Verdict.OPEN]
    )
    note = t("公布值按其印出的位数比较：3.34 万户可为 33,350 至 33,450；差异 = 计算 − 公布")
    newest = max((c.entry.entry_id for c in found if c.entry), default=0)
    html = remember(context, "published.html", lambda: _html(context, found), newest)
    show_framed(
        context, "published", head, note, lambda: panel(html, key="data.published"), lambda: _sheet(context, found),
        ("reconciliation_gap", "reconciliation_gap_amount"),
    )  # fmt: skip


def _html(context: Context, found: list[Comparison]) -> str:
    t = context.t
    heads = (
        ("name", t("项目")), ("text", t("结论")), ("", t("公布")), ("", t("计算")), ("", t("差异")),
        ("text", t("截至")), ("wrap text", t("原文与说明")),
    )  # fmt: skip
    return table_html(heads, [row_html(heads, _cells(context, c), cards=True) for c in found], cards=True)


def _cells(context: Context, c: Comparison) -> tuple[str, ...]:
    t, lang, figure, outcome = context.t, context.lang, c.figure, c.outcome
    tone, shape, word = VERDICTS[outcome.verdict]
    name = escape(figure.label.text(lang))
    place = f"<br><small>{escape(_place(context, c))}</small>" if c.region else ""
    printed = figure.raw_text.replace("“", "‘").replace("”", "’")  # quotation marks within others
    quoted = t("“{text}”（{source}）").format(text=printed, source=figure.source)
    words = [quoted if figure.raw_text else figure.source, figure.noted(lang), c.explained(lang)]
    said = "<br>".join(escape(text) for text in dict.fromkeys(words) if text)
    verdict = escape(t(word))
    return (
        f"{name}{place}", f'<span class="zr-light {tone}">{shape} {verdict}</span>',
        escape(_value(context, figure.value, figure.unit)),
        figure_html(escape(_value(context, outcome.computed, figure.unit)), origin_of(context, c)),
        escape(_difference(context, c)), str(figure.as_of or DASH), f"<small>{said}</small>",
    )  # fmt: skip


def _place(context: Context, c: Comparison) -> str:
    profile = context.profile
    region = profile.region_by_code.get(c.region)
    return (region.label if region else profile.label).text(context.lang)


def origin_of(context: Context, c: Comparison) -> Origin | None:
    """Return where a computed figure comes from: that of its place on its day, whatever the filters of the page.

    None where nothing was computed, or where the figure is a count that only the comparison makes.
    """
    if c.outcome.computed is None or not is_known(c.figure.metric):
        return None
    node = context.profile.region_by_code.get(c.region)
    cell = ((f"region_{node.level}", c.region),) if node else ()
    return Origin(c.figure.metric, Place(cell, at=c.figure.as_of, is_alone=True))


def _value(context: Context, value: float | None, unit: str) -> str:
    return DASH if value is None else context.numbers.value(value, unit, decimals=2).joined


def _difference(context: Context, c: Comparison) -> str:
    gap = c.outcome.difference
    return DASH if gap is None else context.numbers.change(gap, c.figure.unit).joined


def _sheet(context: Context, found: list[Comparison]) -> Sheet:
    t = context.t
    rows = [
        (
            t(VERDICTS[c.outcome.verdict][2]), c.figure.label.text(context.lang), _place(context, c), c.figure.value,
            c.outcome.computed, c.outcome.difference, context.numbers.unit(c.figure.unit), str(c.figure.as_of or ""),
            c.figure.raw_text, c.figure.source, c.figure.noted(context.lang), c.explained(context.lang),
            c.entry.entered_by if c.entry else "",
        )
        for c in found
    ]  # fmt: skip
    titles = (
        t("结论"), t("项目"), t("地区"), t("公布"), t("计算"), t("差异"), t("单位"), t("截至"), t("原文"), t("来源"),
        t("对原文的说明"), t("差异原因"), t("录入人"),
    )  # fmt: skip
    columns = tuple(Column(f"c{i}", title) for i, title in enumerate(titles))
    frame = pd.DataFrame(rows, columns=[column.name for column in columns])
    origins = [origin_of(context, c) for c in found]
    places = tuple(varying(o.place, {_COMPUTED: o.key}) if o else NOWHERE for o in origins)
    return Sheet("reconciliation", frame, columns, ("reconciliation_gap", "reconciliation_gap_amount"), places=places)


# ---- the form -------------------------------------------------------------------------------------------------------


def _form(context: Context, entries: list[Entered]) -> None:
    t = context.t
    with st.container(key="zr-frame-entry"), st.expander(
        t("录入下一期通报或省平台（粤信服）的数字"), icon=":material/edit_note:", key="figures.open",
        expanded=bool(st.session_state.get(_SAID)),
    ):  # fmt: skip
        st.caption(t("照抄原文，系统读出数值、单位和位数；录入后不可修改，有误时用新的一条更正旧的一条。"))
        with st.form("figures.form", border=False):
            draft = _fields(context, entries)
            sent = st.form_submit_button(t("录入"), type="primary", icon=":material/save:")
        if sent and draft:
            _submit(context, draft, entries)
        for kind, text in st.session_state.pop(_SAID, ()):
            (st.success if kind == "good" else st.error)(text)


def _fields(context: Context, entries: list[Entered]) -> Draft | None:
    t, lang, profile = context.t, context.lang, context.profile
    named = t("{name}（{unit}）")
    names = {
        m.key: named.format(name=f"{m.id} {context.numbers.name(m)}", unit=context.numbers.unit(m.unit))
        for m in enterable()
    }
    regions = _regions(context)
    first, second, third = st.columns(3)
    chosen = first.selectbox(t("指标"), tuple(names), key="figures.metric", format_func=lambda key: names[key])
    region = second.selectbox(t("地区"), tuple(regions), key="figures.region", format_func=lambda code: regions[code])
    today = datetime.now().astimezone().date()
    as_of = third.date_input(
        t("截至"), value=min(context.last_on, today), min_value=profile.programme_start, max_value=today,
        key="figures.as_of", format="YYYY-MM-DD",
    )  # fmt: skip
    left, right = st.columns([2, 1])
    # What was typed for the last entry is gone with it; metric, place, day and source serve for the next one.
    n = max((entry.entry_id for entry in entries), default=0)
    raw = left.text_input(t("原文"), key=f"figures.raw.{n}", placeholder=t("例如：走访企业42.14万户"))
    source = right.text_input(t("来源"), key="figures.source", placeholder=t("例如：工作简报第14期、粤信服"))
    corrected, note, why = st.columns([1, 2, 2])
    value = corrected.number_input(
        t("更正值（原文有误时）"),
        value=None,
        min_value=0.0,
        key=f"figures.value.{n}",
        help=t("按指标的单位填写，金额以元计"),
    )
    said = note.text_input(t("对原文的说明"), key=f"figures.note.{n}")
    reason = why.text_input(t("差异原因（已查明时）"), key=f"figures.why.{n}")
    labels = {e.entry_id: f"{e.entry_id}　{metric(e.metric).name.text(lang)}　{e.raw_text}" for e in entries}
    replaces = None
    if labels:
        replaces = st.selectbox(
            t("更正哪一条（新录入的留空）"), tuple(labels), index=None, key=f"figures.replaces.{n}",
            format_func=lambda number: labels[number],
        )  # fmt: skip
    if not chosen or not as_of:
        return None
    return Draft(chosen, region or "", raw or "", as_of, source or "", value, said or "", reason or "", replaces)


def _regions(context: Context) -> dict[str, str]:
    """Return the places a reader may enter figures of: the city and its counties, or those of their own scope."""
    profile, lang, own = context.profile, context.lang, context.scope.regions
    if own is not None:
        return {code: profile.region_by_code[code].label.text(lang) for code in own}
    return {"": profile.label.text(lang)} | {r.code: r.label.text(lang) for r in profile.regions if r.level == 1}


def _submit(context: Context, draft: Draft, entries: list[Entered]) -> None:
    """Store the draft and draw the page anew, or say what is wrong and keep what was typed."""
    t = context.t
    require(context, Ability.IMPORT)
    read = read_draft(context, draft, entries, datetime.now().astimezone().date())
    if isinstance(read, list):
        st.session_state[_SAID] = [("bad", problem) for problem in read]
        return
    try:
        number = add_entry(context.store, context.scope, read, by=person(context))
    except EnteredError:  # of the two the other cannot be: only places in scope are offered
        st.session_state[_SAID] = [("bad", t("这一条已被别人更正，请刷新后再看。"))]
        return
    note(context.access, Action.ENTER, detail=f"published figure={number}")
    value = context.numbers.value(read.value, read.unit, decimals=2).joined
    st.session_state[_SAID] = [("good", t("已录入第 {n} 条：{value}。").format(n=number, value=value))]
    st.rerun()
