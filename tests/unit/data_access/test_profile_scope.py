"""What a reader is offered of a city is what his scope reaches."""

import pytest

from components.filters import asked_path, read_filters
from data_access.profile_scope import level_of, seen_profile
from data_access.selection import Scope

COUNTY, OTHER = "440881", "440882"


def test_who_sees_everything_is_offered_everything(zhanjiang):
    assert seen_profile(zhanjiang, Scope.everything()) is zhanjiang


def test_a_county_is_offered_itself_and_its_towns(zhanjiang):
    seen = seen_profile(zhanjiang, Scope((COUNTY,), None))
    assert [node.code for node in seen.children()] == [COUNTY]
    assert seen.children(COUNTY) == zhanjiang.children(COUNTY)
    assert not seen.children(OTHER)
    assert seen.banks == zhanjiang.banks
    assert {target.region for target in seen.targets} <= {"", COUNTY, *(n.code for n in seen.regions)}


def test_a_town_is_offered_the_way_down_to_it(zhanjiang):
    town = zhanjiang.children(COUNTY)[0].code
    seen = seen_profile(zhanjiang, Scope((town,), None))
    assert [node.code for node in seen.regions if node.level < 3] == [COUNTY, town]
    assert level_of(zhanjiang, Scope((town,), None)) == 2
    assert level_of(zhanjiang, Scope((town, COUNTY), None)) is None


def test_a_bank_is_offered_itself_and_no_targets(zhanjiang):
    seen = seen_profile(zhanjiang, Scope(None, ("B01",)))
    assert [bank.code for bank in seen.banks] == ["B01"]
    assert seen.regions == zhanjiang.regions
    assert not seen.targets


def test_a_department_is_offered_itself(zhanjiang):
    code = zhanjiang.codes["department"][0].code
    seen = seen_profile(zhanjiang, Scope(None, None, departments=(code,)))
    assert [entry.code for entry in seen.codes["department"]] == [code]
    assert seen.regions == zhanjiang.regions


@pytest.mark.parametrize("asked", [OTHER, "440882100", "999999", f"{OTHER}/x", "B02", ""])
def test_an_outside_region_in_the_address_is_answered_as_an_unknown_one(zhanjiang, monkeypatch, asked):
    known = {"region": asked, "bank": asked, "department": asked}
    monkeypatch.setattr("components.url_state.get", lambda name: known.get(name, ""))
    monkeypatch.setattr("components.url_state.get_all", lambda name: [known.get(name, "")])
    county = Scope((COUNTY,), None)
    assert asked_path(seen_profile(zhanjiang, county), county.regions) == (COUNTY,)
    bank = seen_profile(zhanjiang, Scope(None, ("B01",)))
    assert read_filters(bank, zhanjiang.programme_start).banks == ()
