"""Printed figures read as value, unit and rounding, and the slip of a unit that makes one impossible."""

import pytest

from metrics.printed import implausible, likely, read_printed

BOUNDS = {"enterprise": 520_000, "yuan": 1e12}


@pytest.mark.parametrize(
    ("text", "value", "step", "unit"),
    [
        ("走访企业421404户", 421_404, 0, "enterprise"),
        ("走访４２１，４０４户", 421_404, 0, "enterprise"),
        ("走访率达103.68%", 103.68, 0.01, "percent"),
        ("授信金额359.35亿元", 35_935_000_000, 1_000_000, "yuan"),
        ("1,142.40亿元", 114_240_000_000, 1_000_000, "yuan"),
        ("3.34万家", 33_400, 100, "enterprise"),
        ("5,921家(次)", 5_921, 0, "event"),
        ("走访54.2万户次", 542_000, 1_000, "event"),
        ("放款3.7万笔", 37_000, 1_000, "case"),
        ("居全省第2位", 2, 0, "rank"),
        ("走访率位居全省第 3", 3, 0, "rank"),
        ("工作简报第14期", 14, 0, "article"),
    ],
)
def test_a_figure_is_read_as_it_is_printed(text, value, step, unit):
    (found,) = read_printed(text)
    assert (found.value, found.step, found.unit) == (value, pytest.approx(step), unit)


def test_more_than_is_marked():
    assert read_printed("服务企业2万余家")[0].at_least
    assert read_printed("20多家")[0].at_least


def test_several_figures_are_read_in_order():
    assert [f.value for f in read_printed("2025年5月,3.1万户")] == [2025, 5, 31_000]
    assert read_printed("没有数字") == ()


def test_the_slip_of_the_seed_is_caught_and_understood():
    (slip,) = read_printed("走访企业421404万户")
    assert implausible(slip.value, slip.unit, BOUNDS) == 520_000
    assert likely(slip, BOUNDS) == 421_404


def test_a_plausible_figure_stays_as_it_is():
    (fine,) = read_printed("42.14万户")
    assert implausible(fine.value, fine.unit, BOUNDS) is None
    assert likely(fine, BOUNDS) is None
    assert implausible(1e20, "percent", BOUNDS) is None  # the city sets no bound
    (wild,) = read_printed("600000万户")
    assert likely(wild, BOUNDS) is None  # nor is it plausible without the word
