"""What meetings brought: the register, who attended, and the credit that followed from the banks that were there."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import (
    CTE,
    ColumnElement,
    Double,
    Select,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from data_access.portable import days_between
from data_access.queries.filters import conditions, scoped
from data_access.queries.frames import frame_of
from data_access.queries.measures import within
from data_access.rows import DECIDED, current
from data_access.schema import DIMENSIONS, enterprise_progress
from data_access.selection import Scope, Selection
from data_access.store import Store

FOLLOW_UP_DAYS = 90
_COUNTS = ("banks_count", "firms_count", "investors_count")


def events(store: Store, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Return the register of meetings, held or planned, by date: one row per meeting.

    Columns ``event_id``, ``title``, ``event_type``, ``theme``, ``held_on`` (may lie after the as-of date),
    ``region_1`` (None: the whole city's), ``organiser``, ``banks_count``, ``firms_count``, ``investors_count``,
    ``intent_amount`` (yuan, as registered), ``is_published`` and ``source_text``; NaN or None where nothing was
    reported. A meeting is in the selection if it was held there or somebody from there attended; one of the whole city
    that is to come, which nobody has attended yet, concerns every place. A scope sees the meetings of its places, those
    of the whole city, those it attended and those that were published.
    """
    e = current("events")
    numbers = [cast(e.c[name], Double).label(name) for name in (*_COUNTS, "intent_amount")]
    words = [e.c[name] for name in ("event_id", "title", "event_type", "theme", "held_on", "region_1", "organiser")]
    query = select(*words, *numbers, e.c.is_published, e.c.source_text).where(
        *visible(e, scope), *_asked(e, scope, selection)
    )
    if selection.start is not None:
        query = query.where(e.c.held_on >= selection.start)
    floats = dict.fromkeys((*_COUNTS, "intent_amount"), "float64")
    return frame_of(store, query.order_by(e.c.held_on, e.c.event_id), **floats)


