"""Up to which day it is known what followed a meeting, where credit is reported later than everything else."""

from datetime import date
from types import SimpleNamespace

from components.campaigns import effect
from components.campaigns.reading import ANY, Asked, watched_until
from data_access.selection import Scope, Selection

TODAY, DECIDED, DRAWN = date(2025, 6, 13), date(2025, 4, 30), date(2025, 6, 1)


def context(ends):
    def as_of(*tables):
        return max((ends[name] for name in tables if name in ends), default=None)

    return SimpleNamespace(
        as_of=as_of, filters=SimpleNamespace(as_of=TODAY), selection=Selection(TODAY), scope=Scope.everything(),
        store=None,
    )  # fmt: skip


def test_a_meeting_is_followed_as_far_as_decisions_are_reported_whatever_is_known_of_loans():
    assert watched_until(context({"decisions": DECIDED, "loans": DRAWN})) == DECIDED
    assert watched_until(context({"loans": DRAWN})) == DRAWN
    assert watched_until(context({})) == TODAY


def test_attendants_are_compared_only_as_far_as_credit_is_reported(monkeypatch):
    days = []
    monkeypatch.setattr(effect, "remember", lambda _context, _name, build, *_key: build())
    monkeypatch.setattr(effect.controls, "strata", lambda _store, _scope, selection, _ids: days.append(selection.as_of))
    effect.strata(context({"decisions": DECIDED, "loans": DRAWN}), Asked(ANY, ANY))
    assert days == [DECIDED]
