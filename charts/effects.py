"""What makes the difference of two rates, group by group: mix and performance as bars to either side of zero."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from charts.theme import MARK, figure


@dataclass(frozen=True, slots=True)
class Effect:
    """One group: its name, its mix and performance effects, and what is said about them."""

    name: str
    mix: float
    performance: float
    said: str


LONGEST_NAME = 26


def shortened(name: str) -> str:
    """Return ``name`` as it fits beside its bar; the whole of it is said on hovering."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def effects_figure(effects: Sequence[Effect], *, mix: str, performance: str, unit: str) -> go.Figure:
    """Return the groups from top to bottom, their two effects stacked; ``mix`` and ``performance`` name them."""
    kinds = (
        (mix, [e.mix for e in effects], MARK["neutral"]),
        (performance, [e.performance for e in effects], MARK["actual"]),
    )
    traces = [
        go.Bar(
            x=values, y=[e.name for e in effects], name=name, orientation="h", marker={"color": colour},
            customdata=[[e.said] for e in effects], hovertemplate="%{customdata[0]}<extra></extra>",
        )
        for name, values, colour in kinds
    ]  # fmt: skip
    return figure(
        traces,
        height=max(26 * len(effects) + 90, 220),
        barmode="relative",
        bargap=0.3,
        xaxis={"zeroline": True, "zerolinecolor": MARK["neutral"], "title": {"text": unit, "font": {"size": 12}}},
        yaxis={
            "autorange": "reversed",
            "showgrid": False,
            "ticks": "",
            "tickvals": [e.name for e in effects],
            "ticktext": [shortened(e.name) for e in effects],
        },
    )
