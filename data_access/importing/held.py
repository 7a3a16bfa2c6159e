"""Held rows: keeping them with their findings, finding out which of them were corrected, and listing them."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from sqlalchemy import Column, ColumnElement, Connection, Integer, Table, and_, exists, select, update

from data_access.importing.batches import batch_of_reader
from data_access.importing.bulk import insert_rows, temporary
from data_access.importing.findings import CellFinding, Findings
from data_access.importing.keys import HeldRow, brought
from data_access.importing.names import Books
from data_access.importing.remembering import Memory
from data_access.importing.sheets import Sheet
from data_access.schema import held_cells, held_rows
from data_access.selection import Scope
from data_access.store import Store

# File, sheet and row number of a row.
Place = tuple[str, str, int]


@dataclass(slots=True)
class HeldRows:
    """What a batch holds back, collected table by table and written at its end."""

    rows: list[Mapping[str, object]] = field(default_factory=list)
    cells: list[Mapping[str, object]] = field(default_factory=list)

    def add(self, sheets: Sequence[Sheet], starts: Sequence[int], findings: Findings) -> None:
        """Add the held rows of one table; ``starts`` tells at which position each sheet's rows begin."""
        by_row: dict[int, list[CellFinding]] = {}
        for cell in findings.cells():
            by_row.setdefault(cell.row, []).append(cell)
        positions = np.array(sorted(by_row), dtype=np.int64)
        for sheet, start in zip(sheets, starts, strict=True):
            rows = positions[(positions >= start) & (positions < start + len(sheet.row_numbers))] - start
            chosen = pa.array(rows)
            lines = zip(*(column.take(chosen).to_pylist() for column in sheet.columns), strict=True)
            for row, texts in zip(rows.tolist(), lines, strict=True):
                number = len(self.rows) + 1
                self.rows.append(_row(sheet, row, number, texts))
                self.cells.extend(_cell(sheet, number, texts, cell) for cell in by_row[start + row])

    def places(self) -> set[Place]:
        """Return where the held rows are."""
        return {(str(row["file"]), str(row["sheet"]), int(str(row["row_number"]))) for row in self.rows}

    def write(self, connection: Connection, batch_id: int) -> None:
        """Insert everything as the held rows of ``batch_id``."""
        for table, rows in ((held_rows, self.rows), (held_cells, self.cells)):
            kept = pa.Table.from_pylist(list(rows), _arrow_schema(table))
            columns = {name: kept[name] for name in kept.column_names}
            columns["batch_id"] = pa.array([batch_id] * kept.num_rows, pa.int32())
            insert_rows(connection, table, pa.table(columns))


def _arrow_schema(table: Table) -> pa.Schema:
    return pa.schema([(c.name, pa.int32() if isinstance(c.type, Integer) else pa.string()) for c in table.columns])


def _row(sheet: Sheet, row: int, number: int, texts: Sequence[str | None]) -> Mapping[str, object]:
    cells = {header: text for header, text in zip(sheet.layout.kept_headers, texts, strict=True) if header}
    return {
        "held_id": number,
        "table_name": sheet.layout.spec.name,
        "file": sheet.file,
        "sheet": sheet.name,
        "row_number": int(sheet.row_numbers[row]),
        "cells": json.dumps(cells, ensure_ascii=False),
    }


def _cell(sheet: Sheet, number: int, texts: Sequence[str | None], cell: CellFinding) -> Mapping[str, object]:
    source = sheet.layout.sources.get(cell.column)
    written = (texts[p] for p in (source.positions if source else ()))
    return {
        "held_id": number,
        "column_name": cell.column,
        "value": next(filter(None, written), None),
        "rule": cell.rule,
        "detail": json.dumps(dict(cell.detail), ensure_ascii=False),
    }


# ---- which held rows an import brings again ------------------------------------------------------------------------


