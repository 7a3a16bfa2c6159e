"""Files into grids of text: workbooks, CSV in the encodings that occur, and Parquet.

Nothing is interpreted here. A grid holds what the sheet holds, row by row, as text; dates and numbers of typed cells
are spelled so that ``values`` reads them back unchanged. Finding the header row is the task of ``headers``.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, zip_longest
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from data_access.importing.report import RefusedError

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
SEPARATED = (".csv", ".txt", ".tsv")
ROWS_AT_ONCE = 20_000
# What exports put before a text so that a spreadsheet program does not run it as a formula.
_GUARD = r"^'([=+\-@])"

Cell = int | float | str | bool | time | date | datetime | timedelta
Columns = tuple[pa.ChunkedArray, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet's cells as text, from its first row on; a null is an empty cell.

    ``names`` holds the column names where the file format has them (Parquet); otherwise the header is one of the rows.
    """

    sheet: str
    columns: Columns
    names: tuple[str, ...] | None = None

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

    Raises ``RefusedError`` if the file cannot be opened or is of a kind that is not supported.
    """
    suffix = path.suffix.lower()
    try:
        if suffix in WORKBOOKS:
            return list(_workbook(path))
        if suffix in SEPARATED:
            return [Grid("", _separated(path.read_bytes()))]
        if suffix == ".parquet":
            return [_parquet(path)]
    except (CalamineError, pa.ArrowException, OSError, csv.Error) as error:
        raise RefusedError("file_unreadable", reason=_first_line(error)) from error
    raise RefusedError("file_kind_unknown", kind=suffix or path.name)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _clean(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Trim a text column, make empty cells null and take the formula guard off."""
    trimmed = pc.utf8_trim_whitespace(column)
    if pc.any(pc.starts_with(trimmed, "'")).as_py():
        trimmed = pc.replace_substring_regex(trimmed, _GUARD, r"\1")
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


# ---- workbooks -----------------------------------------------------------------------------------------------------


def _workbook(path: Path) -> Iterator[Grid]:
    with CalamineWorkbook.from_path(str(path)) as workbook:
        for number, about in enumerate(workbook.sheets_metadata):
            if about.typ != SheetTypeEnum.WorkSheet or about.visible != SheetVisibleEnum.Visible:
                continue
            sheet = workbook.get_sheet_by_index(number)
            if sheet.start is not None:
                yield Grid(about.name, _sheet_columns(sheet))


def _sheet_columns(sheet: CalamineSheet) -> Columns:
    chunks: list[list[pa.Array]] = [[] for _ in range(sheet.width)]
    rows = sheet.iter_rows()
    while block := list(islice(rows, ROWS_AT_ONCE)):
        for chunk, cells in zip(chunks, zip(*block, strict=True), strict=True):
            chunk.append(pa.array(map(_spelled, cells), pa.string()))
    return tuple(_clean(pa.chunked_array(chunk, pa.string())) for chunk in chunks)


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
        return data.decode("utf-16").encode()
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        data.decode()
    except UnicodeDecodeError:
        try:
            return data.decode("gb18030").encode()
        except UnicodeDecodeError as error:
            raise RefusedError("encoding_unknown") from error
    return data


def _quick(text: bytes, head: str, separator: str) -> Columns | None:
    """Read a regular file with Arrow; None if it has blank lines or rows of different length."""
    if any(blank in text for blank in (b"\n\n", b"\n\r\n")) or text.startswith((b"\n", b"\r")):
        return None
    width = len(next(csv.reader(io.StringIO(head), delimiter=separator), ()))
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
    rows = csv.reader(io.StringIO(text.decode(), newline=""), delimiter=separator)
    return tuple(_text_column(column) for column in zip_longest(*rows, fillvalue=""))


def _text_column(cells: Sequence[str]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(cells, pa.string())])


# ---- Parquet -------------------------------------------------------------------------------------------------------


def _parquet(path: Path) -> Grid:
    table = pq.read_table(path)
    return Grid("", tuple(_clean(_as_text(column)) for column in table.columns), tuple(table.column_names))


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pc.binary_join(column.cast(pa.list_(pa.string())), ";")
    return column.cast(pa.string())
