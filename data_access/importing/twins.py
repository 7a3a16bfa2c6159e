"""Rows that agree with another row where they must not, and where that other row stands."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    String,
    Subquery,
    and_,
    case,
    exists,
    func,
    not_,
    or_,
    select,
    true,
)

from data_access.importing.again import BroughtBack
from data_access.importing.findings import Finding
from data_access.importing.scoping import inside
from data_access.importing.staging import POSITION, Stage
from data_access.rows import current
from data_access.schema import batch_files
from data_access.selection import Scope

# Returns in which file, sheet and row the data at a position stands: {"file": …, "sheet": …, "row": …}.
Place = Callable[[int], Mapping[str, str]]
Values = Callable[[FromClause], list[ColumnElement[Any]]]
# Larger than any position, so that rows with it added come after all rows without.
_AFTER_ALL_OTHERS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Stored:
    """A row of the store, by its key and the batch that brought it."""

    record: str
    batch: int


# The position of another row of the import, a row of the store, or one that may not be told.
Other = int | Stored | None


@dataclass(frozen=True, slots=True)
class Telling:
    """What an importer may be told of other rows: those of his import, the store's rows and the batches he may see."""

    place: Place
    scope: Scope
    batches: Sequence[ColumnElement[bool]]  # conditions on ``batch_files``

    def details(self, connection: Connection, table: str, others: Sequence[Other]) -> list[Mapping[str, str]]:
        """Return where each of the other rows is; nothing of those he may not see."""
        files = self._files(connection, table, {other.batch for other in others if isinstance(other, Stored)})
        return [
            self.place(other)
            if isinstance(other, int)
            else {"record": other.record, **files.get(other.batch, {})}
            if other
            else {}
            for other in others
        ]

    def _files(self, connection: Connection, table: str, numbers: set[int]) -> Mapping[int, Mapping[str, str]]:
        """Return each batch's number, and its file where only one brought rows of the table."""
        f = batch_files
        query = select(f.c.batch_id, func.min(f.c.file), func.max(f.c.file)).group_by(f.c.batch_id)
        query = query.where(f.c.batch_id.in_(numbers), f.c.table_name == table, *self.batches)
        return {
            batch: {"batch": str(batch), **({"file": first} if first == last else {})}
            for batch, first, last in (connection.execute(query) if numbers else ())
        }


def agreeing(
    stage: Stage, rule: Finding, names: Sequence[str], back: BroughtBack, telling: Telling, *, nulls_agree: bool
) -> Finding:
    """Return ``rule`` for the rows that agree in ``names`` with an earlier incoming row or another row of the store.

    A row that the store already has so comes before the others; a stored row that this import changes in ``names``
    does not count, unless the row was held for it before.
    """

    def values(source: FromClause) -> list[ColumnElement[Any]]:
        columns = [source.c[name] for name in names]
        return [func.coalesce(c, "") if nulls_agree and isinstance(c.type, String) else c for c in columns]

    found: dict[int, Other] = dict(_stored_twins(stage, values, back, telling.scope))
    found |= _incoming_twins(stage, values)
    rows = sorted(found)
    details = telling.details(stage.connection, stage.spec.name, [found[row] for row in rows])
    told = [{**rule.detail, **detail} for detail in details]
    return Finding(rule.rule, rule.column, np.array(rows, dtype=np.int64), details=told)


def _incoming_twins(stage: Stage, values: Values) -> Iterator[tuple[int, int]]:
    """Yield the rows that agree with an earlier incoming one, and that row."""
    rows, stored, position = stage.rows, current(stage.spec.name), stage.rows.c[POSITION]
    established = exists(select(stored.c.batch_id).where(stage.same_key(stored), _agree(rows, stored, values)))
    order = case((established, position), else_=position + _AFTER_ALL_OTHERS).label("place_in_order")
    ordered = select(position, *(v.label(f"value_{n}") for n, v in enumerate(values(rows))), order).subquery()
    keys = [column for column in ordered.c if column.name.startswith("value_")]
    first = func.min(ordered.c.place_in_order).over(partition_by=keys).label("first")
    ranked = select(ordered.c[POSITION], ordered.c.place_in_order, first).where(keys[0].is_not(None)).subquery()
    query = select(ranked.c[POSITION], ranked.c.first).where(ranked.c.place_in_order > ranked.c.first)
    for row, other in stage.connection.execute(query):
        yield row, other % _AFTER_ALL_OTHERS


def _stored_twins(stage: Stage, values: Values, back: BroughtBack, scope: Scope) -> Iterator[tuple[int, Stored | None]]:
    """Yield the rows that agree with a stored row of another key, and that row where ``scope`` lets it be told."""
    stored = current(stage.spec.name)
    held_before = set(back.agreeing.tolist())
    for row, moves, may_be_told, batch, *key in stage.connection.execute(_with_twins(stage, stored, values, scope)):
        if not moves or row in held_before:
            yield row, Stored(" ".join(map(str, key)), batch) if may_be_told else None


def _with_twins(stage: Stage, stored: Subquery, values: Values, scope: Scope) -> Select[Any]:
    """Select the rows with their stored twins, and 1 where this import changes the twin."""
    incoming, spec = stage.rows.alias("incoming"), stage.spec
    pairs = zip(values(incoming), values(stored), strict=True)
    moved = or_(*(own.is_distinct_from(other) for own, other in pairs))
    replaced = exists(select(incoming.c[POSITION]).where(stage.same_key(stored, incoming), moved))
    told = case((and_(true(), *inside(spec, stored, scope)), 1), else_=0)
    keys = [stored.c[name] for name in spec.key]
    query = select(stage.rows.c[POSITION], case((replaced, 1), else_=0), told, stored.c.batch_id, *keys)
    agree = _agree(stage.rows, stored, values)
    return query.select_from(stage.rows.join(stored, and_(agree, not_(stage.same_key(stored))))).order_by(*keys)


def _agree(rows: FromClause, stored: FromClause, values: Values) -> ColumnElement[bool]:
    return and_(*(own == other for own, other in zip(values(rows), values(stored), strict=True)))
