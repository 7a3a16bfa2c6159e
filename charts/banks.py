"""Banks side by side: ratios with their limits, decisions by day, weekly shares, the score and its parts, Lorenz.

Frames have a row per bank with ``name``, what is said when a reader points at it (``said``), its peer ``group``, and
``light`` (red, amber, green, grey): a shape and an outline besides the colour of the group.
"""

from collections.abc import Sequence
from math import ceil, floor, log2, log10

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts.bankmarks import HOVER, Axis, Trace, bar, dots, rule, scatter, steps
from charts.theme import CATEGORICAL, MARK, figure


def ratio_figure(rows: pd.DataFrame, x: Axis, words: Sequence[str]) -> go.Figure:
    """Return ratios on a log2 axis with their intervals, and the limits that are ordinary for a bank of that size.

    ``rows`` has ``ratio``, ``low``, ``high`` (interval), ``warn_low``, ``warn_high``, ``alarm_low``, ``alarm_high``
    (limits), the lowest first. ``words`` name the limits at two and at three deviations, and the ratio.
    """
    names = list(rows["name"])
    least = max(float(rows[["low", "warn_low"]].where(lambda f: f > 0).min().min()), 2.0**-5)
    most = float(rows[["high", "alarm_high"]].max().max())
    ends = floor(log2(least)) - 0.1, min(ceil(log2(most)) + 0.1, 5.0)
    held = {name: rows[name].clip(lower=2.0 ** ends[0]) for name in ("low", "high", "ratio", "warn_low", "alarm_low")}
    traces = [
        _limit_bars(names, held["alarm_low"], rows["alarm_high"], words[1], 0.16),
        _limit_bars(names, held["warn_low"], rows["warn_high"], words[0], 0.26),
        dots(held["ratio"], names, rows, words[2], held["ratio"] - held["low"], held["high"] - held["ratio"]),
    ]
    axis = {
        "type": "log",
        "range": [ends[0] * log10(2), ends[1] * log10(2)],
        "title": {"text": x.title, "font": {"size": 12}},
        "tickvals": [2.0**k for k in range(ceil(ends[0]), floor(ends[1]) + 1)],
        "ticktext": [x.number(2.0**k) for k in range(ceil(ends[0]), floor(ends[1]) + 1)],
    }
    return figure(
        traces,
        height=20 * len(rows) + 90,
        xaxis=axis,
        barmode="overlay",
        hovermode="closest",
        yaxis={"showgrid": False, "tickfont": {"size": 12}, "type": "category", "dtick": 1},
        shapes=[{**rule("x", 1.0), "line": {"color": MARK["neutral"], "width": 1}}],
    )


def _limit_bars(
    names: Sequence[str], low: "pd.Series[float]", high: "pd.Series[float]", word: str, opacity: float
) -> Trace:
    return bar(
        y=names,
        x=high - low,
        base=low.tolist(),
        orientation="h",
        width=0.86,
        name=word,
        hoverinfo="skip",
        # Not the mark's opacity: the legend would show both limits alike.
        marker={"color": f"rgba(138,148,163,{opacity})", "line": {"width": 0}},
    )


def control_figure(weeks: pd.DataFrame, y: Axis, words: Sequence[str]) -> go.Figure:
    """Return a bank's weekly shares with centre and limits (``metrics.banks.weekly.control_chart`` with ``week``).

    Weeks with a signal are marked; ``weeks`` also has ``said``. ``words`` name the share, the limits and the signal.
    """
    signal = weeks["outside"] | weeks["run"]
    line = {"color": MARK["neutral"], "width": 1.2, "dash": "dash", "shape": "hvh"}
    limits = [
        scatter(
            x=weeks["week"],
            y=weeks[side],
            mode="lines",
            line=line,
            name=words[1],
            showlegend=side == "low",
            hoverinfo="skip",
        )
        for side in ("low", "high")
    ]
    course = scatter(
        x=weeks["week"],
        y=weeks["share"],
        mode="lines+markers",
        name=words[0],
        showlegend=False,
        line={"color": MARK["soft"], "width": 1.6},
        marker={
            "size": [9 if s else 6 for s in signal],
            "color": [MARK["bad"] if s else MARK["actual"] for s in signal],
            "symbol": ["diamond" if s else "circle" for s in signal],
        },
        ids=[f"{day:%Y-%m-%d}" for day in weeks["week"]],
        customdata=weeks["said"],
        hovertemplate=HOVER,
    )
    top = 1.1 * float(np.nanmax([weeks["share"].max(), weeks["high"].max(), 1e-9]))
    ticks = steps(top, 3)
    return figure(
        [*limits, course],
        height=230,
        hovermode="closest",
        xaxis={"showgrid": False, "tickformat": "%m-%d", "nticks": 6},
        yaxis={"range": [0, top], "tickvals": ticks, "ticktext": [y.number(v) for v in ticks]},
        shapes=[{**rule("y", float(weeks["centre"].iloc[0])), "line": {"color": MARK["neutral"], "width": 1.2}}],
    )


