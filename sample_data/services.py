"""The officers the banks send to towns and villages, and what was printed and published."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np

from sample_data.cells import coded, dates, numbered, texts, whole
from sample_data.days import NEVER
from sample_data.draws import Ints, allocate, categories, categories_by_row, chosen
from sample_data.enterprises import Columns, grid_codes
from sample_data.networks import reach_table
from sample_data.plan import column
from sample_data.registry import City

_KINDS = ("assistant", "counsellor", "commissioner")
_BULLETIN_EVERY = 15  # days


def officer_columns(city: City, rng: np.random.Generator) -> Columns:
    """Return the officers: assistants for towns, counsellors for enterprises, commissioners for villages."""
    plan, places = city.plan, city.registry.places
    numbers = [plan.officers[kind] for kind in _KINDS]
    rural = 1.15 - column(plan.counties, "urban")
    towns = np.sort(np.flatnonzero(chosen(rng, rural[places.town_county], numbers[0])))
    desks = categories(rng, places.town_weight * (rural * 0.5 + 0.5)[places.town_county], numbers[1])
    grids = _villages(city, numbers[2], rng)
    town = np.concatenate([towns, desks, places.grid_town[grids]])
    kind = np.repeat(np.arange(3), numbers)
    county = places.town_county[town]
    bank = categories_by_row(rng, reach_table(plan) * np.sqrt(column(plan.banks, "managers")), county)
    busy = np.exp(rng.normal(0.0, 0.7, len(kind))) * np.array([6.0, 3.0, 1.0])[kind]
    started = rng.integers(-45, 130, len(kind))
    unplaced = (kind == 1) & (rng.random(len(kind)) < 0.4)  # a counsellor for the whole county
    return {
        "officer_id": numbered("SY", np.arange(1, len(kind) + 1), 4),
        "kind": coded(kind, _KINDS),
        "bank": coded(bank, [b.code for b in plan.banks]),
        "region_1": coded(county, [c.code for c in plan.counties]),
        "region_2": coded(np.where(unplaced, -1, town), [node.code for node in places.towns]),
        "region_3": coded(np.concatenate([np.full(numbers[0] + numbers[1], -1), grids]), grid_codes(places)),
        "started_on": dates(started, city.days.start),
        "ended_on": dates(np.where(rng.random(len(kind)) < 0.01, started + 60, NEVER), city.days.start),
        "enterprises_served": whole(allocate(plan.officers["served"], busy)),
    }


def _villages(city: City, count: int, rng: np.random.Generator) -> Ints:
    """Return the grid of each commissioner: most villages have one, large ones two, some none."""
    places = city.registry.places
    covered = min(round(city.plan.officers["village_coverage"] * len(places.grid_town)), count)
    weight = (1.25 - column(city.plan.counties, "urban"))[places.town_county[places.grid_town]]
    first = np.flatnonzero(chosen(rng, weight, covered))
    return np.sort(np.concatenate([first, first[categories(rng, np.ones(covered), count - covered)]]))


def publicity_columns(city: City) -> Columns:
    """Return bulletins, handbooks by county, and articles."""
    rows = [*_bulletins(city), *_handbooks(city), *city.plan.publicity["items"]]
    rows.sort(key=lambda row: row["published_on"])
    days = np.array([city.days.number(row["published_on"]) for row in rows])
    copies, views = (np.array([row.get(name) or 0 for row in rows]) for name in ("copies", "views"))
    return {
        "publicity_id": numbered("XC", np.arange(1, len(rows) + 1), 3),
        "channel": texts([row["channel"] for row in rows]),
        "title": texts([row["title"] for row in rows]),
        "published_on": dates(days, city.days.start),
        "copies": whole(copies, copies == 0),
        "views": whole(views, views == 0),
    }


def _bulletins(city: City) -> list[Mapping[str, Any]]:
    plan = city.plan.publicity
    first: date = city.days.start + timedelta(12)
    return [
        {
            "channel": "bulletin",
            "title": plan["bulletin_title"].format(number=number + 1),
            "published_on": first + timedelta(_BULLETIN_EVERY * number),
        }
        for number in range(plan["bulletins"])
    ]


def _handbooks(city: City) -> list[Mapping[str, Any]]:
    plan, counties = city.plan.publicity, city.plan.profile.children()
    copies = 100 * allocate(plan["handbooks"] // 100, column(city.plan.counties, "weight"))
    return [
        {
            "channel": "handbook",
            "title": plan["handbook_title"].format(region=county.label.zh),
            "published_on": plan["handbook_on"],
            "copies": int(number),
        }
        for county, number in zip(counties, copies, strict=True)
    ]
