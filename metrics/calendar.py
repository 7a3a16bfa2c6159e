"""Working days: weekends, public holidays and the working weekends that make up for them, all given as data."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray


class DayClass(IntEnum):
    """What kind of day it is, as far as the rhythm of visits goes."""

    WORKING = 0
    REST = 1
    QUIET_WORKING = 2  # a working day in a quiet period, such as the weeks around the Spring Festival
    QUIET_REST = 3


@dataclass(frozen=True)
class Calendar:
    """A city's working days.

    ``holidays`` are days off whatever the weekday, ``makeup_workdays`` weekend days that are worked; ``quiet`` lists
    periods (first and last day, both included) with a rhythm of their own. An empty calendar knows weekends only.
    """

    holidays: Collection[date] = frozenset()
    makeup_workdays: Collection[date] = frozenset()
    quiet: tuple[tuple[date, date], ...] = ()

    def is_working(self, days: pd.DatetimeIndex) -> NDArray[np.bool_]:
        """Return for each day whether it is worked."""
        stamps = _days(days)
        off, made_up = np.isin(stamps, _days(self.holidays)), np.isin(stamps, _days(self.makeup_workdays))
        return (np.is_busday(stamps) & ~off) | made_up

    def working_days(self, after: date, through: date) -> int:
        """Return the number of working days later than ``after`` and not later than ``through`` (0 if there are none).

        So on a day whose figures are in, the days still left to work are ``working_days(today, target date)``.
        """
        days = pd.date_range(after, through, inclusive="right") if after < through else pd.DatetimeIndex([])
        return int(self.is_working(days).sum())

    def classes(self, days: pd.DatetimeIndex) -> NDArray[np.intp]:
        """Return the ``DayClass`` of each day as an integer."""
        stamps = _days(days)
        in_quiet = np.zeros(len(days), dtype=bool)
        for first, last in self.quiet:
            in_quiet |= (stamps >= np.datetime64(first)) & (stamps <= np.datetime64(last))
        rest = np.where(self.is_working(days), DayClass.WORKING, DayClass.REST)
        return np.where(in_quiet, rest + DayClass.QUIET_WORKING, rest).astype(np.intp)


def _days(days: Iterable[date] | pd.DatetimeIndex) -> NDArray[np.datetime64]:
    if isinstance(days, pd.DatetimeIndex):
        return days.to_numpy().astype("datetime64[D]")
    return np.array(list(days), dtype="datetime64[D]")
