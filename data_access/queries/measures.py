"""The additive measures as SQL expressions, in families that each read one derived table.

A query asks only for the families its measures belong to, and only for those measures: most pages need few, and
every measure costs a pass over the column it counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, cast, func, or_, true
from sqlalchemy.types import Double

from data_access.portable import count_if, days_between, sum_if
from data_access.rows import ENDED_PUSHES
from data_access.schema import activity as a
from data_access.selection import Selection

Condition = ColumnElement[bool]
Measure = ColumnElement[float]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a measure of events counts: its ``condition`` says which rows, the aggregate and the list of rows alike.

    It adds up the ``amount`` of those rows, or counts their ``distinct`` values, or counts the rows themselves. A
    ``flag`` is a column that is 1 where the condition holds and 0 elsewhere: adding it up is the faster count.
    """

    condition: Condition
    amount: ColumnElement[Any] | None = None
    distinct: ColumnElement[Any] | None = None
    flag: ColumnElement[int] | None = None

    @property
    def total(self) -> Measure:
        """The figure of a group of rows: 0 where none meets the condition, or all amounts are missing."""
        if self.distinct is not None:
            return cast(func.count(func.distinct(case((self.condition, self.distinct)))), Double)
        if self.amount is not None:
            return sum_if(self.condition, self.amount)
        if self.flag is not None:
            return func.coalesce(cast(func.sum(self.flag), Double), 0.0)
        return count_if(self.condition)

    def narrowed(self, condition: Condition) -> "Counted":
        """Return the same count of those of its rows that meet ``condition`` too."""
        return replace(self, condition=and_(self.condition, condition), flag=None)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of the city that a measure depends on: days a bank has to decide, its clock, the inclusive cap."""

    decision_days: int = 30
    from_documents: bool = False  # the clock starts when the documents are complete, not at the push
    inclusive_cap: float = 10_000_000.0  # yuan


def within(date: ColumnElement[Any], selection: Selection) -> Condition:
    """Return the condition that ``date`` lies in the selection's period (from ``start``, if any, to ``as_of``)."""
    test = until(date, selection)
    return test if selection.start is None else and_(test, date >= selection.start)


def until(date: ColumnElement[Any], selection: Selection) -> Condition:
    """Return the condition that ``date`` is known and not after the selection's as-of date."""
    return and_(date.is_not(None), date <= selection.as_of)


def reach_measures(e: FromClause, selection: Selection, _rules: Rules) -> Mapping[str, Condition]:
    """Return the conditions that count an enterprise on the register, on the visit list and as visited."""
    visited, listed = within(e.c.first_visit_on, selection), on_list(e, selection)
    return {
        "enterprises": true(),
        "listed": listed,
        "visited": visited,
        "visited_listed": and_(visited, listed),
        "visited_off_list": and_(visited, func.coalesce(~listed, True)),
    }


def on_list(e: FromClause, selection: Selection) -> Condition:
    """Return the condition that an enterprise is on the visit list at the as-of date."""
    return and_(until(e.c.listed_on, selection), or_(e.c.unlisted_on.is_(None), e.c.unlisted_on > selection.as_of))


def funnel_measures(e: FromClause, selection: Selection, rules: Rules) -> Mapping[str, Condition]:
    """Return the conditions that count an enterprise at each stage after the visit.

    ``pending`` and ``overdue`` are the recommended ones with neither a decision nor a withdrawal at the as-of date;
    overdue when the clock ran for more than the rule's days.
    """
    stages = {
        "needing": "need_on",
        "applied": "applied_on",
        "recommended": "recommended_on",
        "decided": "decided_on",
        "approved": "approved_on",
        "rejected": "rejected_on",
        "withdrawn": "withdrawn_on",
        "borrowers": "drawn_on",
        "first_time_borrowers": "first_loan_on",
    }
    reached = {name: within(e.c[stage], selection) for name, stage in stages.items()}
    settled = or_(until(e.c.decided_on, selection), until(e.c.withdrawn_on, selection))
    open_ = and_(reached["recommended"], ~settled)
    clock = e.c.docs_complete_on if rules.from_documents else e.c.recommended_on
    late = clock < selection.as_of - timedelta(days=rules.decision_days)
    in_cap = and_(reached["approved"], e.c.total_credit <= rules.inclusive_cap)
    return {**reached, "pending": open_, "overdue": and_(open_, late), "within_cap": in_cap}


