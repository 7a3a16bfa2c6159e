"""How long the stages take: the share that has ended by each day, with the cases that are still open allowed for."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from charts.theme import CATEGORICAL, MARK, figure
from metrics.survival import Curve

HORIZON = 120  # days, as far as the curves are drawn


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its name and its Kaplan–Meier curve."""

    name: str
    curve: Curve


def stage_times_figure(
    stages: Sequence[Stage], *, limit: int, limit_name: str, days: str, horizon: int = HORIZON
) -> go.Figure:
    """Return one step curve a stage: per cent ended by day, from 0, up to ``horizon`` days; a line at ``limit`` days.

    The last two arguments but one name the line and the axis of days.
    """
    traces = [_steps(stage, CATEGORICAL[number], days, horizon) for number, stage in enumerate(stages)]
    return figure(
        traces,
        height=340,
        xaxis={"range": [0, horizon], "dtick": 15, "title": {"text": days, "font": {"size": 12}}},
        yaxis={"range": [0, 102], "ticksuffix": "%", "dtick": 25},
        shapes=[{"type": "line", "x0": limit, "x1": limit, "y0": 0, "y1": 1, "yref": "paper",
                 "line": {"color": MARK["target"], "width": 1.6, "dash": "dash"}}],
        annotations=[{"x": limit, "y": 0.9, "yref": "paper", "text": limit_name, "showarrow": False, "xanchor": "left",
                      "xshift": 4, "font": {"size": 12, "color": MARK["target"]}}],
    )  # fmt: skip


def steps(curve: Curve, horizon: int) -> tuple[list[float], list[float]]:
    """Return days and per cent ended of a curve as the corners of its steps, from day 0 to ``horizon``."""
    days, ended = [0.0], [0.0]
    for day, open_ in zip(curve.days, curve.survival, strict=True):
        if day > horizon:
            break
        days.append(float(day))
        ended.append(100.0 * (1.0 - float(open_)))
    return [*days, float(horizon)], [*ended, ended[-1]]


def _steps(stage: Stage, colour: str, days: str, horizon: int) -> go.Scatter:
    x, y = steps(stage.curve, horizon)
    said = [f"{stage.name}<br>{day:.0f} {days} <b>{share:.1f}%</b>" for day, share in zip(x, y, strict=True)]
    return go.Scatter(
        x=x, y=y, name=stage.name, mode="lines+markers", line={"shape": "hv", "width": 2.4, "color": colour},
        marker={"opacity": 0, "size": 8},  # a line alone cannot be clicked
        customdata=said, hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
