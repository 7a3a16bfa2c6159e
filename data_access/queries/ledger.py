"""The ledger: every enterprise and every record of one, searched, sorted, and read page by page or in one stream.

A view of the ledger is described by ``Asked``; ``read_page``, ``count_rows`` and ``stream`` answer it. Rows come with
``row_id`` (unique in the view), ``enterprise_id``, the enterprise's dimensions and ``REGISTER`` columns, and the
columns of their own: amounts in yuan as floats, a missing value as None or NaN, a date after the as-of date left out.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    FromClause,
    Numeric,
    Select,
    Subquery,
    case,
    cast,
    false,
    func,
    or_,
    select,
)

from data_access.portable import holds, holds_in_any_case
from data_access.queries.keyset import Key, Place, beyond, ordering
from data_access.queries.lineage import rows_query
from data_access.queries.measures import Rules, within
from data_access.queries.records import KINDS, RECORDS, REGISTERS
from data_access.queries.rowsets import ROWSETS
from data_access.queries.seen import enterprise_conditions, enterprise_rows
from data_access.queries.worklists import WORK_LISTS, Question, counts
from data_access.rows import current
from data_access.schema import DIMENSIONS, STAGES, enterprise_progress
from data_access.selection import Scope, Selection
from data_access.store import Store, reported

ENTERPRISES = "enterprises"
# What the register says of a row's enterprise; read for the rows that are shown alone.
REGISTER = (
    *("name", "credit_code", "status", "founded_on", "employees", "revenue", "address", "contact_name"),
    "contact_phone",
)
PLACES = (*DIMENSIONS, "tags")
LONGEST_SEARCH = 60
CHUNK = 5_000
BLOCK = 50_000
FOUND = "rows_found"  # on the first page of a search: how many rows it has
_OF_WORK = ("since", "due_on", "amount", "name")
_OF_ENTERPRISES = ("name", *STAGES, "total_credit", "founded_on", "employees", "revenue")
GRAINS = (ENTERPRISES, *RECORDS)


@dataclass(frozen=True)
class Asked:
    """A view of the ledger.

    ``rows`` is one of ``GRAINS``, or of ``REGISTERS`` where a figure counts their rows; ``work`` names a work list to
    be shown instead. ``search`` narrows to enterprises whose name, id, credit code or address contain each of its
    words. ``sort`` is one of ``sortable`` ("": the usual order of the view). ``measure`` is the measure or row set
    whose rows in ``cell`` are asked for; ``ids`` are those of a figure that is counted outside of the store. ``tiers``
    are the visit tiers in the order in which they are to be visited.
    """

    scope: Scope
    selection: Selection
    rows: str = ENTERPRISES
    work: str = ""
    search: str = ""
    sort: str = ""
    descending: bool = False
    rules: Rules = field(default_factory=Rules)
    tiers: tuple[str, ...] = ()
    measure: str = ""
    cell: tuple[tuple[str, str], ...] = ()
    ids: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Page:
    """One page: its rows by column, how many of the view lie before them, and how many the view has."""

    rows: list[dict[str, Any]]
    before: int
    total: int

    @property
    def has_more(self) -> bool:
        """Whether any rows come after these."""
        return self.before + len(self.rows) < self.total


def sortable(rows: str, work: str = "") -> tuple[str, ...]:
    """Return the columns that a view can be sorted by."""
    if work:
        return _OF_WORK
    if rows == ENTERPRISES:
        return _OF_ENTERPRISES
    return (*KINDS[rows].sortable, *(() if rows in REGISTERS else ("name",)))


def order(asked: Asked) -> tuple[Key, ...]:
    """Return the order of a view; it always ends with the row's id."""
    if asked.sort in sortable(asked.rows, asked.work):
        return (Key(asked.sort, asked.descending), Key("row_id"))
    if asked.work:
        return WORK_LISTS[asked.work].order
    day = "" if asked.rows == ENTERPRISES else KINDS[asked.rows].happened_on
    return (Key(day, descending=True), Key("row_id")) if day else (Key("row_id"),)


def count_rows(store: Store, asked: Asked) -> int:
    """Return how many rows a view has."""
    with store.connect() as connection:
        return _counted(connection, select(_rows(asked)))