def visit_measures(_selection: Selection, _rules: Rules) -> Mapping[str, Counted]:
    """Return the counts of visits (户次); ``visitors`` are distinct persons."""
    valid = a.c.is_valid == 1
    return {
        "visits_recorded": Counted(true()),
        "visits": Counted(valid, flag=a.c.is_valid),
        "visits_on_site": Counted(a.c.is_on_site == 1, flag=a.c.is_on_site),
        "visits_unreachable": Counted(a.c.is_unreachable == 1, flag=a.c.is_unreachable),
        "visitors": Counted(and_(valid, a.c.actor.is_not(None)), distinct=a.c.actor),
    }


def push_measures(selection: Selection, rules: Rules) -> Mapping[str, Counted]:
    """Return the counts of pushes (enterprise × bank), judged at the as-of date: a later decision has not happened."""
    push = a.c.kind == "push"
    live = and_(push, a.c.outcome.not_in(ENDED_PUSHES))
    clock = a.c.docs_complete_on if rules.from_documents else a.c.happened_on
    limit = selection.as_of - timedelta(days=rules.decision_days)
    decided = and_(push, until(a.c.closed_on, selection))
    matured = and_(live, clock <= limit)
    in_time = days_between(clock, a.c.closed_on) <= rules.decision_days
    undecided = or_(a.c.closed_on.is_(None), a.c.closed_on > selection.as_of)
    return {
        "pushes": Counted(push),
        "pushes_decided": Counted(decided),
        "pushes_matured": Counted(matured),
        "pushes_on_time": Counted(and_(matured, decided, in_time)),
        "pushes_backfilled": Counted(and_(decided, a.c.is_back_filled == true())),
        "pushes_overdue": Counted(and_(live, undecided, clock < limit)),
    }


def credit_measures(_selection: Selection, _rules: Rules) -> Mapping[str, Counted]:
    """Return the counts and sums (yuan) of applications and approvals."""
    application = a.c.kind == "application"
    approval = and_(a.c.kind == "decision", a.c.outcome == "approved")
    return {
        "applications": Counted(application),
        "requested_amount": Counted(application, a.c.amount),
        "approvals": Counted(approval),
        "approved_amount": Counted(approval, a.c.amount),
        "approved_new": Counted(and_(approval, a.c.mode == "new"), a.c.amount),
        "approved_renewal": Counted(and_(approval, a.c.mode == "renewal"), a.c.amount),
        "approved_increase": Counted(and_(approval, a.c.mode == "increase"), a.c.amount),
        "approved_requested": Counted(approval, a.c.requested),
    }


def loan_measures(_selection: Selection, _rules: Rules) -> Mapping[str, Counted]:
    """Return the counts and sums (yuan) of loans; rates outside (0, 24] % a year are left out of the rate sums."""
    loan = a.c.kind == "loan"
    rated = and_(loan, a.c.annual_rate > 0, a.c.annual_rate <= 24)
    return {
        "loans": Counted(loan),
        "loan_amount": Counted(loan, a.c.amount),
        "rate_amount": Counted(rated, a.c.amount * a.c.annual_rate),
        "rated_amount": Counted(rated, a.c.amount),
        "unsecured_amount": Counted(and_(loan, a.c.mode == "unsecured"), a.c.amount),
        "first_time_amount": Counted(and_(loan, a.c.is_first_loan == true()), a.c.amount),
        "renewal_amount": Counted(and_(loan, a.c.is_renewal == true()), a.c.amount),
        "no_principal_renewal_amount": Counted(and_(loan, a.c.is_no_principal_renewal == true()), a.c.amount),
        "long_term_amount": Counted(and_(loan, a.c.term_months > 12), a.c.amount),
        "balance": Counted(loan, a.c.balance),
    }


