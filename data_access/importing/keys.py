"""The keys of held rows, read from their cells as they are, and which of them an import brings."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from data_access.importing.names import Books
from data_access.importing.normalising import parser
from data_access.importing.specs import ColumnSpec, Kind
from data_access.importing.tables import TABLES
from data_access.importing.values import Unreadable, normal, tidy
from data_access.importing.written import written
from data_access.schema import import_tables

# A held row: the batch that holds it and its number there.
HeldRow = tuple[int, int]
Key = tuple[str, ...]

# More keys than this are looked for among all rows of the batch instead.
_KEYS_IN_A_QUERY = 5000


def key_of(held: Row[Any], books: Books) -> Key | None:
    """Return the key a held row carries, where it can be read from the cells as they are."""
    spec, cells = TABLES[held.table_name], json.loads(held.cells)
    found = [_value(spec.column(name), cells, books) for name in spec.key]
    return None if None in found else tuple(str(value) for value in found)


def _value(column: ColumnSpec, cells: Mapping[str, str | None], books: Books) -> object:
    text = written(column, cells)
    if text is None:
        return None
    if column.kind in (Kind.TEXT, Kind.REFERENCE):
        return tidy(text)
    value = parser(column, books)(normal(text))
    return None if isinstance(value, Unreadable) else value


def brought(connection: Connection, batch_id: int, rows: Mapping[HeldRow, Row[Any]], books: Books) -> Iterator[HeldRow]:
    """Yield the held rows under whose key this batch brought a row."""
    by_key: dict[str, dict[Key, list[HeldRow]]] = {}
    for number, row in rows.items():
        if found := key_of(row, books):
            by_key.setdefault(row.table_name, {}).setdefault(found, []).append(number)
    for name, wanted in by_key.items():
        table = import_tables[name]
        columns = [table.c[column] for column in TABLES[name].key]
        query = select(*columns).where(table.c.batch_id == batch_id)
        if len(wanted) <= _KEYS_IN_A_QUERY:
            query = query.where(columns[0].in_({found[0] for found in wanted}))
        for values in connection.execute(query):
            yield from wanted.get(tuple(map(str, values)), ())
