"""Files that would fill a server's memory, or make it fetch something, are refused before they are read."""

import struct
import tomllib
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl.styles import PatternFill

from data_access.importing import guards, reading
from data_access.importing.guards import Extent, check_extent, check_file, column_letters, column_number, file_name
from data_access.importing.headers import Recogniser
from data_access.importing.messages import Describer
from data_access.importing.reading import read_grids
from data_access.importing.report import RefusedError
from data_access.importing.sheets import read_sheets
from data_access.importing.tables import TABLES
from tests.unit.data_access.importing.files import workbook

DATA = Path(__file__).parent / "data"
LAST = "XFD1048576"
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'


def refused(path):
    with pytest.raises(RefusedError) as error:
        read_grids(path)
    return error.value.rule


def rewritten(path, part, change):
    """Write an archive once more with one part changed."""
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return path


def small(path):
    return workbook(path, {"一": [["主体编号", "名称"], ["E1", "甲"]]})


def stray(path, cell):
    book = openpyxl.Workbook()
    book.active["A1"], book.active[cell] = "主体编号", "x"
    book.save(path)
    return path


SHEET = "xl/worksheets/sheet1.xml"


# ---- cells far away ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", [LAST, "ZZZ1", "AAA999999", "AZ1048576"])
def test_a_stray_cell_far_away_is_named_instead_of_laid_out(tmp_path, cell):
    path = stray(tmp_path / "a.xlsx", cell.replace("ZZZ1", "XFD1"))
    with pytest.raises(RefusedError) as error:
        read_grids(path)
    assert error.value.rule == "sheet_too_large"
    assert error.value.detail["cell"] == cell.replace("ZZZ1", "XFD1")


@pytest.mark.parametrize(
    ("plain", "written"),
    [
        (b'<c r="XFD1048576"', b'<c  r="XFD1048576"'),
        (b'<c r="XFD1048576"', b"<c r='XFD1048576'"),
        (b'<c r="XFD1048576"', b'<c\nr="XFD1048576"'),
        (b'<c r="XFD1048576"', b'<c r="&#88;FD1048576"'),
        (b'<c r="XFD1048576"', b'<!-- <c r="A1" --><c  r="XFD1048576"'),
        (b'<c r="XFD1048576"', b'<c r="xfd1048576"'),
    ],
)
def test_a_far_cell_is_found_however_it_is_written(tmp_path, plain, written):
    path = stray(tmp_path / "a.xlsx", LAST)
    changed = rewritten(path, SHEET, lambda text: text.replace(plain, written))
    assert refused(changed) == "sheet_too_large"


def test_a_far_cell_is_found_in_a_sheet_with_prefixes(tmp_path):
    path = stray(tmp_path / "a.xlsx", LAST)

    def prefixed(text):
        for tag in (b"worksheet", b"sheetData", b"row", b"c", b"v"):
            text = text.replace(b"<%b " % tag, b"<x:%b " % tag).replace(b"<%b>" % tag, b"<x:%b>" % tag)
            text = text.replace(b"</%b>" % tag, b"</x:%b>" % tag)
        return text.replace(b"xmlns=", b"xmlns:x=")

    assert refused(rewritten(path, SHEET, prefixed)) == "sheet_too_large"


def test_formats_without_values_reach_as_far_as_they_like(tmp_path):
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["主体编号", "名称"])
    book.active[LAST].fill = PatternFill("solid", "FFFF00")
    book.save(path)
    assert read_grids(path)[0].head(1) == [["主体编号", "名称"]]


def test_a_far_cell_of_an_opendocument_sheet_is_found_also_when_it_is_repeated(tmp_path):
    def repeated(text):
        times = b'table:number-columns-repeated="1000" '
        rows = b'table:number-rows-repeated="1048576" '
        text = text.replace(b"<table:table-row ", b"<table:table-row " + rows, 1)
        return text.replace(b"<table:table-cell ", b"<table:table-cell " + times, 1)

    path = tmp_path / "a.ods"
    path.write_bytes((DATA / "errors.ods").read_bytes())
    assert read_grids(path)
    assert refused(rewritten(path, "content.xml", repeated)) == "sheet_too_large"


def test_a_far_cell_of_an_old_workbook_is_found(tmp_path):
    data = bytearray((DATA / "errors.xls").read_bytes())
    # The first cell with a text: record 0xFD, ten bytes, row, column.
    at = data.index(struct.pack("<HH", 0xFD, 10))
    data[at + 4 : at + 8] = struct.pack("<HH", 65_535, 65_535)
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    assert refused(path) == "sheet_too_large"


def test_an_old_workbook_that_announces_more_than_it_has_is_refused(tmp_path):
    data = bytearray((DATA / "errors.xls").read_bytes())
    at = data.index(struct.pack("<HH", 0x200, 14)) + 4
    data[at : at + 12] = struct.pack("<IIHH", 0, 2**31, 0, 60_000)
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    assert refused(path) == "sheet_too_large"


