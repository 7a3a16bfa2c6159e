"""The register's files: enterprises and grids as the columns of their import tables."""

import numpy as np

from sample_data.cells import Column, coded, dates, hidden, joined, numbered, texts, whole, yes_no
from sample_data.days import Days
from sample_data.draws import Bools, Floats, Ints
from sample_data.names import addresses, contact_names, credit_codes, enterprise_names, telephones
from sample_data.plan import Plan
from sample_data.registry import SIZES, STATUSES, TIERS, City, Places, Registry

Columns = dict[str, Column]

ENTERPRISE_PREFIX = "E"
_INDUSTRY = ("B", "C", "D", "G")  # sections in which a medium firm has 300 people and more
_NARROW = ("H", "I", "K", "L", "M", "N", "O", "P", "Q", "R")  # sections in which one with 10,000 万元 is already large
_TEN_THOUSAND = 10_000


def enterprise_columns(city: City, flags: dict[str, Bools], rng: np.random.Generator) -> Columns:
    """Return the register of enterprises; ``flags`` says who carries which tag."""
    plan, registry, days = city.plan, city.registry, city.days
    rows = len(registry)
    employees, revenue = _workforce_and_revenue(registry, rng)
    nobody = rng.random(rows) < 0.32
    return {
        "enterprise_id": numbered(ENTERPRISE_PREFIX, np.arange(1, rows + 1)),
        "credit_code": credit_codes(
            [t.credit_prefix for t in plan.entity_types], registry.entity_type, plan.credit_region
        ),
        "name": enterprise_names(plan, registry, rng),
        "entity_type": coded(registry.entity_type, [t.code for t in plan.entity_types]),
        "size_class": coded(np.where(rng.random(rows) < 0.006, -1, registry.size), SIZES),
        "region_1": coded(registry.county, [county.code for county in plan.counties]),
        "region_2": coded(registry.town, [town.code for town in registry.places.towns]),
        "region_3": coded(registry.grid, grid_codes(registry.places)),
        "industry_1": coded(registry.section, registry.sections),
        "industry_2": coded(registry.division, registry.divisions),
        "tier": coded(registry.tier, TIERS),
        "tags": tag_column(plan, flags),
        "status": coded(registry.status, STATUSES),
        "founded_on": dates(_founding_days(plan, days, rng, rows), days.start),
        "employees": whole(employees, rng.random(rows) < 0.05),
        "revenue": whole(revenue, rng.random(rows) < 0.12),
        "has_social_security": yes_no(registry.social_security),
        "has_tax": yes_no(registry.tax),
        "address": addresses(registry, rng),
        "contact_name": hidden(contact_names(plan, rng, rows), nobody),
        "contact_phone": telephones(plan, rng, nobody),
    }


def grid_columns(plan: Plan, places: Places) -> Columns:
    """Return the villages and communities: numbered, for real names are not ours to hand out."""
    town = places.grid_town
    number = np.arange(len(town)) - places.first_grid[town] + 1
    street = np.array([places.towns[t].kind == "street" for t in town])
    towns = [node.label.short("zh") for node in places.towns]
    english = [node.label.short("en") for node in places.towns]
    serial = numbered("", number, 2)
    return {
        "code": texts(grid_codes(places)),
        "name": joined(coded(town, towns), "第", serial, coded(street.astype(np.int64), ["村", "社区"])),
        "name_en": joined(
            coded(town, english), coded(street.astype(np.int64), [" village ", " community "]), serial
        ),
        "region_1": coded(places.town_county[town], [county.code for county in plan.counties]),
        "region_2": coded(town, [node.code for node in places.towns]),
    }  # fmt: skip


def grid_codes(places: Places) -> list[str]:
    """Return the codes of all grids."""
    return [places.grid_code(grid) for grid in range(len(places.grid_town))]


