"""The course of the visits in view: day by day, against the dated target, and where they are heading."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts.trend import TrendWords, trend_figure
from components.numbers import Numbers, count
from components.origins import WHOLE, Origin, Origins, Place, day, modelled, varying
from components.reads import increments
from components.sentences import Speaker, capital, speaker
from components.sheet import Column, Sheet
from components.situation import Situation, calendar
from metrics.forecast import Forecast, InsufficientHistoryError, daily_series, forecast
from metrics.highlights import outlook
from metrics.pace import recent_pace, requirement

_FORECAST = 2  # the trace of the forecast, after the two edges of its fan


@dataclass(frozen=True)
class Course:
    """The daily increments of visited enterprises up to the day they are reported, and their forecast if any."""

    series: "pd.Series[float]"
    target: float
    forecast: Forecast | None


def build_course(s: Situation) -> Course | None:
    """Return the course of the selection; None if visits were never reported or nobody was visited."""
    context = s.context
    if s.visits_on is None or s.figure("visited").value is None:
        return None
    frame = increments(context, "visited")
    start = context.selection.start or context.profile.programme_start
    series = daily_series(frame, start, s.visits_on)
    if not series.any():
        return None
    whole = s.wholes["visits"]
    target = float(np.ceil(round(whole["listed"] * s.schedule.target / 100, 6))) if s.schedule else float("nan")
    return Course(series, target, _forecast(s, series, target))


def _forecast(s: Situation, series: "pd.Series[float]", target: float) -> Forecast | None:
    if s.schedule is None or np.isnan(target) or s.visits_on is None or s.context.filters.period:
        return None
    done = float(series.sum())
    try:
        return forecast(series, s.schedule.end, calendar(s.context.profile), done=done, target=target)
    except InsufficientHistoryError:
        return None


def course_figure(s: Situation, course: Course) -> go.Figure:
    """Return the chart of the course."""
    t, numbers = s.context.t, s.context.numbers
    coverage = f"{100 * course.forecast.coverage:.0f}%" if course.forecast else ""
    words = TrendWords(
        actual=t("累计走访"), target=t("目标序时"), forecast=t("预测"), daily=t("当日新增"),
        interval=t("预测区间（{coverage}）").format(coverage=coverage), number=lambda v: short_count(v, numbers),
        day=numbers.short_day, hover_day="%-m月%-d日" if numbers.lang == "zh" else "%-d %b",
    )  # fmt: skip
    days = pd.DatetimeIndex(course.series.index)
    return trend_figure(
        course.series, words, target=_line(s, course), fan=course.forecast.path if course.forecast else None,
        resting=~calendar(s.context.profile).is_working(days),
    )  # fmt: skip


def course_origins(s: Situation, course: Course) -> Origins:
    """Return what target, line, the bars below them and the forecast lead to: the last three traces, and the third.

    Every day of a forecast rests on the same visits, those up to the last day known; so does a target still to come.
    """
    days = [on.date() for on in pd.DatetimeIndex(course.series.index)]
    path = course.forecast.path if course.forecast else ()
    ahead = {_FORECAST: [Origin("visited", modelled(Place(at=days[-1])))] * (len(path) + 1)} if len(path) else {}
    line = _line(s, course)
    due = [] if line is None else [on.date() for on in pd.DatetimeIndex(line.index)]
    return {
        **ahead,
        -3: [Origin("schedule", Place(at=on) if on <= days[-1] else modelled(Place(at=days[-1]))) for on in due],
        -2: [Origin("visited", Place(at=on)) for on in days],
        -1: [Origin("visited", day(on)) for on in days],
    }


def _line(s: Situation, course: Course) -> "pd.Series[float] | None":
    """Return the corners of the target line in enterprises."""
    if s.schedule is None or np.isnan(course.target) or s.context.filters.period:
        return None
    corners = [s.schedule.start, *(day for day, _ in s.schedule.milestones), s.schedule.end]
    due = s.schedule.line(corners) / s.schedule.target * course.target
    return pd.Series(due, index=pd.DatetimeIndex(corners))


def short_count(value: float, numbers: Numbers) -> str:
    """Return a count for an axis: 40万, or 400 k in English."""
    if abs(value) < 10_000:
        return count(value)
    if numbers.lang == "zh":
        return f"{value / 1e4:,.1f}".removesuffix(".0") + "万"
    return f"{value / 1e3:,.0f}k"


def course_headline(s: Situation, course: Course) -> str:
    """Return what the chart shows in a sentence: the outlook, or how far beyond the target it already is."""
    say, t = speaker(s), s.context.t
    done = float(course.series.sum())
    if course.forecast is None or np.isnan(course.target):
        return t("累计走访 {n} 户").format(n=count(done))
    if done >= course.target:
        reached = _reached_on(course)
        return t("{day}已达到目标，比期限提前 {n} 天").format(
            day=s.context.numbers.short_day(reached), n=(s.schedule.end - reached).days if s.schedule else 0
        )
    return _open_headline(s, course, say)


def _open_headline(s: Situation, course: Course, say: Speaker) -> str:
    fact = outlook(course.forecast) if course.forecast else None
    need = requirement(
        pd.Series([float(course.series.sum())]), pd.Series([s.wholes["visits"]["listed"]]), s.schedule, s.visits_on,
        calendar(s.context.profile),
    ) if s.schedule and s.visits_on else None  # fmt: skip
    said = capital(say.outlook(fact)) if fact else ""
    if need is None:
        return said
    per_day = s.context.t("；还差 {n} 户，每个工作日需走访 {per_day} 户（近期 {usual} 户）").format(
        n=count(float(need["remaining"].iloc[0])), per_day=count(float(need["per_day"].iloc[0])),
        usual=count(recent_pace(course.series, calendar(s.context.profile))),
    )  # fmt: skip
    return said + per_day


def _reached_on(course: Course) -> date:
    total = course.series.cumsum()
    day: pd.Timestamp = total.index[int(np.argmax(total.to_numpy() >= course.target))]
    return day.date()


def course_sheet(s: Situation, course: Course) -> Sheet:
    """Return the course as a table: day, increment, total, what the schedule asks, and the forecast's quantiles."""
    t = s.context.t
    frame = pd.DataFrame({"day": course.series.index, "new": course.series.to_numpy(), "total": course.series.cumsum()})
    if course.forecast is not None and len(course.forecast.path):
        frame = pd.concat([frame, course.forecast.path[["day", "low", "median", "high"]]], ignore_index=True)
    if s.schedule is not None and not np.isnan(course.target) and not s.context.filters.period:
        shares = s.schedule.line(pd.DatetimeIndex(frame["day"])) / s.schedule.target
        frame["due"] = (shares * course.target).round(0)
    frame["day"] = pd.to_datetime(frame["day"]).dt.date
    titles = {
        "day": t("日期"), "new": t("当日新增"), "total": t("累计走访"), "due": t("目标序时"),
        "low": t("预测下限"), "median": t("预测中值"), "high": t("预测上限"),
    }  # fmt: skip
    columns = tuple(Column(n, titles[n], "" if n == "day" else "enterprise") for n in titles if n in frame.columns)
    return Sheet("visits_by_day", frame, columns, ("visited", "schedule"), places=_places(frame))


def _places(frame: pd.DataFrame) -> tuple[Place, ...]:
    """Return where each day stands: its total is counted up to it."""
    known = zip(frame["day"], frame["new"].notna(), strict=True)
    return tuple(varying(Place(at=on), {"total": "visited"}) if real else WHOLE for on, real in known)
