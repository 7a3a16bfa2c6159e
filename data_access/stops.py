"""Where enterprises were stopped: one row per event that ended badly, so that a page need not join them to look."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, case, func, literal, select

from data_access.rows import DECIDED, ENDED_PUSHES, UNREACHABLE, current, insert_selected
from data_access.schema import DIMENSIONS, enterprise_progress, stops


@dataclass(frozen=True, slots=True)
class Gate:
    """A stage: its table of events, an event's day and status, the statuses that end there, the day it is passed."""

    stage: str
    table: str
    day: str
    status: str
    ended: tuple[str, ...]
    passed: str


GATES = (
    Gate("visit", "visits", "visited_on", "result", (*UNREACHABLE, "refused"), "first_visit_on"),
    Gate("application", "applications", "submitted_on", "status", ("returned", "withdrawn"), "applied_on"),
    Gate("recommendation", "recommendations", "pushed_on", "status", ENDED_PUSHES, "decided_on"),
    Gate("decision", "decisions", "decided_on", "outcome", ("rejected", "withdrawn", "transferred"), "approved_on"),
)


def fill_stops(connection: Connection) -> None:
    """Fill the empty table ``stops`` from the current rows and ``enterprise_progress``."""
    e = enterprise_progress
    for gate in GATES:
        event = current(gate.table)
        own: list[ColumnElement[Any]] = [
            literal(gate.stage).label("stage"),
            event.c[gate.status].label("status"),
            _reason(gate, event).label("reason"),
            event.c.bank,
            event.c[gate.day].label("happened_on"),
            e.c[gate.passed].label("passed_on"),
        ]
        dims = [e.c[name] for name in ("enterprise_id", *DIMENSIONS, "tags")]
        joined = event.join(e, e.c.enterprise_id == event.c.enterprise_id)
        query = select(*own, *dims).select_from(joined).where(event.c[gate.status].in_(gate.ended))
        insert_selected(connection, stops, query)


def _reason(gate: Gate, event: FromClause) -> ColumnElement[str]:
    if gate.table != "decisions":
        return literal("")
    return func.coalesce(case((event.c.outcome == DECIDED[1], event.c.reject_code)), "")