def _founding_days(plan: Plan, days: Days, rng: np.random.Generator, rows: int) -> Ints:
    age = np.minimum(rng.exponential(6.2 * 365, rows), 34 * 365).astype(np.int64)
    return days.number(plan.register_until) - age


def _between(rng: np.random.Generator, low: Floats, high: Floats) -> Floats:
    """Return numbers between ``low`` and ``high``, small ones likelier (log-uniform)."""
    return np.exp(rng.uniform(np.log(low), np.log(high)))


def _workforce_and_revenue(registry: Registry, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return employees, and revenue in yuan, inside the limits of each size class whatever the trade."""
    section = np.array([*registry.sections, ""])[registry.section]
    farm, industry, narrow = section == "A", np.isin(section, _INDUSTRY), np.isin(section, _NARROW)
    medium_low, medium_high = np.where(industry, 300, 110), np.where(industry, 990, 190)
    size = registry.size
    low = np.choose(size, [1, 20, medium_low, np.where(industry, 1000, 400)])
    high = np.choose(size, [np.where(registry.entity_type == 0, 9, 4), 49, medium_high, 2800])
    employees = np.rint(_between(rng, low, high)).astype(np.int64)
    # In 万元: a farm with 50 is small and with 500 medium; a hotel with 10,000 is large.
    low = np.choose(size, [2, np.where(farm, 60, 1000), np.where(farm, 600, 6000), 45_000])
    high = np.choose(size, [45, np.where(farm, 480, 1950), np.where(narrow, 9500, 18_000), 150_000])
    return employees, np.rint(_between(rng, low, high) * 10).astype(np.int64) * (_TEN_THOUSAND // 10)


def tag_flags(plan: Plan, registry: Registry, rng: np.random.Generator) -> dict[str, Bools]:
    """Return for each tag which enterprises carry it: local chains by place and trade, priorities by kind."""
    draw = rng.random
    rows = len(registry)
    section = np.array([*registry.sections, ""])[registry.section]
    kind = np.array([t.code for t in plan.entity_types])[registry.entity_type]
    company, trader = kind == "company", kind == "sole_trader"
    flags = _chain_flags(plan, registry, rng)
    flags["foreign_trade"] = company & np.isin(section, ["C", "F"]) & (draw(rows) < 0.035)
    flags["private"] = company & (draw(rows) < 0.93)
    flags["tech"] = company & (
        draw(rows) < np.select([np.isin(section, ["I", "M"]), section == "C"], [0.09, 0.07], 0.0)
    )
    flags["consumption"] = np.isin(section, ["F", "H", "O", "R"]) & (draw(rows) < np.where(company, 0.30, 0.14))
    flags["manufacturing"] = (section == "C") & (company | (trader & (draw(rows) < 0.25)))
    flags["new_agri"] = ~company & ~trader & (draw(rows) < 0.95) | (company & (section == "A") & (draw(rows) < 0.3))
    return flags


def _chain_flags(plan: Plan, registry: Registry, rng: np.random.Generator) -> dict[str, Bools]:
    flags: dict[str, Bools] = {}
    for chain in plan.chains:
        lean = np.array([chain.regions.get(county.code, 0.06) for county in plan.counties])
        inside = np.isin(np.array([*registry.divisions, ""])[registry.division], chain.divisions)
        flags[chain.tag] = inside & (
            rng.random(len(registry)) < chain.share * np.minimum(lean, 1.5)[registry.county] / 1.5
        )
    return flags


def tag_column(plan: Plan, flags: dict[str, Bools]) -> Column:
    """Return each enterprise's tags as one text, separated by ";"."""
    codes = [code.code for code in plan.profile.codes["tag"]]
    mask = sum(flags[code].astype(np.int64) << place for place, code in enumerate(codes))
    kinds, index = np.unique(mask, return_inverse=True)
    spelled = [";".join(code for place, code in enumerate(codes) if kind >> place & 1) for kind in kinds.tolist()]
    return coded(np.where(kinds[index] == 0, -1, index), spelled)
