"""What an import tells the one who started it: steps while it runs, counts and findings when it is done."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum


class StepCode(StrEnum):
    """The steps of an import or an undo, in order."""

    READING = "reading"
    CHECKING = "checking"
    LOADING = "loading"
    DERIVING = "deriving"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Step:
    """What is being done, and to which file or table; ``messages.step_text`` puts it into words."""

    code: StepCode
    subject: str = ""


# Told the share of the work that is done, 0 to 1, and what is being done now.
Progress = Callable[[float, Step], None]


class RefusedError(Exception):
    """A file, a sheet or an undo is refused; ``messages.describe`` makes the text from ``rule`` and ``detail``."""

    def __init__(self, rule: str, **detail: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.detail: Mapping[str, str] = detail


class ImportCancelledError(Exception):
    """The import was cancelled; nothing of it is in the store."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of data by what became of them: ``read`` is the sum of the other four."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    held: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Return the sum, field by field."""
        return Counts(
            self.read + other.read,
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.held + other.held,
        )


@dataclass(frozen=True, slots=True)
class SheetReport:
    """What became of one sheet: its table, its rows, and what in it was passed over.

    ``skipped`` counts blank lines, totals, notes and repeated headers; ``ignored`` lists headers that are no column
    of the table.
    """

    file: str
    sheet: str
    table: str
    counts: Counts
    skipped: int
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file or sheet nothing was taken from, and why."""

    file: str
    sheet: str
    rule: str
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something in rows that were taken in which deserves a look: the rule, where, and how many rows."""

    table: str
    column: str
    rule: str
    detail: Mapping[str, str]
    rows: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The outcome of an import; ``batch_id`` is None where nothing was new, so that no batch was made."""

    batch_id: int | None
    sheets: tuple[SheetReport, ...]
    refusals: tuple[Refusal, ...]
    notices: tuple[Notice, ...]

    @property
    def counts(self) -> Counts:
        """The rows of all sheets together."""
        return sum((sheet.counts for sheet in self.sheets), Counts())

    def summary(self) -> str:
        """Return in codes what was brought in, as the audit keeps it: the batch, the files, what became of the rows."""
        files = dict.fromkeys([*(sheet.file for sheet in self.sheets), *(refusal.file for refusal in self.refusals)])
        numbers = " ".join(f"{name}={number}" for name, number in asdict(self.counts).items())
        return f"batch={self.batch_id or ''} files={';'.join(files)} {numbers} refused={len(self.refusals)}"
