"""What ``progress_by`` counts, by hand, on every engine."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from data_access.queries.measures import MEASURE_TABLES, MEASURES, Rules
from data_access.queries.progress import progress_at, progress_by
from data_access.selection import Attribution, Scope, Selection
from data_access.store import Store
from metrics.catalogue import load_terms
from tests.contract.small_city import SMALL_CITY, application, day, enterprise, fill, visit

ALL = Scope.everything()
LATEST = Selection(day(100))


@pytest.fixture(scope="module")
def city(shared_store: Store) -> Store:
    fill(shared_store)
    return shared_store


def figures(store: Store, selection: Selection = LATEST, scope: Scope = ALL, **options: Rules) -> dict[str, float]:
    return dict(progress_by(store, scope, selection, **options).iloc[0])


def column(store: Store, by: Sequence[str], measure: str, selection: Selection = LATEST) -> dict[object, float]:
    frame = progress_by(store, ALL, selection, by).set_index([*by])
    return frame[measure].to_dict()


def test_counts_of_the_whole_city(city: Store) -> None:
    """Every measure of the small city, counted by hand."""
    found = figures(city)
    expected = {
        "enterprises": 6,
        "listed": 4,
        "visited": 5,
        "visited_listed": 3,
        "visited_off_list": 2,
        "needing": 3,
        "applied": 3,
        "recommended": 3,
        "decided": 2,
        "approved": 1,
        "rejected": 1,
        "withdrawn": 0,
        "borrowers": 1,
        "first_time_borrowers": 1,
        "pending": 1,
        "overdue": 1,
        "within_cap": 1,
        "visits_recorded": 7,
        "visits": 6,
        "visits_on_site": 4,
        "visits_unreachable": 1,
        "visitors": 2,
        "bank_visited": 5,
        "applications": 4,
        "requested_amount": 800_000,
        "pushes": 4,
        "pushes_decided": 3,
        "pushes_matured": 4,
        "pushes_on_time": 2,
        "pushes_backfilled": 1,
        "pushes_overdue": 1,
        "approvals": 2,
        "approved_amount": 500_000,
        "approved_new": 400_000,
        "approved_renewal": 100_000,
        "approved_increase": 0,
        "approved_requested": 500_000,
        "loans": 2,
        "loan_amount": 400_000,
        "rate_amount": 1_500_000,
        "rated_amount": 400_000,
        "unsecured_amount": 300_000,
        "first_time_amount": 300_000,
        "renewal_amount": 100_000,
        "no_principal_renewal_amount": 100_000,
        "long_term_amount": 300_000,
        "balance": 350_000,
    }
    assert found == expected
    assert set(expected) == set(MEASURES)


def test_a_later_fact_does_not_count_at_an_earlier_as_of(city: Store) -> None:
    """At day 35 the second push, the rejection and the second loan have not happened."""
    found = figures(city, Selection(day(35)))
    assert (found["visited"], found["listed"], found["recommended"], found["decided"]) == (3, 5, 2, 1)
    assert (found["pending"], found["overdue"]) == (1, 0)
    assert (found["requested_amount"], found["approved_amount"], found["loan_amount"]) == (700_000, 400_000, 300_000)
    assert (found["pushes"], found["pushes_decided"], found["pushes_matured"]) == (2, 1, 0)


def test_the_balance_is_known_only_at_the_latest_date(city: Store) -> None:
    """A stock cannot be told for a day before the last loan was reported."""
    assert np.isnan(figures(city, Selection(day(35)))["balance"])


def test_a_period_counts_what_first_happened_in_it(city: Store) -> None:
    """From day 20 on, e4, e5 and e6 were visited for the first time; e1's second visit is an event but no new 户."""
    found = figures(city, Selection(day(100), start=day(20)))
    assert (found["visited"], found["visits"]) == (3, 4)


def test_grouping_adds_up_and_names_the_unclassified(city: Store) -> None:
    """Towns and industries add up to the city; the enterprise without either stands under ""."""
    assert column(city, ("region_1",), "visited") == {"A": 2, "B": 3}
    assert column(city, ("region_2",), "visited") == {"": 1, "A1": 2, "A2": 0, "B1": 2}
    assert column(city, ("industry_1",), "enterprises") == {"": 1, "C": 3, "F": 2}
    assert column(city, ("region_1", "entity_type"), "applied")[("B", "sole_trader")] == 1


