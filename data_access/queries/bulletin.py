"""What a wall screen says in a line each: the latest events and the problems that are overdue. No names of firms."""

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Select, and_, func, or_, select

from data_access.portable import count_if
from data_access.queries.filters import conditions
from data_access.schema import enterprise_progress, import_tables
from data_access.selection import Scope, Selection
from data_access.store import Store

EVENT_COLUMNS = ("title", "event_type", "held_on", "region_1", "banks_count", "firms_count", "intent_amount")
PROBLEM_COLUMNS = ("department", "open", "overdue", "oldest_on")


def latest_events(store: Store, scope: Scope, selection: Selection, limit: int = 8) -> pd.DataFrame:
    """Return the latest events up to the as-of date, newest first: the columns of ``EVENT_COLUMNS``.

    Grain: one row per event. ``intent_amount`` is in yuan and an intent, never credit. A scope or selection of
    regions keeps the events held there and those of the whole city (no region).
    """
    e = import_tables["events"]
    query = (
        select(*[e.c[name] for name in EVENT_COLUMNS])
        .where(e.c.superseded_by.is_(None), e.c.held_on <= selection.as_of)
        .order_by(e.c.held_on.desc(), e.c.event_id)
        .limit(limit)
    )
    for regions in (scope.regions, selection.regions or None):
        if regions is not None:
            query = query.where(or_(e.c.region_1.is_(None), e.c.region_1.in_(regions)))
    return _frame(store, query, EVENT_COLUMNS)


def overdue_problems(store: Store, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Return the open problems by department, the most overdue first: the columns of ``PROBLEM_COLUMNS``.

    Counts of problems (件) at the as-of date; ``overdue`` are open past their deadline, moved by the days they were
    suspended; ``oldest_on`` is the earliest deadline missed. The department "" is the unassigned.
    """
    p, e = import_tables["problems"], enterprise_progress
    raised = and_(p.c.superseded_by.is_(None), p.c.raised_on <= selection.as_of)
    still_open = or_(p.c.closed_on.is_(None), p.c.closed_on > selection.as_of)
    late = and_(p.c.deadline < selection.as_of, func.coalesce(p.c.suspended_days, 0) == 0)
    department = func.coalesce(p.c.department, "").label("department")
    kept = select(e.c.enterprise_id).where(*conditions(e, scope, _without_banks(selection)))
    query = (
        select(
            department,
            count_if(still_open).label("open"),
            count_if(and_(still_open, late)).label("overdue"),
            func.min(p.c.deadline).filter(and_(still_open, late)).label("oldest_on"),
        )
        .where(raised, still_open, *([p.c.enterprise_id.in_(kept)] if _narrowed(scope, selection) else []))
        .group_by(department)
    )
    frame = _frame(store, query, PROBLEM_COLUMNS)
    return frame.sort_values(["overdue", "open"], ascending=False, kind="stable", ignore_index=True)


def _narrowed(scope: Scope, selection: Selection) -> bool:
    everything = Selection(as_of=selection.as_of, start=selection.start)
    return scope != Scope.everything() or _without_banks(selection) != everything


def _without_banks(selection: Selection) -> Selection:
    """A problem belongs to an enterprise and not to a bank."""
    return Selection(
        as_of=selection.as_of, start=selection.start, regions=selection.regions, industries=selection.industries,
        entity_types=selection.entity_types, size_classes=selection.size_classes, tiers=selection.tiers,
        tags=selection.tags,
    )  # fmt: skip


def last_event(frame: pd.DataFrame) -> date | None:
    """Return the day of the newest event of ``latest_events``."""
    return None if frame.empty else pd.Timestamp(frame["held_on"].iloc[0]).date()


def _frame(store: Store, query: Select[*tuple[Any, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    with store.connect() as connection:
        return pd.DataFrame(connection.execute(query).fetchall(), columns=list(columns))
