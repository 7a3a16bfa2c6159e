"""Decision time of banks: the rule of thirty days on matured cases, and the course of all cases (M28–M30)."""

import numpy as np
import pandas as pd

from metrics.banks.cohort import wilson
from metrics.survival import kaplan_meier, stage_times


def on_time(matured: "pd.Series[float]", decided: "pd.Series[float]") -> pd.DataFrame:
    """Return the share of matured pushes decided in time by bank: ``n``, ``x``, ``share``, ``low``, ``high`` (Wilson).

    Only pushes old enough to be due count: a young one could only ever count against the bank or for it, not both.
    """
    n, x = matured.to_numpy(dtype=np.float64), decided.to_numpy(dtype=np.float64)
    low, high = wilson(x, n)
    share = np.divide(x, n, out=np.full(len(n), np.nan), where=n > 0)
    return pd.DataFrame({"n": n, "x": x, "share": share, "low": low, "high": high}, index=matured.index)


def decision_times(durations: pd.DataFrame, min_n: int = 20) -> pd.DataFrame:
    """Return median and 90th percentile of days to a decision by bank (``metrics.survival.stage_times``)."""
    return stage_times(durations, ("bank",), min_n=min_n).set_index("bank")


def decided_by(durations: pd.DataFrame, days: int = 90) -> pd.DataFrame:
    """Return the share decided within each number of days, 0 to ``days``, with its 95 % interval.

    Columns ``bank``, ``day``, ``decided``, ``low``, ``high`` (NaN once nobody waits any more).
    """
    columns = ["bank", "day", "decided", "low", "high"]
    grid = np.arange(days + 1)
    parts = []
    for bank, cases in durations.groupby("bank", sort=True):
        curve = kaplan_meier(cases)
        waiting, low, high = np.array([curve.at(float(day)) for day in grid]).T
        values = (bank, grid, 1.0 - waiting, 1.0 - high, 1.0 - low)
        parts.append(pd.DataFrame(dict(zip(columns, values, strict=True))))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
