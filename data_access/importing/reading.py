"""Files into grids of text: workbooks, CSV in the encodings that occur, and Parquet.

Nothing is interpreted here. A grid holds what the sheet holds, row by row, as text; dates and numbers of typed cells
are spelled so that ``values`` reads them back unchanged. Finding the header row is the task of ``headers``.
"""

import csv
import errno
import hashlib
import io
import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain, islice, zip_longest
from pathlib import Path
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from data_access.importing.formulas import Formulas, Marks
from data_access.importing.guards import (
    LARGEST_UNPACKED,
    LONGEST_CELL,
    MB,
    MOST_CELLS,
    check_columns,
    check_file,
)
from data_access.importing.legacy import Errors, read_errors
from data_access.importing.report import RefusedError
from locales.cells import GUARD, STARTS

_OPEN_XML = (".xlsx", ".xlsm")
WORKBOOKS = (*_OPEN_XML, ".xls", ".xlsb", ".ods")
SEPARATED = (".csv", ".txt", ".tsv")
ROWS_AT_ONCE = 20_000
# What exports put before a text so that a spreadsheet program does not run it as a formula (``cells``).
_GUARD = f"^{GUARD}([{STARTS}])"

Cell = int | float | str | bool | time | date | datetime | timedelta
Columns = tuple[pa.ChunkedArray, ...]

# The endings of the files that are read, without the dot.
FILE_TYPES = (*(suffix[1:] for suffix in (*WORKBOOKS, *SEPARATED)), "parquet")
# The limit that csv sets would end in an error without a place.
_NO_LIMIT = 2**31 - 1
_END = "\0"
# What the readers raise where a file is not what its name says, or is damaged.
_DAMAGED = (
    CalamineError, BadZipFile, ExpatError, KeyError, IndexError, ValueError, struct.error, zlib.error, EOFError,
    RuntimeError, pa.ArrowException, csv.Error,
)  # fmt: skip
# By how a file begins, what it is; and what people call that.
_SIGNS = (
    ("zip", re.compile(rb"PK\x03\x04")),
    ("xls", re.compile(rb"\xd0\xcf\x11\xe0")),
    ("pdf", re.compile(rb"%PDF")),
    ("html", re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|head|meta|\?xml)", re.IGNORECASE)),
    ("parquet", re.compile(rb"PAR1")),
)
_CALLED = {"zip": "xlsx / zip", "html": "HTML / XML"}


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet's cells as text, from its first row on; a null is an empty cell.

    ``names`` holds the column names where the file format has them (Parquet); otherwise the header is one of the rows.
    ``merged`` holds the last column of every cell merged with cells to its right, by its row and column;
    ``merged_down`` the last row of every cell merged with cells below.
    """

    sheet: str
    columns: Columns
    names: tuple[str, ...] | None = None
    merged: Mapping[tuple[int, int], int] = field(default_factory=dict)
    merged_down: Mapping[tuple[int, int], int] = field(default_factory=dict)

    def head(self, rows: int) -> list[list[str | None]]:
        """Return the first ``rows`` rows as lists of cells."""
        return [list(row) for row in zip(*(c.slice(0, rows).to_pylist() for c in self.columns), strict=True)]


def digest(path: Path) -> str:
    """Return the SHA-256 of a file; raise ``RefusedError`` if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RefusedError("file_unreadable", reason=error.strerror or type(error).__name__) from error


def read_grids(path: Path) -> list[Grid]:
    """Return the visible, non-empty sheets of a file; CSV and Parquet have one, named "".

    Raises ``RefusedError`` if the file cannot be opened, is of a kind that is not supported, or would take more than
    a server has (``guards``).
    """
    try:
        check_file(path)
        grids = _grids(path)
        for grid in grids:
            _check_cells(grid)
    except OSError as error:
        if error.errno in (None, errno.EINVAL):  # how Arrow, and a place before the beginning, tell of damage
            raise _refusal(path, error) from error
        raise RefusedError("file_unreadable", reason=error.strerror or type(error).__name__) from error
    except _DAMAGED as error:
        raise _refusal(path, error) from error
    except BaseException as error:
        # How the workbook reader, which is written in Rust, fails where it has not expected to: no Exception, so that
        # the import would end without a word.
        if type(error).__name__ == "PanicException":
            raise _refusal(path, error) from error
        raise
    return grids


def _grids(path: Path) -> list[Grid]:
    suffix = path.suffix.lower()
    if suffix in WORKBOOKS:
        return list(_workbook(path))
    if suffix in SEPARATED:
        columns = _separated(path.read_bytes())
        return [Grid("", columns)] if any(len(c) > c.null_count for c in columns) else []
    if suffix == ".parquet":
        return [_parquet(path)]
    raise RefusedError("file_kind_unknown", kind=suffix or path.name)


