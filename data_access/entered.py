"""Figures of a bulletin or of another platform, entered by a person: kept for good, corrected by a further entry.

They are operations data, not imported, so that undoing an import leaves them as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, insert, select

from data_access.queries.filters import of_everything
from data_access.schema import entered_figures
from data_access.selection import Scope
from data_access.store import Store

_TEXTS = ("region", "raw_text", "source", "note", "explanation", "entered_by")


class EnteredError(ValueError):
    """An entry cannot be stored; ``code`` is "missing" (it replaces none there is) or "replaced" (one already is)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Entered:
    """One entry. ``value`` and ``step`` (size of the last printed digit, 0 = exact) are in ``unit``, money in yuan.

    ``region`` is "" for the whole city; ``note`` says what was read otherwise than printed, ``explanation`` why the
    store differs; ``replaces`` is the entry this one corrects. ``entry_id`` is 0 until it is stored.
    """

    metric: str
    raw_text: str
    value: float
    unit: str
    step: float
    as_of: date
    source: str
    region: str = ""
    note: str = ""
    explanation: str = ""
    replaces: int | None = None
    entry_id: int = 0
    entered_at: datetime | None = None
    entered_by: str = ""


def add_entry(store: Store, scope: Scope, entry: Entered, by: str = "") -> int:
    """Store an entry and return its number.

    Raises ``EnteredError`` if it corrects none that is current, or is about a region outside of scope ("missing").

    The data version stays: what the store computes has not changed.
    """
    t = entered_figures
    if not scope.is_everything and entry.region not in (scope.regions or ()):
        raise EnteredError("missing")
    values = {f.name: getattr(entry, f.name) for f in fields(entry)}
    with store.begin() as connection:
        number = int(connection.execute(select(func.coalesce(func.max(t.c.entry_id), 0))).scalar_one()) + 1
        if entry.replaces is not None:
            if not connection.scalar(select(exists().where(t.c.entry_id == entry.replaces, *_in_scope(scope)))):
                raise EnteredError("missing")
            if connection.scalar(select(exists().where(t.c.replaces == entry.replaces))):
                raise EnteredError("replaced")
        values |= {"entry_id": number, "entered_at": _now(), "entered_by": by}
        connection.execute(insert(t).values(**values))
    return number


def list_entries(store: Store, scope: Scope, *, replaced: bool = False) -> list[Entered]:
    """Return the entries in the order they were made; those that a later one corrects only if ``replaced``.

    Of a scope of regions those that are about one of them; one of banks has none.
    """
    t = entered_figures
    query = _selected().where(*_in_scope(scope)).order_by(t.c.entry_id)
    if not replaced:
        later = t.alias("later")
        query = query.where(~exists(select(later.c.entry_id).where(later.c.replaces == t.c.entry_id)))
    return [_entry(row) for row in store.rows(query)]


def latest_of_all(store: Store, metric: str, as_of: date) -> Entered | None:
    """Return what a bulletin last said of the whole by a date, None if nothing was entered; published, so for all.

    Asked at every run of a page, since an entry leaves the data version as it is: one plain statement.
    """
    known = [_entry(row) for row in store.rows(_selected())]
    replaced = {one.replaces for one in known}
    reached = [one for one in known if one.metric == metric and not one.region and one.as_of <= as_of]
    reached = [one for one in reached if one.entry_id not in replaced]
    return max(reached, key=lambda one: (one.as_of, one.entry_id), default=None)


def _selected() -> Select[Any]:
    """Return the query of all entries, the columns in the order of ``Entered``."""
    return select(*(entered_figures.c[f.name] for f in fields(Entered)))


def _in_scope(scope: Scope) -> list[ColumnElement[bool]]:
    if scope.banks is not None or scope.regions is None:
        return of_everything(scope)
    return [entered_figures.c.region.in_(scope.regions)]


def _entry(row: Sequence[Any]) -> Entered:
    values: dict[str, Any] = {f.name: value for f, value in zip(fields(Entered), row, strict=True)}
    return Entered(**values | {name: values[name] or "" for name in _TEXTS})


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
