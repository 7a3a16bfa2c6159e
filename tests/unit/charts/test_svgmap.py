"""The SVG map: every area once (the small ones twice), coloured, labelled, inside its paper."""

import re
import xml.etree.ElementTree as ET

import pytest

from charts.scale import rgb
from charts.svgmap import Paper, Shape, svg_map
from components.screen import board
from data_access.profile import load_profile
from tests.architecture.tree import ROOT

PAPER = Paper(700, 600, 24, "#888888", "#FFFFFF", "#000000")
SPACE = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def features():
    profile = load_profile(ROOT / "sample_data" / "zhanjiang")
    return {feature["id"]: feature for feature in profile.boundaries["features"]}


def parsed(svg):
    return ET.fromstring(svg)  # noqa: S314 - our own text


def drawn(features, **more):
    shapes = [Shape(code, f"#0000{n:02X}", f"N<{n}>", f"{n} %", approximate=n == 0) for n, code in enumerate(features)]
    return svg_map(features, shapes, PAPER, "title", **more)


def test_it_is_well_formed_and_small(features):
    svg = drawn(features)
    parsed(svg)
    assert len(svg) < 60_000


def test_every_area_has_its_colour_and_its_two_lines(features):
    root = parsed(drawn(features))
    fills = {path.get("data-code"): path.get("fill") for path in root.iter("path") if path.get("data-code")}
    assert fills == {code: f"#0000{n:02X}" for n, code in enumerate(features)}
    labels = [[span.text for span in text.iter("tspan")] for text in root.iter("text")]
    assert labels == [[f"N<{n}>", f"{n} %"] for n in range(len(features))]


def test_all_points_lie_on_the_paper(features):
    numbers = re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", drawn(features))
    assert all(0 <= float(x) <= PAPER.width and 0 <= float(y) <= PAPER.height for x, y in numbers)


def test_labels_do_not_cover_each_other(features):
    root = parsed(drawn(features))
    places = [(float(text.get("x")), float(text.get("y"))) for text in root.iter("text")]
    for i, (x, y) in enumerate(places):
        assert all(abs(x - a) > 40 or abs(y - b) > 1.8 * PAPER.text for a, b in places[i + 1 :])


def test_an_approximate_area_is_hatched_and_dashed(features):
    svg = drawn(features)
    assert svg.count("url(#zr-hatch)") >= 1
    assert svg.count("stroke-dasharray") >= 1


def test_an_area_reports_what_it_is_told_to_and_nothing_lies_over_it(features):
    told = [Shape(code, "#222222", "N<1>", "1 %", approximate=True, act=f"source:{code}") for code in features]
    root = parsed(svg_map(features, told, PAPER, "title"))
    areas = [path for path in root.iter("path") if path.get("data-act")]
    assert {path.get("data-act") for path in areas} == {f"source:{code}" for code in features}
    assert {(path.get("role"), path.get("tabindex"), path.get("aria-label")) for path in areas} == {
        ("button", "0", "N<1> 1 %")
    }
    over = [*root.iter("text"), *(path for path in root.iter("path") if path.get("fill") == "url(#zr-hatch)")]
    assert {drawn.get("pointer-events") for drawn in over} == {"none"}
    assert root.get("role") == "group"
    assert parsed(drawn(features)).get("role") == "img"


def test_nothing_to_draw_is_nothing(features):
    assert svg_map(features, [Shape("x", "#000000", "", "")], PAPER, "") == ""


def test_the_hatching_reads_on_every_fill_of_the_wall(features):
    """Its lines let four tenths of the fill through."""
    svg = svg_map(features, [Shape(code, "#222222", "", "", approximate=True) for code in features], board.PAPER, "")
    line = next(parsed(svg).iter("pattern"))[0]
    for fill in (*board.ON_DARK, board.UNKNOWN):
        mixed = [0.6 * over + 0.4 * under for over, under in zip(rgb(line.get("stroke")), rgb(fill), strict=True)]
        assert contrast(mixed, rgb(fill)) > (1.5 if fill != board.UNKNOWN else 1.2)


def contrast(a, b):
    def luminance(colour):
        return sum(
            weight * ((part / 255 + 0.055) / 1.055) ** 2.4
            for weight, part in zip((0.2126, 0.7152, 0.0722), colour, strict=True)
        )

    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
