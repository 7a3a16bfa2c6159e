"""What a returned workbook brings back: rows that an earlier import held because of another row.

The row they lost to is in the store by now. Without a memory of what held them they would be taken for newer versions
of it.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Row, and_, select

from data_access.importing.findings import Rows
from data_access.importing.sheets import Sheet
from data_access.schema import held_cells, held_rows

_SAME_KEY = "key_twice"
_AGREEING = ("value_taken", "event_twice")


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """The rows that come back, by position in the table's data.

    ``same_key``: held for a key that another row had, and still under that key; with where that row was, as the
    message tells it. ``agreeing``: held for a value or an event that another row had.
    """

    same_key: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    agreeing: Rows = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def brought_back(
    connection: Connection, sheets: Sequence[Sheet], starts: Sequence[int], own: Sequence[ColumnElement[bool]]
) -> BroughtBack:
    """Return what the returned workbooks among a table's sheets bring back; each sheet's rows begin at its start.

    ``own`` are the conditions on ``held_rows`` of those that the one who imports may see.
    """
    same_key: dict[int, Mapping[str, str]] = {}
    agreeing: list[int] = []
    for sheet, start in zip(sheets, starts, strict=True):
        for row, held in _held_before(connection, sheet, own):
            if held.rule != _SAME_KEY:
                agreeing.append(start + row)
            elif _has_key_of(sheet, row, json.loads(held.cells)):
                same_key[start + row] = json.loads(held.detail)
    return BroughtBack(same_key, np.unique(np.array(agreeing, dtype=np.int64)))


def _held_before(
    connection: Connection, sheet: Sheet, own: Sequence[ColumnElement[bool]]
) -> Iterator[tuple[int, Row[Any]]]:
    """Yield the rows of a returned sheet that were held because of another row, with what was found then."""
    numbers = sheet.held_numbers()
    if numbers is None:
        return
    rows = {held: row for row, held in enumerate(zip(*(column.to_pylist() for column in numbers), strict=True))}
    for found in _found(connection, {batch for batch, _ in rows if batch is not None}, own):
        row = rows.get((found.batch_id, found.held_id))
        if row is not None:
            yield row, found


def _found(connection: Connection, batches: Collection[int], own: Sequence[ColumnElement[bool]]) -> Sequence[Row[Any]]:
    same = and_(held_cells.c.batch_id == held_rows.c.batch_id, held_cells.c.held_id == held_rows.c.held_id)
    query = (
        select(held_rows.c.batch_id, held_rows.c.held_id, held_rows.c.cells, held_cells.c.rule, held_cells.c.detail)
        .join(held_cells, same)
        .where(held_rows.c.batch_id.in_(batches), held_cells.c.rule.in_((_SAME_KEY, *_AGREEING)), *own)
    )
    return list(connection.execute(query))


def _has_key_of(sheet: Sheet, row: int, cells: Mapping[str, str | None]) -> bool:
    """Tell whether a row's key is spelled as in the held row's cells, which are named by their headers."""
    layout = sheet.layout
    at = [p for name in layout.spec.key for p in layout.sources[name].positions]
    return all(sheet.columns[p][row].as_py() == cells.get(layout.kept_headers[p]) for p in at)
