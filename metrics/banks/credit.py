"""Question 3: does a bank's credit match its size (M53, M54, M54b).

Two answers, because either can mislead: the ratio of shares (a location quotient, with a bootstrap interval) assumes
that credit grows in proportion to size; the residual of a log–log line does not, but the slope of that line is hard to
pin down with two dozen banks. The slope is tested against 1, and where the data do not speak against it, the line is
drawn with slope 1, so that both answers agree on what is expected.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from metrics.banks.dispersion import t_below
from metrics.banks.huber import huber_levels, huber_lines

Array = NDArray[np.floating[Any]]

FEWEST = 6
BAND = 0.8
RESAMPLED_BELOW = 50


@dataclass(frozen=True, slots=True)
class SlopeTest:
    """The free slope of ln credit on ln size, its standard error, and the test of slope = 1."""

    slope: float
    error: float
    p: float

    @property
    def is_proportional(self) -> bool:
        """Whether the data do not speak against credit growing in proportion to size (5 %)."""
        return not self.p < 0.05


@dataclass(frozen=True)
class CreditFit:
    """Credit against size on log scales.

    ``rows`` is indexed by bank (those with credit and size): ``credit``, ``size`` (yuan, or a count), ``expected``
    credit with its ``low`` to ``high`` (80 % prediction interval, yuan), ``gap`` = expected − credit with ``gap_low``
    to ``gap_high``, ``residual`` (the leave-one-out studentised one) and ``p`` (probability of one that low).
    ``without`` are the banks of known size without any credit: they have no logarithm and are listed apart.
    """

    rows: pd.DataFrame
    without: tuple[str, ...]
    test: SlopeTest
    intercept: float
    slope: float
    deviation: float

    def band(self, sizes: Array) -> pd.DataFrame:
        """Return the line over ``sizes`` with its 80 % prediction band: ``size``, ``expected``, ``low``, ``high``.

        The line is the typical bank's (its median), not the mean one's.
        """
        known = np.log(self.rows["size"].to_numpy())
        x = np.log(sizes)
        spread = np.square(x - known.mean()) / np.square(known - known.mean()).sum() if self.slope != 1.0 else 0.0
        reach = _t(BAND, len(known) - (1 if self.slope == 1.0 else 2)) * self.deviation
        reach = reach * np.sqrt(1.0 + 1.0 / len(known) + spread)
        line = self.intercept + self.slope * x
        columns = {"expected": np.exp(line), "low": np.exp(line - reach), "high": np.exp(line + reach)}
        return pd.DataFrame({"size": sizes, **columns})


def share_ratio(credit: "pd.Series[float]", size: "pd.Series[float]") -> "pd.Series[float]":
    """Return each bank's share of credit over its share of size (M53): 1 is in proportion. NaN without a size."""
    c, s = (column.to_numpy(dtype=np.float64) for column in (credit, size.reindex(credit.index)))
    known = np.isfinite(c) & (s > 0)
    ratio = np.full(len(c), np.nan)
    ratio[known] = c[known] / c[known].sum() / (s[known] / s[known].sum()) if c[known].sum() else np.nan
    return pd.Series(ratio, index=credit.index)


def resampled_totals(amounts: pd.DataFrame, draws: int = 1000, seed: int = 20241121) -> pd.DataFrame:
    """Return ``draws`` bootstrap totals of credit per bank (rows: draws, columns: banks).

    ``amounts`` has ``bank`` (its rows together), ``n``, how many of its enterprises a row stands for, and the sums of
    what they got, of its square and its cube: ``amount``, ``squares``, ``cubes`` (yuan and its powers). Of a bank with
    fewer than ``RESAMPLED_BELOW`` enterprises a row stands for those that got the same. In each bank as many
    enterprises are drawn as it has, with replacement; credit is so unevenly spread that no formula for the variance
    can be trusted. Of a larger bank the totals are drawn from the Pearson III curve with the three cumulants that the
    resampled total has exactly (Hall 1992, The Bootstrap and Edgeworth Expansion, §3.3): a tenth of a millisecond
    instead of some ten.
    """
    rng = np.random.default_rng(seed)
    sums = amounts[["n", "amount", "squares", "cubes"]].to_numpy(dtype=np.float64).T
    totals = {}
    for bank, start, stop in _stretches(amounts["bank"].to_numpy()):
        totals[bank] = _totals(sums[:, start:stop], draws, rng)
    return pd.DataFrame(totals)


def _stretches(banks: NDArray[np.object_]) -> list[tuple[str, int, int]]:
    """Return each bank with the first and the last + 1 of its rows, which lie together."""
    if not len(banks):
        return []
    ends = [*(np.flatnonzero(banks[1:] != banks[:-1]) + 1), len(banks)]
    return [(str(banks[a]), int(a), int(b)) for a, b in pairwise([0, *ends])]


def _totals(sums: Array, draws: int, rng: np.random.Generator) -> Array:
    cases, amount, squares, cubes = (float(value) for value in sums.sum(axis=1))
    if cases < RESAMPLED_BELOW:
        drawn = rng.multinomial(int(cases), sums[0] / cases, size=draws)
        return np.asarray(drawn @ (sums[1] / sums[0]), dtype=np.float64)
    mean = amount / cases
    second = squares - mean * amount
    third = cubes - 3.0 * mean * squares + 2.0 * mean**2 * amount
    if second <= 1e-12 * squares:  # no more than the rounding of the sums
        return np.full(draws, cases * mean)
    skew = third / second**1.5  # of the total: its cumulants are those of one enterprise times their number
    if skew < 1e-4:
        return np.asarray(rng.normal(cases * mean, np.sqrt(second), draws), dtype=np.float64)
    shape = 4.0 / skew**2
    return np.asarray(cases * mean + np.sqrt(second / shape) * (rng.gamma(shape, 1.0, draws) - shape), dtype=np.float64)


