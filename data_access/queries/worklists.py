"""Work lists: who waits for somebody's next step, since when, and who that somebody is.

Every list is a set of rows with the same columns: ``row_id`` (unique in the list), ``enterprise_id``, ``bank`` (whose
turn it is; NULL where it is the region's), ``since`` (waiting from), ``due_on`` (the day it is to be done by, NULL
where no rule sets one), ``amount`` (yuan), ``rank`` (smaller is more urgent where days do not say it), and the
dimensions of the enterprise.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Double,
    FromClause,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.types import TypeEngine

from data_access.queries.filters import conditions, of_own_banks
from data_access.queries.keyset import Key
from data_access.queries.lineage import rows_query
from data_access.queries.measures import Rules, on_list, within
from data_access.queries.needs import with_latest_need
from data_access.queries.reasons import unserved
from data_access.queries.seen import enterprise_conditions, enterprise_rows
from data_access.rows import ENDED_PUSHES, current
from data_access.schema import DIMENSIONS, bank_progress, enterprise_progress
from data_access.selection import Scope, Selection

RENEWAL_DAYS = (30, 60, 90)
_BY_WAITING = (Key("since"), Key("row_id"))
_BY_DUE = (Key("due_on"), Key("row_id"))


@dataclass(frozen=True, slots=True)
class Question:
    """What a list is asked with: scope, selection, the city's rules, and its visit tiers in their order."""

    scope: Scope
    selection: Selection
    rules: Rules = field(default_factory=Rules)
    tiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkList:
    """One list: its rows, the order of urgency, the tables it stands on, and what a row is: "enterprise" or "case".

    ``counted`` selects as many rows with less work, where there is a way to.
    """

    rows: Callable[[Question], Select[Any]]
    order: tuple[Key, ...]
    tables: tuple[str, ...]
    unit: str = "enterprise"
    counted: Callable[[Question], Select[Any]] | None = None


