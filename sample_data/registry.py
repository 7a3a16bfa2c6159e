"""The register: where every synthetic enterprise is, what it does, how large it is, and in which round it is visited.

Everything is held as whole numbers: places in the profile's lists of counties, towns, divisions and codes, -1 where
the register leaves a cell empty. ``enterprises`` turns them into the columns of the import file.
"""

from dataclasses import dataclass

import numpy as np

from data_access.profile import Node
from sample_data.days import Days
from sample_data.draws import Bools, Floats, Ints, allocate, categories, categories_by_row, chosen
from sample_data.plan import Plan, column

SIZES = ("micro", "small", "medium", "large")
TIERS = ("tax", "platform", "renewal", "trader", "farm", "other")
STATUSES = ("active", "deregistered", "revoked", "moved")
_STATUS_SHARES = (0.962, 0.024, 0.009, 0.005)
# Size classes by entity type, in the order of ``SIZES``.
_SIZE_SHARES = {
    "company": (0.84, 0.145, 0.0135, 0.0015),
    "sole_trader": (0.985, 0.015, 0.0, 0.0),
}
_FARM_SIZES = (0.82, 0.18, 0.0, 0.0)
# Who pays social security and tax: shares by entity type.
_PAYERS = {"company": (0.42, 0.66), "sole_trader": (0.03, 0.16), "cooperative": (0.15, 0.35)}
_FARM_PAYERS = (0.02, 0.03)
_PLATFORM_SHARE = 0.017
_RENEWAL_SHARES = {"company": 0.05, "sole_trader": 0.022}
_FARM_RENEWAL = 0.04


@dataclass(frozen=True)
class Places:
    """Towns and grids: the town each grid lies in, the county each town reports to, and the towns' grid ranges."""

    towns: tuple[Node, ...]
    town_county: Ints
    town_weight: Floats
    grid_town: Ints
    first_grid: Ints
    grids_in_town: Ints

    def grid_code(self, grid: int) -> str:
        """Return the code of a grid: its town's and a running number."""
        town = int(self.grid_town[grid])
        return f"{self.towns[town].code}{grid - int(self.first_grid[town]) + 1:03d}"


@dataclass(frozen=True)
class Registry:
    """The enterprises, county by county; one entry of every array each."""

    places: Places
    county: Ints
    town: Ints
    grid: Ints
    entity_type: Ints
    division: Ints
    section: Ints
    size: Ints
    tier: Ints
    status: Ints
    social_security: Bools
    tax: Bools
    sections: tuple[str, ...]
    divisions: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of enterprises."""
        return len(self.county)


def make_places(plan: Plan, rng: np.random.Generator) -> Places:
    """Spread the grids over the profile's towns; a town's weight is its share of its county's enterprises."""
    counties = [county.code for county in plan.counties]
    towns = tuple(node for node in plan.profile.regions if node.level == 2)
    county = np.array([counties.index(node.parent) for node in towns])
    weight = np.exp(rng.normal(0.0, 0.45, len(towns)))
    weight *= np.where(np.diff(county, prepend=-1) != 0, 1.6, 1.0)  # the first town of a county is its seat
    share = weight / np.bincount(county, weight)[county] * column(plan.counties, "weight")[county]
    # At least four grids a town, the rest by the square root of its size: villages do not grow as shops do.
    count = 4 + allocate(plan.totals.grids - 4 * len(towns), np.sqrt(share))
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    return Places(towns, county, share, np.repeat(np.arange(len(towns)), count), first, count)


def make_registry(plan: Plan, rng: np.random.Generator) -> Registry:
    """Draw the enterprises of the whole register."""
    places = make_places(plan, rng)
    counts = allocate(plan.totals.enterprises, column(plan.counties, "weight"))
    county = np.repeat(np.arange(len(counts)), counts)
    town, grid = _addresses(plan, rng, places, county)
    kind = categories_by_row(rng, _type_table(plan), county)
    division, section, divisions, sections = _trades(plan, rng, county, kind)
    social, tax = (_by_type(plan, rng, kind, n) for n in (0, 1))
    size = _sizes(plan, rng, kind)
    return Registry(
        places, county, town, grid, kind, division, section,
        size=size,
        tier=_tiers(plan, rng, kind, social | tax),
        status=categories(rng, _STATUS_SHARES, len(county)),
        social_security=social | (size > 0),
        tax=tax | (size > 0),
        sections=sections, divisions=divisions,
    )  # fmt: skip


