"""Who needs finance, at which visit that was recorded, and for what."""

from dataclasses import dataclass, replace

import numpy as np

from sample_data.days import NEVER
from sample_data.draws import Bools, Floats, Ints, categories, pick
from sample_data.plan import column
from sample_data.registry import TIERS, City

NEED_USES = ("working_capital", "stock", "equipment", "expansion", "farming", "renewal", "research")
_BY_TIER = {"platform": 4.0, "renewal": 3.4, "tax": 1.3, "trader": 0.7, "farm": 1.0, "other": 0.9}
_AT_LATER_VISIT = 0.15


@dataclass(frozen=True)
class Needs:
    """The enterprises with a need, and the visit that recorded it; ``amount`` in yuan."""

    enterprise: Ints
    row: Ints
    amount: Ints
    use: Ints
    renewal_due: Ints
    applies: Bools


def need_odds(city: City) -> Floats:
    """Return how likely each enterprise is to need finance, by its kind, trade, county and round."""
    by_section = np.array([*(city.plan.needs.get(s, 1.0) for s in city.registry.sections), 1.0])
    odds = column(city.plan.entity_types, "need")[city.registry.entity_type] * by_section[city.registry.section]
    odds = odds * column(city.plan.counties, "need")[city.registry.county]
    odds = odds * np.array([_BY_TIER[tier] for tier in TIERS])[city.registry.tier]
    return np.asarray(
        odds * np.where(city.registry.status == 0, 1.0, 0.02) * np.where(city.registry.size == 3, 0.0, 1.0)
    )


def make_needs(city: City, first_row: Ints, last_row: Ints, zeal: Floats, rng: np.random.Generator) -> Needs:
    """Draw who needs finance among those visited; the need is recorded at the first visit, seldom at the last.

    ``first_row`` and ``last_row`` are the enterprises' first and last visit (-1: none), ``zeal`` raises the odds.
    """
    weight = need_odds(city) * zeal * (first_row >= 0)
    enterprise = pick(rng, weight, round(city.plan.totals.need_rate * city.plan.totals.visited))
    later = rng.random(len(enterprise)) < _AT_LATER_VISIT
    row = np.where(later, last_row[enterprise], first_row[enterprise])
    renewal = city.registry.tier[enterprise] == TIERS.index("renewal")
    use = np.where(renewal, NEED_USES.index("renewal"), uses(city, enterprise, rng))
    due = np.where(renewal | (rng.random(len(use)) < 0.1), rng.integers(20, city.days.lists_end + 200, len(use)), NEVER)
    nothing = np.zeros(len(enterprise), dtype=np.int64)
    return Needs(enterprise, row, nothing, use, due, nothing.astype(np.bool_))


def uses(city: City, enterprise: Ints, rng: np.random.Generator) -> Ints:
    """Return what each enterprise needs the money for: farms for the field, factories for machines."""
    farm = city.registry.section[enterprise] == city.registry.sections.index("A")
    factory = city.registry.section[enterprise] == city.registry.sections.index("C")
    common = categories(rng, [52, 28, 7, 9, 0, 4, 0], len(enterprise))
    field = categories(rng, [14, 8, 8, 4, 63, 3, 0], len(enterprise))
    works = categories(rng, [40, 22, 24, 7, 0, 4, 3], len(enterprise))
    return np.where(farm, field, np.where(factory, works, common))


def with_amounts(needs: Needs, requested: Ints, rng: np.random.Generator) -> Needs:
    """Return the needs with amounts: near what was ``requested`` later (0: never applied), else a modest sum.

    ``requested`` has one entry per enterprise of the register, in yuan.
    """
    later = requested[needs.enterprise]
    modest = np.exp(rng.normal(np.log(24.0), 0.8, len(later)))
    near = later / 10_000 * np.exp(rng.normal(0.02, 0.18, len(later)))
    amount = np.maximum(np.rint(np.where(later > 0, near, modest)), 1).astype(np.int64) * 10_000
    return replace(needs, amount=amount, applies=later > 0)
