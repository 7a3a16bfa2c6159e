"""Maps without tiles: the only place where a deck.gl description is made.

The description is written as compact JSON by hand: pydeck indents and sorts it on every run, which makes it five
times larger and costs more than the rest of a page. ``mapStyle`` keeps pydeck's own default and ``mapProvider`` is
left out: together they are what Streamlit's front end reads as "no base map"; anything else asks a host outside.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from charts.geometry import Box, Point, Segment, bounds, dashes, fit, hatch, mercator_y, spread
from charts.inset import Inset, build_inset
from charts.scale import ColourScale, is_dark, rgb
from charts.theme import FONT_STACK, MARK

NO_BASE_MAP = "__MAP_STYLE__"
AREAS, POINTS = "areas", "points"
LABEL_SIZE = 12


@dataclass(frozen=True, slots=True)
class Area:
    """One area of a map: its value (NaN: unknown), what its tooltip says (HTML), and a label ("" for none).

    ``approximate`` areas are hatched with a dashed outline; ``dimmed`` ones recede behind the one in view.
    """

    code: str
    label: str
    value: float
    tip: str
    approximate: bool = False
    dimmed: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """One point of a map: where it is, its value, its radius in pixels, its tooltip and label."""

    code: str
    label: str
    lon: float
    lat: float
    value: float
    radius: float
    tip: str
    chosen: bool = False


@dataclass(frozen=True)
class CompactDeck:
    """What ``st.pydeck_chart`` asks of a deck: its JSON and its tooltip.

    ``layers`` stays empty: it is where Streamlit would look for data frames to convert.
    """

    json: str
    _tooltip: Mapping[str, Any]
    layers: tuple[Any, ...] = ()

    def to_json(self) -> str:
        """Return the description."""
        return self.json


def choropleth(
    features: Mapping[str, Mapping[str, Any]],
    areas: Sequence[Area],
    scale: ColourScale,
    *,
    spots: Sequence[Spot] = (),
    focus: str = "",
    size: tuple[int, int] = (520, 430),
) -> CompactDeck:
    """Return the map of ``areas``, whose shapes are GeoJSON ``features`` by code, coloured by ``scale``.

    The view fits ``focus`` if given, all shapes otherwise, into ``size`` pixels. An area without a shape is left out.
    """
    drawn = [area for area in areas if area.code in features]
    inset = None if focus in features else build_inset(features, [area.code for area in drawn])
    box = bounds([features[focus]] if focus in features else [features[area.code] for area in drawn])
    lon, lat, zoom = fit(_union(box, inset.box) if inset else box, *size)
    copies = dict(inset.features) if inset else {}
    pixel = _degrees(zoom)
    layers = [
        _area_layer(AREAS, features, drawn, scale),
        *_approximate_layers("", features, drawn, scale, pixel),
        *(_inset_layers(inset, drawn, scale, pixel) if inset else []),
        *([_spot_layer(spots, scale)] if spots else []),
        _label_layer({**features, **copies}, drawn, spots, zoom, focused=bool(focus)),
    ]
    view = {"longitude": round(lon, 5), "latitude": round(lat, 5), "zoom": round(zoom, 3)}
    return _deck(layers, view)


def tile_features(tiles: Mapping[str, tuple[int, int]]) -> dict[str, dict[str, Any]]:
    """Return a square for every code's column and row: the map of a city without boundaries."""
    side, gap = 0.1, 0.006
    return {
        code: {
            "type": "Feature",
            "geometry": _square(col * side + gap, -row * side - gap, side - 2 * gap),
        }
        for code, (col, row) in tiles.items()
    }  # fmt: skip


