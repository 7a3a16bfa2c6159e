"""What a file may cost, looked at before it is read: a small one can unpack into more than a server has.

The limits are far above what an office sends and below what a server with 4 GB bears. A workbook is a ZIP archive, so
that its parts can be declared or compressed dishonestly; and the workbook reader lays a sheet out as a full rectangle,
so that one stray cell in the last row and column would take half a terabyte.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO, Self
from zipfile import BadZipFile, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from data_access.importing.markup import local, parser
from data_access.importing.report import RefusedError

MB = 1 << 20
LARGEST_FILE = 200 * MB
LARGEST_UNPACKED = 1024 * MB
MOST_PARTS = 5000
# A table of numbers and names shrinks to a tenth; only what repeats one byte shrinks to a thousandth.
MOST_SHRUNK, SHRUNK_BEGINS = 200, 20 * MB
MOST_COLUMNS = 1000
# A full sheet of Excel, 1,048,576 rows, with thirty columns.
MOST_CELLS = 32_000_000
# What a cell of Excel may hold, so that a row that is sent back fits into one.
LONGEST_CELL = 32_767

# Of the 255 bytes that most file systems allow; a character of Chinese takes three.
LONGEST_NAME = 240
UNNAMED = "unnamed"

ARCHIVES = (".xlsx", ".xlsm", ".xlsb", ".ods")
_COMPOUND = b"\xd0\xcf\x11\xe0"
_CHUNK = 1 << 20
_CELL = b'<c r="'
# How else a cell may begin; where one does, the quick look would miss it.
_CELLS = (b"<c ", b"<c>", b"<c/", b"<c\n", b"<c\t", b"<c\r")
_PREFIXED = re.compile(rb":c[ >/\t\r\n]")
_LETTERS, _DIGITS = 3, 7
_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")


@dataclass(slots=True)
class Extent:
    """How far the cells of a sheet reach: the number of its last row and column, counted from 1."""

    rows: int = 0
    columns: int = 0

    def reach(self, row: int, column: int) -> Self:
        """Take in a cell and return the extent."""
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)
        return self

    @property
    def fits(self) -> bool:
        """Whether the rectangle up to here can be read."""
        return self.columns <= MOST_COLUMNS and self.rows * self.columns <= MOST_CELLS


def file_name(sent: str) -> str:
    """Return the name under which a file that was sent is kept and shown.

    Folders before it go, as do control characters and those that turn the direction of writing; what is longer than
    a file system takes is shortened before its ending.
    """
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", sent)[-1])
    shown = "".join(" " if c.isspace() else c for c in last if c.isspace() or unicodedata.category(c)[0] != "C")
    path = PurePath(shown.strip(" ."))
    room = LONGEST_NAME - len(path.suffix.encode())
    stem = path.stem.encode()[: max(room, 0)].decode("utf-8", "ignore")
    return f"{stem}{path.suffix}" if stem and room > 0 else UNNAMED


def check_file(path: Path) -> None:
    """Raise ``RefusedError`` if a file is larger than the limits, packed or unpacked, ``BadZipFile`` if damaged."""
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise RefusedError("file_too_large", size=_mb(size), limit=_mb(LARGEST_FILE))
    if path.suffix.lower() not in ARCHIVES:
        return
    with path.open("rb") as file:
        # With a password, or an old workbook under a new name: no archive at all, and refused with better words.
        if file.read(len(_COMPOUND)) == _COMPOUND:
            return
    _check_archive(path)


def check_extent(sheet: str, extent: Extent) -> None:
    """Raise ``RefusedError`` if a sheet reaches further than can be read."""
    if not extent.fits:
        cell = f"{column_letters(extent.columns)}{extent.rows}"
        limits = {"limit": f"{MOST_CELLS:,}", "widest": f"{MOST_COLUMNS:,}"}
        raise RefusedError("sheet_too_large", sheet=sheet, cell=cell, **limits)


def check_columns(count: int) -> None:
    """Raise ``RefusedError`` if a file without sheets has more columns than can be read."""
    if count > MOST_COLUMNS:
        raise RefusedError("columns_too_many", count=f"{count:,}", limit=str(MOST_COLUMNS))


def column_letters(number: int) -> str:
    """Return what a spreadsheet program calls a column: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _mb(size: int) -> str:
    return f"{-(-size // MB):,}"


