"""What the bank page asks: sizes and plans, cohorts by bank, what each enterprise was granted, and overdue pushes."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Date,
    Double,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    true,
)

from data_access.portable import count_if, days_between, sum_if
from data_access.queries.filters import conditions, of_own_banks, of_whole_banks
from data_access.queries.frames import frame_of
from data_access.queries.measures import Rules, within
from data_access.rows import ENDED_PUSHES, current
from data_access.schema import DIMENSIONS, activity, bank_progress, enterprise_progress
from data_access.selection import Scope, Selection
from data_access.store import Store

COHORT_DAYS = 60
# A renewal may be signed this many days before the old loan falls due.
RENEWAL_DAYS = 90


def bank_sizes(store: Store, scope: Scope) -> pd.DataFrame:
    """Return the reported sizes: ``bank``, ``measure``, ``measured_on``, ``value``, ``extent`` and ``source``.

    ``value`` is in yuan, or a count of places or persons. One row per bank, measure and date; NULL is None. Sizes
    belong to no enterprise and no region: a scope of regions sees all of them, one of banks their own.
    """
    s = current("bank_sizes")
    columns = [s.c.bank, s.c.measure, s.c.measured_on, cast(s.c.value, Double).label("value"), s.c.extent, s.c.source]
    query = select(*columns).where(*of_own_banks(s, scope))
    return frame_of(store, query.order_by(s.c.measure, s.c.measured_on, s.c.bank), value="float64")


def bank_plans(store: Store, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Return the credit plans with what was approved in their time: one row per plan that has begun.

    Columns ``bank``, ``starts_on``, ``ends_on``, ``planned`` and ``approved`` (yuan; approvals from ``starts_on`` to
    the earlier of ``ends_on`` and the as-of date, of all enterprises). A plan is not one county's: a scope of regions
    sees none.
    """
    p, d = current("bank_plans"), current("decisions")
    inside = and_(
        d.c.bank == p.c.bank, d.c.outcome == "approved", d.c.decided_on >= p.c.starts_on, d.c.decided_on <= p.c.ends_on,
        d.c.decided_on <= selection.as_of,
    )  # fmt: skip
    keys = [p.c.bank, p.c.starts_on, p.c.ends_on, p.c.planned_amount]
    approved = func.coalesce(cast(func.sum(d.c.approved_amount), Double), 0.0).label("approved")
    query = (
        select(*keys[:3], cast(p.c.planned_amount, Double).label("planned"), approved)
        .select_from(p.outerjoin(d, inside))
        .where(p.c.starts_on <= selection.as_of, *of_whole_banks(p, scope))
        .group_by(*keys)
        .order_by(p.c.starts_on, p.c.bank)
    )
    return frame_of(store, query, planned="float64", approved="float64")


