"""One enterprise's records on every engine: all of its own, none of others', and no more than the scope allows."""

import pytest

from data_access.queries.dossier import dossier
from data_access.selection import Scope
from data_access.store import Store
from tests.contract.small_city import SMALL_CITY, day, fill

ALL = Scope.everything()
OFFICER = {"region_1": "A", "started_on": day(1), "ended_on": None}


@pytest.fixture(scope="module")
def city(shared_store: Store) -> Store:
    more = {
        "problems": [{"problem_id": "p1", "enterprise_id": "e1", "category": "tax", "level": "simple",
                      "raised_on": day(3)}],
        "events": [{"event_id": "m1", "title": "对接会", "event_type": "matchmaking", "held_on": day(8)}],
        "event_participants": [{"event_id": "m1", "enterprise_id": "e1", "bank": bank, "intent_amount": 5}
                               for bank in ("X", "Y")],
        "officers": [
            {"officer_id": "o1", "kind": "assistant", "bank": "X", "region_2": "A1", **OFFICER},
            {"officer_id": "o2", "kind": "assistant", "bank": "Y", "region_2": "A2", **OFFICER},
            {"officer_id": "o3", "kind": "assistant", "bank": "Y", "region_2": "A1", **OFFICER, "ended_on": day(5)},
        ],
    }  # fmt: skip
    fill(shared_store, {**SMALL_CITY, **more})
    return shared_store


def kept(city: Store, name: str = "e1", scope: Scope = ALL, on: int = 200) -> dict[str, list[str]]:
    found = dossier(city, scope, name, day(on))
    assert found is not None
    return {table: [str(value) for value in frame.iloc[:, 0]] for table, frame in found.records.items()}


def test_everything_of_an_enterprise_and_nothing_of_others(city):
    assert kept(city) == {
        "visit_targets": ["e1"],
        "visits": ["v1", "v2"],
        "applications": ["a1", "a2"],
        "recommendations": ["r1", "r2"],
        "decisions": ["d1", "d2"],
        "loans": ["l1", "l2"],
        "problems": ["p1"],
        "events": ["m1", "m1"],
        "officers": ["o1"],
    }
    assert kept(city, "e6")["officers"] == []  # it has no town


def test_of_a_bank_only_its_own(city):
    mine = kept(city, scope=Scope(None, ("Y",)))
    assert (mine["visits"], mine["decisions"], mine["loans"], mine["officers"]) == (["v2"], ["d2"], ["l2"], [])
    assert mine["events"] == ["m1"]


def test_nothing_of_what_came_later(city):
    before = kept(city, on=14)
    assert (before["visits"], before["applications"], before["recommendations"]) == (["v1"], ["a1"], [])


def test_one_out_of_scope_is_like_one_that_is_not_there(city):
    for scope in (Scope(("B",), None), Scope(None, ("Z",)), Scope((), None)):
        assert dossier(city, scope, "e1", day(200)) is None
    for unknown in ("nobody", "", "e1' or '1'='1"):
        assert dossier(city, ALL, unknown, day(200)) is None
