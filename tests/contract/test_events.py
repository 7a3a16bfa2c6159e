"""Meetings, officers and publicity, counted by hand on the small city, on both engines, and within a scope."""

from dataclasses import replace

import numpy as np
import pytest

from data_access.queries.controls import register_shares, strata
from data_access.queries.events import attendances, events, names, outcomes
from data_access.queries.officers import officers_by, villages_by
from data_access.queries.publicity import publications
from data_access.selection import Scope, Selection
from tests.contract.small_city import SMALL_CITY, day, fill

ALL = Scope.everything()
ASKED = Selection(day(130))


def meeting(number, on, county, **more):
    row = {"event_id": f"m{number}", "title": f"m{number}", "event_type": "matchmaking", "theme": "tech"}
    return {**row, "held_on": day(on), "region_1": county, "is_published": False, **more}


def met(number, name, bank, intent=None, *, small=True):
    return {
        "event_id": f"m{number}", "enterprise_id": name, "bank": bank, "intent_amount": intent, "is_msme": small,
    }  # fmt: skip


# m1 of county A on day 28: e1 meets X and Y, e3 X; m2 of the city on day 35; m3 of county B is yet to come.
TABLES = {
    "events": [
        meeting(1, 28, "A", intent_amount=900_000, banks_count=2, firms_count=2),
        meeting(2, 35, None),
        meeting(3, 200, "B", is_published=True, source_text="原文"),
    ],
    "event_participants": [
        met(1, "e1", "X", 500_000), met(1, "e1", "Y", 100_000), met(1, "e3", "X", 300_000, small=False),
        met(2, "e1", "Y"), met(2, "e5", "Y", small=None),
    ],
    "officers": [
        {"officer_id": "o1", "kind": "assistant", "bank": "X", "region_1": "A", "region_2": "A1",
         "enterprises_served": 5},
        {"officer_id": "o2", "kind": "commissioner", "bank": "Y", "region_1": "A", "region_2": "A1", "region_3": "g1"},
        {"officer_id": "o3", "kind": "commissioner", "bank": "Y", "region_1": "B", "region_2": "B1", "region_3": "g3",
         "ended_on": day(100), "enterprises_served": 7},
        {"officer_id": "o4", "kind": "assistant", "bank": "X", "region_1": "B", "region_2": "B1",
         "started_on": day(140)},
    ],
    "grids": [
        {"code": "g1", "name": "g1", "region_1": "A", "region_2": "A1"},
        {"code": "g2", "name": "g2", "region_1": "A", "region_2": "A1"},
        {"code": "g3", "name": "g3", "region_1": "B", "region_2": "B1"},
    ],
    "publicity": [
        {"publicity_id": "p1", "channel": "handbook", "title": "h", "published_on": day(9), "copies": 100},
        {"publicity_id": "p2", "channel": "wechat", "title": "w", "published_on": day(50), "views": 7},
        {"publicity_id": "p3", "channel": "wechat", "title": "w", "published_on": day(131), "views": 9},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def city(shared_store):
    fill(shared_store, SMALL_CITY | TABLES)
    return shared_store


def test_the_register_holds_meetings_held_and_planned(city):
    frame = events(city, ALL, ASKED)
    assert frame["event_id"].tolist() == ["m1", "m2", "m3"]
    assert frame["intent_amount"].tolist()[0] == 900_000
    assert np.isnan(frame["intent_amount"].iloc[1])
    assert events(city, ALL, replace(ASKED, start=day(30)))["event_id"].tolist() == ["m2", "m3"]
    assert events(city, ALL, ASKED.within("B"))["event_id"].tolist() == ["m2", "m3"]  # e5 of B was at m2
    assert events(city, ALL, replace(ASKED, entity_types=("company",)))["event_id"].tolist() == ["m1", "m2"]


def test_a_meeting_of_the_whole_city_that_is_to_come_concerns_every_part_of_it(store):
    """Nobody has attended m4, nor m5, which was held: only the one to come is in a county's register."""
    fill(store, SMALL_CITY | TABLES | {"events": [*TABLES["events"], meeting(4, 210, None), meeting(5, 36, None)]})
    assert events(store, Scope(("A",), None), ASKED.within("A"))["event_id"].tolist() == ["m1", "m2", "m4"]
    assert events(store, ALL, ASKED.within("B"))["event_id"].tolist() == ["m2", "m3", "m4"]


def test_an_attendance_is_an_enterprise_at_a_meeting_over_all_banks(city):
    frame = attendances(city, ALL, ASKED).set_index(["event_id", "enterprise_id"])
    assert frame.loc[("m1", "e1"), ["intent", "banks", "msme"]].tolist() == [600_000, 2, 1]
    assert frame.loc[("m1", "e3"), "msme"] == 0
    assert np.isnan(frame.loc[("m2", "e5"), "msme"])
    assert np.isnan(frame.loc[("m2", "e1"), "intent"])
    assert len(attendances(city, ALL, Selection(day(30)))) == 2  # m2 is still to come


def test_only_credit_from_banks_of_the_meeting_within_its_days_follows(city):
    # e1: X approves on day 30 and lends on 33, Y approves on 40 and lends on 44; X was not at m2.
    found = outcomes(city, ALL, ASKED)
    assert found[found["event_id"] == "m1"]["record_id"].tolist() == ["d1", "d2", "l1", "l2"]
    assert found[found["event_id"] == "m2"]["record_id"].tolist() == ["d2", "l2"]
    assert outcomes(city, ALL, ASKED, days=2)["record_id"].tolist() == ["d1"]
    assert outcomes(city, ALL, Selection(day(35)))["record_id"].tolist() == ["d1", "l1"]
    assert found["amount"].tolist() == [400_000, 100_000, 300_000, 100_000, 100_000, 100_000]


def test_a_county_sees_its_own_enterprises_and_meetings(city):
    scope = Scope(("B",), None)
    assert events(city, scope, ASKED)["event_id"].tolist() == ["m2", "m3"]  # the city's, and the published one
    assert attendances(city, scope, ASKED)["enterprise_id"].tolist() == ["e5"]
    assert outcomes(city, scope, ASKED).empty
    assert names(city, scope, ("e1", "e5"))["enterprise_id"].tolist() == ["e5"]


def test_a_bank_sees_whom_it_met_and_what_it_granted(city):
    scope = Scope(None, ("X",))
    assert events(city, scope, ASKED)["event_id"].tolist() == ["m1", "m3"]
    frame = attendances(city, scope, ASKED)
    assert frame[["enterprise_id", "intent"]].to_numpy().tolist() == [["e1", 500_000], ["e3", 300_000]]
    assert outcomes(city, scope, ASKED)["record_id"].tolist() == ["d1", "l1"]
    assert names(city, scope, ("e1", "e3", "e5"))["enterprise_id"].tolist() == ["e1", "e3"]


def test_an_empty_scope_sees_what_was_published_and_nobody(city):
    scope = Scope((), None)
    assert set(events(city, scope, ASKED)["event_id"]) == {"m2", "m3"}
    assert attendances(city, scope, ASKED).empty
    assert strata(city, scope, ASKED).empty


def test_attendants_and_others_are_counted_in_cells_of_equal_place_and_stage(city):
    # At m1 (day 28) e1 had been recommended; e2, of the same county, trade, type and tier, as well. e3 is not small.
    frame = strata(city, ALL, Selection(day(130)))
    columns = ["attended", "region_1", "industry_1", "entity_type", "tier", "stage", "n", "approved"]
    assert frame[columns].to_numpy().tolist() == [
        [False, "A", "C", "company", "t1", "recommended", 1.0, 0.0],
        [True, "A", "C", "company", "t1", "recommended", 1.0, 1.0],
    ]
    assert strata(city, ALL, Selection(day(110))).empty  # no meeting was followed to the end
    assert strata(city, ALL, ASKED, events=["m2"]).empty  # e1 had been approved by then
    assert strata(city, ALL, ASKED, days=1)["approved"].tolist() == [0.0, 0.0]


def test_everybody_not_yet_approved_is_counted_by_trait(city):
    frame = register_shares(city, ALL, ASKED, day(28)).set_index(["trait", "level"])["n"]
    assert frame.loc["region_1"].to_dict() == {"A": 3.0, "B": 3.0}
    assert frame.loc["stage"].to_dict() == {"recommended": 2.0, "untouched": 4.0}
    assert frame.loc["tier"].to_dict() == {"t1": 2.0, "t2": 3.0, "": 1.0}


def test_officers_are_those_in_service(city):
    frame = officers_by(city, ALL, ASKED, ("kind",)).set_index("kind")
    assert frame.loc["assistant"].tolist() == [1, 1, 5]  # o4 has not begun
    assert frame.loc["commissioner"].tolist() == [1, 2, 7]  # o3 has left
    assert officers_by(city, ALL, ASKED.within("A"))["officers"].tolist() == [2]
    assert officers_by(city, Scope(("B",), None), ASKED)["officers"].tolist() == [0]
    assert officers_by(city, Scope(None, ("X",)), ASKED)["officers"].tolist() == [1]


def test_villages_with_and_without_a_commissioner(city):
    assert villages_by(city, ALL, ASKED, ("region_1",)).to_numpy().tolist() == [["A", 2, 1], ["B", 1, 0]]
    assert villages_by(city, ALL, Selection(day(90)))[["villages", "covered"]].to_numpy().tolist() == [[3, 2]]
    assert villages_by(city, Scope(("A",), None), ASKED)["villages"].tolist() == [2]
    assert villages_by(city, Scope(None, ("X",)), ASKED)["covered"].tolist() == [0]


def test_publications_of_the_period(city):
    frame = publications(city, ASKED)
    assert frame["publicity_id"].tolist() == ["p1", "p2"]
    assert frame["copies"].iloc[0] == 100
    assert np.isnan(frame["views"].iloc[0])
    assert publications(city, replace(ASKED, start=day(10)))["publicity_id"].tolist() == ["p2"]
