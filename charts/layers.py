"""A map's description taken apart: shapes that stay, and values that change from month to month.

Playing a history would send every shape again with every month. ``separate`` moves the shapes out of a description
into files of their own, which a browser fetches once, and leaves a short list of colours, one for each shape, behind.
``raised`` draws the same map as columns seen at a slant.
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import orjson

from charts.maps import AREAS, CompactDeck

LINES = ("hatch", "dashes")
HATCH_COLOUR = [20, 35, 60, 110]
DASH_COLOUR = [40, 55, 80, 255]
PITCH = 48
# As a share of the view's width, the height of the highest column.
TALLEST = 0.16
_METRES_AT_ZOOM_0 = 78_271.5  # a pixel on the equator; at zoom 0 the world is 512 pixels wide


def separate(deck: CompactDeck, address: Callable[[bytes], str]) -> CompactDeck:
    """Return ``deck`` with its areas, hatching and dashes fetched from where ``address`` puts the bytes it is given.

    The bytes depend on the shapes and codes alone. What changes stays: the colour of each area as a list, and the
    tooltips, all of them in one text of which the style sheet shows the one that is pointed at.
    """
    description = orjson.loads(deck.json)
    tips: list[str] = []
    for layer in description["layers"]:
        if layer["id"] == AREAS:
            tips = _separate_areas(layer, address)
        elif layer["id"] in LINES:
            _separate_lines(layer, address)
        else:
            tips += _numbered_tips(layer, len(tips))
    tooltip = {**deck._tooltip, "html": tooltip_html(tips)}
    return CompactDeck(orjson.dumps(description).decode(), tooltip)


def _separate_areas(layer: dict[str, Any], address: Callable[[bytes], str]) -> list[str]:
    features = layer["data"]["features"]
    fills = [feature["properties"]["fill"] for feature in features]
    tips = [feature["properties"]["tip"] for feature in features]
    shapes = [
        {**feature, "properties": {"code": feature["properties"]["code"], "i": number}}
        for number, feature in enumerate(features)
    ]
    layer["data"] = address(orjson.dumps({"type": "FeatureCollection", "features": shapes}))
    _recoloured(layer, fills)
    return tips


def _recoloured(layer: dict[str, Any], fills: Sequence[Sequence[int]]) -> None:
    # deck.gl keeps the colours it has computed until it is told that their source changed.
    layer["getFillColor"] = _by_number(fills)
    triggers = layer.setdefault("updateTriggers", {})
    triggers["getFillColor"] = _digest(fills)


def _by_number(values: Sequence[object]) -> str:
    """Return the expression that gives each shape its own value; brackets, because the parser wants a group there."""
    return f"@@=({orjson.dumps(values).decode()})[properties.i]"


def _separate_lines(layer: dict[str, Any], address: Callable[[bytes], str]) -> None:
    layer["data"] = address(orjson.dumps([{"a": line["a"], "b": line["b"]} for line in layer["data"]]))
    layer["getColor"] = HATCH_COLOUR if layer["id"] == "hatch" else DASH_COLOUR


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


def tooltip_css(most: int) -> str:
    """Return the style sheet that shows the tooltip pointed at, for maps of up to ``most`` areas and points."""
    shown = ",".join(f".zr-show{number}>.zr-tip{number}" for number in range(most))
    return f".zr-tips>div{{display:none}}{shown}{{display:block}}"


def raised(deck: CompactDeck, heights: Mapping[str, float], places: Mapping[str, str]) -> CompactDeck:
    """Return ``deck`` seen at a slant, every area raised by its share (0–1) in ``heights``, by code.

    Hatching and dashes lie on the ground and are left out; labels float on top: ``places`` gives the code that a
    label belongs to. Call it before ``separate``.
    """
    description = orjson.loads(deck.json)
    view = description["initialViewState"]
    top = TALLEST * 512 * _METRES_AT_ZOOM_0 / 2 ** view["zoom"]
    view |= {"pitch": PITCH, "bearing": -8}
    description["layers"] = [layer for layer in description["layers"] if layer["id"] not in LINES]
    for layer in description["layers"]:
        if layer["id"] == AREAS:
            _raise_areas(layer, heights, top)
        elif layer["id"] == "labels":
            _lift(layer, heights, places, top)
    return CompactDeck(orjson.dumps(description).decode(), deck._tooltip)


def _raise_areas(layer: dict[str, Any], heights: Mapping[str, float], top: float) -> None:
    metres = []
    for number, feature in enumerate(layer["data"]["features"]):
        feature["properties"]["i"] = number
        metres.append(round(top * heights.get(feature["properties"]["code"], 0.0), 1))
    layer |= {"extruded": True, "wireframe": True, "getElevation": _by_number(metres)}
    layer["updateTriggers"] = {"getElevation": _digest(metres)}


def _digest(values: Sequence[object]) -> str:
    return blake2b(orjson.dumps(values), digest_size=6).hexdigest()


def _lift(layer: dict[str, Any], heights: Mapping[str, float], places: Mapping[str, str], top: float) -> None:
    for item in layer["data"]:
        item["p"] = [*item["p"][:2], round(top * heights.get(places.get(item["t"], ""), 0.0), 1)]
    layer["parameters"] = {"depthCompare": "always"}
