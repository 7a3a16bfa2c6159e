"""Where the names of points go so that they cover neither each other nor other points."""

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

_LINE = 15.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A point in pixels, the radius of its mark, and its name; the first ones of a list are placed first."""

    x: float
    y: float
    radius: float
    name: str


Box = tuple[float, float, float, float]
# As plotly calls the sides; the pixel axis y points upwards.
_SIDES = {
    "middle right": (1, 0),
    "middle left": (-1, 0),
    "top center": (0, 1),
    "bottom center": (0, -1),
    "top right": (1, 1),
    "top left": (-1, 1),
    "bottom right": (1, -1),
    "bottom left": (-1, -1),
}


def place(spots: Sequence[Spot], width: float, height: float, size: float = 12.0) -> list[str]:
    """Return for each spot the side on which its name fits ("" if on none), names within ``width`` × ``height``."""
    marks = [(s.x - s.radius, s.y - s.radius, s.x + s.radius, s.y + s.radius) for s in spots]
    taken: list[Box] = []
    sides = []
    for number, spot in enumerate(spots):
        others = [*taken, *(mark for i, mark in enumerate(marks) if i != number)]
        side = next((name for name in _SIDES if _fits(_box(spot, name, size), others, width, height)), "")
        if side:
            taken.append(_box(spot, side, size))
        sides.append(side)
    return sides


def text_width(text: str, size: float) -> float:
    """Return about how many pixels ``text`` takes: an East Asian character is as wide as it is high."""
    return sum(size if east_asian_width(c) in "WF" else 0.58 * size for c in text)


def _box(spot: Spot, side: str, size: float) -> Box:
    right, up = _SIDES[side]
    width, reach = text_width(spot.name, size), spot.radius + 2.0
    left = spot.x - width / 2.0 if right == 0 else spot.x + reach if right > 0 else spot.x - reach - width
    bottom = spot.y - _LINE / 2.0 if up == 0 else spot.y + reach if up > 0 else spot.y - reach - _LINE
    return left, bottom, left + width, bottom + _LINE


def _fits(box: Box, others: Sequence[Box], width: float, height: float) -> bool:
    inside = box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height
    return inside and not any(_overlap(box, other) for other in others)


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
