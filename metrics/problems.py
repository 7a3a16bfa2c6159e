"""Problems collected at visits and by hotline: closure, promptness, reopening and satisfaction (M59–M62).

Every share has its own denominator: what is due, what was closed, what was rated. A problem whose deadline lies ahead
is in no rate of promptness, however fast it was closed: counting the quick ones early would flatter the rate.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.compute import ratio
from metrics.proportions import wilson

# Each rate: the count it counts, and the count it is a share of.
RATES: Mapping[str, tuple[str, str]] = {
    "problem_closure_rate": ("due_closed", "due"),
    "problem_on_time_rate": ("on_time", "due"),
    "on_site_resolution_rate": ("solved_on_site", "problems"),
    "problem_reopen_rate": ("reopened", "was_closed"),
    "problem_satisfaction_rate": ("content", "rated"),
}


def totals(frame: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the counts of ``frame`` added up by the columns ``by`` (one row without them), in the order of ``by``.

    The other columns are counts, or texts that are dropped. ``problems`` is M59, ``overdue`` M61b. An empty frame
    gives zeros without ``by``, and no rows with it.
    """
    counts = [name for name, kind in frame.dtypes.items() if pd.api.types.is_numeric_dtype(kind)]
    if not by:
        return pd.DataFrame([np.nansum(frame[counts].to_numpy(dtype=np.float64), axis=0)], columns=counts)
    return frame.groupby(list(by), sort=True, as_index=False)[counts].sum()


def rates(frame: pd.DataFrame) -> pd.DataFrame:
    """Return ``frame`` with every rate of ``RATES`` with its 95 % limits (``_low``, ``_high``), and ``mean_mark``.

    ``frame`` has the counts the rates name, and ``marks``, the sum of the marks given (1 to 5). Rates are in per cent.
    NaN where nothing is due, closed or rated, and where a count is NaN (not reported).
    """
    parts, wholes = (frame[[pair[side] for pair in RATES.values()]].to_numpy(dtype=np.float64) for side in (0, 1))
    shares, (low, high) = ratio(parts, wholes, 100.0), wilson(parts, wholes)
    found: dict[str, NDArray[np.floating[Any]]] = {}
    for place, key in enumerate(RATES):
        found |= {key: shares[:, place], f"{key}_low": low[:, place], f"{key}_high": high[:, place]}
    found["mean_mark"] = ratio(_values(frame, "marks"), _values(frame, "rated"))
    return pd.concat([frame, pd.DataFrame(found, index=frame.index)], axis=1)


def _values(frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
    return frame[name].to_numpy(dtype=np.float64)


def monthly(flow: pd.DataFrame) -> pd.DataFrame:
    """Return what came in and was closed in each month, and what was open at its end (the last may be under way).

    ``flow`` has ``day``, ``raised``, ``closed`` and ``reopened``; columns ``month`` (its first day), the same counts,
    and ``open``: all that was raised or reopened until then less what was closed. Months without any event are there.
    """
    counts = ("raised", "closed", "reopened")
    days = list(flow["day"])  # some hundred days: pandas' own months take longer to set up than to count
    months = np.array([12 * day.year + day.month - 1 for day in days], dtype=np.intp)
    first, n = (int(months.min()), int(months.max() - months.min()) + 1) if days else (0, 0)
    added = {
        name: np.bincount(months - first, weights=flow[name].to_numpy(dtype=np.float64), minlength=n) for name in counts
    }
    stock = np.cumsum(added["raised"] + added["reopened"] - added["closed"])
    names = [date(month // 12, month % 12 + 1, 1) for month in range(first, first + n)]
    return pd.DataFrame({"month": pd.Series(names, dtype="object"), **added, "open": stock}).astype(
        dict.fromkeys((*counts, "open"), "float64")
    )
