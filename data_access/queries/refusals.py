"""Refusals: how good the reasons are that banks give, what became of the refused, and the texts themselves."""

from collections.abc import Collection
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import ColumnElement, FromClause, and_, func, or_, select, true

from data_access.portable import count_if, days_between
from data_access.queries.filters import conditions, of_own_banks
from data_access.queries.frames import frame_of
from data_access.queries.measures import within
from data_access.rows import DECIDED, current
from data_access.schema import refusals_table
from data_access.selection import Scope, Selection
from data_access.store import Store

# A fact is more than the name of a reason: this many characters beyond the generic phrases.
FACT_LENGTH = 8
CONVERSION_DAYS = 90
FLAGS = ("missing", "vague", "empty", "templated", "complete")


def refusal_rows(scope: Scope) -> FromClause:
    """Return the refusals with what became of them; for banks, only what they themselves granted afterwards."""
    r, d = refusals_table, current("decisions")
    if scope.banks is None:
        return r
    afterwards = and_(
        d.c.enterprise_id == r.c.enterprise_id, d.c.outcome == DECIDED[0], d.c.decided_on >= r.c.decided_on,
        *of_own_banks(d, scope),
    )  # fmt: skip
    granted = select(func.min(d.c.decided_on)).where(afterwards).correlate(r).scalar_subquery()
    own = [column for column in r.c if column.name != "granted_on"]
    return select(*own, granted.label("granted_on")).where(*of_own_banks(r, scope)).subquery("own_refusals")


def reason_flags(r: FromClause, generic_codes: Collection[str]) -> dict[str, ColumnElement[bool]]:
    """Return what can be true of a refusal's reason, as conditions on ``refusal_rows``.

    ``missing``: no text, and no code that says more than a generic one. ``vague``: nothing beyond generic phrases, or
    a generic code with hardly more. ``empty``: either. ``templated``: in nearly the words of three others.
    ``complete``: it names the rule, a fact, a remedy, when to apply again, and whom to ask.
    """
    no_code = r.c.code.in_(sorted({"", *generic_codes}))
    missing = and_(r.c.is_blank, no_code)
    generic = r.c.code.in_(sorted(generic_codes))
    vague = and_(~missing, or_(r.c.length == 0, and_(generic, r.c.length < FACT_LENGTH)))
    has_rule = or_(r.c.failed_standard.is_not(None), ~no_code)
    given = [r.c[name] == true() for name in ("has_remedy", "has_condition", "has_person")]
    return {
        "missing": missing,
        "vague": vague,
        "empty": or_(missing, vague),
        "templated": and_(r.c.is_templated, ~missing),
        "complete": and_(has_rule, r.c.length >= FACT_LENGTH, *given),
    }


def refusal_counts(
    store: Store, scope: Scope, selection: Selection, generic_codes: Collection[str], before: date
) -> pd.DataFrame:
    """Return the refusals by bank and code of reason, and how many of them have each of ``FLAGS``.

    Columns ``bank``, ``code``, ``n`` and ``FLAGS`` (cases, floats) up to the as-of date, and the same with the suffix
    ``_before`` up to ``before``.
    """
    r = refusal_rows(scope)
    flags = {"n": true(), **reason_flags(r, generic_codes)}
    columns = [count_if(test).label(name) for name, test in flags.items()]
    columns += [count_if(and_(test, r.c.decided_on <= before)).label(f"{name}_before") for name, test in flags.items()]
    query = (
        select(r.c.bank, r.c.code, *columns)
        .where(within(r.c.decided_on, selection), *conditions(r, scope, selection))
        .group_by(r.c.bank, r.c.code)
        .order_by(r.c.bank, r.c.code)
    )
    return frame_of(store, query)


def refusal_lengths(store: Store, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Return how long reasons are: ``bank``, ``length`` (characters that say something) and ``n`` (cases)."""
    r, n = refusal_rows(scope), count_if(true()).label("n")
    query = (
        select(r.c.bank, r.c.length, n)
        .where(within(r.c.decided_on, selection), *conditions(r, scope, selection))
        .group_by(r.c.bank, r.c.length)
        .order_by(r.c.bank, r.c.length)
    )
    return frame_of(store, query, length="float64")


def refusal_outcomes(store: Store, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Return what became of the refused, by code of reason: ``code``, ``n``, ``mature`` and ``converted`` (cases).

    ``mature`` are refusals at least ninety days old at the as-of date, ``converted`` those of them whose enterprise
    any bank approved within ninety days; in a scope of banks, one of them.
    """
    r = refusal_rows(scope)
    counts = [count_if(test).label(name) for name, test in {"n": true(), **aftermath(r, selection)}.items()]
    query = (
        select(r.c.code, *counts)
        .where(within(r.c.decided_on, selection), *conditions(r, scope, selection))
        .group_by(r.c.code)
        .order_by(r.c.code)
    )
    return frame_of(store, query)


def aftermath(r: FromClause, selection: Selection) -> dict[str, ColumnElement[bool]]:
    """Return what can have become of a refusal, as conditions on ``refusal_rows``: ``mature`` and ``converted``."""
    mature = r.c.decided_on <= selection.as_of - timedelta(days=CONVERSION_DAYS)
    in_time = and_(r.c.granted_on.is_not(None), days_between(r.c.decided_on, r.c.granted_on) <= CONVERSION_DAYS)
    return {"mature": mature, "converted": and_(mature, in_time)}


def refusal_texts(
    store: Store, scope: Scope, selection: Selection, generic_codes: Collection[str], limit: int = 500
) -> pd.DataFrame:
    """Return the latest refusals with what was written, at most ``limit``.

    Columns ``decision_id``, ``enterprise_id``, ``bank``, ``decided_on``, ``code`` ("" where none), ``text`` (None where
    none) and the booleans of ``FLAGS``. The texts may name people: show them only to those who may see them.
    """
    r, d = refusal_rows(scope), current("decisions")
    flags = [func.coalesce(test, False).label(name) for name, test in reason_flags(r, generic_codes).items()]
    named = [r.c[name] for name in ("decision_id", "enterprise_id", "bank", "decided_on", "code")]
    query = (
        select(*named, d.c.reject_text.label("text"), *flags)
        .select_from(r.join(d, d.c.decision_id == r.c.decision_id))
        .where(within(r.c.decided_on, selection), *conditions(r, scope, selection))
        .order_by(r.c.decided_on.desc(), r.c.decision_id)
        .limit(limit)
    )
    return frame_of(store, query)