def bank_reports(store: Store, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Return what banks reported month by month, summed over the months that end in the selection's period.

    Columns ``bank``, ``kind`` (code list ``bank_report``), ``months`` (how many were reported), ``count`` (cases) and
    ``amount`` (yuan; NaN where none was given). The reports are whole banks': no filter by place narrows them, and a
    scope of regions sees none.
    """
    b = current("bank_reports")
    months, count = count_if(true()).label("months"), cast(func.sum(b.c["count"]), Double).label("count")
    query = (
        select(b.c.bank, b.c.kind, months, count, cast(func.sum(b.c.amount), Double).label("amount"))
        .where(within(b.c.month_end, selection), *of_whole_banks(b, scope))
        .group_by(b.c.bank, b.c.kind)
        .order_by(b.c.bank, b.c.kind)
    )
    return frame_of(store, query, count="float64", amount="float64")


def application_cohorts(
    store: Store, scope: Scope, selection: Selection, by: Sequence[str] = (), before: date | None = None
) -> pd.DataFrame:
    """Return how many enterprises each bank visited, and how many applied within ``COHORT_DAYS`` of its first visit.

    Columns ``bank``, ``*by`` (dimensions of the enterprise), ``n`` and ``x`` (户, floats); with ``before`` also
    ``n_before`` and ``x_before``, the same at that earlier date. Only first visits at least ``COHORT_DAYS`` old count:
    the others had no time yet. An application before the bank's visit is not counted.
    """
    return frame_of(store, _cohorts_query(scope, selection, [bank_progress.c[name] for name in by], before))


def weekly_cohorts(store: Store, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Return ``application_cohorts`` by the week of the first visit: ``bank``, ``week`` (its Monday), ``n``, ``x``."""
    counts: dict[tuple[str, date], list[float]] = {}
    for bank, day, n, x in store.rows(_cohorts_query(scope, selection, [bank_progress.c.first_visit_on])):
        week = counts.setdefault((bank, day - timedelta(days=day.weekday())), [0.0, 0.0])
        week[0] += n
        week[1] += x
    rows = [(*key, *counted) for key, counted in sorted(counts.items())]
    frame = pd.DataFrame(rows, columns=["bank", "week", "n", "x"])
    return frame.astype({"week": "datetime64[s]", "n": "float64", "x": "float64"})


def _cohorts_query(scope: Scope, selection: Selection, by: Sequence[Any], before: date | None = None) -> Select[Any]:
    b = bank_progress
    mature, applied = cohort_conditions(b, selection)
    counts = [count_if(mature).label("n"), count_if(applied).label("x")]
    if before:
        earlier = b.c.first_visit_on <= before - timedelta(days=COHORT_DAYS)
        counts += [count_if(earlier).label("n_before"), count_if(and_(earlier, applied)).label("x_before")]
    query = select(b.c.bank, *by, *counts).where(mature, *conditions(b, scope, selection))
    return query.group_by(b.c.bank, *by).order_by(b.c.bank, *by)


def first_visits() -> Subquery:
    """Return ``bank_progress`` of the visited with the ``record_id`` of the bank's first visit to the enterprise.

    Of several on that day it is the one with the lowest id.
    """
    a, b = activity, bank_progress
    keys = (a.c.enterprise_id, a.c.bank, a.c.happened_on)
    daily = select(*keys, func.min(a.c.record_id).label("record_id")).where(a.c.kind == "visit", a.c.is_valid == 1)
    v = daily.group_by(*keys).subquery("daily")
    same = and_(
        v.c.enterprise_id == b.c.enterprise_id, v.c.bank == b.c.bank, v.c.happened_on == b.c.first_visit_on
    )  # fmt: skip
    return select(*b.c, v.c.record_id).select_from(b.join(v, same)).subquery("first_visits")


def cohort_conditions(b: FromClause, selection: Selection) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions on ``bank_progress``: the visit is ``COHORT_DAYS`` old, and an application came in them."""
    waited = days_between(b.c.first_visit_on, b.c.applied_on)
    applied = and_(b.c.applied_on.is_not(None), waited >= 0, waited <= COHORT_DAYS)
    return within(b.c.first_visit_on, selection.at(selection.as_of - timedelta(days=COHORT_DAYS))), applied


def renewals(store: Store, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Return how many loans fell due at each bank, and how many of them were renewed by then (应续尽续).

    Columns ``bank``, ``due``, ``renewed`` (笔), ``due_amount`` and ``renewed_amount`` (yuan, of the loans that fell
    due). Of loans recorded here only, those whose ``due_on`` lies in the selection's period; renewed is one whose
    enterprise drew a loan marked as a renewal from the same bank after it and in the ``RENEWAL_DAYS`` to its due day.
    """
    due = due_loans(selection)
    is_renewed = due.c.is_renewed == true()
    query = (
        select(
            due.c.bank, count_if(true()).label("due"), count_if(is_renewed).label("renewed"),
            sum_if(true(), due.c.amount).label("due_amount"), sum_if(is_renewed, due.c.amount).label("renewed_amount"),
        )
        .where(*conditions(due, scope, selection))
        .group_by(due.c.bank)
        .order_by(due.c.bank)
    )  # fmt: skip
    return frame_of(store, query)


def due_loans(selection: Selection) -> Subquery:
    """Return the loans that fell due in the selection's period, with ``is_renewed`` and the enterprise's dimensions."""
    old, new, e = current("loans").alias("old"), current("loans").alias("new"), enterprise_progress
    renewed = exists().where(
        new.c.enterprise_id == old.c.enterprise_id, new.c.bank == old.c.bank, new.c.is_renewal == true(),
        new.c.drawn_on > old.c.drawn_on, new.c.drawn_on <= old.c.due_on,
        days_between(new.c.drawn_on, old.c.due_on) <= RENEWAL_DAYS,
    )  # fmt: skip
    dims = [e.c[name] for name in (*DIMENSIONS, "tags")]
    own = [old.c[name] for name in ("loan_id", "enterprise_id", "bank", "due_on", "amount")]
    return (
        select(*own, *dims, renewed.label("is_renewed"))
        .select_from(old.join(e, e.c.enterprise_id == old.c.enterprise_id))
        .where(within(old.c.due_on, selection))
        .subquery("due")
    )


def approved_amounts(store: Store, scope: Scope, selection: Selection, singly_below: int = 0) -> pd.DataFrame:
    """Return what enterprises were granted, as far as resampling them needs it.

    Columns ``bank``, ``n`` (户), and of what each of them was granted by the bank the sum ``amount`` (yuan), the sum of
    its square ``squares`` and of its cube ``cubes``. One row per bank; of a bank with fewer than ``singly_below``
    enterprises one row per amount that occurs.
    """
    a = activity
    kept = [a.c.kind == "decision", a.c.outcome == "approved", within(a.c.happened_on, selection)]
    each = (
        select(a.c.bank, a.c.enterprise_id, cast(func.sum(a.c.amount), Double).label("amount"))
        .where(*kept, *conditions(a, scope, selection))
        .group_by(a.c.bank, a.c.enterprise_id)
        .subquery("each")
    )
    rows: FromClause = select(each).where(each.c.amount > 0).subquery("positive")
    alone: list[ColumnElement[Any]] = []
    if singly_below:
        cases = func.count().over(partition_by=rows.c.bank).label("cases")
        rows = select(rows, cases).subquery("sized")
        alone = [case((rows.c.cases < singly_below, rows.c.amount)).label("alone")]
    amount = rows.c.amount
    powers = {"amount": amount, "squares": amount * amount, "cubes": amount * amount * amount}
    sums = [cast(func.sum(power), Double).label(name) for name, power in powers.items()]
    keys = [rows.c.bank, *alone]
    query = select(*keys, cast(func.count(), Double).label("n"), *sums).group_by(*keys).order_by(*keys)
    found = frame_of(store, query, **dict.fromkeys(("n", *powers), "float64"))
    return found[["bank", "n", *powers]]


def push_times(store: Store, scope: Scope, selection: Selection, rules: Rules | None = None) -> pd.DataFrame:
    """Return how many days pushes waited for the bank's answer: ``bank``, ``days``, ``ended`` and ``n`` (笔).

    Days since the push, or since its documents were complete if ``rules`` say so; one without them is not yet waiting.
    ``ended`` is false for those still open at the as-of date, observed for ``days`` so far; an answer before the push
    (back-filled) took 0 days. Returned and withdrawn pushes are left out, as they are of the thirty-day rule.
    """
    a, known = activity, rules or Rules()
    clock = a.c.docs_complete_on if known.from_documents else a.c.happened_on
    ended = and_(a.c.closed_on.is_not(None), a.c.closed_on <= selection.as_of)
    until = case((ended, a.c.closed_on), else_=cast(literal(selection.as_of), Date))
    waited = days_between(clock, until)
    inner = (
        select(a.c.bank, case((waited < 0, 0), else_=waited).label("days"), case((ended, 1), else_=0).label("ended"))
        .where(
            a.c.kind == "push", a.c.outcome.not_in(ENDED_PUSHES), clock <= selection.as_of,
            within(a.c.happened_on, selection), *conditions(a, scope, selection),
        )
        .subquery("waits")
    )  # fmt: skip
    keys = [inner.c.bank, inner.c.days, inner.c.ended]
    query = select(*keys, count_if(true()).label("n")).group_by(*keys).order_by(*keys)
    return frame_of(store, query).astype({"days": "int64", "ended": "bool", "n": "float64"})


def overdue_pushes(
    store: Store, scope: Scope, selection: Selection, rules: Rules | None = None, limit: int = 500
) -> pd.DataFrame:
    """Return the pushes that wait longer than the rule allows, the oldest first, at most ``limit``.

    Columns ``bank``, ``enterprise_id``, ``pushed_on``, ``docs_complete_on`` (None: not complete), ``region_1``,
    ``industry_1``, ``entity_type`` and ``days`` (since the clock started).
    """
    rules = rules or Rules()
    a = activity
    clock = a.c.docs_complete_on if rules.from_documents else a.c.happened_on
    last = selection.as_of - timedelta(days=rules.decision_days)
    undecided = a.c.closed_on.is_(None) | (a.c.closed_on > selection.as_of)
    columns = [
        a.c.bank,
        a.c.enterprise_id,
        a.c.happened_on.label("pushed_on"),
        a.c.docs_complete_on,
        clock.label("clock"),
    ]
    query = (
        select(*columns, a.c.region_1, a.c.industry_1, a.c.entity_type)
        .where(
            a.c.kind == "push", a.c.outcome.not_in(ENDED_PUSHES), undecided, clock < last,
            within(a.c.happened_on, selection), *conditions(a, scope, selection),
        )
        .order_by(clock, a.c.bank, a.c.enterprise_id)
        .limit(limit)
    )  # fmt: skip
    frame = frame_of(store, query)
    frame["days"] = [(selection.as_of - day).days for day in frame.pop("clock")]
    return frame.astype({"days": "int64"})