def count_work(store: Store, question: Question) -> dict[str, int]:
    """Return how many rows each work list has; a list whose tables or columns were never reported is left out."""
    known = reported(store.coverage())
    asked = [key for key, work in WORK_LISTS.items() if known.issuperset(work.tables)]
    with store.connect() as connection:
        found = [connection.execute(query).mappings().one() for query in counts(question, asked)]
    return {key: int(row[key]) for key in asked for row in found if key in row}


def read_page(store: Store, asked: Asked, place: Place | None = None, limit: int = 50) -> Page:
    """Return up to ``limit`` rows at ``place``, the first ones without it or if there is no such row.

    Going backwards past the beginning gives the first page in full.
    """
    rows, keys = _rows(asked), order(asked)
    with store.connect() as connection:
        known = _values(connection, asked, keys, place.row_id) if place and place.row_id else None
        backwards = bool(place and place.backwards) and known is not None
        found = _listed(connection, asked, rows, keys, known, limit, backwards=backwards)
        if backwards and len(found) < limit:
            known, found = None, _listed(connection, asked, rows, keys, None, limit)
        first = [found[0][key.column] for key in keys] if known is not None and found else None
        if known is None and asked.search:
            return Page(found, 0, int(found[0][FOUND]) if found else 0)
        before, total = _counts(connection, rows, keys, first)
    return Page(found, before, total)


def stream(store: Store, asked: Asked, columns: Sequence[str], chunk: int = CHUNK) -> Iterator[list[tuple[Any, ...]]]:
    """Yield all rows of a view in its order, ``chunk`` at a time, each row the values of ``columns``.

    The rows are those of one moment: an import that ends meanwhile does not change them. They are read in blocks, each
    beginning after the last row of the one before: sorting all of them at once would take memory that grows with them.
    """
    rows, keys, known = _rows(asked), order(asked), None
    with store.connect() as connection:
        if store.dialect == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901 - the same one
        while True:
            query = _block(asked, rows, keys, known, columns)
            count = 0
            for part in connection.execute(query).partitions(chunk):
                count, known = count + len(part), part[-1][len(columns) :]
                yield [tuple(row[: len(columns)]) for row in part]
            if count < BLOCK:
                return


def _block(
    asked: Asked, rows: FromClause, keys: Sequence[Key], known: Sequence[Any] | None, columns: Sequence[str]
) -> Select[Any]:
    """Select a block of rows beyond the ``known`` values: ``columns``, then what the order goes by."""
    query = select(rows) if known is None else select(rows).where(beyond(rows, keys, known))
    shown = _detailed(query.order_by(*ordering(rows, keys)).limit(BLOCK).subquery("page"), asked)
    ordered = [shown.c[key.column].label(f"key_{number}") for number, key in enumerate(keys)]
    return select(*[shown.c[name] for name in columns], *ordered).order_by(*ordering(shown, keys))


def _counted(connection: Connection, query: Select[Any]) -> int:
    return int(connection.execute(select(func.count()).select_from(query.subquery("counted"))).scalar_one())


def _values(connection: Connection, asked: Asked, keys: Sequence[Key], row_id: str) -> tuple[Any, ...] | None:
    """Return where in the order a row is, whether or not the search finds it; None if the scope has no such row."""
    rows = _rows(replace(asked, search="", measure=""))
    query = select(*[rows.c[key.column] for key in keys]).where(rows.c.row_id == row_id)
    found = connection.execute(query).first()
    return None if found is None else tuple(found)


def _listed(
    connection: Connection,
    asked: Asked,
    rows: FromClause,
    keys: Sequence[Key],
    known: Sequence[Any] | None,
    limit: int,
    *,
    backwards: bool = False,
) -> list[dict[str, Any]]:
    query = select(rows)
    if known is not None:
        query = query.where(beyond(rows, keys, known, backwards=backwards))
    elif asked.search:  # finding them is the dear part: count them on the way
        query = query.add_columns(func.count().over().label(FOUND))
    page = query.order_by(*ordering(rows, keys, backwards=backwards)).limit(limit).subquery("page")
    shown = _detailed(page, asked)
    result = connection.execute(select(shown).order_by(*ordering(shown, keys)))
    return [dict(row) for row in result.mappings()]