def test_selection_narrows_every_measure(city: Store) -> None:
    """Regions of any level, industries, types, tiers and tags; a tag is not matched by a longer one."""
    assert figures(city, replace(LATEST, regions=("A1",)))["visited"] == 2
    assert figures(city, replace(LATEST, regions=("A1", "B")))["enterprises"] == 5
    assert figures(city, replace(LATEST, industries=("",)))["enterprises"] == 1
    assert figures(city, replace(LATEST, entity_types=("sole_trader",)))["visited"] == 2
    assert figures(city, replace(LATEST, tiers=("t1",)))["loan_amount"] == 400_000
    assert figures(city, replace(LATEST, tags=("tech",)))["enterprises"] == 1
    assert figures(city, replace(LATEST, regions=("nowhere",)))["enterprises"] == 0


def test_banks_count_the_enterprises_they_touched(city: Store) -> None:
    """Any touch counts e1 for both banks; the list is not a bank's, so listed is not a number."""
    assert column(city, ("bank",), "visited") == {"X": 3, "Y": 2}
    assert column(city, ("bank",), "approved_amount") == {"X": 400_000, "Y": 100_000}
    assert all(np.isnan(value) for value in column(city, ("bank",), "listed").values())


def test_two_selected_banks_count_an_enterprise_once(city: Store) -> None:
    """e1 was touched by both, and is one 户."""
    assert figures(city, replace(LATEST, banks=("X", "Y")))["visited"] == 4
    assert figures(city, replace(LATEST, banks=("Y",)))["visited"] == 2


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Attribution.FIRST, {"X": 3, "Y": 1}),
        (Attribution.FRACTIONAL, {"X": 2.5, "Y": 1.5}),
        (Attribution.LAST, {"X": 3, "Y": 1}),
    ],
)
def test_attribution_rules(city: Store, rule: Attribution, expected: dict[str, float]) -> None:
    """First touch, 1/k to each of k banks, and the last touch before the application or, without one, so far.

    So e4 and e6, which have not applied, are Y's and X's; e5 applied before Y came.
    """
    found = column(city, ("bank",), "visited", replace(LATEST, attribution=rule))
    assert {bank: found[bank] for bank in expected} == expected


def test_the_last_bank_is_the_one_before_applying_or_the_last_so_far(store: Store) -> None:
    """Y came last to f1, which has not applied, and to f3; to f2 only after it had applied; f4 applied before any."""
    applied = [application(f"a{name}", name, on, 100_000, "passed") for name, on in (("f2", 10), ("f3", 10), ("f4", 1))]
    visits = [visit(n, f"f{n}", 2, "X") for n in (1, 2, 3)] + [visit(4, "f1", 5, "Y"), visit(5, "f3", 5, "Y")]
    visits += [visit(6, "f2", 20, "Y"), visit(7, "f4", 3, "X")]
    names = [enterprise(f"f{n}", "A", "A1", "C", "company") for n in (1, 2, 3, 4)]
    fill(store, {"enterprises": names, "visits": visits, "applications": applied})
    last, first = (replace(LATEST, attribution=rule) for rule in (Attribution.LAST, Attribution.FIRST))
    assert column(store, ("bank",), "visited", last) == {"X": 1, "Y": 2}
    assert column(store, ("bank",), "applied", last) == {"X": 1, "Y": 1}
    assert column(store, ("bank",), "visited", first) == {"X": 4, "Y": 0}


def test_the_clock_may_start_with_the_documents(city: Store) -> None:
    """X had e1's documents on day 20 and decided on day 30; the other pushes have no such date and do not mature."""
    found = figures(city, rules=Rules(from_documents=True))
    assert (found["pushes_matured"], found["pushes_on_time"], found["overdue"]) == (1, 1, 0)


def test_only_what_is_asked_for_comes_back(city: Store) -> None:
    """The frame holds the dimensions and the measures asked for, and unknown names are refused."""
    frame = progress_by(city, ALL, LATEST, ("region_1",), ("visited", "applied"))
    assert list(frame.columns) == ["region_1", "visited", "applied"]
    with pytest.raises(ValueError, match="nonsense"):
        progress_by(city, ALL, LATEST, ("nonsense",))
    with pytest.raises(ValueError, match="nonsense"):
        progress_by(city, ALL, LATEST, (), ("nonsense",))


