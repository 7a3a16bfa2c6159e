"""Scales, trends, stages and sparklines: the numbers and words they draw."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from charts.funnel import Stage, funnel_figure
from charts.scale import colour_scale, is_dark
from charts.sparkline import sparkline
from charts.trend import TrendWords, ticks, trend_figure

NAN = float("nan")
WORDS = TrendWords(
    "actual",
    "target",
    "forecast",
    "interval",
    "daily",
    lambda v: f"{v:.0f}",
    lambda d: f"{d.month}月{d.day}日",
    "%-m月%-d日",
)


@pytest.mark.parametrize(
    ("values", "limits"),
    [
        ([97.3, 109.2], (95.0, 97.5, 100.0, 102.5, 105.0, 107.5, 110.0)),
        ([0.0, 10.0], (0.0, 2.0, 4.0, 6.0, 8.0, 10.0)),
        ([5.0], (5.0, 6.0)),
        ([3.0, 3.0, NAN], (3.0, 4.0)),
        ([NAN], ()),
    ],
)
def test_classes_have_round_limits_that_cover_the_values(values, limits):
    scale = colour_scale(values)
    assert scale.limits == limits
    assert len(scale.colours) == max(len(limits) - 1, 0)


def test_a_value_has_the_colour_of_its_class():
    scale = colour_scale([0.0, 10.0])
    assert scale.colour(0.0) == scale.colour(1.9) == scale.colours[0]
    assert scale.colour(2.0) == scale.colours[1]
    assert scale.colour(10.0) == scale.colours[-1]
    assert is_dark(scale.colours[-1])
    assert not is_dark(scale.colours[0])


def course(n=10):
    return pd.Series(np.arange(n, dtype=float), index=pd.date_range("2025-01-01", periods=n))


def trace(figure, name):
    return next(t for t in figure.data if t.name == name)


def test_the_line_is_the_running_total_and_the_bars_the_increments():
    figure = trend_figure(course(), WORDS)
    assert list(trace(figure, "actual").y) == list(np.arange(10).cumsum())
    assert list(trace(figure, "daily").y) == list(range(10))


def test_the_fan_grows_out_of_the_last_known_day():
    fan = pd.DataFrame(
        {"day": pd.date_range("2025-01-11", periods=2), "low": [46, 47], "median": [48, 50], "high": [50, 55]}
    )
    figure = trend_figure(course(), WORDS, fan=fan)
    assert list(trace(figure, "forecast").y) == [45, 48, 50]
    assert list(trace(figure, "interval").y) == [45, 46, 47]
    assert figure.layout.xaxis.range[1] == pd.Timestamp("2025-01-12")


def test_the_target_line_may_end_later_than_the_data():
    target = pd.Series([0.0, 100.0], index=pd.DatetimeIndex([date(2025, 1, 1), date(2025, 3, 1)]))
    figure = trend_figure(course(), WORDS, target=target)
    assert figure.layout.xaxis.range[1] == pd.Timestamp("2025-03-01")
    assert figure.layout.yaxis.range[1] >= 100


def test_days_off_are_paler():
    figure = trend_figure(course(2), WORDS, resting=[False, True])
    first, second = trace(figure, "daily").marker.color
    assert first != second


@pytest.mark.parametrize("top", [0.0, 3.0, 99.0, 421_404.0, 1e9])
def test_ticks_are_few_and_do_not_pass_the_top(top):
    found = ticks(top)
    assert found[0] == 0
    assert len(found) <= 6
    assert found[-1] <= max(top, 0)


def test_a_stage_that_was_not_reported_has_words_and_no_bar():
    figure = funnel_figure([Stage("走访", 10, "10", "a"), Stage("放款", NAN, "未报送", "b")])
    (bars,) = figure.data
    assert list(bars.x) == [10, 0]
    assert list(bars.text) == ["10", "未报送"]


def test_a_later_stage_may_be_the_larger_one():
    (bars,) = funnel_figure([Stage("申报", 5, "5", ""), Stage("推荐", 7, "7", "")]).data
    assert list(bars.x) == [5, 7]


def test_a_sparkline_spans_its_own_range():
    drawn = sparkline([1.0, 3.0, 2.0])
    assert drawn.count("<circle") == 1
    assert sparkline([1.0]) == ""
    assert "nan" not in sparkline([2.0, 2.0])
