"""Classes of a map that compares with one value: symmetric around it, the middle class neither good nor bad."""

import math
from collections.abc import Sequence

import numpy as np

from charts.scale import ColourScale
from charts.theme import DIVERGING

# Worst to best; the middle is a sand that is neither a side's tint nor the grey of what is unknown.
_FIVE = (DIVERGING[1], DIVERGING[3], "#E6DFCB", DIVERGING[7], DIVERGING[9])
_STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def diverging_scale(values: Sequence[float], centre: float, polarity: str = "up") -> ColourScale:
    """Return five classes around ``centre``: within half a step of it, one step beyond on either side, and further.

    The step is round and about half the distance that nine in ten of ``values`` (NaN left out) keep to, so that one
    outlier does not leave the others in the middle. Blue is the better side by ``polarity``; "neutral" is drawn as
    "up". An empty scale without values or centre.
    """
    known = [value for value in values if not math.isnan(value)]
    if not known or math.isnan(centre):
        return ColourScale((), ())
    reach = float(np.quantile([abs(value - centre) for value in known], 0.9))
    step = round_up(reach / 2.0) if reach > 0 else 1.0
    limits = tuple(round(centre + k * step, 10) for k in (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5))
    return ColourScale(limits, _FIVE[::-1] if polarity == "down" else _FIVE)


def class_of(scale: ColourScale, value: float) -> int | None:
    """Return the number of the class ``value`` falls into; None for NaN or an empty scale."""
    if math.isnan(value) or not scale.colours:
        return None
    return sum(value >= limit for limit in scale.limits[1:-1])


def round_up(rough: float) -> float:
    """Return the next round number that is not below ``rough`` (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 × a power of ten)."""
    magnitude = 10.0 ** math.floor(math.log10(rough))
    return next(step * magnitude for step in _STEPS if step * magnitude >= rough * (1 - 1e-9))
