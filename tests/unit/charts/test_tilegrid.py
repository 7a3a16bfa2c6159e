"""The tile grid: a square a region where the profile puts it, with its name, value, colour and code."""

from charts.maps import Area
from charts.scale import colour_scale
from charts.tilegrid import packed, tile_figure

TILES = {"A": (0, 0), "B": (2, 1)}
AREAS = [Area("A", "Anan", 1.0, "tip A"), Area("B", "Beishan", 9.0, "tip B", approximate=True), Area("C", "C", 2.0, "")]


def made():
    return tile_figure(TILES, AREAS, {"A": "1 %", "B": "9 %"}, colour_scale([1.0, 9.0]))


def test_every_region_with_a_tile_has_its_square_at_its_place():
    figure = made()
    assert [(s.name, round(s.x0), round(s.y0)) for s in figure.layout.shapes] == [("A", 0, 0), ("B", 2, 1)]
    assert list(figure.data[0].customdata) == ["A", "B"]


def test_names_values_and_tips_stand_in_the_squares():
    trace = made().data[0]
    assert list(trace.text) == ["<b>Anan</b><br>1 %", "<b>Beishan</b><br>9 %"]
    assert list(trace.hovertext) == ["tip A", "tip B"]


def test_colours_follow_the_scale_and_an_approximate_region_is_dashed():
    scale, figure = colour_scale([1.0, 9.0]), made()
    assert [s.fillcolor for s in figure.layout.shapes] == [scale.colour(1.0), scale.colour(9.0)]
    assert figure.layout.shapes[1].line.dash == "dash"
    assert figure.layout.shapes[0].line.dash is None


def test_the_first_row_is_on_top_and_squares_are_square():
    axis = made().layout.yaxis
    assert axis.range[0] > axis.range[1]
    assert axis.scaleanchor == "x"


def test_regions_without_a_grid_are_packed_into_about_a_square():
    assert packed(["a", "b", "c", "d", "e"]) == {"a": (0, 0), "b": (1, 0), "c": (2, 0), "d": (0, 1), "e": (1, 1)}
    assert packed([]) == {}


def test_no_region_gives_an_empty_figure():
    assert len(tile_figure({}, [], {}, colour_scale([])).layout.shapes) == 0
