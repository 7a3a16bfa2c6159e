"""Cohorts side by side, one bar a month: full for those watched long enough, hatched for those that still have time."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from charts.theme import MARK, figure


@dataclass(frozen=True, slots=True)
class Cohort:
    """One month: its name, its rate with limits in per cent, whether it is mature, and what is said about it."""

    name: str
    rate: float
    low: float
    high: float
    is_mature: bool
    said: str


def cohort_figure(cohorts: Sequence[Cohort], *, mature: str, young: str) -> go.Figure:
    """Return one bar a month with its interval; cohorts that are not mature are hatched and have no interval.

    ``mature`` and ``young`` name the two kinds in the legend.
    """
    kinds = ((mature, True, ""), (young, False, "/"))
    traces = [_bars([c for c in cohorts if c.is_mature is grown], name, shape) for name, grown, shape in kinds]
    top = max((c.high if c.is_mature and c.high == c.high else c.rate for c in cohorts), default=1.0)
    return figure(
        traces,
        height=300,
        xaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": [c.name for c in cohorts],
            "showgrid": False,
        },
        yaxis={"rangemode": "tozero", "ticksuffix": "%", "range": [0, top * 1.18 if top > 0 else 1]},
        barmode="overlay",
        bargap=0.35,
    )


def _bars(cohorts: Sequence[Cohort], name: str, shape: str) -> go.Bar:
    errors = {
        "type": "data", "symmetric": False, "color": MARK["neutral"], "thickness": 1.4, "width": 4,
        "visible": not shape, "array": [c.high - c.rate for c in cohorts],
        "arrayminus": [c.rate - c.low for c in cohorts],
    }  # fmt: skip
    pattern = {"shape": shape, "fgcolor": MARK["actual"], "bgcolor": "rgba(0,0,0,0)", "size": 7, "solidity": 0.28}
    line = {"color": MARK["actual"], "width": 1 if shape else 0}
    return go.Bar(
        x=[c.name for c in cohorts], y=[c.rate for c in cohorts], name=name, error_y=errors,
        marker={"color": MARK["actual"], "pattern": pattern, "line": line},
        text=[f"{c.rate:.1f}%" for c in cohorts], textposition="outside" if shape else "inside",
        insidetextanchor="start", cliponaxis=False,
        customdata=[c.said for c in cohorts], hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
