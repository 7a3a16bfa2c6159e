"""The tile-grid map: one equal square for every region, drawn as SVG, so that it needs no WebGL and no boundaries."""

import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from charts.maps import Area
from charts.scale import ColourScale, is_dark
from charts.theme import figure

GAP = 0.04


def tile_figure(
    tiles: Mapping[str, tuple[int, int]], areas: Sequence[Area], values: Mapping[str, str], scale: ColourScale
) -> go.Figure:
    """Return the tiles of ``areas`` at their column and row, coloured by ``scale``.

    ``values`` is what is written below a name, by code. An approximate area has a dashed outline. A region without a
    tile is left out. The points carry their code as custom data, for clicks.
    """
    drawn = [area for area in areas if area.code in tiles]
    points = go.Scatter(
        x=[tiles[a.code][0] + 0.5 for a in drawn], y=[tiles[a.code][1] + 0.5 for a in drawn], mode="markers+text",
        marker={"size": 58, "opacity": 0, "symbol": "square"}, customdata=[a.code for a in drawn],
        text=[f"<b>{a.label}</b><br>{values.get(a.code, '')}" for a in drawn],
        textfont={"size": 13, "color": [_ink(scale.colour(a.value)) for a in drawn]},
        hovertext=[a.tip for a in drawn], hovertemplate="%{hovertext}<extra></extra>",
        selected={"marker": {"opacity": 0}}, unselected={"marker": {"opacity": 0}},
    )  # fmt: skip
    columns, rows = ([place[i] for code, place in tiles.items()] for i in (0, 1))
    axis = {"visible": False, "fixedrange": True}
    return figure(
        [points],
        height=430,
        shapes=[_square(area, tiles[area.code], scale) for area in drawn],
        xaxis={**axis, "range": [min(columns) - GAP, max(columns) + 1 + GAP]},
        yaxis={**axis, "range": [max(rows) + 1 + GAP, min(rows) - GAP], "scaleanchor": "x"},
        showlegend=False,
    ) if drawn else figure([points], height=430)  # fmt: skip


def packed(codes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return a place for every code, row by row in about a square: where nobody drew a tile grid."""
    columns = max(math.ceil(math.sqrt(len(codes))), 1)
    return {code: (number % columns, number // columns) for number, code in enumerate(codes)}


def _square(area: Area, place: tuple[int, int], scale: ColourScale) -> dict[str, object]:
    column, row = place
    line = {"color": "#55637A", "width": 1.6, "dash": "dash"} if area.approximate else {"width": 0}
    return {
        "type": "rect", "layer": "below", "x0": column + GAP, "x1": column + 1 - GAP, "y0": row + GAP,
        "y1": row + 1 - GAP, "fillcolor": scale.colour(area.value), "line": line, "name": area.code,
    }  # fmt: skip


def _ink(colour: str) -> str:
    return "#FFFFFF" if is_dark(colour) else "#17212E"
