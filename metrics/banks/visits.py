"""Question 1: does a bank visit as much as its size would have it (M52).

Expected visits share out all visits by size; the ratio of observed to expected is a location quotient. Its exact
interval (Garwood 1936) says how well it is known, its limits say what is ordinary among banks.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from metrics.banks.dispersion import ADDITIVE_ABOVE, Array, Spread, additive, multiplicative


@dataclass(frozen=True)
class VisitFit:
    """Visits against size.

    ``rows`` is indexed by bank: ``observed``, ``size``, ``expected``, ``ratio`` with its exact 95 % interval ``low`` to
    ``high``, ``z`` and ``p`` (probability of a ratio that low by chance). ``spread`` is on the log scale if it is
    additive, on the scale of the ratio otherwise.
    """

    rows: pd.DataFrame
    spread: Spread

    def limits(self, expected: Array, z: float) -> tuple[Array, Array]:
        """Return the ratios between which a bank with ``expected`` visits is ordinary."""
        reach = z * self.spread.deviation(1.0 / expected)
        if self.spread.is_additive:
            return np.exp(self.spread.centre - reach), np.exp(self.spread.centre + reach)
        return np.maximum(self.spread.centre - reach, 0.0), self.spread.centre + reach


def visit_fit(observed: "pd.Series[float]", size: "pd.Series[float]") -> VisitFit:
    """Compare visits with size over the banks that have both; a bank of size 0 or unknown size is left out.

    ``observed`` are visits (户次) or enterprises visited, 0 allowed. Needs four banks, or ``z`` and ``p`` are NaN.
    """
    o, s = (column.to_numpy(dtype=np.float64) for column in (observed, size.reindex(observed.index)))
    known = np.isfinite(o) & (s > 0)
    known &= bool(o[known].sum() > 0)
    o, s = o[known], s[known]
    e = o.sum() * s / s.sum()
    low, high = poisson_interval(o)
    spread, scores = _spread(o, e)
    columns = {
        "observed": o, "size": s, "expected": e, "ratio": o / e, "low": low / e, "high": high / e, "z": scores,
        "p": spread.p_below(scores),
    }  # fmt: skip
    return VisitFit(pd.DataFrame(columns, index=observed.index[known]), spread)


def poisson_interval(count: Array, confidence: float = 0.95) -> tuple[Array, Array]:
    """Return the exact limits of a Poisson mean after seeing ``count`` (Garwood 1936, Biometrika 28:437–442)."""
    tail = (1.0 - confidence) / 2.0
    # Half a chi-square with 2 k degrees is a gamma of shape k.
    low = np.where(count > 0, special.gammaincinv(np.maximum(count, 1.0), tail), 0.0)
    return low, np.asarray(special.gammaincinv(count + 1.0, 1.0 - tail), dtype=np.float64)


def daily_load(visits: "pd.Series[float]", visitors: "pd.Series[float]", workdays: int) -> "pd.Series[float]":
    """Return visits per visitor and working day: what the numbers ask of one person. NaN without visitors or days."""
    if workdays <= 0:
        return pd.Series(np.nan, index=visits.index)
    return (visits / visitors.where(visitors > 0) / workdays).astype("float64")


def _spread(observed: Array, expected: Array) -> tuple[Spread, Array]:
    ratio, variance = observed / expected, 1.0 / expected
    spread = multiplicative(ratio, variance, 1.0)
    if spread.units < 4:
        return spread, np.full(len(ratio), np.nan)
    if spread.phi <= ADDITIVE_ABOVE:
        return spread, spread.scores(ratio, variance)
    # Half a case on either side keeps a bank without any visit on the scale; it moves no other bank.
    values = np.log((observed + 0.5) / (expected + 0.5))
    spread = additive(values, variance)
    return spread, spread.scores(values, variance)
