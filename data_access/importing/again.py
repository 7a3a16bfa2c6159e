"""What an import brings back: rows that an earlier one held, in a returned workbook or in the same file once more.

A row may have been held because of another row, which is in the store by now. Without a memory of what held it, it
would be taken for a newer version of that row.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Row, and_, select

from data_access.importing.findings import NO_ROWS, Rows
from data_access.importing.keys import HeldRow
from data_access.importing.remembering import Memory
from data_access.importing.sheets import Sheet
from data_access.schema import held_cells, held_rows

_SAME_KEY = "key_twice"
_AGREEING = ("value_taken", "event_twice")


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """The rows that come back, by position in the table's data.

    ``same_key``: held for a key that another row had, and still under that key; with where that row was, as the
    message tells it. ``agreeing``: held for a value or an event that another row had.

    Of files that were imported before: ``still_open``, held then and not corrected yet; ``corrected``, brought right
    by a later batch; ``closed``, closed by a person.
    """

    same_key: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    agreeing: Rows = field(default_factory=lambda: NO_ROWS)
    still_open: Mapping[int, Mapping[HeldRow, Row[Any]]] = field(default_factory=dict)
    corrected: Rows = field(default_factory=lambda: NO_ROWS)
    closed: Rows = field(default_factory=lambda: NO_ROWS)


def brought_back(
    connection: Connection,
    sheets: Sequence[Sheet],
    starts: Sequence[int],
    memories: Sequence[Memory],
    own: Sequence[ColumnElement[bool]],
) -> BroughtBack:
    """Return what a table's sheets bring back; each sheet's rows begin at its start.

    ``own`` are the conditions on ``held_rows`` of those that the one who imports may see.
    """
    fates = {
        start + row: memory[number]
        for sheet, start, memory in zip(sheets, starts, memories, strict=True)
        for row, number in enumerate(sheet.row_numbers.tolist() if memory else ())
        if number in memory
    }
    still_open = {row: fate.still_open for row, fate in fates.items() if fate.still_open}
    settled = {row: fate.by_hand for row, fate in fates.items() if not fate.still_open}
    same_key = dict(_same_key_in_the_same_file(connection, still_open))
    agreeing: list[int] = []
    for sheet, start in zip(sheets, starts, strict=True):
        for row, held in _held_before(connection, sheet, own):
            if held.rule != _SAME_KEY:
                agreeing.append(start + row)
            elif _has_key_of(sheet, row, json.loads(held.cells)):
                same_key[start + row] = json.loads(held.detail)
    return BroughtBack(
        same_key,
        _rows(agreeing),
        still_open,
        _rows([row for row, by_hand in settled.items() if not by_hand]),
        _rows([row for row, by_hand in settled.items() if by_hand]),
    )


def _rows(positions: Collection[int]) -> Rows:
    return np.unique(np.array(list(positions), dtype=np.int64))


def _same_key_in_the_same_file(
    connection: Connection, still_open: Mapping[int, Mapping[HeldRow, Row[Any]]]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    batches = {batch for held in still_open.values() for batch, _ in held}
    found = {(row.batch_id, row.held_id): row.detail for row in _found(connection, batches, (_SAME_KEY,), ())}
    for position, held in still_open.items():
        detail = next((found[number] for number in held if number in found), None)
        if detail is not None:
            yield position, json.loads(detail)


def _held_before(
    connection: Connection, sheet: Sheet, own: Sequence[ColumnElement[bool]]
) -> Iterator[tuple[int, Row[Any]]]:
    """Yield the rows of a returned sheet that were held because of another row, with what was found then."""
    numbers = sheet.held_numbers()
    if numbers is None:
        return
    rows = {held: row for row, held in enumerate(zip(*(column.to_pylist() for column in numbers), strict=True))}
    batches = {batch for batch, _ in rows if batch is not None}
    for found in _found(connection, batches, (_SAME_KEY, *_AGREEING), own):
        row = rows.get((found.batch_id, found.held_id))
        if row is not None:
            yield row, found


def _found(
    connection: Connection, batches: Collection[int], rules: Collection[str], own: Sequence[ColumnElement[bool]]
) -> Sequence[Row[Any]]:
    same = and_(held_cells.c.batch_id == held_rows.c.batch_id, held_cells.c.held_id == held_rows.c.held_id)
    query = (
        select(held_rows.c.batch_id, held_rows.c.held_id, held_rows.c.cells, held_cells.c.rule, held_cells.c.detail)
        .join(held_cells, same)
        .where(held_rows.c.batch_id.in_(batches), held_cells.c.rule.in_(rules), *own)
    )
    return list(connection.execute(query)) if batches else []


def _has_key_of(sheet: Sheet, row: int, cells: Mapping[str, str | None]) -> bool:
    """Tell whether a row's key is spelled as in the held row's cells, which are named by their headers."""
    layout = sheet.layout
    at = [p for name in layout.spec.key for p in layout.sources[name].positions]
    return all(sheet.columns[p][row].as_py() == cells.get(layout.kept_headers[p]) for p in at)
