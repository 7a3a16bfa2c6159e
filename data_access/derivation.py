"""The derived snapshots, rebuilt by SQL inside the transaction of an import or an undo.

``enterprise_progress`` gives every distinct count, ``bank_progress`` the banks' share in it, ``activity`` the counts
of events and the sums of money, ``refusals`` what is true of each reason given. They hold nothing that the import
tables do not, so they are rebuilt whole: an update in place would be faster for a small file and would need a second
set of rules that can drift from the first.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Subquery,
    Table,
    and_,
    case,
    cast,
    delete,
    false,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    text,
    true,
    union_all,
)

from data_access.happenings import fill_activity
from data_access.importing.tables import TABLES
from data_access.refusals import fill_refusals
from data_access.rows import (
    APPLIED,
    DECIDED,
    ENDED_PUSHES,
    current,
    insert_selected,
    met,
)
from data_access.schema import (
    DIMENSIONS,
    STAGES,
    activity,
    bank_progress,
    coverage_table,
    enterprise_progress,
    problem_cases,
    reach_days,
    refusals_table,
    stops,
)
from data_access.stops import fill_stops

_MARKS = ("department", "category", "level", "source")


def rebuild(connection: Connection, progress: Callable[[float], None] | None = None) -> None:
    """Rebuild all derived tables and the coverage from the current rows, in the caller's transaction.

    ``progress`` is told the share of the tables that are done, before each.
    """
    steps = (
        (enterprise_progress, _fill_enterprise_progress),
        (reach_days, _fill_reach_days),
        (bank_progress, _fill_bank_progress),
        (activity, fill_activity),
        (stops, fill_stops),
        (refusals_table, fill_refusals),
        (problem_cases, _fill_problem_cases),
        (coverage_table, _fill_coverage),
    )
    for done, (table, fill) in enumerate(steps):
        if progress:
            progress(done / len(steps))
        connection.execute(delete(table))
        fill(connection)
        _refresh_statistics(connection, table)


def _refresh_statistics(connection: Connection, table: Table) -> None:
    # PostgreSQL would plan the next query by the statistics of the rows just deleted; DuckDB keeps its own.
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ANALYZE {table.name}"))


def _first(date: ColumnElement[Any], condition: ColumnElement[bool] | None = None) -> ColumnElement[Any]:
    return func.min(date if condition is None else case((condition, date)))


def _fill_enterprise_progress(connection: Connection) -> None:
    e = current("enterprises")
    parts = [_listing(), _visiting(), _applying(), _recommending(), _deciding(), _borrowing()]
    joined: FromClause = e
    for part in parts:
        joined = joined.outerjoin(part, part.c.enterprise_id == e.c.enterprise_id)
    visiting, applying, recommending, deciding, borrowing = parts[1:]
    withdrawn = func.coalesce(deciding.c.withdrawn_on, recommending.c.returned_on).label("withdrawn_on")
    elsewhere = ("enterprise_id", "withdrawn_on", "returned_on")
    dates = [column for part in parts for column in part.c if column.name not in elsewhere]
    further = func.coalesce(visiting.c.need_on, applying.c.applied_on, recommending.c.recommended_on)
    in_funnel = func.coalesce(further, deciding.c.decided_on, withdrawn.element, borrowing.c.drawn_on).is_not(None)
    flag = in_funnel.label("is_in_funnel")
    # Rows that are read together lie together, so that a scan for a stage or a county skips the rest of the file.
    query = select(e.c.enterprise_id, *_dimensions(e), *dates, withdrawn, flag).select_from(joined)
    insert_selected(connection, enterprise_progress, query.order_by(flag.desc(), e.c.region_1, e.c.region_2))


def _dimensions(source: FromClause) -> list[ColumnElement[str]]:
    return [func.coalesce(source.c[name], "").label(name) for name in (*DIMENSIONS, "tags")]


def _listing() -> Subquery:
    t = current("visit_targets")
    all_removed = func.count(t.c.removed_on) == func.count()
    return (
        select(
            t.c.enterprise_id,
            func.min(t.c.issued_on).label("listed_on"),
            case((all_removed, func.max(t.c.removed_on))).label("unlisted_on"),
        )
        .group_by(t.c.enterprise_id)
        .subquery("listing")
    )


def _visiting() -> Subquery:
    v = current("visits")
    return (
        select(
            v.c.enterprise_id,
            _first(v.c.visited_on, met(v)).label("first_visit_on"),
            _first(v.c.visited_on, and_(met(v), v.c.has_need == true())).label("need_on"),
        )
        .group_by(v.c.enterprise_id)
        .subquery("visiting")
    )


def _applying() -> Subquery:
    a = current("applications")
    return (
        select(a.c.enterprise_id, func.min(a.c.submitted_on).label("applied_on"))
        .where(a.c.status.in_(APPLIED))
        .group_by(a.c.enterprise_id)
        .subquery("applying")
    )


def _recommending() -> Subquery:
    r = current("recommendations")
    return (
        select(
            r.c.enterprise_id,
            func.min(r.c.pushed_on).label("recommended_on"),
            func.min(r.c.docs_complete_on).label("docs_complete_on"),
            _first(r.c.pushed_on, r.c.status.in_(ENDED_PUSHES)).label("returned_on"),
        )
        .group_by(r.c.enterprise_id)
        .subquery("recommending")
    )


def _deciding() -> Subquery:
    d = current("decisions")
    return (
        select(
            d.c.enterprise_id,
            *_decision_dates(d),
            func.sum(case((d.c.outcome == "approved", d.c.approved_amount))).label("total_credit"),
        )
        .group_by(d.c.enterprise_id)
        .subquery("deciding")
    )


def _decision_dates(d: Subquery) -> list[ColumnElement[Any]]:
    return [
        _first(d.c.decided_on, d.c.outcome.in_(DECIDED)).label("decided_on"),
        _first(d.c.decided_on, d.c.outcome == "approved").label("approved_on"),
        _first(d.c.decided_on, d.c.outcome == "rejected").label("rejected_on"),
        _first(d.c.decided_on, d.c.outcome == "withdrawn").label("withdrawn_on"),
    ]


def _borrowing() -> Subquery:
    loan = current("loans")
    return (
        select(
            loan.c.enterprise_id,
            func.min(loan.c.drawn_on).label("drawn_on"),
            _first(loan.c.drawn_on, loan.c.is_first_loan == true()).label("first_loan_on"),
        )
        .group_by(loan.c.enterprise_id)
        .subquery("borrowing")
    )


def _fill_reach_days(connection: Connection) -> None:
    e = enterprise_progress
    keys = [e.c[column.name] for column in reach_days.c if column.name != "enterprises"]
    query = select(*keys, func.count().label("enterprises")).group_by(*keys)
    insert_selected(connection, reach_days, query.order_by(e.c.region_1, e.c.region_2))


# ---- bank_progress -------------------------------------------------------------------------------------------------

_BANK_DATES = tuple(name for name in STAGES if name not in ("listed_on", "applied_on"))


def _contacts() -> Subquery:
    """Every contact of a bank with an enterprise, one row each, with the one date it sets."""
    v, r, d, loan = current("visits"), current("recommendations"), current("decisions"), current("loans")
    pushed = {
        "recommended_on": r.c.pushed_on,
        "docs_complete_on": r.c.docs_complete_on,
        "withdrawn_on": case((r.c.status.in_(ENDED_PUSHES), r.c.pushed_on)),
    }
    decided = {
        "decided_on": case((d.c.outcome.in_(DECIDED), d.c.decided_on)),
        "approved_on": case((d.c.outcome == "approved", d.c.decided_on)),
        "rejected_on": case((d.c.outcome == "rejected", d.c.decided_on)),
        "withdrawn_on": case((d.c.outcome == "withdrawn", d.c.decided_on)),
        "total_credit": case((d.c.outcome == "approved", d.c.approved_amount)),
    }
    drawn = {
        "drawn_on": loan.c.drawn_on,
        "first_loan_on": case((loan.c.is_first_loan == true(), loan.c.drawn_on)),
    }
    visited = {
        "first_visit_on": v.c.visited_on,
        "need_on": case((v.c.has_need == true(), v.c.visited_on)),
    }
    return union_all(
        _contact(v, v.c.visited_on, visited).where(met(v), v.c.bank.is_not(None)),
        _contact(r, r.c.pushed_on, pushed),
        _contact(d, d.c.decided_on, decided),
        _contact(loan, loan.c.drawn_on, drawn),
    ).subquery("contacts")


def _contact(source: Subquery, touched_on: ColumnElement[Any], dates: Mapping[str, ColumnElement[Any]]) -> Select[Any]:
    names = (*_BANK_DATES, "first_loan_on", "total_credit")
    values = [dates[n] if n in dates else cast(null(), bank_progress.c[n].type) for n in names]
    labelled = [value.label(name) for name, value in zip(names, values, strict=True)]
    return select(source.c.enterprise_id, source.c.bank, touched_on.label("touched_on"), *labelled)


def _fill_bank_progress(connection: Connection) -> None:
    contacts = _contacts()
    firsts = [func.min(contacts.c[name]).label(name) for name in (*_BANK_DATES, "first_loan_on", "touched_on")]
    pair = (
        select(
            contacts.c.enterprise_id, contacts.c.bank, *firsts, func.sum(contacts.c.total_credit).label("total_credit")
        )
        .group_by(contacts.c.enterprise_id, contacts.c.bank)
        .subquery("pair")
    )
    e = enterprise_progress
    own = [pair.c[name] for name in (*_BANK_DATES, "first_loan_on", "touched_on", "total_credit")]
    shared = [e.c[name] for name in (*DIMENSIONS, "tags", "listed_on", "unlisted_on", "applied_on")]
    joined = pair.join(e, e.c.enterprise_id == pair.c.enterprise_id)
    query = select(pair.c.enterprise_id, pair.c.bank, *shared, *own, *_touches(pair, e)).select_from(joined)
    insert_selected(connection, bank_progress, query)


def _touches(pair: Subquery, e: Table) -> list[ColumnElement[Any]]:
    """Who touched the enterprise first, who last before its application, and the share of each; ties by bank code.

    Where it has not applied, the last so far: a bank's share of applications would else be that of applicants.
    """
    before = case((pair.c.touched_on <= e.c.applied_on, 0), else_=1)
    last_first = [before, pair.c.touched_on.desc(), pair.c.bank]
    rank = func.row_number().over(partition_by=pair.c.enterprise_id, order_by=[pair.c.touched_on, pair.c.bank])
    back_rank = func.row_number().over(partition_by=pair.c.enterprise_id, order_by=last_first)
    counts = or_(e.c.applied_on.is_(None), pair.c.touched_on <= e.c.applied_on)
    share = literal(1.0) / func.count().over(partition_by=pair.c.enterprise_id)
    return [
        rank.label("touch_number"),
        and_(back_rank == 1, func.coalesce(counts, false())).label("is_last_before_application"),
        share.label("touch_share"),
    ]


# ---- coverage ------------------------------------------------------------------------------------------------------


def _fill_problem_cases(connection: Connection) -> None:
    p, e = current("problems"), enterprise_progress
    filled = [column.name for column in problem_cases.c if column.name not in (*DIMENSIONS, "tags")]
    texts = [func.coalesce(p.c[name], "").label(name) for name in _MARKS]
    plain = [p.c[name] for name in filled if name not in _MARKS]
    dims = [e.c[name] for name in (*DIMENSIONS, "tags")]
    query = select(*plain, *texts, *dims).select_from(p.join(e, e.c.enterprise_id == p.c.enterprise_id))
    insert_selected(connection, problem_cases, query)


def _fill_coverage(connection: Connection) -> None:
    for name, spec in TABLES.items():
        table = current(name)
        day = table.c[spec.happened_on] if spec.happened_on else None
        extent = [null(), null()] if day is None else [func.min(day), func.max(day)]
        filled = [func.count(table.c[c.name]) for c in spec.columns]
        rows, first_on, last_on, *counts = connection.execute(select(func.count(), *extent, *filled)).one()
        if rows:
            known = [c.name for c, count in zip(spec.columns, counts, strict=True) if count]
            entry = {"table_name": name, "rows_current": rows, "first_on": first_on, "last_on": last_on}
            connection.execute(insert(coverage_table).values(**entry, columns_reported=";".join(known)))
