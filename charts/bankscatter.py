"""Banks in the plane: credit over size on log axes with the quadrants by name, and the funnel plot of shares.

Frames have a row per bank with ``name``, what is said when a reader points at it (``said``), its peer ``group``, and
``light`` (red, amber, green, grey): a shape and an outline besides the colour of the group.
"""

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts.bankmarks import HOVER, Axis, Trace, dots, rule, scatter, steps
from charts.labels import Spot, place
from charts.theme import CATEGORICAL, FONT_STACK, MARK, figure

_CLEAR = "rgba(0,0,0,0)"
_PLOT = (230.0, 300.0)  # what a phone leaves of a scatter, in pixels: names that fit there fit on any screen


def credit_figure(rows: pd.DataFrame, band: pd.DataFrame, x: Axis, y: Axis, words: Sequence[str]) -> go.Figure:
    """Return credit (``y``) over size (``x``) on log axes, the prediction band, and the four quadrants by name.

    ``rows`` also has ``x``, ``y``, ``area`` (mean ticket: the mark's area follows it) and ``weight`` (who is named
    first where names would overlap; 0 is not named); ``band`` has ``x``, ``expected``, ``low``, ``high``. ``words`` are
    the names of the line, the band, and of the quadrants top left, top right, bottom left, bottom right.
    """
    spans = [_span(rows["x"]), _span(pd.concat([rows["y"], band["low"], band["high"]]))]
    groups = [str(g) for g in dict.fromkeys(rows["group"])]
    traces = [*_band(band, words[0], words[1]), *_bubbles(rows, groups, spans)]
    centre = (float(rows["x"].median()), float(rows["y"].median()))
    return figure(
        traces,
        height=560,
        xaxis=_log_axis(spans[0], x),
        yaxis=_log_axis(spans[1], y),
        annotations=_quadrants(words[2:]),
        shapes=[rule("x", centre[0]), rule("y", centre[1])],
        legend={"font": {"size": 12}, "itemclick": False, "itemdoubleclick": False},
        hovermode="closest",
    )


def _bubbles(rows: pd.DataFrame, groups: Sequence[str], spans: Sequence[tuple[float, float]]) -> list[Trace]:
    top = float(rows["area"].max()) or 1.0
    sizes = 9.0 + 21.0 * np.sqrt(rows["area"].fillna(0.0) / top)
    # Lists: two dozen banks take longer to pick from a frame than to draw.
    columns = {name: rows[name].tolist() for name in ("x", "y", "name", "group", "said")}
    columns |= {"size": sizes.tolist(), "side": _sides(rows, sizes, spans).tolist(), "id": list(rows.index)}
    columns["outline"] = [_outline(light) for light in rows["light"]]
    columns["line"] = [MARK["bad"] if width else _CLEAR for width in columns["outline"]]
    # The legend shows each group in the colours of its first mark, which should be one without an outline, and with
    # the mean width of its outlines, which must not be seen then.
    order = sorted(range(len(rows)), key=columns["outline"].__getitem__)
    traces = []
    for number, group in enumerate(groups):
        own = [place for place in order if columns["group"][place] == group]
        part = {name: [column[place] for place in own] for name, column in columns.items()}
        traces.append(
            scatter(
                x=part["x"],
                y=part["y"],
                mode="markers+text",
                name=group,
                text=[name if side else "" for name, side in zip(part["name"], part["side"], strict=True)],
                textposition=[side or "middle right" for side in part["side"]],
                textfont={"size": 12, "family": FONT_STACK},
                marker={
                    "size": part["size"],
                    "color": CATEGORICAL[number % 10],
                    "opacity": 0.82,
                    "line": {"width": part["outline"], "color": part["line"]},
                },
                ids=part["id"],
                customdata=part["said"],
                hovertemplate=HOVER,
                cliponaxis=False,
            )
        )
    return traces


def _outline(light: object) -> float:
    return {"red": 3.0, "amber": 1.5}.get(str(light), 0.0)


def _sides(rows: pd.DataFrame, sizes: "pd.Series[float]", spans: Sequence[tuple[float, float]]) -> "pd.Series[str]":
    shares = [(np.log10(rows[axis]) - low) / (high - low) for axis, (low, high) in zip("xy", spans, strict=True)]
    return _named(rows, _PLOT[0] * shares[0], _PLOT[1] * shares[1], sizes / 2.0, _PLOT)


def _named(
    rows: pd.DataFrame,
    x: "pd.Series[float]",
    y: "pd.Series[float]",
    radius: "pd.Series[float]",
    room: tuple[float, float],
) -> "pd.Series[str]":
    """Return the side of each bank's name, the weightiest placed first.

    "" for a bank without weight, which is named only where a reader points, and where no side is free.
    """
    order = rows["weight"].sort_values(ascending=False, kind="stable").index
    columns = [list(column[order]) for column in (x, y, radius, rows["name"])]
    spots = [Spot(float(a), float(b), float(r), str(name)) for a, b, r, name in zip(*columns, strict=True)]
    sides = pd.Series(place(spots, *room), index=order).reindex(rows.index)
    return sides.where(rows["weight"] > 0, "")


