"""The rhythm of a daily series: how much each kind of day carries, and a level that drifts with a damped trend.

A day's count is expected to be ``level × factor of its day class``. The level is followed by exponential smoothing with
a damped multiplicative trend (Taylor 2003, after Gardner & McKenzie 1985), where a day moves the level only as far as
its class carries weight: a quiet Sunday says little about the pace. What is left over, observed ÷ expected − 1, are the
surprises that ``metrics.forecast`` resamples.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metrics.calendar import DayClass

Array = NDArray[np.floating[Any]]

# The slope of the level fades by this much a day, to half in five weeks: a ramp-up is not projected for ever.
DAMPING = 0.98
_LEVEL_WEIGHTS = (0.03, 0.06, 0.1, 0.2, 0.3, 0.45)
_TREND_WEIGHTS = (0.0, 0.005, 0.015, 0.03)
# A trend that follows faster than a fifth of the level chases noise.
_CANDIDATES = np.array([(a, b) for a in _LEVEL_WEIGHTS for b in _TREND_WEIGHTS if b <= a / 5])
# A day that brings more than four times what was expected, and more than all but the odd day of the series does, is a
# backlog entered at once and not a new pace: the rhythm takes it for that much. The total counts it in full.
_ORDINARY = 3.0
_ALL_BUT_ODD = 0.985
_NEIGHBOURS = 5
_WARM_UP = 10
# Days before the window in which the level settles, so that a fit costs the same however long the programme has run.
_RUN_UP = 60
_FEW = 5
_SMALLEST_SPREAD = 1e-9
# Two smoothing weights, the factors of three classes and the spreads of four, all fitted to the surprises they shape.
_FITTED = 9


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A fitted rhythm.

    ``factors`` and ``spreads`` are indexed by ``DayClass``: a day's share of a working day, and how far its count
    usually misses what was expected (relative). ``level`` is the expected count of a working day after the last day
    observed, ``trend`` its slope in log per day, ``level_weight`` and ``trend_weight`` how fast both follow the data,
    and ``surprises`` the standardised surprises of the last days, oldest first, without gaps. ``largest`` is the
    surprise beyond which a day is taken for a backlog.
    """

    factors: Array
    spreads: Array
    level: float
    trend: float
    level_weight: float
    trend_weight: float
    surprises: Array
    largest: float


def fit(counts: Array, classes: NDArray[np.intp], window: int) -> Rhythm:
    """Return the rhythm of daily ``counts`` whose day classes are ``classes``; surprises from the last ``window`` days.

    The two smoothing weights are those of a small grid with the smallest squared surprises in the window. Needs at
    least a working day with a positive count; ``metrics.forecast`` checks the length.
    """
    level = _local_level(counts, classes == DayClass.WORKING)
    factors = _factors(counts, classes, level)
    largest = _largest(counts, level * factors[classes])
    recent = slice(max(len(counts) - window - _RUN_UP, 0), None)
    carried = factors[classes[recent]]
    levels, trends, surprises = _follow(counts[recent], carried, float(level[recent][:_WARM_UP].mean()), largest)
    weights = np.minimum(carried[-window:], 1.0)
    best = int((weights[:, None] * surprises[-window:] ** 2).sum(axis=0).argmin())
    kept = surprises[-window:, best]
    spreads = _spreads(kept, classes[-window:], weights)
    return Rhythm(
        factors=factors,
        spreads=spreads,
        level=float(levels[best]),
        trend=float(trends[best]),
        level_weight=float(_CANDIDATES[best, 0]),
        trend_weight=float(_CANDIDATES[best, 1]),
        surprises=_standardised(kept / spreads[classes[-window:]], weights),
        largest=largest,
    )


def expected(level: Array, trend: Array) -> Array:
    """Return what a working day is expected to bring, from the level and trend after the day before it."""
    grown: Array = level * np.exp(DAMPING * trend)
    return grown


