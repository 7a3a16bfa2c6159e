"""The map's description: nothing from outside, compact, and every area and point where it belongs."""

import json

import pytest

from charts.maps import AREAS, NO_BASE_MAP, POINTS, Area, Spot, choropleth, tile_features
from charts.scale import colour_scale
from data_access.profile import load_profile
from tests.architecture.tree import ROOT
from tests.unit.charts.test_geometry import square

NAN = float("nan")


@pytest.fixture(scope="module")
def features():
    profile = load_profile(ROOT / "sample_data" / "zhanjiang")
    return {feature["id"]: feature for feature in profile.boundaries["features"]}


def described(deck):
    return json.loads(deck.to_json())


def layer(deck, name):
    return next(item for item in described(deck)["layers"] if item["id"] == name)


def test_it_asks_no_host_for_a_base_map(features):
    found = described(choropleth(features, [Area(code, code, 1.0, code) for code in features], colour_scale([1.0])))
    assert found["mapStyle"] == NO_BASE_MAP == "__MAP_STYLE__"
    assert not {"mapProvider", "mapboxKey"} & set(found)
    assert "http" not in json.dumps(found)


def test_the_whole_city_stays_well_below_the_budget_of_a_level(features):
    areas = [Area(code, code, 1.0, code, approximate=True) for code in features]
    deck = choropleth(features, areas, colour_scale([1.0]))
    assert len(deck.to_json()) < 200_000
    assert "\n" not in deck.to_json()


def test_areas_carry_their_code_tip_and_colour(features):
    codes = list(features)
    areas = [Area(code, "", float(i), f"tip {code}") for i, code in enumerate(codes)]
    drawn = layer(choropleth(features, areas, colour_scale([a.value for a in areas])), AREAS)["data"]["features"]
    assert [f["properties"]["code"] for f in drawn] == codes
    assert drawn[0]["properties"]["tip"] == f"tip {codes[0]}"
    assert drawn[0]["properties"]["fill"] != drawn[-1]["properties"]["fill"]


def test_an_unknown_value_is_pale_and_neutral(features):
    code = next(iter(features))
    fill = layer(choropleth(features, [Area(code, "", NAN, "")], colour_scale([])), AREAS)["data"]["features"][0]
    assert fill["properties"]["fill"] == [138, 148, 163, 90]


def test_approximate_areas_are_hatched_and_dashed(features):
    code = next(iter(features))
    deck = choropleth(features, [Area(code, "", 1.0, "", approximate=True)], colour_scale([1.0]))
    assert layer(deck, "hatch")["data"]
    assert layer(deck, "dashes")["data"]


def test_labels_are_in_simplified_fonts_with_every_character(features):
    areas = [Area(code, "直骨", 1.0, "") for code in features]
    labels = layer(choropleth(features, areas, colour_scale([1.0])), "labels")
    assert labels["characterSet"] == "auto"
    assert "Noto Sans CJK SC" in labels["fontFamily"]


def test_towns_are_points_and_the_county_fills_the_view(features):
    code = "440881"
    spots = [Spot("t", "town", 110.1, 21.6, 1.0, 8.0, "tip")]
    deck = choropleth(features, [Area(code, "", NAN, "")], colour_scale([1.0]), spots=spots, focus=code)
    assert layer(deck, POINTS)["data"][0]["code"] == "t"
    whole = choropleth(features, [Area(c, "", 1.0, "") for c in features], colour_scale([1.0]))
    assert described(deck)["initialViewState"]["zoom"] > described(whole)["initialViewState"]["zoom"]


def test_a_city_without_boundaries_is_drawn_as_tiles():
    tiles = tile_features({"a": (0, 0), "b": (1, 0)})
    deck = choropleth(tiles, [Area("a", "A", 1.0, ""), Area("b", "B", 2.0, "")], colour_scale([1.0, 2.0]))
    assert len(layer(deck, AREAS)["data"]["features"]) == 2


def test_an_area_without_a_shape_is_left_out():
    deck = choropleth({"a": square(0, 0, 1)}, [Area("a", "", 1.0, ""), Area("x", "", 1.0, "")], colour_scale([1.0]))
    assert len(layer(deck, AREAS)["data"]["features"]) == 1
