"""A deck.gl description drawn as inline SVG: the same map for a browser that cannot draw with WebGL.

Areas, lines, points and labels lie where deck.gl would put them. What a reader can point at carries its tooltip as a
title and its code as ``data-act="map:CODE"``.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any

import orjson

from charts.geometry import Point, mercator_y, rings
from charts.maps import LABEL_SIZE

Place = Callable[[Sequence[float]], Point]
# Points closer than this, in pixels, fall together.
_NEAREST = 0.7


@lru_cache(maxsize=16)
def flat_map(description: str, width: int, height: int, title: str, *, leads: bool) -> str:
    """Return the map that ``description`` (deck.gl's JSON, its data included, seen from above) shows in a window.

    With ``leads`` areas and points can be activated. A layer of an unknown type is left out.
    """
    parsed = orjson.loads(description)
    place = _projection(parsed["initialViewState"], width, height)
    drawn = "".join(
        _DRAW[layer["@@type"]](layer, place, leads) for layer in parsed["layers"] if layer["@@type"] in _DRAW
    )
    return (
        f'<svg class="zr-flatmap" viewBox="0 0 {width} {height}" role="{"group" if leads else "img"}" '
        f'aria-label="{escape(title)}">{drawn}</svg>'
    )


def _projection(view: Mapping[str, float], width: int, height: int) -> Place:
    """Return what puts a point of the earth into the window, as deck.gl does: 512 pixels wide at zoom 0."""
    pixels = 512 * 2 ** view["zoom"] / 360
    west, north = view["longitude"], mercator_y(view["latitude"])

    def place(point: Sequence[float]) -> Point:
        return width / 2 + pixels * (point[0] - west), height / 2 - pixels * (mercator_y(point[1]) - north)

    return place


def _areas(layer: Mapping[str, Any], place: Place, leads: bool) -> str:
    return "".join(_area(feature, place, leads=leads) for feature in layer["data"]["features"])


def _area(feature: Mapping[str, Any], place: Place, *, leads: bool) -> str:
    properties = feature["properties"]
    path = "".join(_ring([place(point) for point in ring]) for ring in rings(feature))
    fill = f'fill="{_colour(properties["fill"])}" fill-opacity="{_opacity(properties["fill"])}"'
    return f'<path d="{path}" {fill} stroke="#FFFFFF" stroke-width="1.2"{_pointed(properties, leads=leads)}</path>'


def _ring(points: Sequence[Point]) -> str:
    kept = [points[0]]
    for x, y in points[1:]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= _NEAREST:
            kept.append((x, y))
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept) + "Z" if len(kept) > 2 else ""


def _lines(layer: Mapping[str, Any], place: Place, _leads: bool) -> str:
    """Draw the segments of a layer, those of one colour in one path."""
    paths: dict[tuple[int, ...], list[str]] = {}
    for line in layer["data"]:
        (x, y), (right, down) = place(line["a"]), place(line["b"])
        paths.setdefault(tuple(line["c"]), []).append(f"M{x:.1f} {y:.1f}L{right:.1f} {down:.1f}")
    return "".join(
        f'<path d="{"".join(pieces)}" fill="none" pointer-events="none" stroke="{_colour(colour)}" '
        f'stroke-opacity="{_opacity(colour)}" stroke-width="{layer["getWidth"]:g}"/>'
        for colour, pieces in paths.items()
    )


def _points(layer: Mapping[str, Any], place: Place, leads: bool) -> str:
    return "".join(_point(item, place(item["p"]), leads=leads) for item in layer["data"])


def _point(item: Mapping[str, Any], at: Point, *, leads: bool) -> str:
    return (
        f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{item["r"]:.1f}" fill="{_colour(item["f"])}" stroke="#FFFFFF" '
        f'stroke-width="{item["w"]}"{_pointed(item, leads=leads)}</circle>'
    )


def _labels(layer: Mapping[str, Any], place: Place, _leads: bool) -> str:
    return "".join(_label(item["t"], place(item["p"]), item["o"]) for item in layer["data"])


def _label(text: str, at: Point, moved: Sequence[float]) -> str:
    return (
        f'<text x="{at[0] + moved[0]:.1f}" y="{at[1] + moved[1]:.1f}" font-size="{LABEL_SIZE}" font-weight="600" '
        'text-anchor="middle" dominant-baseline="central" fill="#17212E" stroke="#FFFFFF" stroke-width="3" '
        f'stroke-opacity=".85" paint-order="stroke" pointer-events="none">{escape(text)}</text>'
    )


def _pointed(item: Mapping[str, Any], *, leads: bool) -> str:
    """Return the end of an element's tag, what it reports when activated, and its tooltip."""
    said = re.sub(r"<[^>]*>", "", str(item["tip"]).replace("<br>", "\n"))
    name = said.split("\n", 1)[0].replace('"', "&quot;")
    code = escape(str(item["code"]))
    mark = f' data-act="map:{code}" role="button" tabindex="0" aria-label="{name}"' if leads else ""
    return f"{mark}><title>{said}</title>"


def _colour(colour: Sequence[int]) -> str:
    red, green, blue = colour[:3]
    return f"#{red:02X}{green:02X}{blue:02X}"


def _opacity(colour: Sequence[int]) -> str:
    return f"{(colour[3] if len(colour) > 3 else 255) / 255:.2f}"


_DRAW: Mapping[str, Callable[[Mapping[str, Any], Place, bool], str]] = {
    "GeoJsonLayer": _areas,
    "LineLayer": _lines,
    "ScatterplotLayer": _points,
    "TextLayer": _labels,
}
