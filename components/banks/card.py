"""The diagnosis card of one bank: four lights with their sentences, how they moved, and the lists behind them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from html import escape

import numpy as np
import pandas as pd

from charts.bankmarks import Axis
from charts.banks import control_figure
from components.banks import leads
from components.banks.desk import Desk
from components.banks.judging import QUESTIONS, Month
from components.banks.rules import generic_codes
from components.banks.views import View, nothing
from components.banks.words import (
    bank_light_html,
    implausible,
    light_words,
    on_time_said,
    percent,
    question_names,
    said,
    times,
)
from components.htmltable import html_table
from components.lineage import enterprise_address
from components.masks import masked
from components.numbers import DASH, count
from components.origins import Origin, Place
from components.panel import figure_html, mark
from components.sheet import Column, Sheet
from data_access.access.roles import Ability
from data_access.queries.banks import weekly_cohorts
from data_access.queries.refusals import refusal_outcomes, refusal_texts
from data_access.selection import Selection
from locales import Translator
from metrics.banks.lights import Finding
from metrics.banks.weekly import control_chart
from metrics.proportions import wilson

METRICS = ("visit_size_fit", "application_rate_cohort", "credit_size_gap", "rejection_adequacy", "on_time_rate")


def card_html(desk: Desk, bank: str, addresses: Mapping[str, str], *, may_promise: bool) -> str:
    """Return the card: light, sentence and trend of each question, and decision time; a policy bank has no lights.

    ``addresses`` are where the lists behind them are (``components.banks.leads.links``). A finding reports
    ``promise:QUESTION`` to whoever may record what the bank commits itself to.
    """
    t, names = desk.context.t, question_names(desk.context.t)
    behind = {line: _link(t, address) for line, address in addresses.items()}
    for question in findings(desk, bank) if may_promise else ():
        words = escape(t("登记承诺"))
        behind[question] += f'　<a class="zr-link" {mark("promise", question)}>{words}</a>'
    lines = [_line(desk, bank, q, names[q], behind[q]) for q in QUESTIONS if bank not in desk.policy]
    if bank in desk.policy:
        apart = t("政策性银行按另外的规则放贷，单独列出，不与商业银行比较")
        lines.append(f"<li>{escape(apart)}</li>")
    lines.append(_timing(desk, bank, behind["timing"]))
    return f'<ul class="zr-list">{"".join(lines)}</ul>'


def findings(desk: Desk, bank: str) -> tuple[str, ...]:
    """Return the questions a bank's lights are not green at: red ones first, each in the order of the questions."""
    lit = {question: desk.light(bank, question) for question in QUESTIONS}
    return tuple(question for tone in (Finding.RED, Finding.AMBER) for question in QUESTIONS if lit[question] == tone)


def card_sheet(desk: Desk, bank: str) -> Sheet:
    """Return the card as a table: question, light, what is said, and how it moved since the month before."""
    t, names = desk.context.t, question_names(desk.context.t)
    rows = [
        (names[q], light_words(t)[desk.light(bank, q)], said(desk, bank, q), _trend(desk, bank, q))
        for q in QUESTIONS
    ]  # fmt: skip
    rows.append((t("决定时限"), "", on_time_said(desk, bank), _trend(desk, bank, "on_time")))
    columns = (
        Column("question", t("问题")),
        Column("light", t("灯")),
        Column("said", t("说明")),
        Column("trend", t("变化")),
    )
    return Sheet("bank_card", pd.DataFrame(rows, columns=[c.name for c in columns]), columns, METRICS)


def _link(t: Translator, address: str) -> str:
    words = escape(t("明细"))
    return f'<a class="zr-note" href="{escape(address)}" target="_blank">{words}</a>'


def _line(desk: Desk, bank: str, question: str, name: str, link: str) -> str:
    light = bank_light_html(desk, bank, question)
    trend = _trend_html(desk, bank, question)
    sentence = escape(said(desk, bank, question))
    doubt = implausible(desk, bank) if question == "visits" else ""
    if doubt:
        sentence = f"<b>{escape(doubt)}</b><br>{sentence}"
    return (
        f"<li><span><b>{escape(name)}</b>　{light}　{link}<br>{sentence}"
        f'<br><small class="zr-note">{trend}</small></span></li>'
    )


def _timing(desk: Desk, bank: str, link: str) -> str:
    """Return the line on decision time, which has no light."""
    name, told, trend = escape(desk.context.t("决定时限")), escape(on_time_said(desk, bank)), ""
    if not np.isnan(measured(desk.now, bank, "on_time")):
        trend = f'<br><small class="zr-note">{_trend_html(desk, bank, "on_time")}</small>'
    return f"<li><span><b>{name}</b>　{link}<br>{told}{trend}</span></li>"


