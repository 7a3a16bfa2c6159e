"""Which rows each check of the data looks at, and which of them fail: one query a check, all with the same columns.

``failing`` is 1 or 0; ``period`` the number of the month (12 × year + month − 1) the row belongs to, or its batch
where it has no date; ``enterprise_id``, ``bank``, ``record_id``, ``happened_on`` and ``other`` (a second date, an
amount or a number, as text) are what a list of the rows shows. ``other`` is NULL where a check has nothing to add.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from data_access.portable import days_between
from data_access.queries.filters import of_everything, scoped
from data_access.queries.seen import enterprise_rows
from data_access.rows import VALID_VISITS, current
from data_access.schema import activity, bank_progress, batches, held_cells, held_rows
from data_access.selection import Scope

Column = ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """What the checks depend on: the city's rules, and the scope wherever a check looks beyond its own row.

    ``without_code`` are the types that need no credit code.
    """

    programme_start: date
    timeliness_days: int = 3
    visits_per_day: int = 30
    without_code: tuple[str, ...] = ()
    scope: Scope = field(default_factory=Scope.everything)


@dataclass(frozen=True, slots=True)
class Examined:
    """A check's query and the tables or columns without which it cannot be asked; ``by_batch``: periods are batches.

    ``none_is_zero``: that there is nothing to examine is good news, once anything was imported.
    """

    query: Callable[[Limits], Select[Any]]
    needs: tuple[str, ...]
    by_batch: bool = False
    none_is_zero: bool = False


def _rows(
    failing: ColumnElement[bool],
    *,
    day: Column | None = None,
    batch: Column | None = None,
    enterprise: Column | None = None,
    bank: Column | None = None,
    record: Column | None = None,
    other: Column | None = None,
) -> Select[Any]:
    period = month_number(day) if day is not None else batch
    columns = {
        "failing": case((failing, 1), else_=0),
        "period": period,
        "enterprise_id": enterprise,
        "bank": None if bank is None else func.coalesce(bank, ""),
        "record_id": record,
        "happened_on": day,
        "other": None if other is None else cast(other, String),
    }
    return select(*((null() if column is None else column).label(name) for name, column in columns.items()))


def month_number(day: Column) -> ColumnElement[int]:
    """Return the number of a day's month: 12 × year + month − 1."""
    return cast(extract("year", day) * 12 + extract("month", day) - 1, Integer)


# ---- rows that point at other rows ----------------------------------------------------------------------------------


def _orphan_decisions(_limits: Limits) -> Select[Any]:
    d, r = current("decisions"), current("recommendations")
    joined = d.outerjoin(r, r.c.recommendation_id == d.c.recommendation_id)
    return _rows(
        r.c.recommendation_id.is_(None), day=d.c.decided_on, enterprise=d.c.enterprise_id, bank=d.c.bank,
        record=d.c.decision_id, other=d.c.recommendation_id,
    ).select_from(joined)  # fmt: skip


def _loan_rows(failing: Callable[[Subquery, Subquery], ColumnElement[bool]]) -> Select[Any]:
    loans, d = current("loans"), current("decisions")
    joined = loans.outerjoin(d, d.c.decision_id == loans.c.decision_id)
    return _rows(
        failing(loans, d), day=loans.c.drawn_on, enterprise=loans.c.enterprise_id, bank=loans.c.bank,
        record=loans.c.loan_id, other=d.c.decided_on,
    ).select_from(joined)  # fmt: skip


def _orphan_loans(_limits: Limits) -> Select[Any]:
    return _loan_rows(lambda _, d: or_(d.c.outcome.is_(None), d.c.outcome != "approved"))


def _drawn_before_decided(_limits: Limits) -> Select[Any]:
    return _loan_rows(lambda loans, d: loans.c.drawn_on < d.c.decided_on)


def _pushed_before_applied(_limits: Limits) -> Select[Any]:
    r, a = current("recommendations"), current("applications")
    joined = r.join(a, a.c.application_id == r.c.application_id)
    return _rows(
        r.c.pushed_on < a.c.submitted_on, day=r.c.pushed_on, enterprise=r.c.enterprise_id, bank=r.c.bank,
        record=r.c.recommendation_id, other=a.c.submitted_on,
    ).select_from(joined)  # fmt: skip


def _loans_over_credit(_limits: Limits) -> Select[Any]:
    loans, b = current("loans"), bank_progress
    lent = (
        select(loans.c.enterprise_id, loans.c.bank, func.max(loans.c.drawn_on).label("last_on"),
               func.sum(loans.c.amount).label("lent"))
        .group_by(loans.c.enterprise_id, loans.c.bank)
        .subquery("lent")
    )  # fmt: skip
    same = and_(b.c.enterprise_id == lent.c.enterprise_id, b.c.bank == lent.c.bank)
    return _rows(
        lent.c.lent > b.c.total_credit, day=lent.c.last_on, enterprise=lent.c.enterprise_id, bank=lent.c.bank,
        other=lent.c.lent - b.c.total_credit,
    ).select_from(lent.join(b, same)).where(b.c.total_credit.is_not(None))  # fmt: skip