def ratio_intervals(ratios: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Return the percentile interval of ``share_ratio`` from ``resampled_ratios``: ``low`` and ``high`` by bank."""
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(ratios.to_numpy(dtype=np.float64), (tail, 1.0 - tail), axis=0)
    return pd.DataFrame({"low": low, "high": high}, index=ratios.columns)


def resampled_ratios(totals: pd.DataFrame, size: "pd.Series[float]") -> pd.DataFrame:
    """Return the share ratio of every bank (columns) in every draw (rows); banks without a size are left out."""
    sizes = size.reindex(totals.columns).to_numpy(dtype=np.float64)
    known = sizes > 0
    drawn, shares = totals.to_numpy(dtype=np.float64)[:, known], sizes[known] / sizes[known].sum()
    return pd.DataFrame(drawn / drawn.sum(axis=1)[:, None] / shares, columns=totals.columns[known])


def credit_fit(credit: "pd.Series[float]", size: "pd.Series[float]") -> CreditFit | None:
    """Fit ln credit on ln size by Huber's M-estimator; None for fewer than six banks with both.

    Each bank is judged by a line fitted without it: a large bank far from the others would else pull the line to
    itself. The residual is divided by the standard deviation of a prediction, which for least squares would be the
    externally studentised residual. Expected credit in money is multiplied by Duan's smearing factor (1983), the mean
    of the retransformed residuals, since exp of a mean logarithm is a median.
    """
    c, s = (column.to_numpy(dtype=np.float64) for column in (credit, size.reindex(credit.index)))
    known = np.isfinite(c) & (s > 0)
    given = known & (c > 0)
    if given.sum() < FEWEST:
        return None
    x, y = np.log(s[given]), np.log(c[given])
    test = slope_test(x, y)
    proportional = test.is_proportional
    line = (_levels if proportional else _lines)(x[:, None], y[:, None])
    columns = {"credit": c[given], "size": s[given], **_judged(x, y, proportional=proportional)}
    without = tuple(map(str, credit.index[known & ~given]))
    rows = pd.DataFrame(columns, index=credit.index[given])
    return CreditFit(rows, without, test, float(line.intercept[0]), float(line.slope[0]), float(line.deviation[0]))


def slope_test(x: Array, y: Array) -> SlopeTest:
    """Return the robust slope of ``y`` on ``x`` and the two-sided test of slope = 1 (t with n − 2 degrees)."""
    fit = huber_lines(x[:, None], y[:, None])
    slope, error = float(fit.slope[0]), float(fit.slope_error[0])
    return SlopeTest(slope, error, float(2.0 * t_below(np.array(-abs(slope - 1.0) / error), len(x) - 2)))


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines fitted to the columns of samples: an entry for each."""

    intercept: Array
    slope: Array
    deviation: Array
    smearing: Array


def _levels(x: Array, y: Array) -> _Lines:
    """Fit lines of slope 1 to the columns."""
    intercept, deviation = huber_levels(y - x)
    return _Lines(intercept, np.ones_like(intercept), deviation, _smearing(y - x - intercept, deviation))


def _lines(x: Array, y: Array) -> _Lines:
    """Fit lines of any slope to the columns."""
    fit = huber_lines(x, y)
    residuals = y - fit.intercept - fit.slope * x
    return _Lines(fit.intercept, fit.slope, fit.scale, _smearing(residuals, fit.scale))


def _smearing(residuals: Array, deviation: Array) -> Array:
    # Held within two and a half deviations: one wild bank must not set the money expected of all others.
    held = np.clip(residuals, -2.5 * deviation, 2.5 * deviation)
    return np.asarray(np.exp(held).mean(axis=0), dtype=np.float64)


def _judged(x: Array, y: Array, *, proportional: bool) -> dict[str, Array]:
    """Judge each bank by the line of the others."""
    n, freedom = len(x) - 1, len(x) - (2 if proportional else 3)
    others = np.tile(np.arange(len(x)), (len(x), 1))[~np.eye(len(x), dtype=bool)].reshape(len(x), -1).T
    lines = _levels(x[others], y[others]) if proportional else _lines(x[others], y[others])
    known = x[others]
    spread = (x - known.mean(axis=0)) ** 2 / np.square(known - known.mean(axis=0)).sum(axis=0)
    deviation = lines.deviation * np.sqrt(1.0 + 1.0 / n + (0.0 if proportional else spread))
    middle = lines.intercept + lines.slope * x
    reach = _t(BAND, freedom) * deviation
    expected, low, high = np.exp(middle) * lines.smearing, np.exp(middle - reach), np.exp(middle + reach)
    credit, residual = np.exp(y), (y - middle) / deviation
    return {
        "expected": expected, "low": low, "high": high, "gap": expected - credit, "gap_low": low - credit,
        "gap_high": high - credit, "residual": residual, "p": t_below(residual, freedom),
    }  # fmt: skip


def _t(share: float, freedom: int) -> float:
    return float(special.stdtrit(freedom, 0.5 + share / 2.0))
