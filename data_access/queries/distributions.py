"""What a sum cannot tell: which places nobody visited lately, and how the rates of the loans are spread."""

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd
from sqlalchemy import Double, and_, cast, func, select

from data_access.portable import count_if
from data_access.queries.filters import conditions
from data_access.queries.measures import on_list, within
from data_access.queries.seen import enterprise_conditions, enterprise_rows
from data_access.schema import activity
from data_access.selection import Scope, Selection
from data_access.store import Store


def places(store: Store, scope: Scope, selection: Selection, level: str = "region_3", days: int = 30) -> pd.DataFrame:
    """Return every place of ``level`` with its listed enterprises and its valid visits in the last ``days`` days.

    Columns: the region columns down to ``level``, ``listed`` (户) and ``visits`` (户次), floats. A place without
    either is absent; so is the unclassified one. Enterprises that nobody put into a place cannot be counted there.
    """
    by = [name for name in ("region_1", "region_2", "region_3") if name <= level]
    e, a = enterprise_rows(scope), activity
    listed = (
        select(*[e.c[name] for name in by], count_if(on_list(e, selection)).label("listed"))
        .where(*enterprise_conditions(e, scope, selection), e.c[level] != "")
        .group_by(*[e.c[name] for name in by])
    )
    since = selection.as_of - timedelta(days=days)
    lately = and_(a.c.happened_on > since, a.c.happened_on <= selection.as_of)
    visits = (
        select(*[a.c[name] for name in by], cast(func.sum(a.c.is_valid), Double).label("visits"))
        .where(a.c.kind == "visit", lately, *conditions(a, scope, selection), a.c[level] != "")
        .group_by(*[a.c[name] for name in by])
    )
    with store.connect() as connection:
        found = [pd.DataFrame(connection.execute(query).mappings().all()) for query in (listed, visits)]
    frames = [
        frame if len(frame) else pd.DataFrame(columns=[*by, name])
        for frame, name in zip(found, ("listed", "visits"), strict=True)
    ]
    merged = frames[0].merge(frames[1], on=by, how="outer").fillna({"listed": 0.0, "visits": 0.0})
    return merged.astype({"listed": "float64", "visits": "float64"}).sort_values(by, ignore_index=True)


def loan_rates(store: Store, scope: Scope, selection: Selection, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the loans by annual rate: columns ``*by``, ``annual_rate`` (% a year), ``n`` (笔) and ``amount`` (yuan).

    One row per rate that occurs, so that quantiles and means are exact without fetching every loan. Loans without a
    rate, or outside (0, 24] % a year, are left out.
    """
    a = activity
    keys = [a.c[name] for name in by]
    rate = cast(a.c.annual_rate, Double)
    kept = [a.c.kind == "loan", within(a.c.happened_on, selection), a.c.annual_rate > 0, a.c.annual_rate <= 24]
    inner = select(*keys, rate.label("annual_rate"), a.c.amount).where(*kept, *conditions(a, scope, selection))
    if "bank" in by:
        inner = inner.where(a.c.bank.is_not(None))
    loans = inner.subquery("loans")
    names = [*(loans.c[name] for name in by), loans.c.annual_rate]
    totals = [cast(func.count(), Double).label("n"), cast(func.sum(loans.c.amount), Double).label("amount")]
    rows = store.rows(select(*names, *totals).group_by(*names).order_by(*names))
    columns = [*by, "annual_rate", "n", "amount"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[len(by) :], "float64"))


def credit_spread(store: Store, scope: Scope, selection: Selection, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the credit approved for each enterprise, summed up for a mean with its interval.

    Columns ``*by``, ``n`` (enterprises with an approval, 户), ``amount`` (their approvals added up, yuan) and
    ``squares`` (the sum of the squares of each enterprise's amount, yuan²). All three add up over any dimension of
    the enterprise. Grouped by bank, an enterprise counts with what that bank approved.
    """
    a = activity
    keys = [a.c[name] for name in by]
    kept = [a.c.kind == "decision", a.c.outcome == "approved", within(a.c.happened_on, selection)]
    each = (
        select(*keys, cast(func.sum(a.c.amount), Double).label("amount"))
        .where(*kept, *conditions(a, scope, selection))
        .group_by(a.c.enterprise_id, *keys)
        .subquery("each")
    )
    names = [each.c[name] for name in by]
    sums = [cast(func.count(), Double), func.sum(each.c.amount), func.sum(each.c.amount * each.c.amount)]
    rows = store.rows(select(*names, *sums).group_by(*names).order_by(*names))
    columns = [*by, "n", "amount", "squares"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[len(by) :], "float64")).fillna(0.0)
