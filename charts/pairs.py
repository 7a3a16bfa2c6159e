"""Two selections side by side: for each step a pair of points with their intervals, joined by a line."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from charts.theme import MARK, figure


@dataclass(frozen=True, slots=True)
class Pair:
    """One step: its name, and for either side the rate with its limits in per cent and what is said about it."""

    name: str
    first: tuple[float, float, float]
    second: tuple[float, float, float]
    said: tuple[str, str]


def pairs_figure(pairs: Sequence[Pair], names: tuple[str, str]) -> go.Figure:
    """Return the pairs, the first step on top; a rate that is NaN has no point."""
    joins = go.Scatter(
        x=[x for p in pairs for x in (p.first[0], p.second[0], None)],
        y=[y for p in pairs for y in (p.name, p.name, None)],
        mode="lines", line={"color": MARK["neutral"], "width": 2}, hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    sides = [
        _side([p.name for p in pairs], [p.first for p in pairs], [p.said[0] for p in pairs], names[0], MARK["actual"]),
        _side([p.name for p in pairs], [p.second for p in pairs], [p.said[1] for p in pairs], names[1], MARK["target"]),
    ]
    return figure(
        [joins, *sides],
        height=62 * len(pairs) + 70,
        xaxis={"rangemode": "tozero", "ticksuffix": "%", "range": [0, 105]},
        yaxis={"autorange": "reversed", "showgrid": False, "ticks": "", "tickfont": {"size": 13}},
    )


def _side(
    names: Sequence[str], rates: Sequence[tuple[float, float, float]], said: Sequence[str], name: str, colour: str
) -> go.Scatter:
    return go.Scatter(
        x=[rate for rate, _, _ in rates], y=list(names), name=name, mode="markers",
        marker={"color": colour, "size": 11, "symbol": "circle" if colour == MARK["actual"] else "diamond"},
        error_x={"type": "data", "symmetric": False, "color": colour, "thickness": 1.4, "width": 5,
                 "array": [high - rate for rate, _, high in rates],
                 "arrayminus": [rate - low for rate, low, _ in rates]},
        customdata=list(said), hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
