"""The stages side by side, as bars: cumulative totals of a date are not one cohort, and a later one can be larger."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from charts.theme import MARK, figure


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its name, its count (NaN: not reported), and what is written beside and said about it."""

    name: str
    value: float
    text: str
    said: str


def funnel_figure(stages: Sequence[Stage]) -> go.Figure:
    """Return one bar a stage, longest scale shared, first stage on top; a stage that is missing has only its words."""
    values = [0.0 if math.isnan(stage.value) else stage.value for stage in stages]
    top = max([*values, 1.0])
    bars = go.Bar(
        x=values, y=[stage.name for stage in stages], orientation="h", width=0.62,
        marker={"color": [MARK["actual"], *[MARK["soft"]] * max(len(stages) - 1, 0)]},
        customdata=[stage.said for stage in stages], hovertemplate="%{customdata}<extra></extra>",
        text=[stage.text for stage in stages], textposition="outside", cliponaxis=False, textfont={"size": 13},
        constraintext="none",  # two lines are higher than a bar
    )  # fmt: skip
    return figure(
        [bars],
        height=44 * len(stages) + 24,
        xaxis={"visible": False, "range": [0, top * 1.42]},
        yaxis={"autorange": "reversed", "showgrid": False, "ticks": "", "tickfont": {"size": 13}},
        showlegend=False,
    )
