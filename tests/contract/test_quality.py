"""Every check of the data finds what is planted for it, and nothing in a city where all is well, on both engines."""

from dataclasses import replace

import pytest
from sqlalchemy import insert

from data_access.profile import Profile
from data_access.queries.examined import EXAMINED
from data_access.queries.quality import check_counts, counts_by, failing_rows, held_for_code
from data_access.schema import batches, held_cells, held_rows
from data_access.selection import Scope
from data_access.store import Store
from metrics.quality import State, judge, load_checks
from tests.contract.small_city import Row, application, day, decision, enterprise, fill, push, visit

EVERYWHERE = Scope.everything()


def member(name: str, county: str = "A", **more: object) -> Row:
    code = f"91{name:0>16}"
    return enterprise(name, county, "A1", "C", "company", **{"region_3": "A11", "credit_code": code, **more})


def seen(number: int, name: str, on: int, **more: object) -> Row:
    entered = {"recorded_on": day(on + 1), "need_amount": 1000, "has_need": True}
    return visit(number, name, on, **{"bank": "X", **entered, **more})


def lent(number: int, name: str, decided: str | None, on: int, amount: int, **more: object) -> Row:
    row = {"loan_id": f"l{number}", "enterprise_id": name, "bank": "X", "decision_id": decided, "drawn_on": day(on)}
    return {**row, "amount": amount, "annual_rate": 4, "balance": amount, **more}


def passed(number: int, name: str) -> Row:
    return application(f"a{number}", name, 10, 500, "passed")


def answered(number: int, name: str, on: int = 15) -> Row:
    return push(number, name, "X", on, application_id=f"a{number}")


def approved(number: int, name: str, **more: object) -> Row:
    return decision(number, name, "X", 30, "approved", **{"approved_amount": 500, "approval_kind": "new", **more})


CLEAN: dict[str, list[Row]] = {
    "enterprises": [member("e1"), member("e2"), member("e3"), enterprise("farm", "A", "A1", "A", "family_farm",
                    region_3="A11")],
    "visit_targets": [{"enterprise_id": e, "list_version": "1", "issued_on": day(0)} for e in ("e1", "e2", "e3")],
    "visits": [seen(1, "e1", 1), seen(2, "e2", 2)],
    "applications": [passed(1, "e1"), passed(2, "e2")],
    "recommendations": [answered(1, "e1"), answered(2, "e2")],
    "decisions": [
        approved(1, "e1"),
        decision(2, "e2", "X", 31, "rejected", reject_code="B01", reject_text="抵押物不足"),
    ],
    "loans": [lent(1, "e1", "d1", 33, 400)],
    "problems": [{"problem_id": "p1", "enterprise_id": "e1", "category": "tax", "level": "simple", "raised_on": day(1),
                  "department": "tax"}],
}  # fmt: skip

PLANTED: dict[str, list[Row]] = {
    "enterprises": [
        member("f1", county=""), member("f2", region_2=None), member("f3", region_3=None),
        member("f4", industry_1=None), member("f5", credit_code=None), member("f6", credit_code="123"),
        member("f7"), member("f8"), member("f9"),
    ],
    # f7 off the list, entered late, without a visitor or an amount, and by a second bank; f8 before the start.
    "visit_targets": [{"enterprise_id": "f8", "list_version": "1", "issued_on": day(0)}],
    "visits": [
        seen(11, "f7", 3, recorded_on=day(20)), seen(12, "f7", 4, bank="Y", visitor=None, need_amount=None),
        seen(13, "f8", -3),
        *(seen(100 + n, "e3", 40, visitor="busy") for n in range(4)),
    ],
    "applications": [passed(21, "f5"), application("a22", "f6", 20, 500, "passed")],
    # r21 entered after its decision, r22 before the application, r23 without one.
    "recommendations": [answered(21, "f5", on=40), answered(22, "f6"), answered(23, "f7")],
    # d24 answers no push; f8 is approved without one; d25 is rejected without a reason.
    "decisions": [approved(21, "f5"), approved(24, "f8"), decision(22, "f6", "X", 31, "rejected")],
    # l21 too much, too early, without a rate and with too high a balance; l22 of an enterprise without an approval.
    "loans": [lent(21, "f5", "d21", 29, 900, annual_rate=None, balance=950), lent(22, "f9", None, 50, 10)],
    "problems": [{"problem_id": "p2", "enterprise_id": "f1", "category": "tax", "level": "simple", "raised_on": day(9),
                  "department": None}],
}  # fmt: skip

