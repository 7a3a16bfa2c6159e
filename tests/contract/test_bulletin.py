"""The lines of the wall screen, counted by hand on both engines."""

import pytest

from data_access.queries.bulletin import last_event, latest_events, overdue_problems
from data_access.queries.regions import grids
from data_access.selection import Scope, Selection
from tests.contract.small_city import SMALL_CITY, day, fill

EVERYTHING = Scope.everything()


def event(number, on, region=None, **more):
    return {"event_id": f"v{number}", "title": f"event {number}", "event_type": "matchmaking", "held_on": day(on),
            "region_1": region, **more}  # fmt: skip


def problem(number, name, department, deadline, closed=None, **more):
    row = {"problem_id": f"p{number}", "enterprise_id": name, "category": "c", "level": "l", "raised_on": day(1)}
    return {**row, "department": department, "deadline": day(deadline), "closed_on": closed, **more}


@pytest.fixture
def city(store):
    tables = {
        **SMALL_CITY,
        "grids": [
            {"code": "g1", "name": "格一", "name_en": "Grid 1", "region_1": "A", "region_2": "A1"},
            {"code": "g2", "name": "格二", "name_en": None, "region_1": "B", "region_2": "B1"},
        ],
        "events": [event(1, 10, "A"), event(2, 30), event(3, 50, "B", intent_amount=1_000_000), event(4, 90, "A")],
        # Of finance: one late, one suspended until day 70, one closed, one not due; one without a department.
        "problems": [
            problem(1, "e1", "finance", 20), problem(2, "e4", "finance", 30, suspended_days=40),
            problem(3, "e1", "finance", 20, day(25)), problem(4, "e2", "finance", 90), problem(5, "e4", None, 40),
        ],
    }  # fmt: skip
    fill(store, tables)
    return store


def test_the_newest_events_come_first_and_none_from_the_future(city):
    found = latest_events(city, EVERYTHING, Selection(day(60)))
    assert list(found["title"]) == ["event 3", "event 2", "event 1"]
    assert last_event(found) == day(50)
    assert list(latest_events(city, EVERYTHING, Selection(day(60)), limit=1)["title"]) == ["event 3"]


def test_a_region_sees_its_own_events_and_the_citys(city):
    assert list(latest_events(city, EVERYTHING, Selection(day(60), regions=("A",)))["title"]) == ["event 2", "event 1"]
    scope = Scope(regions=("B",), banks=None)
    assert list(latest_events(city, scope, Selection(day(60)))["title"]) == ["event 3", "event 2"]


def test_overdue_problems_are_open_past_their_deadline(city):
    found = overdue_problems(city, EVERYTHING, Selection(day(60))).set_index("department")
    assert found.loc["finance", ["open", "overdue"]].tolist() == [3.0, 1.0]
    assert found.loc["", ["open", "overdue"]].tolist() == [1.0, 1.0]
    assert str(found.loc["finance", "oldest_on"])[:10] == day(20).isoformat()


def test_before_it_was_closed_a_problem_was_open(city):
    found = overdue_problems(city, EVERYTHING, Selection(day(24))).set_index("department")
    assert found.loc["finance", ["open", "overdue"]].tolist() == [4.0, 2.0]


def test_problems_follow_the_scope(city):
    found = overdue_problems(city, Scope(regions=("B",), banks=None), Selection(day(60)))
    assert dict(zip(found["department"], found["open"], strict=True)) == {"": 1.0, "finance": 1.0}


def test_grids_of_a_town_and_of_a_scope(city):
    assert [(g.code, g.label.zh, g.label.en, g.parent) for g in grids(city, EVERYTHING, "A1")] == [
        ("g1", "格一", "Grid 1", "A1")
    ]
    assert grids(city, Scope(regions=("B",), banks=None), "A1") == ()
    assert [g.code for g in grids(city, Scope(regions=("B1",), banks=None), "B1")] == ["g2"]
