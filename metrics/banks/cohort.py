"""Question 2: how many of the enterprises a bank visited reach the application list (M22), given whom it visited.

A cohort share with Wilson's interval (1927), funnel-plot limits (Spiegelhalter 2005), and an indirect standardisation
that asks what the bank would have reached had its enterprises applied as often as the same kind of enterprise does in
the whole city.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from metrics.banks.dispersion import ADDITIVE_ABOVE, Array, Spread, additive, multiplicative, t_below

# Below this many cases the limits are the binomial's own quantiles: the normal curve is too symmetric there.
EXACT_BELOW = 100


@dataclass(frozen=True)
class ShareFit:
    """Shares of banks and what is ordinary among them.

    ``rows`` is indexed by bank: ``n``, ``x``, ``share`` with Wilson's 95 % interval ``low`` to ``high``, ``expected``
    (cases the city's rates would give), ``ratio`` = x ÷ expected, ``adjusted`` (``overall`` × ratio), ``z`` and
    ``p_low``, ``p_high`` (probability of a ratio that low, that high by chance). ``overall`` is the share of all banks
    together; ``spread`` is on the logit scale of the share if additive, on the scale of the share otherwise.
    """

    rows: pd.DataFrame
    overall: float
    spread: Spread

    def limits(self, n: Array, z: float) -> tuple[Array, Array]:
        """Return the shares between which a bank with ``n`` cases is ordinary."""
        p0 = self.overall
        if self.spread.is_additive:
            reach = z * self.spread.deviation(1.0 / (n * p0 * (1.0 - p0)))
            return _expit(self.spread.centre - reach), _expit(self.spread.centre + reach)
        reach = z * self.spread.deviation(p0 * (1.0 - p0) / n)
        low, high = np.clip(p0 - reach, 0.0, 1.0), np.clip(p0 + reach, 0.0, 1.0)
        if self.spread.phi > 1.0:
            return low, high
        tail = float(stats.norm.cdf(-z))
        exact = n < EXACT_BELOW
        return (
            np.where(exact, stats.binom.ppf(tail, n, p0) / n, low),
            np.where(exact, stats.binom.ppf(1.0 - tail, n, p0) / n, high),
        )


def wilson(x: Array, n: Array, confidence: float = 0.95) -> tuple[Array, Array]:
    """Return Wilson's score interval of x of n; NaN where ``n`` is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = proportion_confint(x, n, alpha=1.0 - confidence, method="wilson")
    empty = n <= 0
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def share_fit(cells: pd.DataFrame, by: Sequence[str] = ()) -> ShareFit:
    """Compare the shares of banks, standardised by the strata ``by`` (none: the plain share of the city).

    ``cells`` has ``bank``, the columns ``by``, and the counts ``n`` and ``x``; banks without cases are left out. Each
    stratum's rate is that of all banks together in it. Fewer than four banks give no ``z``.
    """
    banks, (n, x, expected, variance) = _standard(cells, by)
    overall = float(x.sum() / n.sum()) if n.sum() else float("nan")
    low, high = wilson(x, n)
    ratio = np.divide(x, expected, out=np.full(len(x), np.nan), where=expected > 0)
    z, freedom = _scores(x, expected, variance), max(len(n) - 1, 1)
    columns = {
        "n": n, "x": x, "expected": expected, "share": x / n, "low": low, "high": high, "ratio": ratio,
        "adjusted": overall * ratio, "z": z, "p_low": t_below(z, freedom), "p_high": t_below(-z, freedom),
    }  # fmt: skip
    return ShareFit(pd.DataFrame(columns, index=banks), overall, _plain_spread(n, x, overall))


def _standard(cells: pd.DataFrame, by: Sequence[str]) -> "tuple[pd.Index[str], Array]":
    """Return the banks with cases, and of each in rows: its cases, how many of them count, expectation, variance.

    Expected are as many as at the strata's rates, with the binomial variance around that.
    """
    stratum: NDArray[np.int64] = np.zeros(len(cells), dtype=np.int64)
    for name in by:
        codes, values = pd.factorize(cells[name].to_numpy(dtype=object), use_na_sentinel=False)
        stratum = stratum * len(values) + codes
    stratum = pd.factorize(stratum)[0]
    n, x = (cells[name].to_numpy(dtype=np.float64) for name in ("n", "x"))
    whole, reached = np.bincount(stratum, n), np.bincount(stratum, x)
    rate = np.divide(reached, whole, out=np.zeros(len(whole)), where=whole > 0)[stratum]
    number, found = pd.factorize(cells["bank"].to_numpy(dtype=object), sort=True)
    counted = (n, x, n * rate, n * rate * (1.0 - rate))
    sums = np.array([np.bincount(number, weights, len(found)) for weights in counted], dtype=np.float64)
    kept = sums[0] > 0
    return pd.Index(found[kept], dtype=object, name="bank"), sums[:, kept]


def _scores(cases: Array, expected: Array, variance: Array) -> Array:
    """Return z of x against its expectation: additive on the log scale of the ratio where φ is large."""
    usable = (expected > 0) & (variance > 0)
    found = np.full(len(cases), np.nan)
    x, e, v = cases[usable], expected[usable], variance[usable]
    if len(x) < 4:
        return found
    ratio, variance = x / e, v / e**2
    spread = multiplicative(ratio, variance, 1.0)
    if spread.phi > ADDITIVE_ABOVE:
        ratio = np.log((x + 0.5) / (e + 0.5))
        spread = additive(ratio, variance)
    found[usable] = spread.scores(ratio, variance)
    return found


def _plain_spread(n: Array, x: Array, p0: float) -> Spread:
    if not 0.0 < p0 < 1.0 or len(n) < 4:
        return Spread(p0, 1.0, 0.0, len(n))
    spread = multiplicative(x / n, p0 * (1.0 - p0) / n, p0)
    if spread.phi <= ADDITIVE_ABOVE:
        return spread
    share = (x + 0.5) / (n + 1.0)
    return additive(np.log(share / (1.0 - share)), 1.0 / (n * p0 * (1.0 - p0)))


def _expit(value: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-value))
