"""What one reader left in the process's memory is never handed to another: no key of one is a key of the other."""

import threading
from dataclasses import replace
from itertools import combinations

import pytest

from components.access.switch import demo_grants
from components.memory import memory
from components.reads import remember
from data_access.access.identity import Access, Grant, Person
from data_access.access.roles import ROLES, Ability
from data_access.selection import Scope
from pages import PAGES
from tests.page.test_roles import walk  # noqa: F401 - a fixture

READERS = ("task-force", "county-1", "bank-1", "department-1")
# Keys without a scope, and why they tell nothing: made of the very counts they are about; of an edition's digest, in
# which its scope is; the people whom anybody may try the demo as.
FREE = {"withheld", "papers", "demo people"}
# What a bank's anonymous band is made of: the figures of all banks, read in the whole city's scope and never shown.
BAND = {"banks.desk", "banks.ended", "banks.judged", "banks.sizes"}


def access_of(person, zhanjiang):
    grants: list[Grant] = [g for g in demo_grants(zhanjiang) if g.subject == f"demo-{person}"]
    return Access.of(Person(grants[0].subject, grants[0].name, "demo"), grants, grants[0].role)


def settle():
    """Wait for the checks of the data that pages started: they are counted after the page, for its reader."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join()


def kept_for(person, walk, zhanjiang):  # noqa: F811 - the fixture's function
    """Return the keys that a walk over all pages of a reader leaves in an empty memory."""
    settle()
    memory.clear()
    access = access_of(person, zhanjiang)
    for spec in PAGES[1:]:
        if access.may(spec.needs):
            walk(spec.url_path, person)
    settle()
    return {key for key in memory._entries if key[0] not in FREE}


def test_readers_of_different_scopes_share_nothing(walk, zhanjiang):  # noqa: F811 - the fixture
    """Neither figures nor pages nor the tables behind them: not one key of a walk over all pages is the same."""
    kept = {person: kept_for(person, walk, zhanjiang) for person in READERS}
    assert all(kept.values())
    for one, other in combinations(READERS, 2):
        if access_of(one, zhanjiang).scope != access_of(other, zhanjiang).scope:
            shared = {key for key in kept[one] & kept[other] if "bank-1" not in (one, other) or not _of_band(key)}
            assert not shared, (one, other, sorted({str(key[0]) for key in shared}))


def _of_band(key):
    return key[0] in BAND or key[:2] == ("progress", ("bank",))


@pytest.mark.parametrize(
    ("filled", "read", "is_shared"),
    [
        ("task_force", "leader", False),  # one scope, but names, texts and rows in full
        ("task_force", "task_force", True),
        ("leader", "auditor", True),  # neither sees any row
    ],
)
def test_what_is_filled_for_one_sight_is_not_read_by_another(
    build_context_for, demo_store, zhanjiang, filled, read, is_shared
):
    memory.clear()
    context = build_context_for(demo_store, zhanjiang)
    readers = [Access(None, ROLES[key], Scope.everything()) for key in (filled, read)]
    first, second = (_as(context, reader) for reader in readers)
    assert remember(first, "test.poison", lambda: "of the first") == "of the first"
    assert (remember(second, "test.poison", lambda: "own") == "of the first") == is_shared


@pytest.mark.parametrize(
    "scope", [Scope(("440881",), None), Scope(None, ("B01",)), Scope(None, None, departments=("finance",))]
)
def test_what_is_filled_for_one_scope_is_not_read_in_another(build_context_for, demo_store, zhanjiang, scope):
    memory.clear()
    context = build_context_for(demo_store, zhanjiang)
    role = next(role for role in ROLES.values() if Ability.ROWS in role.abilities)
    everyone, other = (_as(context, Access(None, role, s)) for s in (Scope.everything(), scope))
    remember(everyone, "test.poison", lambda: "everybody's")
    assert remember(other, "test.poison", lambda: "own") == "own"


def _as(context, access):
    return replace(context, access=access)
