"""From a figure back to what it counts: the rows behind a measure, and the import batches they came from.

The rows come from the very conditions the figure is computed by (``measures``), so the two cannot drift apart.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Double,
    FromClause,
    Select,
    String,
    case,
    cast,
    false,
    func,
    literal,
    null,
    select,
    union_all,
)

from data_access.importing.tables import TABLES
from data_access.queries.banks import first_visits
from data_access.queries.filters import conditions
from data_access.queries.measures import (
    ENTERPRISE_FAMILIES,
    EVENT_FAMILIES,
    MEASURE_TABLES,
    OF_ALL_BANKS,
    Counted,
    EnterpriseFamily,
    EventFamily,
    Rules,
    within,
)
from data_access.queries.progress import enterprise_source
from data_access.queries.records import ENTERPRISE
from data_access.queries.rowset import ENTERPRISES
from data_access.queries.rowsets import ROWSETS
from data_access.queries.seen import record_conditions
from data_access.rows import ACTIVITY_TABLES
from data_access.schema import DIMENSIONS, activity, batch_files, batches, import_tables
from data_access.selection import Scope, Selection
from data_access.store import Store

Cell = Mapping[str, str]
_FAMILY_OF: Mapping[str, EnterpriseFamily | EventFamily] = {
    name: family for family in (*ENTERPRISE_FAMILIES, *EVENT_FAMILIES) for name in family.names
}
EVENT_MEASURES = frozenset(name for family in EVENT_FAMILIES for name in family.names)


def rows_query(
    scope: Scope, selection: Selection, measure: str, by: Cell | None = None, rules: Rules | None = None
) -> Select[Any]:
    """Return the query of exactly the rows that ``measure`` counts in one cell of ``progress_by``.

    ``by`` names the cell: a value for each dimension of the grouping ("" is the unclassified), none for the whole.
    ``weight`` is what a row adds to the figure: their sum is the figure. A measure of 户 lists ``enterprise_id``,
    ``bank`` (NULL unless rows stand for an enterprise and a bank) and ``weight``; ``bank_visited`` also the
    ``record_id`` and ``happened_on`` of the bank's first visit. A measure of 户次, 笔 or yuan lists
    ``enterprise_id``, ``record_id`` (the key in the import table), ``kind`` (of the activity), ``bank``,
    ``happened_on``, ``amount`` (yuan, of the activity; NULL if it has none) and ``weight``; rows whose own amount is
    missing add nothing to a sum and are left out. ``visitors`` lists all visits of the persons counted, each person's
    first one with the weight 1. Raises ``ValueError`` for an unknown dimension or measure.
    """
    cell = dict(by or {})
    unknown = {*cell} - {*DIMENSIONS, "bank"} | {measure} - {*MEASURE_TABLES}
    if unknown:
        raise ValueError(f"unknown dimension or measure: {', '.join(sorted(unknown))}")
    if measure == "bank_visited":
        return _bank_visited(scope, selection, cell)
    family = _FAMILY_OF[measure]
    if isinstance(family, EnterpriseFamily):
        return _enterprises(family, scope, selection, measure, cell, rules or Rules())
    return _events(family, scope, selection, measure, cell, rules or Rules())


def measure_rows(
    store: Store,
    scope: Scope,
    selection: Selection,
    measure: str,
    by: Cell | None = None,
    rules: Rules | None = None,
    *,
    limit: int | None = None,
) -> pd.DataFrame:
    """Return the rows of ``rows_query``, at most ``limit``, ordered by enterprise (and day); ``weight`` is a float."""
    query = rows_query(scope, selection, measure, by, rules)
    order = ["enterprise_id", *(["happened_on", "record_id"] if measure in EVENT_MEASURES else ["bank"])]
    rows = query.subquery("rows")
    with store.connect() as connection:
        found = connection.execute(select(rows).order_by(*[rows.c[name] for name in order]).limit(limit))
        frame = pd.DataFrame([tuple(row) for row in found], columns=[*found.keys()])
    return frame.astype({"weight": "float64"})


def added_up(
    store: Store, scope: Scope, selection: Selection, measure: str, by: Cell | None = None, rules: Rules | None = None
) -> tuple[int, float]:
    """Return how many rows ``rows_query`` finds, and what their weights add up to."""
    asked, family = rows_query(scope, selection, measure, by, rules), _FAMILY_OF.get(measure)
    who = family.measures(selection, rules or Rules())[measure].distinct if isinstance(family, EventFamily) else None
    if who is None:
        rows = asked.subquery("rows")
        total: ColumnElement[float] = func.coalesce(cast(func.sum(rows.c.weight), Double), 0.0)
    else:  # numbering each person's visits would only find the first of them again
        rows = asked.with_only_columns(who.label("who")).subquery("rows")
        total = cast(func.count(rows.c.who.distinct()), Double)
    with store.connect() as connection:
        found, added = connection.execute(select(func.count(), total).select_from(rows)).one()
    return int(found), float(added)


def listed_as(measure: str) -> str:
    """Return what the rows of a measure are: "enterprises", or the import table of its records."""
    if measure == "bank_visited":
        return "visits"
    if measure not in EVENT_MEASURES:
        return ENTERPRISES
    kinds = _kinds(measure)
    return ACTIVITY_TABLES[kinds[0]] if len(kinds) == 1 else MEASURE_TABLES[measure][-1].partition(".")[0]


def batches_of_rows(
    store: Store, scope: Scope, selection: Selection, keys: Iterable[str], by: Cell | None = None
) -> pd.DataFrame:
    """Return the import batches that brought the rows of row sets, as ``batches_behind``.

    Also those of the other records of their enterprises that the set rests on.
    """
    parts, known = [], set()
    for rows in (ROWSETS[key] for key in keys):
        found = rows.query(scope, selection, by or {}).subquery()
        names = dict.fromkeys((rows.rows, *(table.partition(".")[0] for table in rows.tables)))
        for name in names:
            table, of = import_tables[name], select(found.c.enterprise_id)
            if name != rows.rows and ENTERPRISE not in table.c:
                continue
            test = table.c[TABLES[name].key[0]].in_(select(found.c.row_id)) if name == rows.rows else None
            if (rows.rows, name) not in known:
                tests = [table.c.enterprise_id.in_(of), *_by_then(name, selection)] if test is None else [test]
                parts.append(_counted(name, [*tests, *record_conditions(name, table, scope)]))
            known.add((rows.rows, name))
    return _described(store, parts, scope)


def _in_cell(source: FromClause, cell: Cell) -> list[ColumnElement[bool]]:
    return [source.c[name] == value for name, value in cell.items()]


def _enterprises(
    family: EnterpriseFamily, scope: Scope, selection: Selection, measure: str, cell: Cell, rules: Rules
) -> Select[Any]:
    source, share = enterprise_source(scope, selection, tuple(cell), funnel_only=family.funnel_only)
    counted = family.conditions(source, selection, rules)[measure]
    bank = source.c.bank if "bank" in source.c else cast(null(), String)
    weight = cast(literal(1.0), Double) if share is None else share
    columns = [source.c.enterprise_id, bank.label("bank"), weight.label("weight")]
    return select(*columns).select_from(source).where(counted, *_in_cell(source, cell))


def _bank_visited(scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
    b = first_visits()
    kept = [within(b.c.first_visit_on, selection), *conditions(b, scope, selection), *_in_cell(b, cell)]
    weight = cast(literal(1.0), Double).label("weight")
    return select(b.c.enterprise_id, b.c.record_id, b.c.bank, b.c.first_visit_on.label("happened_on"), weight).where(
        *kept
    )


def _events(
    family: EventFamily, scope: Scope, selection: Selection, measure: str, cell: Cell, rules: Rules
) -> Select[Any]:
    a, counted = activity, family.measures(selection, rules)[measure]
    columns = [a.c[name] for name in ("enterprise_id", "record_id", "kind", "bank", "happened_on")]
    told = a.c.amount if scope.banks is None else case((a.c.kind != "application", a.c.amount))
    amount = cast(told, Double).label("amount")
    kept = [a.c.kind.in_(family.kinds), *conditions(a, scope, selection), within(a.c.happened_on, selection)]
    if scope.banks is not None and measure in OF_ALL_BANKS:
        kept.append(false())
    if counted.amount is not None:
        kept.append(counted.amount.is_not(None))
    query = select(*columns, amount, _weight(counted).label("weight"))
    return query.where(*kept, counted.condition, *_in_cell(a, cell))


def _weight(counted: Counted) -> ColumnElement[float]:
    if counted.amount is not None:
        return cast(counted.amount, Double)
    if counted.distinct is None:
        return cast(literal(1.0), Double)
    in_order = [activity.c.happened_on, activity.c.record_id]
    nth = func.row_number().over(partition_by=counted.distinct, order_by=in_order)
    return case((nth == 1, literal(1.0)), else_=literal(0.0))


# ---- the batches -------------------------------------------------------------------------------------------------


def batches_behind(
    store: Store,
    scope: Scope,
    selection: Selection,
    measures: Collection[str],
    by: Cell | None = None,
    rules: Rules | None = None,
) -> pd.DataFrame:
    """Return the import batches that brought the records behind ``measures`` in one cell.

    One row per import table and batch: ``table``, ``batch_id``, ``rows``, ``files`` (names, "、" between them),
    ``created_at`` and ``created_by`` (None and "" where a batch was not recorded). Of a measure of events the rows
    are the events themselves. Whether an enterprise counts rests on all that was reported of it, what does not make
    it count included: of a measure of 户 the rows are the records, up to the as-of date, in the tables it stands on,
    about the enterprises of the cell. The register is always among the tables: region, industry and type come from
    there.
    """
    cell = dict(by or {})
    queries = {name: rows_query(scope, selection, name, cell, rules) for name in measures}
    banks = (cell["bank"],) if "bank" in cell else selection.banks or None
    tables = dict.fromkeys(("enterprises", *(t.partition(".")[0] for m in measures for t in MEASURE_TABLES[m])))
    parts = [_fed(name, queries, scope, selection, cell, banks) for name in tables]
    return _described(store, parts, scope)


def batches_of(store: Store, scope: Scope, selection: Selection, tables: Iterable[str]) -> pd.DataFrame:
    """Return the batches behind whole tables, as ``batches_behind``: of the enterprises that the selection leaves.

    For figures that are no sum of measures. Of a table without enterprises (sizes of banks, meetings …) count the
    rows of the scope.
    """
    parts = []
    for name in dict.fromkeys(tables):
        table = import_tables[name]
        tests = _of_cell(table, scope, selection, {}) if "enterprise_id" in table.c else []
        tests += _by_then(name, selection) if "enterprise_id" in table.c else []
        parts.append(_counted(name, [*tests, *record_conditions(name, table, scope)]))
    return _described(store, parts, scope)


def _fed(
    name: str,
    queries: Mapping[str, Select[Any]],
    scope: Scope,
    selection: Selection,
    cell: Cell,
    banks: Sequence[str] | None,
) -> Select[Any]:
    """Count the current rows of an import table that the measures rest on, by batch."""
    table = import_tables[name]
    kind = next((kind for kind, source in ACTIVITY_TABLES.items() if source == name), "")
    feeding = {m: q for m, q in queries.items() if name in {t.partition(".")[0] for t in MEASURE_TABLES[m]}}
    events = [q.subquery() for m, q in feeding.items() if m in EVENT_MEASURES and kind in _kinds(m)]
    if name != ENTERPRISES and len(events) == len(feeding):
        of_kind = [select(rows.c.record_id).where(rows.c.kind == kind) for rows in events]
        tests: list[ColumnElement[bool]] = [table.c[TABLES[name].key[0]].in_(_any_of(of_kind))]
    else:
        tests = [*_of_cell(table, scope, selection, cell), *_by_then(name, selection)]
        tests += [table.c.bank.in_(banks)] if banks and kind and kind != "application" else []
    return _counted(name, [*tests, *record_conditions(name, table, scope)])


def _of_cell(table: FromClause, scope: Scope, selection: Selection, cell: Cell) -> list[ColumnElement[bool]]:
    """Return the condition that a row is about an enterprise of the cell; none where that is every enterprise."""
    anywhere = Selection(selection.as_of, selection.start, attribution=selection.attribution)
    if scope.is_everything and not cell and selection == replace(anywhere, region_level=selection.region_level):
        return []
    source, _ = enterprise_source(scope, selection, tuple(cell))
    return [table.c.enterprise_id.in_(select(source.c.enterprise_id).where(*_in_cell(source, cell)))]


def _kinds(measure: str) -> tuple[str, ...]:
    family = _FAMILY_OF[measure]
    return family.kinds if isinstance(family, EventFamily) else ()


def _any_of(queries: Sequence[Select[Any]]) -> Any:  # noqa: ANN401 - one query, or the union of several
    return queries[0] if len(queries) == 1 else union_all(*queries)


def _by_then(name: str, selection: Selection) -> list[ColumnElement[bool]]:
    day = TABLES[name].happened_on
    return [import_tables[name].c[day] <= selection.as_of] if day else []


def _counted(name: str, tests: Sequence[ColumnElement[bool]]) -> Select[Any]:
    table = import_tables[name]
    columns = [literal(name).label("table"), table.c.batch_id, func.count().label("rows")]
    return select(*columns).where(table.c.superseded_by.is_(None), *tests).group_by(table.c.batch_id)


def _described(store: Store, parts: Sequence[Select[Any]], scope: Scope) -> pd.DataFrame:
    """Add to the batches their files and who brought them.

    A row does not know its file. Where a batch has several for a table, the scope's rows may be in one of them alone,
    and the others' names (a county's, a bank's) are not the reader's to know.
    """
    columns = ["table", "batch_id", "rows", "files", "created_at", "created_by"]
    if not parts:
        return pd.DataFrame(columns=columns)
    with store.connect() as connection:
        found = connection.execute(union_all(*parts)).all()
        wanted = {row.batch_id for row in found}
        files = connection.execute(
            select(batch_files.c.batch_id, batch_files.c.table_name, batch_files.c.file)
            .where(batch_files.c.batch_id.in_(wanted))
            .distinct()
            .order_by(batch_files.c.file)
        ).all()
        known = select(batches.c.batch_id, batches.c.created_at, batches.c.created_by)
        made = {row.batch_id: row for row in connection.execute(known.where(batches.c.batch_id.in_(wanted)))}
    names: dict[tuple[str, int], list[str]] = {}
    for row in files:
        names.setdefault((row.table_name, row.batch_id), []).append(row.file)
    if not scope.is_everything:
        names = {key: found for key, found in names.items() if len(found) == 1}
    order = {name: place for place, name in enumerate(TABLES)}
    rows = [
        (row.table, row.batch_id, row.rows, "、".join(names.get((row.table, row.batch_id), [])), *_maker(made, row))
        for row in sorted(found, key=lambda row: (order[row.table], row.batch_id))
    ]
    return pd.DataFrame(rows, columns=columns)


def _maker(made: Mapping[int, Any], row: Any) -> tuple[Any, str]:  # noqa: ANN401 - rows of the queries above
    batch = made.get(row.batch_id)
    return (batch.created_at, batch.created_by or "") if batch else (None, "")
