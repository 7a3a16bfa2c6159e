"""Import batches: listing them, and undoing one as if it had never been loaded."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    case,
    delete,
    exists,
    func,
    null,
    select,
    update,
)

from data_access import derivation
from data_access.importing.locking import exclusive
from data_access.importing.report import Progress, RefusedError, Step, StepCode
from data_access.importing.specs import ColumnSpec, TableSpec
from data_access.importing.tables import TABLES
from data_access.importing.written import written_key
from data_access.schema import batch_files, batches, held_cells, held_closings, held_rows, import_tables
from data_access.selection import Scope
from data_access.store import Store

LOADED, UNDONE = "loaded", "undone"


def now() -> datetime:
    """Return the time in UTC without zone, as the operations tables keep it."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def of_reader(scope: Scope, by: str) -> list[ColumnElement[bool]]:
    """Return the conditions on ``batches`` of those that a reader may see.

    A batch may hold anybody's rows, and what it held back was never told apart by region or bank. Who may not see
    everything sees the batches that went in under his own name (``by``), and no others.
    """
    if scope.is_everything:
        return []
    return [batches.c.created_by == by, batches.c.created_by != ""]


def batch_of_reader(number: ColumnElement[int], scope: Scope, by: str) -> list[ColumnElement[bool]]:
    """Return the condition that ``number`` is the number of a batch which a reader may see."""
    return [] if scope.is_everything else [number.in_(select(batches.c.batch_id).where(*of_reader(scope, by)))]


def list_batches(store: Store, scope: Scope, by: str = "") -> pd.DataFrame:
    """Return the batches that a reader called ``by`` may see (``of_reader``), the newest first.

    Columns: those of ``batches`` (times in UTC), ``files`` (names joined by 、), ``open_held``, the held rows that
    no later import has brought again and nobody has closed, and ``all_held``, all that are kept.
    """
    files = select(batch_files.c.batch_id, batch_files.c.file).distinct()
    is_open = case((held_rows.c.resolved_by.is_(None), 1), else_=0)
    kept = select(held_rows.c.batch_id, func.sum(is_open).label("open"), func.count().label("all"))
    with store.connect() as connection:
        seen = select(batches).where(*of_reader(scope, by))
        found = _frame(connection, seen.order_by(batches.c.batch_id.desc()))
        names = _frame(connection, files).groupby("batch_id")["file"].agg(lambda group: "、".join(sorted(group)))
        held = _frame(connection, kept.group_by(held_rows.c.batch_id)).set_index("batch_id")
    found["files"] = found["batch_id"].map(names).fillna("")
    for name in ("open", "all"):
        found[f"{name}_held"] = found["batch_id"].map(held[name].astype(int)).fillna(0).astype(int)
    return found


def list_batch_files(store: Store, scope: Scope, batch_id: int, by: str = "") -> pd.DataFrame:
    """Return what became of every sheet of a batch: the columns of ``batch_files``, in the order of the import."""
    own = batch_of_reader(batch_files.c.batch_id, scope, by)
    query = select(batch_files).where(batch_files.c.batch_id == batch_id, *own)
    with store.connect() as connection:
        found = _frame(connection, query)
    order = {name: place for place, name in enumerate(TABLES)}
    return found.sort_values("table_name", key=lambda names: names.map(order), kind="stable", ignore_index=True)


def _frame(connection: Connection, query: Select[tuple[object, ...]]) -> pd.DataFrame:
    result = connection.execute(query)
    return pd.DataFrame(result.all(), columns=list(result.keys()))


def undo_batch(store: Store, scope: Scope, batch_id: int, *, by: str, progress: Progress | None = None) -> int:
    """Take a batch's rows out of the store and make the rows current again that it superseded; return their number.

    Everything derived is rebuilt in the same transaction. Raises ``RefusedError`` if ``by`` sees no such batch, it is
    undone already, or rows of later batches need rows that only this batch brought.
    """
    tell = progress or (lambda _share, _step: None)
    with exclusive(store), store.begin() as connection:
        _check_undoable(connection, batch_id, of_reader(scope, by))
        removed = 0
        for share, (name, table) in enumerate(import_tables.items()):
            tell(0.5 * share / len(import_tables), Step(StepCode.LOADING, name))
            _relink(connection, TABLES[name], table, batch_id)
            removed += connection.execute(delete(table).where(table.c.batch_id == batch_id)).rowcount
        _forget_held(connection, batch_id)
        marked = update(batches).where(batches.c.batch_id == batch_id)
        connection.execute(marked.values(state=UNDONE, undone_at=now(), undone_by=by))
        tell(0.5, Step(StepCode.DERIVING))
        derivation.rebuild(connection)
        store.bump_version(connection)
    tell(1.0, Step(StepCode.DONE))
    return removed


