"""Why enterprises of the small city stopped, and who waits unserved, by hand, on every engine."""

from dataclasses import replace

import pytest

from data_access.queries.distributions import credit_spread
from data_access.queries.reasons import drop_offs, unserved_by, unserved_page
from data_access.selection import Scope, Selection
from data_access.store import Store
from tests.contract.small_city import SMALL_CITY, application, day, decision, fill, push, visit

ALL = Scope.everything()
LATEST = Selection(day(200))


@pytest.fixture(scope="module")
def city(shared_store: Store) -> Store:
    fill(shared_store)
    return shared_store


def stops(store: Store, selection: Selection = LATEST, scope: Scope = ALL) -> list[tuple[object, ...]]:
    return [tuple(row) for row in drop_offs(store, scope, selection).itertuples(index=False)]


def test_who_stopped_where(city: Store) -> None:
    """e3 was only ever found unreachable, e4's application was returned, e2 was rejected without a reason."""
    assert stops(city) == [
        ("visit", "unreachable", "", 1),
        ("application", "returned", "", 1),
        ("decision", "rejected", "", 1),
    ]


def test_who_passes_later_did_not_stop(store: Store) -> None:
    """Met at last, applied again, approved elsewhere: none of these is a stop, but each was before it happened."""
    later = {
        **SMALL_CITY,
        "visits": [*SMALL_CITY["visits"], visit(8, "e3", 110)],
        "applications": [*SMALL_CITY["applications"], application("a6", "e4", 120, 10, "passed")],
        "recommendations": [*SMALL_CITY["recommendations"], push(5, "e2", "Y", 70)],
        "decisions": [*SMALL_CITY["decisions"], decision(4, "e2", "Y", 130, "approved", approved_amount=1)],
    }
    fill(store, later)
    assert stops(store) == []
    assert [stage for stage, *_ in stops(store, Selection(day(109)))] == ["visit", "application", "decision"]


def test_the_latest_event_gives_the_reason(store: Store) -> None:
    """e2 was rejected for its score and later for its collateral; e5's push was returned, then withdrawn."""
    more = {
        **SMALL_CITY,
        "recommendations": [*SMALL_CITY["recommendations"][:3], push(4, "e5", "Y", 47, "returned"),
                            push(5, "e5", "X", 60, "withdrawn")],
        "decisions": [decision(3, "e2", "X", 60, "rejected", reject_code="score"),
                      decision(5, "e2", "Y", 61, "rejected", reject_code="collateral")],
    }  # fmt: skip
    fill(store, more)
    found = stops(store)
    assert ("recommendation", "withdrawn", "", 1) in found
    assert ("decision", "rejected", "collateral", 1) in found
    assert len([row for row in found if row[0] == "decision"]) == 1


def test_stops_follow_filters_and_scope(city: Store) -> None:
    """A county's own, and a bank's own events."""
    assert [row[0] for row in stops(city, replace(LATEST, regions=("B",)))] == ["application"]
    assert [row[0] for row in stops(city, scope=Scope(None, ("X",)))] == ["decision"]
    assert stops(city, scope=Scope((), None)) == []


def test_stops_of_an_empty_store(store: Store) -> None:
    """Nothing was reported, nobody stopped."""
    assert stops(store) == []


def test_who_waits_unserved(city: Store) -> None:
    """e4 told of a need on day 30 and its only application was returned; the others applied."""
    (row,) = unserved_page(city, ALL, LATEST).itertuples()
    assert (row.enterprise_id, row.name, row.need_on, row.days) == ("e4", "e4", day(30), 170)
    assert unserved_by(city, ALL, LATEST, ("region_1",)).to_dict("records") == [{"region_1": "B", "n": 1.0}]
    # On day 9 neither e1 nor e2 had applied yet.
    early = unserved_page(city, ALL, Selection(day(9)))
    assert list(early["enterprise_id"]) == ["e1", "e2"]


def test_pages_follow_each_other(city: Store) -> None:
    """The longest waiting first, one at a time."""
    early = Selection(day(9))
    pages = [unserved_page(city, ALL, early, offset=n, limit=1)["enterprise_id"].tolist() for n in range(3)]
    assert pages == [["e1"], ["e2"], []]


def test_the_amount_is_of_the_latest_visit_that_named_one(store: Store) -> None:
    """e4 named 5,000 and then 8,000, and at the last visit nothing."""
    told = [visit(8, "e4", 40, has_need=True, need_amount=5_000), visit(9, "e4", 50, has_need=True, need_amount=8_000),
            visit(10, "e4", 60, has_need=True)]  # fmt: skip
    fill(store, {**SMALL_CITY, "visits": [*SMALL_CITY["visits"], *told]})
    assert unserved_page(store, ALL, LATEST)["need_amount"].tolist() == [8_000]


def test_a_bank_sees_those_it_visited(city: Store) -> None:
    """e4 was visited by Y."""
    assert unserved_by(city, Scope(None, ("Y",)), LATEST)["n"].tolist() == [1]
    assert unserved_by(city, Scope(None, ("X",)), LATEST)["n"].sum() == 0
    assert unserved_page(city, Scope(None, ("X",)), LATEST).empty


def test_the_spread_of_credit(city: Store) -> None:
    """e1 got 400,000 from X and 100,000 from Y: one enterprise with 500,000, or one for each bank."""
    assert credit_spread(city, ALL, LATEST).to_dict("records") == [{"n": 1, "amount": 5e5, "squares": 2.5e11}]
    by_bank = credit_spread(city, ALL, LATEST, ("bank",))
    assert [tuple(row) for row in by_bank.to_numpy()] == [("X", 1, 4e5, 1.6e11), ("Y", 1, 1e5, 1e10)]
    assert credit_spread(city, ALL, Selection(day(35)))["amount"].tolist() == [4e5]
    assert credit_spread(city, ALL, Selection(day(3)))["n"].tolist() == [0]
