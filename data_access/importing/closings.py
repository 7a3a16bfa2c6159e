"""Closing held rows without a corrected row: a true duplicate has nothing to correct, and needs no second import.

The row stays with its reason, as does who closed it and when; undoing its batch removes both.
"""

from collections.abc import Collection

import pandas as pd
from sqlalchemy import ColumnElement, and_, exists, insert, select, update

from data_access.importing.batches import batch_of_reader, now
from data_access.importing.locking import exclusive
from data_access.importing.report import RefusedError
from data_access.schema import held_cells, held_closings, held_rows
from data_access.selection import Scope
from data_access.store import Store

DUPLICATE = "duplicate"
# What a row is held for when another row says the same.
DUPLICATE_RULES = ("key_twice", "value_taken", "event_twice")
# In ``held_rows.resolved_by``: closed by a person and not by a batch.
BY_HAND = 0


def list_duplicates(store: Store, scope: Scope, batch_id: int, by: str = "") -> pd.DataFrame:
    """Return the open held rows of a batch that were held because of another row: held_id, file, sheet, row_number."""
    h = held_rows
    columns = [h.c[name] for name in ("held_id", "file", "sheet", "row_number")]
    query = select(*columns).where(h.c.batch_id == batch_id, h.c.resolved_by.is_(None), _is_duplicate())
    query = query.where(*batch_of_reader(h.c.batch_id, scope, by))
    with store.connect() as connection:
        rows = connection.execute(query.order_by(h.c.held_id)).fetchall()
    return pd.DataFrame(rows, columns=[column.name for column in columns])


def _is_duplicate() -> ColumnElement[bool]:
    same = and_(held_cells.c.batch_id == held_rows.c.batch_id, held_cells.c.held_id == held_rows.c.held_id)
    return exists(select(held_cells.c.rule).where(same, held_cells.c.rule.in_(DUPLICATE_RULES)))


def close_duplicates(store: Store, scope: Scope, batch_id: int, rows: Collection[int], *, reason: str, by: str) -> int:
    """Close held rows of a batch as true duplicates and return their number.

    Raises ``RefusedError`` where no reason is given, or one of ``rows`` is not open or not held because of another
    row; nothing is closed then.
    """
    if not reason.strip():
        raise RefusedError("closing_reason")
    wanted = sorted(set(rows))
    with exclusive(store), store.begin() as connection:
        mine = [held_rows.c.batch_id == batch_id, held_rows.c.held_id.in_(wanted)]
        query = select(held_rows.c.held_id).where(*mine, held_rows.c.resolved_by.is_(None), _is_duplicate())
        found = set(connection.scalars(query.where(*batch_of_reader(held_rows.c.batch_id, scope, by))))
        if not wanted or found != set(wanted):
            raise RefusedError("closing_no_duplicate", batch=str(batch_id))
        connection.execute(update(held_rows).where(*mine).values(resolved_by=BY_HAND))
        entry = {"batch_id": batch_id, "kind": DUPLICATE, "reason": reason.strip(), "closed_at": now(), "closed_by": by}
        connection.execute(insert(held_closings), [{**entry, "held_id": number} for number in wanted])
        store.bump_version(connection)
    return len(wanted)


def list_closings(store: Store, scope: Scope, batch_id: int, by: str = "") -> pd.DataFrame:
    """Return the rows of a batch that a person closed: where they stood, why, who and when (UTC), the latest first."""
    c, h = held_closings, held_rows
    same = and_(h.c.batch_id == c.c.batch_id, h.c.held_id == c.c.held_id)
    columns = [h.c.file, h.c.sheet, h.c.row_number, c.c.reason, c.c.closed_at, c.c.closed_by]
    query = select(*columns).select_from(c.join(h, same)).where(c.c.batch_id == batch_id)
    query = query.where(*batch_of_reader(c.c.batch_id, scope, by))
    with store.connect() as connection:
        rows = connection.execute(query.order_by(c.c.closed_at.desc(), c.c.held_id)).fetchall()
    return pd.DataFrame(rows, columns=[column.name for column in columns])
