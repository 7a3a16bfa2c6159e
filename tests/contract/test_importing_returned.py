"""The workbook with held rows: it shows what is wrong, and corrected it settles exactly those rows."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from data_access.importing import RefusedError, held_workbook, import_files, list_batches, list_held
from data_access.schema import import_tables
from data_access.selection import Scope
from tests.unit.data_access.importing.files import enterprise, table_file, table_rows, visit, workbook


@pytest.fixture
def held(store, zhanjiang, tmp_path):
    """Return the returned workbook of a batch with two visits and an enterprise held, and load it again by path."""
    register = table_rows("enterprises", enterprise(1), enterprise(2, region_1="某地", name=" =1+cmd|' /C calc'!A0"))
    visits = [
        ["走访登记（单位：万元）"],
        *table_rows("visits", visit(1), visit(2, mode="?"), visit(3, mode="?", need_amount=5)),
    ]
    path = workbook(tmp_path / "sent.xlsx", {"主体": register, "走访": visits})
    import_files(store, zhanjiang, [path], by="x")
    return openpyxl.load_workbook(io.BytesIO(held_workbook(store, zhanjiang, Scope.everything(), 1, "zh")))


def load(store, profile, book, path):
    book.save(path)
    return import_files(store, profile, [path], by="x")


def test_it_shows_the_rows_as_they_were_with_what_is_wrong(held):
    register, visits = held.worksheets
    headers = [cell.value for cell in visits[1]]
    assert headers[:6] == ["走访编号", "主体编号", "走访日期", "走访方式", "走访结果", "需求金额（万元）"]
    assert headers[6:] == ["错误说明", "退回批次（请勿修改）", "退回行号（请勿修改）"]
    assert [cell.value for cell in visits[2]][:4] == ["V2", "E1", "2025-01-03", "?"]
    assert "不在可填的选项中" in visits["G2"].value
    assert visits["D2"].fill.fgColor.rgb == "FFFFC7CE"
    assert "可填：现场、电话" in visits["D2"].comment.text
    assert visits["A2"].comment is None
    assert visits.column_dimensions["H"].hidden
    assert register["B2"].data_type == "s"
    assert register["B2"].value == "'=1+cmd|' /C calc'!A0"


def test_corrected_and_imported_alone_it_settles_the_rows(store, zhanjiang, held, tmp_path):
    held.worksheets[0]["D2"] = "赤坎区"
    held.worksheets[1]["D2"] = "现场"
    report = load(store, zhanjiang, held, tmp_path / "corrected.xlsx")
    assert (report.counts.added, report.counts.held) == (2, 1)
    assert list_batches(store, Scope.everything()).set_index("batch_id")["open_held"].to_dict() == {1: 0, 2: 1}
    assert list_held(store, Scope.everything(), 2)["value"].tolist() == ["?"]
    last = openpyxl.load_workbook(io.BytesIO(held_workbook(store, zhanjiang, Scope.everything(), 2, "zh")))
    assert [cell.value for cell in last.worksheets[0][1]].count("错误说明") == 1
    last.worksheets[0]["D2"] = "电话"
    assert load(store, zhanjiang, last, tmp_path / "again.xlsx").counts.added == 1
    assert list_batches(store, Scope.everything())["open_held"].sum() == 0
    visits = import_tables["visits"]
    with store.connect() as connection:
        amounts = connection.execute(select(visits.c.visit_id, visits.c.need_amount)).all()
    assert dict(map(tuple, amounts))["V3"] == 50_000


def test_the_text_behind_the_formula_guard_comes_back_unchanged(store, zhanjiang, held, tmp_path):
    held.worksheets[0]["D2"] = "赤坎区"
    load(store, zhanjiang, held, tmp_path / "corrected.xlsx")
    report = import_files(
        store,
        zhanjiang,
        [table_file(tmp_path / "e.xlsx", "enterprises", enterprise(2, name=" =1+cmd|' /C calc'!A0"))],
        by="x",
    )
    assert report.counts.unchanged == 1


def test_a_row_brought_right_elsewhere_is_settled_though_nothing_changes(store, zhanjiang, held, tmp_path):
    import_files(store, zhanjiang, [table_file(tmp_path / "v.xlsx", "visits", visit(2, mode="电话"))], by="x")
    held.worksheets[1]["D2"] = "电话"
    held.worksheets[1].delete_rows(3)
    del held[held.worksheets[0].title]
    report = load(store, zhanjiang, held, tmp_path / "corrected.xlsx")
    assert (report.batch_id, report.counts.unchanged) == (None, 1)
    assert list_held(store, Scope.everything(), 1)["table_name"].tolist() == ["enterprises", "visits"]


def test_a_column_the_sender_left_out_can_be_filled_in(store, zhanjiang, tmp_path):
    decision = {
        "decision_id": "D1",
        "enterprise_id": "E1",
        "bank": "B02",
        "decided_on": "2025-03-01",
        "outcome": "批准",
    }
    sheets = {"主体": table_rows("enterprises", enterprise(1)), "授信": table_rows("decisions", decision)}
    import_files(store, zhanjiang, [workbook(tmp_path / "a.xlsx", sheets)], by="x")
    book = openpyxl.load_workbook(io.BytesIO(held_workbook(store, zhanjiang, Scope.everything(), 1, "en")))
    sheet = book.active
    assert [cell.value for cell in sheet[1]][5:7] == ["授信金额", "What is wrong"]
    assert "above 0" in sheet["G2"].value
    sheet["F2"] = "30万元"
    assert load(store, zhanjiang, book, tmp_path / "b.xlsx").counts.added == 1
    assert list_batches(store, Scope.everything())["open_held"].sum() == 0


def test_without_held_rows_the_workbook_says_so(store, zhanjiang, tmp_path):
    import_files(store, zhanjiang, [table_file(tmp_path / "a.xlsx", "enterprises", enterprise(1))], by="x")
    book = openpyxl.load_workbook(io.BytesIO(held_workbook(store, zhanjiang, Scope.everything(), 1, "zh")))
    assert book.sheetnames == ["没有退回的行"]


def test_there_is_no_workbook_of_a_batch_that_does_not_exist(store, zhanjiang):
    with pytest.raises(RefusedError) as refused:
        held_workbook(store, zhanjiang, Scope.everything(), 99, "zh")
    assert (refused.value.rule, refused.value.detail) == ("batch_missing", {"batch": "99"})
