"""Workbooks, CSV files and grids as senders write them, for the tests of the import."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa

from data_access.importing.credit_codes import ALPHABET
from data_access.importing.reading import Grid
from data_access.importing.tables import TABLES

Rows = Sequence[Sequence[Any]]

ENTERPRISE = {
    "enterprise_id": "E1",
    "name": "演示商行",
    "entity_type": "个体工商户",
    "region_1": "赤坎区",
}
VISIT = {
    "visit_id": "V1",
    "enterprise_id": "E1",
    "visited_on": "2025-03-03",
    "mode": "现场走访",
    "result": "见到负责人",
}


def workbook(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """Write an XLSX file with these sheets, row by row, and return its path."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def table_rows(table: str, *rows: Mapping[str, Any]) -> list[list[Any]]:
    """Return a sheet of ``table``: the spec's headers of every column that any row has, then the rows."""
    spec = TABLES[table]
    names = [column.name for column in spec.columns if any(column.name in row for row in rows)]
    return [[spec.column(name).header for name in names], *([row.get(name) for name in names] for row in rows)]


def table_file(path: Path, table: str, *rows: Mapping[str, Any]) -> Path:
    """Write an XLSX file with one sheet of ``table``."""
    return workbook(path, {TABLES[table].title: table_rows(table, *rows)})


def enterprise(number: int, **more: Any) -> dict[str, Any]:
    """Return a row of ``enterprises`` that is in order."""
    return {**ENTERPRISE, "enterprise_id": f"E{number}", "name": f"演示商行{number}号", **more}


def visit(number: int, **more: Any) -> dict[str, Any]:
    """Return a row of ``visits`` that is in order; visits of different numbers are on different days."""
    day = f"2025-{1 + number // 28 % 5:02d}-{1 + number % 28:02d}"
    return {**VISIT, "visit_id": f"V{number}", "visited_on": day, **more}


def grid(*rows: Sequence[str | None], sheet: str = "") -> Grid:
    """Return rows of text as a grid."""
    return Grid(sheet, tuple(pa.chunked_array([pa.array(column, pa.string())]) for column in zip(*rows, strict=True)))


def credit_code(first: str) -> str:
    """Return the full code for its first 16 characters, check digits computed as GB 11714 and GB 32100 print it."""
    values = [int(c) if c.isdigit() else ord(c) - ord("A") + 10 for c in first[8:]]
    rest = 11 - sum(v * w for v, w in zip(values, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    code = first + {10: "X", 11: "0"}.get(rest, str(rest))
    total = sum(ALPHABET.index(c) * (3**place % 31) for place, c in enumerate(code))
    return code + ALPHABET[(31 - total % 31) % 31]
