import numpy as np
import pandas as pd
import pytest

from charts.bankmarks import Axis, steps
from charts.banks import control_figure, decided_figure, lorenz_figure, parts_figure, ratio_figure
from charts.bankscatter import credit_figure, share_figure
from charts.labels import Spot, place, text_width


def test_names_cover_neither_each_other_nor_other_points():
    spots = [Spot(100, 100, 8, "木禾农商"), Spot(112, 100, 8, "沙棠农商"), Spot(104, 108, 8, "建木农商")]
    sides = place(spots, 400, 300)
    assert len(set(sides)) == 3
    assert sides[0] != "middle right"  # where the second point lies


def test_a_name_without_room_is_left_out():
    spots = [Spot(x, y, 9, "很长很长的名字") for x in range(20, 120, 14) for y in range(20, 100, 14)]
    assert "" in place(spots, 140, 120)


def test_names_stay_inside():
    assert place([Spot(395, 150, 5, "木禾农商")], 400, 300) == ["middle left"]


def test_east_asian_text_is_twice_as_wide():
    assert text_width("农商", 12) == 24
    assert text_width("ab", 12) == pytest.approx(2 * 0.58 * 12)


def test_steps_are_round():
    assert steps(0.13) == pytest.approx([0, 0.05, 0.1])
    assert steps(34_000)[:3] == [0, 10_000, 20_000]


AXIS = Axis("x", str)


def _rows(n=6):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(index=[f"B{i}" for i in range(n)])
    size = np.exp(rng.normal(23, 1, n))
    lights = ["red", "amber", "green", "grey", "green", "green"]
    texts = {"name": frame.index, "said": frame.index, "group": ["a", "b"] * (n // 2), "light": lights}
    return frame.assign(x=size, y=size / 40, area=rng.uniform(1, 5, n), weight=rng.uniform(0, 1, n), **texts)


def test_credit_over_size_has_band_line_and_a_trace_for_each_group():
    rows = _rows()
    band = pd.DataFrame(
        {"x": [rows["x"].min(), rows["x"].max()], "low": [1e7, 1e8], "expected": [2e7, 2e8], "high": [5e7, 5e8]}
    )
    figure = credit_figure(rows, band, AXIS, AXIS, ("line", "band", "tl", "tr", "bl", "br"))
    assert [trace.name for trace in figure.data] == [None, "band", "line", "a", "b"]
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"
    assert {note.text for note in figure.layout.annotations} == {"tl", "tr", "bl", "br"}


def test_the_legend_shows_no_group_as_lagging():
    """Plotly draws a group in the legend with the outline's first colour and the mean of its widths."""
    figure = credit_figure(
        _rows(), pd.DataFrame(columns=["x", "low", "expected", "high"], dtype=float), AXIS, AXIS, "abcdef"
    )
    lines = [trace.marker.line for trace in figure.data[3:]]
    assert {line.color[0] for line in lines} == {"rgba(0,0,0,0)"}
    assert [sum(width > 0 for width in line.width) for line in lines] == [1, 1]
    assert lines[0].color[-1] == lines[1].color[-1] != "rgba(0,0,0,0)"


def test_the_legend_tells_the_limits_apart():
    rows = _rows().assign(ratio=1.0, low=0.9, high=1.1, warn_low=0.5, warn_high=2.0, alarm_low=0.3, alarm_high=3.0)
    figure = ratio_figure(rows, AXIS, ("warn", "alarm", "ratio"))
    assert figure.data[0].marker.color != figure.data[1].marker.color


def test_ratios_lie_on_a_log_axis_that_holds_a_bank_without_visits():
    rows = _rows().assign(ratio=[0.0, 0.5, 1, 1, 2, 4], low=0.0, high=[0.1, 1, 2, 2, 4, 8])
    rows = rows.assign(warn_low=0.5, warn_high=2.0, alarm_low=0.3, alarm_high=3.0)
    figure = ratio_figure(rows, AXIS, ("warn", "alarm", "ratio"))
    assert np.isfinite(figure.layout.xaxis.range).all()
    assert (np.asarray(figure.data[-1].x) > 0).all()
    assert figure.data[-1].marker.symbol[0] != figure.data[-1].marker.symbol[2]


def test_funnel_plot_has_four_limits_and_the_banks():
    rows = _rows().assign(n=[100, 200, 300, 400, 500, 600], share=0.1, adjusted=0.12)
    curves = pd.DataFrame({"n": [50, 600], "warn_low": 0.05, "warn_high": 0.15, "alarm_low": 0.02, "alarm_high": 0.2})
    figure = share_figure(rows, curves, 0.1, AXIS, AXIS, ("city", "warn", "alarm", "adjusted"))
    assert len(figure.data) == 6
    # Raw and adjusted stand side by side, each pair joined and apart from the next.
    assert list(figure.data[4].y[:3]) == [0.1, 0.12, None]


def test_control_chart_marks_signals():
    weeks = pd.DataFrame(
        {"week": pd.date_range("2025-01-06", periods=5, freq="W-MON"), "share": [0.1, 0.1, 0.4, np.nan, 0.1]}
    )
    weeks = weeks.assign(centre=0.1, low=0.0, high=0.3, outside=[False, False, True, False, False], run=False, said="")
    figure = control_figure(weeks, AXIS, ("share", "limits", "signal"))
    assert list(figure.data[-1].marker.symbol) == ["circle", "circle", "diamond", "circle", "circle"]


def test_curves_parts_and_lorenz():
    curves = pd.DataFrame(
        {"bank": ["A", "A", "B", "B"], "name": ["甲", "甲", "乙", "乙"], "day": [0, 1, 0, 1], "decided": 0.5}
    )
    figure = decided_figure(curves, ("B",), 30, AXIS, AXIS, "others")
    assert [trace.name for trace in figure.data] == ["others", "乙"]
    parts = parts_figure(_rows().assign(a=10.0, b=20.0), [("a", "A"), ("b", "B")], AXIS)
    assert [trace.name for trace in parts.data] == ["A", "B"]
    curve = pd.DataFrame({"size_share": [0, 0.5, 1], "amount_share": [0, 0.2, 1], "said": ""})
    assert len(lorenz_figure(curve, AXIS, AXIS).data) == 2
