"""The course of a check: the share of rows that fail at the end of each period, and the share that may."""

from collections.abc import Sequence

import plotly.graph_objects as go

from charts.theme import MARK, figure


def check_figure(course: Sequence[tuple[str, float]], allowed: float, *, found: str, may: str) -> go.Figure:
    """Return the course of a check as a line, in per cent; ``found`` and ``may`` name the two lines."""
    periods = [period for period, _ in course]
    shares = [100 * share for _, share in course]
    traces = [
        go.Scatter(
            x=periods, y=shares, name=found, mode="lines+markers", line={"color": MARK["actual"], "width": 2.2},
            hovertemplate="%{x}　%{y:.2f}%<extra></extra>",
        ),
        go.Scatter(
            x=periods, y=[100 * allowed] * len(periods), name=may, mode="lines",
            line={"color": MARK["neutral"], "width": 1.4, "dash": "dash"}, hoverinfo="skip",
        ),
    ]  # fmt: skip
    top = max([*shares, 100 * allowed, 0.1])
    return figure(
        traces,
        height=240,
        xaxis={"type": "category", "showgrid": False},
        yaxis={"rangemode": "tozero", "ticksuffix": "%", "range": [0, top * 1.2]},
    )
