"""Which rows of a sheet are no data."""

from data_access.importing.headers import Recogniser
from data_access.importing.sheets import read_sheets
from data_access.importing.tables import TABLES
from tests.unit.data_access.importing.files import workbook


def test_a_header_of_two_rows_may_come_again_further_down(tmp_path, zhanjiang):
    upper = ["走访编号", "主体编号", "走访情况", None, None]
    lower = [None, None, "走访日期", "走访方式", "走访结果"]
    data = [["V1", "E1", "2025-05-03", "现场", "失联"], ["V2", "E1", "2025-05-04", "现场", "失联"]]
    path = workbook(tmp_path / "a.xlsx", {"走访": [upper, lower, data[0], upper, lower, data[1]]})
    (sheet,), refusals = read_sheets(path, Recogniser(TABLES.values(), zhanjiang), None)
    assert refusals == []
    assert sheet.row_numbers.tolist() == [3, 6]
    assert sheet.skipped == 2
