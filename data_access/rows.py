"""The rows of the import tables as the derived ones read them: the current ones, and what their codes mean."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Subquery, Table, insert, select

from data_access.schema import import_tables

VALID_VISITS = ("met_owner", "met_staff")
UNREACHABLE = ("unreachable", "closed")
APPLIED = ("pending", "passed")
DECIDED = ("approved", "rejected")
ENDED_PUSHES = ("returned", "withdrawn")
# The import table of each kind of activity.
ACTIVITY_TABLES: Mapping[str, str] = {
    "visit": "visits",
    "application": "applications",
    "push": "recommendations",
    "decision": "decisions",
    "loan": "loans",
}


def current(name: str) -> Subquery:
    """Return the current rows of an import table: those no later batch has superseded."""
    table = import_tables[name]
    return select(table).where(table.c.superseded_by.is_(None)).subquery(name)


def met(visits: Subquery) -> ColumnElement[bool]:
    """Return the condition that a visit met the owner or the staff."""
    return visits.c.result.in_(VALID_VISITS)


def insert_selected(connection: Connection, table: Table, query: Select[Any]) -> None:
    """Insert what ``query`` selects into the columns of ``table`` that have its labels."""
    connection.execute(insert(table).from_select([c.name for c in query.selected_columns], query))
