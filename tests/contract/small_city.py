"""A city of six enterprises small enough to count by hand, put straight into the import tables."""

from datetime import date
from typing import Any

from sqlalchemy import insert

from data_access import derivation
from data_access.schema import import_tables
from data_access.store import Store

Row = dict[str, Any]
START = date(2024, 11, 21)


def day(number: int) -> date:
    """Return the day ``number`` days after the programme began."""
    return date.fromordinal(START.toordinal() + number)


def enterprise(name: str, county: str, town: str | None, section: str | None, kind: str, **more: Any) -> Row:
    """Return a row of ``enterprises``."""
    places = {"region_1": county, "region_2": town, "industry_1": section}
    return {"enterprise_id": name, "name": name, "entity_type": kind, "tags": None, **places, **more}


def visit(number: int, name: str, on: int, bank: str | None = None, result: str = "met_owner", **more: Any) -> Row:
    """Return a row of ``visits``, on site unless told otherwise."""
    row = {"visit_id": f"v{number}", "enterprise_id": name, "visited_on": day(on), "bank": bank, "result": result}
    return {"mode": "onsite", "has_need": False, "visitor": f"p{number % 2}", **row, **more}


def application(number: str, name: str, on: int, amount: int, status: str) -> Row:
    """Return a row of ``applications``."""
    row = {"application_id": number, "enterprise_id": name, "submitted_on": day(on)}
    return {**row, "need_amount": amount, "status": status}


def push(number: int, name: str, bank: str, on: int, status: str = "open", **more: Any) -> Row:
    """Return a row of ``recommendations``."""
    row = {"recommendation_id": f"r{number}", "enterprise_id": name, "bank": bank, "pushed_on": day(on)}
    return {"status": status, "docs_complete_on": None, **row, **more}


def decision(number: int, name: str, bank: str, on: int, outcome: str, **more: Any) -> Row:
    """Return a row of ``decisions``; it answers the push of the same number."""
    row = {"decision_id": f"d{number}", "recommendation_id": f"r{number}", "enterprise_id": name, "bank": bank}
    money = {"approved_amount": None, "approval_kind": None}
    return {"decided_on": day(on), "outcome": outcome, **money, **row, **more}


SMALL_CITY: dict[str, list[Row]] = {
    # Two counties, A with the towns A1 and A2; e6 has neither town nor industry; e1 and e4 carry tags.
    "enterprises": [
        enterprise("e1", "A", "A1", "C", "company", tags=";tech;private;", tier="t1"),
        enterprise("e2", "A", "A1", "C", "company", tier="t1"),
        enterprise("e3", "A", "A2", "F", "sole_trader", tier="t2"),
        enterprise("e4", "B", "B1", "F", "company", tags=";technology_transfer;", tier="t2"),
        enterprise("e5", "B", "B1", "C", "sole_trader", tier="t2"),
        enterprise("e6", "B", None, None, "sole_trader", tier=None),
    ],
    # e5 left the list on day 50; e6 was never on it.
    "visit_targets": [
        {"enterprise_id": name, "list_version": "1", "issued_on": day(0), "removed_on": removed_on}
        for name, removed_on in (("e1", None), ("e2", None), ("e3", None), ("e4", None), ("e5", day(50)))
    ],
    # e1 twice; e3 only unreachable; e6 off the list; e5 visited when it was still on the list.
    "visits": [
        visit(1, "e1", 1, "X", has_need=True),
        visit(2, "e1", 20, "Y", mode="phone"),
        visit(3, "e2", 5, "X", has_need=True),
        visit(4, "e3", 6, None, "unreachable"),
        visit(5, "e4", 30, "Y", has_need=True),
        visit(6, "e5", 40, None, mode="wechat"),
        visit(7, "e6", 60, "X"),
    ],
    # e1 asked for 300,000 and later for 500,000; e4's application was returned.
    "applications": [
        application("a1", "e1", 10, 300_000, "passed"),
        application("a2", "e1", 25, 500_000, "passed"),
        application("a3", "e2", 12, 200_000, "pending"),
        application("a4", "e4", 35, 900_000, "returned"),
        application("a5", "e5", 45, 100_000, "passed"),
    ],
    # e1 to two banks; Y decided on the day of a push entered later (back-filled); e5 is still open.
    "recommendations": [
        push(1, "e1", "X", 15, docs_complete_on=day(20)),
        push(2, "e1", "Y", 40),
        push(3, "e2", "X", 16),
        push(4, "e5", "Y", 47),
    ],
    "decisions": [
        decision(1, "e1", "X", 30, "approved", approved_amount=400_000, approval_kind="new"),
        decision(2, "e1", "Y", 40, "approved", approved_amount=100_000, approval_kind="renewal"),
        decision(3, "e2", "X", 60, "rejected"),
    ],
    "loans": [
        {"loan_id": "l1", "enterprise_id": "e1", "bank": "X", "drawn_on": day(33), "amount": 300_000, "annual_rate": 4,
         "term_months": 24, "guarantee": "unsecured", "is_first_loan": True, "is_renewal": False,
         "is_no_principal_renewal": False, "balance": 250_000},
        {"loan_id": "l2", "enterprise_id": "e1", "bank": "Y", "drawn_on": day(44), "amount": 100_000, "annual_rate": 3,
         "term_months": 12, "guarantee": "mortgage", "is_first_loan": False, "is_renewal": True,
         "is_no_principal_renewal": True, "balance": 100_000},
    ],
}  # fmt: skip


def fill(store: Store, tables: dict[str, list[Row]] = SMALL_CITY) -> None:
    """Put ``tables`` into an empty store as batch 1 and derive the snapshots."""
    with store.begin() as connection:
        for name, rows in tables.items():
            columns = import_tables[name].c.keys()
            complete = [{c: row.get(c) for c in columns} | {"batch_id": 1} for row in rows]
            connection.execute(insert(import_tables[name]), complete)
        derivation.rebuild(connection)
        store.bump_version(connection)
