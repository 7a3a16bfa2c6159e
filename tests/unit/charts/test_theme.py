"""The house's colours: contrast, colour blindness, and that config.toml and the style sheet agree with them."""

import itertools
import tomllib

import pytest

from charts.scale import rgb
from charts.theme import CATEGORICAL, DIVERGING, FONT_STACK, SEQUENTIAL, TONES, figure
from tests.architecture.tree import ROOT

# Machado, Oliveira & Fernandes 2009: full deuteranopia and protanopia, on linear RGB.
DEUTERANOPIA = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881))
PROTANOPIA = ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998))
NORMAL = ((1, 0, 0), (0, 1, 0), (0, 0, 1))


@pytest.fixture(scope="module")
def theme():
    return tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]


def linear(channel):
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def luminance(colour):
    red, green, blue = map(linear, rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a, b):
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(colour, seen):
    channels = [sum(w * linear(c) for w, c in zip(row, rgb(colour), strict=True)) for row in seen]
    r, g, b = (min(max(c, 0), 1) for c in channels)
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    )
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(a, b, seen):
    return sum((x - y) ** 2 for x, y in zip(lab(a, seen), lab(b, seen), strict=True)) ** 0.5


@pytest.mark.parametrize("palette", [CATEGORICAL, SEQUENTIAL, DIVERGING])
def test_a_palette_has_ten_colours(palette):
    assert len(palette) == 10
    assert len(set(palette)) == 10


def test_config_holds_the_same_palettes_and_surfaces(theme):
    assert tuple(theme["chartCategoricalColors"]) == CATEGORICAL
    assert tuple(theme["chartSequentialColors"]) == SEQUENTIAL
    assert tuple(theme["chartDivergingColors"]) == DIVERGING
    for mode in ("light", "dark"):
        own = theme[mode]
        shared = {"backgroundColor": "page", "textColor": "text", "primaryColor": "primary", "borderColor": "line"}
        assert {name: own[name] for name in shared} == {name: getattr(TONES[t], mode) for name, t in shared.items()}


def test_simplified_fonts_come_first_and_the_bundled_one_is_there(theme):
    assert theme["font"] == theme["headingFont"] == FONT_STACK
    assert FONT_STACK.index("Noto Sans CJK SC") < FONT_STACK.index("sans-serif")
    (face,) = theme["fontFaces"]
    assert face["family"] in FONT_STACK
    assert (ROOT / face["url"].removeprefix("app/")).is_file()


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("tone", ["text", "muted", "primary", "good", "warn", "bad"])
def test_text_meets_the_contrast_of_wcag_aa(mode, tone):
    for surface in ("surface", "page", "raised"):
        assert contrast(getattr(TONES[tone], mode), getattr(TONES[surface], mode)) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("tone", ["good", "warn", "bad"])
def test_text_on_its_own_wash_is_readable(mode, tone):
    assert contrast(getattr(TONES[tone], mode), getattr(TONES[f"{tone}_wash"], mode)) >= 4.5


@pytest.mark.parametrize("seen", [NORMAL, DEUTERANOPIA, PROTANOPIA], ids=["normal", "deuteranopia", "protanopia"])
def test_the_first_six_colours_stay_apart_for_everybody(seen):
    for a, b in itertools.combinations(CATEGORICAL[:6], 2):
        assert distance(a, b, seen) > 12, (a, b)


def test_sequential_colours_darken_steadily():
    lights = [luminance(colour) for colour in SEQUENTIAL]
    assert lights == sorted(lights, reverse=True)


def test_a_finished_figure_describes_itself_once():
    made = figure([])
    assert made.to_dict() is made.to_dict()
