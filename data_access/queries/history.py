"""What happened day by day, and how long the stages took."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Date, Select, and_, case, cast, func, literal, literal_column, select, union_all
from sqlalchemy.types import Double

from data_access.portable import count_if, days_between
from data_access.queries.filters import conditions
from data_access.queries.measures import on_list, until, within
from data_access.queries.progress import enterprise_source, reach_source
from data_access.schema import STAGES, activity, reach_days
from data_access.selection import Scope, Selection
from data_access.store import Store

# Measures counted by the first date of a stage, and sums of money by the day of the decision or the loan.
DAILY_STAGES = {
    "visited": "first_visit_on",
    "visited_listed": "first_visit_on",
    "needing": "need_on",
    "applied": "applied_on",
    "recommended": "recommended_on",
    "decided": "decided_on",
    "approved": "approved_on",
    "rejected": "rejected_on",
    "borrowers": "drawn_on",
}
DAILY_AMOUNTS = {"approved_amount": ("decision", "approved"), "loan_amount": ("loan", None)}


def daily(store: Store, scope: Scope, selection: Selection, measure: str, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the daily increments of ``measure``: columns ``day`` (datetime64), ``*by`` and ``n`` (float).

    Days on which nothing happened are absent. ``measure`` is a key of ``DAILY_STAGES`` (户, each enterprise on the day
    it first reached the stage) or of ``DAILY_AMOUNTS`` (yuan). Raises ``KeyError`` for any other measure.
    """
    return daily_each(store, scope, selection, (measure,), by)[measure]


def daily_each(
    store: Store, scope: Scope, selection: Selection, measures: Sequence[str], by: Sequence[str] = ()
) -> dict[str, pd.DataFrame]:
    """Return ``daily`` of each of ``measures`` from one statement: the parts are read at once, and sent as one."""
    parts = [(_amounts if measure in DAILY_AMOUNTS else _stages)(scope, selection, measure, by) for measure in measures]
    numbered = [part.add_columns(literal_column(str(number))) for number, part in enumerate(parts)]
    query = union_all(*numbered) if len(numbered) > 1 else numbered[0]
    rows: list[list[tuple[Any, ...]]] = [[] for _ in measures]
    for row in store.rows(query):
        rows[row[-1]].append(row[:-1])
    return {measure: _dated(found, by) for measure, found in zip(measures, rows, strict=True)}


def _dated(rows: list[tuple[Any, ...]], by: Sequence[str]) -> pd.DataFrame:
    """Return ``rows`` as a frame sorted by day; dates pass through numpy, which reads them far faster than pandas."""
    day, *keys, n = [list(column) for column in zip(*sorted(rows), strict=True)] or [[] for _ in ("day", *by, "n")]
    frame = pd.DataFrame({"day": np.array(day, dtype="datetime64[s]")})
    for name, values in zip(by, keys, strict=True):
        frame[name] = values
    return frame.assign(n=np.array(n, dtype="float64"))


def _stages(scope: Scope, selection: Selection, measure: str, by: Sequence[str]) -> Select[Any]:
    stage = DAILY_STAGES[measure]
    if stage in reach_days.c:
        source, weight = reach_source(scope, selection, by)
    else:
        source, weight = enterprise_source(scope, selection, by, funnel_only=True)
    day = source.c[stage]
    test = within(day, selection)
    if measure == "visited_listed":
        test = and_(test, on_list(source, selection))
    keys = [source.c[name] for name in by]
    return select(day.label("day"), *keys, count_if(test, weight).label("n")).where(test).group_by(day, *keys)


def _amounts(scope: Scope, selection: Selection, measure: str, by: Sequence[str]) -> Select[Any]:
    kind, outcome = DAILY_AMOUNTS[measure]
    a = activity
    kept = [*conditions(a, scope, selection), within(a.c.happened_on, selection), a.c.kind == kind]
    if outcome:
        kept.append(a.c.outcome == outcome)
    keys = [a.c[name] for name in by]
    total = cast(func.sum(a.c.amount), Double).label("n")
    return select(a.c.happened_on.label("day"), *keys, total).where(*kept).group_by(a.c.happened_on, *keys)


def durations(
    store: Store, scope: Scope, selection: Selection, start: str, end: str, by: Sequence[str] = ()
) -> pd.DataFrame:
    """Return how many days enterprises took from stage ``start`` to stage ``end``, censored at the as-of date.

    Columns ``*by``, ``days`` (int), ``ended`` (bool: False is still open, observed for ``days`` so far) and ``n``
    (float). Enterprises that never reached ``start`` are absent; ``end`` before ``start`` (back-filled) counts as 0
    days. Stages are the date columns of ``enterprise_progress`` (``STAGES``); raises ``ValueError`` for others.
    """
    unknown = {start, end} - set(STAGES)
    if unknown:
        raise ValueError(f"unknown stage: {', '.join(sorted(unknown))}")
    source, weight = enterprise_source(scope, selection, by)
    began, finished = source.c[start], source.c[end]
    ended = until(finished, selection)
    until_day = case((ended, finished), else_=cast(literal(selection.as_of), Date))
    days = case((days_between(began, until_day) < 0, 0), else_=days_between(began, until_day))
    inner = select(
        *[source.c[name] for name in by],
        days.label("days"),
        case((ended, 1), else_=0).label("ended"),
        (literal(1.0) if weight is None else weight).label("weight"),
    ).where(within(began, selection))
    spans = inner.subquery("spans")
    keys = [*(spans.c[name] for name in by), spans.c.days, spans.c.ended]
    query = select(*keys, cast(func.sum(spans.c.weight), Double).label("n")).group_by(*keys)
    frame = pd.DataFrame(store.rows(query), columns=[*by, "days", "ended", "n"])
    types = {"days": "int64", "ended": "bool", "n": "float64"}
    return frame.astype(types).sort_values([*by, "days", "ended"], ignore_index=True)
