"""The size of a town's point tells how long its list is, but nothing of a list that is small before its reader."""

import json
from dataclasses import replace

import pytest

from charts.maps import POINTS
from components import mapview
from components.districts.districtmap import town_spots
from components.districts.shading import VALUE, shading
from components.memory import memory
from components.situation import PACED, build_situation
from data_access.access.identity import Access
from data_access.access.roles import ROLES
from data_access.selection import Scope

COUNTY = "440882"


@pytest.fixture
def seen(build_context_for, demo_store, zhanjiang):
    """Return a function that gives the county's situation as a role sees it below a limit of small counts."""

    def build(role, limit):
        memory.clear()
        city = replace(zhanjiang, settings={**zhanjiang.settings, "small_cell": limit})
        context = replace(build_context_for(demo_store, city), access=Access(None, ROLES[role], Scope.everything()))
        return build_situation(replace(context, filters=replace(context.filters, path=(COUNTY,))))

    return build


def of_districts(s):
    return {spot.code: spot.radius for spot in town_spots(s, PACED, shading(s, PACED, VALUE))}


def of_overview(s):
    deck, _ = mapview.map_deck(s, PACED)
    (points,) = (layer["data"] for layer in json.loads(deck.json)["layers"] if layer["id"] == POINTS)
    return {point["code"]: point["r"] for point in points}


@pytest.mark.parametrize("sizes", [of_districts, of_overview])
def test_a_small_list_gives_its_town_no_size_of_its_own(seen, sizes):
    open_to_all = seen("task_force", 5)
    listed = open_to_all.parts["visits"]["listed"]
    limit = int(listed[listed > 0].median())
    plain = sizes(open_to_all)
    told = sizes(seen("leader", limit))
    small = {code for code in told if 0 < listed.get(code, 0.0) < limit}
    assert len(small) > 2
    assert len({plain[code] for code in small}) > 2
    assert len({told[code] for code in small}) == 1
    assert len(set(told.values())) > 2
