"""The page that brings data in, and says what is there and what is wrong."""

import re

import pytest

from components.access.records import access_store
from components.jobs import desk, start_import, start_undo
from data_access.access.audit import Asked, events
from data_access.access.identity import Access, Person
from data_access.access.roles import ROLES
from data_access.demo import GENERATOR
from data_access.entered import list_entries
from data_access.importing import list_batches, list_closings
from data_access.selection import Scope
from data_access.store import open_store
from tests.page.reading import cards, pieces, problems, text

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


def test_it_lists_what_is_reported(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "data")
    assert problems(app) == []
    assert "经营主体" in text(app)


def test_batches_tell_who_brought_what(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "data", tab="batches")
    assert problems(app) == []
    shown = text(app)
    assert GENERATOR in shown  # who brought the batch in
    assert "批次明细" in shown
    assert sum("zr-rowcards" in piece for piece in pieces(app)) == 2  # on a phone each batch and sheet is a card
    assert "02-经营主体" in shown


def test_checks_are_listed_the_failing_ones_first(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "data", tab="quality")
    assert problems(app) == []
    shown = text(app)
    assert "数据质量：26 项检查" in shown
    assert shown.index("清单外走访") < shown.index("放款早于授信")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_check_shows_its_course_its_owners_and_its_rows(open_page, demo_store, zhanjiang, lang):
    app = open_page(demo_store, zhanjiang, "data", tab="quality", check="back_filled", lang=lang)
    assert problems(app) == []
    assert {"zh": "补录的推荐", "en": "Back-filled recommendations"}[lang] in text(app)
    rows = app.dataframe[-1].value
    assert len(rows) > 0
    assert rows.iloc[0, 0].startswith("ledger?enterprise=")
    app.button(key="data.check.back").click().run()
    assert "check" not in app.query_params


def test_an_unknown_check_or_section_shows_the_usual_one(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "data", tab="quality", check="xyzzy")
    assert problems(app) == []
    assert "26 项检查" in text(app)
    assert "已报送" in text(open_page(demo_store, zhanjiang, "data", tab="xyzzy"))


def test_published_figures_stand_beside_the_store(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "data", tab="figures")
    assert problems(app) == []
    assert "与已公布数字对账" in text(app)
    assert "421404万户" in text(app)


def test_published_figures_are_read_on_a_phone_and_in_english(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "data", tab="figures")
    assert "“‘推荐清单’企业3.31万家”" in text(app)
    table = next(piece for piece in pieces(app) if "zr-rowcards" in piece)
    assert table.count('data-head="原文与说明"') == table.count("<tr ") > 30
    quality = open_page(demo_store, zhanjiang, "data", tab="quality")
    assert any("zr-rowcards" in piece and 'data-head="占比"' in piece for piece in pieces(quality))
    assert "communities" not in text(open_page(demo_store, zhanjiang, "data", tab="figures", lang="en"))


def test_what_is_said_of_a_published_figure_is_said_in_english_too(open_page, demo_store, zhanjiang):
    """The words it was printed in are quoted as they were; the note on them is the dashboard's own."""
    shown = text(open_page(demo_store, zhanjiang, "data", tab="figures", lang="en"))
    assert "Read as 421,404" in shown
    notes = [figure.note for figure in zhanjiang.published if figure.note]
    assert [note for note in notes if note in shown] == []
    assert all(figure.note_en for figure in zhanjiang.published if figure.note)


def test_unit_and_scope_of_a_check_are_told_apart_in_english(open_page, demo_store, zhanjiang):
    shown = text(open_page(demo_store, zhanjiang, "data", tab="quality", check="late_entry", lang="en"))
    assert "Unit: events · Scope: Zhanjiang" in shown


def test_that_no_row_was_held_is_a_pass(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "data", tab="quality", check="held_open")
    assert problems(app) == []
    assert "检查 0 条，未通过 0 条，占 0.00%" in text(app)
    assert "未报送" not in text(app)


def test_a_compared_figure_leads_to_the_very_figure(open_page, demo_store, zhanjiang):
    """Whatever the filters of the page: a bulletin is of the whole city, on its own day."""
    app = open_page(demo_store, zhanjiang, "data", tab="figures", region="440881", date="2025-03-31")
    marks = re.findall(r'data-act="source:([^"]*)"[^>]*>([^<]*)<', " ".join(pieces(app)))
    assert {mark.partition(";")[0] for mark, _ in marks} >= {"visited", "visit_rate", "listed", "approved_amount"}
    visited, value = next((mark, value) for mark, value in marks if mark.startswith("visited;"))
    assert "at=2025-05-31;alone=1" in visited
    app.session_state["zr.source"] = visited
    origin = next(piece for piece in pieces(app.run()) if "zr-origin" in piece)
    assert f"<strong>{value}</strong>" in origin
    assert "逐行合计与本数一致" in origin


