"""The catalogue, what was lent with it, and the outlets of the small city, on every engine."""

from dataclasses import replace
from datetime import date

import pytest

from data_access.queries.products import contacts, outlets, product_loans, products
from data_access.selection import Scope, Selection
from data_access.store import Store
from tests.contract.small_city import SMALL_CITY, day, fill

ALL = Scope.everything()
LATEST = Selection(day(200))


@pytest.fixture
def city(store: Store) -> Store:
    catalogue = [
        {"product_id": "p1", "bank": "X", "name": "one", "audience": "all", "max_amount": 500_000, "rate_min": 3,
         "rate_max": 4, "term_months": 12, "guarantee": "unsecured", "valid_until": date(2025, 12, 31)},
        {"product_id": "p2", "bank": "Y", "name": "two"},
    ]  # fmt: skip
    # l1 and a third loan to e1 name p1, l2 names nothing.
    first, second = (dict(row) for row in SMALL_CITY["loans"])
    lent = [{**first, "product_id": "p1"}, second, {**first, "loan_id": "l3", "product_id": "p1", "drawn_on": day(90)}]
    places = [
        {"outlet_id": "o1", "bank": "X", "name": "X1", "region_1": "A", "region_2": "A1", "phone": "1"},
        {"outlet_id": "o2", "bank": "Y", "name": "Y1", "region_1": "A", "region_2": None},
        {"outlet_id": "o3", "bank": "X", "name": "X2", "region_1": "B", "region_2": "B1", "is_liaison": True},
    ]
    called = [
        {"contact_id": "c1", "region_1": None, "office": "city", "phone": "1", "is_published": True},
        {"contact_id": "c2", "region_1": "A", "office": "A", "phone": "2", "is_published": False},
        {"contact_id": "c3", "region_1": "B", "office": "B", "phone": "3"},
    ]
    own = {"products": catalogue, "loans": lent, "outlets": places, "contacts": called}
    fill(store, {**SMALL_CITY, **own})
    return store


def test_the_catalogue_is_whole_and_says_what_it_does_not_know(city: Store) -> None:
    first, second = products(city, Scope.everything()).to_dict("records")
    assert (first["product_id"], first["max_amount"], first["rate_min"], first["term_months"]) == ("p1", 5e5, 3, 12)
    assert (first["audience"], first["guarantee"], first["valid_until"]) == ("all", "unsecured", date(2025, 12, 31))
    assert second["audience"] == ""
    assert second["valid_until"] is None
    assert second["max_amount"] != second["max_amount"]


def lent(store: Store, scope: Scope = ALL, selection: Selection = LATEST) -> list[list[object]]:
    return product_loans(store, scope, selection).to_numpy().tolist()


def test_what_was_lent_with_each_product(city: Store) -> None:
    """One enterprise borrowed twice with p1; the loan that names no product is told as well."""
    assert lent(city) == [["", 1, 1, 100_000], ["p1", 2, 1, 600_000]]
    assert lent(city, selection=Selection(day(40))) == [["p1", 1, 1, 300_000]]
    assert lent(city, selection=replace(LATEST, start=day(50))) == [["p1", 1, 1, 300_000]]


def test_loans_follow_scope_and_filters(city: Store) -> None:
    assert lent(city, Scope(None, ("Y",))) == [["", 1, 1, 100_000]]
    assert lent(city, Scope(("B",), None)) == []
    assert lent(city, Scope((), None)) == []
    assert lent(city, selection=replace(LATEST, tiers=("t2",))) == []


def test_outlets_follow_scope_and_filters(city: Store) -> None:
    def found(scope: Scope = ALL, **narrow: tuple[str, ...]) -> list[str]:
        return outlets(city, scope, replace(LATEST, **narrow))["outlet_id"].tolist()

    assert found() == ["o1", "o2", "o3"]
    assert found(regions=("A1",)) == ["o1"]
    assert found(banks=("X",)) == ["o1", "o3"]
    assert found(industries=("C",)) == ["o1", "o2", "o3"]  # an outlet has no industry
    assert found(Scope(("B",), None)) == ["o3"]
    assert found(Scope(None, ("Y",))) == ["o2"]
    assert found(Scope((), None)) == []


def test_contacts_follow_scope_and_filters(city: Store) -> None:
    """The city's own number is everybody's; a county's that does not say so is not published."""

    def found(scope: Scope = ALL, **narrow: tuple[str, ...]) -> list[tuple[str, bool]]:
        frame = contacts(city, scope, replace(LATEST, **narrow))
        return list(zip(frame["contact_id"], frame["is_published"].astype(bool), strict=True))

    assert found() == [("c1", True), ("c2", False), ("c3", False)]
    assert found(regions=("B",)) == [("c1", True), ("c3", False)]
    assert found(Scope(("A",), None)) == [("c1", True), ("c2", False)]
    assert found(Scope((), None)) == [("c1", True)]
    assert len(found(Scope(None, ("X",)))) == 3


def test_an_empty_store_has_neither(store: Store) -> None:
    assert products(store, Scope.everything()).empty
    assert outlets(store, ALL, LATEST).empty
    assert contacts(store, ALL, LATEST).empty
    assert product_loans(store, ALL, LATEST).empty
