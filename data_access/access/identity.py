"""Who somebody is (``Person``), what they were given (``Grant``), and what follows from it (``Access``)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from data_access.access.roles import OPEN_ROLE, ROLES, Ability, Role
from data_access.selection import Scope


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the keyboard: the subject under which grants are kept, a name to show, and how that is known.

    ``how`` is the way of signing in ("oidc", "header"), "demo" for a demo person, or "shell" for the command line.
    """

    subject: str
    name: str
    how: str


@dataclass(frozen=True, slots=True)
class Grant:
    """One role of one person: for which regions, banks or departments, from which day until which (None: no end)."""

    grant_id: str
    subject: str
    name: str
    role: str
    regions: tuple[str, ...]
    banks: tuple[str, ...]
    departments: tuple[str, ...]
    valid_from: date
    valid_until: date | None

    def is_valid(self, on: date) -> bool:
        """Whether the grant holds on the day ``on``; both of its days count."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Access:
    """What a person may do and see in one role: never the union of several roles."""

    person: Person | None
    role: Role
    scope: Scope
    grants: tuple[Grant, ...] = ()

    @classmethod
    def open(cls) -> "Access":
        """Return what anybody may where nobody signs in: everything in scope, every name and text masked."""
        return cls(None, OPEN_ROLE, Scope.everything())

    @classmethod
    def of(cls, person: Person, grants: Iterable[Grant], role: str) -> "Access":
        """Return the access of ``person`` in ``role``, with the scope of that role's grants alone.

        Raises ``KeyError`` if no grant of ``grants`` gives the role.
        """
        own = tuple(grant for grant in grants if grant.role == role and role in ROLES)
        if not own:
            raise KeyError(role)
        return cls(person, ROLES[role], scope_of(own), own)

    def may(self, ability: Ability) -> bool:
        """Whether the role includes ``ability``."""
        return ability in self.role.abilities


def roles_in(grants: Iterable[Grant]) -> tuple[Role, ...]:
    """Return the roles that ``grants`` give, in the order of ``ROLES``; a role that is no longer known is left out."""
    given = {grant.role for grant in grants}
    return tuple(role for key, role in ROLES.items() if key in given)


def scope_of(grants: Iterable[Grant]) -> Scope:
    """Return the rows that grants of one role open together.

    A role bound to a kind of place sees what its grants name, and nothing if they name nothing; only a role that may
    be granted for the whole city sees everything by a grant that names nothing.
    """
    regions: set[str] = set()
    banks: set[str] = set()
    departments: set[str] = set()
    bound: set[str] = set()
    for grant in grants:
        if not (grant.regions or grant.banks or grant.departments) and "city" in ROLES[grant.role].bound_to:
            return Scope.everything()
        regions.update(grant.regions)
        banks.update(grant.banks)
        departments.update(grant.departments)
        bound.update(ROLES[grant.role].bound_to)
    return Scope(
        tuple(sorted(regions)) if "region" in bound else None,
        tuple(sorted(banks)) if "bank" in bound else None,
        departments=tuple(sorted(departments)) if "department" in bound else None,
    )