def decided_figure(curves: pd.DataFrame, focus: Sequence[str], days: int, x: Axis, y: Axis, others: str) -> go.Figure:
    """Return the share decided by day for every bank: those in ``focus`` (codes) coloured and named, others quiet.

    ``curves`` has ``bank``, ``name``, ``day``, ``decided``; a rule stands at ``days``.
    """
    traces, named = [], 0
    for bank, part in curves.groupby("bank", sort=False):
        is_focus = bank in focus
        colour = CATEGORICAL[list(focus).index(str(bank)) % 10] if is_focus else "rgba(138,148,163,0.45)"
        traces.append(
            scatter(
                x=part["day"],
                y=part["decided"],
                mode="lines+markers",  # a line alone cannot be clicked
                line={"color": colour, "width": 2.6 if is_focus else 1, "shape": "hv"},
                marker={"opacity": 0, "size": 8},
                ids=part["bank"],
                name=str(part["name"].iloc[0]) if is_focus else others,
                showlegend=is_focus or named == 0,
                legendgroup=str(bank) if is_focus else "",
                customdata=part["name"],
                hovertemplate="%{customdata} %{x}: %{y:.0%}<extra></extra>",
            )
        )
        named += not is_focus
    last = float(curves["day"].max())
    return figure(
        sorted(traces, key=lambda trace: float(trace["line"]["width"])),
        height=330,
        hovermode="closest",
        xaxis={"title": {"text": x.title, "font": {"size": 12}}, "range": [0, last], "showgrid": False, "dtick": 10},
        yaxis={
            "range": [0, 1.02],
            "tickvals": [0, 0.25, 0.5, 0.75, 1],
            "ticktext": [y.number(v) for v in (0, 0.25, 0.5, 0.75, 1)],
        },
        shapes=[{**rule("x", days), "line": {"color": MARK["target"], "width": 1.6, "dash": "dash"}}],
    )


def lorenz_figure(curve: pd.DataFrame, x: Axis, y: Axis) -> go.Figure:
    """Return the Lorenz curve (``size_share``, ``amount_share``, ``said``) against the diagonal of proportion."""
    ends = [0, 0.25, 0.5, 0.75, 1]
    return figure(
        [
            scatter(
                x=[0, 1],
                y=[0, 1],
                mode="lines",
                line={"color": MARK["neutral"], "dash": "dash", "width": 1.3},
                hoverinfo="skip",
            ),
            scatter(
                x=curve["size_share"],
                y=curve["amount_share"],
                mode="lines+markers",
                line={"color": MARK["actual"], "width": 2.2},
                marker={"size": 5},
                ids=curve.index,
                fill="tonexty",
                fillcolor=MARK["fan"],
                customdata=curve["said"],
                hovertemplate=HOVER,
            ),
        ],
        height=330,
        showlegend=False,
        hovermode="closest",
        xaxis={
            "title": {"text": x.title, "font": {"size": 12}},
            "range": [0, 1.01],
            "tickvals": ends,
            "ticktext": [x.number(v) for v in ends],
        },
        yaxis={
            "title": {"text": y.title, "font": {"size": 12}},
            "range": [0, 1.01],
            "tickvals": ends,
            "ticktext": [y.number(v) for v in ends],
        },
    )


def parts_figure(rows: pd.DataFrame, parts: Sequence[tuple[str, str]], x: Axis) -> go.Figure:
    """Return the score of each bank as the points its components give: ``rows`` with ``name``, ``said`` and ``parts``.

    ``parts`` are (column, name); the lowest score lies at the bottom.
    """
    bars = [
        bar(
            y=rows["name"],
            x=rows[column],
            orientation="h",
            name=name,
            width=0.72,
            ids=list(rows.index),
            customdata=rows["said"],
            hovertemplate=HOVER,
            marker={"color": CATEGORICAL[number], "opacity": 0.9},
        )
        for number, (column, name) in enumerate(parts)
    ]
    return figure(
        bars,
        height=20 * len(rows) + 100,
        barmode="stack",
        hovermode="closest",
        xaxis={"range": [0, 100], "title": {"text": x.title, "font": {"size": 12}}},
        yaxis={"showgrid": False, "tickfont": {"size": 12}, "type": "category", "dtick": 1},
        legend={"traceorder": "normal", "font": {"size": 12}},
    )