def _counts(
    connection: Connection, rows: FromClause, keys: Sequence[Key], first: Sequence[Any] | None
) -> tuple[int, int]:
    """Return how many rows come before the one with the values ``first``, and how many there are, in one pass."""
    if first is None:
        return 0, int(connection.execute(select(func.count()).select_from(rows)).scalar_one())
    before = func.count(case((beyond(rows, keys, first, backwards=True), 1)))
    found = connection.execute(select(before, func.count()).select_from(rows)).one()
    return int(found[0]), int(found[1])


def grid_names(store: Store, scope: Scope) -> dict[str, tuple[str, str]]:
    """Return the names of the lowest regions by code, in Chinese and English ("" where there is none)."""
    g = current("grids")
    query = select(g.c.code, g.c.name, g.c.name_en)
    if scope.regions is not None:
        query = query.where(or_(*[column.in_(scope.regions) for column in (g.c.region_1, g.c.region_2, g.c.code)]))
    with store.connect() as connection:
        return {row.code: (row.name, row.name_en or "") for row in connection.execute(query)}


# ---- the rows of a view -----------------------------------------------------------------------------------------


def _rows(asked: Asked) -> Subquery:
    """Return the rows with no more than their ids and what they are sorted by; of a work list, with all it has."""
    if _is_register(asked):
        return _registered(asked)
    base = _base(asked)
    query = select(base)
    for word in words(asked.search):
        query = query.where(base.c.enterprise_id.in_(_matching(word)))
    if asked.ids is not None:
        query = query.where(base.c.row_id.in_(asked.ids))
    elif asked.measure:
        query = query.where(base.c.row_id.in_(_counted_by(asked)))
    elif asked.rows in REGISTERS:  # which nothing else keeps within the scope
        query = query.where(false())
    if asked.sort in REGISTER:
        e = current(ENTERPRISES)
        query = query.add_columns(_plain(e.c[asked.sort])).join(e, e.c.enterprise_id == base.c.enterprise_id)
    return query.subquery("rows")


def _is_register(asked: Asked) -> bool:
    """Whether the view is the whole register in an order of its own, so that nothing else has to be read."""
    anything = Selection(asked.selection.as_of, asked.selection.start, attribution=asked.selection.attribution)
    whole = asked.scope.is_everything and asked.selection == replace(
        anything, region_level=asked.selection.region_level
    )
    plain = asked.rows == ENTERPRISES and not asked.work and not asked.measure and asked.ids is None
    return whole and plain and (not asked.sort or asked.sort in REGISTER)


def _registered(asked: Asked) -> Subquery:
    e = current(ENTERPRISES)
    sorted_by = [_plain(e.c[asked.sort])] if asked.sort else []
    query = select(e.c.enterprise_id.label("row_id"), e.c.enterprise_id, *sorted_by)
    return query.where(*[_holds(e, word) for word in words(asked.search)]).subquery("rows")


def _counted_by(asked: Asked) -> Select[Any]:
    if asked.measure in ROWSETS:
        rows = ROWSETS[asked.measure].query(asked.scope, asked.selection, dict(asked.cell)).subquery("counted")
        return select(rows.c.row_id)
    counted = rows_query(asked.scope, asked.selection, asked.measure, dict(asked.cell), asked.rules).subquery("counted")
    return select(counted.c.enterprise_id if asked.rows == ENTERPRISES else counted.c.record_id)


def _base(asked: Asked) -> Subquery:
    if asked.measure in ROWSETS or asked.ids is not None:  # it is known by itself what of the period counts
        asked = replace(asked, selection=replace(asked.selection, start=None))
    if asked.work:
        question = Question(asked.scope, asked.selection, asked.rules, asked.tiers)
        return WORK_LISTS[asked.work].rows(question).subquery("work")
    return (_enterprises(asked) if asked.rows == ENTERPRISES else _records(asked)).subquery("base")


def _enterprises(asked: Asked) -> Select[Any]:
    e = enterprise_rows(asked.scope)
    sorted_by = [c for c in _own(asked, e) if c.name == asked.sort]
    query = select(e.c.enterprise_id.label("row_id"), e.c.enterprise_id, *sorted_by)
    return query.where(*enterprise_conditions(e, asked.scope, asked.selection))


