"""Where the region in view stands: its measures and its parts' now and at the end of the month before, and its pace.

Visits and lists are reported up to different days. Each is read at its own: a rate of visits is never measured
against a schedule of a day its visits do not reach.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from components.context import Context
from components.filters import child_level
from components.reads import progress_at
from components.smallcells import fewest_shown, told_parts, told_whole, withheld_counts
from data_access.profile import Profile, Target
from metrics.calendar import Calendar
from metrics.catalogue import metric
from metrics.compute import compute, totals
from metrics.figures import Figure, State, bases, figure
from metrics.highlights import shortfall
from metrics.lights import Light, Thresholds, light
from metrics.pace import Schedule
from metrics.suppression import TOTAL

VISIT_TABLES = frozenset({"visits", "visit_targets"})
LIST_TABLES = ("applications", "recommendations", "decisions", "loans")
PACED = "visit_rate"
# What the pages ask of either date; a measure that no page shows is not computed.
VISIT_MEASURES = ("enterprises", "listed", "visited", "visited_listed", "visited_off_list")
LIST_MEASURES = (
    "enterprises", "visited", "needing", "applied", "recommended", "approved", "borrowers", "pending", "overdue",
    "approved_amount", "loan_amount", "rate_amount", "rated_amount", "unsecured_amount", "pushes_matured",
    "pushes_on_time", "pushes_decided", "pushes_backfilled", "pushes_overdue",
)  # fmt: skip


@dataclass(frozen=True)
class Situation:
    """The measures of one selection.

    ``visits_on`` and ``lists_on`` are the days up to which visits and lists are reported (None: never), ``before`` the
    month-ends they are compared with. ``parts`` are progress frames indexed by the code of the region below the one in
    view ("" = unclassified), ``wholes`` their totals, both by "visits", "lists" and the same with "_before".
    ``target`` is the dated target of the visit rate that applies here, if any, and ``due`` what its schedule asks for
    on ``visits_on``, in per cent (NaN without either).
    """

    context: Context
    visits_on: date | None
    lists_on: date | None
    parts: Mapping[str, pd.DataFrame]
    wholes: Mapping[str, "pd.Series[float]"]
    target: Target | None
    due: float
    thresholds: Thresholds

    def on(self, key: str) -> date | None:
        """Return the day up to which a metric's data reaches."""
        needs = metric(key).tables
        return self.visits_on if set(needs) <= VISIT_TABLES else self.context.as_of(*set(needs) - {"visit_targets"})

    def compared_with(self, key: str) -> date | None:
        """Return the month-end that a metric is compared with."""
        on = self.visits_on if _name(key) == "visits" else self.lists_on
        return month_end_before(on) if on else None

    def mixes_dates(self, key: str) -> bool:
        """Whether a ratio divides figures of different days."""
        needs = set(metric(key).tables)
        mixed = bool(needs & VISIT_TABLES) and bool(needs - VISIT_TABLES)
        return mixed and self.visits_on != self.lists_on

    def figure(self, key: str, *, before: bool = False) -> Figure:
        """Return a metric of the region in view, now or at the month-end before; a period has none before it."""
        if before and self.context.filters.period:
            return Figure(metric(key), State.UNDEFINED)
        row = self.wholes[_name(key, before=before)]
        found = self._told(figure(row, key, self.context.reported), row, TOTAL, before=before)
        return Figure(metric(key), State.SUPPRESSED) if before and self._moved_little(found) else found

    def part_figure(self, key: str, code: str) -> Figure:
        """Return a metric of the part ``code``; a part the store knows nothing of has no value."""
        row = self.rows[_name(key)].get(code)
        if not row:
            return Figure(metric(key), State.UNDEFINED)
        return self._told(figure(row, key, self.context.reported), row, code)

    def _moved_little(self, then: Figure) -> bool:
        """Whether what came since the month-end before is a count too small for the reader."""
        limit, name = fewest_shown(self.context), _name(then.metric.key)
        if not limit or then.state is not State.OK:
            return False
        now, before = self.wholes[name], self.wholes[_name(then.metric.key, before=True)]
        return any(0 < abs(now[base] - before[base]) < limit for base in bases(then.metric) if base in now)

    def _told(
        self, found: Figure, row: "Mapping[str, float] | pd.Series[float]", code: str, *, before: bool = False
    ) -> Figure:
        """Return a figure as the reader may see it: one of too few enterprises, or that gives such a one away, not.

        One of the earlier date stands beside today's, and is hidden where either is.
        """
        limit = fewest_shown(self.context)
        if not limit or found.state is not State.OK:
            return found
        counts = [name for name in bases(found.metric) if name in row]
        if any(0 < row[name] < limit for name in counts):
            return Figure(found.metric, State.SUPPRESSED, smallest=limit)
        names = {_name(found.metric.key), _name(found.metric.key, before=before)}
        is_hidden = any(code in self.withheld[at].get(name, ()) for at in names for name in counts)
        return Figure(found.metric, State.SUPPRESSED) if is_hidden else found

    @cached_property
    def told(self) -> Mapping[str, pd.DataFrame]:
        """The ``parts`` as the reader may see them: without small counts and what gives them away."""
        return {name: told_parts(self.context, frame) for name, frame in self.parts.items()}

    @cached_property
    def told_wholes(self) -> Mapping[str, "pd.Series[float]"]:
        """The ``wholes`` as the reader may see them."""
        return {
            name: told_whole(self.context, whole.to_frame().T, self.parts[name]).iloc[0]
            for name, whole in self.wholes.items()
        }

    @cached_property
    def rows(self) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
        """The rows of ``parts`` by name and code: looking one up in a frame costs more than computing from it."""
        return {name: records(frame) for name, frame in self.parts.items()}

    def values(self, key: str, *, before: bool = False) -> "pd.Series[float]":
        """Return a metric of every part by code, NaN where it has no value."""
        values = compute(self.parts[_name(key, before=before)], key)
        known = set(metric(key).needs) <= self.context.reported and not (before and self.context.filters.period)
        if known and fewest_shown(self.context):
            known_codes = [self._may_tell(key, str(code), before=before) for code in values.index]
            return values.where(np.array(known_codes, dtype=bool))
        return values if known else values * np.nan

    def _may_tell(self, key: str, code: str, *, before: bool) -> bool:
        """Whether the reader may see a metric of a part: of the earlier date where today's may be seen, too."""
        if self.part_figure(key, code).state is not State.OK:
            return False
        row = self.rows[_name(key, before=before)].get(code)
        if not row:
            return False
        found = figure(row, key, self.context.reported)
        return self._told(found, row, code, before=before).state is State.OK

    @cached_property
    def withheld(self) -> Mapping[str, Mapping[str, frozenset[str]]]:
        """By the name of ``parts`` and by count of enterprises: the parts whose count many may not see."""
        return {name: withheld_counts(self.context, frame) for name, frame in self.parts.items()}

    @cached_property
    def late(self) -> pd.DataFrame | None:
        """The parts that are behind schedule (``metrics.highlights.shortfall``), the unclassified left out.

        None where no part can be judged: without a schedule, or without a rate to measure against it.
        """
        frame = self.parts["visits"].drop("", errors="ignore")
        if self.schedule is None or self.visits_on is None or not self.due > 0:
            return None
        if self.values(PACED).drop("", errors="ignore").isna().all():
            return None
        return shortfall(frame["visited"], frame["listed"], self.schedule, self.visits_on, self.thresholds)

    @property
    def schedule(self) -> Schedule | None:
        """The line towards the dated target."""
        return schedule_of(self.target) if self.target else None

    def target_of(self, key: str) -> Target | None:
        """Return the dated target that a count or an amount has for the very region in view.

        None under filters: what a whole region is to reach says nothing about a part of its enterprises or time.
        """
        filters, on = self.context.filters, self.on(key)
        if on is None or filters.period or filters.hidden_count or metric(key).is_ratio:
            return None
        found = find_target(self.context.profile, key, filters.path, on)
        return found if found and found.region == filters.region and metric(key).polarity == "up" else None

    def light(self, rate: float) -> Light | None:
        """Return the light of a visit rate against the schedule; None where there is nothing to judge."""
        return light(100.0 * rate / self.due, self.thresholds) if self.due > 0 and not np.isnan(rate) else None


