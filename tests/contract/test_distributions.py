"""Places nobody visited lately, and the spread of rates, by hand, on every engine."""

from dataclasses import replace

import pytest

from data_access.queries.distributions import loan_rates, places
from data_access.selection import Scope, Selection
from data_access.store import Store
from tests.contract.small_city import day, fill

ALL = Scope.everything()


@pytest.fixture
def city(store: Store) -> Store:
    fill(store)
    return store


def test_places_without_recent_visits(city: Store) -> None:
    """On day 62 only B1 had a visit in the last 30 days; A2 was only ever found closed; e6 is in no town."""
    frame = places(city, ALL, Selection(day(62)), "region_2")
    assert [(row.region_2, row.listed, row.visits) for row in frame.itertuples()] == [
        ("A1", 2, 0),
        ("A2", 1, 0),
        ("B1", 1, 1),
    ]


def test_places_before_anything_happened(city: Store) -> None:
    """No visit yet: the places are there, with none."""
    frame = places(city, ALL, Selection(day(0)), "region_2")
    assert frame["visits"].sum() == 0
    assert frame["listed"].sum() == 5


def test_places_of_an_empty_store(store: Store) -> None:
    """Nothing is known of any place."""
    assert places(store, ALL, Selection(day(0))).empty


def test_rates_by_bank(city: Store) -> None:
    """One loan at 4 % from X, one at 3 % from Y; before the second only the first."""
    frame = loan_rates(city, ALL, Selection(day(100)), ("bank",))
    assert [tuple(row) for row in frame.to_numpy()] == [("X", 4.0, 1.0, 300_000.0), ("Y", 3.0, 1.0, 100_000.0)]
    assert len(loan_rates(city, ALL, Selection(day(40)))) == 1
    assert loan_rates(city, ALL, replace(Selection(day(100)), regions=("B",))).empty
