"""When a light turns red: across all banks and questions at once, and for two months running.

With 25 banks and four questions, a hundred tests at 5 % would raise five alarms a month where nothing is wrong. The
procedure of Benjamini and Hochberg (1995, JRSS B 57:289–300) bounds the share of false alarms among the alarms instead.
"""

from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

FALSE_SHARE = 0.10
DOUBT = 0.025


class Finding(StrEnum):
    """What a bank's light says."""

    RED = "red"  # lagging beyond chance, this month and the month before, and by every size measure that counts
    AMBER = "amber"  # lagging, but not yet persistent, not by every measure, or not after the adjustment
    GREEN = "green"  # within what is ordinary among banks
    GREY = "grey"  # too few cases, or not reported


def significant(p: pd.DataFrame, false_share: float = FALSE_SHARE) -> pd.DataFrame:
    """Return which of the p-values (rows: banks, columns: questions; NaN: not tested) are findings.

    Benjamini and Hochberg's procedure over the whole table, so that of the findings no more than ``false_share`` are
    expected to be false.
    """
    values = p.to_numpy(dtype=np.float64)
    known = np.isfinite(values)
    found = np.zeros(values.shape, dtype=bool)
    if known.any():
        found[known] = stats.false_discovery_control(np.clip(values[known], 0.0, 1.0)) <= false_share
    return pd.DataFrame(found, index=p.index, columns=p.columns)


def lights(now: pd.DataFrame, before: pd.DataFrame, confirmed: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the light of every bank and question (values of ``Finding``).

    ``now`` and ``before`` hold the one-sided p-values of lagging, this month and the month before (a bank missing
    there was not tested). ``confirmed``, where given, tells whether the second size measure has the same sign: a
    finding on which the two measures disagree stays amber.
    """
    this = significant(now).to_numpy()
    red = this & _aligned(significant(before), now, missing=False)
    if confirmed is not None:
        red &= _aligned(confirmed, now, missing=True)
    values = now.to_numpy(dtype=np.float64)
    answer = np.full(values.shape, Finding.GREEN.value, dtype=object)
    answer[this | (values < DOUBT)] = Finding.AMBER.value
    answer[red] = Finding.RED.value
    answer[np.isnan(values)] = Finding.GREY.value
    return pd.DataFrame(answer, index=now.index, columns=now.columns, dtype=object)


def _aligned(told: pd.DataFrame, like: pd.DataFrame, *, missing: bool) -> NDArray[np.bool_]:
    """Return what is told in the order of ``like``, ``missing`` where nothing is."""
    if not (told.index.equals(like.index) and told.columns.equals(like.columns)):
        told = told.reindex(index=like.index, columns=like.columns, fill_value=missing)
    return told.to_numpy(dtype=bool)
