"""Why enterprises went no further: the last thing recorded about those that have not passed a stage."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Double, FromClause, Select, Subquery, case, cast, func, or_, select, true

from data_access.queries.filters import conditions
from data_access.queries.measures import within
from data_access.queries.needs import with_latest_need
from data_access.queries.seen import enterprise_conditions, enterprise_rows
from data_access.rows import current
from data_access.schema import stops
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
    s = _stops(scope)
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


def _stops(scope: Scope) -> FromClause:
    """The events that ended badly; for banks, an enterprise has passed a stage once it has passed it with them."""
    s, e = stops, enterprise_rows(scope)
    if scope.banks is None:
        return s
    passed = case({gate.stage: e.c[gate.passed] for gate in GATES}, value=s.c.stage).label("passed_on")
    joined = s.outerjoin(e, e.c.enterprise_id == s.c.enterprise_id)
    return select(*[c for c in s.c if c.name != "passed_on"], passed).select_from(joined).subquery("own_stops")


# ---- visited, with a need, and nothing since ----------------------------------------------------------------------


def unserved(scope: Scope, selection: Selection) -> tuple[FromClause, list[ColumnElement[bool]]]:
    """Return the enterprises and the conditions on them of those that told a need and have not applied since."""
    e = enterprise_rows(scope)
    later = (e.c.applied_on, e.c.recommended_on, e.c.decided_on, e.c.drawn_on)
    kept = [e.c.is_in_funnel == true(), within(e.c.need_on, selection)]
    kept += [or_(day.is_(None), day > selection.as_of) for day in later]
    return e, [*kept, *enterprise_conditions(e, scope, selection)]


def unserved_by(store: Store, scope: Scope, selection: Selection, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return how many enterprises told a visitor of a need and have not applied since: columns ``*by`` and ``n`` (户).

    The need was told within the selection's period; none of them has applied, been recommended, decided on or
    borrowed by the as-of date. With banks in scope or selection, only enterprises that one of them touched count.
    """
    e, kept = unserved(scope, selection)
    keys = [e.c[name] for name in by]
    query = select(*keys, cast(func.count(), Double)).select_from(e).where(*kept).group_by(*keys)
    return pd.DataFrame(store.rows(query.order_by(*keys)), columns=[*by, "n"]).astype({"n": "float64"})


def unserved_page(
    store: Store, scope: Scope, selection: Selection, *, offset: int = 0, limit: int = 20
) -> pd.DataFrame:
    """Return ``limit`` of those enterprises from ``offset`` on, the longest waiting first.

    Columns ``enterprise_id``, ``name``, ``entity_type``, ``region_1``, ``region_2``, ``industry_1``, ``need_on`` (the
    first day a need was told), ``days`` (waited by the as-of date) and ``need_amount`` (yuan, of the latest visit
    that named one; NaN if none did). Only the rows of the page are read in full.
    """
    named, (e, kept) = current("enterprises"), unserved(scope, selection)
    shown = [e.c[name] for name in ("enterprise_id", "entity_type", "region_1", "region_2", "industry_1", "need_on")]
    page = (
        select(*shown)
        .where(*kept)
        .order_by(e.c.need_on, e.c.enterprise_id)
        .offset(offset)
        .limit(limit)
        .subquery("page")
    )
    told = with_latest_need(page, scope, selection)
    own = [told.c[column.key] for column in page.c]
    query = select(*own, named.c.name, cast(told.c.need_amount, Double).label("need_amount"))
    joined = told.join(named, named.c.enterprise_id == told.c.enterprise_id)
    with store.connect() as connection:
        found = connection.execute(query.select_from(joined).order_by(told.c.need_on, told.c.enterprise_id))
        frame = pd.DataFrame([tuple(row) for row in found], columns=[*found.keys()])
    days = [(selection.as_of - day).days for day in frame["need_on"]]
    return frame.assign(days=pd.Series(days, dtype="int64"), need_amount=frame["need_amount"].astype("float64"))
