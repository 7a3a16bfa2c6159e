"""Many rows into a table at once: DuckDB scans the Arrow table itself, PostgreSQL takes it through COPY."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.csv
from sqlalchemy import Column, Connection, MetaData, Table, column, insert, select, table

# Ten times larger pieces cost twenty times the processor time when the server is slow to take them.
ROWS_AT_ONCE = 5_000
_VIEW = "arrow_rows"


def insert_rows(connection: Connection, target: Table, rows: pa.Table) -> None:
    """Insert ``rows``, whose columns are named like those of ``target``, in the caller's transaction."""
    if not rows.num_rows:
        return
    match connection.dialect.name:
        case "duckdb":
            _scan(connection, target, rows)
        case "postgresql":
            _copy(connection, target, rows)
        case _:
            for batch in rows.to_batches(ROWS_AT_ONCE):
                connection.execute(insert(target), batch.to_pylist())


@contextmanager
def temporary(connection: Connection, name: str, *columns: Column[Any]) -> Iterator[Table]:
    """Yield an empty temporary table that is gone afterwards; after an exception the rollback takes it away."""
    target = Table(name, MetaData(), *(Column(c.name, c.type) for c in columns), prefixes=["TEMPORARY"])
    target.create(connection)
    yield target
    target.drop(connection)


def _scan(connection: Connection, target: Table, rows: pa.Table) -> None:
    driver: Any = connection.connection.driver_connection
    driver.register(_VIEW, rows)
    try:
        source: Any = select(*map(column, rows.column_names)).select_from(table(_VIEW))
        connection.execute(insert(target).from_select(rows.column_names, source))
    finally:
        driver.unregister(_VIEW)


def _copy(connection: Connection, target: Table, rows: pa.Table) -> None:
    prepare = connection.dialect.identifier_preparer
    names = ", ".join(map(prepare.quote, rows.column_names))
    statement = f"COPY {prepare.format_table(target)} ({names}) FROM STDIN WITH (FORMAT csv)"
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for batch in rows.to_batches(ROWS_AT_ONCE):
            text = io.BytesIO()
            pa.csv.write_csv(batch, text, pa.csv.WriteOptions(include_header=False))
            copy.write(text.getvalue())
