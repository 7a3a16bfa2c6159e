"""A random city with something in every table, and the same city without what lies outside of a scope."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import delete, insert, select

from data_access.schema import batch_files, batches, coverage_table, held_cells, held_rows
from data_access.selection import Scope
from data_access.store import Store
from tests.contract.small_city import Row, day, enterprise, fill

COUNTIES, BANKS, DEPARTMENTS = ("A", "B", "C"), ("X", "Y", "Z"), ("finance", "market", "justice")
TOWNS = tuple(f"{county}{number}" for county in COUNTIES for number in (1, 2))
GRIDS = tuple(f"{town}.{number}" for town in TOWNS for number in (1, 2))
N = 60
City = dict[str, list[Row]]
_RNG = np.random.default_rng(11)


def _pick(values: tuple[Any, ...]) -> Any:
    return values[int(_RNG.integers(len(values)))]


def _on(first: int = 0, last: int = 95) -> Any:
    return day(int(_RNG.integers(first, last)))


def _place(*, deep: bool = True) -> Row:
    county = _pick(COUNTIES)
    town = f"{county}{_pick((1, 2))}"
    grid = f"{town}.{_pick((1, 2))}" if deep and _RNG.random() < 0.7 else None
    return {"region_1": county, "region_2": town, "region_3": grid}


def _enterprises() -> list[Row]:
    rows = []
    for i in range(N):
        place, kind = _place(), _pick(("company", "sole_trader"))
        more = {"region_3": place["region_3"], "tier": _pick(("t1", "t2")), "size_class": "micro"}
        more |= {"tags": _pick((None, ";tech;")), "address": f"路{i}号", "contact_name": f"人{i}", "name": f"名{i}业"}
        row = enterprise(f"e{i}", place["region_1"], place["region_2"], _pick(("C", "F", None)), kind)
        rows.append({**row, **more, "contact_phone": f"13900{i:06d}", "credit_code": f"9144080{i:011d}"})
    return rows


def _pairs(rows: int, prefix: str, happened_on: str, key: str, **more: Any) -> list[Row]:
    """Records of an enterprise and a bank, most of them of a few enterprises, so that several banks meet there."""
    found = []
    for i in range(rows):
        name = f"e{int(_RNG.integers(N // 2 if _RNG.random() < 0.7 else N))}"
        row = {key: f"{prefix}{i}", "enterprise_id": name, "bank": _pick(BANKS), happened_on: _on()}
        found.append(row | {column: value(i) for column, value in more.items()})
    return found


def _amount(i: int) -> float:
    return 10_000.0 * (i + 1) + 7


def _reason(i: int) -> str:
    """A text like no other: one in nearly the words of three others is marked so wherever those may be."""
    return "".join(chr(0x4E00 + (i * 7919 + place * 911) % 20_000) for place in range(20))


def _visits() -> list[Row]:
    rows = _pairs(
        140, "v", "visited_on", "visit_id", mode=lambda _: _pick(("onsite", "phone")),
        result=lambda _: _pick(("met_owner", "met_staff", "unreachable", "refused")), visitor=lambda i: f"w{i % 9}",
        has_need=lambda i: i % 3 == 0, need_amount=lambda i: _amount(i) if i % 3 == 0 else None,
        renewal_due_on=lambda i: _on(60, 150) if i % 4 == 0 else None, remark=lambda i: f"言{i}话",
        recorded_on=lambda _: _on(0, 100),
    )  # fmt: skip
    return [row | {"bank": None} if i % 5 == 0 else row for i, row in enumerate(rows)]


def _credit() -> City:
    applications = _pairs(
        60, "a", "submitted_on", "application_id", need_amount=_amount,
        status=lambda _: _pick(("passed", "passed", "returned")),
    )  # fmt: skip
    pushes = _pairs(
        70, "r", "pushed_on", "recommendation_id", status=lambda _: _pick(("open", "open", "decided", "returned")),
        docs_complete_on=lambda i: _on(0, 60) if i % 2 else None,
    )  # fmt: skip
    asked = {row["enterprise_id"]: row["application_id"] for row in applications}
    pushes = [row | {"application_id": asked.get(row["enterprise_id"])} for row in pushes]
    decisions = [
        {
            "decision_id": f"d{i}", "recommendation_id": push["recommendation_id"] if i % 3 else None,
            "enterprise_id": push["enterprise_id"], "bank": push["bank"], "decided_on": _on(10, 95),
            "outcome": _pick(("approved", "rejected")), "approved_amount": _amount(i), "approval_kind": "new",
            "reject_code": _pick(("R01", None)), "reject_text": _reason(i),
        }
        for i, push in enumerate(pushes[:50])
    ]  # fmt: skip
    loans = [
        {
            "loan_id": f"l{i}", "decision_id": row["decision_id"], "enterprise_id": row["enterprise_id"],
            "bank": row["bank"], "drawn_on": _on(20, 95), "amount": _amount(i), "annual_rate": 3 + i % 4,
            "term_months": 12, "guarantee": "unsecured", "is_first_loan": i % 2 == 0, "is_renewal": i % 3 == 0,
            "is_no_principal_renewal": False, "balance": _amount(i), "due_on": _on(80, 160),
            "product_id": f"p{_pick((0, 1, 2))}",
        }
        for i, row in enumerate(decisions[:35])
    ]  # fmt: skip
    return {"applications": applications, "recommendations": pushes, "decisions": decisions, "loans": loans}


def _services() -> City:
    problems = [
        {
            "problem_id": f"q{i}", "enterprise_id": f"e{int(_RNG.integers(N))}", "category": "c", "level": "simple",
            "raised_on": _on(0, 60), "department": _pick((*DEPARTMENTS, None)), "deadline": _on(30, 80),
            "closed_on": _on(60, 95) if i % 3 == 0 else None, "satisfaction": 4 if i % 3 == 0 else None,
        }
        for i in range(40)
    ]  # fmt: skip
    events = [
        {"event_id": f"m{i}", "title": f"会{i}议", "event_type": "matchmaking", "held_on": _on(0, 60),
         "region_1": _pick((*COUNTIES, None)), "intent_amount": _amount(i), "firms_count": 10 + i,
         "is_published": i % 4 == 0}
        for i in range(12)
    ]  # fmt: skip
    met = {(f"m{_pick(tuple(range(12)))}", f"e{_pick(tuple(range(N)))}", _pick(BANKS)) for _ in range(60)}
    participants = [
        {"event_id": event, "enterprise_id": name, "bank": bank, "intent_amount": _amount(i), "is_msme": True}
        for i, (event, name, bank) in enumerate(sorted(met))
    ]
    officers = [
        {"officer_id": f"o{i}", "kind": _pick(("assistant", "commissioner")), "bank": _pick(BANKS), **_place(),
         "started_on": _on(0, 50), "enterprises_served": i}
        for i in range(25)
    ]  # fmt: skip
    return {"problems": problems, "events": events, "event_participants": participants, "officers": officers}


def _of_banks() -> City:
    return {
        "products": [{"product_id": f"p{i}", "bank": BANKS[i], "name": f"贷{i}款"} for i in range(3)],
        "outlets": [
            {"outlet_id": f"u{i}", "bank": _pick(BANKS), "name": f"网{i}点", **_without(_place(), "region_3")}
            for i in range(12)
        ],
        "bank_sizes": [
            {"bank": bank, "measure": "loans", "measured_on": day(0), "value": _amount(i)}
            for i, bank in enumerate(BANKS)
        ],
        "bank_plans": [
            {"bank": bank, "starts_on": day(0), "ends_on": day(300), "planned_amount": _amount(i)}
            for i, bank in enumerate(BANKS)
        ],
        "bank_reports": [
            {"bank": bank, "month_end": day(60), "kind": "reviewed", "count": 3 + i, "amount": _amount(i)}
            for i, bank in enumerate(BANKS)
        ],
    }


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def random_city() -> City:
    """Return the rows of the city by import table."""
    enterprises = _enterprises()
    targets = [
        {"enterprise_id": row["enterprise_id"], "list_version": "1", "issued_on": day(0), "removed_on": None}
        for row in enterprises[::2]
    ]
    return {
        "enterprises": enterprises,
        "grids": [
            {"code": code, "name": f"格{code}", "region_1": code[0], "region_2": code[:2], "name_en": None}
            for code in GRIDS
        ],
        "visit_targets": targets,
        "visits": _visits(),
        **_credit(),
        **_services(),
        **_of_banks(),
        "publicity": [{"publicity_id": "k1", "channel": "wechat", "title": "公开", "published_on": day(9), "views": 3}],
        "contacts": [
            {"contact_id": f"c{i}", "region_1": region, "office": f"专班{i}", "phone": f"0759{i}"}
            for i, region in enumerate((*COUNTIES, None))
        ],
    }


# ---- what a scope leaves of it -------------------------------------------------------------------------------------


def inside(city: Mapping[str, list[Row]], scope: Scope) -> City:
    """Return the city without the rows that lie outside of ``scope``.

    That an enterprise applied, and when, is the task force's list and told to every bank that touched it: of such an
    application of somebody else's only the day stays, and what the bank was pushed with it.
    """
    ours = _enterprises_in(city, scope)
    kept = {name: [row for row in rows if _is_inside(name, row, scope, ours)] for name, rows in city.items()}
    kept["events"] = [row for row in city["events"] if _sees_event(row, scope, kept["event_participants"])]
    seen = {row["event_id"] for row in kept["events"]}
    kept["event_participants"] = [row for row in kept["event_participants"] if row["event_id"] in seen]
    if scope.banks is not None:
        pushed = {row["application_id"] for row in kept["recommendations"]}
        kept["applications"] = [
            row if row["bank"] in scope.banks else _only_the_day(row, keep_amount=row["application_id"] in pushed)
            for row in city["applications"]
            if row["enterprise_id"] in ours
        ]
    return kept


def _only_the_day(row: Row, *, keep_amount: bool) -> Row:
    return row | {"bank": None, "need_amount": row["need_amount"] if keep_amount else 1.0}


def _enterprises_in(city: Mapping[str, list[Row]], scope: Scope) -> set[str]:
    """Return the enterprises of the scope's regions that a record of one of its banks names."""
    here = {row["enterprise_id"] for row in city["enterprises"] if _in_regions(row, scope)}
    if scope.banks is None:
        return here
    return here & {
        row["enterprise_id"] for rows in city.values() for row in rows
        if "enterprise_id" in row and row.get("bank") in scope.banks
    }  # fmt: skip


