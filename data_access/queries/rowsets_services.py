"""The rows behind refusals, cohorts of banks, renewals, rates, officers, publicity and products."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Double, Select, and_, cast, func, not_, or_, select, true

from data_access.queries import banks, officers, publicity, refusals
from data_access.queries.distributions import loan_rates
from data_access.queries.filters import conditions, of_own_banks
from data_access.queries.measures import within
from data_access.queries.products import product_loans, products
from data_access.queries.rowset import ONE, PLACES, Cell, RowSet, columns, in_cell, sum_at
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
    def query(scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
        b = banks.first_visits()
        mature, applied = banks.cohort_conditions(b, selection)
        kept = [mature, *([applied] if name == "x" else []), *conditions(b, scope, selection), *in_cell(b, cell)]
        return select(*columns(b.c.record_id, b.c.enterprise_id, b.c.bank, b.c.first_visit_on)).where(*kept)

    def figure(store: Store, scope: Scope, selection: Selection, cell: Cell) -> float:
        by = tuple(part for part in cell if part != "bank")
        return sum_at(banks.application_cohorts(store, scope, selection, by), cell, name)

    return RowSet("visits", title, "enterprise", ("visits.bank", "applications"), PLACES, query, figure)


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


# A cell names a product, or the bank that offers it.
_PRODUCT_MARKS = frozenset({"product_id", "bank"})


def _product_loan_set(name: str, title: str, unit: str) -> RowSet:
    def query(scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
        loan, b, p = current("loans"), bank_progress, current("products")
        weight = cast(func.coalesce(loan.c.amount, 0), Double) if name == "amount" else ONE
        shown = columns(loan.c.loan_id, loan.c.enterprise_id, loan.c.bank, loan.c.drawn_on, weight=weight)
        joined = loan.join(b, and_(b.c.enterprise_id == loan.c.enterprise_id, b.c.bank == loan.c.bank))
        kept = [within(loan.c.drawn_on, selection), *conditions(b, scope, selection)]
        if "product_id" in cell:
            kept.append(func.coalesce(loan.c.product_id, "") == cell["product_id"])
        if "bank" in cell:
            kept.append(loan.c.product_id.in_(select(p.c.product_id).where(p.c.bank == cell["bank"])))
        return select(*shown).select_from(joined).where(*kept)

    def figure(store: Store, scope: Scope, selection: Selection, cell: Cell) -> float:
        lent = product_loans(store, scope, selection)
        if "bank" in cell:
            lent = lent.merge(_told(store)[["product_id", "bank"]], on="product_id")
        return sum_at(lent.fillna({"amount": 0.0}), cell, name)

    return RowSet("loans", title, unit, ("loans.product_id", "products"), _PRODUCT_MARKS, query, figure)


def _product_set(name: str, title: str) -> RowSet:
    """The products of the banks in view that are on offer, used or never used of those, or have ended."""

    def query(scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
        p, lent = current("products"), _product_loan_set("loans", "", "").query(scope, selection, {}).subquery("lent")
        loan = current("loans")
        is_lent = p.c.product_id.in_(
            select(loan.c.product_id).where(loan.c.loan_id.in_(select(lent.c.row_id)), loan.c.product_id.is_not(None))
        )
        offered = or_(p.c.valid_until.is_(None), p.c.valid_until >= selection.as_of)
        tests = {
            "offered": offered, "used": and_(offered, is_lent), "unused": and_(offered, not_(is_lent)),
            "ended": not_(offered),
        }  # fmt: skip
        kept = [tests[name], *of_own_banks(p, scope), *in_cell(p, cell)]
        kept += [p.c.bank.in_(selection.banks)] if selection.banks else []
        return select(*columns(p.c.product_id, None, p.c.bank, p.c.valid_until)).where(*kept)

    def figure(store: Store, scope: Scope, selection: Selection, cell: Cell) -> float:
        known = products(store, scope)
        known = known[known["bank"].isin(selection.banks)] if selection.banks else known
        used = known["product_id"].isin(product_loans(store, scope, selection)["product_id"])
        until = pd.to_datetime(known["valid_until"])
        offered = until.isna() | (until >= pd.Timestamp(selection.as_of))
        counted = {"offered": offered, "used": offered & used, "unused": offered & ~used, "ended": ~offered}
        return sum_at(known.assign(n=counted[name].astype("float64")), cell, "n")

    tables = ("products",) if name in {"offered", "ended"} else ("products", "loans.product_id")
    return RowSet("products", title, "product", tables, _PRODUCT_MARKS, query, figure)


def _told(store: Store) -> pd.DataFrame:
    return products(store, Scope.everything())


SERVICES: Mapping[str, RowSet] = {
    **{f"refusal.{name}": _refusal_set(name, title) for name, title in _REFUSALS.items()},
    "bank_cohort.n": _bank_cohort_set("n", N_("银行首次走访满 60 天的经营主体（逐家银行）")),
    "bank_cohort.x": _bank_cohort_set("x", N_("首次走访后 60 天内申报的经营主体（逐家银行）")),
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
    "product.loans": _product_loan_set("loans", N_("用该产品发放的贷款"), "case"),
    "product.amount": _product_loan_set("amount", N_("用该产品发放的贷款额"), "yuan"),
    "product.offered": _product_set("offered", N_("在办的产品")),
    "product.used": _product_set("used", N_("有放款的在办产品")),
    "product.unused": _product_set("unused", N_("从未使用的在办产品")),
    "product.ended": _product_set("ended", N_("已到期的产品")),
}  # fmt: skip
