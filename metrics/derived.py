"""What is derived from a metric's values: change, share of the total, rank and change of rank.

Rates change in percentage points, amounts and counts in per cent; ranks are shared by ties.
"""

from datetime import date

import numpy as np
import pandas as pd

from metrics.catalogue import metric
from metrics.compute import ratio


def changes(now: "pd.Series[float]", before: "pd.Series[float]", key: str) -> pd.DataFrame:
    """Return how a metric changed between two dates, one row per group of ``now`` (``before`` is matched by index).

    Columns ``now``, ``before``, ``difference`` (in the metric's unit; percentage points for a percentage),
    ``relative`` (per cent of ``before``; NaN for a percentage, whose change is stated in points, and where
    ``before`` is zero) and ``better`` (1.0 for the better by the metric's polarity, -1.0 worse, 0.0 unchanged, NaN
    where unknown or where neither direction is better).
    """
    definition = metric(key)
    earlier = before.reindex(now.index)
    difference = (now - earlier).to_numpy(dtype=np.float64)
    relative = np.full(len(now), np.nan)
    if definition.unit not in {"percent", "percentage_point"}:
        relative = ratio(difference, np.abs(earlier.to_numpy(dtype=np.float64)), 100.0)
    sign = {"up": 1.0, "down": -1.0}.get(definition.polarity, np.nan)
    columns = {"now": now, "before": earlier, "difference": difference, "relative": relative}
    return pd.DataFrame({**columns, "better": np.sign(difference) * sign}, index=now.index)


def has_year_before(as_of: date, programme_start: date) -> bool:
    """Return whether a year-on-year change (同比) exists: the programme ran a year before ``as_of``."""
    anniversary_year = programme_start.year + 1
    return (as_of.year, as_of.month, as_of.day) >= (anniversary_year, programme_start.month, programme_start.day)


def share(values: "pd.Series[float]", total: float | None = None) -> "pd.Series[float]":
    """Return each value in per cent of ``total`` (of their sum if none is given); NaN if that is zero.

    Distinct counts by bank do not add up to the city: give their shares no ``total`` and call them shares of the
    banks' sum.
    """
    whole = float(values.sum(skipna=False)) if total is None else total
    shares = ratio(values.to_numpy(dtype=np.float64), np.full(len(values), whole), 100.0)
    return pd.Series(shares, index=values.index, name=values.name)


def rank(values: "pd.Series[float]", polarity: str = "up") -> "pd.Series[int]":
    """Return competition ranks (1, 2, 2, 4), best first: the largest for ``polarity`` "up" or "neutral".

    Values that agree to nine decimals share a rank; NaN has none (<NA>). Integer dtype Int64, index of ``values``.
    """
    ranks = values.round(9).rank(method="min", ascending=polarity == "down", na_option="keep")
    return ranks.astype("Int64")


def rank_change(now: "pd.Series[int]", before: "pd.Series[int]") -> "pd.Series[int]":
    """Return how many places each group rose (positive) or fell (negative); <NA> without a rank at either date."""
    return (before.reindex(now.index) - now).astype("Int64")
