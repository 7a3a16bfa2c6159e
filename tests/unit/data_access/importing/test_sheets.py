"""Which rows of a sheet are no data, and what a merged cell tells of the rows it covers."""

import openpyxl
import pytest

from data_access.importing.headers import Recogniser
from data_access.importing.sheets import read_sheets
from data_access.importing.tables import TABLES
from tests.unit.data_access.importing.files import enterprise, table_rows, workbook


def test_a_header_of_two_rows_may_come_again_further_down(tmp_path, zhanjiang):
    upper = ["走访编号", "主体编号", "走访情况", None, None]
    lower = [None, None, "走访日期", "走访方式", "走访结果"]
    data = [["V1", "E1", "2025-05-03", "现场", "失联"], ["V2", "E1", "2025-05-04", "现场", "失联"]]
    path = workbook(tmp_path / "a.xlsx", {"走访": [upper, lower, data[0], upper, lower, data[1]]})
    (sheet,), refusals = read_sheets(path, Recogniser(TABLES.values(), zhanjiang), None)
    assert refusals == []
    assert sheet.row_numbers.tolist() == [3, 6]
    assert sheet.skipped == 2


@pytest.mark.parametrize("label", ["合计", "合 计：", "本页小计", "合计（笔）", "合计：5笔", "总计: 1,234", "Subtotal"])
def test_rows_of_totals_are_no_data(label, tmp_path, zhanjiang):
    rows = table_rows("enterprises", enterprise(1), enterprise(2))
    path = workbook(tmp_path / "a.xlsx", {"主体": [*rows[:2], [label, "5"], rows[2]]})
    (sheet,), _ = read_sheets(path, Recogniser(TABLES.values(), zhanjiang), None)
    assert (sheet.row_numbers.tolist(), sheet.skipped) == ([2, 4], 1)


@pytest.mark.parametrize("name", ["合计：甲商行", "累计商行", "合计（湛江）商行", "总计（演示商行有限责任公司）"])
def test_a_name_that_begins_like_a_total_is_data(name, tmp_path, zhanjiang):
    path = workbook(tmp_path / "a.xlsx", {"主体": table_rows("enterprises", enterprise(1, name=name))})
    (sheet,), _ = read_sheets(path, Recogniser(TABLES.values(), zhanjiang), None)
    assert sheet.row_numbers.tolist() == [2]


def test_a_cell_merged_over_rows_stands_in_each_of_them_but_an_amount_does_not(tmp_path, zhanjiang):
    headers = ["县（市、区）", "主体编号", "主体名称", "主体类型", "营业收入（万元）"]
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["经营主体登记表"], headers, ["赤坎区", "E1", "甲", "企业", 30], [None, "E2", "乙", None, None], []):
        sheet.append(row)
    sheet.append(["霞山区", "E3", "丙", "企业", 5])
    for place in ("A1:E1", "A3:A5", "D3:D4", "E3:E4"):
        sheet.merge_cells(place)
    book.save(path)
    (read,), refusals = read_sheets(path, Recogniser(TABLES.values(), zhanjiang), None)
    texts = {name: column.to_pylist() for name, column in read.texts().items()}
    assert (refusals, read.row_numbers.tolist()) == ([], [3, 4, 6])
    assert texts["region_1"] == ["赤坎区", "赤坎区", "霞山区"]
    assert texts["entity_type"] == ["企业", "企业", "企业"]
    assert texts["revenue"] == ["30", None, "5"]
