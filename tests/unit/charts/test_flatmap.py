"""The map as a drawing: the same areas, colours, points and labels as deck.gl is told to draw, inside the window."""

import re
import xml.etree.ElementTree as ET

import pytest

from charts.flatmap import flat_map
from charts.maps import Area, Spot, choropleth
from charts.scale import colour_scale
from data_access.profile import load_profile
from tests.architecture.tree import ROOT

SIZE = (560, 430)


@pytest.fixture(scope="module")
def features():
    profile = load_profile(ROOT / "sample_data" / "zhanjiang")
    return {feature["id"]: feature for feature in profile.boundaries["features"]}


def drawn(features, *, leads=True, **more):
    areas = [
        Area(code, f"N<{n}>", float(n), f"<b>N&lt;{n}&gt;</b><br>rate {n}", approximate=n == 0)
        for n, code in enumerate(features)
    ]
    deck = choropleth(features, areas, colour_scale([0.0, 10.0]), size=SIZE, **more)
    return ET.fromstring(flat_map(deck.json, *SIZE, "The <map>", leads=leads))  # noqa: S314 - our own text


def test_every_area_leads_and_says_its_tooltip(features):
    marks = [path for path in drawn(features).iter("path") if path.get("data-act")]
    assert {path.get("data-act") for path in marks} == {f"map:{code}" for code in features}
    assert marks[0].find("title").text == "N<0>\nrate 0"
    assert marks[0].get("aria-label") == "N<0>"


def test_a_map_that_leads_nowhere_has_no_marks(features):
    root = drawn(features, leads=False)
    assert [path for path in root.iter("path") if path.get("data-act")] == []
    assert root.get("role") == "img"
    assert root.get("aria-label") == "The <map>"


def test_all_of_it_lies_in_the_window(features):
    places = [
        (float(x), float(y))
        for path in drawn(features).iter("path")
        for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path.get("d"))
    ]
    assert len(places) > 100
    assert all(0 <= x <= SIZE[0] and 0 <= y <= SIZE[1] for x, y in places)


def test_a_point_lies_where_it_is_on_the_earth(features):
    view = next(iter(features.values()))["properties"]["label"]
    spot = Spot("T1", "Town", *view, value=3.0, radius=8.0, tip="Town")
    root = drawn(features, spots=[spot])
    circle = next(root.iter("circle"))
    label = next(text for text in root.iter("text") if text.text == "Town")
    assert circle.get("data-act") == "map:T1"
    assert abs(float(circle.get("cx")) - float(label.get("x"))) < 60
    assert float(label.get("y")) > float(circle.get("cy"))
