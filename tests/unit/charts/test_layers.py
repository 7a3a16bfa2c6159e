"""Another month sends colours and words, never the shapes again; and a raised map stands on the same ground."""

import json

import pytest

from charts.layers import raised, renamed, separate, tooltip_css
from charts.maps import AREAS, Area, Spot, choropleth
from charts.scale import colour_scale
from data_access.profile import load_profile
from tests.architecture.tree import ROOT

NAN = float("nan")


@pytest.fixture(scope="module")
def features():
    profile = load_profile(ROOT / "sample_data" / "zhanjiang")
    return {feature["id"]: feature for feature in profile.boundaries["features"]}


def month(features, step, **more):
    values = {code: float(n * step) for n, code in enumerate(features)}
    areas = [Area(code, code, values[code], f"<b>{code} {values[code]}</b>", approximate=n < 2)
             for n, code in enumerate(features)]  # fmt: skip
    return choropleth(features, areas, colour_scale(list(values.values())), **more)


def split(deck):
    kept = {}

    def address(data):
        kept[f"media/{len(kept)}"] = data
        return f"media/{len(kept) - 1}"

    return separate(deck, address), list(kept.values())


def layers(deck):
    return {layer["id"]: layer for layer in json.loads(deck.json)["layers"]}


def test_the_shapes_of_two_months_are_the_same_bytes(features):
    (_, first), (_, second) = split(month(features, 1)), split(month(features, 3))
    assert first == second
    assert sum(map(len, first)) > 20_000


def test_what_is_sent_for_a_month_is_small_and_holds_no_shape(features):
    deck, _ = split(month(features, 1))
    assert len(deck.json) < 6_000
    assert "coordinates" not in deck.json
    assert all(isinstance(layer["data"], str) for name, layer in layers(deck).items() if name != "labels")


def test_every_area_keeps_its_own_colour_by_its_number(features):
    plain = layers(month(features, 1))[AREAS]["data"]["features"]
    deck, files = split(month(features, 1))
    shapes = json.loads(files[0])["features"]
    expression = layers(deck)[AREAS]["getFillColor"]
    fills = json.loads(expression.removeprefix("@@=(").removesuffix(")[properties.n]"))
    assert [fills[s["properties"]["n"]] for s in shapes] == [p["properties"]["fill"] for p in plain]
    assert [s["properties"]["code"] for s in shapes] == list(features)


def test_new_colours_tell_the_map_to_draw_again(features):
    first, second = (layers(split(month(features, step))[0])[AREAS]["updateTriggers"] for step in (1, 3))
    again = layers(split(month(features, 1))[0])[AREAS]["updateTriggers"]
    assert first == again
    values = [float(n) for n in range(len(features))]
    other = [Area(c, c, v, "") for c, v in zip(features, values[::-1], strict=True)]
    turned = layers(split(choropleth(features, other, colour_scale(values)))[0])[AREAS]["updateTriggers"]
    assert turned != first
    assert second  # the same classes: nothing to draw again is right too


def test_tooltips_are_numbered_and_shown_by_the_style_sheet(features):
    spot = Spot("x", "", 110.4, 21.2, NAN, 5.0, "<b>spot</b>")
    deck, files = split(month(features, 1, spots=[spot]))
    html = deck._tooltip["html"]
    numbers = [s["properties"]["i"] for s in json.loads(files[0])["features"]]
    assert numbers == list(range(len(features)))
    points = layers(deck)["points"]["data"][0]
    assert f'<div class="zr-tip{points["i"]}"><b>spot</b></div>' in html
    assert "{i}" in html
    assert ".zr-show3>.zr-tip3" in tooltip_css(5)
    assert "tip" not in points


def test_the_highest_area_stands_highest_and_labels_float_on_top(features):
    codes = list(features)
    places = {code: (code, (110.0, 21.0)) for code in codes}
    found = layers(raised(month(features, 1), {codes[0]: 1.0, codes[1]: 0.5}, places))
    metres = json.loads(found[AREAS]["getElevation"].removeprefix("@@=(").removesuffix(")[properties.n]"))
    assert metres[0] == pytest.approx(2 * metres[1], rel=1e-3)
    assert metres[2:] == [0.0] * (len(codes) - 2)
    heights = {item["t"]: item["p"][2] for item in found["labels"]["data"]}
    assert heights[codes[0]] == metres[0]


def test_a_raised_map_has_only_areas_and_labels(features):
    found = json.loads(raised(month(features, 1), {}, {}).json)
    assert {layer["id"] for layer in found["layers"]} == {AREAS, "labels"}
    assert found["initialViewState"]["pitch"] > 30


def test_another_turn_names_every_layer_anew_and_changes_nothing_else(features):
    deck = month(features, 1)
    first, again = layers(renamed(deck, 1)), layers(renamed(deck, 2))
    assert set(layers(deck)) & set(first) == set(first) & set(again) == set()
    assert [{**layer, "id": 0} for layer in first.values()] == [{**layer, "id": 0} for layer in layers(deck).values()]
