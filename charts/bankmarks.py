"""What the charts of banks share: axes, rules, round steps, and marks whose shape tells the light as well."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any

import pandas as pd

from charts.theme import MARK

Number = Callable[[float], str]
# A trace as plain data: the figure checks it once, where plotly's own classes would check it a first time.
Trace = dict[str, Any]
SHAPES = {"red": "square", "amber": "triangle-up", "green": "circle", "grey": "circle-open"}
HOVER = "%{customdata}<extra></extra>"


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis: its title, and how its numbers are written."""

    title: str
    number: Number

    def layout(self, ticks: Sequence[float], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - plotly's layout is untyped
        """Return plotly's settings of the axis with ``ticks`` written in its own way."""
        text = [self.number(value) for value in ticks]
        return {"title": {"text": self.title, "font": {"size": 12}}, "tickvals": list(ticks), "ticktext": text, **more}


def scatter(**properties: Any) -> Trace:  # noqa: ANN401 - plotly's traces are untyped
    """Return a trace of points or lines."""
    return {"type": "scatter", **properties}


def bar(**properties: Any) -> Trace:  # noqa: ANN401 - as above
    """Return a trace of bars."""
    return {"type": "bar", **properties}


def rule(axis: str, at: float) -> dict[str, Any]:
    """Return a quiet straight line across the plot at a value of ``axis`` ("x" or "y")."""
    line = {"type": "line", "line": {"color": MARK["neutral"], "width": 1, "dash": "dot"}, "layer": "below"}
    if axis == "x":
        return {**line, "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1}
    return {**line, "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": at, "y1": at}


def dots(
    x: "pd.Series[float]",
    y: "Sequence[Any] | pd.Series[Any]",
    rows: pd.DataFrame,
    name: str,
    minus: "pd.Series[float] | None" = None,
    plus: "pd.Series[float] | None" = None,
) -> Trace:
    """Return marks in the colour and shape of each light, with error bars if ``plus`` is given."""
    colours = {"red": MARK["bad"], "amber": MARK["warn"], "green": MARK["actual"], "grey": MARK["neutral"]}
    error = (
        {"type": "data", "array": plus, "arrayminus": minus, "width": 0, "thickness": 1.6} if plus is not None else None
    )
    return scatter(
        x=x,
        y=y,
        mode="markers",
        name=name,
        error_x=error,
        showlegend=False,
        marker={
            "size": 10,
            "color": [colours[light] for light in rows["light"]],
            "symbol": [SHAPES[light] for light in rows["light"]],
        },
        ids=list(rows.index),
        customdata=rows["said"],
        hovertemplate=HOVER,
    )


def steps(top: float, wanted: int = 5) -> list[float]:
    """Return about ``wanted`` round values from 0 to ``top``."""
    magnitude = 10.0 ** floor(log10(top / wanted))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if m * magnitude * wanted >= top * 0.999)
    return [step * k for k in range(int(top / step) + 1)]
