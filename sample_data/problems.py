"""The problems that visits and hotlines collect: simple ones solved on the spot, complex ones with a deadline."""

from dataclasses import dataclass

import numpy as np

from sample_data.cells import Column, coded, dates, numbered, whole, yes_no
from sample_data.days import NEVER
from sample_data.draws import Bools, Floats, Ints, categories, pick, waiting_days
from sample_data.enterprises import ENTERPRISE_PREFIX, Columns
from sample_data.plan import column
from sample_data.registry import City
from sample_data.visits import Visits

_LEVELS = ("simple", "complex")
_ON_THE_SPOT = 0.86
_BY_TIER = np.array([1.6, 2.2, 1.6, 1.0, 1.1, 1.2])
_NOT_YET = 10**4  # days: longer than the calendar


@dataclass(frozen=True)
class _Case:
    """What each problem is: its enterprise, its visit (-1: none), kind, source, level, and the day it came up."""

    enterprise: Ints
    visit: Ints
    kind: Ints
    source: Ints
    simple: Bools
    raised: Ints


@dataclass(frozen=True)
class _Course:
    """What became of each: due, suspended and for how long, passed on, closed, reopened and closed again when."""

    deadline: Ints
    suspended_on: Ints
    suspended: Ints
    transferred: Ints
    closed: Ints
    reopened: Ints
    reclosed: Ints


def problem_columns(city: City, visits: Visits, rng: np.random.Generator) -> Columns:
    """Return the register of problems in the order of their days."""
    plan, start = city.plan, city.days.start
    case = _cases(city, visits, rng)
    kinds, count = plan.problems["categories"], len(case.raised)
    course = _course(city, case, rng)
    done = course.closed != NEVER
    never, still = course.suspended_on == NEVER, course.suspended_on + course.suspended > city.days.lists_end
    return {
        "problem_id": numbered("WT", np.arange(1, count + 1), 6),
        "enterprise_id": numbered(ENTERPRISE_PREFIX, case.enterprise + 1),
        "visit_id": numbered("V", case.visit),
        "source": coded(case.source, list(plan.problems["sources"])),
        "category": coded(case.kind, [k["code"] for k in kinds]),
        "level": coded((~case.simple).astype(np.int64), _LEVELS),
        "raised_on": dates(case.raised, start),
        "department": _departments(city, case, course, rng),
        "deadline": dates(course.deadline, start),
        "suspended_on": dates(course.suspended_on, start),
        "suspended_days": whole(np.where(never, 0, course.suspended), case.simple | still),
        "transferred_on": dates(course.transferred, start),
        "closed_on": dates(course.closed, start),
        "reopened": yes_no(course.reopened != NEVER),
        "reopened_on": dates(course.reopened, start),
        "reclosed_on": dates(course.reclosed, start),
        "satisfaction": whole(_marks(course, rng), ~done | (rng.random(count) < 0.35)),
    }


def _cases(city: City, visits: Visits, rng: np.random.Generator) -> _Case:
    """Return the problems: those that met somebody tell of some, payers and applicants oftener."""
    plan = city.plan.problems
    weight = visits.valid * _BY_TIER[city.registry.tier[visits.enterprise]]
    row = pick(rng, weight.astype(np.float64), city.plan.totals.problems)
    kind = categories(rng, [k["share"] for k in plan["categories"]], len(row))
    source = categories(rng, list(plan["sources"].values()), len(row))
    simple = rng.random(len(row)) < np.array([k["simple"] for k in plan["categories"]])[kind]
    later = np.minimum(visits.day[row] + rng.integers(1, 12, len(row)), city.days.lists_end)
    raised = np.where(source == 0, visits.day[row], later)
    order = np.argsort(raised, kind="stable")
    visit = np.where(source == 0, row + 1, -1)
    who = visits.enterprise[row][order]
    return _Case(who, visit[order], kind[order], source[order], simple[order], raised[order])


