"""Files of many rows: whole, safe to open, in as many sheets as they need, and cancelled when asked."""

import csv
from datetime import date

import openpyxl
import pytest

from components import export
from components.export import Desk, Export, ExportCancelledError, Table, write_file

ROWS = [("=1+1", date(2025, 6, 1), 1234.5, 3), ("@x", None, None, 0), ("名称", date(2025, 6, 2), 0.0, 7)]


def table(parts=None):
    return Table(
        "数据", "说明", ("名称", "日期", "金额", "数"), ("text", "date", "money", "number"),
        parts or [ROWS[:2], ROWS[2:]], (("范围", "=全市"),), "由“甲”导出",
    )  # fmt: skip


def test_a_workbook_holds_values_and_no_formulas(tmp_path):
    running = Export("x", 3)
    write_file("xlsx", tmp_path / "x.xlsx", table(), running)
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    sheet, notes = book.worksheets
    assert [cell.value for cell in sheet[1]] == ["名称", "日期", "金额", "数"]
    assert [cell.value for cell in sheet[3]] == ["'@x", None, None, 0]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("'=1+1", "s")
    assert sheet["B2"].value.date() == date(2025, 6, 1)
    assert (notes["A1"].value, notes["B2"].value, notes["B2"].data_type) == ("由“甲”导出", "'=全市", "s")
    assert "由“甲”导出" in sheet.oddFooter.left.text
    assert (running.written, running.share) == (3, 1.0)


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "SHEET_ROWS", 2)
    write_file("xlsx", tmp_path / "x.xlsx", table(), Export("x", 3))
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert [(sheet.title, sheet.max_row) for sheet in book.worksheets] == [("数据", 3), ("数据 2", 2), ("说明", 2)]
    assert [cell.value for cell in book["数据 2"][1]] == ["名称", "日期", "金额", "数"]


def test_a_csv_has_no_cell_that_runs(tmp_path):
    write_file("csv", tmp_path / "x.csv", table(), Export("x", 3))
    lines = list(csv.reader((tmp_path / "x.csv").read_text("utf-8-sig").splitlines()))
    assert lines[1] == ["'=1+1", "2025-06-01", "1234.5", "3"]
    assert lines[2] == ["'@x", "", "", "0"]
    assert lines[-2:] == [["由“甲”导出"], ["范围", "'=全市"]]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_cancelled_export_stops_at_the_next_part(tmp_path, kind):
    running = Export("x", 3)

    def parts():
        yield ROWS[:1]
        running.cancelled.set()
        yield ROWS[1:]

    with pytest.raises(ExportCancelledError):
        write_file(kind, tmp_path / "x", table(parts()), running)
    assert running.written == 1


def test_the_desk_keeps_the_latest_and_says_how_each_ended():
    desk = Desk()

    def fail(_path, _export):
        raise OSError("disk full")

    def cancel(path, _export):
        path.write_text("half")
        raise ExportCancelledError

    def write(path, _export):
        path.write_text("whole")

    ended = []
    for work in (fail, cancel, *[write] * export.KEPT):
        ended.append(Export("x", 1))
        desk.start(ended[-1], work)
        assert ended[-1].done.wait(5)
    failed, cancelled, *written = ended
    assert isinstance(failed.error, OSError)
    assert (cancelled.path, cancelled.error) == (None, None)
    assert all(one.path.read_text() == "whole" for one in written)
    assert desk.find(failed.token) is None
    assert desk.find(written[-1].token) is written[-1]
    assert desk.find("guess") is None


def test_the_files_of_one_browser_do_not_push_out_those_of_another(monkeypatch):
    monkeypatch.setattr(export, "KEPT_IN_ALL", 5)
    desk = Desk()

    def made(holder):
        one = Export("x", 1, holder)
        desk.start(one, lambda path, _export: path.write_text("x"))
        assert one.done.wait(5)
        return one

    theirs, mine = made("them"), [made("me") for _ in range(export.KEPT + 1)]
    assert [desk.find(one.token) is one for one in mine] == [False, True, True, True]
    assert desk.find(theirs.token) is theirs
    others = [made(who) for who in "ab"]
    assert desk.find(theirs.token) is None
    assert not theirs.path.exists()
    assert all(desk.find(one.token) is one for one in (*mine[1:], *others))
