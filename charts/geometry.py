"""Plane geometry on GeoJSON polygons: boxes, hatching, dashes, and labels that keep clear of each other.

Coordinates are degrees; at a city's size the plane is close enough. No map library is needed for any of it.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

Point = tuple[float, float]
Segment = tuple[Point, Point]
Box = tuple[float, float, float, float]


def rings(feature: Mapping[str, Any]) -> Iterator[list[Point]]:
    """Yield the exterior ring of every polygon of a GeoJSON feature."""
    geometry = feature["geometry"]
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        yield [(float(x), float(y)) for x, y, *_ in polygon[0]]


def bounds(features: Iterable[Mapping[str, Any]]) -> Box:
    """Return west, south, east, north of ``features``. Raises ``ValueError`` if there are none."""
    points = [point for feature in features for ring in rings(feature) for point in ring]
    if not points:
        raise ValueError("no geometry")
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def mercator_y(latitude: float) -> float:
    """Return the Web-Mercator ordinate of a latitude, in degrees of longitude."""
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)))


def fit(box: Box, width: int, height: int, *, margin: float = 0.06) -> tuple[float, float, float]:
    """Return longitude, latitude and zoom at which ``box`` fills ``width`` × ``height`` pixels with a margin."""
    west, south, east, north = box
    span_x, span_y = east - west or 1e-6, mercator_y(north) - mercator_y(south) or 1e-6
    room = 1 - 2 * margin
    # At zoom 0 the 360 degrees of the world are 512 pixels wide.
    scale = min(width * room / span_x, height * room / span_y)
    middle = (mercator_y(south) + mercator_y(north)) / 2
    return (west + east) / 2, latitude(middle), math.log2(scale * 360 / 512)


def area(feature: Mapping[str, Any]) -> float:
    """Return the area of a feature's exterior rings, in square degrees of Web Mercator."""
    total = 0.0
    for ring in rings(feature):
        flat = [(x, mercator_y(y)) for x, y in ring]
        total += abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise([*flat, flat[0]]))) / 2
    return total


def magnified(feature: Mapping[str, Any], source: Point, target: Point, factor: float) -> dict[str, Any]:
    """Return a copy of a feature enlarged ``factor`` times, ``source`` (lon, lat) brought to ``target``.

    Both ends are on the Web-Mercator plane, so that the copy keeps its shape on the map.
    """
    from_y, to_y = mercator_y(source[1]), mercator_y(target[1])

    def move(x: float, y: float) -> list[float]:
        return [
            round(target[0] + (x - source[0]) * factor, 5), round(latitude(to_y + (mercator_y(y) - from_y) * factor), 5)
        ]  # fmt: skip

    geometry = feature["geometry"]
    many = geometry["type"] == "MultiPolygon"
    polygons = geometry["coordinates"] if many else [geometry["coordinates"]]
    moved = [[[move(x, y) for x, y, *_ in ring] for ring in polygon] for polygon in polygons]
    properties = dict(feature.get("properties") or {})
    if properties.get("label"):
        properties["label"] = move(*properties["label"][:2])
    shape = {"type": "MultiPolygon", "coordinates": moved} if many else {"type": "Polygon", "coordinates": moved[0]}
    return {"type": "Feature", "properties": properties, "geometry": shape}


def latitude(y: float) -> float:
    """Return the latitude of a Web-Mercator ordinate in degrees (the inverse of ``mercator_y``)."""
    return math.degrees(2 * math.atan(math.exp(math.radians(y))) - math.pi / 2)


def hatch(feature: Mapping[str, Any], spacing: float) -> list[Segment]:
    """Return diagonal lines clipped to a feature, ``spacing`` degrees apart: how an approximate area is drawn."""
    edges = [edge for ring in rings(feature) for edge in pairwise([*ring, ring[0]])]
    offsets = [y - x for edge in edges for x, y in edge[:1]]
    if not offsets:
        return []
    first, last = math.ceil(min(offsets) / spacing), math.floor(max(offsets) / spacing)
    return [segment for k in range(first, last + 1) for segment in _clipped(edges, k * spacing)]


def _clipped(edges: Sequence[Segment], offset: float) -> list[Segment]:
    """Return the parts of the line y = x + offset that lie inside the ring made of ``edges``."""
    crossings = []
    for (x1, y1), (x2, y2) in edges:
        d1, d2 = y1 - x1 - offset, y2 - x2 - offset
        if (d1 > 0) != (d2 > 0):
            share = d1 / (d1 - d2)
            crossings.append(x1 + share * (x2 - x1))
    crossings.sort()
    inside = zip(crossings[::2], crossings[1::2], strict=False)
    return [((a, a + offset), (b, b + offset)) for a, b in inside]


def dashes(feature: Mapping[str, Any], length: float) -> list[Segment]:
    """Return a feature's outline as dashes of ``length`` degrees with gaps as long."""
    return [dash for ring in rings(feature) for dash in _dashed([*ring, ring[0]], length)]


def _dashed(line: Sequence[Point], length: float) -> Iterator[Segment]:
    walked = 0.0
    for start, end in pairwise(line):
        distance = math.dist(start, end)
        # Dashes fill every second stretch of the line; those that this edge takes part in, cut to it.
        for number in range(math.floor(walked / (2 * length)), math.floor((walked + distance) / (2 * length)) + 1):
            first = max(2 * length * number - walked, 0.0)
            last = min(2 * length * number + length - walked, distance)
            if last > first:
                yield _between(start, end, first / distance), _between(start, end, last / distance)
        walked += distance


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def spread(anchors: Sequence[Point], sizes: Sequence[Point], *, rounds: int = 60) -> list[Point]:
    """Return pixel offsets that move labels of ``sizes``, centred on ``anchors`` (pixels), off each other.

    Labels are pushed apart along the direction that needs the least movement, a little at a time; what needs no
    room stays where it is.
    """
    places = [list(anchor) for anchor in anchors]
    for _ in range(rounds):
        moved = False
        for i in range(len(places)):
            for j in range(i + 1, len(places)):
                moved = _part(places[i], places[j], sizes[i], sizes[j]) or moved
        if not moved:
            break
    return [(x - ax, y - ay) for (x, y), (ax, ay) in zip(places, anchors, strict=True)]


def _part(a: list[float], b: list[float], size_a: Point, size_b: Point) -> bool:
    over_x = (size_a[0] + size_b[0]) / 2 - abs(a[0] - b[0])
    over_y = (size_a[1] + size_b[1]) / 2 - abs(a[1] - b[1])
    if over_x <= 0 or over_y <= 0:
        return False
    axis, over = (0, over_x) if over_x < over_y else (1, over_y)
    push = (over / 2 + 0.5) * (1 if a[axis] >= b[axis] else -1)
    a[axis] += push
    b[axis] -= push
    return True
