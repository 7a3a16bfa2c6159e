"""The course of a cumulative total: what was reached, what the schedule asks, and where it is heading."""

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


@dataclass(frozen=True, slots=True)
class TrendWords:
    """The words of a trend chart in the reader's language, and how it writes numbers and days."""

    actual: str
    target: str
    forecast: str
    interval: str
    daily: str
    number: Format
    day: Callable[[date], str]


def trend_figure(
    increments: "pd.Series[float]",
    words: TrendWords,
    *,
    target: "pd.Series[float] | None" = None,
    fan: pd.DataFrame | None = None,
    resting: "Sequence[bool] | NDArray[np.bool_] | None" = None,
) -> go.Figure:
    """Return the cumulative course above its daily increments.

    ``increments`` is indexed by consecutive days; ``target`` by the days of the target line, in the same unit;
    ``fan`` has columns day, low, median, high; ``resting`` marks the days off, whose bars are paler.
    """
    days, total = pd.DatetimeIndex(increments.index), increments.cumsum()
    traces = [
        *(_fan(fan, total, words) if fan is not None and len(fan) else []),
        *([_target(target, words)] if target is not None else []),
        _line(total, words),
        _bars(increments, words, resting),
    ]
    tops = [total.max(), *([fan["high"].max()] if fan is not None and len(fan) else [])]
    tops += [target.max()] if target is not None else []
    return figure(traces, **_axes(days, fan, target, max(tops), words))


def _line(total: "pd.Series[float]", words: TrendWords) -> go.Scatter:
    style = {"color": MARK["actual"], "width": 2.6}
    days, values = pd.DatetimeIndex(total.index), total.to_numpy()
    return _course(days, values, words.actual, style, _said(days, values, words))


def _target(target: "pd.Series[float]", words: TrendWords) -> go.Scatter:
    style = {"color": MARK["target"], "width": 1.8, "dash": "dash"}
    days, values = pd.DatetimeIndex(target.index), target.to_numpy()
    return _course(days, values, words.target, style, _said(days, values, words, words.target))


def _course(days: pd.DatetimeIndex, values: Any, name: str, style: dict[str, Any], said: list[str]) -> go.Scatter:  # noqa: ANN401
    shown = {"customdata": said, "hovertemplate": "%{customdata}<extra></extra>"}
    return go.Scatter(x=days, y=values, name=name, mode="lines", line=style, **shown)


def _fan(fan: pd.DataFrame, total: "pd.Series[float]", words: TrendWords) -> list[go.Scatter]:
    """Draw the fan from the last day known, so that it grows out of the line."""
    days = pd.DatetimeIndex([total.index[-1], *pd.to_datetime(fan["day"])])
    low, middle, high = (np.array([total.iloc[-1], *fan[name]]) for name in ("low", "median", "high"))
    quiet: dict[str, Any] = {"x": days, "mode": "lines", "hoverinfo": "skip", "line": {"width": 0}}
    style = {"color": MARK["actual"], "width": 1.6, "dash": "dot"}
    return [
        go.Scatter(y=high, showlegend=False, **quiet),
        go.Scatter(y=low, fill="tonexty", fillcolor=MARK["fan"], name=words.interval, **quiet),
        _course(days, middle, words.forecast, style, _said(days, middle, words, words.forecast)),
    ]


def _bars(
    increments: "pd.Series[float]", words: TrendWords, resting: "Sequence[bool] | NDArray[np.bool_] | None"
) -> go.Bar:
    pale = [False] * len(increments) if resting is None else resting
    colours = [MARK["neutral"] if rest else MARK["soft"] for rest in pale]
    days, values = pd.DatetimeIndex(increments.index), increments.to_numpy()
    said = _said(days, values, words, words.daily)
    shown = {"customdata": said, "hovertemplate": "%{customdata}<extra></extra>", "showlegend": False}
    return go.Bar(x=days, y=values, name=words.daily, marker={"color": colours}, yaxis="y2", **shown)


def _said(days: pd.DatetimeIndex, values: NDArray[Any], words: TrendWords, what: str = "") -> list[str]:
    prefix = f"{what} " if what else ""
    return [
        f"{words.day(day.date())}  {prefix}<b>{words.number(float(value))}</b>"
        for day, value in zip(days, values, strict=True)
    ]


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
    return {
        "height": 360,
        "xaxis": {
            "range": [days[0], last],
            "tickvals": list(months),
            "ticktext": names,
            "showgrid": False,
            "anchor": "y2",
        },
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
    """Return a month's tick: its day's words without the day, the year where it turns."""
    text = words.day(day)
    return text.replace("1日", "").replace("1 ", "", 1) if day.day == 1 else text


def ticks(top: float, wanted: int = 4) -> list[float]:
    """Return about ``wanted`` round values from 0 to ``top``."""
    if top <= 0:
        return [0.0]
    magnitude = 10.0 ** np.floor(np.log10(top / wanted))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if m * magnitude * (wanted + 1) > top)
    return [float(step * i) for i in range(int(top / step) + 1)]
