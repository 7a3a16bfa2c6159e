"""The course of a cumulative total: what was reached, what the schedule asks, and where it is heading.

Days are given by their first and their step, and what a point says by a pattern: a figure that spelled out both for
half a year would be ten times as large.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from charts.theme import MARK, figure

Format = Callable[[float], str]
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class TrendWords:
    """The words of a trend chart in the reader's language, and how it writes numbers and days.

    ``hover_day`` is the day in d3's notation, for what a point says.
    """

    actual: str
    target: str
    forecast: str
    interval: str
    daily: str
    number: Format
    day: Callable[[date], str]
    hover_day: str


def trend_figure(
    increments: "pd.Series[float]",
    words: TrendWords,
    *,
    target: "pd.Series[float] | None" = None,
    fan: pd.DataFrame | None = None,
    resting: "Sequence[bool] | NDArray[np.bool_] | None" = None,
) -> go.Figure:
    """Return the cumulative course above its daily increments.

    ``increments`` is indexed by consecutive days; ``target`` by the corners of the target line, in the same unit;
    ``fan`` has columns day, low, median, high, its days following the last known one; ``resting`` marks the days off,
    whose bars are paler.
    """
    total = increments.cumsum()
    last = pd.Timestamp(total.index[-1])
    traces = [
        *(_fan(fan, float(total.iloc[-1]), last, words) if fan is not None and len(fan) else []),
        *([_target(target, words)] if target is not None else []),
        _line(total, words),
        _bars(increments, words, resting),
    ]
    tops = [total.max(), *([fan["high"].max()] if fan is not None and len(fan) else [])]
    tops += [target.max()] if target is not None else []
    return figure(traces, **_axes(pd.DatetimeIndex(total.index), fan, target, float(max(tops)), words))


def _line(total: "pd.Series[float]", words: TrendWords) -> dict[str, Any]:
    line = {"color": MARK["actual"], "width": 2.6}
    return _course(words.actual, total.to_numpy(), line, words, **_daily(total.index[0]))


def _target(target: "pd.Series[float]", words: TrendWords) -> dict[str, Any]:
    line = {"color": MARK["target"], "width": 1.8, "dash": "dash"}
    days = [day.date().isoformat() for day in pd.DatetimeIndex(target.index)]
    return _course(words.target, target.to_numpy(), line, words, x=days)


def _fan(fan: pd.DataFrame, known: float, last: pd.Timestamp, words: TrendWords) -> list[dict[str, Any]]:
    """Draw the fan from the last day known, so that it grows out of the line."""
    low, middle, high = (np.array([known, *fan[name]]) for name in ("low", "median", "high"))
    quiet = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "line": {"width": 0}, **_daily(last)}
    line = {"color": MARK["actual"], "width": 1.6, "dash": "dot"}
    return [
        {**quiet, "y": high, "showlegend": False},
        {**quiet, "y": low, "fill": "tonexty", "fillcolor": MARK["fan"], "name": words.interval},
        _course(words.forecast, middle, line, words, **_daily(last)),
    ]


def _bars(
    increments: "pd.Series[float]", words: TrendWords, resting: "Sequence[bool] | NDArray[np.bool_] | None"
) -> dict[str, Any]:
    pale = [False] * len(increments) if resting is None else resting
    colours = [MARK["neutral"] if rest else MARK["soft"] for rest in pale]
    own = {"type": "bar", "marker": {"color": colours}, "yaxis": "y2", "showlegend": False}
    return _said(words.daily, words) | own | {"y": increments.to_numpy(), **_daily(increments.index[0])}


def _course(
    name: str,
    values: NDArray[Any],
    line: dict[str, Any],
    words: TrendWords,
    **place: Any,  # noqa: ANN401 - untyped in the library
) -> dict[str, Any]:
    # A line alone cannot be clicked: its points are there, unseen.
    points = {"mode": "lines+markers", "marker": {"opacity": 0, "size": 6}}
    return {"type": "scatter", **points, "y": values, "line": line, **_said(name, words), **place}


def _said(name: str, words: TrendWords) -> dict[str, Any]:
    return {"name": name, "hovertemplate": f"%{{x|{words.hover_day}}}　{name} <b>%{{y:,.0f}}</b><extra></extra>"}


def _daily(first: Any) -> dict[str, Any]:  # noqa: ANN401 - an entry of a DatetimeIndex
    return {"x0": pd.Timestamp(first).date().isoformat(), "dx": _DAY_MS, "xperiodalignment": "start"}


def _axes(
    days: pd.DatetimeIndex, fan: pd.DataFrame | None, target: "pd.Series[float] | None", top: float, words: TrendWords
) -> dict[str, Any]:
    ends = [days[-1], *(pd.to_datetime(fan["day"]).tail(1) if fan is not None else [])]
    ends += [target.index[-1]] if target is not None else []
    last = max(ends)
    months = pd.date_range(days[0], last, freq="MS")
    values = ticks(top)
    names = [month_label(month.date(), words) for month in months]
    total = {"tickvals": values, "ticktext": [words.number(value) for value in values], "range": [0, top * 1.05 or 1]}
    span = {"type": "date", "range": [days[0], last], "tickvals": list(months), "ticktext": names}
    return {
        "height": 360,
        "xaxis": {**span, "showgrid": False, "anchor": "y2"},
        "yaxis": {"domain": [0.27, 1], **total},
        "yaxis2": {
            "domain": [0, 0.2],
            "showgrid": False,
            "showticklabels": False,
            "fixedrange": True,
            "zeroline": False,
        },
        "bargap": 0.15,
        "hovermode": "closest",
    }


def month_label(day: date, words: TrendWords) -> str:
    """Return a month's tick: its day's words without the day."""
    text = words.day(day)
    return text.replace("1日", "").replace("1 ", "", 1) if day.day == 1 else text


def ticks(top: float, wanted: int = 4) -> list[float]:
    """Return about ``wanted`` round values from 0 to ``top``."""
    if top <= 0:
        return [0.0]
    magnitude = 10.0 ** np.floor(np.log10(top / wanted))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if m * magnitude * (wanted + 1) > top)
    return [float(step * i) for i in range(int(top / step) + 1)]