def build_situation(context: Context, extra: tuple[str, ...] = ()) -> Situation:
    """Read and gather the situation of the reader's selection; ``extra`` are measures to read beyond the usual."""
    visits_on, lists_on = context.as_of("visits"), context.as_of(*LIST_TABLES)
    days = {
        "visits": visits_on or context.filters.as_of,
        "lists": context.filters.as_of,
        "visits_before": month_end_before(visits_on or context.filters.as_of),
        "lists_before": month_end_before(lists_on or context.filters.as_of),
    }
    level = child_level(context.profile, context.filters)
    by = f"region_{len(context.filters.path) + 1}" if level else ""
    parts = _parts(context, by, days, extra)
    target = None
    if not context.filters.period:  # what was done in a part of the time has no schedule
        target = find_target(context.profile, PACED, context.filters.path, visits_on or context.filters.as_of)
    return Situation(
        context=context,
        visits_on=visits_on,
        lists_on=lists_on,
        parts=parts,
        wholes={name: totals(frame) for name, frame in parts.items()},
        target=target,
        due=schedule_of(target).at(visits_on) if target and visits_on else float("nan"),
        thresholds=thresholds(context.profile),
    )


def month_end_before(day: date) -> date:
    """Return the last day of the month before ``day``'s."""
    return day.replace(day=1) - timedelta(days=1)


