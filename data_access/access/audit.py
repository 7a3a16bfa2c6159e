"""The audit: who did what, when, with which scope and filter, and how many rows they took. It only grows.

Every row carries a digest of itself and of the digest before it, so that a row that was changed, removed, added or
moved by somebody who got around the store's triggers breaks the chain at that place.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, or_, select, update

from data_access.access.identity import Access, Person
from data_access.access.store import AccessStore, audit, head
from data_access.selection import Scope
from locales import N_

PAGE_ROWS = 50
STREAM_ROWS = 5_000
_SHOWN = tuple(column for column in audit.columns if column.name not in {"previous", "digest"})


class Action(StrEnum):
    """What somebody did."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    ROLE_CHOSEN = "role_chosen"
    REFUSED = "refused"
    EXPORT = "export"
    UNMASK = "unmask"
    IMPORT = "import"
    UNDO = "undo"
    CLOSE = "close"
    FREEZE = "freeze"
    PAPER = "paper"
    ENTER = "enter"
    GRANT = "grant"
    REVOKE = "revoke"


ACTION_TITLES = {
    Action.SIGN_IN: N_("登录"),
    Action.SIGN_OUT: N_("退出"),
    Action.ROLE_CHOSEN: N_("切换角色"),
    Action.REFUSED: N_("被拒绝"),
    Action.EXPORT: N_("导出"),
    Action.UNMASK: N_("查看脱敏字段"),
    Action.IMPORT: N_("导入"),
    Action.UNDO: N_("撤销批次"),
    Action.CLOSE: N_("关闭退回行"),
    Action.FREEZE: N_("冻结"),
    Action.PAPER: N_("取用材料"),
    Action.ENTER: N_("录入"),
    Action.GRANT: N_("授权"),
    Action.REVOKE: N_("终止授权"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the audit; ``at`` is UTC without a zone, ``rows`` None where nothing was counted."""

    seq: int
    at: datetime
    subject: str
    name: str
    how: str
    role: str
    scope: str
    action: str
    filters: str
    rows: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which events are asked for: of whom (part of the name or subject), which actions, from when until before when.

    ``subject`` asks for the events of exactly that person, "" for those of nobody in particular.
    """

    person: str = ""
    actions: tuple[Action, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain found: how many rows hold, the last digest, and the first row that does not."""

    rows: int
    digest: str
    broken: int | None = None

    @property
    def holds(self) -> bool:
        """Whether every row is as it was written and none is missing."""
        return self.broken is None


def record(
    store: AccessStore,
    who: Access | Person | None,
    action: Action,
    *,
    filters: str = "",
    rows: int | None = None,
    detail: str = "",
) -> None:
    """Add an event. ``who`` is a bare person, or nobody, where no access was given."""
    with store.begin() as connection:
        append(connection, who, action, filters=filters, rows=rows, detail=detail)


def append(
    connection: Connection,
    who: Access | Person | None,
    action: Action,
    *,
    filters: str = "",
    rows: int | None = None,
    detail: str = "",
) -> None:
    """Add an event inside the caller's transaction of ``AccessStore.begin``."""
    last = connection.execute(select(head.c.seq, head.c.digest)).one()
    person = who.person if isinstance(who, Access) else who
    access = who if isinstance(who, Access) else None
    entry: dict[str, Any] = {
        "seq": last.seq + 1,
        "at": _moment(datetime.now(UTC).replace(tzinfo=None)),
        "subject": _storable(person.subject if person else ""),
        "name": _storable(person.name if person else ""),
        "how": person.how if person else "",
        "role": access.role.key if access else "",
        "scope": scope_text(access.scope) if access else "",
        "action": action.value,
        "filters": _storable(filters),
        "rows_out": rows,
        "detail": _storable(detail),
        "previous": last.digest,
    }
    entry["digest"] = digest(entry)
    connection.execute(insert(audit).values(entry))
    connection.execute(update(head).values(seq=entry["seq"], digest=entry["digest"]))


def _moment(at: datetime) -> str:
    """Return a time as it is kept: texts of one length, so that their order is that of time."""
    return at.isoformat(timespec="microseconds")


def _storable(text: str) -> str:
    """Return ``text`` without what no database keeps: an address may hold anything, and is recorded all the same."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def digest(entry: dict[str, Any]) -> str:
    """Return the SHA-256 of a row's fields, the digest before it among them."""
    fields = [entry[column.name] for column in audit.columns if column.name != "digest"]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def scope_text(scope: Scope) -> str:
    """Return a scope as the audit keeps it: "regions=440811;440823", "" for everything."""
    parts = (("regions", scope.regions), ("banks", scope.banks), ("departments", scope.departments))
    return " ".join(f"{name}={';'.join(codes)}" for name, codes in parts if codes is not None)


def verify(store: AccessStore, known: str = "") -> Verdict:
    """Check the whole chain and return the number of the first row that was changed, removed, added or moved.

    Whoever can write to the database past its triggers can also write a whole new chain. ``known``, a digest that an
    earlier check returned and that was kept elsewhere, finds that out: a chain without it does not hold.
    """
    with store.connect() as connection:
        last = connection.execute(select(head.c.seq, head.c.digest)).one()
        rows, previous, is_known = 0, "", not known
        found = connection.execution_options(yield_per=STREAM_ROWS).execute(select(audit).order_by(audit.c.seq))
        for row in found.mappings():
            if row["seq"] != rows + 1 or row["previous"] != previous or digest(dict(row)) != row["digest"]:
                return Verdict(rows, previous, rows + 1)
            rows, previous = rows + 1, row["digest"]
            is_known = is_known or previous == known
    holds = is_known and (rows, previous) == (last.seq, last.digest)
    return Verdict(rows, previous, None if holds else rows + 1)


def events(
    store: AccessStore, asked: Asked, *, before: int | None = None, after: int | None = None, limit: int = PAGE_ROWS
) -> tuple[Event, ...]:
    """Return a page of the events asked for, newest first: the first, or the one that lies beyond an event's number.

    ``before`` is the number of an event that the page lies before in time, ``after`` of one that it lies after.
    """
    wanted = select(*_SHOWN).where(*_conditions(asked)).limit(limit)
    if after is None:
        older = [audit.c.seq < before] if before is not None else []
        return _read(store, wanted.where(*older).order_by(audit.c.seq.desc()))
    return _read(store, wanted.where(audit.c.seq > after).order_by(audit.c.seq))[::-1]


def count_events(store: AccessStore, asked: Asked) -> int:
    """Return how many events are asked for."""
    with store.connect() as connection:
        return connection.scalar(select(func.count()).select_from(audit).where(*_conditions(asked))) or 0


def stream_events(store: AccessStore, asked: Asked) -> Iterator[tuple[Event, ...]]:
    """Yield all events asked for, newest first, a part at a time; what is recorded meanwhile is not among them."""
    before: int | None = None
    while part := events(store, asked, before=before, limit=STREAM_ROWS):
        yield part
        before = part[-1].seq


def _conditions(asked: Asked) -> Iterator[ColumnElement[bool]]:
    if asked.person:
        yield or_(*(column.icontains(asked.person, autoescape=True) for column in (audit.c.name, audit.c.subject)))
    if asked.subject is not None:
        yield audit.c.subject == asked.subject
    if asked.actions:
        yield audit.c.action.in_([action.value for action in asked.actions])
    if asked.since is not None:
        yield audit.c.at >= _moment(asked.since)
    if asked.until is not None:
        yield audit.c.at < _moment(asked.until)


def _read(store: AccessStore, wanted: Select[Any]) -> tuple[Event, ...]:
    with store.connect() as connection:
        found = connection.execute(wanted).all()
    return tuple(Event(seq, datetime.fromisoformat(at), *rest) for seq, at, *rest in found)
