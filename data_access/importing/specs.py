"""What an import table is: the types that describe its columns and the rules its rows must meet.

A ``TableSpec`` names a table, its key and its columns; a ``ColumnSpec`` names a column, the Chinese header a
workbook carries, the synonyms that are accepted for it, its kind, and the rules a value must meet. The tables
themselves are in ``tables``.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a cell holds, and so how it is read, checked and stored."""

    TEXT = "text"
    DATE = "date"
    MONEY = "money"  # stored in yuan; 万元 and 亿元 in the header or the cell are converted
    RATE = "rate"  # per cent a year: 3.65 means 3.65 %
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    CODE = "code"  # one of the profile's code list named in ``codes``
    TAGS = "tags"  # several codes of the list named in ``codes``; stored as ";a;b;"
    REGION = "region"  # a region of the level given in ``level``, by code or name
    INDUSTRY = "industry"  # an industry of the level given in ``level``, by code or name
    BANK = "bank"  # one of the profile's banks, by code or name
    CREDIT_CODE = "credit_code"  # unified social credit code, both check digits
    REFERENCE = "reference"  # the key of another import table, named in ``references``


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column of an import table.

    ``minimum`` and ``maximum`` bound numbers (in the stored unit). ``not_before`` names date columns of the same row
    that may not lie after this one, ``not_below`` number columns that may not be larger, ``only_with`` columns that may
    not be empty where this one is filled, or says yes. A date may not lie after the day of import unless
    ``may_be_future``; one before the programme's start is pointed out where ``since_start``.
    ``is_unique`` forbids that two current rows of the table share the value. ``in_months`` marks a duration: years
    are converted. ``personal`` marks personal information that is masked when it is shown.

    A reference to a row that does not exist holds the row if the column is required; otherwise it is kept and
    pointed out (an orphan, which the data-quality metrics count).
    """

    name: str
    header: str
    header_en: str
    kind: Kind = Kind.TEXT
    required: bool = False
    synonyms: tuple[str, ...] = ()
    codes: str = ""
    level: int = 0
    references: str = ""
    minimum: float | None = None
    maximum: float | None = None
    not_before: tuple[str, ...] = ()
    not_below: tuple[str, ...] = ()
    only_with: tuple[str, ...] = ()
    may_be_future: bool = False
    since_start: bool = False
    is_unique: bool = False
    in_months: bool = False
    personal: bool = False
    note: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True)
class PositiveWhen:
    """A rule of a row: ``column`` must be above zero where ``when`` holds the code ``equals``."""

    column: str
    when: str
    equals: str


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One import table: its key makes a row unique, ``happened_on`` is the date its history is counted by.

    Two rows that agree in all of ``one_event`` (empty cells agree) report one event twice; the second is held.
    """

    name: str
    title: str
    title_en: str
    key: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]
    happened_on: str = ""
    one_event: tuple[str, ...] = ()
    positive_when: tuple[PositiveWhen, ...] = ()
    note: str = ""
    note_en: str = ""

    def column(self, name: str) -> ColumnSpec:
        """Return the column called ``name``; raise ``KeyError`` if the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    @property
    def references(self) -> frozenset[str]:
        """Names of the tables whose rows must exist before rows of this one can."""
        return frozenset(c.references for c in self.columns if c.references and c.references != self.name)
