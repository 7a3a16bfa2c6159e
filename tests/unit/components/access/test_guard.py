"""What is asked again after a page was drawn."""

from datetime import date
from types import SimpleNamespace

import pytest

from components.access import guard
from components.access.guard import DEMO, holds, require
from components.errors import NotAllowedError
from data_access.access.audit import Action
from data_access.access.identity import Access, Grant, Person
from data_access.access.roles import Ability

DAY = date(2025, 1, 1)
ANN = Person("ann", "Ann", "oidc")


def grant(role, *regions, number="1"):
    return Grant(number, "ann", "Ann", role, regions, (), (), DAY, None)


@pytest.fixture
def store(monkeypatch):
    """Hold the grants that are given now, and what was recorded."""
    held = SimpleNamespace(url="x", grants=(), reads=0, noted=[])

    def read(_store, _subject, _day):
        held.reads += 1
        return held.grants

    monkeypatch.setattr(guard, "access_store", lambda: held)
    monkeypatch.setattr(guard, "grants_of", read)
    monkeypatch.setattr(guard, "note", lambda who, action, *, detail: held.noted.append((who, action, detail)))
    guard.known.forget()
    yield held
    guard.known.forget()


def test_access_holds_as_long_as_it_would_be_given_again(store):
    access = Access.of(ANN, [grant("county", "c1")], "county")
    store.grants = access.grants
    assert holds(access)
    for other in ((), (grant("clerk"),), (grant("county", "c2"),), (*access.grants, grant("county", "c2", number="2"))):
        store.grants = other
        guard.known.forget()
        assert not holds(access)


def test_a_further_role_changes_nothing(store):
    access = Access.of(ANN, [grant("county", "c1")], "county")
    store.grants = (*access.grants, grant("clerk", number="2"))
    assert holds(access)


def test_grants_are_read_once_in_a_while(store, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(guard.time, "monotonic", lambda: now[0])
    access = Access.of(ANN, [grant("county", "c1")], "county")
    store.grants = access.grants
    assert [holds(access) for _ in range(5)] == [True] * 5
    assert store.reads == 1
    store.grants = ()
    now[0] += guard.SECONDS
    assert not holds(access)


def test_nobody_and_the_demos_people_need_no_grant(store):
    assert holds(Access.open())
    assert holds(Access.of(Person("ann", "Ann", DEMO), [grant("county", "c1")], "county"))
    assert store.reads == 0


def test_an_act_needs_the_ability_and_access_that_holds(store):
    context = SimpleNamespace(access=Access.of(ANN, [grant("county", "c1")], "county"))
    store.grants = context.access.grants
    require(context, Ability.EXPORT)
    with pytest.raises(NotAllowedError):
        require(context, Ability.FREEZE)
    store.grants = ()
    guard.known.forget()
    with pytest.raises(NotAllowedError):
        require(context, Ability.EXPORT)
    assert store.noted == [(context.access, Action.REFUSED, name) for name in ("freeze", "export")]


def test_a_part_of_a_page_runs_the_whole_page_where_access_does_not_hold(store, monkeypatch):
    class RerunError(Exception):
        pass

    def rerun(*, scope):
        raise RerunError(scope)

    monkeypatch.setattr(guard.st, "rerun", rerun)
    context, drawn = SimpleNamespace(access=Access.of(ANN, [grant("county", "c1")], "county")), []
    part = guard._guarded(context, drawn.append)
    store.grants = context.access.grants
    part("figures")
    store.grants = ()
    guard.known.forget()
    with pytest.raises(RerunError, match="app"):
        part("more")
    assert drawn == ["figures"]
