"""Cohorts of the small city, followed by hand, on every engine."""

from dataclasses import replace
from datetime import date

import pytest

from data_access.queries.cohorts import STAGES, cohorts, month_end
from data_access.selection import Attribution, Scope, Selection
from data_access.store import Store
from tests.contract.small_city import SMALL_CITY, application, day, decision, enterprise, fill, push, visit

ALL = Scope.everything()
LATEST = Selection(day(200))


@pytest.fixture(scope="module")
def city(shared_store: Store) -> Store:
    fill(shared_store)
    return shared_store


def rows(frame, *names):
    """Return the rows as tuples: month as YYYY-MM, then the columns ``names``."""
    return [(f"{row.month:%Y-%m}", *(getattr(row, name) for name in names)) for row in frame.itertuples()]


def test_months_and_stages_by_hand(city: Store) -> None:
    """Day 1 is 22 November. e1 and e2 were first visited then, e4 on 21 December, e5 on the 31st, e6 in January.

    e1 applied after 9 days, was recommended after 14, approved after 29 and borrowed after 32; e2 applied after 7, was
    recommended after 11 and rejected; e4's application was returned; e5 applied after 5 and was recommended after 7.
    """
    frame = cohorts(city, ALL, LATEST, windows=(30, 60))
    assert rows(frame, "entry", "window", "entered", *STAGES) == [
        ("2024-11", "visit", 30, 2, 2, 2, 2, 1, 0),
        ("2024-11", "visit", 60, 2, 2, 2, 2, 1, 1),
        ("2024-12", "visit", 30, 2, 2, 1, 1, 0, 0),
        ("2024-12", "visit", 60, 2, 2, 1, 1, 0, 0),
        ("2025-01", "visit", 30, 1, 0, 0, 0, 0, 0),
        ("2025-01", "visit", 60, 1, 0, 0, 0, 0, 0),
    ]


def test_each_stage_is_part_of_the_one_before(city: Store) -> None:
    """Whatever the window, a cohort only shrinks."""
    frame = cohorts(city, ALL, LATEST, windows=(0, 5, 8, 12, 30, 90))
    counts = frame[["entered", *STAGES]].to_numpy()
    assert (counts[:, 1:] <= counts[:, :-1]).all()


def test_what_had_not_happened_yet_does_not_count(city: Store) -> None:
    """On day 20 only e1 and e2 had been visited, and e1 was not yet approved."""
    (row,) = cohorts(city, ALL, Selection(day(20)), windows=(90,)).itertuples()
    assert (row.entered, row.applied, row.recommended, row.approved) == (2, 2, 2, 0)


def test_a_period_keeps_those_who_started_in_it(city: Store) -> None:
    """From day 20 on e4, e5 and e6 started."""
    assert cohorts(city, ALL, replace(LATEST, start=day(20)))["entered"].sum() == 3


def test_an_application_before_the_visit_is_a_walk_in(store: Store) -> None:
    """w1 applied without any visit, w2 before its visit: neither is in a visited cohort, and both had a need."""
    fill(
        store,
        {
            "enterprises": [enterprise(name, "A", None, "C", "company") for name in ("w1", "w2", "v1")],
            "visits": [visit(1, "w2", 12, has_need=True), visit(2, "v1", 10)],
            "applications": [application("1", "w1", 5, 10, "passed"), application("2", "w2", 8, 10, "passed"),
                             application("3", "v1", 10, 10, "passed")],
            "recommendations": [push(1, "w1", "X", 9)],
            "decisions": [decision(1, "w1", "X", 4, "approved", approved_amount=1)],
        },
    )  # fmt: skip
    found = cohorts(store, ALL, LATEST)
    assert rows(found, "entry", "entered", "needing", "applied", "recommended", "approved") == [
        ("2024-11", "walk_in", 2, 2, 2, 1, 1),
        ("2024-12", "visit", 1, 1, 1, 0, 0),
    ]


def test_by_county_the_parts_add_up_to_the_city(city: Store) -> None:
    """Cohorts are 户 by where they are: a partition."""
    whole, parts = cohorts(city, ALL, LATEST), cohorts(city, ALL, LATEST, ("region_1",))
    assert set(parts["region_1"]) == {"A", "B"}
    assert parts[["entered", *STAGES]].sum().to_dict() == whole[["entered", *STAGES]].sum().to_dict()


@pytest.mark.parametrize(
    ("rule", "entered"), [(Attribution.ANY, {"X": 3, "Y": 1}), (Attribution.FRACTIONAL, {"X": 2.5, "Y": 1})]
)
def test_by_bank_the_visits_are_the_banks_own(city: Store, rule: Attribution, entered: dict[str, float]) -> None:
    """X visited e1, e2 and e6, Y e1 (after its application) and e4: e1 is a walk-in to Y."""
    frame = cohorts(city, ALL, replace(LATEST, attribution=rule), ("bank",))
    visited = frame[frame["entry"] == "visit"].groupby("bank")["entered"].sum().to_dict()
    assert visited == entered


@pytest.mark.parametrize(("scope", "entered"), [(Scope(("A",), None), 2), (Scope((), ()), 0)])
def test_a_scope_hides_rows(city: Store, scope: Scope, entered: int) -> None:
    """A county sees its own."""
    assert cohorts(city, scope, LATEST)["entered"].sum() == entered


def test_what_was_never_reported_is_not_zero(store: Store) -> None:
    """Without loans the last stage is unknown; without visits there are no cohorts at all."""
    fill(store, {name: rows for name, rows in SMALL_CITY.items() if name != "loans"})
    frame = cohorts(store, ALL, LATEST)
    assert frame["borrowers"].isna().all()
    assert frame["approved"].notna().all()


def test_an_empty_store_has_no_cohorts(store: Store) -> None:
    """No rows, and the columns a page relies on."""
    frame = cohorts(store, ALL, LATEST, ("region_1",))
    assert frame.empty
    assert list(frame.columns) == ["month", "entry", "region_1", "window", "entered", *STAGES]


@pytest.mark.parametrize(("month", "end"), [((2024, 2), 29), ((2025, 2), 28), ((2025, 12), 31), ((2025, 4), 30)])
def test_the_end_of_a_month(month: tuple[int, int], end: int) -> None:
    """The last day on which a member of the cohort can start."""
    assert month_end(date(*month, 1)).day == end