def _check_cells(grid: Grid) -> None:
    """Raise ``RefusedError`` at the first cell that is too long to be kept, shown and sent back."""
    for number, column in enumerate(grid.columns, start=1):
        lengths = pc.utf8_length(column)
        longest = pc.max(lengths).as_py() or 0
        if longest > LONGEST_CELL:
            row = pc.index(lengths, longest).as_py() + (2 if grid.names else 1)
            place = {"row": f"{row:,}", "number": str(number)}
            raise RefusedError("cell_too_long", **place, count=f"{longest:,}", limit=f"{LONGEST_CELL:,}")


def _refusal(path: Path, error: BaseException) -> RefusedError:
    """Return why a file cannot be read: it has a password, is something else than its name says, or is damaged."""
    if "password" in str(error).lower():
        return RefusedError("file_protected")
    with path.open("rb") as file:
        start = file.read(512)
    found = next((kind for kind, sign in _SIGNS if sign.match(start)), "")
    suffix = path.suffix.lower()
    usual = {".xls": "xls", ".xlsx": "zip", ".xlsm": "zip", ".xlsb": "zip", ".ods": "zip"}.get(suffix, "parquet")
    if found and found != usual:
        return RefusedError("file_disguised", kind=suffix, found=_CALLED.get(found, found))
    return RefusedError("file_damaged")


def _clean(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Trim a text column, make empty cells null and take the formula guard off; no store keeps a byte of 0."""
    if pc.any(pc.match_substring(column, "\0")).as_py():
        column = pc.replace_substring(column, "\0", "")
    trimmed = pc.utf8_trim_whitespace(column)
    if pc.any(pc.starts_with(trimmed, "'")).as_py():
        trimmed = pc.replace_substring_regex(trimmed, _GUARD, r"\1")
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


# ---- workbooks -----------------------------------------------------------------------------------------------------


def _workbook(path: Path) -> Iterator[Grid]:
    # The formulas first: an old workbook is looked through for cells far away then, and laid out when it is opened.
    with _formulas(path) as formulas, CalamineWorkbook.from_path(str(path)) as workbook:
        for number, about in enumerate(workbook.sheets_metadata):
            if about.typ != SheetTypeEnum.WorkSheet or about.visible != SheetVisibleEnum.Visible:
                continue
            sheet = workbook.get_sheet_by_index(number)
            if sheet.start is not None:
                marks = formulas.without_result(about.name)
                first = sheet.start[1]
                yield Grid(about.name, _sheet_columns(sheet, marks, first), None, *_merged(sheet, first))


def _formulas(path: Path) -> Formulas | Errors:
    return Formulas(path) if path.suffix.lower() in _OPEN_XML else read_errors(path)


def _sheet_columns(sheet: CalamineSheet, marks: Marks, first: int) -> Columns:
    chunks: list[list[pa.Array]] = [[] for _ in range(sheet.width)]
    rows = _marked(sheet, marks, first) if marks else sheet.iter_rows()
    while block := list(islice(rows, ROWS_AT_ONCE)):
        for chunk, cells in zip(chunks, zip(*block, strict=True), strict=True):
            chunk.append(pa.array(map(_spelled, cells), pa.string()))
    return tuple(_clean(pa.chunked_array(chunk, pa.string())) for chunk in chunks)


def _marked(sheet: CalamineSheet, marks: Marks, first: int) -> Iterator[list[Cell]]:
    """Yield the rows with formulas without a result marked, also those below the last row that has any value."""
    end = sheet.end[0] if sheet.end else -1
    below: Iterator[list[Cell]] = ([""] * sheet.width for _ in range(end, max(marks)))
    for number, row in enumerate(chain(sheet.iter_rows(), below)):
        for column, text in marks.get(number, {}).items():
            if 0 <= column - first < sheet.width:
                row[column - first] = text
        yield row


def _merged(sheet: CalamineSheet, first: int) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    """Return how far to the right and how far down merged cells reach."""
    ranges = [
        ((top, left - first), below, right - first) for (top, left), (below, right) in sheet.merged_cell_ranges or ()
    ]
    across = {place: right - first for place, _, right in ranges if right - first > place[1]}
    return across, {place: below for place, below, _ in ranges if below > place[0]}


def _spelled(cell: Cell) -> str:
    """Spell a typed cell the way ``values`` reads it back; whole numbers lose the ".0" a spreadsheet never shows."""
    match cell:
        case str():
            return cell
        case bool():
            return "是" if cell else "否"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case datetime():
            return cell.isoformat(" ")
        case _:
            return str(cell)


# ---- CSV -----------------------------------------------------------------------------------------------------------


def _separated(data: bytes) -> Columns:
    text = _as_utf8(data)
    head = text[:65536].decode("utf-8", "ignore")
    separator = max(",\t;", key=head.count)
    columns = _quick(text, head, separator)
    return tuple(map(_clean, columns if columns is not None else _careful(text, separator)))


def _as_utf8(data: bytes) -> bytes:
    """Return the text in UTF-8 without byte order mark, whether it came in UTF-8, UTF-16 or GB18030."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _without_nul(data.decode("utf-16").encode())
    data = _without_nul(data.removeprefix(b"\xef\xbb\xbf"))
    try:
        data.decode()
    except UnicodeDecodeError:
        try:
            return data.decode("gb18030").encode()
        except UnicodeDecodeError as error:
            raise RefusedError("encoding_unknown") from error
    return data


def _without_nul(text: bytes) -> bytes:
    """Return a text that can be one; bytes of 0 are found in UTF-32, and in files that are no text at all."""
    if b"\0" in text:
        raise RefusedError("encoding_unknown")
    return text


def _quick(text: bytes, head: str, separator: str) -> Columns | None:
    """Read a regular file with Arrow; None if it has blank lines, rows of different length or an odd quote."""
    if any(blank in text for blank in (b"\n\n", b"\n\r\n")) or text.startswith((b"\n", b"\r")):
        return None
    # Arrow takes everything after a quote that is never closed for one cell.
    if text.count(b'"') % 2:
        return None
    width = len(next(csv.reader(io.StringIO(head), delimiter=separator), ()))
    check_columns(width)
    names = [str(i) for i in range(width)]
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(text),
            pa.csv.ReadOptions(column_names=names),
            pa.csv.ParseOptions(delimiter=separator, newlines_in_values=b'"' in text),
            pa.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        )
    except pa.ArrowInvalid:
        return None
    return tuple(table.columns)


