"""The access store: people's grants and the audit, in SQLite or PostgreSQL.

The audit only grows. Triggers refuse every UPDATE and DELETE of its rows, and of the grants all but their end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, ProgrammingError

from data_access.access.triggers import add_triggers
from data_access.store import StoreError

ACCESS_VERSION = 1
metadata = MetaData()

meta = Table("access_meta", metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False))

grants = Table(
    "access_grants",
    metadata,
    Column("grant_id", String, primary_key=True),
    Column("subject", String, nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("regions", String, nullable=False),  # codes parted by ";", as are banks and departments
    Column("banks", String, nullable=False),
    Column("departments", String, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("granted_at", DateTime, nullable=False),  # UTC
    Column("granted_by", String, nullable=False),
    Column("revoked_at", DateTime),  # UTC; NULL while it stands
    Column("revoked_by", String),
    Column("reason", String),  # why it was revoked
)

audit = Table(
    "access_audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String, nullable=False, index=True),  # UTC, to the microsecond; as text it is what was digested
    Column("subject", String, nullable=False),
    Column("name", String, nullable=False),
    Column("how", String, nullable=False),
    Column("role", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("action", String, nullable=False),
    Column("filters", String, nullable=False),
    Column("rows_out", Integer),
    Column("detail", String, nullable=False),
    Column("previous", String, nullable=False),  # digest of the row before
    Column("digest", String, nullable=False),
)

# The last row's number and digest: without it, rows missing at the end would not be missed.
head = Table(
    "access_head",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("digest", String, nullable=False),
)

add_triggers(metadata)


class AccessStoreError(StoreError):
    """The access store cannot be used."""

    code = "access_store"


class AccessStore:
    """An open access store. Reads go through ``connect``, writes through ``begin``, one writer at a time."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.url = _shown(engine.url)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Yield a connection for reading."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that no other writes beside; rolled back on any exception."""
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("LOCK TABLE access_head IN EXCLUSIVE MODE")
            yield connection

    def close(self) -> None:
        """Release every connection."""
        self.engine.dispose()


def open_access(url: str) -> AccessStore:
    """Open the access store at ``url`` and create its tables if it has none.

    Raises ``AccessStoreError`` if the URL is none, names another engine than SQLite and PostgreSQL, cannot be reached,
    or holds a store of another version. No message repeats a password.
    """
    parsed = _parsed(url)
    try:
        store = AccessStore(_engine(parsed))
        _prepare(store)
    except (DBAPIError, ImportError, OSError) as error:
        raise AccessStoreError(f"{_shown(parsed)}: {str(error).splitlines()[0]}") from error
    return store


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise AccessStoreError("ZHANRONG_ACCESS") from None
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise AccessStoreError("ZHANRONG_ACCESS: sqlite, postgresql")
    return parsed


def _shown(url: URL) -> str:
    return url.difference_update_query(["password", "sslpassword"]).render_as_string(hide_password=True)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        return create_engine(url, pool_pre_ping=True)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": 30})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own class
    # The driver begins transactions late and silently; SQLAlchemy says when, below.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    # A transaction that reads before it writes must be the only writer from its start, or it fails at the write.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare(store: AccessStore) -> None:
    try:
        with store.engine.connect().execution_options(writes=True) as connection, connection.begin():
            if not inspect(connection).has_table(meta.name):
                _create(connection)
    except (IntegrityError, ProgrammingError):
        pass  # another process created it at the same moment; what is there is checked below
    with store.connect() as connection:
        found = connection.execute(select(meta.c.value).where(meta.c.key == "version")).scalar()
    if found != str(ACCESS_VERSION):
        store.close()
        raise AccessStoreError(f"{store.url}: {found} ≠ {ACCESS_VERSION}")


def _create(connection: Connection) -> None:
    metadata.create_all(connection)
    connection.execute(insert(meta).values(key="version", value=str(ACCESS_VERSION)))
    connection.execute(insert(head).values(one=1, seq=0, digest=""))
