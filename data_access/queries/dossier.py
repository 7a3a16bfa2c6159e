"""One enterprise: what the register says of it, and everything recorded about it that a person may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Double, Numeric, Select, Subquery, and_, cast, or_, select

from data_access.importing.tables import TABLES
from data_access.queries.filters import of_own_banks, scoped
from data_access.queries.seen import enterprise_conditions
from data_access.rows import current
from data_access.schema import enterprise_progress
from data_access.selection import Scope, Selection
from data_access.store import Store

# The tables of an enterprise's own history.
HISTORY = ("visit_targets", "visits", "applications", "recommendations", "decisions", "loans", "problems")


@dataclass(frozen=True)
class Dossier:
    """An enterprise's register entry and the records of it up to the as-of date, oldest first.

    ``identity`` holds the columns of ``enterprises``; ``records`` a frame for every table of ``HISTORY``, and for
    "events" (those it took part in, one row per bank it met) and "officers" (those of its grid and town on duty that
    day). Amounts are in yuan; a table that was never reported has no rows.
    """

    identity: Mapping[str, Any]
    records: Mapping[str, pd.DataFrame]


def dossier(store: Store, scope: Scope, enterprise_id: str, as_of: date) -> Dossier | None:
    """Return what the scope may see of an enterprise; None if there is none with this id in the scope.

    Of a scope of banks: the records that name one of them, and those that name no bank by their nature.
    """
    with store.connect() as connection:
        identity = _identity(connection, scope, enterprise_id, as_of)
        if identity is None:
            return None
        records = {name: _frame(connection, _history(name, scope, enterprise_id, as_of)) for name in HISTORY}
        records["events"] = _frame(connection, _events(scope, enterprise_id, as_of))
        records["officers"] = _frame(connection, _officers(scope, identity, as_of))
    return Dossier(identity, records)


def _identity(connection: Connection, scope: Scope, enterprise_id: str, as_of: date) -> dict[str, Any] | None:
    e, progress = current("enterprises"), enterprise_progress
    visible = select(progress.c.enterprise_id).where(
        progress.c.enterprise_id == enterprise_id, *enterprise_conditions(progress, scope, Selection(as_of))
    )
    query = select(*_columns(e, "enterprises")).where(e.c.enterprise_id == enterprise_id)
    found = connection.execute(query.where(e.c.enterprise_id.in_(visible))).mappings().first()
    return None if found is None else dict(found)


def _history(name: str, scope: Scope, enterprise_id: str, as_of: date) -> Select[Any]:
    r, spec = current(name), TABLES[name]
    day = r.c[spec.happened_on or ""]
    query = select(*_columns(r, name)).where(r.c.enterprise_id == enterprise_id, day <= as_of)
    if "bank" in r.c:
        query = query.where(*of_own_banks(r, scope))
    if name == "problems" and scope.departments is not None:
        query = query.where(r.c.department.in_(scope.departments))
    return query.order_by(day, *[r.c[key] for key in spec.key])


def _events(scope: Scope, enterprise_id: str, as_of: date) -> Select[Any]:
    p, e = current("event_participants"), current("events")
    met = [p.c.bank, cast(p.c.intent_amount, Double).label("intent_amount")]
    shown = [e.c[name] for name in ("event_id", "title", "event_type", "held_on", "organiser")]
    query = select(*shown, *met).join(e, e.c.event_id == p.c.event_id)
    query = query.where(p.c.enterprise_id == enterprise_id, e.c.held_on <= as_of, *of_own_banks(p, scope))
    return query.order_by(e.c.held_on, e.c.event_id, p.c.bank)


def _officers(scope: Scope, identity: Mapping[str, Any], as_of: date) -> Select[Any]:
    """Those of its grid, then those of its town; an officer with a grid serves that grid alone."""
    o = current("officers")
    here = and_(o.c.region_2 == identity["region_2"], o.c.region_3.is_(None))
    if identity["region_3"]:
        here = or_(here, o.c.region_3 == identity["region_3"])
    on_duty = or_(o.c.ended_on.is_(None), o.c.ended_on >= as_of)
    query = select(*_columns(o, "officers")).where(
        here, on_duty, or_(o.c.started_on.is_(None), o.c.started_on <= as_of), *scoped(o, scope)
    )
    return query.order_by(o.c.region_3.is_(None), o.c.kind, o.c.officer_id)


def _columns(source: Subquery, name: str) -> list[ColumnElement[Any]]:
    columns = [source.c[column.name] for column in TABLES[name].columns]
    return [cast(c, Double).label(c.name) if isinstance(c.type, Numeric) else c for c in columns]


def _frame(connection: Connection, query: Select[Any]) -> pd.DataFrame:
    result = connection.execute(query)
    return pd.DataFrame([tuple(row) for row in result], columns=[*result.keys()])
