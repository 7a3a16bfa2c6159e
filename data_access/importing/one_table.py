"""One table of an import: its sheets normalised, checked, compared with the store and loaded."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection

from data_access.importing.again import BroughtBack, brought_back
from data_access.importing.batches import batch_of_reader
from data_access.importing.checking import check_columns, check_rows
from data_access.importing.findings import Findings, Rows
from data_access.importing.keys import brought
from data_access.importing.linking import link
from data_access.importing.loading import load
from data_access.importing.names import Books
from data_access.importing.normalising import normalise
from data_access.importing.remembering import Memory, remember
from data_access.importing.report import Counts, StepCode
from data_access.importing.sheets import Sheet
from data_access.importing.specs import TableSpec
from data_access.importing.staging import staged
from data_access.importing.twins import Telling
from data_access.schema import batch_files, held_rows
from data_access.selection import Scope

# Told when checking is done and loading begins.
Step = Callable[[StepCode], None]


@dataclass(frozen=True)
class TableData:
    """The sheets of one table; a position counts their data rows through, one sheet after the other."""

    spec: TableSpec
    sheets: Sequence[Sheet]

    @cached_property
    def starts(self) -> Rows:
        """The position at which each sheet's rows begin."""
        return np.cumsum([0, *(len(sheet.row_numbers) for sheet in self.sheets)])[:-1].astype(np.int64)

    @cached_property
    def sheet_of(self) -> Rows:
        """The sheet of each position."""
        return np.repeat(np.arange(len(self.sheets)), [len(sheet.row_numbers) for sheet in self.sheets])

    def place(self, position: int) -> Mapping[str, str]:
        """Return in which file, sheet and row a position is."""
        number = int(self.sheet_of[position])
        sheet = self.sheets[number]
        row = sheet.row_numbers[position - self.starts[number]]
        return {"file": sheet.file, "sheet": sheet.name, "row": str(row)}


@dataclass(frozen=True, slots=True)
class Context:
    """What the rows of a table are read and judged by, and who brings them."""

    books: Books
    programme_start: date
    today: date
    scope: Scope
    by: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The numbers of the sheets whose file was loaded before, by anybody and in an import that the reader may see."""

    ever: Collection[int]
    by_reader: Collection[int]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a table's rows: counts and memory of each sheet, all findings, rows held for the first time."""

    counts: Sequence[Counts]
    memories: Sequence[Memory]
    findings: Findings
    newly_held: int


def load_table(
    connection: Connection, data: TableData, context: Context, batch_id: int, seen: Seen, step: Step
) -> Loaded:
    """Load the sheets of one table as rows of ``batch_id``."""
    columns, findings = _values(data, context.books)
    findings.add(check_columns(columns, data.spec, context.today))
    findings.add(check_rows(columns, data.spec, context.programme_start))
    step(StepCode.LOADING)
    own = batch_of_reader(held_rows.c.batch_id, context.scope, context.by)
    memories = [remember(connection, sheet, own, context.books) for sheet in data.sheets]
    back = brought_back(connection, data.sheets, data.starts.tolist(), memories, own)
    left_out = np.union1d(findings.held(), back.corrected)
    good = np.setdiff1d(np.arange(len(data.sheet_of)), left_out, assume_unique=True)
    with staged(connection, data.spec) as stage:
        stage.fill(columns, data.sheet_of, good)
        seen_batches = batch_of_reader(batch_files.c.batch_id, context.scope, context.by)
        telling = Telling(data.place, context.scope, seen_batches)
        nothing_new = link(stage, telling, findings, back, seen.by_reader)
        loaded = load(stage, batch_id, seen.ever)
    settled = _settled(connection, batch_id, back, findings.held(), context.books)
    findings.leave_out(settled)
    held, again = (_by_sheet(data, rows) for rows in (findings.held(), np.union1d(nothing_new, settled)))
    counts = [
        Counts(read=len(sheet.row_numbers), held=held[n], unchanged=again[n]) + loaded.get(n, Counts())
        for n, sheet in enumerate(data.sheets)
    ]
    newly_held = np.setdiff1d(findings.held(), np.array(list(back.still_open), dtype=np.int64))
    return Loaded(counts, memories, findings, newly_held.size)


def _settled(connection: Connection, batch_id: int, back: BroughtBack, held: Rows, books: Books) -> Rows:
    """Return the rows of files imported before that a batch brought right, this one included, or a person closed."""
    wrong = back.still_open.keys() & set(held.tolist())
    now = set(brought(connection, batch_id, {n: r for p in wrong for n, r in back.still_open[p].items()}, books))
    corrected = [position for position in wrong if now & back.still_open[position].keys()]
    closed = np.intersect1d(back.closed, held)
    return np.unique(np.concatenate([back.corrected, closed, np.array(corrected, dtype=np.int64)]))


def _values(data: TableData, books: Books) -> tuple[Mapping[str, pa.Array], Findings]:
    """Return the values of all sheets, one below the other."""
    findings = Findings()
    parts = []
    for sheet, start in zip(data.sheets, data.starts, strict=True):
        values = normalise(sheet.texts(), sheet.layout, books)
        findings.add(values.findings.shifted(int(start)))
        parts.append(values.columns)
    names = [column.name for column in data.spec.columns]
    return {name: pa.concat_arrays([part[name] for part in parts]) for name in names}, findings


def _by_sheet(data: TableData, positions: Rows) -> Sequence[int]:
    counted: list[int] = np.bincount(data.sheet_of[positions], minlength=len(data.sheets)).tolist()
    return counted
