"""An import from files to figures: read, recognise, normalise, check, link, load, derive, in one transaction."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, func, insert, select

from data_access import derivation
from data_access.importing.batches import LOADED, batch_of_reader, now
from data_access.importing.headers import Recogniser
from data_access.importing.held import HeldRows, brought_again, close
from data_access.importing.locking import exclusive
from data_access.importing.names import Books
from data_access.importing.one_table import Context, Seen, TableData, load_table
from data_access.importing.remembering import Memory
from data_access.importing.report import (
    Counts,
    ImportCancelledError,
    ImportReport,
    Notice,
    Progress,
    Refusal,
    SheetReport,
    Step,
    StepCode,
)
from data_access.importing.sheets import Sheet, read_sheets
from data_access.importing.tables import TABLES
from data_access.profile import Label, Node, Profile
from data_access.rows import current
from data_access.schema import batch_files, batches, held_rows
from data_access.selection import Scope
from data_access.store import Store

logger = logging.getLogger(__name__)

# Shares of an import's time at which reading and loading end, as measured on the demo city.
_READ, _LOADED = 0.1, 0.6
_GRID_LEVEL = 3
WHOLE_CITY = Scope.everything()


@dataclass(slots=True)
class _Run:
    """One import while it runs: whom it tells, and what it has found so far."""

    profile: Profile
    progress: Progress
    cancelled: Callable[[], bool]
    today: date
    scope: Scope
    by: str
    batch_id: int = 0
    sheets: list[SheetReport] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    memories: list[Memory] = field(default_factory=list)
    newly_held: int = 0
    held: HeldRows = field(default_factory=HeldRows)

    def step(self, share: float, code: StepCode, subject: str = "") -> None:
        """Tell how far the import is; leave it here if it was cancelled."""
        if self.cancelled():
            raise ImportCancelledError
        self.progress(share, Step(code, subject))

    def deriving(self, share: float) -> None:
        """Tell which share of the derived tables is rebuilt."""
        self.step(_LOADED + (1 - _LOADED) * share, StepCode.DERIVING)


def import_files(  # noqa: PLR0913 - who brings what as what, and who is told
    store: Store,
    profile: Profile,
    paths: Sequence[Path],
    *,
    by: str,
    scope: Scope = WHOLE_CITY,
    table: str | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ImportReport:
    """Load workbooks, CSV and Parquet files as one batch, and return what became of every sheet.

    ``table`` names the import table where the headers leave it open. Rows that break a rule are held with the reason,
    all others go in; a file that cannot be read or recognised is refused and the others still go in. Rows outside
    ``scope`` are held, too (``scoping``). Files that bring
    nothing new make no batch. Raises ``ImportCancelledError`` when ``cancelled`` says so; nothing has changed then,
    nor after any other exception.
    """
    today = datetime.now().astimezone().date()
    run = _Run(profile, progress or (lambda _share, _step: None), cancelled or (lambda: False), today, scope, by)
    sheets = _read(run, paths, table)
    made = False
    if sheets:
        with exclusive(store, cancelled), store.begin() as connection:
            made = _load(run, connection, sheets)
            if made:
                derivation.rebuild(connection, run.deriving)
                store.bump_version(connection)
    run.progress(1.0, Step(StepCode.DONE))
    report = ImportReport(run.batch_id if made else None, tuple(run.sheets), tuple(run.refusals), tuple(run.notices))
    logger.info("batch %s: %s", report.batch_id, report.counts)
    return report


def _read(run: _Run, paths: Sequence[Path], table: str | None) -> list[Sheet]:
    """Return the recognised sheets in the order in which their tables can be loaded."""
    recogniser = Recogniser(TABLES.values(), run.profile)
    sheets: list[Sheet] = []
    for number, path in enumerate(paths):
        run.step(_READ * number / len(paths), StepCode.READING, path.name)
        found, refused = read_sheets(path, recogniser, table)
        sheets += found
        run.refusals += refused
    order = {name: place for place, name in enumerate(TABLES)}
    return sorted(sheets, key=lambda sheet: order[sheet.layout.spec.name])


def _load(run: _Run, connection: Connection, sheets: Sequence[Sheet]) -> bool:
    """Load all sheets; tell whether they brought anything new, so that there is a batch."""
    run.batch_id = (connection.scalar(select(func.max(batches.c.batch_id))) or 0) + 1
    seen = _seen(connection, sheets, ())
    own = batch_of_reader(batches.c.batch_id, run.scope, run.by)
    by_reader = _seen(connection, sheets, own) if own else seen
    rows, done = sum(len(sheet.row_numbers) for sheet in sheets) or 1, 0
    books: Books | None = None
    for name in dict.fromkeys(sheet.layout.spec.name for sheet in sheets):
        # The grids are places, so what names places is read after them.
        books = Books(run.profile) if name == "grids" else books or Books(run.profile, _grids(connection))
        data = TableData(TABLES[name], [sheet for sheet in sheets if sheet.layout.spec.name == name])
        share = (_LOADED - _READ) / rows
        number_of = [
            frozenset(n for n, sheet in enumerate(data.sheets) if sheet.digest in digests)
            for digests in (seen, by_reader)
        ]
        _load_table(run, connection, data, books, Seen(*number_of), (_READ + share * done, share * len(data.sheet_of)))
        done += len(data.sheet_of)
        books = None if name == "grids" else books
    return _close(run, connection, sheets, Books(run.profile))


def _load_table(
    run: _Run,
    connection: Connection,
    data: TableData,
    books: Books,
    seen: Seen,
    extent: tuple[float, float],
) -> None:
    begin, length = extent
    name = data.spec.name
    run.step(begin, StepCode.CHECKING, name)
    context = Context(books, run.profile.programme_start, run.today, run.scope, run.by)
    loaded = load_table(
        connection, data, context, run.batch_id, seen, lambda code: run.step(begin + length / 2, code, name)
    )
    run.held.add(data.sheets, data.starts.tolist(), loaded.findings)
    run.notices += loaded.findings.notices(name)
    run.memories += loaded.memories
    run.newly_held += loaded.newly_held
    for sheet, count in zip(data.sheets, loaded.counts, strict=True):
        run.sheets.append(SheetReport(sheet.file, sheet.name, name, count, sheet.skipped, sheet.layout.ignored))


def _seen(connection: Connection, sheets: Sequence[Sheet], own: Sequence[ColumnElement[bool]]) -> frozenset[str]:
    """Return the digests of files that a batch which was not undone has loaded; ``own`` narrows the batches."""
    query = (
        select(batch_files.c.digest)
        .join(batches, batches.c.batch_id == batch_files.c.batch_id)
        .where(batches.c.state == LOADED, batch_files.c.digest.in_({sheet.digest for sheet in sheets}), *own)
    )
    return frozenset(connection.scalars(query))


def _grids(connection: Connection) -> list[Node]:
    """Return the current grids as regions below their towns."""
    grids = current("grids")
    return [
        Node(row.code, row.region_2, _GRID_LEVEL, Label(row.name, row.name_en or ""))
        for row in connection.execute(select(grids))
    ]


def _close(run: _Run, connection: Connection, sheets: Sequence[Sheet], books: Books) -> bool:
    """Record the batch if it changed a row, corrected a held row, or holds rows that are not held yet."""
    total = sum((sheet.counts for sheet in run.sheets), Counts())
    remembered = list(zip(sheets, run.memories, strict=True))
    own = batch_of_reader(held_rows.c.batch_id, run.scope, run.by)
    again = brought_again(connection, run.batch_id, remembered, run.held.places(), own, books)
    if not (total.added or total.changed or run.newly_held or any(again.values())):
        return False
    close(connection, run.batch_id, again)
    run.held.write(connection, run.batch_id)
    entry: dict[str, object] = {"batch_id": run.batch_id, "created_at": now(), "created_by": run.by, "state": LOADED}
    connection.execute(insert(batches).values(entry | _columns(total)))
    for report, sheet in zip(run.sheets, sheets, strict=True):
        of_file: dict[str, object] = {
            "batch_id": run.batch_id,
            "file": report.file,
            "sheet": report.sheet,
            "digest": sheet.digest,
            "table_name": report.table,
        }
        connection.execute(insert(batch_files).values(of_file | _columns(report.counts)))
    return True


def _columns(counts: Counts) -> dict[str, object]:
    """Return counts by the names of the columns that keep them."""
    return {f"rows_{name}": number for name, number in asdict(counts).items()}
