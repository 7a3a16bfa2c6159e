"""What was found out about Streamlit and is built in once: nothing from outside, keyed widgets, a frozen heap."""

import ast
import gc
import json
import re
import tomllib
from pathlib import Path

import pytest
import streamlit
from streamlit.config import get_config_options

from charts.maps import NO_BASE_MAP
from components import startup, streamlit_words
from components.frame import plotly_config
from components.streamlit_words import WORDS
from components.style import style_sheet
from locales import translator
from tests.architecture import tree

INTERFACE = [*tree.code("components", "pages"), *tree.files("app.py")]
KEYED = {
    "button", "selectbox", "multiselect", "date_input", "text_input", "text_area", "number_input", "slider", "checkbox",
    "radio", "toggle", "pills", "segmented_control", "file_uploader", "download_button", "plotly_chart", "pydeck_chart",
}  # fmt: skip


@pytest.fixture(scope="module")
def config():
    return tomllib.loads((tree.ROOT / ".streamlit" / "config.toml").read_text("utf-8"))


def streamlit_calls(path):
    for node in ast.walk(tree.syntax(path)):
        function = getattr(node, "func", None)
        if isinstance(node, ast.Call) and getattr(getattr(function, "value", None), "id", "") == "st":
            yield function.attr, node


def test_only_the_frame_shows_plotly_figures_and_maps():
    users = {
        tree.relative(p)
        for p in INTERFACE
        for name, _ in streamlit_calls(p)
        if name in {"plotly_chart", "pydeck_chart"}
    }
    assert users == {"components/frame.py"}


@pytest.mark.parametrize("path", INTERFACE, ids=tree.relative)
def test_every_widget_has_a_key(path):
    unkeyed = [
        f"{name} line {call.lineno}"
        for name, call in streamlit_calls(path)
        if name in KEYED and not any(keyword.arg in {"key", None} for keyword in call.keywords)
    ]
    assert unkeyed == []


@pytest.mark.parametrize("path", INTERFACE, ids=tree.relative)
def test_nothing_that_asks_a_host_outside_is_used(path):
    assert {name for name, _ in streamlit_calls(path)} & {"map", "components.v1", "logo_url"} == set()
    source = path.read_text("utf-8")
    assert "https://" not in source
    assert "map_provider" not in source
    assert 'page_icon=":material' not in source


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_plotly_takes_its_topology_from_here_and_shows_no_logo(lang):
    found = plotly_config(lang)
    assert found["topojsonURL"] == "/app/static/topojson/"
    assert found["displaylogo"] is False
    stub = json.loads((tree.ROOT / "static/topojson/world_110m.json").read_text("utf-8"))
    assert stub["arcs"] == []
    assert all(not entry["geometries"] for entry in stub["objects"].values())


def test_chinese_month_names_come_with_the_figure():
    names = plotly_config("zh")["locales"]["zh-CN"]["format"]
    assert len(names["months"]) == len(names["shortMonths"]) == 12
    assert len(names["days"]) == len(names["shortDays"]) == 7


def test_the_server_asks_nobody_and_hides_tracebacks(config):
    assert config["browser"]["gatherUsageStats"] is False
    assert config["server"]["address"]  # without one, Streamlit asks a host outside for the machine's own
    assert config["server"]["enableStaticServing"] is True
    assert config["client"]["showErrorDetails"] == "none"
    assert "://" not in (tree.ROOT / ".streamlit" / "config.toml").read_text("utf-8")


def test_no_grid_writes_a_file_of_its_own(config):
    assert config["client"]["disableDataExport"] is True
    assert "client.disableDataExport" in get_config_options()


def test_the_map_says_no_base_map_in_the_words_the_front_end_reads():
    import pydeck  # noqa: PLC0415 - only this test needs it

    own = json.loads(pydeck.Deck(layers=[], map_provider=None).to_json())
    assert own["mapStyle"] == NO_BASE_MAP


def test_the_heap_is_frozen_once_and_the_rest_seldom_collected():
    startup.freeze_heap.clear()
    before, usual = gc.get_freeze_count(), gc.get_threshold()
    startup.freeze_heap()
    frozen = gc.get_freeze_count()
    assert frozen > before
    assert gc.get_threshold() == (*usual[:2], startup.OLD_THRESHOLD)
    startup.freeze_heap()
    assert gc.get_freeze_count() == frozen
    gc.unfreeze()
    gc.set_threshold(*usual)


def test_the_style_sheet_reaches_for_nothing_outside():
    sheet = style_sheet()
    assert "http" not in sheet
    assert "@import" not in sheet
    assert "light-dark(" in sheet
    assert "[data-zr-theme=dark]" in sheet


def test_streamlit_says_the_words_we_translate():
    """An upgrade that says something else instead is noticed here."""
    scripts = Path(streamlit.__file__).parent / "static" / "static" / "js"
    said = "".join(script.read_text("utf-8") for script in scripts.glob("*.js"))
    assert [word for word in WORDS if not all(part in said for part in _parts(word))] == []


def _parts(word):
    """A sentence may be put together of parts; "Press Enter to apply" is."""
    return [part.strip() for part in re.split(r"\{\}|Enter to |\. (?=[A-Z])", word) if part.strip()]


def test_words_are_translated_where_they_differ():
    assert ("Upload", "上传") in streamlit_words.said(translator("zh"))
    assert dict(streamlit_words.said(translator("en"))).get("Upload") is None