# ---- stages an enterprise skipped -----------------------------------------------------------------------------------


def _skipped(reached: str, before: str) -> Callable[[Limits], Select[Any]]:
    def query(limits: Limits) -> Select[Any]:
        e = enterprise_rows(limits.scope)
        rows = _rows(e.c[before].is_(None), day=e.c[reached], enterprise=e.c.enterprise_id)
        return rows.where(e.c[reached].is_not(None))

    return query


def _off_list_visits(limits: Limits) -> Select[Any]:
    e = enterprise_rows(limits.scope)
    off = or_(e.c.listed_on.is_(None), e.c.unlisted_on.is_not(None))
    rows = _rows(off, day=e.c.first_visit_on, enterprise=e.c.enterprise_id, other=e.c.unlisted_on)
    return rows.where(e.c.first_visit_on.is_not(None))


# ---- pushes and visits ----------------------------------------------------------------------------------------------


def _back_filled(_limits: Limits) -> Select[Any]:
    a = activity
    rows = _rows(
        a.c.is_back_filled == true(), day=a.c.happened_on, enterprise=a.c.enterprise_id, bank=a.c.bank,
        other=a.c.closed_on,
    )  # fmt: skip
    return rows.where(a.c.kind == "push", a.c.closed_on.is_not(None))


def _visit_rows(
    failing: Callable[[Subquery], ColumnElement[bool]], kept: Callable[[Subquery], ColumnElement[bool]], other: str
) -> Select[Any]:
    v = current("visits")
    return _rows(
        failing(v), day=v.c.visited_on, enterprise=v.c.enterprise_id, bank=v.c.bank, record=v.c.visit_id,
        other=v.c[other],
    ).where(kept(v))  # fmt: skip


def _late_entry(limits: Limits) -> Select[Any]:
    return _visit_rows(
        lambda v: days_between(v.c.visited_on, v.c.recorded_on) > limits.timeliness_days,
        lambda v: v.c.recorded_on.is_not(None),
        "recorded_on",
    )


def _visits_before_start(limits: Limits) -> Select[Any]:
    return _visit_rows(lambda v: v.c.visited_on < limits.programme_start, lambda _: true(), "recorded_on")


def _unnamed_visitors(_limits: Limits) -> Select[Any]:
    return _visit_rows(lambda v: v.c.visitor.is_(None), lambda v: v.c.result.in_(VALID_VISITS), "mode")


def _need_without_amount(_limits: Limits) -> Select[Any]:
    return _visit_rows(
        lambda v: func.coalesce(v.c.need_amount, 0) <= 0, lambda v: v.c.has_need == true(), "need_amount"
    )


def _implausible_visits(limits: Limits) -> Select[Any]:
    """One row per visitor and day; the enterprise and bank are those of one of the visits."""
    a = activity
    days = (
        select(
            a.c.actor, a.c.happened_on, func.min(a.c.enterprise_id).label("enterprise_id"),
            func.max(a.c.bank).label("bank"), func.count().label("n"),
        )
        .where(a.c.kind == "visit", a.c.is_on_site == 1, a.c.actor.is_not(None), *scoped(a, limits.scope))
        .group_by(a.c.actor, a.c.happened_on)
        .subquery("days")
    )  # fmt: skip
    return _rows(
        days.c.n > limits.visits_per_day, day=days.c.happened_on, enterprise=days.c.enterprise_id, bank=days.c.bank,
        record=days.c.actor, other=days.c.n,
    )  # fmt: skip


def _repeated_banks(limits: Limits) -> Select[Any]:
    """Each bank's first visit to an enterprise; it fails if another bank had met it before, whoever was first on a day.

    Not asked for banks: that another one was there first is not theirs to know.
    """
    b = bank_progress
    nth = func.row_number().over(partition_by=b.c.enterprise_id, order_by=[b.c.first_visit_on, b.c.bank])
    met = select(b.c.enterprise_id, b.c.bank, b.c.first_visit_on, nth.label("nth"))
    v = met.where(b.c.first_visit_on.is_not(None), literal(limits.scope.banks is None)).subquery("met")
    return _rows(v.c.nth > 1, day=v.c.first_visit_on, enterprise=v.c.enterprise_id, bank=v.c.bank, other=v.c.nth)


# ---- cells that are empty or impossible -----------------------------------------------------------------------------


def _register_rows(failing: Callable[[Subquery], ColumnElement[bool]]) -> Callable[[Limits], Select[Any]]:
    def query(_limits: Limits) -> Select[Any]:
        e = current("enterprises")
        return _rows(failing(e), batch=e.c.batch_id, enterprise=e.c.enterprise_id, other=e.c.entity_type)

    return query


def _empty(name: str) -> Callable[[Subquery], ColumnElement[bool]]:
    return lambda e: func.coalesce(e.c[name], "") == ""


def _missing_codes(limits: Limits) -> Select[Any]:
    e = current("enterprises")
    wrong = func.coalesce(func.length(e.c.credit_code), 0) != 18
    rows = _rows(wrong, batch=e.c.batch_id, enterprise=e.c.enterprise_id, other=e.c.credit_code)
    return rows.where(e.c.entity_type.not_in(limits.without_code)) if limits.without_code else rows


