"""Daily increments and stage times, by hand, on every engine."""

import pandas as pd
import pytest

from data_access.queries.history import daily, durations
from data_access.selection import Scope, Selection
from data_access.store import Store
from tests.contract.small_city import day, fill

ALL = Scope.everything()
LATEST = Selection(day(100))


@pytest.fixture
def city(store: Store) -> Store:
    fill(store)
    return store


def by_day(frame: pd.DataFrame) -> dict[int, float]:
    start = pd.Timestamp(day(0))
    return {(when - start).days: n for when, n in zip(frame["day"], frame["n"], strict=True)}


def test_each_enterprise_counts_on_its_first_day(city: Store) -> None:
    """Second visits and unreachable ones add nothing to 户."""
    assert by_day(daily(city, ALL, LATEST, "visited")) == {1: 1, 5: 1, 30: 1, 40: 1, 60: 1}


def test_visits_of_listed_enterprises(city: Store) -> None:
    """e5 has left the list by day 100 and counted at day 45; e6 was never on it."""
    assert by_day(daily(city, ALL, LATEST, "visited_listed")) == {1: 1, 5: 1, 30: 1}
    assert by_day(daily(city, ALL, Selection(day(45)), "visited_listed")) == {1: 1, 5: 1, 30: 1, 40: 1}


def test_amounts_by_day_and_dimension(city: Store) -> None:
    """Money on the day of the decision, by bank."""
    frame = daily(city, ALL, LATEST, "approved_amount", ("bank",))
    assert list(zip(frame["bank"], frame["n"], strict=True)) == [("X", 400_000), ("Y", 100_000)]


def test_a_period_and_a_scope_narrow_the_days(city: Store) -> None:
    """From day 20 on, in county B."""
    frame = daily(city, Scope(("B",), None), Selection(day(100), start=day(35)), "visited")
    assert by_day(frame) == {40: 1, 60: 1}


def test_unknown_measures_are_refused(city: Store) -> None:
    """A typing error is not an empty chart."""
    with pytest.raises(KeyError):
        daily(city, ALL, LATEST, "nonsense")
    with pytest.raises(ValueError, match="nonsense"):
        durations(city, ALL, LATEST, "nonsense", "applied_on")


def test_stage_times_are_censored_at_the_as_of_date(city: Store) -> None:
    """e1 took 9 days from visit to application, e2 7, e5 5; e4 and e6 are still open."""
    frame = durations(city, ALL, LATEST, "first_visit_on", "applied_on")
    found = {(row.days, row.ended): row.n for row in frame.itertuples()}
    assert found == {(5, True): 1, (7, True): 1, (9, True): 1, (40, False): 1, (70, False): 1}


def test_an_end_after_the_as_of_date_is_open(city: Store) -> None:
    """On day 11 e1 had applied and e2 had not."""
    frame = durations(city, ALL, Selection(day(11)), "first_visit_on", "applied_on", ("region_1",))
    assert [(row.region_1, row.days, row.ended, row.n) for row in frame.itertuples()] == [
        ("A", 6, False, 1.0),
        ("A", 9, True, 1.0),
    ]