def enter(app, key, printed):
    """Enter what the next bulletin prints of a metric."""
    app.selectbox(key="figures.metric").select(key)
    app.text_input(key="figures.raw.0").input(printed)
    app.text_input(key="figures.source").input("简报第14期")
    app.button[-1].click().run()
    assert problems(app) == []


def test_a_figure_of_the_next_bulletin_is_asked_back_and_then_kept(open_page, demo_store_url, zhanjiang):
    store = open_store(demo_store_url)
    app = open_page(store, zhanjiang, "data", tab="figures")
    enter(app, "visited", "走访企业421404万户")
    assert any("421404" in entry.value for entry in app.error)
    assert list_entries(store, Scope.everything()) == []
    app.number_input(key="figures.value.0").set_value(421404.0)
    app.text_input(key="figures.note.0").input("原文误写“万”")
    app.button[-1].click().run()
    assert problems(app) == []
    (entry,) = list_entries(store, Scope.everything())
    assert (entry.metric, entry.value, entry.raw_text) == ("visited", 421404.0, "走访企业421404万户")
    assert "简报第14期" in text(app)
    store.close()


def test_the_rank_of_the_next_bulletin_is_on_the_card_at_once(open_page, demo_store_url, zhanjiang):
    store = open_store(demo_store_url)
    assert cards(open_page(store, zhanjiang, "overview"))["走访率全省位次"].startswith("第 2 位")
    enter(open_page(store, zhanjiang, "data", tab="figures"), "provincial_rank", "走访率位居全省第3")
    assert len(list_entries(store, Scope.everything())) == 1
    assert cards(open_page(store, zhanjiang, "overview"))["走访率全省位次"].startswith("第 3 位")
    assert "3 位" in text(open_page(store, zhanjiang, "definitions", metric="M17"))
    store.close()


def test_an_empty_store_can_be_filled(open_page, own_store, foreign, build_context_for):
    app = open_page(own_store, foreign, "data")
    assert problems(app) == []
    context = build_context_for(own_store, foreign)
    assert start_import(context, uploads(foreign), None, by="clerk")
    job = desk(own_store.url).job
    assert job.done.wait(SECONDS)
    assert job.error is None
    app.run()
    assert "读取 87 行" in " ".join(entry.value for entry in (*app.success, *app.warning))
    assert list_batches(own_store, Scope.everything())["created_by"].tolist() == ["clerk"]
    app.button(key="data.dismiss").click().run()
    assert not app.success


def test_a_batch_can_be_undone(open_page, own_store, foreign, build_context_for):
    context = build_context_for(own_store, foreign)
    start_import(context, uploads(foreign), None, by="clerk")
    desk(own_store.url).job.done.wait(SECONDS)
    assert start_undo(context, 1, by="clerk")
    desk(own_store.url).job.done.wait(SECONDS)
    assert list_batches(own_store, Scope.everything())["state"].tolist() == ["undone"]
    undone, imported = events(access_store(), Asked())
    assert (undone.action, undone.rows, undone.detail) == ("undo", 87, "batch=1")
    assert (imported.action, imported.rows) == ("import", 87)
    assert "enterprises.csv" in imported.detail
    app = open_page(own_store, foreign, "data", tab="batches")
    assert problems(app) == []
    assert "已撤销" in text(app)


