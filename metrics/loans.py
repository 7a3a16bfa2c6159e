"""Loan metrics that need more than a progress frame: spread of rates (M44), all-in cost (M45), bad loans (M51)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from metrics.catalogue import metric
from metrics.compute import Array, ratio

# Rates outside are errors of unit or of entry and are left out, as in the weighted mean (M43).
LOWEST_RATE, HIGHEST_RATE = 0.0, 24.0

_COLUMNS = {"rate_p10": 0.1, "rate_median": 0.5, "rate_p90": 0.9}


def rate_quantiles(frame: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the spread of loan rates, one row per group (M44): by number of loans, not by amount.

    ``frame`` has ``by``, ``rate`` (per cent a year) and ``n`` (loans at that rate). Columns ``by``, ``loans``,
    ``rate_p10``, ``rate_median``, ``rate_p90`` and ``rate_simple_mean``. Rates at or below ``LOWEST_RATE`` or above
    ``HIGHEST_RATE`` are left out; NaN for groups with fewer loans than the metric's ``min_n``. Quantiles interpolate
    linearly between neighbouring loans, as spreadsheets do.
    """
    plausible = (frame["rate"] > LOWEST_RATE) & (frame["rate"] <= HIGHEST_RATE)
    kept = frame[plausible].sort_values("rate")
    if not by:
        return pd.DataFrame([_spread(kept)])
    rows = [dict(zip(by, key, strict=True)) | _spread(part) for key, part in kept.groupby(list(by), dropna=False)]
    return pd.DataFrame(rows, columns=[*by, "loans", *_COLUMNS, "rate_simple_mean"])


def all_in_cost(frame: pd.DataFrame) -> "pd.Series[float]":
    """Return rate plus fees in per cent a year, one per row (M45).

    ``frame`` has ``rate_amount`` (Σ amount × rate), ``rated_amount`` (Σ amount) and ``annual_fees`` (yuan a year for
    guarantees, appraisals …). NaN where fees are not reported or nothing was lent.
    """
    top = frame["rate_amount"] + 100.0 * frame["annual_fees"]
    values = ratio(top.to_numpy(dtype=np.float64), frame["rated_amount"].to_numpy(dtype=np.float64))
    return pd.Series(values, index=frame.index, name="all_in_cost")


def npl_ratio(frame: pd.DataFrame) -> "pd.Series[float]":
    """Return the non-performing balance in per cent of the balance, one per row (M51).

    ``frame`` has ``npl_balance`` and ``balance`` in yuan. NaN where either is not reported or the balance is zero.
    """
    values = ratio(frame["npl_balance"].to_numpy(dtype=np.float64), frame["balance"].to_numpy(dtype=np.float64), 100.0)
    return pd.Series(values, index=frame.index, name="npl_ratio")


def _spread(sorted_rates: pd.DataFrame) -> dict[str, float]:
    rates, n = sorted_rates["rate"].to_numpy(dtype=np.float64), sorted_rates["n"].to_numpy(dtype=np.float64)
    loans = float(n.sum())
    if loans < max(metric("rate_median").min_n, 1):
        return {"loans": loans} | dict.fromkeys([*_COLUMNS, "rate_simple_mean"], float("nan"))
    mean = float((rates * n).sum() / loans)
    return {"loans": loans} | {k: _quantile(rates, n, p) for k, p in _COLUMNS.items()} | {"rate_simple_mean": mean}


def _quantile(rates: Array, n: Array, share: float) -> float:
    """Return the quantile of rates that each occur ``n`` times, as if every loan were listed."""
    last = np.cumsum(n) - 1.0
    position = share * last[-1]
    below, above = np.floor(position), np.ceil(position)
    first, second = rates[np.searchsorted(last, below)], rates[np.searchsorted(last, above)]
    return float(first + (second - first) * (position - below))