def _unexplained_rejections(_limits: Limits) -> Select[Any]:
    d = current("decisions")
    unsaid = or_(func.coalesce(d.c.reject_code, "") == "", func.coalesce(d.c.reject_text, "") == "")
    rows = _rows(
        unsaid, day=d.c.decided_on, enterprise=d.c.enterprise_id, bank=d.c.bank, record=d.c.decision_id,
        other=d.c.reject_code,
    )  # fmt: skip
    return rows.where(d.c.outcome == "rejected")


def _loan_cells(failing: Callable[[Subquery], ColumnElement[bool]], other: str) -> Callable[[Limits], Select[Any]]:
    def query(_limits: Limits) -> Select[Any]:
        loans = current("loans")
        return _rows(
            failing(loans), day=loans.c.drawn_on, enterprise=loans.c.enterprise_id, bank=loans.c.bank,
            record=loans.c.loan_id, other=loans.c[other],
        )  # fmt: skip

    return query


def _unassigned_problems(limits: Limits) -> Select[Any]:
    p, departments = current("problems"), limits.scope.departments
    return _rows(
        func.coalesce(p.c.department, "") == "", day=p.c.raised_on, enterprise=p.c.enterprise_id,
        record=p.c.problem_id, other=p.c.category,
    ).where(*([] if departments is None else [p.c.department.in_(departments)]))  # fmt: skip


def _held_open(_limits: Limits) -> Select[Any]:
    """Rows the import held; the record is where the row stood in its file."""
    h, b = held_rows, batches
    place = func.concat(h.c.file, " ", h.c.sheet, " ", cast(h.c.row_number, String))
    rows = _rows(h.c.resolved_by.is_(None), batch=h.c.batch_id, record=place, other=h.c.table_name)
    return rows.select_from(h.join(b, b.c.batch_id == h.c.batch_id)).where(b.c.state == "loaded")


def held_codes(scope: Scope) -> Select[int]:
    """Select the number of open held rows that were held because of their credit code; nobody knows whose they are."""
    rules = ("credit_code_length", "credit_code_character", "credit_code_check")
    same = and_(held_cells.c.batch_id == held_rows.c.batch_id, held_cells.c.held_id == held_rows.c.held_id)
    query = select(func.count()).select_from(held_rows.join(held_cells, same))
    return query.where(held_rows.c.resolved_by.is_(None), held_cells.c.rule.in_(rules), *of_everything(scope))


EXAMINED: Mapping[str, Examined] = {
    "orphan_decisions": Examined(_orphan_decisions, ("decisions", "recommendations")),
    "orphan_loans": Examined(_orphan_loans, ("loans", "decisions")),
    "approved_not_recommended": Examined(_skipped("approved_on", "recommended_on"), ("decisions", "recommendations")),
    "recommended_not_applied": Examined(_skipped("recommended_on", "applied_on"), ("recommendations", "applications")),
    "borrower_not_approved": Examined(_skipped("drawn_on", "approved_on"), ("loans", "decisions")),
    "loans_over_credit": Examined(_loans_over_credit, ("loans", "decisions.approved_amount")),
    "drawn_before_decided": Examined(_drawn_before_decided, ("loans", "decisions")),
    "pushed_before_applied": Examined(_pushed_before_applied, ("recommendations", "applications")),
    "back_filled": Examined(_back_filled, ("recommendations", "decisions")),
    "late_entry": Examined(_late_entry, ("visits.recorded_on",)),
    "visits_before_start": Examined(_visits_before_start, ("visits",)),
    "implausible_visits": Examined(_implausible_visits, ("visits.visitor",)),
    "unnamed_visitors": Examined(_unnamed_visitors, ("visits.visitor",)),
    "repeated_banks": Examined(_repeated_banks, ("visits.bank",)),
    "off_list_visits": Examined(_off_list_visits, ("visits", "visit_targets")),
    "missing_codes": Examined(_missing_codes, ("enterprises.credit_code",), by_batch=True),
    "no_county": Examined(_register_rows(_empty("region_1")), ("enterprises",), by_batch=True),
    "no_town": Examined(_register_rows(_empty("region_2")), ("enterprises.region_2",), by_batch=True),
    "no_grid": Examined(_register_rows(_empty("region_3")), ("enterprises.region_3",), by_batch=True),
    "no_industry": Examined(_register_rows(_empty("industry_1")), ("enterprises.industry_1",), by_batch=True),
    "need_without_amount": Examined(_need_without_amount, ("visits.need_amount",)),
    "unexplained_rejections": Examined(_unexplained_rejections, ("decisions",)),
    "rate_missing": Examined(
        _loan_cells(lambda loans: func.coalesce(loans.c.annual_rate, 0) <= 0, "annual_rate"), ("loans.annual_rate",)
    ),
    "balance_over_amount": Examined(
        _loan_cells(lambda loans: loans.c.balance > loans.c.amount, "balance"), ("loans.balance",)
    ),
    "unassigned_problems": Examined(_unassigned_problems, ("problems",)),
    "held_open": Examined(_held_open, (), by_batch=True, none_is_zero=True),
}
