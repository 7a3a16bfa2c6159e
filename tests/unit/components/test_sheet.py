"""Downloads: numbers as numbers, definitions and the demo note with them, and no cell that runs as a formula."""

import io
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import openpyxl
import pandas as pd
import pytest

from components.context import Context
from components.filters import Filters
from components.sheet import Column, Sheet, csv_bytes, displayed, safe, xlsx_bytes
from data_access.access.identity import Access
from data_access.profile import load_profile
from tests.architecture.tree import ROOT


@pytest.fixture(scope="module")
def context():
    profile = load_profile(ROOT / "sample_data" / "zhanjiang")
    filters = Filters(as_of=date(2025, 6, 13), path=("440881",))
    return Context(None, profile, 1, MappingProxyType({}), "zh", Access.open(), filters, filters.as_of)


@pytest.fixture
def sheet():
    frame = pd.DataFrame(
        {"name": ["=1+1", "霞山区"], "rate": [103.679, None], "money": [3.5935e10, 1e8], "n": [33_400, 5]}
    )
    headers = {
        "name": ("单位", ""),
        "rate": ("走访率", "percent"),
        "money": ("授信", "yuan"),
        "n": ("申报", "enterprise"),
    }
    columns = tuple(Column(name, *rest) for name, rest in headers.items())
    return Sheet("x", frame, columns, ("visit_rate",), ("一条说明",))


def test_amounts_of_a_column_share_one_scale_and_name_it(context, sheet):
    table = displayed(sheet, context)
    assert list(table.columns) == ["单位", "走访率（%）", "授信（亿元）", "申报（户）"]
    assert table["授信（亿元）"].tolist() == [359.35, 1.0]
    english = list(displayed(sheet, replace(context, lang="en")).columns)
    assert [english[1], english[3]] == ["走访率 (%)", "申报 (enterprises)"]


def test_a_workbook_holds_numbers_and_a_sheet_of_notes(context, sheet):
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(sheet, context)))
    rows = list(book.worksheets[0].values)
    assert rows[1] == ("'=1+1", 103.68, 359.35, 33400)
    assert book.worksheets[0]["A2"].data_type == "s"
    assert rows[2][1] is None
    notes = " ".join(str(cell) for row in book.worksheets[1].values for cell in row)
    for words in ("M04", "2025-06-13", "廉江", "一条说明", "演示数据"):
        assert words in notes


def test_a_file_says_who_took_it_and_when(context, sheet):
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(sheet, context, "由“甲”导出")))
    assert book.worksheets[1]["B1"].value == "由“甲”导出"
    assert "由“甲”导出" in book.worksheets[0].oddFooter.left.text
    assert "由“甲”导出" in csv_bytes(sheet, context, "由“甲”导出").decode("utf-8-sig")


def test_a_csv_opens_in_a_spreadsheet_and_carries_its_notes(context, sheet):
    text = csv_bytes(sheet, context).decode("utf-8-sig")
    assert text.startswith("单位,走访率（%）")
    assert "'=1+1" in text
    assert "M04" in text
    assert "演示数据" in text


def test_no_cell_of_a_workbook_begins_like_a_formula(context):
    hostile = "=cmd|' /C calc'!A0"
    frame = pd.DataFrame({"name": [hostile], "rate": [1.0]})
    sheet = Sheet("x", frame, (Column("name", hostile), Column("rate", "率", "percent")), notes=("@SUM(1)",))
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(sheet, context, "+mark")))
    cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row if cell.data_type == "s"]
    assert {f"'{hostile}", "'@SUM(1)", "'+mark"} <= {cell.value for cell in cells}
    assert [cell.value for cell in cells if cell.value[:1] in {*"=+-@"}] == []


def test_other_cells_stay_as_they_are():
    assert safe("霞山") == "霞山"
    assert safe(-1.5) == -1.5