def _records(asked: Asked) -> Select[Any]:
    """Records of the period; of banks in scope or selection those that are theirs, or of enterprises they touched."""
    grain, e, scope, selection = KINDS[asked.rows], enterprise_progress, asked.scope, asked.selection
    r = grain.read(_banks(asked))
    keys = {key.column for key in order(asked)}
    sorted_by = [_plain(r.c[name]) for name in grain.told if name in keys]
    query = select(r.c[grain.record_id].label("row_id"), r.c.enterprise_id, *sorted_by)
    if asked.rows in REGISTERS:
        return query
    query = query.where(within(r.c[grain.happened_on], selection))
    if grain.has_bank:
        scope, selection = replace(scope, banks=None), replace(selection, banks=())
    if grain.table == "problems" and scope.departments is not None:
        query = query.where(r.c.department.in_(scope.departments))
    kept = enterprise_conditions(e, scope, selection)
    return query.where(r.c.enterprise_id.in_(select(e.c.enterprise_id).where(*kept))) if kept else query


def _banks(asked: Asked) -> tuple[str, ...] | None:
    """Return the banks whose records are asked for, those of the scope at most; None for those of any."""
    known, chosen = asked.scope.banks, asked.selection.banks
    if known is None:
        return chosen or None
    return tuple(code for code in known if not chosen or code in chosen)


def _detailed(page: FromClause, asked: Asked) -> Subquery:
    """Join to the rows of a page their own columns, and what the register says of their enterprises."""
    joined = page
    own: list[ColumnElement[Any]] = [c for c in page.c if c.name not in (*REGISTER, *PLACES)]
    if not asked.work:
        is_record = asked.rows != ENTERPRISES
        table = KINDS[asked.rows].read(_banks(asked)) if is_record else enterprise_rows(asked.scope)
        record_id = KINDS[asked.rows].record_id if is_record else "enterprise_id"
        joined = page.join(table, table.c[record_id] == page.c.row_id)
        own = [page.c.row_id, page.c.enterprise_id, *_own(asked, table), *(c for c in page.c if c.key == FOUND)]
    e = current(ENTERPRISES)
    joined = joined.outerjoin(e, e.c.enterprise_id == page.c.enterprise_id)
    known = {column.key for column in own}  # a record's own status, say, is not the enterprise's
    places = [func.coalesce(e.c[name], "").label(name) for name in PLACES if name not in known]
    register = [_plain(e.c[name]) for name in REGISTER if name not in known]
    return select(*own, *places, *register).select_from(joined).subquery("shown")


def _own(asked: Asked, table: FromClause) -> list[ColumnElement[Any]]:
    """The columns of a row itself; an enterprise's are the days it reached each stage, as far as they have come."""
    if asked.rows != ENTERPRISES:
        return [_plain(table.c[name]) for name in KINDS[asked.rows].told]
    reached = [(table.c[name], table.c[name] <= asked.selection.as_of) for name in (*STAGES, "unlisted_on")]
    return [*[case((test, day)).label(day.name) for day, test in reached], _plain(table.c.total_credit)]


def _plain(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(column, Double).label(column.name) if isinstance(column.type, Numeric) else column


def words(search: str) -> tuple[str, ...]:
    """Return the words of a search as they are looked for: full-width letters made plain, at most a few."""
    plain = unicodedata.normalize("NFKC", search)[:LONGEST_SEARCH]
    return tuple(dict.fromkeys(plain.split()))[:6]


def _matching(word: str) -> Select[Any]:
    """Select the ids of the enterprises that ``word`` is looked for in."""
    e = current(ENTERPRISES)
    return select(e.c.enterprise_id).where(_holds(e, word))


def _holds(e: FromClause, word: str) -> ColumnElement[bool]:
    """Return the condition that one of the searched columns contains ``word``, whatever its case.

    Codes are in capitals or small letters throughout, and credit codes have none but letters and digits.
    """
    find = holds if word.lower() == word.upper() else holds_in_any_case
    tests = [find(text, word) for text in (e.c.name, e.c.address)]
    spelt = sorted({word, word.upper(), word.lower()})
    tests += [holds(e.c.enterprise_id, spelling) for spelling in spelt]
    if word.isascii():
        tests.append(holds(e.c.credit_code, word.upper()))
    return or_(*tests)
