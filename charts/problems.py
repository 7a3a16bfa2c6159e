"""Problems over time: how old the open ones are, and what came in and was closed month by month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from charts.theme import MARK, figure


@dataclass(frozen=True, slots=True)
class Band:
    """Open problems of one age: those still in time, those overdue, and the sentence and the code of either."""

    name: str
    in_time: float
    overdue: float
    said: tuple[str, str]
    codes: tuple[str, str]


def ages_figure(bands: Sequence[Band], *, in_time: str, overdue: str) -> go.Figure:
    """Return stacked bars by age, the overdue ones hatched as well as red; the numbers stand in the bars."""
    names = [band.name for band in bands]
    quiet = {"color": MARK["soft"]}
    hatch = {"shape": "/", "size": 6, "solidity": 0.25, "bgcolor": MARK["bad"], "fgcolor": "rgba(255,255,255,0.5)"}
    late = {"color": MARK["bad"], "pattern": hatch}
    traces = [
        _bar(names, [b.in_time for b in bands], [(b.codes[0], b.said[0]) for b in bands], in_time, quiet),
        _bar(names, [b.overdue for b in bands], [(b.codes[1], b.said[1]) for b in bands], overdue, late),
    ]
    return figure(
        traces, height=300, barmode="stack", bargap=0.32, xaxis={"showgrid": False}, yaxis={"rangemode": "tozero"}
    )


def _bar(
    names: Sequence[str], values: Sequence[float], said: Sequence[tuple[str, str]], name: str,
    marker: Mapping[str, object],
) -> go.Bar:  # fmt: skip
    return go.Bar(
        x=list(names), y=list(values), name=name, marker=marker, text=[f"{v:,.0f}" if v > 0 else "" for v in values],
        textposition="auto", insidetextanchor="middle", textangle=0, customdata=[list(pair) for pair in said],
        hovertemplate="%{customdata[1]}<extra></extra>",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Month:
    """One month: its name, what came in (reopened ones included), was closed and open at its end, and its code."""

    name: str
    raised: float
    closed: float
    open: float
    code: str


def flow_figure(months: Sequence[Month], *, raised: str, closed: str, open_: str, unit: str) -> go.Figure:
    """Return bars of what came in and was closed beside a line of what was open at the end of each month."""
    names = [month.name for month in months]
    traces = [
        _side(names, [m.raised for m in months], raised, MARK["neutral"], unit, [m.code for m in months]),
        _side(names, [m.closed for m in months], closed, MARK["soft"], unit, []),
        go.Scatter(
            x=names, y=[m.open for m in months], name=open_, mode="lines+markers",
            line={"color": MARK["target"], "width": 2.4}, marker={"size": 7},
            hovertemplate=f"%{{x}}　{open_} <b>%{{y:,.0f}}</b> {unit}<extra></extra>",
        ),
    ]  # fmt: skip
    return figure(
        traces, height=300, barmode="group", bargap=0.3, xaxis={"showgrid": False}, yaxis={"rangemode": "tozero"}
    )


def _side(
    names: Sequence[str], values: Sequence[float], name: str, colour: str, unit: str, codes: Sequence[str]
) -> go.Bar:
    said = f"%{{x}}　{name} <b>%{{y:,.0f}}</b> {unit}<extra></extra>"
    picked = [[code] for code in codes] or None
    return go.Bar(
        x=list(names), y=list(values), name=name, marker={"color": colour}, hovertemplate=said, customdata=picked
    )
