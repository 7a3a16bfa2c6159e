"""Paging by the last row seen instead of by a number of rows to skip.

A page begins after (or ends before) a row that is named by its id; the row's own values say where in the order that
is. No page costs more than the first, a row that is added or removed elsewhere moves nothing, and the address of a
page holds an id and never a name. Every order ends with the id, so that ties neither repeat nor lose a row; missing
values come last in either direction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, false, or_

Values = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Key:
    """One column of an order."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page lies: after the row ``row_id``, before it, or ("" as the id) at the beginning."""

    row_id: str = ""
    backwards: bool = False


def ordering(rows: FromClause, keys: Sequence[Key], *, backwards: bool = False) -> list[ColumnElement[Any]]:
    """Return the ORDER BY of ``keys``, or its mirror image."""
    return [_ordered(rows.c[key.column], descending=key.descending, backwards=backwards) for key in keys]


def beyond(rows: FromClause, keys: Sequence[Key], values: Values, *, backwards: bool = False) -> ColumnElement[bool]:
    """Return the condition that a row comes after the row with ``values`` (before it if ``backwards``)."""
    same: list[ColumnElement[bool]] = []
    tests = []
    for key, value in zip(keys, values, strict=True):
        column = rows.c[key.column]
        passed = _passed(column, value, descending=key.descending, backwards=backwards)
        tests.append(and_(*same, passed))
        same = [*same, column.is_(None) if value is None else column == value]
    return or_(*tests)


def _ordered(column: ColumnElement[Any], *, descending: bool, backwards: bool) -> ColumnElement[Any]:
    directed = column.desc() if descending != backwards else column.asc()
    return directed.nulls_first() if backwards else directed.nulls_last()


def _passed(column: ColumnElement[Any], value: object, *, descending: bool, backwards: bool) -> ColumnElement[bool]:
    if value is None:
        return column.is_not(None) if backwards else false()
    test = column < value if descending != backwards else column > value
    return test if backwards else or_(test, column.is_(None))
