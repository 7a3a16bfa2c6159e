"""What was found wrong or odd in the rows of one table, collected column-wise and turned into cells at the end."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from data_access.importing.messages import RULES, Effect
from data_access.importing.report import Notice

Rows = NDArray[np.int64]
NO_ROWS: Rows = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule broken in one column by ``rows`` (positions in the table's data).

    ``detail`` holds the message's parameters; ``details``, where given, those that differ from row to row.
    """

    rule: str
    column: str
    rows: Rows
    detail: Mapping[str, str] = field(default_factory=dict)
    details: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True)
class CellFinding:
    """One rule broken in one cell."""

    row: int
    column: str
    rule: str
    detail: Mapping[str, str]


def held_rows(findings: Iterable[Finding]) -> Rows:
    """Return the rows that the findings hold back, in order, each once."""
    rows = [finding.rows for finding in findings if RULES[finding.rule].effect is Effect.ROW_HELD]
    return np.unique(np.concatenate(rows)) if rows else NO_ROWS


def _without(finding: Finding, rows: Rows) -> Finding:
    left = np.isin(finding.rows, rows, invert=True)
    details = [detail for detail, stays in zip(finding.details, left, strict=False) if stays]
    return replace(finding, rows=finding.rows[left], details=details)


class Findings:
    """The findings of one table; whether a rule holds the row or is only pointed out is the rule's own matter."""

    def __init__(self) -> None:
        self._found: list[Finding] = []

    def add(self, findings: Iterable[Finding]) -> None:
        """Add findings; those without rows are dropped."""
        self._found.extend(finding for finding in findings if finding.rows.size)

    def shifted(self, offset: int) -> Iterator[Finding]:
        """Yield the findings with every row ``offset`` further down."""
        return (replace(finding, rows=finding.rows + offset) for finding in self._found)

    def held(self) -> Rows:
        """Return the rows that may not go in, in order, each once."""
        return held_rows(self._found)

    def leave_out(self, rows: Rows) -> None:
        """Forget what was found in ``rows``."""
        self._found = [left for finding in self._found if (left := _without(finding, rows)).rows.size]

    def cells(self) -> Iterator[CellFinding]:
        """Yield the cells that hold a row, one finding a cell: the first is the cause, later ones its consequences."""
        seen: set[tuple[int, str]] = set()
        for finding in self._found:
            if RULES[finding.rule].effect is not Effect.ROW_HELD:
                continue
            details = finding.details or (finding.detail,) * finding.rows.size
            for row, detail in zip(finding.rows.tolist(), details, strict=True):
                if (row, finding.column) not in seen:
                    seen.add((row, finding.column))
                    yield CellFinding(row, finding.column, finding.rule, detail)

    def notices(self, table: str) -> list[Notice]:
        """Return what was found in rows that went in all the same, one notice a column and rule."""
        held, counted = self.held(), Counter[tuple[str, str]]()
        details: dict[tuple[str, str], Mapping[str, str]] = {}
        for finding in self._found:
            if RULES[finding.rule].effect is Effect.POINTED_OUT:
                place = finding.column, finding.rule
                counted[place] += int(np.isin(finding.rows, held, invert=True).sum())
                details[place] = finding.detail
        return [Notice(table, *place, details[place], rows) for place, rows in counted.items() if rows]
