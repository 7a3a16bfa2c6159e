"""What is usual among the other banks, without naming any: the middle half of their figures, told roughly.

Whoever knows his own figure must not learn another's from the band. So it is made without his own, of enough others,
and each end is the mean of two of them, rounded to two digits: no single figure can be told from it, since any of
them could be another one with the same band.
"""

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# Of fewer than this many the two ends would rest on the same two figures, whatever a city allows.
LEAST = 4
DIGITS = 2


def band_of_others(values: "pd.Series[float]", fewest: int) -> pd.DataFrame:
    """Return for each bank the band of all other banks' values: ``low`` and ``high``, as ``band``.

    A bank's own value is left out, or it could be taken off the band again. Banks without a value get the band of all.
    """
    numbers = values.to_numpy(dtype=np.float64)
    known = np.isfinite(numbers)
    bands = [band(numbers[known & (np.arange(len(numbers)) != i)], fewest) for i in range(len(numbers))]
    return pd.DataFrame(bands, index=values.index, columns=["low", "high"], dtype="float64")


def band(values: NDArray[np.float64], fewest: int) -> tuple[float, float]:
    """Return where the middle half of ``values`` lies; NaN where there are fewer than ``fewest`` of them.

    Each end is the mean of the two values around the quartile, to two digits.
    """
    found = np.sort(values[np.isfinite(values)])
    if len(found) < max(fewest, LEAST):
        return float("nan"), float("nan")
    place = (len(found) - 1) // 4
    return _rough(found[place : place + 2]), _rough(found[::-1][place : place + 2])


def _rough(pair: NDArray[np.float64]) -> float:
    mean = float(pair.mean())
    return round(mean, DIGITS - 1 - math.floor(math.log10(abs(mean)))) if mean else 0.0