def _in_regions(row: Row, scope: Scope) -> bool:
    places = (row.get("region_1"), row.get("region_2"), row.get("region_3") or row.get("code"))
    return scope.regions is None or any(place in scope.regions for place in places if place)


def _is_inside(name: str, row: Row, scope: Scope, ours: set[str]) -> bool:
    if name == "publicity":
        return True
    if scope.banks is not None and "bank" in row and row["bank"] not in scope.banks:
        return False
    if "enterprise_id" in row:
        asked = scope.departments is None or name != "problems" or row["department"] in scope.departments
        return asked and row["enterprise_id"] in ours
    if name == "contacts":
        return row["region_1"] is None or _in_regions(row, scope)
    if name in {"bank_plans", "bank_reports"}:
        return scope.regions is None
    return _in_regions(row, scope) if "region_1" in row else True


def _sees_event(row: Row, scope: Scope, participants: list[Row]) -> bool:
    if row["is_published"] or any(met["event_id"] == row["event_id"] for met in participants):
        return True
    if scope.banks is not None:
        return False
    return scope.regions is None or row["region_1"] is None or row["region_1"] in scope.regions


def tokens(rows: Mapping[str, list[Row]]) -> set[str]:
    """Return the words that tell rows apart: their ids, names and texts."""
    told = {"name", "title", "remark", "reject_text", "address", "contact_name", "contact_phone", "credit_code"}
    found = set()
    for records in rows.values():
        for row in records:
            own = [value for column, value in row.items() if value and (column in told or column.endswith("_id"))]
            found.update(str(value) for value in own if value != row.get("event_id") or "title" in row)
    return found


