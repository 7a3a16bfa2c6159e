"""How long the stages take, with open cases allowed for: curves, medians, P90, and the cases still under watch."""

import math
from dataclasses import dataclass, replace
from html import escape

import pandas as pd
import plotly.graph_objects as go

from charts.stagetimes import HORIZON, Stage, stage_times_figure, steps
from components.context import Context
from components.numbers import DASH, count, rate
from components.origins import WHOLE, Origin, Origins, Place, modelled
from components.panel import figure_html
from components.reads import remember
from components.sheet import Column, Sheet
from components.smallcells import fewest_shown
from components.tables import note_html, row_html, table_html
from data_access.queries.history import durations
from data_access.selection import Selection
from locales import N_
from metrics.survival import Curve, kaplan_meier

PUSHED, DOCUMENTS = "pushed", "docs"
# From which stage to which, and the tables that have to be reported for it.
SPANS = {
    "apply": ("first_visit_on", "applied_on", N_("走访→申报"), ("visits", "applications")),
    "need": ("need_on", "applied_on", N_("说出需求→申报"), ("visits", "applications")),
    "recommend": ("applied_on", "recommended_on", N_("申报→推荐"), ("applications", "recommendations")),
    "decide": ("recommended_on", "decided_on", N_("推荐→决定"), ("recommendations", "decisions")),
    "draw": ("approved_on", "drawn_on", N_("授信→放款"), ("decisions", "loans")),
}
# Days at which the table tells how many cases are still open and watched.
CHECKED = (0, 15, 30, 60, 90)


@dataclass(frozen=True)
class Span:
    """One stage's cases and their curve; ``open_at`` counts those watched and still open at each of ``CHECKED``.

    ``drawn`` is the curve as it is drawn: no step of it tells of fewer than the reader may see.
    """

    key: str
    began: str
    name: str
    cases: float
    ended: float
    curve: Curve
    drawn: Curve
    open_at: tuple[float, ...]


def clock(context: Context) -> str:
    """Return the city's own clock for decisions."""
    return DOCUMENTS if context.profile.settings.get("decision_clock") == "docs_complete" else PUSHED


def limit(context: Context) -> int:
    """Return how many days a bank has to decide."""
    return context.decision_days


def spans(context: Context, selection: Selection, start: str) -> list[Span]:
    """Return every stage that is reported; ``start`` is the clock of the decision: pushed or documents complete."""
    return remember(context, "funnel.spans", lambda: _spans(context, selection, start), selection, start)


def _spans(context: Context, selection: Selection, start: str) -> list[Span]:
    found = []
    for key, (begin, end, name, tables) in SPANS.items():
        if set(tables) <= context.reported:
            began = "docs_complete_on" if key == "decide" and start == DOCUMENTS else begin
            frame = durations(context.store, context.scope, selection, began, end)
            found.append(_told(context, _span(key, began, context.t(name), frame)))
    return found


def _told(context: Context, span: Span) -> Span:
    """Return a stage without small counts, drawn in steps of no few.

    With few cases, few ended or few still open there is no curve: every step of it would tell.
    """
    limit = fewest_shown(context)
    parts = (span.cases, span.ended, span.cases - span.ended)
    if any(0 < n < limit for n in parts):
        nothing = kaplan_meier(pd.DataFrame({"days": [], "ended": [], "n": []}))
        return Span(span.key, span.began, span.name, 0.0, 0.0, nothing, nothing, (0.0,) * len(CHECKED))
    told = tuple(float("nan") if 0 < n < limit else n for n in span.open_at)
    return replace(span, drawn=span.curve.thinned(limit), open_at=told)


def _span(key: str, began: str, name: str, frame: pd.DataFrame) -> Span:
    watched = tuple(float(frame.loc[frame["days"] >= day, "n"].sum()) for day in CHECKED)
    ended = float(frame.loc[frame["ended"], "n"].sum())
    curve = kaplan_meier(frame)
    return Span(key, began, name, float(frame["n"].sum()), ended, curve, curve, watched)


def spans_figure(context: Context, found: list[Span]) -> go.Figure:
    """Return the curves with the line of the days a bank has."""
    t, days = context.t, limit(context)
    stages = [Stage(span.name, span.drawn) for span in found if span.cases]
    return stage_times_figure(
        stages, limit=days, limit_name=t("{n} 天").format(n=days), days=context.numbers.unit("day")
    )


def spans_origins(found: list[Span]) -> Origins:
    """Return what the curves lead to: the cases of each stage, which every one of its points rests on."""
    drawn = [span for span in found if span.cases]
    points = [len(steps(span.curve, HORIZON)[0]) for span in drawn]
    cases = [Origin("span.cases", modelled(span_place(span))) for span in drawn]
    return {number: [cases[number]] * n for number, n in enumerate(points)}


