"""An inset: the areas too small to read or to click, drawn once more and larger in a free corner of the map."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from charts.geometry import Box, Point, Segment, area, bounds, latitude, magnified, mercator_y, rings

# An area narrower than this share of the map's height is small.
SMALL = 0.07
# The inset's longer side, as a share of the map's height; it is worth its place from this enlargement on.
LONGEST = 0.36
LEAST_FACTOR, LARGEST_FACTOR = 1.5, 4.0
_STEPS = 24


@dataclass(frozen=True)
class Inset:
    """The enlarged features by code, the frames around source and copy with their connections, and the copy's box."""

    features: Mapping[str, Mapping[str, Any]]
    lines: Sequence[Segment]
    box: Box


def build_inset(features: Mapping[str, Mapping[str, Any]], codes: Sequence[str]) -> Inset | None:
    """Return an inset of the small areas among ``codes``; None where fewer than two are small or it would not help."""
    whole = bounds(features[code] for code in codes)
    height = mercator_y(whole[3]) - mercator_y(whole[1])
    small = [code for code in codes if math.sqrt(area(features[code])) < SMALL * height]
    if len(small) < 2 or len(small) == len(codes):
        return None
    source = _grown(bounds(features[code] for code in small), 0.04)
    factor = min(LONGEST * height / max(_size(source)), LARGEST_FACTOR)
    if factor < LEAST_FACTOR:
        return None
    target = _free_place(features, codes, whole, (_size(source)[0] * factor, _size(source)[1] * factor))
    middle_from, middle_to = _middle(source), _middle(target)
    copies = {code: magnified(features[code], middle_from, middle_to, factor) for code in small}
    return Inset(copies, [*_frame(source), *_frame(target), *_connections(source, target)], target)


def _free_place(features: Mapping[str, Mapping[str, Any]], codes: Sequence[str], whole: Box, size: Point) -> Box:
    """Return the box of ``size`` at the map's lower right that covers no land, as far inside as it can be."""
    points = [(x, mercator_y(y)) for code in codes for ring in rings(features[code]) for x, y in ring]
    south, gap = mercator_y(whole[1]), 0.02 * size[1]
    for step in range(_STEPS + 1):
        west = whole[2] - size[0] + size[0] * 1.05 * step / _STEPS
        box = (west, south, west + size[0], south + size[1])
        if not any(box[0] - gap < x < box[2] + gap and box[1] - gap < y < box[3] + gap for x, y in points):
            break
    return box[0], latitude(box[1]), box[2], latitude(box[3])


def _grown(box: Box, share: float) -> Box:
    width, height = (box[2] - box[0]) * share, (box[3] - box[1]) * share
    return box[0] - width, box[1] - height, box[2] + width, box[3] + height


def _size(box: Box) -> Point:
    return box[2] - box[0], mercator_y(box[3]) - mercator_y(box[1])


def _middle(box: Box) -> Point:
    return (box[0] + box[2]) / 2, latitude((mercator_y(box[1]) + mercator_y(box[3])) / 2)


def _frame(box: Box) -> list[Segment]:
    west, south, east, north = box
    corners = [(west, south), (east, south), (east, north), (west, north)]
    return list(zip(corners, [*corners[1:], corners[0]], strict=True))


def _connections(source: Box, target: Box) -> list[Segment]:
    return [((source[2], source[1]), (target[0], target[3])), ((source[2], source[3]), (target[2], target[3]))]