def _trend(desk: Desk, bank: str, question: str) -> str:
    now, before = (figure_said(desk, month, bank, question) for month in (desk.now, desk.before))
    return _course(desk, question).format(before=before, now=now)


def _trend_html(desk: Desk, bank: str, question: str) -> str:
    """Return the trend with its two figures leading to where they come from."""
    shown = {
        name: figure_html(
            escape(figure_said(desk, month, bank, question)),
            leads.judged(desk, bank, question, before=name == "before"),
        )
        for name, month in (("before", desk.before), ("now", desk.now))
    }
    return escape(_course(desk, question)).format(**shown)


def _course(desk: Desk, question: str) -> str:
    day = desk.context.numbers.short_day(desk.before.visits_on if question == "visits" else desk.before.on)
    return desk.context.t("{day}：{before}，现在：{now}").replace("{day}", day)


def figure_said(desk: Desk, month: Month, bank: str, question: str) -> str:
    """Return the figure of a question in a month as text: times for visits and credit, else a percentage."""
    value = measured(month, bank, question)
    if question not in {"visits", "credit"}:
        return percent(value)
    return DASH if np.isnan(value) else desk.context.t("{n} 倍").format(n=times(value))


def measured(month: Month, bank: str, question: str) -> float:
    """Return the figure of a question: a ratio for visits and credit, a share from 0 to 1 for the others; else NaN."""
    return month.figures[question].get(bank, float("nan"))


def control_view(desk: Desk, bank: str) -> View:
    """Return the bank's weekly share of applications with its control limits."""
    t, context = desk.context.t, desk.context
    weeks = weekly_cohorts(context.store, context.scope, _only(desk, bank)).sort_values("week", ignore_index=True)
    if len(weeks) < 4:
        return nothing(t("满 60 天的走访不足四周，不画控制图"), "weeks")
    chart = control_chart(weeks)
    chart["said"] = [
        t("{day}起一周：{n} 户中 {x} 户申报，{share}").format(
            day=context.numbers.short_day(day.date()), n=count(n), x=count(x), share=percent(share)
        )
        for day, n, x, share in zip(chart["week"], chart["n"], chart["x"], chart["share"], strict=True)
    ]
    figure = control_figure(chart, Axis("", lambda v: percent(v, 0)), (t("当周申报占比"), t("三倍标准差"), t("异常")))
    signals = int((chart["outside"] | chart["run"]).sum())
    head = t("{n} 周偏离本行自己的水平").format(n=signals) if signals else t("每周都在本行自己的正常波动之内")
    note = t("按首次走访所在周；前几周走访对象不同，申报率本就更高")
    if signals:
        note += t("；红色菱形为超出三倍标准差，或连续八周在同一侧")
    key = "bank_cohort.x/bank_cohort.n"
    origins = leads.marks(figure, lambda day: Origin(key, leads.week(bank, date.fromisoformat(day))))
    sheet = lambda: _weeks_sheet(desk, bank, chart)  # noqa: E731 - made when it is asked for
    return View(head, note, figure, sheet, ("application_rate_cohort",), origins)


def _weeks_sheet(desk: Desk, bank: str, chart: pd.DataFrame) -> Sheet:
    t = desk.context.t
    columns = (
        Column("week", t("周一")), Column("n", t("满 60 天户数"), "enterprise", "bank_cohort.n"),
        Column("x", t("申报户数"), "enterprise", "bank_cohort.x"),
        Column("pct", t("占比"), "percent", "application_rate_cohort"),
    )  # fmt: skip
    table = chart.assign(pct=100 * chart["share"], week=chart["week"].dt.date)
    places = tuple(leads.week(bank, monday) for monday in table["week"])
    return Sheet("weeks", table, columns, ("application_rate_cohort",), places=places)


def texts_sheet(desk: Desk, bank: str) -> Sheet:
    """Return the latest refusals of a bank with what was written; by number and not by name."""
    t, context = desk.context.t, desk.context
    cases = refusal_texts(context.store, context.scope, _only(desk, bank), generic_codes(context))
    labels = {c.code: c.label.text(context.lang) for c in context.profile.codes.get("reject_reason", ())}
    words = {True: t("是"), False: ""}
    table = cases.assign(
        reason=[labels.get(code, code) or DASH for code in cases["code"]],
        shown=[masked(context, "reject_text", text) if isinstance(text, str) else DASH for text in cases["text"]],
        **{f"is_{flag}": [words[bool(value)] for value in cases[flag]] for flag in ("empty", "templated", "complete")},
    )
    columns = (
        Column("decision_id", t("决定编号")), Column("enterprise_id", t("主体编号")),
        Column("decided_on", t("决定日期")), Column("reason", t("原因代码")),
        Column("shown", t("原文")),
        Column("is_empty", t("未写明")), Column("is_templated", t("套模板")), Column("is_complete", t("要素完备")),
    )  # fmt: skip
    return Sheet("refusals", table, columns, ("rejection_adequacy",))