def find_target(profile: Profile, key: str, path: tuple[str, ...], on: date) -> Target | None:
    """Return the target of a metric for the region ``path`` leads to, or the nearest region above it that has one.

    Of several, the one that runs on ``on``; failing that, the latest that has ended.
    """
    for region in (*reversed(path), ""):
        known = [t for t in profile.targets if t.metric == key and t.region == region and t.starts_on <= on]
        if known:
            return min(known, key=lambda t: (t.ends_on < on, abs((t.ends_on - on).days)))
    return None


def thresholds(profile: Profile) -> Thresholds:
    """Return where the city's lights change, in per cent of the schedule."""
    lights = profile.settings.get("lights", {})
    return Thresholds(100.0 * float(lights.get("good", 1.0)), 100.0 * float(lights.get("warning", 0.9)))


def calendar(profile: Profile) -> Calendar:
    """Return the city's working days."""
    return Calendar(profile.holidays, profile.makeup_workdays, profile.quiet_periods)


def schedule_of(target: Target) -> Schedule:
    """Return the line towards a target."""
    return Schedule(target.starts_on, target.ends_on, target.value)


def usual(of_visits: bool) -> tuple[str, ...]:
    """Return the measures that every situation holds, of the visits or of the lists."""
    return VISIT_MEASURES if of_visits else LIST_MEASURES


def _parts(context: Context, by: str, days: Mapping[str, date], extra: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    asked = [(day, usual(name.startswith("visits")) + extra) for name, day in days.items()]
    frames = progress_at(context, asked, (by,) if by else ())
    return {name: frame.set_index(by) if by else frame for name, frame in zip(days, frames, strict=True)}


def records(frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return the rows of a frame of measures by its index: looking one up in a frame costs more than using it."""
    names = [str(name) for name in frame.columns]
    rows = frame.to_numpy(dtype=np.float64).tolist()
    return {str(code): dict(zip(names, row, strict=True)) for code, row in zip(frame.index, rows, strict=True)}


def _name(key: str, *, before: bool = False) -> str:
    family = "visits" if set(metric(key).tables) <= VISIT_TABLES else "lists"
    return f"{family}_before" if before else family
