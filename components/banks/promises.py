"""The loop of the meeting: a finding becomes a commitment, is measured again next time and judged against noise."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from components.access.guard import require
from components.access.records import note
from components.banks.card import findings, measured
from components.banks.desk import Desk, row_of
from components.banks.words import percent, times
from components.context import Context
from components.filters import Filters
from components.numbers import DASH
from components.sheet import Column, Sheet
from components.switch import pick
from data_access.access.audit import Action
from data_access.access.roles import Ability
from data_access.commitments import (
    FIGURES,
    Commitment,
    CommitmentError,
    add_commitment,
    close_commitment,
    list_commitments,
)
from locales import Translator
from metrics.banks.commitments import Measurement, Verdict, judge

_TONES = {Verdict.MET: "good", Verdict.BETTER: "good", Verdict.SAME: "warn", Verdict.WORSE: "bad", Verdict.UNKNOWN: ""}
SHARES = frozenset({"applications", "reasons", "on_time"})


def verdict_words(t: Translator) -> dict[Verdict, str]:
    """Return the words of the verdicts."""
    return {
        Verdict.MET: t("已达到"),
        Verdict.BETTER: t("明显好转"),
        Verdict.SAME: t("在波动范围内"),
        Verdict.WORSE: t("明显变差"),
        Verdict.UNKNOWN: t("无法测量"),
    }


def figure_names(t: Translator) -> dict[str, str]:
    """Return what a commitment can be about."""
    return {
        "visits": t("走访 ÷ 按规模应有（倍）"),
        "applications": t("走访后申报占比（调整后）"),
        "credit": t("授信 ÷ 按规模预期（倍）"),
        "reasons": t("未写明原因的拒绝占比"),
        "on_time": t("按期决定率"),
    }


def measurement(desk: Desk, bank: str, figure: str) -> Measurement:
    """Return a figure as it stands now, with what its noise is reckoned from."""
    value = measured(desk.now, bank, figure)
    if figure in SHARES:
        n = _cases(desk, bank, figure)
        return Measurement(value, x=value * n, n=n)
    if figure == "visits":
        rows = desk.now.visits.rows
        observed = row_of(rows, bank)["observed"] if bank in rows.index else 0.0
        return Measurement(value, log_error=1.0 / np.sqrt(observed) if observed > 0 else float("nan"))
    if bank not in desk.ratio.index:
        return Measurement(value)
    row = row_of(desk.ratio, bank)
    return Measurement(
        value, log_error=float(np.log(row["high"] / row["low"]) / (2 * 1.96)) if row["low"] > 0 else float("nan")
    )


def _cases(desk: Desk, bank: str, figure: str) -> float:
    frame, column = {
        "applications": (desk.now.shares.rows, "n"),
        "reasons": (desk.now.quality, "rejections"),
        "on_time": (desk.now.progress, "pushes_matured"),
    }[figure]
    return row_of(frame, bank)[column] if bank in frame.index else float("nan")


@dataclass(frozen=True)
class Judged:
    """A commitment with its figure now and the verdict."""

    commitment: Commitment
    now: Measurement
    verdict: Verdict


def promised_by(context: Context, period: str = "") -> Context:
    """Return the context in which banks promise and are measured again, or a filter would look like a change."""
    filters = context.filters
    return replace(context, filters=Filters(filters.as_of, period, banks=filters.banks))


def judged(desk: Desk) -> list[Judged]:
    """Return the commitments made by the as-of date, measured again by the same figure."""
    context = desk.context
    found = []
    for c in list_commitments(context.store, context.scope, context.filters.as_of):
        before = Measurement(c.measured, *(float("nan") if v is None else v for v in (c.counted, c.cases, c.log_error)))
        now = measurement(desk, c.bank, c.figure)
        found.append(Judged(c, now, judge(before, now, c.promised, higher_is_better=FIGURES[c.figure])))
    return found


def shown(figure: str, value: float) -> str:
    """Return a figure's value as text."""
    return percent(value) if figure in SHARES else times(value)


