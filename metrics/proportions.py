"""Intervals that say how far a share, a difference of two shares, or a mean can be trusted.

Shares: the score interval of Wilson (1927, JASA 22:209–212), which stays within [0, 1] and keeps its level at small
numbers and near 0 and 1, where the textbook interval fails (Newcombe 1998a, Statistics in Medicine 17:857–872, method
3; Brown, Cai & DasGupta 2001, Statistical Science 16:101–133). Differences of independent shares: the hybrid score
interval of Newcombe (1998b, Statistics in Medicine 17:873–890, method 10). Means of amounts, whose distribution is
skewed: the delta method on the logarithm of the mean (Oehlert 1992, The American Statistician 46:27–29), which is
positive, wider upwards, and assumes no distribution. Whether several shares differ at all: Pearson's statistic over
tables drawn with the margins that were found, which holds for groups of any size where the chi-squared distribution
does not (Agresti 1992, Statistical Science 7:131–153, section 3).
"""

from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating[Any]]

# So many tables tell a chance of 5 % to a third of a point.
DRAWS = 4999
CHANCE = 0.05  # what is less likely than this is not put down to chance


def wilson(part: ArrayLike, whole: ArrayLike, confidence: float = 0.95) -> tuple[Array, Array]:
    """Return the limits of the share ``part`` ÷ ``whole`` in per cent, element by element.

    NaN where ``whole`` is zero or either is NaN. Fractional counts (shared attribution) are taken as they are.
    """
    x, n = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    z = _z(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(n > 0, x / n, np.nan)
        centre = p + z**2 / (2.0 * n)
        spread = z * np.sqrt(p * (1.0 - p) / n + z**2 / (4.0 * n**2))
        low, high = ((centre + sign * spread) / (1.0 + z**2 / n) for sign in (-1.0, 1.0))
    # Rounding must not push a limit beyond what a share can be, nor past the share itself.
    return 100.0 * np.clip(np.minimum(low, p), 0.0, None), 100.0 * np.clip(np.maximum(high, p), None, 1.0)


def difference(
    part: ArrayLike, whole: ArrayLike, other_part: ArrayLike, other_whole: ArrayLike, confidence: float = 0.95
) -> tuple[Array, Array, Array]:
    """Return the difference of two independent shares, first minus other, and its limits, in percentage points.

    NaN where a whole is zero or a count is NaN.
    """
    x, n = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    y, m = np.asarray(other_part, dtype=np.float64), np.asarray(other_whole, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = 100.0 * np.where(n > 0, x / n, np.nan), 100.0 * np.where(m > 0, y / m, np.nan)
    low_1, high_1 = wilson(x, n, confidence)
    low_2, high_2 = wilson(y, m, confidence)
    gap = first - second
    low = gap - np.sqrt((first - low_1) ** 2 + (high_2 - second) ** 2)
    high = gap + np.sqrt((high_1 - first) ** 2 + (second - low_2) ** 2)
    return gap, low, high


def chance_of_unlikeness(part: ArrayLike, whole: ArrayLike) -> float:
    """Return how likely shares at least this unlike are if all groups have one and the same: a p value, 0 to 1.

    Groups whose count is NaN or zero are left out; 1 where fewer than two are left, or where all or none have it. The
    tables are drawn alike every time, so that a page does not change its mind.
    """
    x, n = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    known = (n > 0) & ~np.isnan(x)
    x, n = x[known], n[known]
    share = float(x.sum() / n.sum()) if len(n) else 0.0
    if len(n) < 2 or not 0.0 < share < 1.0:
        return 1.0
    groups, drawn = n.astype(np.int64), np.random.default_rng(len(n))
    tables = drawn.multivariate_hypergeometric(groups, int(x.sum()), size=DRAWS)
    found, others = (((seen - n * share) ** 2 / n).sum(axis=-1) for seen in (x, tables))
    return float((1 + np.count_nonzero(others >= found * (1.0 - 1e-9))) / (1 + DRAWS))


def mean_interval(
    n: ArrayLike, total: ArrayLike, squares: ArrayLike, confidence: float = 0.95
) -> tuple[Array, Array, Array]:
    """Return the mean of positive amounts and its limits, from their number, their sum and the sum of their squares.

    NaN for the mean without any amount; NaN limits for fewer than three, or where the mean is zero.
    """
    count, added = np.asarray(n, dtype=np.float64), np.asarray(total, dtype=np.float64)
    power = np.asarray(squares, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(count > 0, added / count, np.nan)
        variance = np.maximum(power - added * mean, 0.0) / (count - 1.0)
        spread = _z(confidence) * np.sqrt(variance / count) / mean
        known = (count >= 3) & (mean > 0)
        low, high = (np.where(known, mean * np.exp(sign * spread), np.nan) for sign in (-1.0, 1.0))
    return mean, low, high


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf(0.5 + confidence / 2.0)
