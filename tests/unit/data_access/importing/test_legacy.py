"""Error values in workbooks that are no XLSX. The XLS and ODS files were saved by LibreOffice from one workbook."""

import struct
import zipfile
from pathlib import Path

import pytest

from data_access.importing.legacy import read_errors
from data_access.importing.reading import read_grids

DATA = Path(__file__).parent / "data"
MARKS = {2: {1: "#DIV/0!"}, 4: {2: "#N/A"}}


@pytest.mark.parametrize("name", ["errors.xls", "errors.ods"])
def test_errors_are_found_in_every_sheet(name):
    errors = read_errors(DATA / name)
    assert errors.without_result("甲") == MARKS
    assert errors.without_result("授信决定") == MARKS
    assert errors.without_result("没有这张表") == {}


@pytest.mark.parametrize("name", ["errors.xls", "errors.ods"])
def test_they_are_shown_where_the_reader_hands_over_blanks(name):
    head = read_grids(DATA / name)[0].head(6)
    assert (head[2][1], head[4][2]) == ("#DIV/0!", "#N/A")


def record(kind: int, body: bytes) -> bytes:
    """Return one record of an XLSB part: its kind and length in bytes of seven bits."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(body)]) + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def test_errors_are_found_in_xlsb(tmp_path):
    book = record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("表"))
    cell = struct.pack("<IIB", 3, 0, 0x17)
    sheet = record(0, struct.pack("<I", 6)) + record(3, cell) + record(0, struct.pack("<I", 7)) + record(11, cell)
    path = tmp_path / "a.xlsb"
    with zipfile.ZipFile(path, "w") as file:
        relation = '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.bin"/></Relationships>'
        file.writestr("xl/_rels/workbook.bin.rels", relation)
        file.writestr("xl/workbook.bin", book)
        file.writestr("xl/worksheets/sheet1.bin", sheet)
    assert read_errors(path).without_result("表") == {6: {3: "#REF!"}, 7: {3: "#REF!"}}


def test_what_is_no_workbook_at_all_has_no_errors(tmp_path):
    path = tmp_path / "a.xls"
    path.write_bytes(b"<html></html>")
    assert read_errors(path).without_result("表") == {}