def brought_again(
    connection: Connection,
    batch_id: int,
    sheets: Sequence[tuple[Sheet, Memory]],
    held_now: Collection[Place],
    own: Sequence[ColumnElement[bool]],
    books: Books,
) -> Mapping[HeldRow, bool]:
    """Return the open held rows of earlier batches that this import brings again, and whether they went in now.

    ``own`` are the conditions on ``held_rows`` of those that the one who imports may see.

    A row comes again in a returned workbook (it carries the held row's number), in the same file imported once more
    (same sheet and row), or in any file that brings a row under the same key.
    """
    names = {sheet.layout.spec.name for sheet, _ in sheets}
    query = select(held_rows).where(
        held_rows.c.resolved_by.is_(None), held_rows.c.batch_id != batch_id, held_rows.c.table_name.in_(names), *own
    )
    still_open = {(row.batch_id, row.held_id): row for row in connection.execute(query)}
    if not still_open:
        return {}
    again: dict[HeldRow, bool] = dict.fromkeys(brought(connection, batch_id, still_open, books), True)
    for sheet, memory in sheets:
        same_file = ((number, held) for number, fate in memory.items() for held in fate.still_open)
        for number, held in (*_returned(sheet), *same_file):
            if held in still_open:
                again[held] = (sheet.file, sheet.name, number) not in held_now
    return again


def close(connection: Connection, batch_id: int, rows: Iterable[HeldRow]) -> None:
    """Mark held rows as resolved by a batch: it brought them again, and holds anew those that are still wrong."""
    with temporary(connection, "closing_rows", *_HELD_ROW) as closing_rows:
        insert_rows(connection, closing_rows, _numbers(sorted(rows)))
        same = [held_rows.c[name] == closing_rows.c[name] for name in ("batch_id", "held_id")]
        found = exists(select(closing_rows.c.held_id).where(*same))
        connection.execute(update(held_rows).where(found).values(resolved_by=batch_id))


_HELD_ROW = (Column("batch_id", Integer), Column("held_id", Integer))


def _numbers(rows: Sequence[HeldRow]) -> pa.Table:
    batch, held = zip(*rows, strict=True) if rows else ((), ())
    return pa.table({"batch_id": pa.array(batch, pa.int32()), "held_id": pa.array(held, pa.int32())})


def _returned(sheet: Sheet) -> Iterator[tuple[int, HeldRow]]:
    numbers = sheet.held_numbers()
    if numbers is None:
        return iter(())
    held = zip(*(column.to_pylist() for column in numbers), strict=True)
    return zip(sheet.row_numbers.tolist(), held, strict=True)


# ---- listing -------------------------------------------------------------------------------------------------------


def list_held(store: Store, scope: Scope, batch_id: int, by: str = "") -> pd.DataFrame:
    """Return the open held cells of a batch, one row each, in file order; none of a batch a reader does not see.

    Columns: held_id, table_name, file, sheet, row_number, column_name, value, rule, detail (a dict). ``rule`` and
    ``detail`` are put into words by ``messages.Describer``. Values are as read ("" for an empty cell) and may be
    personal information.
    """
    joined = held_rows.join(
        held_cells, and_(held_cells.c.batch_id == held_rows.c.batch_id, held_cells.c.held_id == held_rows.c.held_id)
    )
    named = [held_rows.c[name] for name in ("held_id", "table_name", "file", "sheet", "row_number")]
    named += [held_cells.c[name] for name in ("column_name", "value", "rule", "detail")]
    query = (
        select(*named)
        .select_from(joined)
        .where(held_rows.c.batch_id == batch_id, held_rows.c.resolved_by.is_(None))
        .where(*batch_of_reader(held_rows.c.batch_id, scope, by))
        .order_by(held_rows.c.held_id, held_cells.c.column_name)
    )
    with store.connect() as connection:
        rows = [(*row[:-1], json.loads(row.detail)) for row in connection.execute(query)]
    found = pd.DataFrame(rows, columns=[column.name for column in named])
    found["value"] = found["value"].fillna("")
    return found