@pytest.mark.parametrize("size", [700, 3000, 5000])
def test_an_old_workbook_that_breaks_the_reader_is_damaged_and_no_success(tmp_path, size):
    path = tmp_path / "a.xls"
    path.write_bytes((DATA / "errors.xls").read_bytes()[:size])
    assert refused(path) == "file_damaged"


def test_an_old_workbook_whose_sectors_lead_in_a_circle_is_read_to_an_end(tmp_path):
    data = bytearray((DATA / "errors.xls").read_bytes())
    data[68:72] = struct.pack("<I", 0)
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    assert read_grids(path)


def test_a_failure_of_the_reader_that_is_no_exception_is_a_damaged_file(tmp_path, monkeypatch):
    panic = type("PanicException", (BaseException,), {})

    def panics(_path):
        raise panic("range end index 120 out of range")

    monkeypatch.setattr(reading, "_grids", panics)
    assert refused(small(tmp_path / "a.xlsx")) == "file_damaged"


def test_a_full_sheet_of_thirty_columns_may_be_read():
    assert check_extent("一", Extent(1_048_576, 30)) is None
    assert [column_letters(n) for n in (1, 26, 27, 702, 703, 16384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert all(column_number(column_letters(n)) == n for n in range(1, 2000))


# ---- archives ---------------------------------------------------------------------------------------------------


def test_a_part_that_shrank_a_thousandfold_is_not_unpacked(tmp_path):
    path = rewritten(small(tmp_path / "a.xlsx"), SHEET, lambda text: text + b" " * (25 << 20))
    assert path.stat().st_size < 100_000
    assert refused(path) == "archive_odd"


def test_what_unpacks_into_too_much_is_refused_with_both_sizes(tmp_path, monkeypatch):
    monkeypatch.setattr(guards, "LARGEST_UNPACKED", guards.MB)
    path = rewritten(small(tmp_path / "a.xlsx"), SHEET, lambda text: text + b" " * (2 * guards.MB))
    with pytest.raises(RefusedError) as error:
        read_grids(path)
    assert (error.value.rule, error.value.detail["limit"]) == ("file_unpacks", "1")
    assert int(error.value.detail["size"]) >= 2


def test_a_part_that_is_larger_than_it_says_is_damaged(tmp_path):
    path = rewritten(small(tmp_path / "a.xlsx"), SHEET, lambda text: text + b" " * (2 << 20))
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as file:
        size = file.getinfo(SHEET).file_size
    for at in (at for at in range(len(data) - 4) if data[at : at + 4] == struct.pack("<I", size)):
        data[at : at + 4] = struct.pack("<I", 1000)
    path.write_bytes(data)
    assert refused(path) == "file_damaged"


def test_an_archive_of_very_many_parts_is_refused(tmp_path):
    path = small(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path, "a") as file:
        for number in range(guards.MOST_PARTS):
            file.writestr(f"xl/x{number}", "")
    assert refused(path) == "archive_odd"


def test_a_file_larger_than_an_upload_is_refused_before_it_is_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(guards, "LARGEST_FILE", 100)
    path = tmp_path / "a.csv"
    path.write_text("x" * 101)
    assert refused(path) == "file_too_large"


def test_the_largest_file_is_what_the_browser_may_upload():
    config = tomllib.loads((Path(guards.__file__).parents[2] / ".streamlit/config.toml").read_text("utf-8"))
    assert config["server"]["maxUploadSize"] * guards.MB == guards.LARGEST_FILE


# ---- entities ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_in_every_part(tmp_path, part, encoding):
    def declared(text):
        xml = text.decode().removeprefix('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>')
        return (f'<?xml version="1.0" encoding="{encoding}"?>{DOCTYPE}' + xml.lstrip("\n")).encode(encoding)

    path = rewritten(small(tmp_path / "a.xlsx"), part, declared)
    # The workbook reader reads UTF-8 only: of a sheet in another encoding it takes nothing, and so nothing is declared.
    if part == SHEET and encoding == "utf-16":
        assert read_grids(path) == []
    else:
        assert refused(path) in {"file_entities", "file_damaged"}


def test_a_byte_that_no_store_keeps_is_dropped_from_a_cell(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"名称": ["甲\0商行"]}), path)
    assert read_grids(path)[0].head(1) == [["甲商行"]]


def test_a_document_type_in_an_opendocument_file_is_refused(tmp_path):
    path = tmp_path / "a.ods"
    path.write_bytes((DATA / "errors.ods").read_bytes())

    def declared(text):
        head, end, rest = text.partition(b"?>")
        return head + end + DOCTYPE.encode() + rest

    assert refused(rewritten(path, "content.xml", declared)) == "file_entities"