def test_a_measure_asked_for_alone_is_the_same(city: Store) -> None:
    """Whatever else is asked for beside it."""
    alone = {name: progress_by(city, ALL, LATEST, (), (name,))[name].iloc[0] for name in MEASURES}
    assert alone == figures(city)


def test_what_was_never_reported_is_not_zero(store: Store) -> None:
    """A city that reports no loans and no list has neither: NaN, while the rest counts."""
    fill(store, {name: rows for name, rows in SMALL_CITY.items() if name not in ("loans", "visit_targets")})
    found = figures(store)
    assert found["visited"] == 5
    missing = ("listed", "visited_listed", "visited_off_list", "loan_amount", "borrowers", "balance")
    assert all(np.isnan(found[name]) for name in missing)


def test_a_column_that_was_never_reported_is_not_zero(store: Store) -> None:
    """Loans without guarantee, balance and rate: their sums are unknown, the amounts are not."""
    left_out = {"guarantee": None, "balance": None, "annual_rate": None}
    fill(store, {**SMALL_CITY, "loans": [{**row, **left_out} for row in SMALL_CITY["loans"]]})
    found = figures(store)
    assert found["loan_amount"] == 400_000
    assert all(np.isnan(found[name]) for name in ("unsecured_amount", "balance", "rate_amount", "rated_amount"))


def test_the_catalogue_knows_what_a_measure_stands_on() -> None:
    """A card says 未报送 for the same reason for which the store says NaN."""
    stands_on = {name: set(measure.tables) for name, measure in load_terms().measure.items()}
    assert stands_on == {name: set(sources) for name, sources in MEASURE_TABLES.items()}


def test_an_empty_store_answers(store: Store) -> None:
    """No data at all: one row for the city, none for the counties, and nothing is zero."""
    assert progress_by(store, ALL, LATEST).isna().all(axis=None)
    assert progress_by(store, ALL, LATEST, ("region_1",)).empty


@pytest.mark.parametrize(
    ("scope", "visited", "approved_amount"),
    [
        (Scope(("A",), None), 2, 500_000),
        (Scope(None, ("Y",)), 2, 100_000),
        (Scope((), ()), 0, 0),
        (Scope(("B1",), ("X",)), 0, 0),
    ],
)
def test_a_scope_hides_rows_from_every_measure(city: Store, scope: Scope, visited: int, approved_amount: int) -> None:
    """A county sees its enterprises, a bank what it touched itself, and an empty scope nothing."""
    found = figures(city, scope=scope)
    assert found["visited"] == visited
    assert found["approved_amount"] == approved_amount


def test_superseded_rows_do_not_count(store: Store) -> None:
    """A corrected row takes the place of the old one."""
    old = {**SMALL_CITY["visits"][6], "superseded_by": 1}
    fill(store, {**SMALL_CITY, "visits": [*SMALL_CITY["visits"][:6], old]})
    assert figures(store)["visited"] == 4


def test_rows_are_sorted_and_floats(city: Store) -> None:
    """A page may rely on the order and the type."""
    frame = progress_by(city, ALL, LATEST, ("region_2",))
    assert list(frame["region_2"]) == sorted(frame["region_2"])
    assert set(frame.drop(columns="region_2").dtypes) == {pd.Float64Dtype().numpy_dtype}


@pytest.mark.parametrize("by", [(), ("region_2",), ("bank",)])
@pytest.mark.parametrize("start", [None, day(30)])
def test_several_dates_at_once_are_what_each_is_alone(city: Store, by: tuple[str, ...], start: date | None) -> None:
    """Reading a table once for all dates changes no figure, and knows no combination before its first event."""
    events = ("visits", "approved_amount", "loan_amount", "pushes_overdue")
    asked = {day(100): MEASURES, day(60): events, day(20): ("visited", "applied", *events), day(-400): events}
    selection = replace(LATEST, start=start)
    together = progress_at(city, ALL, selection, asked, by)
    for on, measures in asked.items():
        pd.testing.assert_frame_equal(together[on], progress_by(city, ALL, selection.at(on), by, measures))
