"""The audit: who did what, when, with which scope and filter, and how many rows they took. It only grows.

Every row carries a digest of itself and of the digest before it, so that a row that was changed, removed, added or
moved by somebody who got around the store's triggers breaks the chain at that place.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from data_access.access.identity import Access, Person
from data_access.access.store import AccessStore, audit, head
from data_access.selection import Scope
from locales import N_

PAGE_ROWS = 50
STREAM_ROWS = 5_000


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
    Action.FREEZE: N_("定稿"),
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
    """Which events are asked for: of whom (part of the name or subject), which actions, from when until before when."""

    person: str = ""
    actions: tuple[Action, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


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
    entry: dict[str, Any] = {
        "seq": last.seq + 1,
        "at": datetime.now(UTC).replace(tzinfo=None),
        "subject": person.subject if person else "",
        "name": person.name if person else "",
        "how": person.how if person else "",
        "role": who.role.key if isinstance(who, Access) else "",
        "scope": scope_text(who.scope) if isinstance(who, Access) else "",
        "action": action.value,
        "filters": filters,
        "rows_out": rows,
        "detail": detail,
        "previous": last.digest,
    }
    entry["digest"] = digest(entry)
    connection.execute(insert(audit).values(entry))
    connection.execute(update(head).values(seq=entry["seq"], digest=entry["digest"]))


def digest(entry: dict[str, Any]) -> str:
    """Return the SHA-256 of a row's fields, the digest before it among them."""
    fields = [entry[column.name] for column in audit.columns if column.name != "digest"]
    written = [value.isoformat() if isinstance(value, datetime) else value for value in fields]
    return hashlib.sha256(json.dumps(written, ensure_ascii=False).encode()).hexdigest()


def scope_text(scope: Scope) -> str:
    """Return a scope as the audit keeps it: "regions=440811;440823", "" for everything."""
    parts = (("regions", scope.regions), ("banks", scope.banks), ("departments", scope.departments))
    return " ".join(f"{name}={';'.join(codes)}" for name, codes in parts if codes is not None)


def verify(store: AccessStore) -> Verdict:
    """Check the whole chain and return the number of the first row that was changed, removed, added or moved."""
    with store.connect() as connection:
        last = connection.execute(select(head.c.seq, head.c.digest)).one()
        rows, previous = 0, ""
        found = connection.execution_options(yield_per=STREAM_ROWS).execute(select(audit).order_by(audit.c.seq))
        for row in found.mappings():
            if row["seq"] != rows + 1 or row["previous"] != previous or digest(dict(row)) != row["digest"]:
                return Verdict(rows, previous, rows + 1)
            rows, previous = rows + 1, row["digest"]
    return Verdict(rows, previous, None if (rows, previous) == (last.seq, last.digest) else rows + 1)
