"""The financial officers whom the banks send out: where they are, and what is without one."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Double, Select, Subquery, case, cast, func, or_, select

from data_access.portable import count_if
from data_access.queries.filters import REGION_COLUMNS, scoped
from data_access.rows import current
from data_access.selection import Scope, Selection
from data_access.store import Store

COMMISSIONER = "commissioner"


def officers_by(store: Store, scope: Scope, selection: Selection, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the officers sent by the as-of date: columns ``*by``, ``officers``, ``sent`` (persons) and ``served``.

    ``officers`` are still in service. ``by`` may hold kind, bank, region_1, region_2 and region_3; a missing one is "".
    ``served`` (户, as the banks report them, NaN if none of a group was) is a sum over all that were sent: an
    enterprise that two of them served counts twice. Industry, type and tier do not apply to officers.
    """
    o = _sent(selection)
    keys = [func.coalesce(o.c[name], "").label(name) for name in by]
    still = case((in_service(o, selection), o.c.officer_id))
    counted = [cast(func.count(which.distinct()), Double) for which in (still, o.c.officer_id)]
    served = cast(func.sum(o.c.enterprises_served), Double).label("served")
    query = select(*keys, *counted, served).where(*_kept(o, scope, selection))
    return _frame(store, query.group_by(*[o.c[name] for name in by]), by, "officers", "sent", "served")


def villages_by(store: Store, scope: Scope, selection: Selection, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the villages and communities, and those that a commissioner in service works in.

    Columns ``*by`` (region_1, region_2), ``villages`` and ``covered`` (places, floats). Needs the table of grids.
    With banks in scope or selection only their commissioners count; the villages stay the same.
    """
    g, covered, kept = villages(scope, selection)
    keys = [g.c[name] for name in by]
    counts = [cast(func.count(), Double).label("villages"), count_if(covered).label("covered")]
    return _frame(store, select(*keys, *counts).where(*kept).group_by(*keys), by, "villages", "covered")


def villages(scope: Scope, selection: Selection) -> tuple[Subquery, ColumnElement[bool], list[ColumnElement[bool]]]:
    """Return the villages, the condition that a commissioner works in one, and those of scope and selection."""
    g, o = current("grids"), _sent(selection)
    kept = [o.c.kind == COMMISSIONER, o.c.region_3.is_not(None), in_service(o, selection)]
    kept += [o.c.bank.in_(banks) for banks in (scope.banks, selection.banks or None) if banks is not None]
    places = _places(g)
    asked = [*_within(places, scope.regions), *_within(places, selection.regions or None)]
    return g, g.c.code.in_(select(o.c.region_3).where(*kept)), asked


def sent(scope: Scope, selection: Selection) -> tuple[Subquery, list[ColumnElement[bool]]]:
    """Return the officers sent by the as-of date, and the conditions of scope and selection on them."""
    o = _sent(selection)
    return o, _kept(o, scope, selection)


def _sent(selection: Selection) -> Subquery:
    o = current("officers")
    return select(o).where(or_(o.c.started_on.is_(None), o.c.started_on <= selection.as_of)).subquery("sent")


def in_service(o: Subquery, selection: Selection) -> ColumnElement[bool]:
    """Return the condition that an officer is in service at the as-of date."""
    return or_(o.c.ended_on.is_(None), o.c.ended_on > selection.as_of)


def _kept(o: Subquery, scope: Scope, selection: Selection) -> list[ColumnElement[bool]]:
    kept = [*scoped(o, scope), *_within([o.c[name] for name in REGION_COLUMNS], selection.regions or None)]
    return [*kept, o.c.bank.in_(selection.banks)] if selection.banks else kept


def _places(g: Subquery) -> list[ColumnElement[str]]:
    return [g.c.region_1, g.c.region_2, g.c.code]


def _within(places: Sequence[ColumnElement[str]], codes: tuple[str, ...] | None) -> list[ColumnElement[bool]]:
    return [] if codes is None else [or_(*[place.in_(codes) for place in places])]


def _frame(store: Store, query: Select[Any], by: Sequence[str], *numbers: str) -> pd.DataFrame:
    with store.connect() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    frame = pd.DataFrame(rows, columns=[*by, *numbers]).astype(dict.fromkeys(numbers, "float64"))
    return frame.sort_values(list(by), ignore_index=True) if by else frame
