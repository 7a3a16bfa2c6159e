"""Editions before readers who may not see the rows: frozen without small counts, and so are the papers."""

from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

import pandas as pd
import pytest

from components.context import Context, latest_day
from components.filters import Filters
from components.papers import freezing
from components.papers.binder import audiences, freeze_now, open_edition
from components.papers.comparison import differences
from data_access.access.identity import Access
from data_access.access.roles import ROLES
from data_access.editions import EditionError, freeze
from data_access.selection import Scope
from data_access.store import open_store
from metrics.catalogue import load_catalogue
from reports.edition import Edition
from reports.pack import PAPERS, write_pack

NONE = pd.DataFrame(columns=["key", "formula_zh"])
LEADER = Access(None, ROLES["leader"], Scope.everything())


@pytest.fixture
def office(demo_store_url, zhanjiang):
    store = open_store(demo_store_url)
    coverage = MappingProxyType(store.coverage())
    last = latest_day(zhanjiang, coverage)
    yield Context(store, zhanjiang, 1, coverage, "zh", Access.open(), Filters(last), last)
    store.close()


def counts(edition):
    values = edition.frames["values"]
    counted = [key for key, entry in load_catalogue().items() if entry.unit == "enterprise"]
    return values[values["key"].isin(counted)]["value"].dropna()


def test_a_leader_opens_an_edition_and_its_papers_without_small_counts(office):
    number = freeze_now(office, 1, "第一期")
    whole, told = (open_edition(context, number) for context in (office, replace(office, access=LEADER)))
    assert ((counts(whole) > 0) & (counts(whole) < office.small_cell)).any()
    assert not ((counts(told) > 0) & (counts(told) < office.small_cell)).any()
    assert len(counts(told)) > 100
    assert "overdue" in whole.frames
    assert "overdue" not in told.frames
    assert all("told." not in name for edition in (whole, told) for name in edition.frames)
    for audience in list(audiences(told))[:2]:
        files = write_pack(told, audience, "zh")
        assert len(files) == len(PAPERS)
    values = told.frames["values"].set_index(["part", "code", "key"])["value"]
    for county in filter(None, told.codes("region")):
        towns = [values.get(("town", code, "approved"), float("nan")) for code in told.codes("town", county)]
        missing = pd.Series(towns, dtype=float).isna().sum()
        assert missing != 1 or pd.isna(values[("region", county, "approved")])


def test_an_edition_frozen_with_full_counts_only_is_refused_to_a_leader(office):
    whole = freezing.freezable(office)
    frames = freezing.frames(whole)
    number = freeze(
        office.store, office.scope, 1, "旧", whole.filters.as_of, freezing.facts(whole), frames, data_version=1
    )
    assert open_edition(office, number).number == 1
    with pytest.raises(EditionError, match="counts"):
        open_edition(replace(office, access=LEADER), number)


def test_a_comparison_does_not_tell_a_change_of_a_few(office):
    columns = ["part", "code", "key", "value"]
    values = pd.DataFrame([("city", "", "visited", 10.0), ("region", "440882", "applied", 30.0)], columns=columns)
    facts = {"previous": 0}
    frozen_at = datetime(2025, 6, 1, tzinfo=UTC)
    old = Edition(1, "", office.last_on, frozen_at, "", 1, facts, {"values": values, "definitions": NONE})
    moved = values.assign(value=values["value"].where(values["key"] != "visited", values["value"] + 2))
    new = replace(old, number=2, frames={**old.frames, "values": moved})
    assert set(differences(old, new)["change"]) == {2.0}
    assert differences(old, new, 5)[["before", "change"]].isna().all(axis=None)