def step(level: Array, trend: Array, surprise: Array, carried: Array, weights: Array) -> tuple[Array, Array]:
    """Return level and trend after a day, given its surprise and the share of a working day it carries.

    Works on arrays of candidates or of resampled futures alike; ``weights`` holds the level weight and the trend
    weight (each a scalar or an array).
    """
    moved = surprise * np.minimum(carried, 1.0)
    return expected(level, trend) * (1.0 + weights[0] * moved), DAMPING * trend + weights[1] * moved


def _local_level(counts: Array, working: NDArray[np.bool_]) -> Array:
    """Return the centred mean of the eleven nearest working days, for every day; outliers count up to their bound."""
    worked = counts[working]
    padded = np.pad(worked, _NEIGHBOURS, mode="edge")
    middle = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * _NEIGHBOURS + 1), axis=1)
    bounded = np.where(middle > 0, np.minimum(worked, (1.0 + _ORDINARY) * middle), worked)
    window = np.ones(2 * _NEIGHBOURS + 1)
    inner = slice(_NEIGHBOURS, _NEIGHBOURS + len(worked))
    means = np.convolve(bounded, window)[inner] / np.convolve(np.ones_like(worked), window)[inner]
    level: Array = np.interp(np.arange(len(counts)), np.flatnonzero(working), means)
    return level


def _factors(counts: Array, classes: NDArray[np.intp], level: Array) -> Array:
    """Return the share of a working day that each class carries; a class never seen borrows its ordinary twin's."""
    factors = np.ones(len(DayClass))
    for kind, twin in (
        (DayClass.REST, DayClass.WORKING),
        (DayClass.QUIET_WORKING, DayClass.WORKING),
        (DayClass.QUIET_REST, DayClass.REST),
    ):
        days = classes == kind
        known = level[days].sum()
        factors[kind] = counts[days].sum() / known if known > 0 else factors[twin]
    return factors


def _largest(counts: Array, due: Array) -> float:
    """Return the surprise beyond which a day of this series is out of the ordinary."""
    known = due > 0
    return max(_ORDINARY, float(np.quantile(counts[known] / due[known], _ALL_BUT_ODD, method="lower")) - 1.0)


def _follow(counts: Array, carried: Array, start: float, largest: float) -> tuple[Array, Array, Array]:
    """Return final levels and trends and all surprises (days × candidates) for every pair of smoothing weights."""
    floor = start * 1e-6 + 1e-9
    level: Array = np.full(len(_CANDIDATES), max(start, floor))
    trend: Array = np.zeros(len(_CANDIDATES))
    surprises = np.zeros((len(counts), len(_CANDIDATES)))
    for day, count in enumerate(counts):
        due = expected(level, trend) * carried[day]
        surprise = np.where(due > 0, count / np.maximum(due, floor * 1e-6) - 1.0, 0.0)
        surprises[day] = np.minimum(surprise, largest)
        level, trend = step(level, trend, surprises[day], carried[day], _CANDIDATES.T)
        level = np.maximum(level, floor)
    return level, trend, surprises


def _spreads(surprises: Array, classes: NDArray[np.intp], weights: Array) -> Array:
    """Return the root mean square surprise of each class; a class with few days takes the overall one."""
    overall = np.sqrt((weights * surprises**2).sum() / weights.sum())
    spreads: Array = np.full(len(DayClass), overall)
    for kind in DayClass:
        days = classes == kind
        if days.sum() >= _FEW:
            spreads[kind] = np.sqrt((surprises[days] ** 2).mean())
    spreads[spreads < _SMALLEST_SPREAD] = _SMALLEST_SPREAD
    return spreads


def _standardised(surprises: Array, weights: Array) -> Array:
    """Return the surprises centred, and widened for the parameters that were fitted to them."""
    centred: Array = surprises - np.average(surprises, weights=weights)
    centred *= np.sqrt(len(centred) / max(len(centred) - _FITTED, 1))
    return centred
