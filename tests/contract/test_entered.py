"""Figures entered by hand: kept for good, corrected by a further entry, compared like published ones."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from components.reconciliation import compare_entered
from data_access.entered import Entered, EnteredError, add_entry, latest_of_all, list_entries
from data_access.schema import entered_figures
from data_access.selection import Scope
from metrics.reconcile import Verdict
from scripts.reconcile import line
from tests.contract.small_city import day, fill

ENTRY = Entered("visited", "走访4户", 4.0, "enterprise", 0.0, day(60), "简报")


def test_an_entry_is_corrected_by_another_and_never_changed(store):
    fill(store)
    version = store.version()
    assert add_entry(store, Scope.everything(), ENTRY, by="clerk") == 1
    assert (
        add_entry(store, Scope.everything(), replace(ENTRY, value=5.0, raw_text="走访5户", replaces=1), by="clerk") == 2
    )
    assert [entry.entry_id for entry in list_entries(store, Scope.everything())] == [2]
    assert [entry.value for entry in list_entries(store, Scope.everything(), replaced=True)] == [4.0, 5.0]
    assert list_entries(store, Scope.everything())[0].entered_by == "clerk"
    assert list_entries(store, Scope.everything())[0].entered_at is not None
    for wrong, code in ((1, "replaced"), (9, "missing")):
        with pytest.raises(EnteredError) as refused:
            add_entry(store, Scope.everything(), replace(ENTRY, replaces=wrong))
        assert refused.value.code == code
    with store.connect() as connection:
        assert len(connection.execute(select(entered_figures)).all()) == 2
    assert store.version() == version


def test_entries_are_compared_at_their_own_day_and_place(store):
    fill(store)
    for entry in (
        ENTRY,  # all but e3, who was never met: five
        replace(ENTRY, value=5.0),
        replace(ENTRY, value=2.0, region="A"),
        replace(ENTRY, value=1.0, as_of=day(1)),
        replace(ENTRY, value=9.0, explanation="口径不同"),
        replace(ENTRY, metric="visit_rate", unit="percent", value=125.0, step=0.1, raw_text="125.0%"),
    ):
        add_entry(store, Scope.everything(), entry)
    found = {c.entry.entry_id: c for c in compare_entered(store, Scope.everything())}
    verdicts = {number: c.outcome.verdict for number, c in found.items()}
    agrees, differs = Verdict.WITHIN_ROUNDING, Verdict.OPEN
    assert verdicts == {1: differs, 2: agrees, 3: agrees, 4: agrees, 5: Verdict.EXPLAINED, 6: agrees}
    assert found[1].outcome.difference == 1.0
    assert '"id": "entered-1"' in line(found[1])
    assert found[5].explained("zh") == "口径不同"


def test_the_rank_of_a_bulletin_is_explained_by_its_source_and_the_latest_counts(store):
    fill(store)
    rank = replace(ENTRY, metric="provincial_rank", raw_text="全省第3", value=3.0, unit="rank")
    for entry in (rank, replace(rank, value=4.0, as_of=day(50)), replace(rank, value=9.0, region="A", as_of=day(70))):
        add_entry(store, Scope.everything(), entry)
    assert {c.outcome.verdict for c in compare_entered(store, Scope.everything())} == {Verdict.EXPLAINED}
    for until, value in ((55, 4.0), (60, 3.0), (90, 3.0)):
        found = latest_of_all(store, "provincial_rank", day(until))
        assert found is not None
        assert found.value == value
    assert latest_of_all(store, "provincial_rank", day(1)) is None


def test_what_was_never_reported_stays_open(store):
    add_entry(store, Scope.everything(), replace(ENTRY, as_of=date(2025, 1, 1)))
    (comparison,) = compare_entered(store, Scope.everything())
    assert (comparison.outcome.computed, comparison.outcome.verdict) == (None, Verdict.OPEN)
