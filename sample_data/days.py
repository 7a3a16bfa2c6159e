"""Days as whole numbers since the programme's start, and how much happens on each of them."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from data_access.profile import Profile
from sample_data.draws import Bools, Floats, Ints
from sample_data.plan import Plan

NEVER = -(10**6)  # a day that did not come


@dataclass(frozen=True)
class Rhythm:
    """How much happens on each day from the start on; day 0 is the programme's first."""

    weights: Floats

    @cached_property
    def cumulative(self) -> Floats:
        """What has happened before each day; one entry more than days."""
        return np.concatenate([[0.0], np.cumsum(self.weights)])

    def between(self, first: Ints, last: Ints, place: Floats) -> Ints:
        """Return for each pair a day from ``first`` to ``last``; ``place`` in [0, 1) says where on the way.

        Days are as likely as they are busy. Where nothing happens from first to last, the answer is ``last``.
        """
        before, after = self.cumulative[first], self.cumulative[last + 1]
        day = np.searchsorted(self.cumulative, before + place * (after - before), side="right") - 1
        return np.clip(np.where(after > before, day, last), first, last)


@dataclass(frozen=True)
class Days:
    """The calendar of the demo: which days are worked, and the rhythm of visits and of offices."""

    start: date
    visits_end: int
    lists_end: int
    working: Bools
    visits: Rhythm
    offices: Rhythm

    def number(self, day: date) -> int:
        """Return a date as days since the start."""
        return (day - self.start).days

    def month_ends(self, until: int) -> Ints:
        """Return the last day of each month that ends after the start and not after the day ``until``."""
        every = [self.start + timedelta(days=day) for day in range(1, until + 2)]
        return np.array([self.number(day) - 1 for day in every if day.day == 1], dtype=np.int64)

    def on_working_day(self, days: Ints) -> Ints:
        """Move each day that is not worked to the next one that is; past the calendar's end days stay as they are."""
        after = np.arange(len(self.working))
        after[~self.working] = len(self.working)
        moved = np.minimum.accumulate(after[::-1])[::-1]
        inside = (days >= 0) & (days < len(moved))
        return np.where(inside, moved[np.clip(days, 0, len(moved) - 1)], days)


def make_days(plan: Plan, rng: np.random.Generator) -> Days:
    """Return the demo's calendar: weekdays, holidays, the quiet weeks of the Spring Festival, and the year's drives."""
    profile, rhythm = plan.profile, plan.rhythm
    start = profile.programme_start
    dates = [start + timedelta(n) for n in range((plan.lists_until - start).days + 1)]
    working = np.array([is_worked(profile, day) for day in dates])
    visits_end = (plan.visits_until - start).days
    weights = np.array([_visits_on(plan, day, worked=bool(w)) for day, w in zip(dates, working, strict=True)])
    weights *= np.exp(rng.normal(0.0, rhythm["noise"], len(dates)))
    weights *= np.minimum(1.0, (np.arange(len(dates)) + 1) / 8)  # the first week warms up
    weights[visits_end + 1 :] = 0.0
    return Days(start, visits_end, len(dates) - 1, working, Rhythm(weights), Rhythm(working.astype(np.float64)))


def is_worked(profile: Profile, day: date) -> bool:
    """Return whether ``day`` is a working day of the profile's calendar."""
    return (day.weekday() < 5 and day not in profile.holidays) or day in profile.makeup_workdays


def _visits_on(plan: Plan, day: date, *, worked: bool) -> float:
    rhythm, profile = plan.rhythm, plan.profile
    if not worked:
        return float(rhythm["holiday"] if day in profile.holidays else rhythm["rest_day"])
    weight = float(rhythm["weekdays"][min(day.weekday(), 4)])
    if any(first <= day <= last for first, last in profile.quiet_periods):
        weight *= rhythm["quiet"]
    for wave in rhythm["waves"]:
        if wave["first"] <= day <= wave["last"]:
            weight *= wave["factor"]
    return weight
