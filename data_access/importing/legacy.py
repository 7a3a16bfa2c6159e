"""Cells with error values in workbooks that are not XLSX: the old binary XLS, the binary XLSB, and ODS.

The workbook reader hands them over as blank cells, as it does for XLSX (``formulas``). Each reader here has the same
``without_result``, and refuses a sheet whose cells reach too far (``guards``) before the workbook reader sees it.
"""

import re
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self
from zipfile import BadZipFile, ZipFile

from data_access.importing.formulas import Marks
from data_access.importing.guards import Extent, check_extent
from data_access.importing.markup import parser
from data_access.importing.report import RefusedError

# The codes of error values in XLS and XLSB.
_CODES: Mapping[int, str] = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}  # fmt: skip
_UNKNOWN_ERROR = "#ERROR!"
_ERROR_TEXT = re.compile(r"#[A-Z/0]+[!?]?|Err:\d+")


class Errors:
    """The error values of a workbook, by sheet; nothing has to stay open."""

    def __init__(self, by_sheet: Mapping[str, Marks]) -> None:
        self._by_sheet = by_sheet

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: the file was read whole."""

    def without_result(self, sheet: str) -> Marks:
        """Return where the sheet called ``sheet`` has error values, with the text to show there."""
        return self._by_sheet.get(sheet, {})


def read_errors(path: Path) -> Errors:
    """Return the error values of an XLS, XLSB or ODS file.

    Raises ``RefusedError`` where a sheet reaches too far, ``BadZipFile``, ``ExpatError`` or ``KeyError`` where the file
    is damaged; an XLS that is no such file has none, since the workbook reader refuses it with better words.
    """
    readers = {".xls": _in_xls, ".xlsb": _in_xlsb, ".ods": _in_ods}
    return Errors(readers[path.suffix.lower()](path))


def _marked(found: Iterator[tuple[int, int, str]]) -> Marks:
    marks: dict[int, dict[int, str]] = {}
    for row, column, text in found:
        marks.setdefault(row, {})[column] = text
    return marks


# ---- XLS: a stream of records in a compound file ---------------------------------------------------------------------

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_CHAIN = 0xFFFFFFF0
_SMALL_STREAM, _SMALL_SECTOR = 4096, 64
_BOUND_SHEET, _BOOL_OR_ERROR, _FORMULA, _END_OF_SHEET = 0x85, 0x205, 0x06, 0x0A
_ENCRYPTED, _DIMENSIONS = 0x2F, 0x200
# Records of a cell with a value, and of several beside each other.
_SEVERAL = 0xBD
_LONG = 14  # bytes of an announcement in the later versions, whose rows take four each
_XLS_VALUES = frozenset({_BOOL_OR_ERROR, _FORMULA, 0x203, 0x204, 0x27E, 0xD6, 0xFD, _SEVERAL})


def _in_xls(path: Path) -> Mapping[str, Marks]:
    data = path.read_bytes()
    stream = _workbook_stream(data)
    if not stream and data.startswith(_COMPOUND):
        raise BadZipFile(path.name)  # what cannot be looked through is not given to the workbook reader either
    if any(kind == _ENCRYPTED for kind, _ in _records(stream, 0)):
        raise RefusedError("file_protected")
    sheets = [
        (_short_text(body, 6), struct.unpack_from("<I", body)[0])
        for kind, body in _records(stream, 0)
        if kind == _BOUND_SHEET
    ]
    return {name: _marked(_xls_errors(name, stream, start)) for name, start in sheets}


def _xls_errors(name: str, stream: bytes, start: int) -> Iterator[tuple[int, int, str]]:
    extent = Extent()
    for kind, body in _records(stream, start):
        code = None
        if kind == _DIMENSIONS:
            # The workbook reader makes room for as many cells as are announced here.
            _, last, _, end = struct.unpack_from("<IIHH" if len(body) >= _LONG else "<HHHH", body)
            check_extent(name, extent.reach(last, end))
        if kind in _XLS_VALUES:
            row = struct.unpack_from("<H", body)[0]
            column = struct.unpack_from("<H", body, len(body) - 2 if kind == _SEVERAL else 2)[0]
            check_extent(name, extent.reach(row + 1, column + 1))
        if kind == _BOOL_OR_ERROR and body[7]:
            code = body[6]
        elif kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
            code = body[8]
        if code is not None:
            row, column = struct.unpack_from("<HH", body)
            yield row, column, _CODES.get(code, _UNKNOWN_ERROR)


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records from ``start`` to the end of their part."""
    at, depth = start, 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        depth += (kind == 0x809) - (kind == _END_OF_SHEET)  # a chart inside a sheet is a part of its own
        if kind == _END_OF_SHEET and depth <= 0:
            return
        at += 4 + length


