"""Time from one stage to the next, with the cases that are still open.

Kaplan–Meier product-limit estimate (Kaplan & Meier 1958, JASA 53:457–481) on aggregated rows [days, ended, n]: a case
that is still open counts as long as it has been watched, instead of being dropped (too short) or awaited (too late).
Standard errors after Greenwood (1926), limits on the log(−log) scale (Kalbfleisch & Prentice 1980), which stay within
[0, 1]; limits of quantiles by inverting them (Brookmeyer & Crowley 1982, Biometrics 38:29–41).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

_TOLERANCE = 1e-12


@dataclass(frozen=True, slots=True)
class Quantile:
    """Days by which a share of cases has ended, with confidence limits; NaN where the curve does not get that far."""

    days: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The share of cases still open after each number of ``days`` on which any case ended (rising).

    ``at_risk`` cases were still open just before, ``ended`` of them ended that day, ``survival`` is the share open
    after it, ``low`` and ``high`` its confidence limits (NaN once nobody is left: they are not defined there).
    """

    days: Array
    at_risk: Array
    ended: Array
    survival: Array
    low: Array
    high: Array

    def frame(self) -> pd.DataFrame:
        """Return the curve as a frame with one row per day and the fields as columns."""
        columns = ("days", "at_risk", "ended", "survival", "low", "high")
        return pd.DataFrame({name: getattr(self, name) for name in columns})

    def at(self, days: float) -> tuple[float, float, float]:
        """Return the share still open after ``days`` and its limits; (1, 1, 1) before any case ended."""
        index = int(np.searchsorted(self.days, days, side="right")) - 1
        if index < 0:
            return 1.0, 1.0, 1.0
        return float(self.survival[index]), float(self.low[index]), float(self.high[index])

    def thinned(self, fewest: float) -> "Curve":
        """Return the curve at those days alone between which at least ``fewest`` ended and as many are still open."""
        kept: list[int] = []
        waiting = 0.0
        for place, (ended, at_risk) in enumerate(zip(self.ended, self.at_risk, strict=True)):
            waiting += float(ended)
            if waiting >= fewest and at_risk - ended >= fewest:
                kept, waiting = [*kept, place], 0.0
        columns = (self.days, self.at_risk, self.ended, self.survival, self.low, self.high)
        return Curve(*(column[kept] for column in columns))

    def quantile(self, share: float = 0.5) -> Quantile:
        """Return by when ``share`` of the cases has ended: the first day on which no more than 1 − share is open.

        The limits are the first days on which the lower and the upper limit of the curve have come down that far;
        NaN where they, or the curve, never do.
        """
        low = np.where(np.isnan(self.low), self.survival, self.low)
        return Quantile(*(self._first_day(limit, 1.0 - share) for limit in (self.survival, low, self.high)))

    def _first_day(self, limit: Array, open_share: float) -> float:
        found = np.flatnonzero(limit <= open_share + _TOLERANCE)
        return float(self.days[found[0]]) if len(found) else float("nan")


def kaplan_meier(frame: pd.DataFrame, confidence: float = 0.95) -> Curve:
    """Return the product-limit curve of the cases in ``frame``.

    ``frame`` has ``days`` (observed), ``ended`` (False: still open, censored) and ``n`` (cases; may be fractional under
    shared attribution). Days below zero count as 0: the end was recorded before the start. Of cases with equal days,
    the open ones are taken to outlast the ended ones. A frame in which nothing ended gives an empty curve.
    """
    return _curve(*_arrays(frame), confidence)


def stage_times(frame: pd.DataFrame, by: Sequence[str] = (), confidence: float = 0.95, min_n: int = 0) -> pd.DataFrame:
    """Return how long a stage takes, one row per group (M16, M29, M29b).

    ``frame`` has the columns ``by`` and those of ``kaplan_meier``. Columns ``by``, ``cases``, ``ended``, ``median``,
    ``median_low``, ``median_high`` and ``p90`` in days. NaN where the curve is not down to the quantile yet, and for
    groups with fewer than ``min_n`` cases. One row without ``by``.
    """
    days, ended, n = _arrays(frame)
    if not by:
        return pd.DataFrame([_times(days, ended, n, confidence, min_n)])
    groups = frame.reset_index(drop=True).groupby(list(by), sort=True, dropna=False).indices
    rows = []
    for key, index in sorted(groups.items()):
        names = key if isinstance(key, tuple) else (key,)
        times = _times(days[index], ended[index], n[index], confidence, min_n)
        rows.append(dict(zip(by, names, strict=True)) | times)
    return pd.DataFrame(rows, columns=[*by, "cases", "ended", "median", "median_low", "median_high", "p90"])


def _arrays(frame: pd.DataFrame) -> tuple[Array, NDArray[np.bool_], Array]:
    days = np.maximum(frame["days"].to_numpy(dtype=np.float64), 0.0)
    return days, frame["ended"].to_numpy(dtype=np.bool_), frame["n"].to_numpy(dtype=np.float64)


def _curve(days: Array, ended: NDArray[np.bool_], n: Array, confidence: float) -> Curve:
    distinct, where = np.unique(days, return_inverse=True)
    leaving = np.bincount(where, weights=n, minlength=len(distinct)).astype(np.float64)
    ends = np.bincount(where, weights=np.where(ended, n, 0.0), minlength=len(distinct)).astype(np.float64)
    at_risk: Array = np.cumsum(leaving[::-1])[::-1]
    event = ends > 0
    distinct, at_risk, ends = distinct[event], at_risk[event], ends[event]
    staying = np.where(at_risk - ends > _TOLERANCE * at_risk, at_risk - ends, 0.0)
    survival = np.cumprod(staying / at_risk)
    return Curve(distinct, at_risk, ends, survival, *_limits(survival, at_risk, ends, staying, confidence))


def _limits(survival: Array, risk: Array, ends: Array, staying: Array, confidence: float) -> tuple[Array, Array]:
    """Return the log(−log) limits of the curve; NaN where nobody is left."""
    z = NormalDist().inv_cdf(0.5 + confidence / 2.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(ends / (risk * staying))
        spread = z * np.sqrt(greenwood) / np.abs(np.log(survival))
        low, high = survival ** np.exp(spread), survival ** np.exp(-spread)
    alive = staying > 0
    return np.where(alive, low, np.nan), np.where(alive, high, np.nan)


def _times(days: Array, ended: NDArray[np.bool_], n: Array, confidence: float, min_n: int) -> dict[str, float]:
    cases, ends = float(n.sum()), float(n[ended].sum())
    if cases < min_n:
        days, ended, n = days[:0], ended[:0], n[:0]
    curve = _curve(days, ended, n, confidence)
    median, p90 = curve.quantile(), curve.quantile(0.9)
    limits = {"median": median.days, "median_low": median.low, "median_high": median.high}
    return {"cases": cases, "ended": ends, **limits, "p90": p90.days}