def spans_headline(context: Context, found: list[Span]) -> str:
    """Return how long decisions take, and how many come in the days a bank has."""
    t, days = context.t, limit(context)
    decide = next((span for span in found if span.key == "decide"), None)
    if decide is None or not decide.cases:
        return t("各阶段用时")
    done = 100 * (1 - decide.curve.at(days)[0])
    median, p90 = decide.curve.quantile(0.5), decide.curve.quantile(0.9)
    return t("从推荐到决定：中位 {median} 天、九成在 {p90} 天内，{days} 天内决定 {share}%").format(
        median=count(median.days), p90=count(p90.days), days=days, share=rate(done, 1)
    )


def spans_html(context: Context, found: list[Span]) -> str:
    """Return the table under the curves: median with limits, P90, share in time, and the cases at risk."""
    t, days = context.t, limit(context)
    heads = [
        ("name", t("阶段")),
        ("", t("户数")),
        ("wide", t("已完成")),
        ("", t("中位数（天）")),
        ("wide", t("95% 区间")),
    ]
    heads += [("", "P90"), ("", t("{n} 天内完成").format(n=days))]
    heads += [("wide", t("第 {n} 天在观察").format(n=day)) for day in CHECKED[1:]]
    note = t("未完成的案例按已观察的天数计入（Kaplan–Meier），不剔除；“—”表示曲线尚未降到该分位。")
    table = table_html(heads, (row_html(heads, _cells(span, days)) for span in found))
    return f"{table}{note_html(note)}"


def _cells(span: Span, days: int) -> list[str]:
    median, p90 = span.curve.quantile(0.5), span.curve.quantile(0.9)
    between = DASH if math.isnan(median.days) else f"{count(median.low)}–{count(median.high)}"
    done = f"{rate(100 * (1 - span.curve.at(days)[0]), 1)}%" if span.cases else DASH
    place, fitted = span_place(span), modelled(span_place(span))
    cells = [
        escape(span.name),
        figure_html(count(span.cases), Origin("span.cases", place)),
        figure_html(count(span.ended), Origin("span.ended", place)),
        figure_html(count(median.days), Origin("span.cases", fitted)),
        between,
        figure_html(count(p90.days), Origin("span.cases", fitted)),
        figure_html(done, Origin("span.cases", fitted)),
    ]
    watched = zip(span.open_at[1:], CHECKED[1:], strict=True)
    return [*cells, *(figure_html(count(n), Origin("span.cases", place.within(_watched(day)))) for n, day in watched)]


def spans_sheet(context: Context, found: list[Span]) -> Sheet:
    """Return the stages as a table of numbers."""
    t, days = context.t, limit(context)
    table = []
    for span in found:
        median, p90 = span.curve.quantile(0.5), span.curve.quantile(0.9)
        done = 100 * (1 - span.curve.at(days)[0]) if span.cases else float("nan")
        table.append(
            (span.name, span.cases, span.ended, median.days, median.low, median.high, p90.days, done, *span.open_at[1:])
        )
    names = ["stage", "cases", "ended", "median", "low", "high", "p90", "done", *(f"open_{day}" for day in CHECKED[1:])]
    units = [
        "",
        "enterprise",
        "enterprise",
        "day",
        "day",
        "day",
        "day",
        "percent",
        *["enterprise"] * (len(CHECKED) - 1),
    ]
    titles = [
        t("阶段"),
        t("户数"),
        t("已完成"),
        t("中位数"),
        t("下限"),
        t("上限"),
        "P90",
        t("{n} 天内完成").format(n=days),
    ]
    titles += [t("第 {n} 天在观察").format(n=day) for day in CHECKED[1:]]
    own = [WHOLE, WHOLE, WHOLE, *[modelled()] * (len(names) - len(CHECKED) - 2), *map(_watched, CHECKED[1:])]
    figures = ["", "span.cases", "span.ended", *["span.cases"] * (len(names) - 3)]
    columns = tuple(Column(*parts) for parts in zip(names, titles, units, figures, own, strict=True))
    metrics = ("days_to_decision", "days_to_decision_p90")
    places = tuple(map(span_place, found))
    return Sheet("stage_times", pd.DataFrame(table, columns=names), columns, metrics, places=places)


def _watched(day: int) -> Place:
    return Place((("watched", str(day)),))


def span_place(span: Span) -> Place:
    """Return where the figures of a stage stand."""
    return Place((("from", span.began), ("to", SPANS[span.key][1])))