@dataclass(frozen=True, slots=True)
class EnterpriseFamily:
    """Measures of 户: each a condition on the rows that stand for an enterprise."""

    conditions: Callable[[FromClause, Selection, Rules], Mapping[str, Condition]]
    names: tuple[str, ...]
    funnel_only: bool = False  # reads only the rows of enterprises that came further than the visit


@dataclass(frozen=True, slots=True)
class EventFamily:
    """Measures of 户次, 笔 and yuan: each counts or adds up some of the activities of ``kinds``."""

    measures: Callable[[Selection, Rules], Mapping[str, Counted]]
    kinds: tuple[str, ...]
    names: tuple[str, ...]


# Which import tables, or columns of them, each measure stands on: without them it is not reported.
_STANDS_ON: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("enterprises",): ("enterprises",),
    ("visit_targets",): ("listed",),
    ("visit_targets", "visits"): ("visited_listed", "visited_off_list"),
    ("visits",): ("visited", "visits_recorded", "visits", "visits_on_site", "visits_unreachable"),
    ("visits.has_need",): ("needing",),
    ("visits.visitor",): ("visitors",),
    ("visits.bank",): ("bank_visited",),
    ("applications",): ("applied", "applications"),
    ("applications.need_amount",): ("requested_amount",),
    ("recommendations",): ("recommended", "pushes"),
    # Without decisions every push would look undecided.
    ("recommendations", "decisions"): (
        *("pending", "overdue", "pushes_decided", "pushes_matured", "pushes_on_time", "pushes_backfilled"),
        "pushes_overdue",
    ),
    ("decisions",): ("decided", "approved", "rejected", "withdrawn", "approvals"),
    ("decisions.approved_amount",): ("approved_amount", "within_cap"),
    ("decisions.approval_kind",): ("approved_new", "approved_renewal", "approved_increase"),
    ("applications.need_amount", "decisions"): ("approved_requested",),
    ("loans",): ("borrowers", "loans", "loan_amount"),
    ("loans.annual_rate",): ("rate_amount", "rated_amount"),
    ("loans.guarantee",): ("unsecured_amount",),
    ("loans.is_first_loan",): ("first_time_borrowers", "first_time_amount"),
    ("loans.is_renewal",): ("renewal_amount",),
    ("loans.is_no_principal_renewal",): ("no_principal_renewal_amount",),
    ("loans.term_months",): ("long_term_amount",),
    ("loans.balance",): ("balance",),
}
MEASURE_TABLES: Mapping[str, tuple[str, ...]] = {
    measure: tables for tables, measures in _STANDS_ON.items() for measure in measures
}
MEASURES = tuple(MEASURE_TABLES)
# What an application adds to earlier ones, and what a first approval was asked for, rest on what other banks' records
# say of the enterprise: who is bound to banks is told neither.
OF_ALL_BANKS = ("requested_amount", "approved_requested")

ENTERPRISE_FAMILIES = (
    EnterpriseFamily(reach_measures, ("enterprises", "listed", "visited", "visited_listed", "visited_off_list")),
    EnterpriseFamily(
        funnel_measures,
        (
            *("needing", "applied", "recommended", "decided", "approved", "rejected", "withdrawn", "borrowers"),
            *("first_time_borrowers", "pending", "overdue", "within_cap"),
        ),
        funnel_only=True,
    ),
)
EVENT_FAMILIES = (
    EventFamily(
        visit_measures, ("visit",), ("visits_recorded", "visits", "visits_on_site", "visits_unreachable", "visitors")
    ),
    EventFamily(
        push_measures,
        ("push",),
        ("pushes", "pushes_decided", "pushes_matured", "pushes_on_time", "pushes_backfilled", "pushes_overdue"),
    ),
    EventFamily(
        credit_measures,
        ("application", "decision"),
        (
            *("applications", "requested_amount", "approvals", "approved_amount", "approved_new"),
            *("approved_renewal", "approved_increase", "approved_requested"),
        ),
    ),
    EventFamily(
        loan_measures,
        ("loan",),
        (
            *("loans", "loan_amount", "rate_amount", "rated_amount", "unsecured_amount", "first_time_amount"),
            *("renewal_amount", "no_principal_renewal_amount", "long_term_amount", "balance"),
        ),
    ),
)
