"""Held rows: keeping them with their findings, finding out which of them were corrected, and listing them."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from sqlalchemy import Column, ColumnElement, Connection, Integer, Row, Table, and_, exists, select, update

from data_access.importing.batches import batch_of_reader
from data_access.importing.bulk import insert_rows, temporary
from data_access.importing.findings import CellFinding, Findings
from data_access.importing.sheets import Sheet
from data_access.importing.specs import Kind, TableSpec
from data_access.importing.tables import TABLES
from data_access.importing.values import key, tidy
from data_access.schema import batch_files, held_cells, held_rows, import_tables
from data_access.selection import Scope
from data_access.store import Store

# A held row: the batch that holds it and its number there.
HeldRow = tuple[int, int]
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
    sheets: Sequence[Sheet],
    held_now: Collection[Place],
    own: Sequence[ColumnElement[bool]],
) -> Mapping[HeldRow, bool]:
    """Return the open held rows of earlier batches that this import brings again, and whether they went in now.

    ``own`` are the conditions on ``held_rows`` of those that the one who imports may see.

    A row comes again in a returned workbook (it carries the held row's number), in the same file imported once more
    (same sheet and row), or in any file that brings a row under the same key.
    """
    names = {sheet.layout.spec.name for sheet in sheets}
    query = select(held_rows).where(
        held_rows.c.resolved_by.is_(None), held_rows.c.batch_id != batch_id, held_rows.c.table_name.in_(names), *own
    )
    still_open = {(row.batch_id, row.held_id): row for row in connection.execute(query)}
    if not still_open:
        return {}
    again: dict[HeldRow, bool] = dict.fromkeys(_same_key(connection, batch_id, still_open), True)
    for sheet in sheets:
        for number, held in (*_returned(sheet), *_same_file(connection, sheet)):
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


# More keys than this are looked for among all rows of the batch instead.
_KEYS_IN_A_QUERY = 5000
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


def _same_file(connection: Connection, sheet: Sheet) -> Iterator[tuple[int, HeldRow]]:
    """Yield the held rows of the same sheet of the same file, whatever it was called then."""
    same_place = [held_rows.c[name] == batch_files.c[name] for name in ("batch_id", "file", "sheet")]
    query = (
        select(held_rows.c.row_number, held_rows.c.batch_id, held_rows.c.held_id)
        .join(batch_files, and_(*same_place))
        .where(batch_files.c.digest == sheet.digest, batch_files.c.sheet == sheet.name)
    )
    present = set(sheet.row_numbers.tolist())
    return ((number, (batch, held)) for number, batch, held in connection.execute(query) if number in present)


def _same_key(connection: Connection, batch_id: int, still_open: Mapping[HeldRow, Row[Any]]) -> Iterator[HeldRow]:
    """Yield the held rows under whose key this batch brought a row."""
    by_key: dict[str, dict[tuple[str, ...], list[HeldRow]]] = {}
    for number, row in still_open.items():
        if found := _key_of(TABLES[row.table_name], json.loads(row.cells)):
            by_key.setdefault(row.table_name, {}).setdefault(found, []).append(number)
    for name, wanted in by_key.items():
        table = import_tables[name]
        columns = [table.c[column] for column in TABLES[name].key]
        brought = select(*columns).where(table.c.batch_id == batch_id)
        if len(wanted) <= _KEYS_IN_A_QUERY:
            brought = brought.where(columns[0].in_({found[0] for found in wanted}))
        for found in connection.execute(brought):
            yield from wanted.get(tuple(map(str, found)), ())


def _key_of(spec: TableSpec, cells: Mapping[str, str | None]) -> tuple[str, ...] | None:
    """Return the key a held row carries, where it can be read from the cells as they are."""
    found = []
    for name in spec.key:
        column = spec.column(name)
        spellings = {key(text) for text in (column.header, column.header_en, column.name, *column.synonyms)}
        text = next((text for header, text in cells.items() if key(header) in spellings), None)
        if text is None or column.kind not in (Kind.TEXT, Kind.REFERENCE):
            return None
        found.append(tidy(text))
    return tuple(found)


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