FOUND = {
    "orphan_decisions": 1, "orphan_loans": 1, "approved_not_recommended": 1, "recommended_not_applied": 1,
    "borrower_not_approved": 1, "loans_over_credit": 1, "drawn_before_decided": 1, "pushed_before_applied": 1,
    "back_filled": 1, "late_entry": 1, "visits_before_start": 1, "implausible_visits": 1, "unnamed_visitors": 1,
    "repeated_banks": 1, "off_list_visits": 1, "missing_codes": 2, "no_county": 1, "no_town": 1, "no_grid": 1,
    "no_industry": 1, "need_without_amount": 1, "unexplained_rejections": 1, "rate_missing": 1,
    "balance_over_amount": 1, "unassigned_problems": 1, "held_open": 1,
}  # fmt: skip


@pytest.fixture
def city(zhanjiang: Profile) -> Profile:
    """Return the profile with limits small enough to plant by hand."""
    return replace(zhanjiang, settings={**zhanjiang.settings, "implausible_visits_per_day": 3})


def hold(store: Store) -> None:
    """Keep two rows back, one of them corrected since, the other for its credit code."""
    rows = [{"batch_id": 1, "held_id": n, "table_name": "enterprises", "file": "a.csv", "sheet": "", "row_number": n,
             "cells": "{}", "resolved_by": None if n == 1 else 2} for n in (1, 2)]  # fmt: skip
    cell = {"batch_id": 1, "held_id": 1, "column_name": "credit_code", "value": "x", "rule": "credit_code_check"}
    with store.begin() as connection:
        connection.execute(insert(batches).values(batch_id=1, state="loaded"))
        connection.execute(insert(held_rows), rows)
        connection.execute(insert(held_cells).values(**cell, detail="{}"))


def found(store: Store, profile: Profile, scope: Scope = EVERYWHERE) -> dict[str, float]:
    counts = check_counts(store, profile, scope)
    return {str(name): float(group["failed"].sum()) for name, group in counts.groupby("check")}


def test_the_words_and_the_queries_know_the_same_checks():
    assert load_checks().keys() == EXAMINED.keys() == FOUND.keys()


def test_a_city_without_errors_passes_and_planted_ones_are_found(store, city):
    fill(store, CLEAN)
    clean = found(store, city)
    assert clean == dict.fromkeys(FOUND, 0.0)
    outcomes = judge(check_counts(store, city, EVERYWHERE), {})
    assert {o.state for o in outcomes} == {State.PASSED}
    held = next(o for o in outcomes if o.check.id == "held_open")
    assert (held.examined, held.share, held.course) == (0.0, 0.0, (("", 0.0),))  # nothing was ever held
    fill(store, PLANTED)
    hold(store)
    assert found(store, city) == FOUND
    assert held_for_code(store, Scope.everything()) == 1.0
    assert failing_rows(store, city, EVERYWHERE, "late_entry").iloc[0].tolist() == [
        "f7", "X", "v11", day(3), str(day(20)),
    ]  # fmt: skip
    for check, expected in FOUND.items():
        assert len(failing_rows(store, city, EVERYWHERE, check)) == expected, check
    banks = counts_by(store, city, EVERYWHERE, "late_entry", "bank")
    assert banks[["code", "failed"]].values.tolist() == [["X", 1.0], ["Y", 0.0]]
    counties = counts_by(store, city, EVERYWHERE, "missing_codes", "region_1")
    assert dict(zip(counties["code"], counties["failed"], strict=True)) == {"A": 2.0, "": 0.0}
    # A scope sees its own rows only, and nothing of what belongs to no place.
    assert found(store, city, Scope(("B",), None)) == {}
    mine = found(store, city, Scope(None, ("Y",)))
    assert "repeated_banks" not in mine  # that another bank was there first is not a bank's to know
    assert "held_open" not in mine


def test_a_bank_repeats_a_visit_only_where_another_has_visited(store, city):
    """Another bank to which the enterprise was recommended before has not been there."""
    pushed = {**push(9, "e1", "Y", 0), "application_id": "a1"}
    fill(store, {**CLEAN, "recommendations": [*CLEAN["recommendations"], pushed]})
    assert found(store, city)["repeated_banks"] == 0.0
    fill(store, {"visits": [seen(9, "e1", 5, bank="Y")]})
    rows = failing_rows(store, city, EVERYWHERE, "repeated_banks")
    assert rows[["enterprise_id", "bank", "other"]].values.tolist() == [["e1", "Y", "2"]]


def test_what_was_never_reported_is_not_examined(store, city):
    fill(store, {"enterprises": [enterprise("e1", "A", None, None, "company")]})
    assert found(store, city).keys() == {"no_county", "held_open"}  # what was held is known without a table
