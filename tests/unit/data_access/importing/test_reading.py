"""Files into grids: encodings, irregular rows, typed cells, and what cannot be opened."""

from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_access.importing.reading import digest, read_grids
from data_access.importing.report import RefusedError
from tests.unit.data_access.importing.files import workbook

TEXT = "主体编号,名称\nE1,甲商行\nE2,\n"
ROWS = [["主体编号", "名称"], ["E1", "甲商行"], ["E2", None]]


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace(",", "\t").encode(),
        TEXT.replace(",", ";").encode("gb18030"),
        TEXT.replace("E2,", "E2").encode(),
    ],
)
def test_csv_is_read_in_every_encoding_and_with_every_separator(tmp_path, data):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert read_grids(path)[0].head(9) == ROWS


def test_blank_lines_and_title_lines_keep_the_row_numbers_right(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("\n走访台账\n\n主体编号,名称\n\nE1,甲\n", "utf-8")
    rows = read_grids(path)[0].head(9)
    assert [row[0] for row in rows] == [None, "走访台账", None, "主体编号", None, "E1"]


def test_a_line_break_inside_quotes_is_part_of_the_cell(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('主体编号,备注\nE1,"第一行\n第二行, 有逗号"\nE2,x\n', "utf-8")
    assert read_grids(path)[0].head(9)[1:] == [["E1", "第一行\n第二行, 有逗号"], ["E2", "x"]]


def test_a_cell_as_long_as_a_spreadsheets_is_read_in_an_irregular_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"主体编号,备注\n\nE1,{'长' * 32_767}\n", "utf-8")
    assert len(read_grids(path)[0].head(9)[2][1]) == 32_767


@pytest.mark.parametrize("rest", ["", "\n", "\nE3,y\n" * 40_000])
def test_a_quote_without_a_partner_is_named_by_its_row(tmp_path, rest):
    path = tmp_path / "a.csv"
    path.write_text(f'主体编号,备注\nE1,x\nE2,"没有成对{rest}', "utf-8")
    with pytest.raises(RefusedError) as refused:
        read_grids(path)
    assert (refused.value.rule, refused.value.detail) == ("quote_open", {"row": "3"})


def test_typed_cells_are_spelled_as_they_are_shown(tmp_path):
    moment = datetime.fromisoformat("2025-05-03T10:30:00")
    cells = [45000.0, 0.0365, True, date(2025, 5, 3), moment, "  文字　", "", "'=1+1", "'正常"]
    path = workbook(tmp_path / "a.xlsx", {"一": [cells]})
    spelled = read_grids(path)[0].head(1)[0]
    assert spelled[:6] == ["45000", "0.0365", "是", "2025-05-03", "2025-05-03 10:30:00", "文字"]
    assert spelled[6:] == [None, "=1+1", "'正常"]


def test_hidden_and_empty_sheets_are_passed_over(tmp_path):
    path = tmp_path / "a.xlsx"
    workbook(path, {"一": [["x"]], "空": [], "藏": [["y"]]})
    book = openpyxl.load_workbook(path)
    book["藏"].sheet_state = "hidden"
    book.save(path)
    assert [grid.sheet for grid in read_grids(path)] == ["一"]


def test_rows_that_begin_further_down_keep_their_number(tmp_path):
    rows = [[], [], ["主体编号", "名称"], ["E1", "甲"]]
    assert read_grids(workbook(tmp_path / "a.xlsx", {"一": rows}))[0].head(9)[2:] == [
        ["主体编号", "名称"],
        ["E1", "甲"],
    ]


def test_parquet_types_become_text(tmp_path):
    path = tmp_path / "a.parquet"
    table = pa.table(
        {
            "文字": ["a", " "],
            "日期": pa.array([date(2025, 5, 3), None]),
            "金额": pa.array([Decimal("12.50"), None]),
            "数": [45000.0, 0.5],
            "是否": [True, None],
            "标签": pa.array([["x", "y"], None]),
            "类": pa.array(["k", "k"]).dictionary_encode(),
        }
    )
    pq.write_table(table, path)
    grid = read_grids(path)[0]
    assert grid.names == tuple(table.column_names)
    assert grid.head(1) == [["a", "2025-05-03", "12.50", "45000", "true", "x;y", "k"]]
    assert grid.head(2)[1] == [None, None, None, "0.5", None, None, "k"]


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("a.xls", b"<html><table></table></html>", "file_disguised"),
        ("a.xls", b"PK\x03\x04rest", "file_disguised"),
        ("a.xlsx", b"not a workbook", "file_damaged"),
        ("a.parquet", b"not parquet", "file_damaged"),
        ("a.docx", b"", "file_kind_unknown"),
        ("a.csv", b"\x81\xff\xff\xff", "encoding_unknown"),
    ],
)
def test_what_cannot_be_opened_is_refused(tmp_path, name, data, rule):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(RefusedError) as refused:
        read_grids(path)
    assert refused.value.rule == rule


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RefusedError):
        digest(tmp_path / "nothing.csv")


def test_a_csv_without_a_word_has_no_sheet(tmp_path):
    for text in ("", "\n\n,,,\n"):
        path = tmp_path / "a.csv"
        path.write_text(text)
        assert read_grids(path) == []