def test_an_undo_shows_where_it_was_asked_for_that_it_runs_and_that_it_ended(open_page, demo_store, zhanjiang):
    from components.jobs import Job  # noqa: PLC0415 - a job that runs as long as the test wants

    desk(demo_store.url).job = running = Job("正在撤销批次 1", Access.open(), can_cancel=False, share=0.4, step="恢复")
    try:
        app = open_page(demo_store, zhanjiang, "data", tab="batches")
        assert problems(app) == []
        assert "正在撤销批次 1" in str([piece.proto for piece in app.get("progress")])
        assert not [button for button in app.button if button.key == "data.undo_go"]
        running.done.set()
        app.run()
        assert [entry.value for entry in app.success] == ["已完成。"]
        assert [button for button in app.button if button.key == "data.undo_go"]
    finally:
        running.done.set()
        desk(demo_store.url).dismiss(running)


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
    desk(own_store.url).dismiss(desk(own_store.url).job)
    app = open_page(own_store, foreign, "data", lang="en")
    assert problems(app) == []
    assert "Rows held back: 1 to correct" in text(app)
    held = app.dataframe[0].value
    assert "XX" in held["Value"].iloc[0]
    assert held["Problem"].iloc[0]
    assert held["Remedy"].iloc[0]
    for tab in ("batches", "quality", "figures"):
        assert problems(open_page(own_store, foreign, "data", lang="en", tab=tab)) == []


def test_a_duplicate_is_closed_with_a_reason(open_page, own_store, foreign, build_context_for):
    files = {file.name: file.getvalue().decode("utf-8-sig") for file in uploads(foreign)}
    first, row, *_ = files["enterprises.csv"].splitlines()
    twice = "\n".join([first, row, row.replace("Demo Enterprise", "Another Enterprise")])
    start_import(build_context_for(own_store, foreign), [File("enterprises.csv", twice.encode())], None, by="clerk")
    desk(own_store.url).job.done.wait(SECONDS)
    desk(own_store.url).dismiss(desk(own_store.url).job)
    app = open_page(own_store, foreign, "data")
    assert problems(app) == []
    app.multiselect(key="data.close_rows.1").set_value([1]).run()
    app.text_input(key="data.close_reason.1").input("reported twice").run()
    app.button(key="data.close_go").click().run()
    assert problems(app) == []
    assert list_closings(own_store, Scope.everything(), 1)["reason"].tolist() == ["reported twice"]
    assert "reported twice" in text(open_page(own_store, foreign, "data", tab="batches"))


def test_a_file_that_is_none_is_refused_in_words(open_page, own_store, foreign, build_context_for):
    start_import(build_context_for(own_store, foreign), [File("x.xlsx", b"not a workbook")], None, by="clerk")
    desk(own_store.url).job.done.wait(SECONDS)
    app = open_page(own_store, foreign, "data")
    assert problems(app) == []
    assert any("x.xlsx" in entry.value.replace("\\", "") for entry in app.error)


def test_anothers_import_shows_that_it_runs_and_nothing_else(open_page, own_store, foreign):
    from components.jobs import Job  # noqa: PLC0415 - a job that runs as long as the test wants

    other = Access(Person("p2", "别县", "header"), ROLES["clerk"], Scope(("north",), None))
    desk(own_store.url).job = running = Job("正在导入", other, share=0.4, step="别县的文件.xlsx")
    try:
        app = open_page(own_store, foreign, "data")
        assert not [button for button in app.button if button.key == "data.cancel"]
        assert "别县的文件" not in str([piece.proto for piece in app.main])
        running.error = OSError("别县的文件.xlsx")
        running.done.set()
        app.run()
        assert problems(app) == []
        assert not [button for button in app.button if button.key == "data.dismiss"]
    finally:
        running.done.set()
        desk(own_store.url).dismiss(running)


def test_an_old_page_does_not_put_away_anothers_outcome(open_page, own_store, foreign):
    from components.jobs import Job  # noqa: PLC0415 - jobs that have ended without a file

    other = Access(Person("p2", "别县", "header"), ROLES["clerk"], Scope(("north",), None))
    own, later = Job("正在导入", Access.open()), Job("正在导入", other)
    own.done.set()
    later.done.set()
    desk(own_store.url).job = own
    try:
        app = open_page(own_store, foreign, "data")
        desk(own_store.url).job = later
        app.button(key="data.dismiss").click().run()
        assert problems(app) == []
        assert desk(own_store.url).job is later
    finally:
        desk(own_store.url).dismiss(later)


def test_a_running_import_shows_progress_and_can_be_cancelled(open_page, own_store, foreign):
    from components.jobs import Job  # noqa: PLC0415 - a job that runs as long as the test wants

    running = Job("正在导入", Access.open(), share=0.4, step="读取")
    desk(own_store.url).job = running
    try:
        app = open_page(own_store, foreign, "data")
        assert problems(app) == []
        app.button(key="data.cancel").click().run()
        assert running.cancelled.is_set()
    finally:
        running.done.set()
        desk(own_store.url).dismiss(running)
