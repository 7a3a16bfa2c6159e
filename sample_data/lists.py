"""Who is on the visit list, who is visited, and on which day first."""

from dataclasses import dataclass

import numpy as np

from sample_data.cells import coded, dates, numbered
from sample_data.days import NEVER, Rhythm
from sample_data.draws import Bools, Floats, Ints, allocate, categories, chosen, pick
from sample_data.enterprises import ENTERPRISE_PREFIX, Columns
from sample_data.plan import column
from sample_data.registry import TIERS, City

_LISTED = {"tax": 1.7, "platform": 3.0, "renewal": 3.0, "trader": 1.0, "farm": 0.9, "other": 1.1}
# When a tier's turn comes, as a share of the way; the rounds overlap.
_TURN = {"tax": 0.0, "platform": 0.03, "renewal": 0.06, "trader": 0.50, "farm": 0.58, "other": 0.42}
_OFF_LIST_LATER = 0.18
_OVERLAP = 0.20
_REMOVED_BEFORE_END = (62, 32)  # the days before the visits' end on which the list was cleaned
_REMOVAL_REASONS = ("注销", "吊销", "迁出", "重复登记")


@dataclass(frozen=True)
class Reach:
    """The list and the visits: who is listed at the end, who was taken off, who is visited and when first."""

    listed: Bools
    removed: Bools
    visited: Bools
    first_visit: Ints


def make_reach(city: City, rng: np.random.Generator) -> Reach:
    """Draw list and visits so that the totals of the plan come out exactly, in every county its own way."""
    listed = _listed(city, rng)
    dropped = np.where(city.registry.status == 0, 0.05, 3.0) * ~listed
    removed = chosen(rng, dropped, city.plan.totals.removed)
    visited = _visited(city, listed, rng)
    first = _first_visits(city, visited, listed, rng)
    return Reach(listed, removed, visited, first)


def _county_counts(city: City, mask: Bools) -> Ints:
    return np.bincount(city.registry.county[mask], minlength=len(city.plan.counties))


def _listed(city: City, rng: np.random.Generator) -> Bools:
    """Return who is on the list: micro, small and medium enterprises, payers and applicants before the rest."""
    weight = np.array([_LISTED[tier] for tier in TIERS])[city.registry.tier]
    weight = weight * np.where(city.registry.status == 0, 1.0, 0.3) * np.where(city.registry.size == 3, 0.0, 1.0)
    everybody = np.ones(len(city.registry), dtype=np.bool_)
    size = _county_counts(city, everybody)
    counts = allocate(city.plan.totals.listed, size * column(city.plan.counties, "listed"))
    return _chosen_by_county(city, weight, counts, rng)


def _chosen_by_county(city: City, weight: Floats, counts: Ints, rng: np.random.Generator) -> Bools:
    """Return a mask with exactly ``counts[c]`` enterprises of every county c set, drawn by weight."""
    mask = np.zeros(len(city.registry), dtype=np.bool_)
    edges = np.searchsorted(city.registry.county, np.arange(len(counts) + 1))
    for county, count in enumerate(counts):
        rows = slice(edges[county], edges[county + 1])
        mask[rows] = chosen(rng, weight[rows], int(count))
    return mask


def _visited(city: City, listed: Bools, rng: np.random.Generator) -> Bools:
    """Return who is visited: the county's share of its list, and the rest of its visits outside the list."""
    on_list = _county_counts(city, listed)
    visits = allocate(city.plan.totals.visited, on_list * column(city.plan.counties, "rate"))
    covered = np.rint(on_list * column(city.plan.counties, "coverage")).astype(np.int64)
    town = np.exp(rng.normal(0.0, 0.55, len(city.registry.places.towns) + 1))  # some towns leave more of their list out
    weight = town[city.registry.town] * np.where(city.registry.status == 0, 1.0, 0.08)
    inside = _chosen_by_county(city, weight * listed, covered, rng)
    outside = _chosen_by_county(city, np.where(listed, 0.0, weight), visits - covered, rng)
    return inside | outside


def _first_visits(city: City, visited: Bools, listed: Bools, rng: np.random.Generator) -> Ints:
    """Return the day of the first visit: the county's curve says how many by when, the tier who comes first."""
    turn = np.array([_TURN[tier] for tier in TIERS])[city.registry.tier]
    town = rng.normal(0.0, 0.10, len(city.registry.places.towns) + 1)
    turn = turn + town[city.registry.town] + np.where(listed, 0.0, _OFF_LIST_LATER)
    turn = turn + rng.normal(0.0, _OVERLAP, len(city.registry))
    first = np.full(len(city.registry), NEVER, dtype=np.int64)
    for number, county in enumerate(city.plan.counties):
        rows = np.flatnonzero(visited & (city.registry.county == number))
        queue = rows[np.argsort(turn[rows], kind="stable")]
        curve = _curve(city, county.early, county.late, rng)
        place = (np.arange(len(queue)) + 0.5) / max(len(queue), 1)
        end = np.full(len(queue), city.days.visits_end)
        first[queue] = curve.between(np.zeros_like(end), end, place)
    return first


def _curve(city: City, early: float, late: float, rng: np.random.Generator) -> Rhythm:
    """Return a county's own rhythm: the city's, leaning to the start or the end, with luck of its own."""
    way = (np.arange(city.days.visits_end + 1) + 0.5) / (city.days.visits_end + 1)
    weights = np.zeros_like(city.days.visits.weights)
    lean = way ** (early - 1) * (1 - way) ** (late - 1)
    weights[: city.days.visits_end + 1] = lean * np.exp(rng.normal(0.0, 0.12, len(way)))
    return Rhythm(city.days.visits.weights * weights)


def visit_list_columns(city: City, reach: Reach, rng: np.random.Generator) -> Columns:
    """Return the visit list: who joined with which issue, and who was taken off it."""
    rows = np.flatnonzero(reach.listed | reach.removed)
    version = categories(rng, [v.share for v in city.plan.versions], len(rows))
    removed = reach.removed[rows]
    version[removed] = 0
    issued = np.array([city.days.number(v.issued_on) for v in city.plan.versions])[version]
    cleaned = city.days.visits_end - np.array(_REMOVED_BEFORE_END)
    gone = np.where(removed, cleaned[rng.integers(2, size=len(rows))], NEVER)
    reason = np.where(city.registry.status[rows] == 0, len(_REMOVAL_REASONS), city.registry.status[rows]) - 1
    return {
        "enterprise_id": numbered(ENTERPRISE_PREFIX, rows + 1),
        "list_version": coded(version, [v.version for v in city.plan.versions]),
        "issued_on": dates(issued, city.days.start),
        "removed_on": dates(gone, city.days.start),
        "removed_reason": coded(np.where(removed, reason, -1), _REMOVAL_REASONS),
    }


def unvisited(city: City, reach: Reach, rng: np.random.Generator, count: int) -> Ints:
    """Return ``count`` enterprises that nobody has met although somebody tried, listed ones first."""
    weight = np.where(reach.listed, 6.0, 1.0) * ~reach.visited * np.where(city.registry.status == 0, 1.0, 1.6)
    return pick(rng, weight, min(count, int(np.count_nonzero(weight))))
