"""The page that brings data in, and says what is there and what is wrong."""

import pytest

from components.jobs import desk, start_import, start_undo
from data_access.importing import list_batches
from data_access.store import open_store
from tests.page.reading import problems, text

SECONDS = 60


class File:
    """A file as the browser sends it."""

    def __init__(self, name, data):
        self.name, self._data = name, data

    def getvalue(self):
        return self._data


@pytest.fixture
def own_store(duckdb_url):
    store = open_store(duckdb_url)
    yield store
    store.close()


def uploads(foreign):
    return [File(path.name, path.read_bytes()) for path in sorted((foreign.folder / "files").iterdir())]


def test_it_lists_what_is_reported_and_compares_with_what_was_published(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "data")
    assert problems(app) == []
    shown = text(app)
    assert "经营主体" in shown
    assert "与已公布数字对账" in shown
    assert "tests" in shown  # who brought the batch in


def test_an_empty_store_can_be_filled(open_page, own_store, foreign, build_context_for):
    app = open_page(own_store, foreign, "data")
    assert problems(app) == []
    assert "还没有导入过" in text(app)
    context = build_context_for(own_store, foreign)
    assert start_import(context, uploads(foreign), None, by="clerk")
    job = desk(own_store.url).job
    assert job.done.wait(SECONDS)
    assert job.error is None
    app.run()
    assert "读取 87 行" in " ".join(entry.value for entry in (*app.success, *app.warning))
    assert list_batches(own_store)["created_by"].tolist() == ["clerk"]
    app.button(key="data.dismiss").click().run()
    assert not app.success


def test_a_batch_can_be_undone(open_page, own_store, foreign, build_context_for):
    context = build_context_for(own_store, foreign)
    start_import(context, uploads(foreign), None, by="clerk")
    desk(own_store.url).job.done.wait(SECONDS)
    assert start_undo(context, 1, by="clerk")
    desk(own_store.url).job.done.wait(SECONDS)
    assert list_batches(own_store)["state"].tolist() == ["undone"]
    app = open_page(own_store, foreign, "data")
    assert problems(app) == []
    assert "已撤销" in text(app)


def test_two_jobs_do_not_run_at_once(own_store, foreign, build_context_for):
    context = build_context_for(own_store, foreign)
    assert start_import(context, uploads(foreign), None, by="a")
    first = desk(own_store.url).job
    second_started = start_import(context, uploads(foreign), None, by="b")
    assert first.done.wait(SECONDS)
    assert not second_started or desk(own_store.url).job is not first


def test_rows_held_back_are_listed_with_their_reason(open_page, own_store, foreign, build_context_for):
    files = {file.name: file.getvalue().decode("utf-8-sig") for file in uploads(foreign)}
    first, *rows = files["enterprises.csv"].splitlines()
    broken = "\n".join([first, rows[0].replace("Santo Elmo", "XX"), *rows[1:]])
    start_import(build_context_for(own_store, foreign), [File("enterprises.csv", broken.encode())], None, by="clerk")
    desk(own_store.url).job.done.wait(SECONDS)
    desk(own_store.url).dismiss()
    app = open_page(own_store, foreign, "data", lang="en")
    assert problems(app) == []
    assert "Rows held back: 1 to correct" in text(app)
    held = app.dataframe[0].value
    assert "XX" in held["Value"].iloc[0]
    assert held["Problem"].iloc[0]
    assert held["Remedy"].iloc[0]


def test_a_file_that_is_none_is_refused_in_words(open_page, own_store, foreign, build_context_for):
    start_import(build_context_for(own_store, foreign), [File("x.xlsx", b"not a workbook")], None, by="clerk")
    desk(own_store.url).job.done.wait(SECONDS)
    app = open_page(own_store, foreign, "data")
    assert problems(app) == []
    assert any("x.xlsx" in entry.value for entry in app.error)


def test_a_running_import_shows_progress_and_can_be_cancelled(open_page, own_store, foreign):
    from components.jobs import Job  # noqa: PLC0415 - a job that runs as long as the test wants

    running = Job("正在导入", share=0.4, step="读取")
    desk(own_store.url).job = running
    try:
        app = open_page(own_store, foreign, "data")
        assert problems(app) == []
        app.button(key="data.cancel").click().run()
        assert running.cancelled.is_set()
    finally:
        running.done.set()
        desk(own_store.url).dismiss()
