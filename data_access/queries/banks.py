"""What the bank page asks: sizes and plans, cohorts by bank, what each enterprise was granted, and overdue pushes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Double, Select, Subquery, and_, cast, func, select

from data_access.derivation import ENDED_PUSHES, current
from data_access.portable import count_if, days_between
from data_access.queries.filters import conditions
from data_access.queries.measures import Rules, within
from data_access.schema import activity, bank_progress
from data_access.selection import Scope, Selection
from data_access.store import Store

COHORT_DAYS = 60


def bank_sizes(store: Store) -> pd.DataFrame:
    """Return the reported sizes: ``bank``, ``measure``, ``measured_on``, ``value``, ``extent`` and ``source``.

    ``value`` is in yuan, or a count of places or persons. One row per bank, measure and date. Sizes belong to no
    enterprise, so that no scope narrows them; NULL is None.
    """
    s = current("bank_sizes")
    columns = [s.c.bank, s.c.measure, s.c.measured_on, cast(s.c.value, Double).label("value"), s.c.extent, s.c.source]
    return _frame(store, select(*columns).order_by(s.c.measure, s.c.measured_on, s.c.bank), value="float64")


def bank_plans(store: Store, selection: Selection) -> pd.DataFrame:
    """Return the credit plans with what was approved in their time: one row per plan that has begun.

    Columns ``bank``, ``starts_on``, ``ends_on``, ``planned`` and ``approved`` (yuan; approvals from ``starts_on`` to
    the earlier of ``ends_on`` and the as-of date, of all enterprises: a plan is not one county's).
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
        .where(p.c.starts_on <= selection.as_of)
        .group_by(*keys)
        .order_by(p.c.starts_on, p.c.bank)
    )
    return _frame(store, query, planned="float64", approved="float64")


def application_cohorts(
    store: Store, scope: Scope, selection: Selection, by: Sequence[str] = (), days: int = COHORT_DAYS
) -> pd.DataFrame:
    """Return how many enterprises each bank visited, and how many applied within ``days`` of its first visit.

    Columns ``bank``, ``*by`` (dimensions of the enterprise), ``n`` and ``x`` (户, floats). Only first visits at
    least ``days`` old at the as-of date count: the others had no time yet. An application before the bank's visit is
    not counted.
    """
    return _cohorts(store, scope, selection, [bank_progress.c[name] for name in by], days)


def weekly_cohorts(store: Store, scope: Scope, selection: Selection, days: int = COHORT_DAYS) -> pd.DataFrame:
    """Return ``application_cohorts`` by the week of the first visit: ``bank``, ``week`` (its Monday), ``n``, ``x``."""
    frame = _cohorts(store, scope, selection, [bank_progress.c.first_visit_on.label("day")], days)
    day = pd.to_datetime(frame["day"])
    frame["week"] = day - pd.to_timedelta(day.dt.day_of_week, unit="D")
    return frame.groupby(["bank", "week"], as_index=False)[["n", "x"]].sum()


def _cohorts(store: Store, scope: Scope, selection: Selection, by: Sequence[Any], days: int) -> pd.DataFrame:
    b = bank_progress
    mature = within(b.c.first_visit_on, selection.at(selection.as_of - timedelta(days=days)))
    waited = days_between(b.c.first_visit_on, b.c.applied_on)
    applied = and_(b.c.applied_on.is_not(None), waited >= 0, waited <= days)
    query = (
        select(b.c.bank, *by, count_if(mature).label("n"), count_if(applied).label("x"))
        .where(mature, *conditions(b, scope, selection))
        .group_by(b.c.bank, *by)
        .order_by(b.c.bank, *by)
    )
    return _frame(store, query, n="float64", x="float64")


def approved_amounts(store: Store, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Return what enterprises were granted: ``bank``, ``amount`` (yuan per enterprise and bank) and ``n`` (户).

    One row per amount that occurs, so that resampling enterprises needs no row for each of them.
    """
    a = activity
    kept = [a.c.kind == "decision", a.c.outcome == "approved", within(a.c.happened_on, selection)]
    each = (
        select(a.c.bank, a.c.enterprise_id, cast(func.sum(a.c.amount), Double).label("amount"))
        .where(*kept, *conditions(a, scope, selection))
        .group_by(a.c.bank, a.c.enterprise_id)
        .subquery("each")
    )
    n = cast(func.count(), Double).label("n")
    query = select(each.c.bank, each.c.amount, n).where(each.c.amount > 0).group_by(each.c.bank, each.c.amount)
    return _frame(store, query.order_by(each.c.bank, each.c.amount), amount="float64", n="float64")


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
    frame = _frame(store, query)
    frame["days"] = [(selection.as_of - day).days for day in frame.pop("clock")]
    return frame.astype({"days": "int64"})


def refusals(store: Store, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Return every refusal with what was written: one row per decision not to lend, up to the as-of date.

    Columns ``decision_id``, ``enterprise_id``, ``bank``, ``decided_on``, ``region_1``, ``code``, ``text``,
    ``failed_standard``, ``remedy``, ``condition``, ``officer`` (None where empty) and ``approved_after``: days until
    any bank granted the enterprise credit, NaN if none has. The texts may name people: show them only to those who may
    see them.
    """
    d, b = current("decisions"), bank_progress
    granted = _granted_later(selection)
    renamed = {"code": d.c.reject_code, "text": d.c.reject_text, "condition": d.c.reapply_condition}
    query = (
        select(
            d.c.decision_id, d.c.enterprise_id, d.c.bank, d.c.decided_on, b.c.region_1, d.c.failed_standard, d.c.remedy,
            d.c.officer, *[column.label(name) for name, column in renamed.items()], granted.c.granted_on,
        )
        .select_from(
            d.join(b, and_(b.c.enterprise_id == d.c.enterprise_id, b.c.bank == d.c.bank))
            .outerjoin(granted, granted.c.decision_id == d.c.decision_id)
        )
        .where(d.c.outcome == "rejected", within(d.c.decided_on, selection), *conditions(b, scope, selection))
        .order_by(d.c.decided_on, d.c.decision_id)
    )  # fmt: skip
    frame = _frame(store, query)
    granted_on, decided_on = pd.to_datetime(frame.pop("granted_on")), pd.to_datetime(frame["decided_on"])
    frame["approved_after"] = (granted_on - decided_on).dt.days.astype("float64")
    return frame


def _granted_later(selection: Selection) -> Subquery:
    """For each refusal the day on which any bank granted the same enterprise credit afterwards."""
    refused, later = current("decisions").alias("refused"), current("decisions").alias("later")
    afterwards = and_(
        later.c.enterprise_id == refused.c.enterprise_id, later.c.outcome == "approved",
        later.c.decided_on >= refused.c.decided_on, later.c.decided_on <= selection.as_of,
    )  # fmt: skip
    return (
        select(refused.c.decision_id, func.min(later.c.decided_on).label("granted_on"))
        .select_from(refused.join(later, afterwards))
        .where(refused.c.outcome == "rejected")
        .group_by(refused.c.decision_id)
        .subquery("granted")
    )


def _frame(store: Store, query: Select[Any], **types: str) -> pd.DataFrame:
    with store.connect() as connection:
        result = connection.execute(query)
        # Plain tuples: pandas asks every Row for its type.
        frame = pd.DataFrame([tuple(row) for row in result], columns=list(result.keys()))
    return frame.astype(types)
