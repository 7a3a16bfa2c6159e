"""Enterprises that started in the same month, followed for a fixed number of days: the cohort version of the funnel.

A cumulative total mixes enterprises that have had months with enterprises that have had days, and a later stage can be
the larger one. A cohort is one set of enterprises: each stage requires the stage before, so it can only shrink.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Double,
    FromClause,
    Integer,
    Select,
    and_,
    case,
    cast,
    extract,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from data_access.portable import count_if, days_between
from data_access.queries.filters import conditions
from data_access.queries.measures import until, within
from data_access.queries.progress import enterprise_source, of_banks
from data_access.schema import enterprise_progress
from data_access.selection import Scope, Selection
from data_access.store import Store

WINDOWS = (30, 60, 90)
USUAL_WINDOW = 60
STAGES = ("needing", "applied", "recommended", "approved", "borrowers")
VISITED, WALKED_IN = "visit", "walk_in"
_REACHED = {
    "needing": "need_on",
    "applied": "applied_on",
    "recommended": "recommended_on",
    "approved": "approved_on",
    "borrowers": "drawn_on",
}
_TABLES = {
    "needing": "visits",
    "applied": "applications",
    "recommended": "recommendations",
    "approved": "decisions",
    "borrowers": "loans",
}


def cohorts(
    store: Store,
    scope: Scope,
    selection: Selection,
    by: Sequence[str] = (),
    windows: Sequence[int] = (USUAL_WINDOW,),
) -> pd.DataFrame:
    """Return how far each month's enterprises came within each window: one row per month, entry, ``by`` and window.

    Columns ``month`` (first day, datetime64), ``entry``, ``*by``, ``window`` (days), ``entered`` and ``STAGES``
    (户, floats; NaN where the table behind a stage was never reported). ``entry`` is "visit" for enterprises first
    visited in the month, and "walk_in" for those that applied in it before any visit or without one; nobody is in
    both. A stage counts an enterprise that reached it no more than ``window`` days after its own start and reached
    every stage before it in that time as well. Whoever applied had a need, recorded or not. With banks, the visit and
    the later stages are those of the bank, the application is the enterprise's. Only enterprises that started in the
    selection's period count, and only what had happened by its as-of date.
    """
    if "visits" not in store.coverage():
        return _empty(by)
    queries = [_further(scope, selection, by, windows)]
    if not of_banks(scope, selection, by):
        queries.append(_visited_only(scope, selection, by))
    keys = ["month", "entry", *by]
    names = [f"{stage}_{window}" for window in windows for stage in STAGES]
    with store.connect() as connection:
        rows = [tuple(row) for query in queries for row in connection.execute(query)]
    # The second query counts nobody beyond the visit, and has no columns for it.
    padded = [row + (0.0,) * (len(keys) + 1 + len(names) - len(row)) for row in rows]
    frame = pd.DataFrame(padded, columns=[*keys, "entered", *names]).groupby(keys, as_index=False).sum()
    return _unreported(_long(frame, keys, windows), store)


def _further(scope: Scope, selection: Selection, by: Sequence[str], windows: Sequence[int]) -> Select[Any]:
    """Count the enterprises that came further than a visit (with banks: all of them), and how far they came."""
    e, weight = enterprise_source(scope, selection, by, funnel_only=True)
    entry, start = start_of(e)
    reached = days_to_stages(e, start, selection)
    columns: dict[str, ColumnElement[Any]] = {"month": _month(start), "entry": entry, **reached}
    own = [column.label(name) for name, column in columns.items()]
    shares = [] if weight is None else [weight.label("share")]
    rows = select(*[e.c[name] for name in by], *own, *shares).where(within(start, selection)).subquery("started")
    share = None if weight is None else rows.c.share
    tests = [true(), *(test for window in windows for test in chain(rows, window).values())]
    keys = [rows.c[name] for name in ("month", "entry", *by)]
    return select(*keys, *[count_if(test, share) for test in tests]).group_by(*keys)


def _visited_only(scope: Scope, selection: Selection, by: Sequence[str]) -> Select[Any]:
    """Count the enterprises that were visited and came no further: by day first, the cheapest key there is."""
    e = enterprise_progress
    keys = [e.c[name] for name in (*by, "first_visit_on")]
    kept = [*conditions(e, scope, selection), e.c.is_in_funnel == false(), within(e.c.first_visit_on, selection)]
    days = select(*keys, func.count().label("n")).where(*kept).group_by(*keys).subquery("days")
    own: list[ColumnElement[Any]] = [_month(days.c.first_visit_on).label("month"), literal(VISITED).label("entry")]
    rows = select(*own, *[days.c[name] for name in by], days.c.n).subquery("dated")
    groups = [rows.c[name] for name in ("month", "entry", *by)]
    return select(*groups, cast(func.sum(rows.c.n), Double)).group_by(*groups)


def _month(day: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(extract("year", day) * 12 + extract("month", day) - 1, Integer)


def start_of(e: FromClause) -> tuple[ColumnElement[str], ColumnElement[Any]]:
    """Return how and when an enterprise started: with its first visit, or with an application before that."""
    unvisited = or_(e.c.first_visit_on.is_(None), e.c.applied_on < e.c.first_visit_on)
    walked_in = and_(e.c.applied_on.is_not(None), unvisited)
    entry = case((walked_in, literal(WALKED_IN)), else_=literal(VISITED))
    return entry, case((walked_in, e.c.applied_on), else_=e.c.first_visit_on)


def days_to_stages(e: FromClause, start: ColumnElement[Any], selection: Selection) -> dict[str, ColumnElement[Any]]:
    """Return after how many days each stage was reached (NULL: not by the as-of date)."""
    reached = {stage: e.c[column] for stage, column in _REACHED.items()}
    return {stage: case((until(day, selection), days_between(start, day))) for stage, day in reached.items()}


def chain(rows: FromClause, window: int) -> dict[str, ColumnElement[bool]]:
    """Return the condition of each stage: reached within the window, and so was every stage before it."""
    in_time = [rows.c[stage] <= window for stage in STAGES[1:]]
    need = or_(rows.c.needing <= window, in_time[0])
    tests = [need, *(and_(*in_time[: number + 1]) for number in range(len(in_time)))]
    return dict(zip(STAGES, tests, strict=True))


def _long(frame: pd.DataFrame, keys: list[str], windows: Sequence[int]) -> pd.DataFrame:
    """Return one row per window instead of one column per window and stage."""
    parts = [
        frame[[*keys, "entered"]].assign(window=window, **{s: frame[f"{s}_{window}"] for s in STAGES})
        for window in windows
    ]
    found = pd.concat(parts, ignore_index=True)
    first_days = {n: pd.Timestamp(date(n // 12, n % 12 + 1, 1)) for n in found["month"].unique()}
    found["month"] = pd.to_datetime(found["month"].map(first_days))
    found = found.astype(dict.fromkeys(("entered", *STAGES), "float64"))
    return found[[*keys, "window", "entered", *STAGES]].sort_values([*keys, "window"], ignore_index=True)


def _unreported(frame: pd.DataFrame, store: Store) -> pd.DataFrame:
    coverage = store.coverage()
    missing = [stage for stage, table in _TABLES.items() if table not in coverage]
    frame[missing] = float("nan")
    return frame


def _empty(by: Sequence[str]) -> pd.DataFrame:
    columns = ["month", "entry", *by, "window", "entered", *STAGES]
    types = {"month": "datetime64[s]", "window": "int64", **dict.fromkeys(("entered", *STAGES), "float64")}
    return pd.DataFrame(columns=columns).astype(types)


def month_end(month: date) -> date:
    """Return the last day of the month that begins on ``month``: the last on which a member of its cohort started."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
