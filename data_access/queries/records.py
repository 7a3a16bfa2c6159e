"""The kinds of records that the ledger lists: where their rows are read, their id, their day and their columns.

Records of enterprises can be asked for as they are. Those of ``REGISTERS`` (officers, meetings, products …) belong to
no enterprise: they are listed only where a figure counts them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import FromClause, String, case, cast, func, null, select

from data_access.importing.specs import ColumnSpec, Kind
from data_access.importing.tables import TABLES
from data_access.rows import current

ENTERPRISE = "enterprise_id"
ATTENDANCES = "event_participants"
_ORDERED = frozenset({Kind.DATE, Kind.MONEY, Kind.RATE, Kind.INTEGER, Kind.DECIMAL})
# What an attendance says: of the meeting, and of the enterprise at it.
_OF_MEETINGS = ("title", "event_type", "theme")
_OF_GUESTS = ("intent_amount", "is_msme")


@dataclass(frozen=True, slots=True)
class Grain:
    """A kind of record.

    ``read`` returns its rows, of records of banks those of the given ones, with ``record_id`` and ``enterprise_id``.
    ``columns`` are its own, with the import table each comes from, without its id and its day (``happened_on``, "" for
    none).
    """

    table: str
    record_id: str
    happened_on: str
    columns: Mapping[str, tuple[str, ColumnSpec]]
    read: Callable[[Sequence[str] | None], FromClause]

    @property
    def has_bank(self) -> bool:
        """Whether a record is a bank's."""
        return "bank" in self.columns or self.table == ATTENDANCES

    @property
    def told(self) -> tuple[str, ...]:
        """Its day, if it has one, and its own columns."""
        return tuple(name for name in (self.happened_on, *self.columns) if name)

    @property
    def sortable(self) -> tuple[str, ...]:
        """Its day, and those of its columns that have an order of their own."""
        ordered = (name for name, (_, spec) in self.columns.items() if spec.kind in _ORDERED)
        return tuple(name for name in (self.happened_on, *ordered) if name)


def _grain(table: str) -> Grain:
    spec = TABLES[table]
    record_id, day = spec.key[0], spec.happened_on or ""
    own = {c.name: (table, c) for c in spec.columns if c.name not in (record_id, day, ENTERPRISE)}

    def read(banks: Sequence[str] | None) -> FromClause:
        rows = current(table)
        if banks is None or "bank" not in rows.c:
            return rows
        return select(rows).where(rows.c.bank.in_(banks)).subquery(table)

    return Grain(table, record_id, day, own, read)


def _register(table: str) -> Grain:
    grain = _grain(table)
    of_nobody = cast(null(), String).label(ENTERPRISE)

    def read(_banks: Sequence[str] | None) -> FromClause:
        rows = current(table)
        return select(rows, of_nobody).subquery(table)

    return Grain(table, grain.record_id, grain.happened_on, grain.columns, read)


def _attendances(banks: Sequence[str] | None) -> FromClause:
    """Return one row for each meeting and enterprise, with all it intends to borrow from the banks it met there."""
    p, v = current(ATTENDANCES), current("events")
    is_msme = func.max(case((p.c.is_msme.is_(True), 1), (p.c.is_msme.is_(False), 0)))
    keys = [p.c.event_id, p.c.enterprise_id, v.c.held_on, *(v.c[name] for name in _OF_MEETINGS)]
    query = (
        select(
            attendance_id(p.c.event_id, p.c.enterprise_id).label("attendance_id"), *keys,
            func.sum(p.c.intent_amount).label("intent_amount"), (is_msme == 1).label("is_msme"),
        )
        .select_from(p.join(v, v.c.event_id == p.c.event_id))
        .group_by(*keys)
    )  # fmt: skip
    return (query if banks is None else query.where(p.c.bank.in_(banks))).subquery(ATTENDANCES)


def attendance_id(event: Any, enterprise: Any) -> Any:  # noqa: ANN401 - two columns, of the store or of a frame
    """Return the ids of attendances: that of the meeting, "|", that of the enterprise."""
    return event + "|" + enterprise


_OWN = {name: ("events", TABLES["events"].column(name)) for name in _OF_MEETINGS} | {
    name: (ATTENDANCES, TABLES[ATTENDANCES].column(name)) for name in _OF_GUESTS
}
RECORDS: Mapping[str, Grain] = {
    **{name: _grain(name) for name in ("visits", "applications", "recommendations", "decisions", "loans", "problems")},
    ATTENDANCES: Grain(ATTENDANCES, "attendance_id", "held_on", _OWN, _attendances),
}
REGISTERS: Mapping[str, Grain] = {
    name: _register(name) for name in ("events", "officers", "grids", "publicity", "products")
}
KINDS: Mapping[str, Grain] = {**RECORDS, **REGISTERS}
