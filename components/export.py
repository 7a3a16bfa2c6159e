"""Files of many rows: written in the background a part at a time, with progress, kept until they are fetched.

However many rows there are, no more than one part of them is in memory. A file is served by its address, which is
as hard to guess as a key, and goes with the process or when newer ones take its place.
"""

import csv
import logging
import shutil
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import xlsxwriter

from components.background import is_ending, start
from components.sheet import safe

logger = logging.getLogger("zhanrong")
XLSX, CSV = "xlsx", "csv"
# Excel's own limit of rows, less the header.
SHEET_ROWS = 1_048_575
# The finished files that are kept: of each browser, and of all together.
KEPT, KEPT_IN_ALL = 3, 30
_WIDTH = {"date": 12, "money": 16, "number": 12}
Part = Sequence[Sequence[Any]]


class ExportCancelledError(Exception):
    """The reader has cancelled the export."""


@dataclass(frozen=True)
class Table:
    """What is written: headers and kinds ("text", "date", "money", "number") of the columns, parts of rows, notes.

    ``notes`` are pairs of a title and a text; ``mark`` is the line that says who took the file and when.
    """

    name: str
    notes_name: str
    headers: tuple[str, ...]
    kinds: tuple[str, ...]
    parts: Iterable[Part]
    notes: tuple[tuple[str, str], ...]
    mark: str


@dataclass
class Export:
    """One file on its way: how many of its rows are written, and how it ended. Its thread writes, sessions read."""

    name: str
    total: int
    holder: str = ""  # what the browser that may fetch it proves; "": none may
    token: str = field(default_factory=lambda: uuid4().hex)
    written: int = 0
    path: Path | None = None
    error: Exception | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1."""
        return min(self.written / self.total, 1.0) if self.total else 1.0


class Desk:
    """The latest exports of a process; one is written at a time, so that pages stay quick."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="zhanrong-exports-"))
        self._tidy = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._exports: OrderedDict[str, Export] = OrderedDict()
        self._lock = threading.Lock()
        self._turn = threading.Semaphore(1)

    def start(self, export: Export, write: Callable[[Path, Export], None]) -> None:
        """Let ``write`` write the file in the background, after those that were asked for before."""
        with self._lock:
            self._exports[export.token] = export
            theirs = [known for known in self._exports.values() if known.holder == export.holder]
            self._drop(theirs, KEPT)
            self._drop(list(self._exports.values()), KEPT_IN_ALL)
        start("export", self._run, export, write)

    def _drop(self, exports: Sequence[Export], most: int) -> None:
        """Forget the oldest finished ones of ``exports`` until no more than ``most`` are left."""
        ended = [known for known in exports if known.done.is_set()]
        for known in ended[: max(len(exports) - most, 0)]:
            _remove(self._exports.pop(known.token))

    def find(self, token: str) -> Export | None:
        """Return the export with this token, if it is still kept."""
        return self._exports.get(token)

    def withdraw(self, holder: str) -> None:
        """Stop and forget every export of one browser: its reader has left, or has become somebody else."""
        with self._lock:
            theirs = [token for token, known in self._exports.items() if holder and known.holder == holder]
            for token in theirs:
                self._exports[token].cancelled.set()
                _remove(self._exports.pop(token))

    def close(self) -> None:
        """Remove every file: a server that is told to end leaves without Python's own tidying."""
        self._tidy()

    def _run(self, export: Export, write: Callable[[Path, Export], None]) -> None:
        path = self._folder / export.token
        with self._turn:
            try:
                write(path, export)
                export.path = path
            except ExportCancelledError:
                path.unlink(missing_ok=True)
            except Exception as error:  # noqa: BLE001 - shown to the reader by the page
                logger.error("export: %s", type(error).__name__)  # noqa: TRY400 - its message may hold a row
                path.unlink(missing_ok=True)
                export.error = error
            finally:
                export.done.set()


@lru_cache(maxsize=1)
def desk() -> Desk:
    """Return the process's desk for exports."""
    return Desk()