def put(store: Store, city: City, known: Store | None = None) -> None:
    """Fill an empty store; ``known`` is the one whose tables count as reported and whose batches are listed."""
    fill(store, {name: rows for name, rows in city.items() if rows})
    with store.begin() as connection:
        _imports(connection)
        if known is not None:
            with known.connect() as other:
                rows = [dict(row) for row in other.execute(select(coverage_table)).mappings()]
            connection.execute(delete(coverage_table))
            connection.execute(insert(coverage_table), rows)
        store.bump_version(connection)


def _imports(connection: Any) -> None:
    """One import of the city's office: two files, and a row it held back."""
    now = datetime(2025, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    connection.execute(insert(batches).values(batch_id=1, created_at=now, created_by="office", state="loaded"))
    files = [{"batch_id": 1, "file": file, "sheet": "s", "table_name": "visits"} for file in ("县甲.xlsx", "县乙.xlsx")]
    connection.execute(insert(batch_files), files)
    place = {"batch_id": 1, "held_id": 1}
    row = {"table_name": "visits", "file": "县甲.xlsx", "sheet": "s", "row_number": 3, "cells": '{"名称": "退回的户"}'}
    connection.execute(insert(held_rows).values(**place, **row, resolved_by=None))
    cell = {"column_name": "enterprise_id", "value": "退回的户", "rule": "key_twice", "detail": "{}"}
    connection.execute(insert(held_cells).values(**place, **cell))
