"""The demo city as a set of files: everything is drawn from one seed, and the same seed writes the same bytes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from data_access.profile import Profile
from sample_data.applications import application_rows, make_applications, make_pushes
from sample_data.credit import make_decisions, requested_amounts
from sample_data.days import make_days
from sample_data.decisions import decision_columns, push_columns
from sample_data.draws import generator
from sample_data.enterprises import Columns, enterprise_columns, grid_columns, tag_flags
from sample_data.events import event_columns, participant_columns
from sample_data.lists import make_reach, visit_list_columns
from sample_data.loans import loan_columns, make_loans
from sample_data.needs import make_needs, with_amounts
from sample_data.networks import (
    bank_plan_columns,
    bank_report_columns,
    bank_size_columns,
    contact_columns,
    outlet_columns,
    product_columns,
)
from sample_data.plan import Plan, load_plan
from sample_data.problems import problem_columns
from sample_data.registry import City, make_registry
from sample_data.services import officer_columns, publicity_columns
from sample_data.visits import make_visits, visit_columns, zeal
from sample_data.writing import write_table

SEED = 20250613
Progress = Callable[[float, str], None]
_TABLES = 19


def generate(
    folder: Path, profile: Profile, *, seed: int = SEED, scale: float = 1.0, progress: Progress | None = None
) -> list[Path]:
    """Write the demo city's files into ``folder`` and return them in the order in which they can be imported.

    ``scale`` makes a smaller or larger city of the same shape; 1.0 gives the published totals exactly. ``progress``
    is called with the share done and what comes next. Raises ``ProfileError`` if the profile has no ``demo.toml``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plan = load_plan(profile).scaled(scale)
    paths: list[Path] = []
    for name, columns in _tables(plan, seed):
        if progress is not None:
            progress(len(paths) / _TABLES, name)
        paths.append(write_table(folder, len(paths) + 1, name, columns, profile, plan.notice))
    if progress is not None:
        progress(1.0, "")
    return paths


def make_city(plan: Plan, seed: int) -> City:
    """Return the calendar and the register of a city."""
    days = make_days(plan, generator(seed, "days"))
    return City(plan, days, make_registry(plan, generator(seed, "registry")))


def _tables(plan: Plan, seed: int) -> Iterator[tuple[str, Columns]]:
    """Yield every table's name and columns, each after the tables it refers to."""

    def rng(part: str) -> np.random.Generator:
        return generator(seed, part)

    city = make_city(plan, seed)
    registry, days = city.registry, city.days
    flags = tag_flags(plan, registry, rng("tags"))
    yield "grids", grid_columns(plan, registry.places)
    yield "enterprises", enterprise_columns(city, flags, rng("enterprises"))
    reach = make_reach(city, rng("reach"))
    yield "visit_targets", visit_list_columns(city, reach, rng("visit list"))

    visits = make_visits(city, reach, rng("visits"))
    needs = make_needs(city, visits.first_row, visits.last_row, zeal(city, visits, 0.6), rng("needs"))
    applications = make_applications(city, visits, needs, rng("applications"))
    pushes = make_pushes(city, applications, rng("pushes"))
    decisions = make_decisions(city, applications, pushes, rng("decisions"))
    requested = requested_amounts(city, applications, pushes, decisions, rng("requests"))
    needs = with_amounts(needs, requested, rng("need amounts"))
    yield "visits", visit_columns(city, reach, visits, needs, rng("visit details"))

    rows = application_rows(city, applications, requested, rng("application rows"))
    yield "applications", rows.columns
    outlets, outlet_banks = outlet_columns(plan, registry.places, rng("outlets"))
    yield "outlets", outlets
    products, product_banks = product_columns(plan, days, rng("products"))
    yield "products", products
    yield "recommendations", push_columns(city, pushes, decisions, rows.number)
    yield "decisions", decision_columns(city, pushes, decisions, outlet_banks, rng("decision details"))
    loans = make_loans(city, pushes, decisions, rng("loans"))
    yield "loans", loan_columns(city, pushes, decisions, loans, product_banks, rng("loan details"))

    yield "problems", problem_columns(city, visits, rng("problems"))
    yield "events", event_columns(city)
    yield "event_participants", participant_columns(city, pushes, decisions, flags, rng("participants"))
    yield "officers", officer_columns(city, rng("officers"))
    yield "publicity", publicity_columns(city)
    yield "bank_sizes", bank_size_columns(plan, days, rng("bank sizes"))
    approved = np.bincount(pushes.bank, decisions.amount, minlength=len(plan.banks))
    yield "bank_plans", bank_plan_columns(plan, days, approved.astype(np.float64))
    yield "bank_reports", bank_report_columns(plan, days, rng("bank reports"))
    yield "contacts", contact_columns(plan)
