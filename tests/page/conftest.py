"""How page tests run the app: against a store of their own, with the URL they choose."""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from components import startup
from components.context import Context, latest_day
from components.filters import Filters
from components.reads import memory
from data_access.access.identity import Access
from data_access.importing import import_files
from data_access.profile import Profile
from data_access.settings import load_settings
from data_access.store import Store, open_store

ROOT = Path(__file__).resolve().parents[2]
OpenApp = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def _components_scanned_once() -> Iterator[None]:
    """Let Streamlit look once, not at every run, which of the installed packages bring a component."""
    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture
def open_city(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Store, Profile], None]:
    """Return a function that puts a store and a profile in the place of the configured ones."""
    monkeypatch.setenv("ZHANRONG_ACCESS", f"sqlite:///{(tmp_path / 'access.db').as_posix()}")

    def use(store: Store, profile: Profile) -> None:
        city = startup.City(load_settings(), profile, store)
        monkeypatch.setattr(startup, "open_city", lambda _settings: city)
        monkeypatch.setattr(startup, "needs_demo", lambda _city: False)
        memory.clear()

    return use


@pytest.fixture(scope="session")
def foreign_store(tmp_path_factory: pytest.TempPathFactory, foreign: Profile) -> Iterator[Store]:
    """Yield the store of the foreign city, which reports enterprises, decisions and loans and nothing else."""
    store = open_store(f"duckdb:///{(tmp_path_factory.mktemp('foreign') / 'store.duckdb').as_posix()}")
    report = import_files(store, foreign, sorted((foreign.folder / "files").iterdir()), by="tests")
    assert not report.refusals
    yield store
    store.close()


@pytest.fixture
def open_page(open_city: Callable[[Store, Profile], None]) -> OpenApp:
    """Return a function that runs a page of the registry with URL parameters: ``open_page(store, profile, key)``."""

    def run(store: Store, profile: Profile, page: str = "overview", **parameters: str) -> AppTest:
        open_city(store, profile)
        app = AppTest.from_function(_app, kwargs={"page": page}, default_timeout=60)
        for name, value in parameters.items():
            app.query_params[name] = value
        return app.run()

    return run


def _app(page: str) -> None:
    """Run one page as app.py does, without its menu: a page given as a function has no file to switch to."""
    import streamlit as st  # noqa: PLC0415 - the function's source is all that is run

    from components import startup, url_state  # noqa: PLC0415 - as above
    from components.context import build_context  # noqa: PLC0415 - as above
    from components.lineage import show_asked  # noqa: PLC0415 - as above
    from components.tools import choose_language, show_tools  # noqa: PLC0415 - as above
    from data_access.access.identity import Access  # noqa: PLC0415 - as above
    from data_access.settings import load_settings  # noqa: PLC0415 - as above
    from locales import translator  # noqa: PLC0415 - as above
    from pages import PAGES  # noqa: PLC0415 - as above

    spec = next(spec for spec in PAGES if spec.key == page)
    url_state.start()
    url_state.adopt(spec.url_path)
    lang = choose_language("zh")
    show_tools(translator(lang), lang, default="zh", paths=[""])
    city = startup.open_city(load_settings())
    context = build_context(city.store, city.profile, lang, Access.open())
    show_asked(context)
    spec.render(context)
    url_state.publish()
    st.session_state["finished"] = True


@pytest.fixture
def build_context_for() -> Callable[[Store, Profile], Context]:
    """Return a function that makes the context of a run without a page."""

    def build(store: Store, profile: Profile) -> Context:
        coverage = store.coverage()
        last_on = latest_day(profile, coverage)
        filters = Filters(as_of=last_on)
        return Context(store, profile, store.version(), coverage, "zh", Access.open(), filters, last_on)

    return build
