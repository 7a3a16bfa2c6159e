"""The incoming rows of one table in a temporary table, so that comparing them with the store is the engine's work."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    String,
    Table,
    and_,
    delete,
    func,
    select,
)

from data_access.importing import credit_codes
from data_access.importing.bulk import insert_rows, temporary
from data_access.importing.credit_codes import Verdict
from data_access.importing.findings import Rows
from data_access.importing.specs import TableSpec
from data_access.schema import import_tables

# Columns of the staging table beside the spec's: the row's position in the data, its sheet, and the enterprise
# reference read as a credit code.
POSITION, SHEET, CODE = "row_position", "sheet_number", "reference_as_code"


class Stage:
    """The incoming rows of one import table, named like its columns, and the comparisons with the store's rows."""

    def __init__(self, connection: Connection, spec: TableSpec, rows: Table) -> None:
        self.connection = connection
        self.spec = spec
        self.target = import_tables[spec.name]
        self.rows = rows

    def fill(self, columns: Mapping[str, pa.Array], sheets: Rows, positions: Rows) -> None:
        """Put the rows at ``positions`` of the data into the table; ``sheets`` numbers each data row's sheet."""
        chosen = pa.array(positions)
        data = {name: column.take(chosen) for name, column in columns.items()}
        reference = next((c.name for c in self.spec.columns if c.references == "enterprises"), None)
        code = _as_credit_code(data[reference]) if reference else pa.nulls(len(chosen), pa.string())
        extra = {POSITION: chosen.cast(pa.int32()), SHEET: pa.array(sheets[positions], pa.int32()), CODE: code}
        insert_rows(self.connection, self.rows, pa.table(data | extra))

    def count(self) -> int:
        """Return how many incoming rows are left."""
        return self.connection.scalar(select(func.count()).select_from(self.rows)) or 0

    def same_key(self, other: FromClause, own: FromClause | None = None) -> ColumnElement[bool]:
        """Return the condition that a row of ``other`` has the key of an incoming row."""
        rows = self.rows if own is None else own
        return and_(*(other.c[name] == rows.c[name] for name in self.spec.key))

    def differs(self, other: FromClause, own: FromClause | None = None) -> list[ColumnElement[bool]]:
        """Return, column by column outside the key, the condition that ``other`` differs from the incoming row."""
        rows = self.rows if own is None else own
        names = [c.name for c in self.spec.columns if c.name not in self.spec.key]
        return [rows.c[name].is_distinct_from(other.c[name]) for name in names]

    def positions(self, condition: ColumnElement[bool], source: FromClause | None = None) -> Rows:
        """Return the positions of the incoming rows (joined as ``source``) that meet a condition."""
        query = select(self.rows.c[POSITION]).select_from(self.rows if source is None else source).where(condition)
        return np.sort(np.array(self.connection.scalars(query).all(), dtype=np.int64))

    def drop(self, positions: Rows) -> None:
        """Take the rows at ``positions`` out again."""
        if not positions.size:
            return
        with temporary(self.connection, "dropped_rows", Column(POSITION, Integer)) as dropped:
            insert_rows(self.connection, dropped, pa.table({POSITION: pa.array(positions, pa.int32())}))
            self.connection.execute(delete(self.rows).where(self.rows.c[POSITION].in_(select(dropped.c[POSITION]))))


@contextmanager
def staged(connection: Connection, spec: TableSpec) -> Iterator[Stage]:
    """Yield an empty stage for a table; it is gone afterwards."""
    names = {column.name for column in spec.columns}
    own: list[Column[Any]] = [column for column in import_tables[spec.name].columns if column.name in names]
    extra: list[Column[Any]] = [Column(POSITION, Integer), Column(SHEET, Integer), Column(CODE, String)]
    with temporary(connection, f"incoming_{spec.name}", *own, *extra) as rows:
        yield Stage(connection, spec, rows)


def _as_credit_code(references: pa.Array) -> pa.Array:
    """Return the references that are valid credit codes, in their normal form; the others as null."""
    if not pc.any(pc.greater_equal(pc.utf8_length(references), credit_codes.LENGTH)).as_py():
        return pa.nulls(len(references), pa.string())
    codes = credit_codes.normalise(references)
    valid = pa.array(credit_codes.verdicts(codes) == Verdict.VALID)
    return pc.if_else(valid, codes, pa.scalar(None, pa.string()))