def texts_html(desk: Desk, sheet: Sheet) -> str:
    """Return the refusals as a table that shows every text in full."""
    names = [column.name for column in sheet.columns]
    rows = sheet.frame[names].astype(str).itertuples(index=False)
    leads_to = {names.index("enterprise_id"): enterprise_address} if desk.context.access.may(Ability.ROWS) else {}
    heads, wide = [column.header for column in sheet.columns], names.index("shown")
    return html_table(heads, rows, texts=range(len(names)), wraps=(wide,), leads=leads_to, cards=True)


def listed_said(desk: Desk, which: str, bank: str, listed: int) -> str:
    """Return how many of a bank's cases a list shows, of how many, in which order, and what is masked in it."""
    t = desk.context.t
    whole = {
        "texts": desk.records["reasons"].get(bank, {}).get("rejections", listed),
        "overdue": desk.records["progress"].get(bank, {}).get("pushes_overdue", listed),
    }.get(which)
    if whole is None:
        return t("{n} 行").format(n=listed) + hidden_said(desk)
    order = t("最近的在前") if which == "texts" else t("等待最久的在前")
    text = t("{order}，共 {all} 笔，列出 {n} 笔").format(order=order, all=count(max(whole, listed)), n=count(listed))
    return text if which != "texts" or desk.context.may_see_texts else text + t("；电话和证件号码已隐去")


def hidden_said(desk: Desk) -> str:
    """Return why the reader of single banks sees no conversion; "" for whoever sees all."""
    return "" if desk.context.scope.banks is None else desk.context.t("；其他银行的批准您看不到，所以不显示")


def repair_sheet(desk: Desk, bank: str = "") -> Sheet:
    """Return refusals by reason: whose task the repair is, and how many were approved by any bank within 90 days.

    Conversion is counted over refusals at least 90 days old. ``bank`` narrows to one bank's. The reader of single banks
    does not see what the others approved: to him it is unknown.
    """
    context = desk.context
    t, lang, profile = context.t, context.lang, context.profile
    table = refusal_outcomes(context.store, context.scope, _only(desk, bank)).set_index("code")
    is_seen = context.scope.banks is None
    if not is_seen:
        table["converted"] = np.nan
    table["pct"] = 100 * table["converted"] / table["mature"].where(table["mature"] > 0, np.nan)
    table["low"], table["high"] = wilson(table["converted"], table["mature"])
    codes = {c.code: c for c in profile.codes.get("reject_reason", ())}
    known = [codes.get(str(code)) for code in table.index]
    departments = [profile.code_label("department", c.attributes.get("department", "")) if c else None for c in known]
    table["reason"] = [c.label.text(lang) if c else t("未填代码") for c in known]
    table["repairable"] = [t("可修复") if c and c.attributes.get("repairable") == "true" else "" for c in known]
    table["department"] = [d.text(lang) if d else DASH for d in departments]
    table["fix"] = [c.attributes.get(f"fix_{lang}", "") if c else "" for c in known]
    columns = (
        Column("department", t("责任部门")), Column("reason", t("拒绝原因")), Column("repairable", t("能否修复")),
        Column("n", t("不予授信"), "case", "refusal.n"), Column("mature", t("满 90 天"), "case", "refusal.mature"),
        Column("converted", t("90 天内获授信"), "case", "refusal.converted" if is_seen else ""),
        Column("pct", t("拒后转化率"), "percent", "approval_after_rejection" if is_seen else ""),
        Column("low", t("区间下限 95%"), "percent"), Column("high", t("区间上限 95%"), "percent"),
        Column("fix", t("标准做法")),
    )  # fmt: skip
    first = _by_department(table.assign(last=table["repairable"] == ""))
    only = (("bank", bank),) if bank else ()
    places = tuple(Place(cell=(("code", str(code)),), only=only) for code in first.index)
    return Sheet("rejection_repair", first, columns, ("approval_after_rejection",), places=places)


def _by_department(table: pd.DataFrame) -> pd.DataFrame:
    """Return the reasons of each department together: the repairable ones first, who has most of them before others."""
    whole = table.groupby(["last", "department"])["n"].transform("sum")
    order = ["last", "whole", "department", "n"]
    return table.assign(whole=whole).sort_values(order, ascending=[True, False, True, False])


def _only(desk: Desk, bank: str) -> Selection:
    return replace(desk.context.selection, banks=(bank,) if bank else ())