def _remove(export: Export) -> None:
    if export.path:
        export.path.unlink(missing_ok=True)


def write_file(kind: str, path: Path, table: Table, export: Export) -> None:
    """Write ``table`` to ``path`` as "xlsx" or "csv"; raises ``ExportCancelledError`` when the export is cancelled."""
    {XLSX: _write_xlsx, CSV: _write_csv}[kind](path, table, export)


def _counted(table: Table, export: Export) -> Iterator[Part]:
    """Yield the parts of a table, keep count, and stop when the export is cancelled."""
    for part in table.parts:
        if export.cancelled.is_set() or is_ending():
            raise ExportCancelledError
        yield part
        export.written += len(part)


def _write_csv(path: Path, table: Table, export: Export) -> None:
    """Write a file that spreadsheet programs open as UTF-8; the notes stand below the rows."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(map(safe, table.headers))
        for part in _counted(table, export):
            writer.writerows([safe(value) for value in row] for row in part)
        writer.writerow(())
        writer.writerow((safe(table.mark),))
        writer.writerows((safe(title), safe(said)) for title, said in table.notes)


def _write_xlsx(path: Path, table: Table, export: Export) -> None:
    """Write a workbook whose sheets hold as many rows as Excel allows, and a last one with the notes."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(path, {**options, "tmpdir": str(path.parent)})
    book.set_properties({"comments": table.mark})
    sheets = _Sheets(book, table)
    try:
        for part in _counted(table, export):
            sheets.write(part)
        sheets.finish()
    finally:
        book.close()


class _Sheets:
    """The sheets of a workbook, one after the other; in this mode a row that is written cannot be touched again."""

    def __init__(self, book: xlsxwriter.Workbook, table: Table) -> None:
        self._book, self._table, self._number, self._row = book, table, 0, 0
        self._head = book.add_format({"bold": True, "bg_color": "#EAF1FA", "border": 1, "text_wrap": True})
        formats = {"date": "yyyy-mm-dd", "money": "#,##0.00", "number": "#,##0.##"}
        self._formats = {kind: book.add_format({"num_format": text}) for kind, text in formats.items()}
        self._page = self._next()

    def write(self, part: Part) -> None:
        """Write a part of the rows, on to the next sheet where one is full."""
        for row in part:
            if self._row > SHEET_ROWS:
                self._page = self._next()
            self._write_row(row)
            self._row += 1

    def finish(self) -> None:
        """Write the sheet of notes."""
        wrap = self._book.add_format({"text_wrap": True, "valign": "top"})
        page = self._book.add_worksheet(self._table.notes_name)
        page.set_column(0, 0, 26, wrap)
        page.set_column(1, 1, 110, wrap)
        page.write_string(0, 0, safe(self._table.mark))
        for number, pair in enumerate(self._table.notes, start=1):
            page.write_string(number, 0, safe(pair[0]))
            page.write_string(number, 1, safe(pair[1]))

    def _next(self) -> Any:  # noqa: ANN401 - a worksheet of an untyped package
        self._number, self._row = self._number + 1, 1
        name = self._table.name if self._number == 1 else f"{self._table.name} {self._number}"
        page = self._book.add_worksheet(name)
        page.freeze_panes(1, 1)
        page.set_footer(f"&L{self._table.mark.replace('&', '&&')[:200]}&R&P / &N")
        for column, (header, kind) in enumerate(zip(self._table.headers, self._table.kinds, strict=True)):
            page.set_column(column, column, _WIDTH.get(kind, 20))
            page.write_string(0, column, safe(header), self._head)
        return page

    def _write_row(self, row: Sequence[Any]) -> None:
        page, number = self._page, self._row
        for column, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                page.write_string(number, column, safe(value))
            elif isinstance(value, date | datetime):
                page.write_datetime(number, column, value, self._formats["date"])
            else:
                page.write_number(number, column, value, self._formats.get(self._table.kinds[column]))
