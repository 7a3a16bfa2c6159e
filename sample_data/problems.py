"""The problems that visits and hotlines collect: simple ones solved on the spot, complex ones with a deadline."""

from dataclasses import dataclass

import numpy as np

from sample_data.cells import coded, dates, numbered, whole, yes_no
from sample_data.days import NEVER
from sample_data.draws import Bools, Floats, Ints, categories, pick, waiting_days
from sample_data.enterprises import ENTERPRISE_PREFIX, Columns
from sample_data.plan import column
from sample_data.registry import City
from sample_data.visits import Visits

_LEVELS = ("simple", "complex")
_ON_THE_SPOT = 0.86
_BY_TIER = np.array([1.6, 2.2, 1.6, 1.0, 1.1, 1.2])


@dataclass(frozen=True)
class _Course:
    """When each problem was due and when it was closed."""

    deadline: Ints
    closed: Ints


def problem_columns(city: City, visits: Visits, rng: np.random.Generator) -> Columns:
    """Return the register of problems in the order of their days."""
    plan, days = city.plan, city.days
    row = _visits_with_problems(city, visits, rng)
    kinds, count = plan.problems["categories"], len(row)
    kind = categories(rng, [k["share"] for k in kinds], count)
    source = categories(rng, list(plan.problems["sources"].values()), count)
    simple = rng.random(count) < np.array([k["simple"] for k in kinds])[kind]
    raised = np.where(
        source == 0, visits.day[row], np.minimum(visits.day[row] + rng.integers(1, 12, count), days.lists_end)
    )
    course = _course(city, raised, simple, kind, city.registry.county[visits.enterprise[row]], rng)
    order = np.argsort(raised, kind="stable")
    closed = course.closed[order]
    done = closed != NEVER
    departments = list(dict.fromkeys(k["department"] for k in kinds))
    department = np.array([departments.index(k["department"]) for k in kinds])[kind]
    moved = ~simple & (rng.random(count) < 0.09) & (course.deadline > raised + 6)
    suspended = ~simple & (rng.random(count) < 0.07)
    return {
        "problem_id": numbered("WT", np.arange(1, count + 1), 6),
        "enterprise_id": numbered(ENTERPRISE_PREFIX, visits.enterprise[row][order] + 1),
        "visit_id": numbered("V", np.where(source == 0, row + 1, -1)[order]),
        "source": coded(source[order], list(plan.problems["sources"])),
        "category": coded(kind[order], [k["code"] for k in kinds]),
        "level": coded((~simple[order]).astype(np.int64), _LEVELS),
        "raised_on": dates(raised[order], days.start),
        "department": coded(department[order], departments),
        "deadline": dates(course.deadline[order], days.start),
        "suspended_days": whole(np.where(suspended, rng.integers(3, 20, count), 0)[order], simple[order]),
        "transferred_on": dates(np.where(moved, raised + 4, NEVER)[order], days.start),
        "closed_on": dates(closed, days.start),
        "reopened": yes_no(done & (rng.random(count) < 0.035)),
        "satisfaction": whole(1 + categories(rng, [1, 2, 9, 34, 54], count), ~done | (rng.random(count) < 0.35)),
    }


def _visits_with_problems(city: City, visits: Visits, rng: np.random.Generator) -> Ints:
    """Return the visits at which a problem came up: those that met somebody, of payers and applicants oftener."""
    weight = visits.valid * _BY_TIER[city.registry.tier[visits.enterprise]]
    return pick(rng, weight.astype(np.float64), city.plan.totals.problems)


def _course(city: City, raised: Ints, simple: Bools, kind: Ints, county: Ints, rng: np.random.Generator) -> _Course:
    """Return deadlines and closing days: counties and subjects differ in how long they take."""
    limits, count = np.array(city.plan.problems["limits"]), len(raised)
    limit = np.where(simple, 5, limits[categories(rng, [40, 45, 15], count)])
    slow = np.array([k["slow"] for k in city.plan.problems["categories"]])[kind]
    slow = slow / column(city.plan.counties, "closing")[county]
    took = _days_taken(simple, limit, slow, rng)
    closed = np.where(took == 0, raised, city.days.on_working_day(raised + took))
    return _Course(raised + limit, np.where(closed > city.days.lists_end, NEVER, closed))


def _days_taken(simple: Bools, limit: Ints, slow: Floats, rng: np.random.Generator) -> Ints:
    count = len(limit)
    spot = simple & (rng.random(count) < _ON_THE_SPOT)
    took = np.where(
        simple, 1 + waiting_days(rng, 2.0 * slow, 0.7, count), 2 + waiting_days(rng, 0.55 * limit * slow, 0.6, count)
    )
    stuck = ~simple & (rng.random(count) < 0.04 * slow)
    return np.where(spot, 0, np.where(stuck, 10**4, took))
