"""The demo's people: one for every role, two where a role is bound to a place, to try the product as each of them."""

from collections.abc import Iterator, Mapping

from data_access.access.identity import Grant
from data_access.access.roles import ROLES, Bound, Role
from data_access.profile import Label, Profile

EACH = 2


def demo_grants(profile: Profile) -> tuple[Grant, ...]:
    """Return the grants of the demo's people, valid since the programme began; subjects begin with "demo-"."""
    return tuple(grant for role in ROLES.values() for grant in _of(profile, role))


def _of(profile: Profile, role: Role) -> Iterator[Grant]:
    bound = role.bound_to[0]
    for number, (code, label) in enumerate(_places(profile)[bound], start=1):
        subject = f"demo-{role.key.replace('_', '-')}" + (f"-{number}" if code else "")
        name = f"{label.short('zh')}·{role.name.zh}" if code else role.name.zh
        bound_to = {one: (code,) if one is bound and code else () for one in Bound}
        yield Grant(
            subject, subject, name, role.key, bound_to[Bound.REGION], bound_to[Bound.BANK], bound_to[Bound.DEPARTMENT],
            profile.programme_start, None,
        )  # fmt: skip


def _places(profile: Profile) -> Mapping[Bound, list[tuple[str, Label]]]:
    """Return what a grant of each kind may be bound to; a grant for the whole city names nothing."""
    return {
        Bound.CITY: [("", profile.label)],
        Bound.REGION: [(node.code, node.label) for node in profile.children()][:EACH],
        Bound.BANK: [(bank.code, bank.label) for bank in profile.banks if not bank.is_policy][:EACH],
        Bound.DEPARTMENT: [(code.code, code.label) for code in profile.codes.get("department", ())][:EACH],
    }