def attendances(store: Store, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Return who attended: one row per meeting held by the as-of date and enterprise, by both.

    Columns ``event_id``, ``enterprise_id``, ``msme`` (1 a micro, small or medium one, 0 not, NaN not said),
    ``intent`` (yuan it intends to borrow, over all banks; NaN: none stated), ``banks`` (how many it met),
    ``region_1``, ``industry_1`` and ``entity_type`` of the enterprise.
    """
    m = _met(scope, selection)
    said = cast(func.max(case((m.c.is_msme.is_(True), 1), (m.c.is_msme.is_(False), 0))), Double)
    keys = [m.c[name] for name in ("event_id", "enterprise_id", "region_1", "industry_1", "entity_type")]
    query = (
        select(
            *keys, said.label("msme"), cast(func.sum(m.c.intent_amount), Double).label("intent"),
            cast(func.count(m.c.bank.distinct()), Double).label("banks"),
        )
        .group_by(*keys)
        .order_by(m.c.event_id, m.c.enterprise_id)
    )  # fmt: skip
    return frame_of(store, query, msme="float64", intent="float64", banks="float64")


def outcomes(store: Store, scope: Scope, selection: Selection, days: int = FOLLOW_UP_DAYS) -> pd.DataFrame:
    """Return the credit that attendants had from banks of their meeting within ``days`` of it, by the as-of date.

    One row per meeting, enterprise and record: ``event_id``, ``enterprise_id``, ``kind`` (approval, loan),
    ``record_id``, ``bank``, ``happened_on`` and ``amount`` (yuan). A record that follows two meetings stands under
    both: count it once in what covers both. What other banks granted is not attributed to a meeting.
    """
    m = _pairs(scope, selection)
    # Named once, so that an engine reads it once for approvals and loans.
    pairs = select(m.c.event_id, m.c.enterprise_id, m.c.bank, m.c.held_on).cte("pairs")
    who = select(pairs.c.event_id, pairs.c.enterprise_id, pairs.c.held_on).distinct().cte("who")
    there = select(pairs.c.event_id, pairs.c.bank).distinct().cte("there")
    query = union_all(
        _followed(who, there, "decisions", days, selection), _followed(who, there, "loans", days, selection)
    )
    frame = frame_of(store, query, amount="float64")
    return frame.sort_values(["event_id", "enterprise_id", "kind", "record_id"], ignore_index=True)


def names(store: Store, scope: Scope, ids: Sequence[str]) -> pd.DataFrame:
    """Return ``enterprise_id``, ``name`` and ``entity_type`` of the enterprises in ``ids`` that ``scope`` may see.

    A bank sees those it met at a meeting.
    """
    e, p = current("enterprises"), current("event_participants")
    kept: list[ColumnElement[bool]] = [e.c.enterprise_id.in_(tuple(ids))]
    if scope.banks is not None:
        kept.append(e.c.enterprise_id.in_(select(p.c.enterprise_id).where(p.c.bank.in_(scope.banks))))
    kept += scoped(e, Scope(scope.regions, None))
    query = select(e.c.enterprise_id, e.c.name, e.c.entity_type).where(*kept).order_by(e.c.enterprise_id)
    return frame_of(store, query)


def _met(scope: Scope, selection: Selection) -> Subquery:
    """Every pair of enterprise and bank that met at a meeting held by the as-of date, in scope and selection."""
    p, v, e = current("event_participants"), current("events"), enterprise_progress
    source = (
        select(*_of_pairs(p), v.c.held_on, *[e.c[name] for name in (*DIMENSIONS, "tags")])
        .select_from(p.join(v, v.c.event_id == p.c.event_id).join(e, e.c.enterprise_id == p.c.enterprise_id))
        .where(within(v.c.held_on, selection))
        .subquery("source")
    )
    return select(source).where(*conditions(source, scope, selection)).subquery("met")


def _of_pairs(p: Subquery) -> list[ColumnElement[Any]]:
    return [p.c[name] for name in ("event_id", "enterprise_id", "bank", "intent_amount", "is_msme")]


def _pairs(scope: Scope, selection: Selection) -> Subquery:
    """The same pairs without what is known of the enterprises, which is read only where it narrows anything."""
    traits = (selection.regions, selection.industries, selection.entity_types, selection.size_classes)
    if scope.regions is not None or any((*traits, selection.tiers, selection.tags)):
        return _met(scope, selection)
    p, v = current("event_participants"), current("events")
    joined = select(*_of_pairs(p), v.c.held_on).select_from(p.join(v, v.c.event_id == p.c.event_id))
    source = joined.where(within(v.c.held_on, selection)).subquery("source")
    return select(source).where(*conditions(source, scope, selection)).subquery("met")


def _followed(who: CTE, there: CTE, table: str, days: int, selection: Selection) -> Select[Any]:
    r = current(table)
    is_loan = table == "loans"
    day, amount = (r.c.drawn_on, r.c.amount) if is_loan else (r.c.decided_on, r.c.approved_amount)
    record = r.c.loan_id if is_loan else r.c.decision_id
    waited = days_between(who.c.held_on, day)
    kept = [waited >= 0, waited <= days, day <= selection.as_of]
    kept += [] if is_loan else [r.c.outcome == DECIDED[0]]
    with_bank = and_(there.c.event_id == who.c.event_id, there.c.bank == r.c.bank)
    return (
        select(
            who.c.event_id, who.c.enterprise_id, literal("loan" if is_loan else "approval").label("kind"),
            record.label("record_id"), r.c.bank, day.label("happened_on"), cast(amount, Double).label("amount"),
        )
        .select_from(who.join(r, r.c.enterprise_id == who.c.enterprise_id).join(there, with_bank))
        .where(*kept)
    )  # fmt: skip


def visible(e: Subquery, scope: Scope) -> list[ColumnElement[bool]]:
    """Return the condition that a scope sees a meeting: of its places, the whole city's, attended, or published."""
    if scope.regions is None and scope.banks is None:
        return []
    seen = [e.c.is_published.is_(True), _attended(e, scope, None)]
    if scope.regions is not None and scope.banks is None:
        seen += [e.c.region_1.is_(None), e.c.region_1.in_(scope.regions)]
    return [or_(*seen)]


def _asked(e: Subquery, scope: Scope, selection: Selection) -> list[ColumnElement[bool]]:
    narrowed = (
        selection.industries, selection.entity_types, selection.size_classes, selection.tiers, selection.tags,
        selection.banks,
    )  # fmt: skip
    if not (selection.regions or any(narrowed)):
        return []
    tests = [_attended(e, scope, selection)]
    if selection.regions and not any(narrowed):
        to_come = and_(e.c.region_1.is_(None), e.c.held_on > selection.as_of)
        tests += [e.c.region_1.in_(selection.regions), to_come]
    return [or_(*tests)]


def _attended(e: Subquery, scope: Scope, selection: Selection | None) -> ColumnElement[bool]:
    """Whether somebody of the scope (and the selection, whatever its dates) attended the meeting."""
    p, x = current("event_participants"), enterprise_progress
    source = (
        select(p.c.event_id, p.c.bank, *[x.c[name] for name in (*DIMENSIONS, "tags")])
        .select_from(p.join(x, x.c.enterprise_id == p.c.enterprise_id))
        .subquery("source")
    )
    kept = scoped(source, scope) if selection is None else conditions(source, scope, selection)
    return exists(select(literal(1)).where(source.c.event_id == e.c.event_id, *kept))
