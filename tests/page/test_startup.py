"""The first start: the demo city is built before the reader's eyes; and what a watchdog is told."""

import functools

import pytest
from streamlit.testing.v1 import AppTest

import sample_data.build
from components import health, startup
from components.reads import memory
from data_access.settings import DEFAULTS, Settings
from data_access.store import StoreError, open_store
from tests.page.conftest import ROOT
from tests.page.reading import cards, problems


@pytest.fixture
def first_start(monkeypatch, tmp_path, duckdb_url, zhanjiang):
    """A process whose default store is empty, and a generator that makes a small city quickly."""
    store = open_store(duckdb_url)
    city = startup.City(Settings(zhanjiang.folder, DEFAULTS["ZHANRONG_STORE"], "zh"), zhanjiang, store)
    monkeypatch.setattr(startup, "open_city", lambda _settings: city)
    small = functools.partial(sample_data.build.build_demo_store, folder=tmp_path / "demo", scale=0.01)
    monkeypatch.setattr(sample_data.build, "build_demo_store", small)
    startup._demo_build.clear()
    memory.clear()
    yield city
    startup._demo_build.clear()
    store.close()


def test_the_demo_city_is_built_once_and_then_shown(first_start):
    assert startup.needs_demo(first_start)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    assert problems(app) == []
    assert not startup.needs_demo(first_start)
    assert cards(app)["累计走访户数"] not in {"0 户", "未报送"}


def test_a_failed_build_is_explained_and_can_be_tried_again(first_start, monkeypatch):
    def fail(*_arguments, **_named):
        raise StoreError("disk full")

    monkeypatch.setattr(sample_data.build, "build_demo_store", fail)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert any("disk full" in piece for piece in problems(app))
    assert startup.needs_demo(first_start)
    again = startup._demo_build(first_start, "zh")
    again.done.wait(10)
    assert again.error is not None  # a new attempt, not the old one kept


def test_a_store_of_ones_own_is_never_filled_with_the_demo(first_start, zhanjiang):
    own = startup.City(Settings(zhanjiang.folder, "duckdb:///own.duckdb", "zh"), zhanjiang, first_start.store)
    assert not startup.needs_demo(own)


def test_the_health_address_tells_nothing_of_the_data(open_city, demo_store, zhanjiang):
    open_city(demo_store, zhanjiang)
    assert health.state() == {"status": "ok"}


def test_the_health_address_fails_without_saying_where(monkeypatch):
    def broken(_settings):
        raise StoreError("/secret/place")

    monkeypatch.setattr(startup, "open_city", broken)
    assert health.state() == {"status": "failing"}
