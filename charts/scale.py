"""Classes of a choropleth: round limits, and a colour for each class and value."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from charts.theme import MARK, SEQUENTIAL

RGB = tuple[int, int, int]
_ROUND_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class ColourScale:
    """Limits of the classes, ascending (one more than there are classes), and their colours, light to dark."""

    limits: tuple[float, ...]
    colours: tuple[str, ...]

    def colour(self, value: float) -> str:
        """Return the colour of ``value``; NaN has the neutral one."""
        if math.isnan(value) or not self.colours:
            return MARK["neutral"]
        inner = self.limits[1:-1]
        return self.colours[sum(value >= limit for limit in inner)]


def colour_scale(values: Sequence[float], classes: int = 5) -> ColourScale:
    """Return a scale of about ``classes`` classes of equal, round width that covers ``values`` (NaN left out).

    No values give an empty scale; equal ones a single class.
    """
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return ColourScale((), ())
    low, high = min(known), max(known)
    step = _round_step((high - low) / classes)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = max(last, first + 1)
    limits = tuple(round(k * step, 10) for k in range(first, last + 1))
    return ColourScale(limits, _shades(last - first))


def rgb(colour: str) -> RGB:
    """Return the red, green and blue of "#RRGGBB"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def is_dark(colour: str) -> bool:
    """Whether white reads better on ``colour`` than black."""
    red, green, blue = rgb(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140


def _round_step(rough: float) -> float:
    if rough <= 0:
        return 1.0
    magnitude = 10.0 ** math.floor(math.log10(rough))
    return next(step * magnitude for step in _ROUND_STEPS if step * magnitude >= rough * (1 - 1e-9))


def _shades(classes: int) -> tuple[str, ...]:
    """Return ``classes`` colours spread over the sequential ten; the palest two are left to the background."""
    usable = SEQUENTIAL[2:]
    if classes == 1:
        return (usable[len(usable) // 2],)
    return tuple(usable[round(i * (len(usable) - 1) / (classes - 1))] for i in range(classes))