def _short_text(body: bytes, at: int) -> str:
    length, wide = body[at], body[at + 1] & 1
    raw = body[at + 2 : at + 2 + length * (2 if wide else 1)]
    return raw.decode("utf-16-le" if wide else "latin-1")


def _workbook_stream(data: bytes) -> bytes:
    """Return the stream "Workbook" of a compound file, b"" if there is none."""
    if not data.startswith(_COMPOUND):
        return b""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    table = _allocation(data, size)
    folder = _chain(data, size, table, struct.unpack_from("<I", data, 48)[0])
    for at in range(0, len(folder) - 127, 128):
        length = struct.unpack_from("<H", folder, at + 64)[0]
        if folder[at : at + max(length - 2, 0)].decode("utf-16-le", "ignore") in {"Workbook", "Book"}:
            start, total = struct.unpack_from("<II", folder, at + 116)
            if total >= _SMALL_STREAM:
                return _chain(data, size, table, start)[:total]
            return _small_stream(data, size, table, folder, start)[:total]
    return b""


def _small_stream(data: bytes, size: int, table: list[int], folder: bytes, start: int) -> bytes:
    """Return a stream that lies in small sectors, which the root entry's own stream is made of."""
    numbers = _chain(data, size, table, struct.unpack_from("<I", data, 60)[0])
    following = list(struct.unpack(f"<{len(numbers) // 4}I", numbers))
    inside = _chain(data, size, table, struct.unpack_from("<I", folder, 116)[0])
    # A chain counts its sectors from behind a header of one sector.
    return _chain(bytes(_SMALL_SECTOR) + inside, _SMALL_SECTOR, following, start)


def _allocation(data: bytes, size: int) -> list[int]:
    """Return for every sector the one that follows it."""
    sectors = list(struct.unpack_from("<109I", data, 76))
    more, seen = struct.unpack_from("<I", data, 68)[0], set[int]()
    while more not in seen and (more + 2) * size <= len(data):
        seen.add(more)
        numbers = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        sectors += numbers[:-1]
        more = numbers[-1]
    found: list[int] = []
    for sector in sectors:
        if sector < _END_OF_CHAIN and (sector + 2) * size <= len(data):
            found += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    return found


def _chain(data: bytes, size: int, table: list[int], start: int) -> bytes:
    parts, seen, sector = [], set(), start
    while sector < len(table) and sector not in seen:
        seen.add(sector)
        parts.append(data[(sector + 1) * size : (sector + 2) * size])
        sector = table[sector]
    return b"".join(parts)


# ---- XLSB: records in the parts of a ZIP file ------------------------------------------------------------------------

_SHEET, _ROW, _ERROR_CELLS = 156, 0, (3, 11)
# Cells with a value, typed or computed; 1 is a blank one.
_XLSB_VALUES = frozenset(range(2, 12))