def _course(city: City, case: _Case, rng: np.random.Generator) -> _Course:
    """Return what became of the problems: counties and subjects differ in how long they take."""
    plan, count, end = city.plan.problems, len(case.raised), city.days.lists_end
    limit = np.where(case.simple, 5, np.array(plan["limits"])[categories(rng, [40, 45, 15], count)])
    slow = np.array([k["slow"] for k in plan["categories"]])[case.kind]
    slow = slow / column(city.plan.counties, "closing")[city.registry.county[case.enterprise]]
    suspended = np.where(~case.simple & (rng.random(count) < plan["suspended"]), rng.integers(3, 20, count), 0)
    passed_on = case.raised + 1 + (rng.random(count) * 1.1 * limit).astype(np.int64)
    moves = ~case.simple & (rng.random(count) < plan["transferred"])
    took = _days_taken(case.simple, limit, slow, rng) + suspended + np.where(moves, limit // 2, 0)
    closed = _day(city, np.where(took == 0, case.raised, case.raised + took), spot=took == 0)
    transferred = np.where(moves & (passed_on < np.where(closed == NEVER, end + 1, closed)), passed_on, NEVER)
    reopened, reclosed = _reopenings(city, closed, rng)
    began = _suspensions(city, case.raised + 1 + limit // 3, suspended, closed)
    return _Course(case.raised + limit, began, suspended, transferred, closed, reopened, reclosed)


def _suspensions(city: City, day: Ints, length: Ints, closed: Ints) -> Ints:
    """Return when problems were suspended, in good time before their closing; NEVER where it had not come to that."""
    began = np.where(closed == NEVER, day, np.minimum(day, closed - length))
    return np.where((length == 0) | (began > city.days.lists_end), NEVER, began)


def _day(city: City, day: Ints, spot: Bools) -> Ints:
    """Return the days on which something is done: working days, those on the spot excepted; NEVER past the end."""
    done = np.where(spot, day, city.days.on_working_day(day))
    return np.where(done > city.days.lists_end, NEVER, done)


def _reopenings(city: City, closed: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return when some of the closed problems came back, and when those were closed for good."""
    count = len(closed)
    back = np.where((closed != NEVER) & (rng.random(count) < city.plan.problems["reopened"]), 0, _NOT_YET)
    reopened = _day(city, np.maximum(closed, 0) + back + rng.integers(2, 35, count), spot=np.zeros(count, np.bool_))
    again = np.maximum(reopened, 0) + waiting_days(rng, 9.0, 0.8, count)
    again = np.where((reopened == NEVER) | (rng.random(count) < 0.12), _NOT_YET, again)
    return reopened, _day(city, again, spot=np.zeros(count, np.bool_))


def _departments(city: City, case: _Case, course: _Course, rng: np.random.Generator) -> Column:
    """Return who is responsible: whoever the subject belongs to, or whoever it was passed on to."""
    kinds, receivers = city.plan.problems["categories"], city.plan.problems["receivers"]
    names = list(dict.fromkeys([*(k["department"] for k in kinds), *receivers]))
    first = np.array([names.index(k["department"]) for k in kinds])[case.kind]
    then = np.array([names.index(name) for name in receivers])[rng.integers(len(receivers), size=len(first))]
    return coded(np.where(course.transferred == NEVER, first, then), names)


def _marks(course: _Course, rng: np.random.Generator) -> Ints:
    """Return the marks from 1 to 5: lower where the deadline was missed or the problem came back."""
    count = len(course.closed)
    late = (course.closed > course.deadline + course.suspended) | (course.reopened != NEVER)
    good, poor = categories(rng, [1, 2, 9, 34, 54], count), categories(rng, [7, 13, 30, 33, 17], count)
    return 1 + np.where(late, poor, good)


def _days_taken(simple: Bools, limit: Ints, slow: Floats, rng: np.random.Generator) -> Ints:
    count = len(limit)
    spot = simple & (rng.random(count) < _ON_THE_SPOT)
    took = np.where(
        simple, 1 + waiting_days(rng, 2.0 * slow, 0.7, count), 2 + waiting_days(rng, 0.55 * limit * slow, 0.6, count)
    )
    stuck = ~simple & (rng.random(count) < 0.04 * slow)
    return np.where(spot, 0, np.where(stuck, _NOT_YET, took))
