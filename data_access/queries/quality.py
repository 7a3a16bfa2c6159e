"""What the checks of the data find: counts by month or batch, by who must act, and the rows themselves.

Which rows a check looks at is in ``examined``; what the checks are called, what they ask and how much may fail is in
``metrics/definitions/checks.toml``. A test holds that both know the same checks.
"""

from collections.abc import Iterator

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Double, Subquery, cast, func, or_, select

from data_access.profile import Profile
from data_access.queries.examined import EXAMINED, Examined, Limits, held_codes
from data_access.queries.seen import enterprise_ids
from data_access.schema import enterprise_progress
from data_access.selection import Scope
from data_access.store import Store, reported

COUNTS = ("check", "period", "examined", "failed")
ROWS = ("enterprise_id", "bank", "record_id", "happened_on", "other")


def limits(profile: Profile, scope: Scope) -> Limits:
    """Return the rules of a city that the checks depend on, in a scope."""
    settings = profile.settings
    known = Limits(profile.programme_start)
    return Limits(
        profile.programme_start,
        int(settings.get("timeliness_days", known.timeliness_days)),
        int(settings.get("implausible_visits_per_day", known.visits_per_day)),
        tuple(settings.get("without_code", known.without_code)),
        scope,
    )


def check_counts(store: Store, profile: Profile, scope: Scope) -> pd.DataFrame:
    """Return how many rows each check examined and how many failed, by month or batch: the columns of ``COUNTS``.

    ``period`` is text that sorts in time: "2025-05" for a month, the number of a batch where rows have no date. A
    check whose tables were never reported, or which had nothing to examine, has no rows; where that is good news, one
    row of zeros.
    """
    known = reported(store.coverage())
    found: list[tuple[str, str, float, float]] = []
    with store.connect() as connection:
        for name, check in EXAMINED.items():
            if known >= set(check.needs):
                rows = list(_counts(connection, name, check, limits(profile, scope), scope))
                none = [(name, "", 0.0, 0.0)] if check.none_is_zero and known and scope.is_everything else []
                found += rows or none
    frame = pd.DataFrame(found, columns=list(COUNTS))
    return frame.astype({"examined": "float64", "failed": "float64"})


def _counts(
    connection: Connection, name: str, check: Examined, known: Limits, scope: Scope
) -> Iterator[tuple[str, str, float, float]]:
    rows = check.query(known).subquery(name)
    query = (
        select(rows.c.period, cast(func.count(), Double), cast(func.sum(rows.c.failing), Double))
        .where(*_in_scope(rows, scope))
        .group_by(rows.c.period)
        .order_by(rows.c.period)
    )
    for period, examined, failed in connection.execute(query):
        yield name, _period(check, period), examined, failed


def _period(check: Examined, number: int | None) -> str:
    if number is None:
        return ""
    return f"{number:06d}" if check.by_batch else f"{number // 12:04d}-{number % 12 + 1:02d}"


def _in_scope(rows: Subquery, scope: Scope) -> list[ColumnElement[bool]]:
    """Return the conditions of a scope on a check's rows, by their bank and by where their enterprise is."""
    found: list[ColumnElement[bool]] = []
    if scope.regions is not None or scope.banks is not None:
        found.append(rows.c.enterprise_id.in_(enterprise_ids(scope)))
    if scope.banks is not None:  # NULL: what is checked is no record of a bank
        found.append(or_(rows.c.bank.is_(None), rows.c.bank.in_(scope.banks)))
    return found


def held_for_code(store: Store, scope: Scope) -> float:
    """Return how many open held rows were held because of their credit code; 0 for a scope of less than everything."""
    with store.connect() as connection:
        return float(connection.execute(held_codes(scope)).scalar_one())


def failing_rows(store: Store, profile: Profile, scope: Scope, check: str, limit: int = 5000) -> pd.DataFrame:
    """Return the rows that fail a check, the newest first, at most ``limit``: the columns of ``ROWS``.

    Codes and dates are as stored; ``other`` is the second date, amount or number the check is about, as text.
    Raises ``KeyError`` for an unknown check.
    """
    rows = EXAMINED[check].query(limits(profile, scope)).subquery(check)
    query = (
        select(*(rows.c[name] for name in ROWS))
        .where(rows.c.failing == 1, *_in_scope(rows, scope))
        .order_by(rows.c.period.desc(), rows.c.happened_on.desc(), rows.c.enterprise_id, rows.c.record_id)
        .limit(limit)
    )
    with store.connect() as connection:
        return pd.DataFrame(connection.execute(query).fetchall(), columns=list(ROWS))


def counts_by(store: Store, profile: Profile, scope: Scope, check: str, dimension: str) -> pd.DataFrame:
    """Return a check's counts by who must act: columns ``code``, ``examined``, ``failed``, the most failing first.

    ``dimension`` is "bank" or "region_1"; the code "" stands for rows without one.
    """
    rows = EXAMINED[check].query(limits(profile, scope)).subquery(check)
    source, code = rows, rows.c.bank
    if dimension != "bank":
        e = enterprise_progress
        source, code = rows.outerjoin(e, e.c.enterprise_id == rows.c.enterprise_id), e.c[dimension]  # type: ignore[assignment]
    keyed = (
        select(func.coalesce(code, "").label("code"), rows.c.failing)
        .select_from(source)
        .where(*_in_scope(rows, scope))
        .subquery("keyed")
    )
    query = select(keyed.c.code, cast(func.count(), Double), cast(func.sum(keyed.c.failing), Double)).group_by(
        keyed.c.code
    )
    with store.connect() as connection:
        frame = pd.DataFrame(connection.execute(query).fetchall(), columns=["code", "examined", "failed"])
    return frame.sort_values(["failed", "code"], ascending=[False, True], ignore_index=True)