def _band(band: pd.DataFrame, line: str, name: str) -> list[Trace]:
    quiet: dict[str, Any] = {"mode": "lines", "hoverinfo": "skip"}
    return [
        scatter(x=band["x"], y=band["high"], line={"width": 0}, showlegend=False, **quiet),
        scatter(
            x=band["x"],
            y=band["low"],
            line={"width": 0},
            fill="tonexty",
            fillcolor="rgba(138,148,163,0.20)",
            name=name,
            **quiet,
        ),
        scatter(x=band["x"], y=band["expected"], line={"color": MARK["neutral"], "width": 1.6}, name=line, **quiet),
    ]


def _quadrants(names: Sequence[str]) -> list[dict[str, Any]]:
    corners = [
        (x, y, "left" if x < 0.5 else "right", "top" if y > 0.5 else "bottom")
        for y in (0.995, 0.005)
        for x in (0.005, 0.995)
    ]
    return [
        {
            "xref": "paper",
            "yref": "paper",
            "x": x,
            "y": y,
            "xanchor": xa,
            "yanchor": ya,
            "text": name,
            "showarrow": False,
            "font": {"size": 12, "color": MARK["neutral"]},
        }
        for name, (x, y, xa, ya) in zip(names, corners, strict=True)
    ]


def share_figure(
    rows: pd.DataFrame, curves: pd.DataFrame, overall: float, x: Axis, y: Axis, words: Sequence[str]
) -> go.Figure:
    """Return the funnel plot: each bank's share over its cases, with the limits that narrow as cases grow.

    ``rows`` has ``n``, ``share``, ``adjusted``, ``weight`` (who is named first); ``curves`` has ``n`` and ``warn_low``,
    ``warn_high``, ``alarm_low``, ``alarm_high``. ``words`` name the city's share, the inner and the outer limits, and
    the adjusted shares.
    """
    top = 1.12 * float(max(rows["share"].max(), curves["warn_high"].max()))
    right = float(curves["n"].max())
    room = (_PLOT[0], 280.0)
    sides = _named(rows, room[0] * rows["n"] / right, room[1] * rows["share"] / top, rows["n"] * 0.0 + 5.0, room)
    marks = dots(rows["n"], rows["share"], rows, words[0])
    marks.update(
        mode="markers+text",
        text=[n if s else "" for n, s in zip(rows["name"], sides, strict=True)],
        cliponaxis=False,
        textposition=[s or "middle right" for s in sides],
        textfont={"size": 12},
    )
    ticks = steps(top)
    return figure(
        [*_curves(curves, words), _adjusted(rows, words[3]), marks],
        height=560,
        hovermode="closest",
        xaxis={
            "title": {"text": x.title, "font": {"size": 12}},
            "range": [0, right],
            "showgrid": False,
            "tickvals": steps(right),
            "ticktext": [x.number(v) for v in steps(right)],
        },
        yaxis={
            "title": {"text": y.title, "font": {"size": 12}},
            "range": [0, top],
            "tickvals": ticks,
            "ticktext": [y.number(v) for v in ticks],
        },
        shapes=[{**rule("y", overall), "line": {"color": MARK["neutral"], "width": 1.4}}],
    )


def _adjusted(rows: pd.DataFrame, name: str) -> Trace:
    """Return the adjusted shares as hollow marks, each joined to its bank's raw share."""
    x = [value for n in rows["n"] for value in (n, n, None)]
    y = [value for pair in zip(rows["share"], rows["adjusted"], strict=True) for value in (*pair, None)]
    return scatter(
        x=x, y=y, mode="lines+markers", name=name, hoverinfo="skip", line={"color": MARK["neutral"], "width": 1},
        marker={"symbol": "circle-open", "color": MARK["neutral"], "size": [0, 7, 0] * len(rows)},
    )  # fmt: skip


def _curves(curves: pd.DataFrame, words: Sequence[str]) -> list[Trace]:
    kinds = (("warn", words[1], "dash"), ("alarm", words[2], "dot"))
    return [
        scatter(
            x=curves["n"],
            y=curves[f"{kind}_{side}"],
            mode="lines",
            name=word,
            showlegend=side == "low",
            hoverinfo="skip",
            line={"color": MARK["neutral"], "width": 1.3, "dash": dash},
        )
        for kind, word, dash in kinds
        for side in ("low", "high")
    ]


def _span(values: "pd.Series[float]") -> tuple[float, float]:
    """Return the range of a log axis (powers of ten) that leaves room around the values for marks and names."""
    low, high = log10(float(values.min())), log10(float(values.max()))
    room = max(0.08 * (high - low), 0.08)
    return low - room, high + room


def _log_axis(span: tuple[float, float], axis: Axis) -> dict[str, Any]:
    powers = range(floor(span[0]), ceil(span[1]) + 1)
    ticks = [m * 10.0**k for k in powers for m in (1, 2, 5) if span[0] <= log10(m * 10.0**k) <= span[1]]
    return {
        "type": "log",
        "range": list(span),
        "tickvals": ticks,
        "ticktext": [axis.number(value) for value in ticks],
        "title": {"text": axis.title, "font": {"size": 12}},
    }
