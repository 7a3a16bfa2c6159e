"""The cohort version of the funnel: of those who started together, how many reached each stage in time.

Only cohorts that were watched for the whole window count towards a rate (``metrics.lists``); younger ones are shown
apart, because they still have time.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from metrics.compute import ratio
from metrics.proportions import wilson


def marked(frame: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return ``frame`` with ``mature`` (bool): whether a row's cohort was watched for its whole window by ``as_of``.

    ``frame`` has ``month`` (first day) and ``window`` (days). A member may start on the last day of the month.
    """
    ends = pd.to_datetime(frame["month"]) + pd.offsets.MonthEnd(0) + pd.to_timedelta(frame["window"], unit="D")
    return frame.assign(mature=ends <= pd.Timestamp(as_of))


def stage_totals(frame: pd.DataFrame, stages: Sequence[str], by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the mature cohorts of ``frame`` added up: one row per group, columns ``by`` and ``stages``.

    ``frame`` has ``mature``. A stage that is NaN in any row is NaN in the sum. One row without ``by``, of zeros if no
    cohort is mature.
    """
    grown = frame[frame["mature"]]
    if not by:
        return pd.DataFrame([{stage: grown[stage].sum(skipna=False) for stage in stages}])
    return grown.groupby(list(by), sort=True)[list(stages)].sum(skipna=False).reset_index()


def conversion(frame: pd.DataFrame, part: str, whole: str, confidence: float = 0.95) -> pd.DataFrame:
    """Return ``frame`` with ``rate``, ``low`` and ``high``: the share of ``whole`` that reached ``part``, in per cent.

    The limits are Wilson's. NaN where ``whole`` is zero or either is NaN.
    """
    x, n = frame[part].to_numpy(dtype=np.float64), frame[whole].to_numpy(dtype=np.float64)
    low, high = wilson(x, n, confidence)
    return frame.assign(rate=ratio(x, n, 100.0), low=low, high=high)


def first_mature_day(month: date, window: int) -> date:
    """Return the day from which the cohort of ``month`` (its first day) is mature for ``window`` days."""
    return (pd.Timestamp(month) + pd.offsets.MonthEnd(0)).date() + timedelta(days=window)
