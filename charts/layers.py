"""A map's description taken apart: shapes that stay, and values that change from month to month.

Playing a history would send every shape again with every month. ``separate`` moves the shapes out of a description
into files of their own, which a browser fetches once, and leaves a short list of colours, one for each shape, behind.
``raised`` draws the same map as columns seen at a slant.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import orjson

from charts.geometry import Point, mercator_y, spread
from charts.maps import AREAS, CompactDeck, label_box

# A hatching in its area's colour would change with the month; dark on a pale casing reads on every fill.
DARK, PALE = [38, 50, 70, 190], [255, 255, 255, 110]
FRAME = [120, 130, 146, 220]
LABELS = "labels"
PITCH, BEARING = 46, -10
# As a share of the view's width, the height of the highest column.
TALLEST = 0.11
_METRES_AT_ZOOM_0 = 78_271.5  # a pixel on the equator; at zoom 0 the world is 512 pixels wide


def separate(deck: CompactDeck, address: Callable[[bytes], str]) -> CompactDeck:
    """Return ``deck`` with its areas, hatching and dashes fetched from where ``address`` puts the bytes it is given.

    The bytes depend on the shapes and codes alone. What changes stays: the colour of each area as a list, and the
    tooltips, all of them in one text of which the style sheet shows the one that is pointed at.
    """
    description = orjson.loads(deck.json)
    tips: list[str] = []
    layers: list[dict[str, Any]] = []
    for layer in description["layers"]:
        if layer["@@type"] == "GeoJsonLayer":
            tips += _separate_areas(layer, len(tips), address)
        elif layer["@@type"] == "LineLayer":
            _separate_lines(layer, address)
            layers += [_casing(layer)] if not layer["id"].endswith("frame") else []
        else:
            tips += _numbered_tips(layer, len(tips))
        layers.append(layer)
    description["layers"] = layers
    tooltip = {**deck._tooltip, "html": tooltip_html(tips)}  # noqa: SLF001 - the name Streamlit reads it by
    return CompactDeck(orjson.dumps(description).decode(), tooltip)


def _separate_areas(layer: dict[str, Any], first: int, address: Callable[[bytes], str]) -> list[str]:
    features = layer["data"]["features"]
    fills = [feature["properties"]["fill"] for feature in features]
    tips = [feature["properties"]["tip"] for feature in features]
    shapes = [
        {**feature, "properties": {"code": feature["properties"]["code"], "n": number, "i": first + number}}
        for number, feature in enumerate(features)
    ]
    layer["data"] = address(orjson.dumps({"type": "FeatureCollection", "features": shapes}))
    layer["getFillColor"] = _by_number(fills)
    # deck.gl keeps the colours it has computed until it is told that their source changed.
    layer["updateTriggers"] = {**layer.get("updateTriggers", {}), "getFillColor": _digest(fills)}
    return tips


def _by_number(values: Sequence[object]) -> str:
    """Return the expression that gives each shape its own value; brackets, because the parser wants a group there."""
    return f"@@=({orjson.dumps(values).decode()})[properties.n]"


def _digest(values: Sequence[object]) -> str:
    return blake2b(orjson.dumps(values), digest_size=6).hexdigest()


def _separate_lines(layer: dict[str, Any], address: Callable[[bytes], str]) -> None:
    layer["data"] = address(orjson.dumps([{"a": line["a"], "b": line["b"]} for line in layer["data"]]))
    layer["getColor"] = FRAME if layer["id"].endswith("frame") else DARK


def _casing(layer: dict[str, Any]) -> dict[str, Any]:
    return {**layer, "id": f"{layer['id']}-casing", "getColor": PALE, "getWidth": layer["getWidth"] + 1.6}


def _numbered_tips(layer: dict[str, Any], first: int) -> list[str]:
    """Number the points of a layer after the areas and take their tooltips out."""
    found = []
    for number, item in enumerate(layer.get("data", ()), start=first):
        if "tip" in item:
            found.append(item.pop("tip"))
            item["i"] = number
    return found


def tooltip_html(tips: Sequence[str]) -> str:
    """Return one text with every tooltip; the class filled in from the object shows its own."""
    said = "".join(f'<div class="zr-tip{number}">{tip}</div>' for number, tip in enumerate(tips))
    return f'<div class="zr-tips zr-show{{i}}">{said}</div>'


@lru_cache(maxsize=4)
def tooltip_css(most: int) -> str:
    """Return the style sheet that shows the tooltip pointed at, for maps of up to ``most`` areas and points."""
    shown = ",".join(f".zr-show{number}>.zr-tip{number}" for number in range(most))
    return f".zr-tips>div{{display:none}}{shown}{{display:block}}"


def renamed(deck: CompactDeck, turn: int) -> CompactDeck:
    """Return ``deck`` with layers named anew for a ``turn``: a browser forgets what was chosen on others."""
    description = orjson.loads(deck.json)
    for layer in description["layers"]:
        layer["id"] = f"{layer['id']}.{turn}"
    return CompactDeck(orjson.dumps(description).decode(), deck._tooltip)  # noqa: SLF001 - as above


def raised(
    deck: CompactDeck, heights: Mapping[str, float], places: Mapping[str, tuple[str, Sequence[float]]]
) -> CompactDeck:
    """Return ``deck`` seen at a slant, every area raised by its share (0–1) in ``heights``, by code.

    What lies on the ground (hatching, dashes, points, an inset) is left out; labels float on top: ``places`` gives the
    code and the point that a label belongs to. Call it before ``separate``.
    """
    description = orjson.loads(deck.json)
    view = description["initialViewState"]
    top = TALLEST * 512 * _METRES_AT_ZOOM_0 / 2 ** view["zoom"]
    view |= {"pitch": PITCH, "bearing": BEARING}
    kept = [layer for layer in description["layers"] if layer["id"] in {AREAS, LABELS}]
    for layer in kept:
        if layer["id"] == AREAS:
            _raise_areas(layer, heights, top)
        elif layer["id"] == LABELS:
            _lift(layer, heights, places, top)
    description["layers"] = kept
    return CompactDeck(orjson.dumps(description).decode(), deck._tooltip)  # noqa: SLF001 - as above


def _raise_areas(layer: dict[str, Any], heights: Mapping[str, float], top: float) -> None:
    metres = []
    for number, feature in enumerate(layer["data"]["features"]):
        feature["properties"]["n"] = number
        metres.append(round(top * heights.get(feature["properties"]["code"], 0.0), 1))
    layer |= {"extruded": True, "getElevation": _by_number(metres)}
    layer["updateTriggers"] = {"getElevation": _digest(metres)}


def _lift(
    layer: dict[str, Any], heights: Mapping[str, float], places: Mapping[str, tuple[str, Sequence[float]]], top: float
) -> None:
    pixel = top / (TALLEST * 512)
    for item in layer["data"]:
        code, point = places.get(item["t"], ("", item["p"]))
        item["p"] = [*point[:2], round(top * heights.get(code, 0.0), 1)]
    anchors = [_seen(item["p"], pixel) for item in layer["data"]]
    moved = spread(anchors, [label_box(item["t"]) for item in layer["data"]])
    for item, (dx, dy) in zip(layer["data"], moved, strict=True):
        item["o"] = [round(dx, 1), round(dy - 8, 1)]
    layer["parameters"] = {"depthCompare": "always"}


def _seen(point: Sequence[float], pixel: float) -> Point:
    """Return about where a raised point is seen, in pixels: the slant shortens the ground and lifts what stands."""
    longitude, latitude, height = point
    metres = 111_320.0  # a degree at the equator, where the map's pixels are measured
    slant = math.radians(PITCH)
    ground = -mercator_y(latitude) * metres * math.cos(slant)
    return longitude * metres / pixel, (ground - height * math.sin(slant)) / pixel
