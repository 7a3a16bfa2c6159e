"""The rows behind refusals, cohorts of banks, renewals, rates, officers, publicity and products."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Double, Select, and_, cast, func, select, true

from data_access.queries import banks, officers, publicity, refusals
from data_access.queries.distributions import loan_rates
from data_access.queries.filters import conditions
from data_access.queries.measures import within
from data_access.queries.products import product_loans
from data_access.queries.rowset import ENTERPRISES, ONE, PLACES, Cell, RowSet, columns, in_cell, sum_at
from data_access.rows import current
from data_access.schema import activity, bank_progress
from data_access.selection import Scope, Selection
from data_access.store import Store
from locales import N_

# ---- banks ---------------------------------------------------------------------------------------------------------

_REFUSALS = {
    "n": N_("不予授信的决定"), "missing": N_("未填拒因的决定"), "vague": N_("拒因笼统的决定"),
    "empty": N_("拒因空泛的决定"), "templated": N_("拒因雷同的决定"), "complete": N_("拒因完整的决定"),
    "mature": N_("满 90 天的不予授信决定"), "converted": N_("90 天内又获授信的"),
}  # fmt: skip
_GENERIC = "generic"  # the codes of reasons that fit any refusal, "," between them


def _refusal_set(name: str, title: str) -> RowSet:
    def query(scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
        r = refusals.refusal_rows(scope)
        tests = {"n": true(), **refusals.reason_flags(r, _generic(cell)), **refusals.aftermath(r, selection)}
        kept = [within(r.c.decided_on, selection), *conditions(r, scope, selection), *in_cell(r, cell, _GENERIC)]
        return select(*columns(r.c.decision_id, r.c.enterprise_id, r.c.bank, r.c.decided_on)).where(tests[name], *kept)

    def figure(store: Store, scope: Scope, selection: Selection, cell: Cell) -> float:
        if name in {"mature", "converted"}:
            return sum_at(refusals.refusal_outcomes(store, scope, selection), cell, name, _GENERIC)
        counted = refusals.refusal_counts(store, scope, selection, _generic(cell), selection.as_of)
        return sum_at(counted, cell, name, _GENERIC)

    marks = frozenset({"code"} if name in {"mature", "converted"} else {"bank", "code", _GENERIC})
    return RowSet("decisions", title, "case", ("decisions",), marks, query, figure)


def _generic(cell: Cell) -> Sequence[str]:
    return _listed(cell.get(_GENERIC, ""))


def _listed(codes: str) -> tuple[str, ...]:
    return tuple(filter(None, codes.split(",")))


def _bank_cohort_set(name: str, title: str) -> RowSet:
    b = bank_progress

    def query(scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
        mature, applied = banks.cohort_conditions(selection)
        kept = [mature, *([applied] if name == "x" else []), *conditions(b, scope, selection), *in_cell(b, cell)]
        return select(*columns(b.c.enterprise_id, b.c.enterprise_id, b.c.bank, b.c.first_visit_on)).where(*kept)

    def figure(store: Store, scope: Scope, selection: Selection, cell: Cell) -> float:
        by = tuple(part for part in cell if part != "bank")
        return sum_at(banks.application_cohorts(store, scope, selection, by), cell, name)

    return RowSet(ENTERPRISES, title, "enterprise", ("visits.bank", "applications"), PLACES, query, figure)


def _renewal_set(name: str, title: str) -> RowSet:
    def query(scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
        due = banks.due_loans(selection)
        kept = [due.c.is_renewed == true()] if name == "renewed" else []
        shown = columns(due.c.loan_id, due.c.enterprise_id, due.c.bank, due.c.due_on)
        return select(*shown).where(*kept, *conditions(due, scope, selection), *in_cell(due, cell))

    def figure(store: Store, scope: Scope, selection: Selection, cell: Cell) -> float:
        return sum_at(banks.renewals(store, scope, selection), cell, name)

    return RowSet("loans", title, "case", ("loans.due_on",), frozenset({"bank"}), query, figure)


def _rated(scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
    a = activity
    kept = [a.c.kind == "loan", within(a.c.happened_on, selection), a.c.annual_rate > 0, a.c.annual_rate <= 24]
    shown = columns(a.c.record_id, a.c.enterprise_id, a.c.bank, a.c.happened_on, a.c.annual_rate)
    return select(*shown).where(*kept, *conditions(a, scope, selection), *in_cell(a, cell))


def _rates(store: Store, scope: Scope, selection: Selection, cell: Cell) -> float:
    return sum_at(loan_rates(store, scope, selection, tuple(cell)), cell, "n")


# ---- officers, publicity, products ----------------------------------------------------------------------------------


def _officer_set(name: str, title: str, unit: str) -> RowSet:
    def query(scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
        o, kept = officers.sent(scope, selection)
        kept += [officers.in_service(o, selection)] if name == "officers" else []
        kept += [o.c.enterprises_served.is_not(None)] if name == "served" else []
        weight = cast(o.c.enterprises_served, Double) if name == "served" else ONE
        keys = [func.coalesce(o.c[part], "") == value for part, value in cell.items()]
        shown = columns(o.c.officer_id, None, o.c.bank, o.c.started_on, weight=weight)
        return select(*shown).where(*kept, *keys)

    def figure(store: Store, scope: Scope, selection: Selection, cell: Cell) -> float:
        found = officers.officers_by(store, scope, selection, tuple(cell))
        return sum_at(found.assign(served=found["served"].fillna(0.0)), cell, name)

    marks = frozenset({"kind", "bank", "region_1", "region_2", "region_3"})
    return RowSet("officers", title, unit, ("officers",), marks, query, figure)


def _village_set(name: str, title: str) -> RowSet:
    def query(scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
        g, manned, kept = officers.villages(scope, selection)
        kept += [manned] if name == "covered" else []
        return select(*columns(g.c.code)).where(*kept, *in_cell(g, cell))

    def figure(store: Store, scope: Scope, selection: Selection, cell: Cell) -> float:
        return sum_at(officers.villages_by(store, scope, selection, tuple(cell)), cell, name)

    marks = frozenset({"region_1", "region_2"})
    return RowSet("grids", title, "place", ("officers", "grids"), marks, query, figure)


def _publicity_set(name: str, title: str, unit: str, needs: str) -> RowSet:
    def query(_scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
        p = current("publicity")
        kept = [within(p.c.published_on, selection)]
        kept += [p.c.channel.in_(_listed(cell["channel"]))] if "channel" in cell else []
        kept += [] if name == "items" else [p.c[name].is_not(None)]
        weight = ONE if name == "items" else cast(p.c[name], Double)
        return select(*columns(p.c.publicity_id, None, None, p.c.published_on, weight=weight)).where(*kept)

    def figure(store: Store, _scope: Scope, selection: Selection, cell: Cell) -> float:
        found = publicity.publications(store, selection).assign(items=1.0)
        if "channel" in cell:
            found = found[found["channel"].isin(_listed(cell["channel"]))]
        return float(found[name].fillna(0.0).sum())

    return RowSet("publicity", title, unit, (needs,), frozenset({"channel"}), query, figure)


def _product_loans(scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
    loan, b = current("loans"), bank_progress
    shown = columns(loan.c.loan_id, loan.c.enterprise_id, loan.c.bank, loan.c.drawn_on)
    joined = loan.join(b, and_(b.c.enterprise_id == loan.c.enterprise_id, b.c.bank == loan.c.bank))
    named = [func.coalesce(loan.c.product_id, "") == value for value in cell.values()]
    return select(*shown).select_from(joined).where(
        within(loan.c.drawn_on, selection), *conditions(b, scope, selection), *named
    )  # fmt: skip


def _lent(store: Store, scope: Scope, selection: Selection, cell: Cell) -> float:
    return sum_at(product_loans(store, scope, selection), cell, "loans")


SERVICES: Mapping[str, RowSet] = {
    **{f"refusal.{name}": _refusal_set(name, title) for name, title in _REFUSALS.items()},
    "bank_cohort.n": _bank_cohort_set("n", N_("银行首次走访满 60 天的经营主体")),
    "bank_cohort.x": _bank_cohort_set("x", N_("首次走访后 60 天内申报的经营主体")),
    "renewal.due": _renewal_set("due", N_("到期贷款")),
    "renewal.renewed": _renewal_set("renewed", N_("到期前办理续贷的贷款")),
    "rates": RowSet("loans", N_("有利率的贷款"), "case", ("loans.annual_rate",), PLACES, _rated, _rates),
    "officer.officers": _officer_set("officers", N_("在岗的金融三员"), "person"),
    "officer.sent": _officer_set("sent", N_("派出过的金融三员"), "person"),
    "officer.served": _officer_set("served", N_("服务企业数"), "enterprise"),
    "village.villages": _village_set("villages", N_("村（社区）")),
    "village.covered": _village_set("covered", N_("配有金融特派员的村（社区）")),
    "publicity.copies": _publicity_set("copies", N_("印制份数"), "copy", "publicity"),
    "publicity.items": _publicity_set("items", N_("发布篇数"), "article", "publicity"),
    "publicity.views": _publicity_set("views", N_("阅读次数"), "view", "publicity"),
    "product.loans": RowSet(
        "loans", N_("用该产品发放的贷款"), "case", ("loans.product_id",), frozenset({"product_id"}), _product_loans,
        _lent,
    ),
}  # fmt: skip
