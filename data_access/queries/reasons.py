"""Why enterprises went no further: the last thing recorded about those that have not passed a stage."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Double, Select, Subquery, and_, case, cast, func, or_, select, true

from data_access.queries.filters import conditions
from data_access.queries.measures import within
from data_access.queries.progress import of_banks
from data_access.rows import current
from data_access.schema import bank_progress, enterprise_progress, stops
from data_access.selection import Scope, Selection
from data_access.stops import GATES
from data_access.store import Store

COLUMNS = ("stage", "status", "reason", "n")


def drop_offs(store: Store, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Return the enterprises (户) that stopped at each stage, by the last status recorded there.

    Columns ``stage`` (visit, application, recommendation, decision), ``status`` (visit result, application or push
    status, decision outcome), ``reason`` (rejection code of a rejected one, "" where none was given) and ``n``
    (float); most first within a stage. An enterprise counts at a stage if an event there ended badly within the
    selection's period and it had not passed the stage, with any bank, by the as-of date. With banks in scope or
    selection, only events with those banks count. A stage whose table was never reported has no rows.
    """
    coverage = store.coverage()
    asked = {gate.stage: number for number, gate in enumerate(GATES) if gate.table in coverage}
    rows = store.rows(_stopped([*asked], scope, selection))
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"n": "float64"})
    ranked = frame.assign(place=frame["stage"].map(asked), most=-frame["n"])
    ranked = ranked.sort_values(["place", "most", "status", "reason"], ignore_index=True)
    return ranked[list(COLUMNS)]


def _stopped(stages: Sequence[str], scope: Scope, selection: Selection) -> Select[Any]:
    """Count enterprises by the latest of their events that ended at each stage."""
    rows = last_stops(scope, selection, stages)
    groups = [rows.c[name] for name in COLUMNS[:-1]]
    return select(*groups, cast(func.count(), Double)).where(rows.c.latest == 1).group_by(*groups)


def last_stops(scope: Scope, selection: Selection, stages: Sequence[str]) -> Subquery:
    """Return the events that ended at ``stages``, numbered for each enterprise and stage: ``latest`` is 1 for the last.

    Columns ``stage``, ``status``, ``reason``, ``enterprise_id``, ``bank``, ``happened_on`` and ``latest``.
    """
    s = stops
    latest = func.row_number().over(
        partition_by=[s.c.stage, s.c.enterprise_id],
        order_by=[s.c.happened_on.desc(), s.c.status, s.c.reason, s.c.bank],
    )
    kept = [
        s.c.stage.in_(stages),
        within(s.c.happened_on, selection),
        or_(s.c.passed_on.is_(None), s.c.passed_on > selection.as_of),
        *conditions(s, scope, selection),
    ]
    keys = [s.c[name] for name in (*COLUMNS[:-1], "enterprise_id", "bank", "happened_on")]
    return select(*keys, latest.label("latest")).where(*kept).subquery("ranked")


# ---- visited, with a need, and nothing since ----------------------------------------------------------------------


def unserved(scope: Scope, selection: Selection) -> list[ColumnElement[bool]]:
    """Return the conditions on ``enterprise_progress`` of those that told a need and have not applied since."""
    e, b = enterprise_progress, bank_progress
    later = (e.c.applied_on, e.c.recommended_on, e.c.decided_on, e.c.drawn_on)
    kept = [e.c.is_in_funnel == true(), within(e.c.need_on, selection)]
    kept += [or_(day.is_(None), day > selection.as_of) for day in later]
    if of_banks(scope, selection, ()):
        kept.append(e.c.enterprise_id.in_(select(b.c.enterprise_id).where(*conditions(b, scope, selection))))
    return [*kept, *conditions(e, replace(scope, banks=None), replace(selection, banks=()))]


def unserved_by(store: Store, scope: Scope, selection: Selection, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return how many enterprises told a visitor of a need and have not applied since: columns ``*by`` and ``n`` (户).

    The need was told within the selection's period; none of them has applied, been recommended, decided on or
    borrowed by the as-of date. With banks in scope or selection, only enterprises that one of them touched count.
    """
    keys = [enterprise_progress.c[name] for name in by]
    query = select(*keys, cast(func.count(), Double)).where(*unserved(scope, selection)).group_by(*keys)
    return pd.DataFrame(store.rows(query.order_by(*keys)), columns=[*by, "n"]).astype({"n": "float64"})


def unserved_page(
    store: Store, scope: Scope, selection: Selection, *, offset: int = 0, limit: int = 20
) -> pd.DataFrame:
    """Return ``limit`` of those enterprises from ``offset`` on, the longest waiting first.

    Columns ``enterprise_id``, ``name``, ``entity_type``, ``region_1``, ``region_2``, ``industry_1``, ``need_on`` (the
    first day a need was told), ``days`` (waited by the as-of date) and ``need_amount`` (yuan, of the latest visit
    that named one; NaN if none did). Only the rows of the page are read in full.
    """
    e, v, named = enterprise_progress, current("visits"), current("enterprises")
    shown = [e.c[name] for name in ("enterprise_id", "entity_type", "region_1", "region_2", "industry_1", "need_on")]
    page = (
        select(*shown)
        .where(*unserved(scope, selection))
        .order_by(e.c.need_on, e.c.enterprise_id)
        .offset(offset)
        .limit(limit)
        .subquery("page")
    )
    told = and_(v.c.enterprise_id == page.c.enterprise_id, v.c.has_need == true(), v.c.visited_on <= selection.as_of)
    newest = func.row_number().over(
        partition_by=v.c.enterprise_id, order_by=[case((v.c.need_amount.is_(None), 1), else_=0), v.c.visited_on.desc()]
    )
    asked = select(v.c.enterprise_id, v.c.need_amount, newest.label("newest")).select_from(v.join(page, told))
    need = asked.subquery("need")
    joined = page.join(named, named.c.enterprise_id == page.c.enterprise_id).outerjoin(
        need, and_(need.c.enterprise_id == page.c.enterprise_id, need.c.newest == 1)
    )
    query = select(*page.c, named.c.name, cast(need.c.need_amount, Double).label("need_amount")).select_from(joined)
    with store.connect() as connection:
        found = connection.execute(query.order_by(page.c.need_on, page.c.enterprise_id))
        frame = pd.DataFrame([tuple(row) for row in found], columns=[*found.keys()])
    days = [(selection.as_of - day).days for day in frame["need_on"]]
    return frame.assign(days=pd.Series(days, dtype="int64"), need_amount=frame["need_amount"].astype("float64"))
