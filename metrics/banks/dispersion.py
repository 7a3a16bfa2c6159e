"""How far apart banks lie that differ from each other in nothing but chance and their ordinary variety.

Counts of real banks scatter more than Poisson or binomial counts do (over-dispersion). Limits that ignored it would
call half the banks outliers. Two models, both after Spiegelhalter (2005, Stat. Med. 24:1185–1202): the sampling
variance is multiplied by φ, or a variance τ² between banks is added to it. Both are estimated after winsorising, so
that the banks we are looking for do not hide themselves by widening the limits.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.optimize import brentq
from statsmodels.stats.meta_analysis import combine_effects

Array = NDArray[np.floating[Any]]

WINSORISED = 0.1
# Beyond this φ the scatter is between the banks and not in their counting: multiplying the sampling variance would
# give a bank with many cases limits that are too narrow.
ADDITIVE_ABOVE = 2.0
FEWEST = 4


@dataclass(frozen=True, slots=True)
class Spread:
    """How units scatter on a scale: ``centre``, and the sampling variance × ``phi`` + ``tau2``."""

    centre: float
    phi: float
    tau2: float
    units: int

    @property
    def is_additive(self) -> bool:
        """Whether a variance between the units is added, rather than the sampling variance multiplied."""
        return self.tau2 > 0

    def deviation(self, variance: Array) -> Array:
        """Return the standard deviation of a unit whose sampling variance is ``variance``."""
        return np.asarray(np.sqrt(self.phi * variance + self.tau2), dtype=np.float64)

    def scores(self, values: Array, variance: Array) -> Array:
        """Return how many standard deviations ``values`` lie from the centre."""
        return (values - self.centre) / self.deviation(variance)

    def p_below(self, scores: Array) -> Array:
        """Return the probability of a score that low or lower among units that do not differ.

        From Student's t: the spread itself is estimated from no more than ``units`` units.
        """
        return t_below(scores, max(self.units - 1, 1))


def dispersion(scores: Array, share: float = WINSORISED) -> float:
    """Return φ: the mean square of ``scores`` after winsorising ``share`` of them at either end.

    Divided by what winsorising leaves of a standard normal's variance, so that φ is 1 on average where there is no
    over-dispersion; the published formula omits this and comes out a third too small. NaN for fewer than four scores.
    """
    if len(scores) < FEWEST:
        return float("nan")
    held = _winsorised(scores, share)
    return float(held @ held) / len(held) / _remaining(len(scores), share)


def multiplicative(values: Array, variance: Array, centre: float) -> Spread:
    """Return the spread with φ, never below 1: units that scatter less than chance would are no reason to doubt it."""
    phi = dispersion((values - centre) / np.sqrt(variance))
    return Spread(centre, max(phi, 1.0) if np.isfinite(phi) else 1.0, 0.0, len(values))


def additive(values: Array, variance: Array) -> Spread:
    """Return the spread with a centre and a variance τ² between units that are estimated together.

    With ten units or more τ² solves Paule and Mandel's equation (1982) on winsorised scores: unlike DerSimonian and
    Laird's, its scores have equal variance under the model, so that winsorising takes off outliers and not simply the
    units with most cases. With fewer units nothing can be winsorised, and DerSimonian and Laird's estimate is used.
    """
    if _winsorised_units(len(values), WINSORISED) == 0:
        return _dersimonian_laird(values, variance)

    def excess(tau2: float) -> float:
        whole = variance + tau2
        scores = (values - _centre(values, whole)) / np.sqrt(whole)
        return dispersion(scores) - (len(values) - 1) / len(values)

    tau2 = 0.0
    if excess(0.0) > 0:
        tau2 = float(brentq(excess, 0.0, 100.0 * float(np.var(values)) + 1e-9))
    return Spread(_centre(values, variance + tau2), 1.0, tau2, len(values))


def between(share: float) -> float:
    """Return z of a two-sided limit that keeps ``share`` of the units, 0.95 or 0.998."""
    return float(special.ndtri(0.5 + share / 2.0))


def t_below(scores: Array, freedom: int) -> Array:
    """Return the probability of a score that low or lower in Student's t with ``freedom`` degrees."""
    # scipy.stats.t.cdf is this function behind checks that take ten times as long for two dozen scores.
    return np.asarray(special.stdtr(freedom, scores), dtype=np.float64)


def _centre(values: Array, variance: Array) -> float:
    weights = 1.0 / variance
    return float((_winsorised(values, WINSORISED) * weights).sum() / weights.sum())


def _dersimonian_laird(values: Array, variance: Array) -> Spread:
    if len(values) < 2:
        return Spread(float(np.mean(values)) if len(values) else float("nan"), 1.0, 0.0, len(values))
    found = combine_effects(values, variance, method_re="chi2")
    tau2 = max(float(found.tau2), 0.0)
    return Spread(float(np.average(values, weights=1.0 / (variance + tau2))), 1.0, tau2, len(values))


def _winsorised_units(n: int, share: float) -> int:
    return int(share * n)


def _winsorised(values: Array, share: float) -> Array:
    cut = _winsorised_units(len(values), share)
    ordered = np.sort(values)
    held = np.minimum(np.maximum(values, ordered[cut]), ordered[len(values) - 1 - cut])
    return np.asarray(held, dtype=np.float64)


@lru_cache(maxsize=256)
def _remaining(n: int, share: float) -> float:
    """Return the variance of a standard normal winsorised at the share that ``n`` units really lose at either end."""
    cut = _winsorised_units(n, share) / n
    if cut == 0:
        return 1.0
    q = float(special.ndtri(1.0 - cut))
    density = float(np.exp(-q * q / 2.0) / np.sqrt(2.0 * np.pi))
    return (1.0 - 2.0 * cut) - 2.0 * q * density + 2.0 * cut * q * q
