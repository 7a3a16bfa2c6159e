"""Cohort rates: of those who started together, how many got there in time (M22, M37).

Only cohorts that were watched for the whole window count. A period ratio (M21) mixes people who have had months with
people who have had days; a cohort does not.
"""

from datetime import date

import pandas as pd

from metrics.compute import ratio


def cohort_rates(frame: pd.DataFrame, as_of: date, window_days: int) -> pd.DataFrame:
    """Return ``frame`` with two more columns: ``mature`` (watched in full by ``as_of``) and ``rate`` in per cent.

    ``frame`` has one row per cohort (and group): ``cohort_end`` (last day on which a member could start), ``entered``
    (members) and ``converted`` (members that reached the next stage within ``window_days`` of their own start).
    ``rate`` is NaN for cohorts that are not mature, for empty ones, and where a count is NaN.
    """
    ends = pd.to_datetime(frame["cohort_end"])
    mature = ends + pd.Timedelta(days=window_days) <= pd.Timestamp(as_of)
    rates = ratio(frame["converted"].to_numpy(dtype="float64"), frame["entered"].to_numpy(dtype="float64"), 100.0)
    return frame.assign(mature=mature, rate=pd.Series(rates, index=frame.index).where(mature))


def mature_rate(frame: pd.DataFrame, as_of: date, window_days: int) -> tuple[float, float, float]:
    """Return the rate of all mature cohorts together, with the numbers behind it: (rate, converted, entered).

    Arguments as in ``cohort_rates``. The rate is recomputed from the sums, not averaged; NaN if no cohort is mature.
    """
    mature = cohort_rates(frame, as_of, window_days).query("mature")
    converted, entered = float(mature["converted"].sum(skipna=False)), float(mature["entered"].sum(skipna=False))
    return (100.0 * converted / entered if entered else float("nan")), converted, entered
