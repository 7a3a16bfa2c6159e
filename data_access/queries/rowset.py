"""What a row set is: the rows behind a figure that is no sum of measures, and the figure itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Date, Double, FromClause, Select, String, cast, literal, null

from data_access.schema import DIMENSIONS
from data_access.selection import Scope, Selection
from data_access.store import Store

Cell = Mapping[str, str]
COLUMNS = ("row_id", "enterprise_id", "bank", "happened_on", "value", "weight")
ENTERPRISES = "enterprises"
PLACES = frozenset({*DIMENSIONS, "bank"})
ONE = cast(literal(1.0), Double)


@dataclass(frozen=True, slots=True)
class RowSet:
    """What one figure counts.

    ``rows`` is the import table of the rows; ``name`` says what they are (a text to be translated), ``unit`` is a unit
    of the catalogue. ``query`` selects ``COLUMNS``: the key of a row, its enterprise, bank and day (NULL: none), its
    own ``value`` where the figure is a quantile of values, and its ``weight``: their sum is the ``figure``. A cell
    may name ``marks``; ``tables`` have to be reported.
    """

    rows: str
    name: str
    unit: str
    tables: tuple[str, ...]
    marks: frozenset[str]
    query: Callable[[Scope, Selection, Cell], Select[Any]]
    figure: Callable[[Store, Scope, Selection, Cell], float]


def columns(
    row_id: ColumnElement[Any],
    enterprise_id: ColumnElement[Any] | None = None,
    bank: ColumnElement[Any] | None = None,
    happened_on: ColumnElement[Any] | None = None,
    value: ColumnElement[Any] | None = None,
    weight: ColumnElement[Any] = ONE,
) -> list[ColumnElement[Any]]:
    """Return the columns of a row set, NULL where nothing is given."""
    return [
        row_id.label("row_id"),
        (cast(null(), String) if enterprise_id is None else enterprise_id).label("enterprise_id"),
        (cast(null(), String) if bank is None else bank).label("bank"),
        (cast(null(), Date) if happened_on is None else happened_on).label("happened_on"),
        cast(null() if value is None else value, Double).label("value"),
        cast(weight, Double).label("weight"),
    ]


def in_cell(source: FromClause, cell: Cell, *names: str) -> list[ColumnElement[bool]]:
    """Return the conditions of a cell on the columns of ``source``; ``names`` are not columns."""
    return [source.c[name] == value for name, value in cell.items() if name not in names]


def sum_at(frame: pd.DataFrame, cell: Cell, column: str, *names: str) -> float:
    """Return the sum of a column in the cell of a frame."""
    for name, value in cell.items():
        if name not in names:
            frame = frame[frame[name] == value]
    return float(frame[column].sum(skipna=False)) if len(frame) else 0.0
