"""What happened: one row per visit, application, push, decision and loan, with the enterprise's dimensions."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, case, func, literal, select

from data_access.importing.tables import TABLES
from data_access.rows import ACTIVITY_TABLES, APPLIED, UNREACHABLE, current, insert_selected, met
from data_access.schema import DIMENSIONS, activity, enterprise_progress


def fill_activity(connection: Connection) -> None:
    """Fill the empty table ``activity`` from the current rows and ``enterprise_progress``."""
    for query in (_visits(), _applications(), _pushes(), _decisions(), _loans()):
        insert_selected(connection, activity, query)


def _happening(kind: str, source: FromClause, happened_on: str, values: Sequence[ColumnElement[Any]]) -> Select[Any]:
    e = enterprise_progress
    shared = [e.c[name] for name in (*DIMENSIONS, "tags")]
    (key,) = TABLES[ACTIVITY_TABLES[kind]].key
    own = [literal(kind).label("kind"), source.c[key].label("record_id"), source.c[happened_on].label("happened_on")]
    return select(*own, e.c.enterprise_id, *shared, *values).select_from(
        source.join(e, e.c.enterprise_id == source.c.enterprise_id)
    )


def _visits() -> Select[Any]:
    v = current("visits")
    flags = {
        "is_valid": met(v),
        "is_on_site": and_(met(v), v.c.mode == "onsite"),
        "is_unreachable": v.c.result.in_(UNREACHABLE),
    }
    values = [case((test, 1), else_=0).label(name) for name, test in flags.items()]
    return _happening("visit", v, "visited_on", [v.c.bank, v.c.visitor.label("actor"), *values])


def _applications() -> Select[Any]:
    """Each application with what it adds to the enterprise's earlier request, so that sums hold the latest one."""
    a = current("applications")
    in_order = [a.c.submitted_on, a.c.application_id]
    earlier = func.lag(a.c.need_amount).over(partition_by=a.c.enterprise_id, order_by=in_order)
    counted = (
        select(a, (a.c.need_amount - func.coalesce(earlier, 0)).label("amount"))
        .where(a.c.status.in_(APPLIED))
        .subquery("counted")
    )
    values = [counted.c.bank, counted.c.status.label("outcome"), counted.c.amount, counted.c.term_months]
    return _happening("application", counted, "submitted_on", values)


def _pushes() -> Select[Any]:
    """Each push with the day its bank decided: by recommendation id, else by enterprise and bank."""
    r, d = current("recommendations"), current("decisions")
    by_id = (
        select(d.c.recommendation_id, func.min(d.c.decided_on).label("closed_on"))
        .where(d.c.recommendation_id.is_not(None))
        .group_by(d.c.recommendation_id)
        .subquery("by_id")
    )
    by_pair = (
        select(d.c.enterprise_id, d.c.bank, func.min(d.c.decided_on).label("closed_on"))
        .where(d.c.recommendation_id.is_(None))
        .group_by(d.c.enterprise_id, d.c.bank)
        .subquery("by_pair")
    )
    same_pair = and_(by_pair.c.enterprise_id == r.c.enterprise_id, by_pair.c.bank == r.c.bank)
    joined = r.outerjoin(by_id, by_id.c.recommendation_id == r.c.recommendation_id).outerjoin(by_pair, same_pair)
    closed_on = func.coalesce(by_id.c.closed_on, by_pair.c.closed_on)
    push = (
        select(r, closed_on.label("closed_on"), (r.c.pushed_on >= closed_on).label("is_back_filled"))
        .select_from(joined)
        .subquery("push")
    )
    values = [push.c.bank, push.c.status.label("outcome"), push.c.closed_on, push.c.docs_complete_on]
    return _happening("push", push, "pushed_on", [*values, push.c.is_back_filled])


def _decisions() -> Select[Any]:
    """Each decision; an enterprise's first approval carries its latest request, for the satisfaction ratio."""
    d, a = current("decisions"), current("applications")
    newest = func.row_number().over(
        partition_by=a.c.enterprise_id, order_by=[a.c.submitted_on.desc(), a.c.application_id.desc()]
    )
    ranked = select(a.c.enterprise_id, a.c.need_amount, newest.label("n")).where(a.c.status.in_(APPLIED)).subquery("r")
    order = [case((d.c.outcome == "approved", 0), else_=1), d.c.decided_on, d.c.decision_id]
    nth = func.row_number().over(partition_by=d.c.enterprise_id, order_by=order)
    numbered = select(d, nth.label("n")).subquery("numbered")
    is_first = and_(numbered.c.n == 1, numbered.c.outcome == "approved")
    joined = numbered.outerjoin(
        ranked, and_(ranked.c.enterprise_id == numbered.c.enterprise_id, ranked.c.n == 1, is_first)
    )
    decision = select(numbered, ranked.c.need_amount.label("requested")).select_from(joined).subquery("decision")
    values = [
        decision.c.bank,
        decision.c.approval_kind.label("mode"),
        decision.c.outcome,
        decision.c.approved_amount.label("amount"),
        decision.c.requested,
        decision.c.term_months,
    ]
    return _happening("decision", decision, "decided_on", values)


def _loans() -> Select[Any]:
    loan = current("loans")
    names = ("bank", "amount", "annual_rate", "term_months", "balance")
    flags = ("is_first_loan", "is_renewal", "is_no_principal_renewal")
    values = [loan.c[name] for name in (*names, *flags)]
    return _happening("loan", loan, "drawn_on", [*values, loan.c.guarantee.label("mode")])