# ---- archives --------------------------------------------------------------------------------------------------------


def _check_archive(path: Path) -> None:
    with ZipFile(path) as file:
        parts = file.infolist()
        if len(parts) > MOST_PARTS or any(map(_shrunk_too_far, parts)):
            raise RefusedError("archive_odd")
        unpacked = sum(part.file_size for part in parts)
        if unpacked > LARGEST_UNPACKED:
            raise RefusedError("file_unpacks", size=_mb(unpacked), limit=_mb(LARGEST_UNPACKED))
        # Whoever lies about a part's size is found out here: no more than that is unpacked, and the sum is wrong.
        for part in parts:
            _check_part(file, part)


def _shrunk_too_far(part: ZipInfo) -> bool:
    return part.file_size > SHRUNK_BEGINS and part.file_size > MOST_SHRUNK * part.compress_size


def _check_part(file: ZipFile, part: ZipInfo) -> None:
    """Unpack a part once, without keeping it; look for a document type and for cells far away on the way."""
    with file.open(part) as stream:
        extent = _quick_extent(stream)
    if extent is None or not extent.fits:
        with file.open(part) as stream:
            check_extent(Path(part.filename).stem, _exact_extent(stream))


def _quick_extent(stream: IO[bytes]) -> Extent | None:
    """Return how far the cells of a part can reach at most; None if cells may be written in a way not looked for."""
    extent, plain = Extent(), True
    for text in _whole_tags(stream):
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise RefusedError("file_entities")
        begun = sum(text.count(cell) for cell in _CELLS)
        plain = plain and begun == text.count(_CELL) and not _PREFIXED.search(text)
        if begun and plain:
            plain = _take_in(extent, text)
    return extent if plain else None


def _whole_tags(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the bytes of a part in pieces that end before a tag, so that none is cut."""
    rest = b""
    while chunk := stream.read(_CHUNK):
        text = rest + chunk
        end = text.rfind(b"<")
        end = len(text) if end <= 0 else end
        yield text[:end]
        rest = text[end:]
    yield rest


def _take_in(extent: Extent, text: bytes) -> bool:
    """Take in the references of the cells in ``text``; False if one of them is no reference."""
    data = np.frombuffer(text + bytes(_LETTERS + _DIGITS + len(_CELL) + 1), np.uint8)
    at = np.flatnonzero(data == ord("<"))
    for place, byte in enumerate(_CELL[1:], start=1):
        at = at[data[at + place] == byte]
    at += len(_CELL)
    columns, at = _number(data, at, _LETTERS, ord("A"), 26)
    rows, at = _number(data, at, _DIGITS, ord("0"), 10)
    if not (columns.all() and rows.all() and (data[at] == ord('"')).all()):
        return False
    if len(at):
        extent.reach(int(rows.max()), int(columns.max()))
    return True


def _number(
    data: NDArray[np.uint8], at: NDArray[np.intp], longest: int, first: int, base: int
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return the numbers written from ``at`` on, A or 0 being ``first``, and where they end. A counts 1, 0 counts 0."""
    numbers, reading = np.zeros(len(at), np.int64), np.ones(len(at), bool)
    for _ in range(longest):
        digit = data[at].astype(np.int64) - first
        reading &= (digit >= 0) & (digit < base)
        numbers = np.where(reading, numbers * base + digit + (base == 26), numbers)
        at = at + reading
    return numbers, at


def _exact_extent(stream: IO[bytes]) -> Extent:
    """Return how far the cells with a value reach; formatted blank ones, which cost nothing, do not count."""
    search = _Values()
    parser(search.start).ParseFile(stream)
    return search.extent


class _Values:
    """Follows the elements of a sheet and finds the last row and column with a value."""

    def __init__(self) -> None:
        self.extent = Extent()
        self._row = self._column = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match local(tag):
            case "row":
                self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
                self._column = 0
            case "c":
                self._begin(attributes.get("r"))
            case "v" | "is":
                self.extent.reach(self._row, self._column)

    def _begin(self, reference: str | None) -> None:
        self._column += 1
        if reference is not None:
            found = _REFERENCE.fullmatch(reference)
            if found is None:
                raise BadZipFile(reference)
            self._row, self._column = int(found[2]), column_number(found[1])


def column_number(letters: str) -> int:
    """Return the number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
