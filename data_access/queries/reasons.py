"""Why enterprises went no further: the last thing recorded about those that have not passed a stage."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Double, Select, and_, case, cast, func, literal, or_, select, true

from data_access.derivation import DECIDED, ENDED_PUSHES, UNREACHABLE, current
from data_access.queries.filters import conditions
from data_access.queries.measures import within
from data_access.queries.progress import of_banks
from data_access.schema import DIMENSIONS, bank_progress, enterprise_progress
from data_access.selection import Scope, Selection
from data_access.store import Store

COLUMNS = ("stage", "status", "reason", "n")


@dataclass(frozen=True, slots=True)
class _Gate:
    """A stage: its table of events, an event's day and status, the statuses that end there, the day it is passed."""

    stage: str
    table: str
    day: str
    status: str
    ended: tuple[str, ...]
    passed: str


GATES = (
    _Gate("visit", "visits", "visited_on", "result", (*UNREACHABLE, "refused"), "first_visit_on"),
    _Gate("application", "applications", "submitted_on", "status", ("returned", "withdrawn"), "applied_on"),
    _Gate("recommendation", "recommendations", "pushed_on", "status", ENDED_PUSHES, "decided_on"),
    _Gate("decision", "decisions", "decided_on", "outcome", ("rejected", "withdrawn", "transferred"), "approved_on"),
)


def drop_offs(store: Store, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Return the enterprises (户) that stopped at each stage, by the last status recorded there.

    Columns ``stage`` (visit, application, recommendation, decision), ``status`` (visit result, application or push
    status, decision outcome), ``reason`` (rejection code of a rejected one, "" where none was given) and ``n``
    (float); most first within a stage. An enterprise counts at a stage if an event there ended badly within the
    selection's period and it had not passed the stage, with any bank, by the as-of date. With banks in scope or
    selection, only events with those banks count. A stage whose table was never reported has no rows.
    """
    coverage = store.coverage()
    asked = [gate for gate in GATES if gate.table in coverage]
    with store.connect() as connection:
        rows = [tuple(row) for gate in asked for row in connection.execute(_stopped(gate, scope, selection))]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"n": "float64"})
    order = {gate.stage: number for number, gate in enumerate(GATES)}
    ranked = frame.assign(place=frame["stage"].map(order), most=-frame["n"])
    ranked = ranked.sort_values(["place", "most", "status", "reason"], ignore_index=True)
    return ranked[list(COLUMNS)]


def _stopped(gate: _Gate, scope: Scope, selection: Selection) -> Select[Any]:
    """Count enterprises by the latest of their events that ended at the gate."""
    event, e = current(gate.table), enterprise_progress
    passed = e.c[gate.passed]
    dims = [e.c[name] for name in (*DIMENSIONS, "tags")]
    own = [e.c.enterprise_id, event.c.bank, event.c[gate.day].label("day"), event.c[gate.status].label("status")]
    kept = [
        event.c[gate.status].in_(gate.ended),
        within(event.c[gate.day], selection),
        or_(passed.is_(None), passed > selection.as_of),
    ]
    joined = event.join(e, e.c.enterprise_id == event.c.enterprise_id)
    ended = select(*own, _reason(gate, event).label("reason"), *dims).select_from(joined).where(*kept).subquery("ended")
    latest = func.row_number().over(
        partition_by=ended.c.enterprise_id, order_by=[ended.c.day.desc(), ended.c.status, ended.c.reason, ended.c.bank]
    )
    ranked = select(ended.c.status, ended.c.reason, latest.label("latest")).where(*conditions(ended, scope, selection))
    rows = ranked.subquery("ranked")
    counted = cast(func.count(), Double)
    named = select(literal(gate.stage), rows.c.status, rows.c.reason, counted).where(rows.c.latest == 1)
    return named.group_by(rows.c.status, rows.c.reason)


def _reason(gate: _Gate, event: Any) -> ColumnElement[str]:  # noqa: ANN401 - a subquery of any import table
    if gate.table != "decisions":
        return literal("")
    return func.coalesce(case((event.c.outcome == DECIDED[1], event.c.reject_code)), "")


# ---- visited, with a need, and nothing since ----------------------------------------------------------------------


def _unserved(scope: Scope, selection: Selection) -> list[ColumnElement[bool]]:
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
    query = select(*keys, cast(func.count(), Double)).where(*_unserved(scope, selection)).group_by(*keys)
    with store.connect() as connection:
        rows = [tuple(row) for row in connection.execute(query.order_by(*keys))]
    return pd.DataFrame(rows, columns=[*by, "n"]).astype({"n": "float64"})


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
        .where(*_unserved(scope, selection))
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
