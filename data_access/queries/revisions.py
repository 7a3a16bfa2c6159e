"""What came in after an edition for the time before it: records that came late, and records that were corrected."""

import pandas as pd
from sqlalchemy import Double, Integer, Select, Table, and_, case, cast, exists, func, literal, select

from data_access.importing.specs import TableSpec
from data_access.importing.tables import TABLES
from data_access.queries.seen import record_conditions
from data_access.schema import batches, enterprise_progress, import_tables
from data_access.selection import Scope, Selection
from data_access.store import Store

COLUMNS = ("table_name", "region_1", "late", "corrected")


def last_batch(store: Store) -> int:
    """Return the number of the latest import; 0 if there is none."""
    with store.connect() as connection:
        return int(connection.scalar(select(func.coalesce(func.max(batches.c.batch_id), 0))) or 0)


def revisions(store: Store, scope: Scope, selection: Selection, since: int) -> pd.DataFrame:
    """Return the current records of imports after batch ``since`` that are dated up to the selection's day.

    Columns ``table_name``, ``region_1`` ("" = unclassified), ``late`` (the record was not known before) and
    ``corrected`` (it replaced one that batch ``since`` or an earlier one brought), in records. Only tables whose rows
    are dated and belong to an enterprise; tables without a row are absent. Rows an undone import took away are in
    neither.
    """
    rows: list[tuple[object, ...]] = []
    with store.connect() as connection:
        for name, spec in TABLES.items():
            table = import_tables[name]
            if not spec.happened_on or "enterprise_id" not in table.c:
                continue
            found = connection.execute(_counted(name, spec, table, scope, selection, since))
            rows += [tuple(row) for row in found]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _counted(
    name: str, spec: TableSpec, table: Table, scope: Scope, selection: Selection, since: int
) -> Select[tuple[object, ...]]:
    before, e = table.alias("before"), enterprise_progress
    same = and_(*[before.c[column] == table.c[column] for column in spec.key])
    replaced = exists().where(same, before.c.batch_id <= since, before.c.superseded_by > since)
    own = (
        select(e.c.region_1, cast(case((replaced, 1), else_=0), Integer).label("again"))
        .join_from(table, e, e.c.enterprise_id == table.c.enterprise_id)
        .where(table.c.batch_id > since, table.c.superseded_by.is_(None), table.c[spec.happened_on] <= selection.as_of)
        .where(*record_conditions(name, table, scope))
        .subquery("own")
    )
    corrected, n = func.sum(own.c.again), func.count()
    columns = [
        func.coalesce(own.c.region_1, "").label("region_1"),
        cast(n - corrected, Double),
        cast(corrected, Double),
    ]
    return select(literal(name), *columns).group_by(columns[0])
