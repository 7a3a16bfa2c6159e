"""Priority enterprises: how many of each tag were visited and approved, and for how much (M56)."""

from collections.abc import Sequence

import pandas as pd
from sqlalchemy import ColumnElement, and_, select

from data_access.portable import count_if, sum_if
from data_access.queries.filters import conditions
from data_access.queries.measures import within
from data_access.queries.progress import enterprise_source
from data_access.schema import activity
from data_access.selection import Scope, Selection
from data_access.store import Store

COUNTED = {"visited": "first_visit_on", "approved": "approved_on"}


def by_tag(store: Store, scope: Scope, selection: Selection, tags: Sequence[str]) -> pd.DataFrame:
    """Return a row per tag: ``tag``, ``visited``, ``approved`` (户) and ``approved_amount`` (yuan), floats.

    Tags overlap, so that the rows do not add up. All tags are counted in one scan of each table.
    """
    if not tags:
        return pd.DataFrame(columns=["tag", *COUNTED, "approved_amount"])
    source, weight = enterprise_source(scope, selection, ())
    counts = [
        count_if(and_(_has(source.c.tags, tag), within(source.c[day], selection)), weight)
        for tag in tags
        for day in COUNTED.values()
    ]
    a = activity
    amounts = select(*[sum_if(_has(a.c.tags, tag), a.c.amount) for tag in tags]).where(
        a.c.kind == "decision", a.c.outcome == "approved", within(a.c.happened_on, selection),
        *conditions(a, scope, selection),
    )  # fmt: skip
    with store.connect() as connection:
        found = list(connection.execute(select(*counts).select_from(source)).one())
        money = list(connection.execute(amounts).one())
    width = len(COUNTED)
    rows = [[tag, *found[width * i : width * (i + 1)], money[i]] for i, tag in enumerate(tags)]
    return pd.DataFrame(rows, columns=["tag", *COUNTED, "approved_amount"])


def _has(tags: ColumnElement[str], tag: str) -> ColumnElement[bool]:
    return tags.contains(f";{tag};", autoescape=True)