def _addresses(plan: Plan, rng: np.random.Generator, places: Places, county: Ints) -> tuple[Ints, Ints]:
    """Return town and grid of each enterprise; a few are not known."""
    table = np.zeros((len(plan.counties), len(places.towns)))
    table[places.town_county, np.arange(len(places.towns))] = places.town_weight
    town = categories_by_row(rng, table, county)
    widest = int(places.grids_in_town.max())
    local = np.where(np.arange(widest) < places.grids_in_town[:, None], rng.uniform(0.4, 1.6, (1, widest)), 0.0)
    grid = places.first_grid[town] + categories_by_row(rng, local, town)
    unknown = chosen(rng, np.ones(len(county)), round(plan.shares["missing_town"] * len(county)))
    no_grid = unknown | (rng.random(len(county)) < 0.035)
    return np.where(unknown, -1, town), np.where(no_grid, -1, grid)


def _type_table(plan: Plan) -> Floats:
    """Return the weight of each entity type in each county: companies gather in towns, farms outside."""
    urban = column(plan.counties, "urban")
    lean = np.outer(urban - urban.mean(), column(plan.entity_types, "urban"))
    return column(plan.entity_types, "share")[None, :] * np.exp(lean)


def _trades(
    plan: Plan, rng: np.random.Generator, county: Ints, kind: Ints
) -> tuple[Ints, Ints, tuple[str, ...], tuple[str, ...]]:
    """Return division and section of each enterprise, -1 where the register leaves them out, and their codes."""
    nodes = [node for node in plan.profile.industries if node.level == 2]
    divisions, sections = tuple(n.code for n in nodes), tuple(dict.fromkeys(n.parent for n in nodes))
    section_of = np.array([sections.index(node.parent) for node in nodes])
    within = np.array([plan.divisions.get(code, 1.0) for code in divisions])
    within = within / np.maximum(np.bincount(section_of, within), 1e-9)[section_of]
    by_type = np.array([[plan.sections[t.code].get(s, 0.0) for s in sections] for t in plan.entity_types])
    table = (by_type[:, section_of] * within)[None, :, :] * _leanings(plan, divisions)[:, None, :]
    division = categories_by_row(rng, table.reshape(-1, len(divisions)), county * len(plan.entity_types) + kind)
    section = section_of[division]
    missing = chosen(rng, np.ones(len(county)), round(plan.shares["missing_industry"] * len(county)))
    coarse = missing | (rng.random(len(county)) < 0.006)  # only the section is known
    return np.where(coarse, -1, division), np.where(missing, -1, section), divisions, sections


def _leanings(plan: Plan, divisions: tuple[str, ...]) -> Floats:
    """Return how many times as common each division is in each county because of the local chains."""
    table = np.ones((len(plan.counties), len(divisions)))
    for chain in plan.chains:
        for region, lean in chain.regions.items():
            for division in chain.divisions:
                table[plan.county_index(region), divisions.index(division)] *= lean
    return table


def _by_type(plan: Plan, rng: np.random.Generator, kind: Ints, which: int) -> Bools:
    shares = np.array([_PAYERS.get(t.code, _FARM_PAYERS)[which] for t in plan.entity_types])
    return rng.random(len(kind)) < shares[kind]


def _sizes(plan: Plan, rng: np.random.Generator, kind: Ints) -> Ints:
    table = np.array([_SIZE_SHARES.get(t.code, _FARM_SIZES) for t in plan.entity_types])
    return categories_by_row(rng, table, kind)


def _tiers(plan: Plan, rng: np.random.Generator, kind: Ints, payer: Bools) -> Ints:
    """Return the visiting round: registered need and renewals first, then payers, then everybody else by type."""
    rest = {"company": "other", "sole_trader": "trader"}
    last = np.array([TIERS.index(rest.get(t.code, "farm")) for t in plan.entity_types])
    renewal = np.array([_RENEWAL_SHARES.get(t.code, _FARM_RENEWAL) for t in plan.entity_types])
    tier = np.where(payer, TIERS.index("tax"), last[kind])
    tier = np.where(rng.random(len(kind)) < renewal[kind], TIERS.index("renewal"), tier)
    return np.where(rng.random(len(kind)) < _PLATFORM_SHARE, TIERS.index("platform"), tier)


@dataclass(frozen=True)
class City:
    """What everything else is drawn from: the plan, the calendar and the register."""

    plan: Plan
    days: Days
    registry: Registry
