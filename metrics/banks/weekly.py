"""Week by week: has a bank's share moved away from its own level, or is it the usual up and down.

A p-chart after Shewhart with two of the Western Electric rules (1956): one week beyond three standard deviations, or
eight weeks in a row on one side. Its standard deviation also allows for weeks differing more than binomially
(Laney 2002, Quality Engineering 14:531–537), by the moving range of the scores.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

RUN = 8
Array = NDArray[np.floating[Any]]

SIGMAS = 3.0
# Mean range of two standard normals, which turns an average moving range into a standard deviation.
_D2 = 1.128


def control_chart(weeks: pd.DataFrame) -> pd.DataFrame:
    """Return ``weeks`` (columns ``n`` and ``x``, in order of time) with the chart's columns added.

    ``share`` (NaN for a week without cases), ``centre``, ``low``, ``high`` (three standard deviations, within 0 and 1),
    ``outside`` (beyond them) and ``run`` (the eighth or a later week in a row on one side of the centre).
    """
    n, x = (weeks[name].to_numpy(dtype=np.float64) for name in ("n", "x"))
    centre = float(x.sum() / n.sum()) if n.sum() > 0 else np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(n > 0, x / n, np.nan)
        deviation = np.sqrt(centre * (1.0 - centre) / n)
        scores = (share - centre) / deviation
    reach = SIGMAS * deviation * between_weeks(scores)
    low, high = np.clip(centre - reach, 0.0, 1.0), np.clip(centre + reach, 0.0, 1.0)
    outside = (share < low) | (share > high)
    runs = _runs(np.sign(share - centre))
    return weeks.assign(share=share, centre=centre, low=low, high=high, outside=outside, run=runs)


def between_weeks(scores: Array) -> float:
    """Return how many times wider than binomial the weeks scatter (Laney's σz), never below 1."""
    known = scores[np.isfinite(scores)]
    if len(known) < 3:
        return 1.0
    return max(float(np.mean(np.abs(np.diff(known))) / _D2), 1.0)


def _runs(sides: Array) -> NDArray[np.bool_]:
    found: list[bool] = []
    length, last = 0, 0.0
    for side in sides:
        length = length + 1 if side == last and side != 0 else 1
        last = side
        found.append(bool(length >= RUN and np.isfinite(side) and side != 0))
    return np.asarray(found, dtype=bool)
