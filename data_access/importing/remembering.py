"""What is kept of a file that was imported before: which of its rows were held then, and what became of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, select

from data_access.importing.closings import BY_HAND
from data_access.importing.keys import HeldRow, Key, key_of
from data_access.importing.names import Books
from data_access.importing.sheets import Sheet
from data_access.schema import batch_files, held_rows


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a row that was held: the held rows that still stand for it, else whether a person closed it."""

    still_open: Mapping[HeldRow, Row[Any]]
    by_hand: bool = False


# The rows of a sheet that were held when its file was imported before, by their numbers in the file.
Memory = Mapping[int, Fate]


def remember(connection: Connection, sheet: Sheet, own: Sequence[ColumnElement[bool]], books: Books) -> Memory:
    """Return what is kept of a sheet's rows, whatever its file was called then.

    ``own`` are the conditions on ``held_rows`` of those that the one who imports may see.
    """
    there: dict[int, list[Row[Any]]] = {}
    present = set(sheet.row_numbers.tolist())
    for row in connection.execute(_at_the_same_place(sheet).where(*own)):
        if row.row_number in present:
            there.setdefault(row.row_number, []).append(row)
    held_then = [row for rows in there.values() for row in rows]
    settlers = _settlers(held_then)
    numbers = settlers | {row.batch_id for row in held_then} if settlers else settlers
    later = _held_by(connection, numbers, sheet.layout.spec.name, own, books)
    return {number: _fate(rows, later, books) for number, rows in there.items()}


def _at_the_same_place(sheet: Sheet) -> Select[Any]:
    same_place = [held_rows.c[name] == batch_files.c[name] for name in ("batch_id", "file", "sheet")]
    query = select(held_rows).join(batch_files, and_(*same_place))
    return query.where(batch_files.c.digest == sheet.digest, batch_files.c.sheet == sheet.name)


def _settlers(rows: Iterable[Row[Any]]) -> set[int]:
    """Return the batches that brought any of the held rows again."""
    return {row.resolved_by for row in rows if row.resolved_by} - {BY_HAND}


def _held_by(
    connection: Connection, numbers: Collection[int], table: str, own: Sequence[ColumnElement[bool]], books: Books
) -> Mapping[tuple[int, Key], list[Row[Any]]]:
    """Return the held rows of batches, and of those that brought any of these again, by batch and key."""
    found: dict[tuple[int, Key], list[Row[Any]]] = {}
    asked: set[int] = set()
    while wanted := set(numbers) - asked:
        query = select(held_rows).where(held_rows.c.batch_id.in_(wanted), held_rows.c.table_name == table, *own)
        rows = connection.execute(query).all()
        for row in rows:
            if known := key_of(row, books):
                found.setdefault((row.batch_id, known), []).append(row)
        asked |= wanted
        numbers = _settlers(rows)
    return found


def _fate(rows: Sequence[Row[Any]], later: Mapping[tuple[int, Key], list[Row[Any]]], books: Books) -> Fate:
    """Follow held rows to the last batch that brought them again: it may hold them anew.

    It is the same row there if it has the same key, or the same cells where several rows had that key.
    """
    still_open: dict[HeldRow, Row[Any]] = {}
    followed: set[HeldRow] = set()
    queue = list(rows)
    while queue:
        row = queue.pop()
        number = row.batch_id, row.held_id
        if number in followed:
            continue
        followed.add(number)
        if row.resolved_by is None:
            still_open[number] = row
        elif row.resolved_by != BY_HAND and (known := key_of(row, books)):
            is_alone = len(later[row.batch_id, known]) == 1
            queue += [r for r in later.get((row.resolved_by, known), ()) if is_alone or r.cells == row.cells]
    return Fate(still_open, any(row.resolved_by == BY_HAND for row in rows))
