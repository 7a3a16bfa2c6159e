"""Formulas without a result: where they are found, what is a blank cell all the same, and files of odd make."""

import zipfile

import openpyxl
import pytest

from data_access.importing.formulas import UNCALCULATED, Formulas
from data_access.importing.reading import read_grids
from data_access.importing.report import RefusedError
from tests.unit.data_access.importing.files import workbook

# Cells as programs write them, and what is to be read.
CELLS = [
    ('<c t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
    ('<c t="e"><f>NA()</f><v>#N/A</v></c>', "#N/A"),
    ("<c t='e'><f t='shared' si='0'/><v>#REF!</v></c>", "#REF!"),
    ('<c t="e"><f>1/0</f></c>', UNCALCULATED),
    ("<c><f>1+1</f></c>", UNCALCULATED),
    ("<c><f>1+1</f><v></v></c>", UNCALCULATED),
    ("<c><f>1+1</f><v/></c>", UNCALCULATED),
    ('<c><f t="shared" si="0"/></c>', UNCALCULATED),
    ('<c t="str"><f>A1</f></c>', UNCALCULATED),
    ("<c><f>1+1</f><v>2</v></c>", "2"),
    ('<c t="str"><f>""</f><v></v></c>', None),
    ('<c t="str"><f>A1</f><v>文字</v></c>', "文字"),
    ('<c s="0"/>', None),
]


def written(tmp_path, sheets, row, number=2):
    """Write a workbook and replace a row of its first sheet by ``row``, as XML."""
    plain = workbook(tmp_path / "plain.xlsx", sheets)
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name.endswith("sheet1.xml"):
                text = text.replace(b"</sheetData>", f'<row r="{number}">{row}</row></sheetData>'.encode())
            target.writestr(name, text)
    return path


@pytest.mark.parametrize(("cell", "text"), CELLS)
def test_a_formula_without_a_result_is_no_blank_cell(tmp_path, cell, text):
    path = written(tmp_path, {"一": [["甲", "乙"]]}, f'<c r="A2"><v>1</v></c>{cell}')
    assert read_grids(path)[0].head(9) == [["甲", "乙"], ["1", text]]


def test_many_cells_of_a_row_are_told_apart(tmp_path):
    path = written(tmp_path, {"一": [["x"] * len(CELLS)]}, "".join(cell for cell, _ in CELLS))
    assert read_grids(path)[0].head(9)[1] == [text for _, text in CELLS]


def test_every_sheet_and_row_has_its_own_formulas(tmp_path):
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("二")
    for sheet, row in ((first, 3), (second, 1)):
        sheet.cell(row, 3, "甲")
        sheet.cell(row, 4, "乙")
    first["C4"], first["D6"], first["A4"], first["F4"] = "=1/0", "#N/A", "=1", "=1"
    second["D2"] = "=2"
    book.save(tmp_path / "a.xlsx")
    one, two = read_grids(tmp_path / "a.xlsx")
    blank = [None, None]
    assert one.head(9) == [blank, blank, ["甲", "乙"], [UNCALCULATED, None], blank, [None, "#N/A"]]
    assert two.head(9) == [["甲", "乙"], [None, UNCALCULATED]]


def test_a_sheet_without_such_formulas_is_not_parsed(tmp_path):
    path = written(tmp_path, {"一": [["甲"]]}, "<c><f>1+1</f><v>2</v></c>")
    with Formulas(path) as formulas:
        assert formulas.without_result("一") == {}


def test_sheets_are_found_by_the_paths_that_programs_write(tmp_path):
    plain = written(tmp_path, {"一": [["甲"]]}, "<c><f>1+1</f></c>")
    path = tmp_path / "b.xlsx"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            text = source.read(name).replace(b"/xl/worksheets/sheet1.xml", b"worksheets/sheet1.xml")
            target.writestr(name.replace("sheet1.xml", "Sheet1.xml"), text)
    with Formulas(path) as formulas:
        assert formulas.without_result("一") == {1: {0: UNCALCULATED}}


def test_a_workbook_whose_sheet_is_missing_is_refused(tmp_path):
    plain = workbook(tmp_path / "plain.xlsx", {"一": [["甲"]]})
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            if not name.endswith("sheet1.xml"):
                target.writestr(name, source.read(name))
    with pytest.raises(RefusedError):
        read_grids(path)