def _check_undoable(connection: Connection, batch_id: int, own: Sequence[ColumnElement[bool]]) -> None:
    state = connection.scalar(select(batches.c.state).where(batches.c.batch_id == batch_id, *own))
    if state != LOADED:
        raise RefusedError("batch_missing" if state is None else "batch_undone", batch=str(batch_id))
    needed: dict[str, set[int]] = {}
    for name, spec in TABLES.items():
        for column in spec.columns:
            if column.references and column.required:
                found = connection.execute(_needing(import_tables[name], column, batch_id))
                needed.setdefault(column.references, set()).update(number for (number,) in found)
    others = sorted(set().union(*needed.values()))
    if others:
        tables = ",".join(table for table in TABLES if needed.get(table))
        raise RefusedError("batch_needed", batch=str(batch_id), tables=tables, batches="、".join(map(str, others)))


def _needing(table: Table, column: ColumnSpec, batch_id: int) -> Select[int]:
    """Select the other batches with rows that refer to a key which no batch but this one brought."""
    target = import_tables[column.references]
    key = target.c[TABLES[column.references].key[0]]
    elsewhere = target.alias("elsewhere")
    brought = exists(select(key).where(key == table.c[column.name], target.c.batch_id == batch_id))
    also = exists(
        select(elsewhere.c.batch_id).where(
            elsewhere.c[key.name] == table.c[column.name], elsewhere.c.batch_id != batch_id
        )
    )
    return select(table.c.batch_id).distinct().where(table.c.batch_id != batch_id, brought, ~also)


def _relink(connection: Connection, spec: TableSpec, table: Table, batch_id: int) -> None:
    """Let the rows the batch superseded be superseded by what superseded the batch's own row, or be current again."""
    own = table.alias("own")
    same = and_(*(own.c[name] == table.c[name] for name in spec.key), own.c.batch_id == batch_id)
    heir = select(own.c.superseded_by).where(same).scalar_subquery()
    connection.execute(update(table).where(table.c.superseded_by == batch_id).values(superseded_by=heir))


def _forget_held(connection: Connection, batch_id: int) -> None:
    """Take away what the batch held, and open again the rows that it settled, but for those settled later, too."""
    h = held_rows
    settled = connection.execute(select(h).where(h.c.resolved_by == batch_id)).all()
    anew = connection.execute(select(h).where(h.c.batch_id == batch_id)).all() if settled else []
    for table in (held_rows, held_cells, held_closings):
        connection.execute(delete(table).where(table.c.batch_id == batch_id))
    connection.execute(update(h).where(h.c.resolved_by == batch_id).values(resolved_by=null()))
    for row, settler in _settled_later(settled, anew):
        same = and_(h.c.batch_id == row.batch_id, h.c.held_id == row.held_id)
        connection.execute(update(h).where(same).values(resolved_by=settler))


def _settled_later(settled: Sequence[Row[Any]], anew: Sequence[Row[Any]]) -> Iterator[tuple[Row[Any], int]]:
    """Yield the rows that a batch held anew under the same key and a later batch brought right, with that batch."""
    by_key: dict[tuple[str, ...] | None, list[Row[Any]]] = {}
    for row in anew:
        by_key.setdefault(written_key(row), []).append(row)
    by_key.pop(None, None)
    namesakes = Counter((row.batch_id, written_key(row)) for row in settled)
    for row in settled:
        known = written_key(row)
        held = by_key.get(known, [])
        if len(held) == namesakes[row.batch_id, known] == 1 and held[0].resolved_by:
            yield row, held[0].resolved_by
