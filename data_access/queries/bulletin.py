"""What a wall screen says in a line each: the latest events and the problems that are overdue. No names of firms."""

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Select, case, func, or_, select

from data_access.portable import count_if
from data_access.queries.events import visible
from data_access.queries.problems import cases, counters
from data_access.rows import current
from data_access.selection import Scope, Selection
from data_access.store import Store

EVENT_COLUMNS = ("title", "event_type", "held_on", "region_1", "banks_count", "firms_count", "intent_amount")
PROBLEM_COLUMNS = ("department", "open", "overdue", "oldest_on")


def latest_events(store: Store, scope: Scope, selection: Selection, limit: int = 8) -> pd.DataFrame:
    """Return the latest events up to the as-of date, newest first: the columns of ``EVENT_COLUMNS``.

    Grain: one row per event. ``intent_amount`` is in yuan and an intent, never credit. A scope or selection of
    regions keeps the events held there and those of the whole city (no region); what else a scope sees of meetings
    is told by ``events``.
    """
    e = current("events")
    query = (
        select(*[e.c[name] for name in EVENT_COLUMNS])
        .where(e.c.held_on <= selection.as_of, *visible(e, scope))
        .order_by(e.c.held_on.desc(), e.c.event_id)
        .limit(limit)
    )
    if selection.regions:
        query = query.where(or_(e.c.region_1.is_(None), e.c.region_1.in_(selection.regions)))
    return _frame(store, query, EVENT_COLUMNS)


def overdue_problems(store: Store, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Return the open problems by department, the most overdue first: the columns of ``PROBLEM_COLUMNS``.

    Counts of problems (件) at the as-of date, as the page of problems counts them; ``overdue`` are open past their
    deadline and ``oldest_on`` is the earliest deadline missed. The department "" is the unassigned.
    """
    c = cases(scope, replace(selection, banks=(), start=None))  # a problem belongs to an enterprise and not to a bank
    counted = counters(c, selection.as_of)
    query = (
        select(
            c.c.department,
            count_if(counted["open"]).label("open"),
            count_if(counted["overdue"]).label("overdue"),
            func.min(case((counted["overdue"], c.c.due_on))).label("oldest_on"),
        )
        .where(counted["open"])
        .group_by(c.c.department)
    )
    frame = _frame(store, query, PROBLEM_COLUMNS)
    return frame.sort_values(["overdue", "open"], ascending=False, kind="stable", ignore_index=True)


def last_event(frame: pd.DataFrame) -> date | None:
    """Return the day of the newest event of ``latest_events``."""
    return None if frame.empty else pd.Timestamp(frame["held_on"].iloc[0]).date()


def _frame(store: Store, query: Select[*tuple[Any, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    with store.connect() as connection:
        return pd.DataFrame(connection.execute(query).fetchall(), columns=list(columns))
