"""Attendants of meetings beside enterprises that did not attend, counted in cells of equal place, trade and stage."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import (
    CTE,
    ColumnElement,
    Double,
    FromClause,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)

from data_access.portable import count_if, days_between
from data_access.queries.events import FOLLOW_UP_DAYS
from data_access.queries.filters import conditions, of_own_banks
from data_access.queries.measures import within
from data_access.queries.seen import enterprise_rows
from data_access.rows import current
from data_access.selection import Scope, Selection
from data_access.store import Store

PLACE = ("region_1", "industry_1", "entity_type", "tier")
# How far an enterprise had come on the day, the furthest first; what none of them holds for had not been visited.
STAGES = (
    ("decided", "decided_on"),
    ("recommended", "recommended_on"),
    ("applied", "applied_on"),
    ("needing", "need_on"),
    ("visited", "first_visit_on"),
)
UNTOUCHED = "untouched"
TRAITS = (*PLACE, "stage", "size_class")


def strata(
    store: Store,
    scope: Scope,
    selection: Selection,
    events: Sequence[str] | None = None,
    days: int = FOLLOW_UP_DAYS,
) -> pd.DataFrame:
    """Return how many enterprises of each cell were approved within ``days`` of a meeting's date, by any bank.

    Columns ``held_on``, ``region_1``, ``industry_1``, ``entity_type``, ``tier``, ``stage`` (on that day),
    ``size_class``, ``attended`` (bool), ``n`` and ``approved`` (户, floats). Attendants are micro, small and medium
    ones at their first meeting (of ``events``, if given) that is at least ``days`` old; the others attended no
    meeting by the as-of date. Neither had been approved by the day. Only cells of place, trade, type and tier that
    an attendant is in are counted. In a scope of banks both are enterprises one of them touched, and approved by it.
    """
    narrowed = _without_banks(scope, selection)
    who = _who(scope, selection, events, days)
    cells = _cells(who, *narrowed)
    e = enterprise_rows(scope)
    known = conditions(e, *narrowed)
    parts = union_all(
        _counted(who, cells, days, [who.c.held_on == cells.c.held_on, *conditions(who, *narrowed)], attended=1),
        _counted(e, cells, days, known, attended=0),
        # Attendants are taken off again: leaving them out of half a million rows costs far more.
        _counted(who, cells, days, conditions(who, *narrowed), attended=0, sign=-1.0),
    ).subquery("parts")
    keys = [cells.c[name] for name in ("held_on", *PLACE)]
    keys += [parts.c.stage, parts.c.size_class, parts.c.attended]
    sums = [cast(func.sum(parts.c[name]), Double).label(name) for name in ("n", "approved")]
    query = select(*keys, *sums).select_from(parts.join(cells, cells.c.cell == parts.c.cell)).group_by(*keys)
    with store.connect() as connection:
        result = connection.execute(query.order_by(*keys))
        frame = pd.DataFrame([tuple(row) for row in result], columns=list(result.keys()))
    return frame[frame["n"] > 0].astype({"attended": "bool"}).reset_index(drop=True)


def register_shares(store: Store, scope: Scope, selection: Selection, on: date) -> pd.DataFrame:
    """Return the enterprises that had not been approved by the day ``on``, attendants among them, by each trait.

    Columns ``trait`` (one of ``TRAITS``), ``level`` and ``n`` (户, float). What attendants are compared with before
    any matching.
    """
    e, day = enterprise_rows(scope), literal(on)
    kept = [or_(e.c.approved_on.is_(None), e.c.approved_on > day)]
    source = (
        select(*[e.c[name] for name in (*PLACE, "size_class")], _stage(e, day).label("stage"))
        .where(*kept, *conditions(e, *_without_banks(scope, selection)))
        .subquery("source")
    )
    columns = [source.c[name] for name in TRAITS]
    which = [func.grouping(column).label(f"without_{column.name}") for column in columns]
    query = select(*columns, *which, cast(func.count(), Double)).group_by(func.grouping_sets(*columns))
    with store.connect() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    return pd.DataFrame([_level(row) for row in rows], columns=["trait", "level", "n"])


def _level(row: tuple[Any, ...]) -> tuple[str, str, float]:
    """Return the trait that a row of the grouping sets is about, its level and the count."""
    place = row[len(TRAITS) : -1].index(0)
    return TRAITS[place], str(row[place]), float(row[-1])


def _who(scope: Scope, selection: Selection, events: Sequence[str] | None, days: int) -> CTE:
    """Everybody who attended any meeting, with the day of the first one that counts (NULL if none does)."""
    p, v, e = current("event_participants"), current("events"), enterprise_rows(scope)
    mature = within(v.c.held_on, selection.at(selection.as_of - timedelta(days=days)))
    counts = [mature, p.c.is_msme.is_(True)]
    counts += [] if events is None else [v.c.event_id.in_(tuple(events))]
    counts += [p.c.bank.in_(selection.banks)] if selection.banks else []
    first = (
        select(p.c.enterprise_id, func.min(case((and_(*counts), v.c.held_on))).label("held_on"))
        .select_from(p.join(v, v.c.event_id == p.c.event_id))
        .where(*of_own_banks(p, scope))
        .group_by(p.c.enterprise_id)
        .subquery("first")
    )
    query = select(*e.c, first.c.held_on).select_from(e.join(first, first.c.enterprise_id == e.c.enterprise_id))
    return query.cte("who").prefix_with("MATERIALIZED")


def _cells(who: CTE, scope: Scope, selection: Selection) -> CTE:
    """Number the cells that attendants are in: grouping by a number costs half of grouping by five columns."""
    found = select(who.c.held_on, *[who.c[name] for name in PLACE]).distinct()
    eligible = and_(who.c.held_on.is_not(None), or_(who.c.approved_on.is_(None), who.c.approved_on > who.c.held_on))
    rows = found.where(eligible, *conditions(who, scope, selection)).subquery("found")
    numbered = select(func.row_number().over(order_by=list(rows.c)).label("cell"), *rows.c)
    return numbered.cte("cells").prefix_with("MATERIALIZED")


def _counted(
    e: FromClause,
    cells: CTE,
    days: int,
    kept: Sequence[ColumnElement[bool]],
    *,
    attended: int,
    sign: float = 1.0,
) -> Select[Any]:
    on = cells.c.held_on
    same = and_(*[e.c[name] == cells.c[name] for name in PLACE])
    inner = (
        select(
            cells.c.cell, _stage(e, on).label("stage"), e.c.size_class,
            days_between(on, e.c.approved_on).label("waited"),
        )
        .select_from(e.join(cells, same))
        .where(or_(e.c.approved_on.is_(None), e.c.approved_on > on), *kept)
        .subquery(f"counted_{attended}_{'more' if sign > 0 else 'less'}")
    )  # fmt: skip
    keys = [inner.c.cell, inner.c.stage, inner.c.size_class]
    n, approved = cast(func.count(), Double), count_if(inner.c.waited <= days)
    flag = literal(attended).label("attended")
    return select(*keys, flag, (n * sign).label("n"), (approved * sign).label("approved")).group_by(*keys)


def _stage(e: FromClause, on: ColumnElement[Any]) -> ColumnElement[str]:
    return case(*[(e.c[column] <= on, name) for name, column in STAGES], else_=UNTOUCHED)


def _without_banks(scope: Scope, selection: Selection) -> tuple[Scope, Selection]:
    """An enterprise that no bank of the selection touched is comparable all the same; the rows know the scope's."""
    return replace(scope, banks=None), replace(selection, banks=())
