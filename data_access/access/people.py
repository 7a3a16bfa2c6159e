"""People and their grants: read, added, and ended; nothing is ever removed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import uuid4

from sqlalchemy import Connection, Row, insert, select, update

from data_access.access.audit import Action, append
from data_access.access.identity import Access, Grant, Person
from data_access.access.roles import ROLES, Ability
from data_access.access.store import AccessStore, grants

_LISTS = ("regions", "banks", "departments")


class LastAdministratorError(Exception):
    """What was asked would leave nobody who can give access."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A grant as it is kept: when and by whom it was given, and when, by whom and why it was ended (None: it stands).

    Times are UTC without a zone.
    """

    grant: Grant
    granted_at: datetime
    granted_by: str
    revoked_at: datetime | None
    revoked_by: str
    reason: str

    def is_valid(self, on: date) -> bool:
        """Whether the grant stands and holds on the day ``on``."""
        return self.revoked_at is None and self.grant.is_valid(on)


def grants_of(store: AccessStore, subject: str, on: date) -> tuple[Grant, ...]:
    """Return the grants of ``subject`` that hold on the day ``on``, the oldest first; none for an unknown person."""
    wanted = select(grants).where(grants.c.subject == subject, grants.c.revoked_at.is_(None))
    with store.connect() as connection:
        found = [_grant(row) for row in connection.execute(wanted.order_by(grants.c.granted_at, grants.c.grant_id))]
    return tuple(grant for grant in found if grant.is_valid(on))


def is_known(store: AccessStore, subject: str) -> bool:
    """Whether ``subject`` was ever given anything: tells one whose time is over from one nobody has heard of."""
    with store.connect() as connection:
        return (
            connection.execute(select(grants.c.grant_id).where(grants.c.subject == subject).limit(1)).first()
            is not None
        )


def all_grants(store: AccessStore) -> tuple[Kept, ...]:
    """Return every grant there ever was, by person and time."""
    with store.connect() as connection:
        return _kept(connection)


def add_grants(store: AccessStore, given: Sequence[Grant], by: Access | Person) -> tuple[Grant, ...]:
    """Add ``given`` in one transaction, each with an event of the audit, and return them with the ids they got."""
    added = tuple(replace(grant, grant_id=uuid4().hex) for grant in given)
    with store.begin() as connection:
        for grant in added:
            connection.execute(insert(grants).values(_row(grant) | {"granted_at": _now(), "granted_by": _who(by)}))
            append(connection, by, Action.GRANT, detail=described(grant))
    return added


def revoke(store: AccessStore, grant_id: str, by: Access | Person, *, reason: str, on: date) -> None:
    """End a grant now; one that has ended stays as it is.

    Raises ``KeyError`` for an unknown grant and ``LastAdministratorError`` if nobody could give access on the day
    ``on`` any more.
    """
    with store.begin() as connection:
        kept = {known.grant.grant_id: known for known in _kept(connection)}
        ended = kept.pop(grant_id)
        if ended.revoked_at is not None:
            return
        if _administers(ended, on) and not any(_administers(other, on) for other in kept.values()):
            raise LastAdministratorError
        connection.execute(
            update(grants)
            .where(grants.c.grant_id == grant_id)
            .values(revoked_at=_now(), revoked_by=_who(by), reason=reason)
        )
        append(connection, by, Action.REVOKE, detail=f"{described(ended.grant)} · {reason}")


def described(grant: Grant) -> str:
    """Return a grant in one line, in codes, as the audit keeps it."""
    until = grant.valid_until.isoformat() if grant.valid_until else ""
    places = [f"{name}={';'.join(getattr(grant, name))}" for name in _LISTS if getattr(grant, name)]
    return " ".join([grant.subject, f"“{grant.name}”", grant.role, *places, f"{grant.valid_from}…{until}"])


def _administers(kept: Kept, on: date) -> bool:
    role = ROLES.get(kept.grant.role)
    return role is not None and Ability.ADMINISTER in role.abilities and kept.is_valid(on)


def _kept(connection: Connection) -> tuple[Kept, ...]:
    found = connection.execute(select(grants).order_by(grants.c.subject, grants.c.granted_at, grants.c.grant_id))
    return tuple(
        Kept(_grant(row), row.granted_at, row.granted_by, row.revoked_at, row.revoked_by or "", row.reason or "")
        for row in found
    )


def _grant(row: Row[tuple[object, ...]]) -> Grant:
    regions, banks, departments = (tuple(filter(None, getattr(row, name).split(";"))) for name in _LISTS)
    places = regions, banks, departments
    return Grant(row.grant_id, row.subject, row.name, row.role, *places, row.valid_from, row.valid_until)


def _row(grant: Grant) -> dict[str, object]:
    plain = {
        name: getattr(grant, name) for name in ("grant_id", "subject", "name", "role", "valid_from", "valid_until")
    }
    return plain | {name: ";".join(getattr(grant, name)) for name in _LISTS}


def _who(by: Access | Person) -> str:
    person = by.person if isinstance(by, Access) else by
    return person.subject if person else ""


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
