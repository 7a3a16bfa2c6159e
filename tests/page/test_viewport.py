"""Maps are fitted into the room there is: a narrow window says so, and nothing of a map lies outside it."""

import json

import pytest
import streamlit as st

from charts.geometry import bounds, mercator_y
from components import viewport
from components.districts.province import NAMES, SIZE, province_deck
from data_access.neighbours import load_neighbours
from tests.architecture.tree import ROOT


@pytest.fixture
def neighbours():
    return load_neighbours(ROOT / "sample_data" / "zhanjiang")


@pytest.fixture
def narrow(monkeypatch):
    monkeypatch.setattr(st, "session_state", {})
    viewport.narrowed()


def reach(neighbours, deck):
    """Return how wide the places of the map are drawn, in pixels."""
    zoom = json.loads(deck.json)["initialViewState"]["zoom"]
    west, south, east, north = bounds([neighbours.shapes[place.code] for place in neighbours.places if place.on_map])
    pixels = 512 * 2**zoom / 360
    return (east - west) * pixels, (mercator_y(north) - mercator_y(south)) * pixels


def labels(deck):
    layers = json.loads(deck.json)["layers"]
    return [item["t"] for layer in layers if layer["id"] == "labels" for item in layer["data"]]


def test_a_wide_window_leaves_maps_as_they_are(monkeypatch):
    monkeypatch.setattr(st, "session_state", {})
    assert viewport.fitting((520, 480)) == (520, 480)
    assert not viewport.is_narrow()


@pytest.mark.usefixtures("narrow")
def test_a_narrow_window_makes_them_narrow_and_no_higher():
    assert viewport.fitting((520, 480)) == (viewport.WIDTH, 480)
    assert viewport.fitting((200, 480)) == (200, 480)


@pytest.mark.usefixtures("narrow")
def test_the_whole_province_fits_a_phone(build_context_for, demo_store, zhanjiang, neighbours):
    context = build_context_for(demo_store, zhanjiang)
    found = neighbours.of("visited")
    small = province_deck(context, neighbours, found, narrow=True)
    assert reach(neighbours, small)[0] <= viewport.WIDTH - NAMES
    assert len(labels(small)) == 3
    assert len(labels(province_deck(context, neighbours, found, narrow=False))) == 21


def test_the_province_fits_its_column_otherwise(monkeypatch, neighbours, build_context_for, demo_store, zhanjiang):
    monkeypatch.setattr(st, "session_state", {})
    context = build_context_for(demo_store, zhanjiang)
    wide = province_deck(context, neighbours, neighbours.of("visited"), narrow=False)
    assert reach(neighbours, wide)[0] <= SIZE[0] - NAMES


@pytest.mark.parametrize(
    ("page", "part"), [("campaigns", "places"), ("campaigns", "officers"), ("products", "outlets")]
)
def test_a_narrow_window_gets_a_smaller_map(open_page, demo_store, zhanjiang, monkeypatch, page, part):
    """The browser says how wide it is after the page is there; the map of the run that follows is drawn smaller."""
    monkeypatch.setattr(viewport, "WIDTH", 120)  # the demo city is so slender that a phone's width hardly matters
    app = open_page(demo_store, zhanjiang, page, **({"part": part} if part else {}))
    before = _zoom(app)
    app.session_state["zr.viewport.narrow"] = True
    assert _zoom(app.run()) < before


def _zoom(app):
    return json.loads(app.get("deck_gl_json_chart")[0].proto.json)["initialViewState"]["zoom"]