def _in_xlsb(path: Path) -> Mapping[str, Marks]:
    with ZipFile(path) as file:
        targets: dict[str, str] = {}

        def relation(_: str, attributes: dict[str, str]) -> None:
            if "Id" in attributes:
                targets[attributes["Id"]] = attributes["Target"]

        parser(relation).Parse(file.read("xl/_rels/workbook.bin.rels"), True)
        found = {}
        for kind, body in _parts(file.read("xl/workbook.bin")):
            if kind == _SHEET:
                identity, at = _wide_text(body, 8)
                name, _ = _wide_text(body, at)
                target = targets[identity]
                part = target.lstrip("/") if target.startswith(("/", "xl/")) else f"xl/{target}"
                found[name] = _marked(_xlsb_errors(name, file.read(part)))
    return found


def _xlsb_errors(name: str, data: bytes) -> Iterator[tuple[int, int, str]]:
    row, extent = 0, Extent()
    for kind, body in _parts(data):
        if kind == _ROW:
            row = struct.unpack_from("<I", body)[0]
        elif kind in _XLSB_VALUES:
            check_extent(name, extent.reach(row + 1, struct.unpack_from("<I", body)[0] + 1))
        if kind in _ERROR_CELLS:
            yield row, struct.unpack_from("<I", body)[0], _CODES.get(body[8], _UNKNOWN_ERROR)


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        kind, at = _varying(data, at, 2)
        length, at = _varying(data, at, 4)
        yield kind, data[at : at + length]
        at += length


def _varying(data: bytes, at: int, longest: int) -> tuple[int, int]:
    """Return a number of up to ``longest`` bytes of seven bits, and where the next begins."""
    number = 0
    for step in range(longest):
        byte = data[at] if at < len(data) else 0
        number |= (byte & 0x7F) << (7 * step)
        at += 1
        if not byte & 0x80:
            break
    return number, at


def _wide_text(body: bytes, at: int) -> tuple[str, int]:
    length = struct.unpack_from("<I", body, at)[0]
    end = at + 4 + 2 * length
    return body[at + 4 : end].decode("utf-16-le"), end


# ---- ODS ------------------------------------------------------------------------------------------------------------


def _in_ods(path: Path) -> Mapping[str, Marks]:
    with ZipFile(path) as file:
        data = file.read("content.xml")
    search = _Tables()
    parser(search.start, search.end, search.text).Parse(data, True)
    return search.found


class _Tables:
    """Follows the tables of a spreadsheet, sees how far they reach and collects cells whose formula gave an error."""

    def __init__(self) -> None:
        self.found: dict[str, dict[int, dict[int, str]]] = {}
        self._extent = Extent()
        self._sheet, self._row, self._column, self._repeated = "", 0, 0, 1
        self._cells = 1
        self._formula, self._shown = False, ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match tag:
            case "table:table":
                self._sheet, self._row, self._extent = attributes.get("table:name", ""), 0, Extent()
            case "table:table-row":
                self._column, self._repeated = 0, int(attributes.get("table:number-rows-repeated", 1))
            case "table:table-cell" | "table:covered-table-cell":
                self._cells = int(attributes.get("table:number-columns-repeated", 1))
                self._formula = "table:formula" in attributes or attributes.get("calcext:value-type") == "error"
                self._shown = ""

    def text(self, text: str) -> None:
        self._shown += text

    def end(self, tag: str) -> None:
        match tag:
            case "table:table-row":
                self._row += self._repeated
            case "table:table-cell" | "table:covered-table-cell":
                if self._shown:
                    # A repeated cell is written once and read as often as it says.
                    reached = self._extent.reach(self._row + self._repeated, self._column + self._cells)
                    check_extent(self._sheet, reached)
                if self._formula and _ERROR_TEXT.fullmatch(self._shown.strip()):
                    rows = self.found.setdefault(self._sheet, {})
                    for row in range(self._row, self._row + self._repeated):
                        cells = rows.setdefault(row, {})
                        cells.update({self._column + n: self._shown.strip() for n in range(self._cells)})
                self._column += self._cells
                self._formula, self._shown = False, ""
