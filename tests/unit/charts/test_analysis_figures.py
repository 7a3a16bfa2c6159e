"""The charts of the analyses: the numbers and words they draw, not their pixels."""

import math

import numpy as np
import pandas as pd
import pytest

from charts.campaigns import Pair as Trait
from charts.campaigns import balance_figure
from charts.cohorts import Cohort, cohort_figure
from charts.effects import Effect, effects_figure
from charts.heatmap import Cell, Row, heatmap_html
from charts.intervals import interval_bar
from charts.pairs import Pair, pairs_figure
from charts.scale import colour_scale
from charts.stagetimes import Stage, stage_times_figure, steps
from metrics.survival import kaplan_meier

NAN = float("nan")


def trace(figure, name):
    return next(t for t in figure.data if t.name == name)


# ---- cohorts ------------------------------------------------------------------------------------------------------

COHORTS = [
    Cohort("Nov", 12.0, 11.0, 13.5, is_mature=True, said="a"),
    Cohort("Dec", 8.0, 7.0, 9.0, is_mature=True, said="b"),
    Cohort("Jan", 3.0, 2.0, 4.0, is_mature=False, said="c"),
]


def test_cohorts_that_are_not_mature_are_hatched_and_have_no_interval():
    figure = cohort_figure(COHORTS, mature="followed", young="young")
    old, young = trace(figure, "followed"), trace(figure, "young")
    assert list(old.x) == ["Nov", "Dec"]
    assert list(old.y) == [12.0, 8.0]
    assert np.allclose(old.error_y.array, [1.5, 1.0])
    assert np.allclose(old.error_y.arrayminus, [1.0, 1.0])
    assert old.error_y.visible
    assert not old.marker.pattern.shape
    assert list(young.x) == ["Jan"]
    assert young.marker.pattern.shape == "/"
    assert not young.error_y.visible


def test_months_keep_their_order_and_the_axis_begins_at_zero():
    figure = cohort_figure(COHORTS, mature="followed", young="young")
    assert list(figure.layout.xaxis.categoryarray) == ["Nov", "Dec", "Jan"]
    assert figure.layout.yaxis.range[0] == 0
    assert figure.layout.yaxis.range[1] > 13.5


def test_no_cohort_draws_an_empty_chart():
    assert all(not len(t.x) for t in cohort_figure([], mature="a", young="b").data)


# ---- stage times ----------------------------------------------------------------------------------------------------


def curve():
    return kaplan_meier(pd.DataFrame({"days": [5, 10, 20], "ended": [True, True, False], "n": [2.0, 1.0, 1.0]}))


def test_a_curve_rises_in_steps_from_nothing_to_what_has_ended():
    days, ended = steps(curve(), 30)
    assert days == [0, 5, 10, 30]
    assert ended == pytest.approx([0, 50, 75, 75])


def test_what_ends_beyond_the_horizon_is_not_drawn():
    assert steps(curve(), 7) == ([0, 5, 7], pytest.approx([0, 50, 50]))


def test_the_line_stands_at_the_days_a_bank_has():
    figure = stage_times_figure([Stage("decide", curve())], limit=30, limit_name="30 days", days="days")
    assert figure.layout.shapes[0].x0 == figure.layout.shapes[0].x1 == 30
    assert figure.layout.annotations[0].text == "30 days"
    assert trace(figure, "decide").line.shape == "hv"
    assert "75.0%" in trace(figure, "decide").customdata[-1]


# ---- pairs and effects ----------------------------------------------------------------------------------------------


def test_pairs_are_points_with_their_limits():
    pairs = [
        Pair("apply", (10.0, 8.0, 13.0), (20.0, 18.0, 21.0), ("a", "b")),
        Pair("loan", (NAN,) * 3, (5, 4, 6), ("c", "d")),
    ]
    figure = pairs_figure(pairs, ("city", "county"))
    city, county = trace(figure, "city"), trace(figure, "county")
    assert city.x[0] == 10
    assert math.isnan(city.x[1])
    assert (city.error_x.array[0], city.error_x.arrayminus[0]) == (3, 2)
    assert list(county.x) == [20, 5]
    assert city.marker.symbol != county.marker.symbol
    assert list(county.customdata) == ["b", "d"]