def list_html(desk: Desk, found: list[Judged]) -> str:
    """Return the commitments as a table."""
    t = desk.context.t
    if not found:
        nothing = t("还没有登记整改承诺。选一家银行，登记第一条。")
        return f'<p class="zr-note">{escape(nothing)}</p>'
    heads = [
        t("编号"),
        t("银行"),
        t("承诺"),
        t("指标"),
        t("当时"),
        t("承诺到"),
        t("现在"),
        t("判断"),
        t("期限"),
        t("责任人"),
    ]
    head = "".join(f'<th class="text" scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(_row(desk, item) for item in found)
    table = f'<table class="zr-table zr-wrapped"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="zr-table-wrap">{table}</div>'


def list_sheet(desk: Desk, found: list[Judged]) -> Sheet:
    """Return the commitments as a table of texts, with the verdicts."""
    t, names, words = desk.context.t, figure_names(desk.context.t), verdict_words(desk.context.t)
    rows = [
        (
            str(c.commitment_id), desk.name(c.bank), c.wording, names[c.figure], shown(c.figure, c.measured),
            shown(c.figure, c.promised), shown(c.figure, item.now.value), words[item.verdict], str(c.made_on),
            str(c.due_on), c.owner, str(c.closed_on or ""),
        )
        for item in found
        for c in (item.commitment,)
    ]  # fmt: skip
    titles = (
        t("编号"), t("银行"), t("承诺"), t("指标"), t("当时"), t("承诺到"),
        t("现在"), t("判断"), t("登记日"), t("期限"), t("责任人"), t("办结日"),
    )  # fmt: skip
    columns = tuple(Column(f"c{i}", title) for i, title in enumerate(titles))
    return Sheet("commitments", pd.DataFrame(rows, columns=[c.name for c in columns]), columns)


def _row(desk: Desk, item: Judged) -> str:
    t, c = desk.context.t, item.commitment
    word, tone = verdict_words(t)[item.verdict], _TONES[item.verdict]
    late = c.closed_on is None and c.due_on < desk.context.filters.as_of
    due = t("已办结 {day}").format(day=c.closed_on) if c.closed_on else str(c.due_on)
    due += t("（已过期）") if late else ""
    cells = [
        str(c.commitment_id), desk.name(c.bank), c.wording, figure_names(t)[c.figure], shown(c.figure, c.measured),
        shown(c.figure, c.promised), shown(c.figure, item.now.value),
    ]  # fmt: skip
    row = "".join(f'<td class="text">{escape(cell)}</td>' for cell in cells)
    light = f'<td class="text"><span class="zr-light {tone}">{escape(word)}</span></td>'
    return f'<tr>{row}{light}<td class="text">{escape(due)}</td><td class="text">{escape(c.owner or DASH)}</td></tr>'


def today_html(desk: Desk, bank: str) -> str:
    """Return a bank's figures as they stand, which a promise starts from."""
    t, names = desk.context.t, figure_names(desk.context.t)
    now = [f"{names[figure]} {shown(figure, measured(desk.now, bank, figure))}" for figure in FIGURES]
    text = t("现在：{figures}").format(figures=t("；").join(now))
    return f'<p class="zr-note">{escape(text)}</p>'


def show_form(desk: Desk, bank: str) -> None:
    """Draw the form that records a commitment of ``bank``, at first on its worst finding; today's figure is kept."""
    t, names = desk.context.t, figure_names(desk.context.t)
    figure = pick(
        t("指标"), "figure", names, key="banks.commit", default=next(iter(findings(desk, bank)), None), width=320
    )
    with st.form(f"banks.commit.{bank}", clear_on_submit=True, border=False):
        wording = st.text_input(t("承诺内容"), key="banks.commit.wording", max_chars=200)
        left, middle, right = st.columns(3)
        promised = left.number_input(
            t("承诺到（%）") if figure in SHARES else t("承诺到（倍）"), key="banks.commit.promised", min_value=0.0,
            max_value=100.0 if figure in SHARES else None, value=None, step=0.1,
            placeholder=t("现在 {value}").format(value=shown(figure, measured(desk.now, bank, figure))),
        )  # fmt: skip
        due = middle.date_input(
            t("期限"), desk.context.filters.as_of + timedelta(days=30), key="banks.commit.due", format="YYYY-MM-DD"
        )
        owner = right.text_input(t("责任人"), key="banks.commit.owner", max_chars=40)
        if st.form_submit_button(t("登记承诺"), icon=":material/add_task:"):
            _record(desk, bank, figure, wording, promised, due, owner)


def _record(desk: Desk, bank: str, figure: str, wording: str, promised: float | None, due: object, owner: str) -> None:
    require(desk.context, Ability.ENTER)
    t, today = desk.context.t, measurement(desk, bank, figure)
    if promised is None or np.isnan(today.value):
        st.error(t("请填写承诺的数值；没有数据的指标不能登记。"))
        return
    target = promised / 100.0 if figure in SHARES else promised
    if (target > today.value) is not FIGURES[figure] or target == today.value:
        st.error(t("承诺的数值应好于现在的 {value}。").format(value=shown(figure, today.value)))
        return
    known = [None if np.isnan(v) else float(v) for v in (today.n, today.x, today.log_error)]
    entered = Commitment(
        bank, figure, wording, owner, desk.context.filters.as_of, due, float(today.value), target, *known  # type: ignore[arg-type]
    )  # fmt: skip
    try:
        number = add_commitment(desk.context.store, desk.context.scope, entered)
    except CommitmentError as error:
        st.error(
            {
                "wording": t("请写明承诺内容。"),
                "due": t("期限应晚于登记日。"),
                "missing": t("不能为这家银行登记。"),
            }.get(error.code, error.code)
        )
        return
    note(desk.context.access, Action.ENTER, detail=f"commitment={number} bank={bank} {figure}")
    st.rerun()


def show_closing(desk: Desk, found: list[Judged]) -> None:
    """Draw what closes an open commitment."""
    t = desk.context.t
    open_ = {item.commitment.commitment_id: item.commitment for item in found if item.commitment.closed_on is None}
    if not open_:
        return

    def close() -> None:
        require(desk.context, Ability.ENTER)
        number = st.session_state["banks.close.number"]
        close_commitment(desk.context.store, desk.context.scope, number, desk.context.filters.as_of)
        note(desk.context.access, Action.ENTER, detail=f"commitment={number} closed")

    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.selectbox(
            t("办结哪一条"), tuple(open_), key="banks.close.number", width=360,
            format_func=lambda n: f"{n} {desk.name(open_[n].bank)} {open_[n].wording}",
        )  # fmt: skip
        _button(t("标记办结"), close)


def _button(label: str, act: Callable[[], None]) -> None:
    st.button(label, key="banks.close.do", on_click=act, icon=":material/check:")
