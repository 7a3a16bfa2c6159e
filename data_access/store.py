"""The store: one SQLAlchemy engine by URL, with its version and the errors people may meet when opening it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Engine, Select, create_engine, delete, insert, inspect, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import QueuePool

from data_access.schema import SCHEMA_VERSION, batches, coverage_table, metadata, store_meta


class StoreError(Exception):
    """The store cannot be used; ``code`` names the reason, ``detail`` says where."""

    code = "store_unusable"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class StoreBusyError(StoreError):
    """Another process holds the DuckDB file: only one process may have it open for writing."""

    code = "store_busy"


class StoreUrlError(StoreError):
    """The store's URL cannot be read; it is not repeated, since nobody knows which part of it is the password."""

    code = "store_url"


class StoreVersionError(StoreError):
    """The store was written by another version of the schema."""

    code = "store_version"


@dataclass(frozen=True, slots=True)
class Coverage:
    """A reported table: its current rows, the days they reach from and to (None: no dates), and its columns in use."""

    rows: int
    first_on: date | None
    last_on: date | None
    columns: frozenset[str] = frozenset()


def reported(coverage: Mapping[str, Coverage]) -> frozenset[str]:
    """Return the names of everything that was ever reported: tables, and their columns as "table.column"."""
    return frozenset(coverage) | {f"{name}.{column}" for name, entry in coverage.items() for column in entry.columns}


class Store:
    """An open store. Reads and writes go through ``connect`` and ``begin``; the engine is private to data_access."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.url = _shown(engine.url)
        self._coverage: tuple[int, Mapping[str, Coverage]] = (-1, {})

    @property
    def dialect(self) -> str:
        """Name of the SQL dialect: "duckdb", "postgresql" or another engine's."""
        return self.engine.dialect.name

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Yield a connection for reading."""
        with self.engine.connect() as connection:
            yield connection

    def rows(self, query: Select[Any] | CompoundSelect[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of one query. A statement alone needs no transaction around it, which costs as much again."""
        with self._autocommitted() as connection:
            return [tuple(row) for row in connection.execute(query).all()]  # at once: half the time of one by one

    def _autocommitted(self) -> Connection:
        return self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Yield a connection in a transaction: committed at the end, rolled back on any exception."""
        with self.engine.begin() as connection:
            yield connection

    def version(self) -> int:
        """Return the data version: it grows by one with every import or undo, and is part of every cache key."""
        with self._autocommitted() as connection:
            return _version(connection)

    def bump_version(self, connection: Connection) -> int:
        """Raise the data version inside the caller's transaction and return it."""
        version = _version(connection) + 1
        _set_meta(connection, "data_version", str(version))
        return version

    def coverage(self) -> Mapping[str, Coverage]:
        """Return the reported import tables with their extent; a table that is absent was never reported (未报送)."""
        return self.state()[1]

    def state(self) -> tuple[int, Mapping[str, Coverage]]:
        """Return the data version and the coverage, which is read again when the version has changed."""
        with self._autocommitted() as connection:
            version, known = _version(connection), self._coverage
            if known[0] != version:
                known = self._coverage = (version, _read_coverage(connection))
            return known

    def close(self) -> None:
        """Release every connection, and with DuckDB the file's lock."""
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Open the store at ``url`` and create its tables if it has none.

    Raises ``StoreBusyError`` if another process holds a DuckDB file, ``StoreVersionError`` if the store was written
    by another schema version, ``StoreUrlError`` if ``url`` is none, and ``StoreError`` if the engine is unknown or
    cannot be reached. None of them repeats a password.
    """
    parsed = _parsed(url)
    try:
        store = Store(_engine(parsed))
    except OSError as error:
        raise StoreError(f"{_shown(parsed)}: {error.strerror or type(error).__name__}") from error
    except (ArgumentError, ImportError) as error:
        raise StoreError(f"{_shown(parsed)}: {error}") from error
    try:
        with store.begin() as connection:
            _prepare(connection)
    except (DBAPIError, StoreError) as error:
        store.close()
        raise _translated(error, store.url) from error
    return store


def importers(url: str) -> frozenset[str]:
    """Return who imported the batches of the store at ``url``, whatever version of the schema wrote it."""
    engine = _engine(_parsed(url))
    try:
        with engine.connect() as connection:
            return frozenset(connection.execute(select(batches.c.created_by)).scalars())
    finally:
        engine.dispose()


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreUrlError("ZHANRONG_STORE") from error
    # An @ that is part of a password and not written %40 leaves the password's end in the host.
    if "@" in f"{parsed.host or ''}{parsed.database or ''}" and parsed.password:
        raise StoreUrlError("ZHANRONG_STORE")
    return parsed


def _shown(url: URL) -> str:
    return url.difference_update_query(["password", "sslpassword"]).render_as_string(hide_password=True)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "duckdb":
        # Compiling a plan to machine code costs more than the short queries of a page take.
        options = {"options": "-c jit=off"} if url.get_backend_name() == "postgresql" else {}
        return create_engine(url, pool_pre_ping=True, connect_args=options)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    return create_engine(url, poolclass=QueuePool, pool_size=8, max_overflow=32)


def _prepare(connection: Connection) -> None:
    if not inspect(connection).has_table(store_meta.name):
        metadata.create_all(connection)
        _set_meta(connection, "schema_version", str(SCHEMA_VERSION))
        _set_meta(connection, "data_version", "0")
    found = _meta(connection, "schema_version")
    if found != str(SCHEMA_VERSION):
        raise StoreVersionError(f"{found} ≠ {SCHEMA_VERSION}")


def _translated(error: Exception, url: str) -> StoreError:
    if isinstance(error, StoreError):
        return error
    text = str(error).splitlines()[0]
    holder = re.search(r"PID (\d+)", str(error))
    if "lock" in str(error).lower():
        return StoreBusyError(f"{url} (PID {holder.group(1)})" if holder else url)
    return StoreError(f"{url}: {text}")


def _version(connection: Connection) -> int:
    return int(_meta(connection, "data_version") or 0)


def _read_coverage(connection: Connection) -> Mapping[str, Coverage]:
    found = {
        row.table_name: Coverage(
            row.rows_current, row.first_on, row.last_on, frozenset(row.columns_reported.split(";"))
        )
        for row in connection.execute(select(coverage_table))
    }
    return MappingProxyType(found)


def _meta(connection: Connection, key: str) -> str | None:
    value: str | None = connection.execute(select(store_meta.c.value).where(store_meta.c.key == key)).scalar()
    return value


def _set_meta(connection: Connection, key: str, value: str) -> None:
    connection.execute(delete(store_meta).where(store_meta.c.key == key))
    connection.execute(insert(store_meta).values(key=key, value=value))
