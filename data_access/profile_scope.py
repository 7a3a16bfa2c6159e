"""What a reader is offered of a city: the regions, banks, departments and targets of his scope, and no others.

Whatever a page lists or an address may name comes from the profile, so that a code from outside is answered exactly
as one that does not exist.
"""

from dataclasses import replace

from data_access.profile import Node, Profile, Target
from data_access.selection import Scope


def seen_profile(profile: Profile, scope: Scope) -> Profile:
    """Return the profile as far as ``scope`` reaches: what lies in its regions, and the way down to them."""
    if scope.is_everything:
        return profile
    regions, banks, departments = profile.regions, profile.banks, profile.codes.get("department", ())
    if scope.regions is not None:
        regions = _reached(profile, frozenset(scope.regions))
    if scope.banks is not None:
        banks = tuple(bank for bank in banks if bank.code in scope.banks)
    if scope.departments is not None:
        departments = tuple(code for code in departments if code.code in scope.departments)
    known = {node.code for node in regions}
    return replace(
        profile, regions=regions, banks=banks, codes={**profile.codes, "department": departments},
        targets=tuple(target for target in profile.targets if _is_for(target, known, scope)),
    )  # fmt: skip


def level_of(profile: Profile, scope: Scope) -> int | None:
    """Return the one level that all regions of a scope are at, None if there is none or it is not known."""
    levels = {node.level if (node := profile.region_by_code.get(code)) else None for code in scope.regions or ()}
    return levels.pop() if len(levels) == 1 else None


def _reached(profile: Profile, codes: frozenset[str]) -> tuple[Node, ...]:
    inside = set(codes)
    for node in sorted(profile.regions, key=lambda node: node.level):
        if node.parent in inside:
            inside.add(node.code)
    above = {code for code in codes if code in profile.region_by_code}
    for node in sorted(profile.regions, key=lambda node: -node.level):
        if node.code in above:
            above.add(node.parent)
    return tuple(node for node in profile.regions if node.code in inside | above)


def _is_for(target: Target, regions: set[str], scope: Scope) -> bool:
    """A bank has none of the targets, which are the city's and its regions'; a region's reader has the city's too."""
    return scope.banks is None and (not target.region or target.region in regions)
