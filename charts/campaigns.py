"""Meetings on their dates, likeness before and after matching, and publicity beside visits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import plotly.graph_objects as go

from charts.effects import LONGEST_NAME, shortened
from charts.theme import CATEGORICAL, MARK, figure


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting on the timeline: its code, lane, day, how many came, what is said of it, and how it stands."""

    code: str
    lane: str
    day: date
    size: float
    said: str
    state: str


_FACES = {
    "mature": {"symbol": "circle", "color": MARK["actual"]},
    "young": {"symbol": "circle-open", "color": MARK["actual"]},
    "coming": {"symbol": "diamond-open", "color": MARK["neutral"]},
}


def timeline_figure(
    meetings: Sequence[Meeting], lanes: Sequence[str], states: Mapping[str, str], as_of: date, today: str, days: int
) -> go.Figure:
    """Return the meetings on their dates, one lane a theme, larger the more came, with the days that follow each.

    ``states`` names mature, young and coming; ``today`` the line of the as-of date.
    """
    most = max([meeting.size for meeting in meetings], default=1.0) or 1.0
    tails = [x for m in meetings if m.state != "coming" for x in (m.day, min(m.day + timedelta(days), as_of), None)]
    heights = [x for m in meetings if m.state != "coming" for x in (m.lane, m.lane, None)]
    line = {"color": MARK["fan"], "width": 7}
    traces: list[object] = [go.Scatter(x=tails, y=heights, mode="lines", line=line, hoverinfo="skip", showlegend=False)]
    traces += [
        go.Scatter(
            x=[m.day for m in shown], y=[m.lane for m in shown], mode="markers", name=name,
            marker={
                **_FACES[state], "size": [9.0 + 17.0 * (m.size / most) ** 0.5 for m in shown],
                "line": {"width": 2, "color": _FACES[state]["color"]}, "opacity": 0.9,
            },
            customdata=[[m.code] for m in shown], text=[m.said for m in shown],
            hovertemplate="%{text}<extra></extra>",
        )
        for state, name in states.items()
        if (shown := [m for m in meetings if m.state == state])
    ]  # fmt: skip
    mark = {"type": "line", "x0": as_of.isoformat(), "x1": as_of.isoformat(), "y0": 0, "y1": 1, "yref": "paper"}
    note = {"x": as_of.isoformat(), "y": 0, "yref": "paper", "text": today, "showarrow": False, "xanchor": "right"}
    return figure(
        traces, height=52 * len(lanes) + 96,
        xaxis={"type": "date", "showgrid": True, "tickformat": "%Y-%m", "dtick": "M1"},
        yaxis={"categoryorder": "array", "categoryarray": list(reversed(lanes)), "showgrid": True, "ticks": ""},
        shapes=[{**mark, "line": {"color": MARK["target"], "dash": "dash", "width": 1.4}}],
        annotations=[{**note, "yanchor": "bottom", "font": {"size": 11, "color": MARK["target"]}}],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """One trait: its name and how unlike both groups were before matching and after it."""

    name: str
    before: float
    after: float


def _folded(name: str) -> str:
    """Return "trait: level" on two lines where it is too long for one; a level that is too long even then is cut."""
    if len(name) <= LONGEST_NAME:
        return name
    trait, colon, level = name.replace("：", ": ").partition(": ")
    return f"{shortened(trait)}{colon.rstrip()}<br>{shortened(level)}" if colon else shortened(name)


def balance_figure(pairs: Sequence[Pair], *, before: str, after: str, limit: float, title: str) -> go.Figure:
    """Return the standardised differences before (hollow) and after (full), with the limits of what is called large."""
    names = [pair.name for pair in pairs]
    labels = [_folded(name) for name in names]
    faces = (
        (before, [p.before for p in pairs], {"symbol": "circle-open", "color": MARK["target"], "size": 9}),
        (after, [p.after for p in pairs], {"symbol": "circle", "color": MARK["actual"], "size": 9}),
    )
    traces = [
        go.Scatter(
            x=values, y=names, mode="markers", name=name, marker={**face, "line": {"width": 2}},
            hovertemplate=f"%{{y}}<br>{name} <b>%{{x:.2f}}</b><extra></extra>",
        )
        for name, values, face in faces
    ]  # fmt: skip
    dash = {"type": "line", "y0": 0, "y1": 1, "yref": "paper", "line": {"color": MARK["neutral"], "dash": "dot"}}
    return figure(
        traces, height=(32 if any("<br>" in label for label in labels) else 24) * len(pairs) + 96,
        shapes=[{**dash, "x0": x, "x1": x} for x in (-limit, limit)],
        xaxis={"zeroline": True, "zerolinecolor": MARK["neutral"], "title": {"text": title, "font": {"size": 12}}},
        yaxis={"autorange": "reversed", "ticks": "", "tickvals": names, "ticktext": labels},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Published:
    """One publication: its channel, its day and what is said of it."""

    channel: str
    day: date
    said: str


def publicity_figure(
    weeks: Sequence[date], visits: Sequence[float], items: Sequence[Published], channels: Sequence[str], visited: str
) -> go.Figure:
    """Return the weekly visits below the publications on their dates, one lane a channel."""
    bars = go.Bar(
        x=list(weeks), y=list(visits), name=visited, marker={"color": MARK["soft"]}, yaxis="y2", showlegend=False,
        hovertemplate=f"%{{x|%Y-%m-%d}}　{visited} <b>%{{y:,.0f}}</b><extra></extra>",
    )  # fmt: skip
    traces: list[object] = [bars]
    traces += [
        go.Scatter(
            x=[i.day for i in shown], y=[i.channel for i in shown], mode="markers", name=channel, showlegend=False,
            marker={"size": 11, "color": CATEGORICAL[n % len(CATEGORICAL)], "symbol": "diamond"},
            text=[i.said for i in shown], hovertemplate="%{text}<extra></extra>",
        )
        for n, channel in enumerate(channels)
        if (shown := [i for i in items if i.channel == channel])
    ]  # fmt: skip
    return figure(
        traces, height=28 * len(channels) + 250,
        xaxis={"type": "date", "tickformat": "%Y-%m", "dtick": "M1", "anchor": "y2"},
        yaxis={
            "domain": [0.5, 1.0], "categoryorder": "array", "categoryarray": list(reversed(channels)), "ticks": "",
        },
        yaxis2={
            "domain": [0.0, 0.42], "title": {"text": visited, "font": {"size": 12}}, "rangemode": "tozero",
            "gridcolor": MARK["grid"], "fixedrange": True, "automargin": True,
        },
    )  # fmt: skip
