"""The rows behind figures that are no sum of measures: problems, cohorts, drop-offs, stage times, refusals, officers.

Each ``RowSet`` names the query of the rows that a figure counts and the figure as its page computes it, from the same
conditions, so that one can be held against the other.
"""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd
from sqlalchemy import Double, cast, func, select

from data_access.queries.rowset import COLUMNS, Cell, RowSet
from data_access.queries.rowsets_funnel import FUNNEL
from data_access.queries.rowsets_services import SERVICES
from data_access.selection import Scope, Selection
from data_access.store import Store

ROWSETS: Mapping[str, RowSet] = MappingProxyType({**FUNNEL, **SERVICES})


def rowset_rows(
    store: Store, key: str, scope: Scope, selection: Selection, cell: Cell | None = None, *, limit: int | None = None
) -> pd.DataFrame:
    """Return the rows of a row set in a cell, at most ``limit``, in order; ``weight`` and ``value`` are floats."""
    rows = ROWSETS[key].query(scope, selection, cell or {}).subquery("rows")
    with store.connect() as connection:
        found = connection.execute(select(rows).order_by(rows.c.happened_on, rows.c.row_id).limit(limit))
        frame = pd.DataFrame([tuple(row) for row in found], columns=list(COLUMNS))
    return frame.astype({"weight": "float64", "value": "float64"})


def rowset_total(
    store: Store, key: str, scope: Scope, selection: Selection, cell: Cell | None = None
) -> tuple[int, float]:
    """Return how many rows a row set has in a cell, and what their weights add up to."""
    rows = ROWSETS[key].query(scope, selection, cell or {}).subquery("rows")
    query = select(func.count(), func.coalesce(cast(func.sum(rows.c.weight), Double), 0.0)).select_from(rows)
    with store.connect() as connection:
        found, total = connection.execute(query).one()
    return int(found), float(total)
