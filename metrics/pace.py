"""Pace against a dated target: the schedule line, the gap to it, and what the days left require.

The schedule is the official 序时进度: target × days elapsed ÷ total days, counted in calendar days with the start day
as day zero, so that the whole target is due on the last day. A milestone curve may replace the straight line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.calendar import Calendar
from metrics.compute import ratio


@dataclass(frozen=True, slots=True)
class Schedule:
    """A dated target: ``target`` (in the metric's unit, 70.0 for 70 %) is due on ``end``, counted from ``start``.

    ``milestones`` are (day, value due by then), joined by straight lines with the start (0) and the end (the target).
    Raises ``ValueError`` if the end does not follow the start, or milestones fall outside or go backwards.
    """

    start: date
    end: date
    target: float
    milestones: tuple[tuple[date, float], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a schedule that is not a rising line from the start to the end."""
        days, values = zip(*self._points, strict=True)
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise ValueError(f"schedule days must rise from start to end: {[day.isoformat() for day in days]}")
        if any(later < earlier for earlier, later in pairwise(values)):
            raise ValueError(f"schedule values must not fall: {list(values)}")

    @property
    def _points(self) -> tuple[tuple[date, float], ...]:
        return ((self.start, 0.0), *self.milestones, (self.end, self.target))

    def at(self, day: date) -> float:
        """Return what is due at the end of ``day``: 0 before the start, the whole target after the end (M07)."""
        return float(self.line([day])[0])

    def line(self, days: Sequence[date] | pd.DatetimeIndex) -> NDArray[np.floating[Any]]:
        """Return what is due at the end of each day, for drawing the target line."""
        known_days, values = zip(*self._points, strict=True)
        interpolated: NDArray[np.floating[Any]] = np.interp(_ordinals(days), _ordinals(known_days), values)
        return interpolated


def pace_gap(rates: "pd.Series[float]", schedule: Schedule, on: date) -> "pd.Series[float]":
    """Return the rates minus what the schedule asks for on ``on``, in percentage points (M08); NaN stays NaN."""
    return (rates - schedule.at(on)).rename("pace_gap")


def pace_ratio(rates: "pd.Series[float]", schedule: Schedule, on: date) -> "pd.Series[float]":
    """Return the rates in per cent of what the schedule asks for on ``on``; NaN while it asks for nothing yet.

    This is the score that the lights of a schedule are set for: 100 is exactly on schedule.
    """
    values = ratio(rates.to_numpy(dtype=np.float64), np.full(len(rates), schedule.at(on)), 100.0)
    return pd.Series(values, index=rates.index, name="pace_ratio")


def requirement(
    done: "pd.Series[float]", base: "pd.Series[float]", schedule: Schedule, on: date, calendar: Calendar
) -> pd.DataFrame:
    """Return what it takes to reach a percentage target in the days left after ``on``, one row per group.

    ``done`` are the enterprises reached (say ``visited``), ``base`` those the target is a percentage of (``listed``).
    Columns ``needed`` (target × base, rounded up to whole enterprises), ``remaining`` (never below zero),
    ``working_days`` left through the target date, and ``per_day`` = remaining ÷ working days: 0 once the target is
    met, NaN if something remains and no working day does. NaN where either input is.
    """
    whole = np.ceil((base.to_numpy(dtype=np.float64) * schedule.target / 100.0).round(6))
    remaining = np.maximum(whole - done.to_numpy(dtype=np.float64), 0.0)
    left = calendar.working_days(on, schedule.end)
    per_day = np.where(remaining == 0, 0.0, ratio(remaining, np.full(len(done), float(left))))
    columns = {"needed": whole, "remaining": remaining, "working_days": left, "per_day": per_day}
    return pd.DataFrame(columns, index=done.index)


def recent_pace(increments: "pd.Series[float]", calendar: Calendar, working_days: int = 10) -> float:
    """Return the increments per working day over the last ``working_days`` of the series, to set beside the need.

    ``increments`` is indexed by consecutive days (``metrics.forecast.daily_series``). What was done on rest days in
    between counts, since the requirement has only working days to spread over too. NaN for fewer working days.
    """
    days = pd.DatetimeIndex(increments.index)
    worked = np.flatnonzero(calendar.is_working(days))
    if len(worked) < working_days:
        return float("nan")
    return float(increments.iloc[worked[-working_days] :].sum()) / working_days


def _ordinals(days: Sequence[date] | pd.DatetimeIndex) -> NDArray[np.int64]:
    return pd.DatetimeIndex(list(days)).to_numpy(dtype="datetime64[D]").astype(np.int64)
