"""Nothing personal and no secret is ever logged, by whatever part of the process and at whatever level."""

import logging

import pytest
from streamlit.testing.v1 import AppTest

from components import export, startup
from components.access.records import note
from components.jobs import desk, start_import
from data_access.access.audit import Action
from data_access.access.identity import Person
from data_access.importing import pipeline
from data_access.settings import ROOT
from data_access.store import StoreError, open_store
from tests.page.reading import text
from tests.page.test_data import File
from tests.unit.data_access.importing.files import credit_code, enterprise, table_file, visit

NAME, PERSON, PHONE, NOTE = "秘名甲乙丙商行", "秘人丁戊", "13987654321", "秘语己庚辛"
CODE = credit_code("92440800MA4U1234")
UNSAID = "s3cret-pa55word"
MARKS = (NAME, PERSON, PHONE, NOTE, CODE, UNSAID)
SECONDS = 60


@pytest.fixture
def logged(caplog, capfd):
    """Return a function that gives everything the process has written so far, all loggers at their most talkative."""
    caplog.set_level(logging.DEBUG)

    def read():
        out, err = capfd.readouterr()
        records = [f"{record.getMessage()} {record.exc_text or ''} {record.args}" for record in caplog.records]
        return "\n".join([out, err, caplog.text, *records])

    return read


@pytest.fixture
def store(duckdb_url):
    store = open_store(duckdb_url)
    yield store
    store.close()


def leaked(written):
    assert written
    return [mark for mark in MARKS if mark in written]


def files(tmp_path):
    """Return a file with good rows and rows of every class of fault, all of them with personal data."""
    private = {"name": NAME, "contact_name": PERSON, "contact_phone": PHONE}
    rows = [
        enterprise(1, **private, credit_code=CODE), enterprise(2, **private, credit_code=CODE),
        enterprise(3, **private, region_1=NAME), enterprise(4, **private, credit_code=CODE[:-1] + "0"),
    ]  # fmt: skip
    paths = [
        table_file(tmp_path / "主体.xlsx", "enterprises", *rows),
        table_file(tmp_path / "走访.xlsx", "visits", visit(1, mode=NOTE), visit(2, visited_on=PERSON)),
    ]
    return [*(File(path.name, path.read_bytes()) for path in paths), File("坏.xlsx", NAME.encode())]


def test_an_import_with_bad_rows(store, zhanjiang, tmp_path, open_city, build_context_for, logged):
    open_city(store, zhanjiang)
    start_import(build_context_for(store, zhanjiang), files(tmp_path), None, by=PERSON)
    assert desk(store.url).job.done.wait(SECONDS)
    report = desk(store.url).job.report
    assert report.counts.held
    assert report.refusals
    assert leaked(logged()) == []


def test_an_import_that_breaks_with_a_row_in_hand(
    store, zhanjiang, tmp_path, open_city, build_context_for, monkeypatch, logged
):
    def fails(*_arguments):
        raise RuntimeError(f"{NAME} {PERSON} {PHONE} {UNSAID}")

    monkeypatch.setattr(pipeline, "load_table", fails)
    open_city(store, zhanjiang)
    start_import(build_context_for(store, zhanjiang), files(tmp_path), None, by=PERSON)
    assert desk(store.url).job.done.wait(SECONDS)
    assert desk(store.url).job.error
    written = logged()
    assert "RuntimeError" in written
    assert leaked(written) == []


def test_a_search_by_name_and_an_export_of_what_was_found(open_page, demo_store, zhanjiang, logged):
    app = open_page(demo_store, zhanjiang, "ledger").text_input(key="ledger.q").set_value(NAME).run()
    assert NAME in text(app)
    app = app.text_input(key="ledger.q").set_value("").run()
    app.button(key="ledger.export.csv").click().run()
    for token in list(export.desk()._exports):
        assert export.desk().find(token).done.wait(SECONDS)
        assert token not in (written := logged())
        assert leaked(written) == []


def test_an_error_in_a_page(open_city, demo_store, zhanjiang, monkeypatch, logged):
    def fails(*_arguments):
        raise RuntimeError(f"{NAME} {PHONE} postgresql://zhanrong:{UNSAID}@db/city")

    open_city(demo_store, zhanjiang)
    monkeypatch.setattr("components.context.build_context", fails)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert "这个页面出错了" in text(app)
    written = logged()
    assert "RuntimeError" in written
    assert leaked(written) == []
    assert not [mark for mark in MARKS if mark in text(app)]


def test_a_store_that_cannot_be_reached(monkeypatch, logged):
    monkeypatch.setenv("ZHANRONG_STORE", f"postgresql+psycopg://zhanrong:{UNSAID}@127.0.0.1:9/city")
    startup.open_city.clear()
    startup.warm()
    with pytest.raises(StoreError) as error:
        startup.open_city(startup.load_settings())
    assert UNSAID not in str(error.value)
    written = logged()
    assert "not" in written
    assert leaked(written) == []


def test_what_is_recorded_is_not_logged(open_city, demo_store, zhanjiang, logged):
    open_city(demo_store, zhanjiang)
    note(Person(PERSON, PERSON, "oidc"), Action.EXPORT, filters=NAME, rows=1, detail=NOTE)
    assert leaked(logged() or "-") == []