def _careful(text: bytes, separator: str) -> Columns:
    """Read any file row by row, short rows filled up with empty cells, so that row numbers stay right."""
    csv.field_size_limit(_NO_LIMIT)
    # A line of its own at the end, unless a quote is still open there and takes it in.
    lines = [*io.StringIO(text.decode(), newline=""), _END]
    *rows, last = csv.reader(lines, delimiter=separator)
    if last != [_END]:
        raise RefusedError("quote_open", row=str(len(rows) + 1))
    width = max(map(len, rows), default=0)
    check_columns(width)
    _check_count(width * len(rows))
    return tuple(_text_column(column) for column in zip_longest(*rows, fillvalue=""))


def _text_column(cells: Sequence[str]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(cells, pa.string())])


# ---- Parquet -------------------------------------------------------------------------------------------------------


def _parquet(path: Path) -> Grid:
    """Read a file whose texts stay, until they are measured, in dictionaries: one text may stand in a million rows."""
    with pq.ParquetFile(path, read_dictionary=_texts(path)) as file:
        about = file.metadata
        check_columns(about.num_columns)
        groups = [about.row_group(number) for number in range(about.num_row_groups)]
        # A list has more values than rows. Only there is the column asked: of a damaged one Arrow ends the process.
        lists = [c for c in range(about.num_columns) if about.schema.column(c).max_repetition_level]
        _check_count(sum(group.column(c).num_values for group in groups for c in lists))
        _check_count(about.num_rows * about.num_columns)
        _check_size(sum(group.total_byte_size for group in groups))
        table = file.read()
    _check_size(sum(map(_spelled_out, table.columns)))
    return Grid("", tuple(_clean(_as_text(column)) for column in table.columns), tuple(table.column_names))


def _texts(path: Path) -> list[str]:
    """Return the paths of the columns that hold texts."""
    schema = pq.read_metadata(path).schema
    columns = [schema.column(number) for number in range(len(schema))]
    return [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]


def _spelled_out(column: pa.ChunkedArray) -> int:
    """Return how many bytes the texts of a column take once every cell has its own."""
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        return sum(_spelled_out(pa.chunked_array([chunk.flatten()])) for chunk in column.chunks)
    if not pa.types.is_dictionary(column.type):
        return int(column.nbytes)
    lengths = (pc.take(pc.binary_length(chunk.dictionary), chunk.indices) for chunk in column.chunks)
    return sum(pc.sum(found).as_py() or 0 for found in lengths)


def _check_count(cells: int) -> None:
    if cells > MOST_CELLS:
        raise RefusedError("cells_too_many", count=f"{cells:,}", limit=f"{MOST_CELLS:,}")


def _check_size(size: int) -> None:
    if size > LARGEST_UNPACKED:
        raise RefusedError("file_unpacks", size=f"{size // MB:,}", limit=f"{LARGEST_UNPACKED // MB:,}")


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pc.binary_join(column.cast(pa.list_(pa.string())), ";")
    return column.cast(pa.string())
