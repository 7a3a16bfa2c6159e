"""A map as inline SVG: sharp at any size, drawn without WebGL, a few kilobytes. For walls and for print."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from charts.geometry import Box, Point, bounds, mercator_y, rings, spread
from charts.inset import build_inset

Place = Callable[[Point], Point]
# Points closer than this, in drawing units, fall together.
_NEAREST = 0.7


@dataclass(frozen=True, slots=True)
class Shape:
    """One area: its fill, its label in two lines (name, value) and whether its boundary is approximate.

    ``act`` is what it reports when it is activated; "" if it leads nowhere.
    """

    code: str
    fill: str
    name: str
    value: str
    approximate: bool = False
    act: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """What a map is drawn on: width and height in drawing units, the labels' size, and the colours of line and text."""

    width: float
    height: float
    text: float
    line: str
    ink: str
    halo: str


def svg_map(features: Mapping[str, Mapping[str, Any]], shapes: Sequence[Shape], paper: Paper, title: str) -> str:
    """Return the map of ``shapes``, whose boundaries are GeoJSON ``features`` by code; areas without one are left out.

    Areas too small to read are drawn once more in an inset and labelled there. "" if nothing can be drawn.
    """
    drawn = [shape for shape in shapes if shape.code in features]
    if not drawn:
        return ""
    inset = build_inset(features, [shape.code for shape in drawn])
    copies = dict(inset.features) if inset else {}
    box = bounds(features[shape.code] for shape in drawn)
    place = _projection(_union(box, inset.box) if inset else box, paper)
    paths = [_path(features[shape.code], shape, place, paper) for shape in drawn]
    lines = [_line(place(a), place(b), paper) for a, b in inset.lines] if inset else []
    again = [_path(copies[shape.code], shape, place, paper) for shape in drawn if shape.code in copies]
    labels = _labels({**features, **copies}, drawn, place, paper)
    role = "group" if any(shape.act for shape in drawn) else "img"
    return (
        f'<svg viewBox="0 0 {paper.width:g} {paper.height:g}" role="{role}" aria-label="{escape(title)}">'
        f"{_hatching(paper)}"
        f"{''.join(paths)}{''.join(lines)}{''.join(again)}{''.join(labels)}</svg>"
    )


def _projection(box: Box, paper: Paper) -> Place:
    """Return what puts a point of the earth on the paper."""
    west, south, east, north = box
    low, high = mercator_y(south), mercator_y(north)
    margin = paper.text * 0.6
    scale = min((paper.width - 2 * margin) / (east - west), (paper.height - 2 * margin) / (high - low))
    left = (paper.width - scale * (east - west)) / 2
    top = (paper.height - scale * (high - low)) / 2

    def place(point: Point) -> Point:
        return left + scale * (point[0] - west), top + scale * (high - mercator_y(point[1]))

    return place


def _path(feature: Mapping[str, Any], shape: Shape, place: Place, paper: Paper) -> str:
    drawn = "".join(_ring([place(point) for point in ring]) for ring in rings(feature))
    dash = ' stroke-dasharray="7 5"' if shape.approximate else ""
    line = f'stroke="{paper.line}" stroke-width="1.5"{dash}'
    hatch = f'<path d="{drawn}" fill="url(#zr-hatch)" pointer-events="none"/>' if shape.approximate else ""
    return f'<path data-code="{escape(shape.code)}" d="{drawn}" fill="{shape.fill}" {line}{_acting(shape)}/>{hatch}'


def _acting(shape: Shape) -> str:
    """Return the attributes of an area that reports something, reachable by keyboard."""
    if not shape.act:
        return ""
    said = escape(f"{shape.name} {shape.value}")
    return f' data-act="{escape(shape.act)}" role="button" tabindex="0" aria-label="{said}"'


def _ring(points: Sequence[Point]) -> str:
    kept = [points[0]]
    for point in points[1:]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= _NEAREST:
            kept.append(point)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept) + "Z" if len(kept) > 2 else ""


def _line(a: Point, b: Point, paper: Paper) -> str:
    return (
        f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" stroke="{paper.line}" '
        'stroke-width="1.5" opacity=".75"/>'
    )


def _hatching(paper: Paper) -> str:
    return (
        '<defs><pattern id="zr-hatch" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<line x1="0" y1="0" x2="0" y2="9" stroke="{paper.halo}" stroke-width="1.8" opacity=".6"/></pattern></defs>'
    )


def _labels(
    features: Mapping[str, Mapping[str, Any]],
    shapes: Sequence[Shape],
    place: Place,
    paper: Paper,
) -> list[str]:
    anchors = [place(_anchor(features[shape.code])) for shape in shapes]
    size = paper.text
    boxes = [(max(_width(s.name, size), _width(s.value, size)) + 6, size * 2.1) for s in shapes]
    moved = spread(anchors, boxes)
    style = f'text-anchor="middle" fill="{paper.ink}" stroke="{paper.halo}" stroke-width="4" paint-order="stroke"'
    style += ' pointer-events="none"'
    return [
        f'<text x="{x + dx:.1f}" y="{y + dy:.1f}" font-size="{size:g}" {style}>'
        f'<tspan x="{x + dx:.1f}" font-weight="600">{escape(shape.name)}</tspan>'
        f'<tspan x="{x + dx:.1f}" dy="{size * 1.02:.1f}">{escape(shape.value)}</tspan></text>'
        for shape, (x, y), (dx, dy) in zip(shapes, anchors, moved, strict=True)
    ]


def _anchor(feature: Mapping[str, Any]) -> Point:
    label = feature.get("properties", {}).get("label")
    if label:
        return float(label[0]), float(label[1])
    west, south, east, north = bounds([feature])
    return (west + east) / 2, (south + north) / 2


def _width(text: str, size: float) -> float:
    return sum(size if ord(letter) > 0x2E80 else size * 0.56 for letter in text)


def _union(a: Box, b: Box) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
