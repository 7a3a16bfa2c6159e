"""app.py itself: menu, language, and what a reader sees when something fails."""

import logging

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components import startup
from data_access.store import StoreBusyError
from pages import PAGES
from tests.page.conftest import ROOT
from tests.page.reading import pieces, problems, text


@pytest.fixture
def app(open_city, demo_store, zhanjiang):
    open_city(demo_store, zhanjiang)
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)


def test_it_opens_the_first_page_of_the_registry(app):
    app.run()
    assert problems(app) == []
    assert "指挥总览" in text(app)


def test_the_first_page_answers_at_its_own_name_too_and_stands_in_the_menu_once(app, monkeypatch):
    served, navigation = {}, st.navigation

    def seen(sections, **how):
        served.update({page.url_path: page.visibility for pages in sections.values() for page in pages})
        return navigation(sections, **how)

    monkeypatch.setattr(st, "navigation", seen)
    app.run()
    first, *others = (spec.url_path for spec in PAGES)
    assert served[""] == "visible"
    assert served[first] == "hidden"
    assert set(served) == {"", first, *others}


def test_the_language_switch_changes_page_and_url(app):
    app.run()
    app.button_group(key="tools.lang").set_value("en").run()
    assert problems(app) == []
    assert app.query_params["lang"] == "en"
    assert "Overview" in text(app)
    app.button_group(key="tools.lang").set_value("zh").run()
    assert "lang" not in app.query_params


def test_the_back_button_brings_the_former_view_back(app):
    app.query_params["region"] = "440881"
    app.run()
    app.selectbox(key="filters.region_1").select("440823").run()
    app.query_params["region"] = "440881"
    app.run()
    assert app.selectbox(key="filters.region_1").value == "440881"


@pytest.mark.parametrize(("lang", "words"), [("zh", "数据库正被另一个程序使用"), ("en", "The database is in use")])
def test_a_store_in_use_is_explained_without_a_traceback(monkeypatch, lang, words):
    def busy(_settings):
        raise StoreBusyError("store.duckdb (PID 7)")

    monkeypatch.setattr(startup, "open_city", busy)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["lang"] = lang
    app.run()
    assert not app.exception
    assert words in text(app)
    assert "PID 7" in text(app)
    assert "Traceback" not in " ".join(pieces(app))


def test_an_unforeseen_error_has_a_number_that_the_log_knows_and_no_personal_data(app, monkeypatch, caplog):
    def fail(*_arguments):
        raise RuntimeError("张三 13800138000")

    monkeypatch.setattr("pages.progress.overview.build_situation", fail)
    with caplog.at_level(logging.ERROR, logger="zhanrong"):
        app.run()
    shown = text(app)
    assert "这个页面出错了" in shown
    assert "张三" not in shown
    entry = next(record.getMessage() for record in caplog.records if record.name == "zhanrong")
    assert "张三" not in entry
    assert "RuntimeError" in entry
    assert entry.split()[1].rstrip(":") in shown


def test_every_page_has_its_own_address_title_and_question():
    assert len({spec.url_path for spec in PAGES}) == len({spec.key for spec in PAGES}) == len(PAGES)
    assert all(spec.title and spec.question and spec.section for spec in PAGES)