def test_effects_are_stacked_to_either_side_of_zero():
    effects = [Effect("trade", -1.0, 2.0, "x"), Effect("farms", 0.5, -0.2, "y")]
    figure = effects_figure(effects, mix="mix", performance="performance", unit="points")
    assert figure.layout.barmode == "relative"
    assert list(trace(figure, "mix").x) == [-1.0, 0.5]
    assert list(trace(figure, "performance").x) == [2.0, -0.2]
    assert list(trace(figure, "mix").y) == ["trade", "farms"]
    assert figure.layout.xaxis.title.text == "points"
    assert [list(map(list, bar.customdata)) for bar in figure.data] == [[["x"], ["y"]]] * 2


def test_long_names_are_shortened_beside_their_bars_and_stay_apart():
    names = ["Manufacture of Metal Products", "Manufacture of Metal Products and Machinery", "Trade"]
    figure = effects_figure([Effect(name, 1.0, 1.0, "") for name in names], mix="m", performance="p", unit="u")
    assert list(figure.layout.yaxis.tickvals) == names
    assert all(len(text) <= 26 for text in figure.layout.yaxis.ticktext)
    assert figure.layout.yaxis.ticktext[2] == "Trade"


# ---- bars with intervals --------------------------------------------------------------------------------------------


def test_a_bar_reaches_its_value_and_its_whisker_the_limits():
    bar = interval_bar(20.0, 10.0, 30.0, 40.0, mark=5.0)
    assert '<i style="width:50.00%"></i>' in bar
    assert '<s style="left:25.00%;width:50.00%"></s>' in bar
    assert '<em style="left:12.50%"></em>' in bar


def test_a_scale_that_does_not_begin_at_zero_has_a_dot_for_a_bar():
    bar = interval_bar(95.0, 92.5, 97.5, 100.0, base=90.0)
    assert "<i " not in bar
    assert '<b style="left:50.00%"></b>' in bar
    assert '<s style="left:25.00%;width:50.00%"></s>' in bar


@pytest.mark.parametrize(("value", "top"), [(NAN, 10.0), (1.0, 0.0), (1.0, NAN)])
def test_nothing_to_show_draws_nothing(value, top):
    assert interval_bar(value, NAN, NAN, top) == ""


def test_a_value_without_limits_has_no_whisker_and_never_leaves_its_track():
    bar = interval_bar(120.0, NAN, NAN, 100.0)
    assert "<s " not in bar
    assert "width:100.00%" in bar


# ---- heat map -------------------------------------------------------------------------------------------------------


def heat(*cells):
    heads = [Cell(NAN, f"c{number}") for number in range(len(cells))]
    return heatmap_html("rows", heads, [Row("trade", cells, 'data-act="industry:F"')], colour_scale([0.0, 10.0]))


def test_a_cell_is_coloured_by_its_value_and_says_its_n():
    html = heat(Cell(0.0, "0.0%", "n=7"), Cell(10.0, "10.0%", "n=9"), Cell(NAN, "—"))
    low, high = colour_scale([0.0, 10.0]).colours[0], colour_scale([0.0, 10.0]).colours[-1]
    assert f"background:{low}" in html
    assert f"background:{high}" in html
    assert html.count('class="none"') == 1
    assert "<small>n=7</small>" in html


def test_text_on_dark_cells_is_light():
    html = heat(Cell(10.0, "x"), Cell(0.0, "y"))
    assert "color:#FFFFFF" in html
    assert "color:#10203A" in html


def test_heads_and_names_are_escaped_and_lead_where_they_say():
    html = heatmap_html("<i>", [Cell(NAN, "<b>")], [Row("<u>", [Cell(1.0, "<s>", hint='"')])], colour_scale([1.0]))
    assert not any(tag in html for tag in ("<i>", "<b>", "<u>", "<s>"))
    assert 'data-act="industry:F"' in heat(Cell(1.0, "x"))


def test_a_long_trait_and_its_level_stand_on_two_lines_in_full():
    pairs = [
        Trait("Enterprise type: Sole traders", 0.4, 0.0),
        Trait("Size: Micro", 0.2, 0.1),
        Trait("x" * 40, 0.1, 0.0),
    ]
    axis = balance_figure(pairs, before="a", after="b", limit=0.1, title="t").layout.yaxis
    assert axis.ticktext[:2] == ("Enterprise type:<br>Sole traders", "Size: Micro")
    assert axis.ticktext[2].endswith("…")