# ---- CSV --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["," * 5000, "主体编号,名称\n\nE1," + "," * 5000, "a,b\n1,2\n" + "," * 200_000])
def test_a_line_of_very_many_columns_is_refused(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")
    assert refused(path) == "columns_too_many"


def test_rows_and_columns_together_have_a_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_CELLS", 1000)
    path = tmp_path / "a.csv"
    path.write_text("\n" + "E1\n" * 200 + "," * 900, "utf-8")
    assert refused(path) == "cells_too_many"


def test_a_cell_longer_than_a_spreadsheets_is_named_by_its_place(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"主体编号,备注\nE1,x\nE2,{'长' * 32_768}\n", "utf-8")
    with pytest.raises(RefusedError) as error:
        read_grids(path)
    assert error.value.rule == "cell_too_long"
    assert (error.value.detail["row"], error.value.detail["number"]) == ("3", "2")


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfea", b"\xff\xfe\x00\xd8", b"\xfe\xff\xdc\x00", "主体".encode("utf-32"), b"\x81\xff\xff\xff", b"\xff" * 9],
)
def test_an_encoding_that_is_none_is_refused(tmp_path, data):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert refused(path) in {"encoding_unknown", "file_damaged"}


# ---- Parquet ----------------------------------------------------------------------------------------------------


def test_a_small_file_of_very_many_equal_rows_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    ones = pa.DictionaryArray.from_arrays(pa.nulls(17_000_000, pa.int32()).fill_null(0), ["x"])
    pq.write_table(pa.table({"a": ones, "b": ones}), path, compression="zstd")
    assert path.stat().st_size < 1 << 20
    assert refused(path) == "cells_too_many"


def test_a_long_text_in_many_rows_is_measured_before_it_is_spelled_out(tmp_path):
    path = tmp_path / "a.parquet"
    long = pa.DictionaryArray.from_arrays(pa.nulls(2_000_000, pa.int32()).fill_null(0), ["x" * 30_000])
    pq.write_table(pa.table({"a": long}), path, compression="zstd")
    assert path.stat().st_size < 1 << 20
    assert refused(path) == "file_unpacks"


def test_a_list_of_a_long_text_is_measured_too(tmp_path):
    path = tmp_path / "a.parquet"
    words = pa.DictionaryArray.from_arrays(pa.nulls(2_000_000, pa.int32()).fill_null(0), ["x" * 30_000])
    lists = pa.ListArray.from_arrays(pa.array(range(0, 2_000_001, 20), pa.int32()), words)
    pq.write_table(pa.table({"a": lists}), path, compression="zstd")
    assert path.stat().st_size < 1 << 20
    assert refused(path) == "file_unpacks"


def test_very_many_columns_of_a_parquet_file_are_refused(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({f"c{n}": [1] for n in range(guards.MOST_COLUMNS + 1)}), path)
    assert refused(path) == "columns_too_many"


def test_a_list_of_very_many_values_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    words = pa.DictionaryArray.from_arrays(pa.nulls(33_000_000, pa.int32()).fill_null(0), ["x"])
    lists = pa.ListArray.from_arrays(pa.array([0, 33_000_000], pa.int32()), words)
    pq.write_table(pa.table({"a": lists}), path, compression="zstd")
    assert refused(path) == "cells_too_many"


# ---- what the reader is told ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_reader_is_told_the_file_and_what_to_do(tmp_path, zhanjiang, lang):
    path = stray(tmp_path / "走访 台账.xlsx", LAST)
    sheets, refusals = read_sheets(path, Recogniser(TABLES.values(), zhanjiang), None)
    assert sheets == []
    assert refusals[0].file == "走访 台账.xlsx"
    message = Describer(zhanjiang, lang).message(refusals[0].rule, refusals[0].detail)
    assert LAST in message.problem
    assert "Ctrl+End" in message.remedy


def test_a_sound_file_passes(tmp_path):
    assert check_file(small(tmp_path / "a.xlsx")) is None


# ---- names of files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("走访台账（3月）.xlsx", "走访台账（3月）.xlsx"),
        ("../../etc/passwd.csv", "passwd.csv"),
        ("..\\..\\x\\a.xlsx", "a.xlsx"),
        ("C:\\office\\a.xlsx", "a.xlsx"),
        ("a\x00b\n.xlsx", "ab .xlsx"),
        ("\u202excod.xlsx", "xcod.xlsx"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("/", "unnamed"),
        ("a" * 300 + ".csv", "a" * 236 + ".csv"),
        ("长" * 100 + ".xlsx", "长" * 78 + ".xlsx"),
        ("a." + "x" * 300, "unnamed"),
    ],
)
def test_a_files_name_leads_nowhere_and_fits(tmp_path, sent, kept):
    assert file_name(sent) == kept
    (tmp_path / kept).write_bytes(b"")
