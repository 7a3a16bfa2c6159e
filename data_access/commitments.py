"""What banks promised at the meetings: entered by a person, kept with the figure of that day, closed by a person.

They are operations data, not imported, so that undoing an import leaves them as they are.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, insert, select, update

from data_access.queries.filters import of_whole_banks
from data_access.schema import commitments_table as c
from data_access.selection import Scope
from data_access.store import Store

# The figures of a bank that a commitment can be about, and whether more is better.
FIGURES = {"visits": True, "applications": True, "credit": True, "reasons": False, "on_time": True}


class CommitmentError(ValueError):
    """A commitment cannot be entered; ``code`` is "figure", "wording", "due" or "missing"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Commitment:
    """One promise: ``measured`` and ``promised`` are in the figure's unit (shares from 0 to 1, ratios as they are).

    ``cases`` and ``counted`` are what a share rests on, ``log_error`` the standard error of a ratio's logarithm, both
    on ``made_on``; NULL (None) where they do not apply. ``commitment_id`` is 0 until it is stored.
    """

    bank: str
    figure: str
    wording: str
    owner: str
    made_on: date
    due_on: date
    measured: float
    promised: float
    cases: float | None = None
    counted: float | None = None
    log_error: float | None = None
    commitment_id: int = 0
    closed_on: date | None = None
    closing_note: str = ""


def may_commit(scope: Scope) -> bool:
    """Whether a scope has commitments at all: a bank promises for all its counties, so that none of them owns it."""
    return scope.regions is None


def add_commitment(store: Store, scope: Scope, commitment: Commitment, by: str = "") -> int:
    """Store a commitment and return its id.

    Raises ``CommitmentError`` if it says nothing, is due too early, or is about a bank that the scope does not have.
    """
    if not may_commit(scope) or (scope.banks is not None and commitment.bank not in scope.banks):
        raise CommitmentError("missing")
    if commitment.figure not in FIGURES:
        raise CommitmentError("figure")
    if not commitment.wording.strip():
        raise CommitmentError("wording")
    if commitment.due_on <= commitment.made_on:
        raise CommitmentError("due")
    names = ("bank", "figure", "owner", "made_on", "due_on", "measured", "promised", "cases", "counted", "log_error")
    values = {name: getattr(commitment, name) for name in names} | {"wording": commitment.wording.strip()}
    with store.begin() as connection:
        number = int(connection.execute(select(func.coalesce(func.max(c.c.commitment_id), 0))).scalar_one()) + 1
        connection.execute(insert(c).values(commitment_id=number, created_at=_now(), created_by=by, **values))
    return number


def close_commitment(store: Store, scope: Scope, commitment_id: int, on: date, note: str = "") -> None:
    """Close a commitment; it stays listed as closed. Raises ``CommitmentError`` if the scope has no such open one."""
    wanted = [c.c.commitment_id == commitment_id, c.c.closed_on.is_(None), *of_whole_banks(c, scope)]
    with store.begin() as connection:
        closed = connection.execute(update(c).where(*wanted).values(closed_on=on, closing_note=note.strip()))
        if closed.rowcount == 0:
            raise CommitmentError("missing")


def list_commitments(store: Store, scope: Scope, until: date | None = None) -> list[Commitment]:
    """Return the commitments of the banks in the scope, made until then, the open ones first, the oldest first."""
    query = select(c).order_by(c.c.closed_on.is_not(None), c.c.made_on, c.c.commitment_id)
    query = query.where(*of_whole_banks(c, scope))
    if until is not None:
        query = query.where(c.c.made_on <= until)
    with store.connect() as connection:
        rows = connection.execute(query).mappings().all()
    fields = Commitment.__dataclass_fields__
    return [
        Commitment(**{name: row[name] for name in fields} | {"closing_note": row["closing_note"] or ""}) for row in rows
    ]


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
