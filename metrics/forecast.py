"""Where a daily series will stand on a target date: a block bootstrap that knows the calendar.

Method: the increments are split into what the calendar and the recent pace lead one to expect and a relative surprise
(``metrics.rhythm``). Futures are built by drawing blocks of consecutive surprises (moving blocks, Künsch 1989, Annals
of Statistics 17:1217; see Politis & Romano 1994, JASA 89:1303–1313, for the family), so that runs of good and bad
days stay together, and by letting each drawn surprise move the pace of its future as it would have moved ours. The
starting level is itself redrawn, since it too was estimated. The interval is a pair of quantiles of the futures.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.calendar import Calendar, DayClass
from metrics.rhythm import Rhythm, expected, fit, step

Array = NDArray[np.floating[Any]]

MINIMUM_DAYS = 28
# How far back the redrawn starting level looks; older days have no weight left.
_MEMORY = 60
_LOWEST_START = 0.05


class InsufficientHistoryError(ValueError):
    """A series is too short or too empty to forecast; the message says how long it is and what is needed."""


@dataclass(frozen=True, slots=True)
class Method:
    """How to resample: number of futures, coverage of the interval, block length in days, window of surprises, seed."""

    resamples: int = 1000
    coverage: float = 0.8
    block: int = 7
    window: int = 120
    seed: int = 20241121


@dataclass(frozen=True)
class Forecast:
    """A forecast of a cumulative total.

    ``path`` has one row per future day: ``day``, ``low``, ``median``, ``high`` of the total at its end. ``low``,
    ``median`` and ``high`` are those of the last day (the total so far if no day is left). ``probability`` is that of
    the total reaching the target by then (None without a target), and ``expected_on`` the first day on which the
    median does (None if it does not). ``coverage`` is the share of futures between low and high.
    """

    path: pd.DataFrame
    low: float
    median: float
    high: float
    coverage: float
    probability: float | None = None
    expected_on: date | None = None


def daily_series(frame: pd.DataFrame, start: date, as_of: date) -> "pd.Series[float]":
    """Return the increments of every day from ``start`` to ``as_of``, days without any as 0.

    ``frame`` has columns ``day`` and ``n``; several rows of a day (several groups) are added up.
    """
    days = pd.date_range(start, as_of, name="day")
    summed = frame["n"].groupby(pd.to_datetime(frame["day"]).dt.as_unit(days.unit)).sum()
    return summed.reindex(days, fill_value=0.0).astype("float64").rename("n")


def forecast(
    increments: "pd.Series[float]",
    until: date,
    calendar: Calendar,
    *,
    done: float,
    target: float | None = None,
    cap: float | None = None,
    method: Method | None = None,
) -> Forecast:
    """Return where the total will stand on ``until``, with an interval and the probability of reaching ``target``.

    ``increments`` come from ``daily_series`` and end on the as-of date, ``done`` is the total on it. ``target`` and
    ``cap`` are totals too; no future passes ``cap`` (in-list coverage cannot pass the list). The same arguments give
    the same result. The probability is 1 if the target is reached already, 0 or 1 if no day is left, and otherwise
    strictly in between (see ``probability_of``). Raises ``InsufficientHistoryError`` for less than four weeks of
    history since the first count, and ``ValueError`` for days that are not consecutive.
    """
    method = method or Method()
    ahead = _ahead(_consecutive(increments), until)
    if len(ahead) == 0:
        return _settled(done, target, method.coverage)
    totals = done + np.cumsum(futures(increments, until, calendar, method), axis=1)
    return _summary(totals if cap is None else np.minimum(totals, max(cap, done)), ahead, done, target, method)


def futures(increments: "pd.Series[float]", until: date, calendar: Calendar, method: Method) -> Array:
    """Return resampled increments up to ``until`` (futures × days); arguments and errors as in ``forecast``."""
    days = _consecutive(increments)
    counts, classes = _history(increments, calendar.classes(days), method.block)
    return simulate(fit(counts, classes, method.window), calendar.classes(_ahead(days, until)), method)


def probability_of(totals: Array, target: float) -> float:
    """Return the probability that a total reaches ``target``, from resampled totals; never exactly 0 or 1.

    One success and one failure are added (Laplace's rule), because no number of resamples shows certainty.
    """
    return (int((totals >= target).sum()) + 1) / (len(totals) + 2)


def simulate(rhythm: Rhythm, classes: NDArray[np.intp], method: Method) -> Array:
    """Return resampled future increments (futures × days) for days of the given classes; never negative."""
    rng = np.random.default_rng(method.seed)
    weights = np.array([rhythm.level_weight, rhythm.trend_weight])
    level = rhythm.level * _redrawn_start(rhythm, method, rng)
    trend = np.full(method.resamples, rhythm.trend)
    drawn = _blocks(rhythm.surprises, len(classes), method, rng)
    increments = np.empty((method.resamples, len(classes)))
    for day, kind in enumerate(classes):
        surprise = np.clip(rhythm.spreads[kind] * drawn[:, day], -1.0, rhythm.largest)
        increments[:, day] = expected(level, trend) * rhythm.factors[kind] * (1.0 + surprise)
        level, trend = step(level, trend, surprise, rhythm.factors[kind], weights)
    return increments


def _redrawn_start(rhythm: Rhythm, method: Method, rng: np.random.Generator) -> Array:
    """Return how far off the starting level may be: the smoother applied to redrawn surprises, as a factor."""
    past = _blocks(rhythm.surprises, _MEMORY, method, rng) * rhythm.spreads[DayClass.WORKING]
    fading = rhythm.level_weight * (1.0 - rhythm.level_weight) ** np.arange(_MEMORY)
    start: Array = np.maximum(1.0 + np.minimum(past, rhythm.largest) @ fading, _LOWEST_START)
    return start


def _blocks(surprises: Array, length: int, method: Method, rng: np.random.Generator) -> Array:
    """Return ``length`` surprises for every future, made of blocks of consecutive ones with equal chance."""
    count = -(-length // method.block)
    starts = rng.integers(0, len(surprises) - method.block + 1, size=(method.resamples, count))
    picked = starts[:, :, None] + np.arange(method.block)
    drawn: Array = surprises[picked.reshape(method.resamples, -1)[:, :length]]
    return drawn


def _consecutive(increments: "pd.Series[float]") -> pd.DatetimeIndex:
    days = pd.DatetimeIndex(increments.index)
    if len(days) == 0:
        raise InsufficientHistoryError(f"no day of history; a forecast needs {MINIMUM_DAYS}")
    if len(days) > 1 and not (np.diff(days.to_numpy()) == np.timedelta64(1, "D")).all():
        raise ValueError("increments must have one row per consecutive day; see daily_series")
    return days


def _ahead(days: pd.DatetimeIndex, until: date) -> pd.DatetimeIndex:
    return pd.date_range(days[-1] + pd.Timedelta(days=1), until)


def _history(increments: "pd.Series[float]", classes: NDArray[np.intp], block: int) -> tuple[Array, NDArray[np.intp]]:
    """Return counts and classes from the first count on, or refuse a series from which nothing can be learned."""
    counts = increments.to_numpy(dtype=np.float64)
    positive = np.flatnonzero(counts > 0)
    begun = int(positive[0]) if len(positive) else len(counts)
    counts, classes = counts[begun:], classes[begun:]
    needed = max(MINIMUM_DAYS, 2 * block)
    if len(counts) < needed or not counts[classes == DayClass.WORKING].any():
        raise InsufficientHistoryError(f"{len(counts)} days since the first count; a forecast needs {needed}")
    return counts, classes


def _summary(totals: Array, ahead: pd.DatetimeIndex, done: float, target: float | None, method: Method) -> Forecast:
    tail = (1.0 - method.coverage) / 2.0
    low, median, high = np.quantile(totals, [tail, 0.5, 1.0 - tail], axis=0)
    path = pd.DataFrame({"day": ahead, "low": low, "median": median, "high": high})
    probability = expected_on = None
    if target is not None:
        probability = 1.0 if done >= target else probability_of(totals[:, -1], target)
        meets = np.flatnonzero(median >= target)
        expected_on = ahead[meets[0]].date() if len(meets) and done < target else None
    return Forecast(path, low[-1], median[-1], high[-1], method.coverage, probability, expected_on)


def _settled(done: float, target: float | None, coverage: float) -> Forecast:
    columns = {name: pd.Series(dtype="float64") for name in ("low", "median", "high")}
    path = pd.DataFrame({"day": pd.DatetimeIndex([]), **columns})
    return Forecast(path, done, done, done, coverage, None if target is None else float(done >= target))
