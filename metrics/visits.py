"""Visit metrics that need more than a progress frame: visits per person-day (M13) and communities without one (M14)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from metrics.compute import ratio

# More visits on site a day than one person can make: bulk entry or a telephone list (see the catalogue, M13).
IMPLAUSIBLE_PER_PERSON_DAY = 25.0


def visits_per_person_day(frame: pd.DataFrame, working_days: int) -> "pd.Series[float]":
    """Return valid visits ÷ (visitors × working days), one per row (M13).

    ``frame`` has the measures ``visits`` and ``visitors`` of a period with ``working_days``
    (``metrics.calendar.Calendar.working_days``). NaN where either is not reported, or nobody visited or no day was
    worked. Above ``IMPLAUSIBLE_PER_PERSON_DAY`` it is a data-quality flag.
    """
    person_days = frame["visitors"].to_numpy(dtype=np.float64) * working_days
    values = ratio(frame["visits"].to_numpy(dtype=np.float64), person_days)
    return pd.Series(values, index=frame.index, name="visits_per_person_day")


def zero_visit_communities(
    communities: pd.DataFrame, by: Sequence[str] = ("region_1",), community: str = "region_3"
) -> pd.DataFrame:
    """Return how many communities had no valid visit, one row per group (M14).

    ``communities`` has one row per community (``by``, ``community``, ``listed`` and ``visits``), its ``visits`` those
    of the period asked about (the last 30 days) and its ``listed`` the visit list of the whole. Communities without
    listed enterprises, and rows of unknown community (""), are left out. Columns ``by``, ``communities`` and
    ``zero_visit_communities``; NaN where visits or the list were not reported.
    """
    kept = communities[(communities[community] != "") & ~(communities["listed"] == 0)]
    known = kept["visits"].notna() & kept["listed"].notna()
    empty = (kept["visits"] == 0).astype("float64").where(known)
    counted = kept.assign(communities=1.0, zero_visit_communities=empty)
    names = ["communities", "zero_visit_communities"]
    if not by:
        return counted[names].sum(skipna=False).to_frame().T
    return counted.groupby(list(by), dropna=False)[names].sum(skipna=False).reset_index()