def _row(source: FromClause, row_id: ColumnElement[str], **values: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    kinds: dict[str, TypeEngine[Any]]
    kinds = {"bank": String(), "since": Date(), "due_on": Date(), "amount": Double(), "rank": Integer()}
    own = [cast(values.get(name, null()), kind).label(name) for name, kind in kinds.items()]
    return [row_id.label("row_id"), source.c.enterprise_id, *own, *_dimensions(source)]


def _dimensions(source: FromClause) -> list[ColumnElement[str]]:
    return [source.c[name] for name in (*DIMENSIONS, "tags")]


def _next_visit(asked: Question) -> Select[Any]:
    """On the visit list and not met yet, in the order of the tiers, then grid by grid."""
    e, selection = enterprise_rows(asked.scope), asked.selection
    places = {tier: number for number, tier in enumerate(asked.tiers)}
    rank = case(places, value=e.c.tier, else_=len(places)) if places else literal(0)
    unvisited = or_(e.c.first_visit_on.is_(None), e.c.first_visit_on > selection.as_of)
    kept = [on_list(e, selection), unvisited, *enterprise_conditions(e, asked.scope, selection)]
    return select(*_row(e, e.c.enterprise_id, since=e.c.listed_on, rank=rank)).where(*kept)


def _need_unapplied(asked: Question) -> Select[Any]:
    """Told a visitor of a need and have not applied, been recommended, decided on or borrowed since."""
    e, kept = unserved(asked.scope, asked.selection)
    columns = [e.c.enterprise_id, e.c.need_on, *_dimensions(e)]
    told = with_latest_need(select(*columns).where(*kept).subquery("unapplied"), asked.scope, asked.selection)
    return select(*_row(told, told.c.enterprise_id, since=told.c.need_on, amount=told.c.need_amount))


def _count_unapplied(asked: Question) -> Select[Any]:
    """The same enterprises, without looking for what amount each told of."""
    e, kept = unserved(asked.scope, asked.selection)
    return select(e.c.enterprise_id).where(*kept)


def _overdue(asked: Question) -> Select[Any]:
    """Pushes (enterprise × bank) undecided beyond the rule's days: what ``pushes_overdue`` counts."""
    push, selection, rules = _pushes(), asked.selection, asked.rules
    clock = push.c.docs_complete_on if rules.from_documents else push.c.pushed_on
    late = clock < selection.as_of - timedelta(days=rules.decision_days)
    undecided = or_(push.c.closed_on.is_(None), push.c.closed_on > selection.as_of)
    kept = [push.c.status.not_in(ENDED_PUSHES), within(push.c.pushed_on, selection), undecided, late]
    due_on = clock + literal(rules.decision_days, Integer())
    values = {"bank": push.c.bank, "since": clock, "due_on": due_on, "amount": push.c.need_amount}
    return _with_dimensions(push, push.c.recommendation_id, values, asked).where(*kept)


def _count_overdue(asked: Question) -> Select[Any]:
    return rows_query(asked.scope, asked.selection, "pushes_overdue", rules=asked.rules)


def _pushes() -> Subquery:
    """Each push with what was applied for, and the day its bank decided: by its id, else by the pair, as activities."""
    r, d, a = current("recommendations"), current("decisions"), current("applications")
    first = func.min(d.c.decided_on)
    named = d.c.recommendation_id.is_not(None)
    by_id = select(d.c.recommendation_id, first.label("day")).where(named).group_by(d.c.recommendation_id).subquery()
    pair = select(d.c.enterprise_id, d.c.bank, first.label("day")).where(~named).group_by(d.c.enterprise_id, d.c.bank)
    by_pair = pair.subquery()
    same = and_(by_pair.c.enterprise_id == r.c.enterprise_id, by_pair.c.bank == r.c.bank)
    joined = r.outerjoin(by_id, by_id.c.recommendation_id == r.c.recommendation_id).outerjoin(by_pair, same)
    joined = joined.outerjoin(a, a.c.application_id == r.c.application_id)
    closed_on = func.coalesce(by_id.c.day, by_pair.c.day).label("closed_on")
    return select(r, closed_on, a.c.need_amount).select_from(joined).subquery("push")


def _with_dimensions(
    source: Subquery, row_id: ColumnElement[str], values: Mapping[str, ColumnElement[Any]], asked: Question
) -> Select[Any]:
    """Rows of a bank: the enterprise's dimensions joined, and the conditions of scope and selection on them."""
    e = enterprise_progress
    own = _row(e, row_id, **values)
    joined = source.join(e, e.c.enterprise_id == source.c.enterprise_id)
    kept = conditions(e, replace(asked.scope, banks=None), replace(asked.selection, banks=()))
    for banks in (asked.scope.banks, asked.selection.banks or None):
        if banks is not None:
            kept.append(source.c.bank.in_(banks))
    return select(*own).select_from(joined).where(*kept)


def _undrawn(asked: Question) -> Select[Any]:
    """Approved by a bank that has lent nothing yet: one row per enterprise and bank."""
    b, selection = bank_progress, asked.selection
    undrawn = or_(b.c.drawn_on.is_(None), b.c.drawn_on > selection.as_of)
    kept = [within(b.c.approved_on, selection), undrawn, *conditions(b, asked.scope, selection)]
    row_id = b.c.enterprise_id + literal("/") + b.c.bank
    values = {"bank": b.c.bank, "since": b.c.approved_on, "amount": b.c.total_credit}
    return select(*_row(b, row_id, **values)).where(*kept)


def _renewal(asked: Question, *, days: int) -> Select[Any]:
    """Loans falling due within ``days``: those drawn here, and those that an enterprise told a visitor of."""
    last = asked.selection.as_of + timedelta(days=days)
    own, told = _own_loans(asked, last), _told_loans(asked, last)
    both = union_all(own, told).subquery("renewals")
    return select(*both.c)


def _own_loans(asked: Question, last: Any) -> Select[Any]:  # noqa: ANN401 - a day, or an expression of one
    loan, selection = current("loans"), asked.selection
    kept = [loan.c.due_on >= selection.as_of, loan.c.due_on <= last, loan.c.drawn_on <= selection.as_of]
    kept.append(func.coalesce(loan.c.balance, loan.c.amount) > 0)
    amount = func.coalesce(loan.c.balance, loan.c.amount)
    values = {"bank": loan.c.bank, "since": loan.c.drawn_on, "due_on": loan.c.due_on, "amount": amount}
    return _with_dimensions(loan, loan.c.loan_id, values, asked).where(*kept)


def _told_loans(asked: Question, last: Any) -> Select[Any]:  # noqa: ANN401 - as above
    """The latest day an enterprise named at a visit, unless it has renewed since."""
    v, loan, selection = current("visits"), current("loans"), asked.selection
    newest = func.row_number().over(
        partition_by=v.c.enterprise_id, order_by=[v.c.visited_on.desc(), v.c.renewal_due_on.desc(), v.c.visit_id]
    )
    known = and_(v.c.renewal_due_on.is_not(None), v.c.visited_on <= selection.as_of)
    told = select(v, newest.label("newest")).where(known, *of_own_banks(v, asked.scope)).subquery("told")
    same = and_(loan.c.enterprise_id == told.c.enterprise_id, loan.c.is_renewal == true())
    same = and_(same, *of_own_banks(loan, asked.scope))
    renewed = and_(same, loan.c.drawn_on >= told.c.visited_on, loan.c.drawn_on <= selection.as_of)
    kept = [told.c.newest == 1, told.c.renewal_due_on >= selection.as_of, told.c.renewal_due_on <= last]
    kept.append(~select(literal(1)).where(renewed).correlate(told).exists())
    values = {"bank": told.c.bank, "since": told.c.visited_on, "due_on": told.c.renewal_due_on}
    return _with_dimensions(told, told.c.visit_id, values, asked).where(*kept)


_RENEWALS = {
    f"renewal_{days}": WorkList(partial(_renewal, days=days), _BY_DUE, ("visits.renewal_due_on",), "case")
    for days in RENEWAL_DAYS
}
WORK_LISTS: Mapping[str, WorkList] = {
    "next_visit": WorkList(
        _next_visit,
        (Key("rank"), Key("region_1"), Key("region_2"), Key("region_3"), Key("row_id")),
        ("visit_targets",),
    ),
    "need_unapplied": WorkList(_need_unapplied, _BY_WAITING, ("visits.has_need",), counted=_count_unapplied),
    "overdue": WorkList(_overdue, _BY_WAITING, ("recommendations", "decisions"), "case", _count_overdue),
    "undrawn": WorkList(_undrawn, _BY_WAITING, ("decisions", "loans"), "case"),
    **_RENEWALS,
}


def counts(asked: Question, keys: Collection[str]) -> list[Select[Any]]:
    """Return queries of one row each that together count the lists of ``keys``, each under its key.

    Loans that fall due within a month do so within three: all lists of renewals are counted in one pass.
    """
    renewals = {f"renewal_{days}": days for days in RENEWAL_DAYS if f"renewal_{days}" in keys}
    queries: list[Select[Any]] = []
    for key in (key for key in keys if key not in renewals):
        work = WORK_LISTS[key]
        queries.append(select(func.count().label(key)).select_from((work.counted or work.rows)(asked).subquery(key)))
    if renewals:
        due = _renewal(asked, days=max(renewals.values())).subquery("due")
        ends = {key: asked.selection.as_of + timedelta(days=days) for key, days in renewals.items()}
        each: list[ColumnElement[Any]] = [
            func.count(case((due.c.due_on <= end, 1))).label(key) for key, end in ends.items()
        ]
        queries.append(select(*each))
    return queries