def _square(x: float, y: float, side: float) -> dict[str, Any]:
    ring = [[x, y], [x + side, y], [x + side, y - side], [x, y - side], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def _deck(layers: list[dict[str, Any]], view: dict[str, float]) -> CompactDeck:
    description = {
        "initialViewState": {**view, "pitch": 0, "bearing": 0},
        "layers": layers,
        "mapStyle": NO_BASE_MAP,
        # A fixed map: it would otherwise catch the wheel and the thumb that scroll the page.
        "views": [{"@@type": "MapView", "controller": False}],
    }
    style = {"fontFamily": FONT_STACK, "fontSize": "13px", "borderRadius": "6px", "padding": "8px 12px",
             "backgroundColor": "#17212E", "color": "#FFFFFF", "lineHeight": "1.55"}  # fmt: skip
    return CompactDeck(orjson.dumps(description).decode(), {"html": "{tip}", "style": style})


def _union(a: Box, b: Box) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def _inset_layers(inset: Inset, areas: Sequence[Area], scale: ColourScale, pixel: float) -> list[dict[str, Any]]:
    """Draw the enlarged areas with a frame around them and around where they come from."""
    lines = [{"a": a, "b": b, "c": [*rgb(MARK["neutral"]), 200]} for a, b in _rounded(inset.lines)]
    copied = [area for area in areas if area.code in inset.features]
    return [
        _line_layer("inset-frame", lines, 1.0),
        _area_layer(f"{AREAS}-inset", inset.features, copied, scale),
        *_approximate_layers("inset-", inset.features, copied, scale, pixel),
    ]


def _area_layer(
    name: str, features: Mapping[str, Mapping[str, Any]], areas: Sequence[Area], scale: ColourScale
) -> dict[str, Any]:
    return {
        "@@type": "GeoJsonLayer",
        "id": name,
        "data": {"type": "FeatureCollection", "features": [_feature(features[a.code], a, scale) for a in areas]},
        "pickable": True,
        "stroked": True,
        "filled": True,
        "autoHighlight": True,
        "highlightColor": [255, 190, 60, 120],
        "getFillColor": "@@=properties.fill",
        "getLineColor": [255, 255, 255, 230],
        "lineWidthMinPixels": 1.2,
    }


def _feature(feature: Mapping[str, Any], area: Area, scale: ColourScale) -> dict[str, Any]:
    alpha = 70 if area.dimmed else 90 if math.isnan(area.value) else 245
    properties = {"code": area.code, "tip": area.tip, "fill": [*rgb(scale.colour(area.value)), alpha]}
    return {"type": "Feature", "properties": properties, "geometry": feature["geometry"]}


def _approximate_layers(
    prefix: str, features: Mapping[str, Mapping[str, Any]], drawn: Sequence[Area], scale: ColourScale, pixel: float
) -> list[dict[str, Any]]:
    """Hatch the approximate areas and dash their outline."""
    areas = [area for area in drawn if area.approximate and not area.dimmed]
    if not areas:
        return []
    lines = [
        {"a": a, "b": b, "c": [255, 255, 255, 130] if is_dark(scale.colour(area.value)) else [20, 35, 60, 95]}
        for area in areas
        for a, b in _rounded(hatch(features[area.code], 9 * pixel))
    ]
    outline = [
        {"a": a, "b": b, "c": [40, 55, 80, 255]}
        for area in areas
        for a, b in _rounded(dashes(features[area.code], 5 * pixel))
    ]
    return [_line_layer(f"{prefix}hatch", lines, 1.0), _line_layer(f"{prefix}dashes", outline, 1.4)]


def _line_layer(name: str, data: list[dict[str, Any]], width: float) -> dict[str, Any]:
    return {
        "@@type": "LineLayer", "id": name, "data": data, "pickable": False, "getSourcePosition": "@@=a",
        "getTargetPosition": "@@=b", "getColor": "@@=c", "widthUnits": "pixels", "getWidth": width,
    }  # fmt: skip


def _spot_layer(spots: Sequence[Spot], scale: ColourScale) -> dict[str, Any]:
    data = [
        {
            "code": s.code, "tip": s.tip, "p": [s.lon, s.lat], "r": s.radius, "f": [*rgb(scale.colour(s.value)), 245],
            "w": 3 if s.chosen else 1,
        }
        for s in spots
    ]  # fmt: skip
    return {
        "@@type": "ScatterplotLayer", "id": POINTS, "data": data, "pickable": True, "autoHighlight": True,
        "highlightColor": [255, 190, 60, 160], "getPosition": "@@=p", "getRadius": "@@=r", "radiusUnits": "pixels",
        "getFillColor": "@@=f", "stroked": True, "getLineColor": [255, 255, 255, 255], "getLineWidth": "@@=w",
        "lineWidthUnits": "pixels",
    }  # fmt: skip


def _label_layer(
    features: Mapping[str, Mapping[str, Any]],
    areas: Sequence[Area],
    spots: Sequence[Spot],
    zoom: float,
    *,
    focused: bool,
) -> dict[str, Any]:
    named = [(s.label, (s.lon, s.lat), s.radius + 9) for s in spots if s.label]
    if not focused:
        named += [(a.label, _anchor(features[a.code]), 0.0) for a in areas if a.label]
    pixel = _degrees(zoom)
    anchors = [(x / pixel, -mercator_y(y) / pixel + drop) for _, (x, y), drop in named]
    shifts = spread(anchors, [label_box(text) for text, _, _ in named])
    data = [
        {"t": text, "p": point, "o": [round(dx, 1), round(dy + drop, 1)]}
        for (text, point, drop), (dx, dy) in zip(named, shifts, strict=True)
    ]
    return {
        "@@type": "TextLayer", "id": "labels", "data": data, "pickable": False, "getPosition": "@@=p",
        "getText": "@@=t", "getPixelOffset": "@@=o", "getSize": LABEL_SIZE, "sizeUnits": "pixels",
        # A dark text on a light plate reads on every fill and in both themes.
        "getColor": [23, 33, 46, 255], "background": True, "getBackgroundColor": [255, 255, 255, 215],
        "backgroundPadding": [3, 1, 3, 1], "characterSet": "auto", "fontFamily": FONT_STACK, "fontWeight": 600,
    }  # fmt: skip


def label_box(text: str) -> Point:
    """Return about how wide and high a label is, in pixels."""
    width = sum(LABEL_SIZE if ord(letter) > 0x2E80 else LABEL_SIZE * 0.56 for letter in text)
    return width + 8, LABEL_SIZE + 6


def _anchor(feature: Mapping[str, Any]) -> Point:
    """Return where a feature's label goes: its own label point if it has one, the middle of its box otherwise."""
    label = feature.get("properties", {}).get("label")
    if label:
        return float(label[0]), float(label[1])
    west, south, east, north = bounds([feature])
    return (west + east) / 2, (south + north) / 2


def _degrees(zoom: float) -> float:
    """Return how many degrees of longitude a pixel covers."""
    return float(360 / (512 * 2**zoom))


def _rounded(segments: Sequence[Segment]) -> list[tuple[list[float], list[float]]]:
    return [([round(x, 4) for x in a], [round(x, 4) for x in b]) for a, b in segments]
