"""Intervals of shares, differences and means, against the examples their authors published."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency, fisher_exact

from metrics.proportions import chance_of_unlikeness, difference, mean_interval, wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_newcombes_examples_of_the_score_interval(part, whole, low, high):
    """Newcombe 1998a, table I, method 3 (Wilson's score interval without continuity correction)."""
    assert np.round([bound / 100 for bound in wilson(part, whole)], 4) == pytest.approx([low, high])


@pytest.mark.parametrize(
    ("first", "second", "gap", "low", "high"),
    [
        ((56, 70), (48, 80), 0.2, 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.6, 0.1705, 0.8090),
        ((10, 10), (0, 20), 1.0, 0.6791, 1.0),
        ((10, 10), (0, 10), 1.0, 0.6075, 1.0),
    ],
)
def test_newcombes_examples_of_the_difference(first, second, gap, low, high):
    """Newcombe 1998b, table II, method 10."""
    assert np.round([value / 100 for value in difference(*first, *second)], 4) == pytest.approx([gap, low, high])


@pytest.mark.parametrize("table", [((3, 3), (0, 4)), ((8, 10), (1, 6)), ((5, 9), (9, 10))])
def test_two_shares_differ_as_often_by_chance_as_fishers_exact_test_says(table):
    (x, n), (y, m) = table
    exact = fisher_exact([[x, n - x], [y, m - y]]).pvalue
    assert chance_of_unlikeness([x, y], [n, m]) == pytest.approx(exact, abs=0.015)


def test_several_shares_differ_by_chance_as_the_chi_squared_distribution_says_of_large_groups():
    x, n = np.array([38, 20, 16]), np.array([108, 58, 86])
    assert chance_of_unlikeness(x, n) == pytest.approx(chi2_contingency([x, n - x], correction=False).pvalue, abs=0.01)


def test_equal_groups_rarely_seem_to_differ():
    draw, n = np.random.default_rng(5), np.array([46, 7, 40, 101, 58])
    found = [chance_of_unlikeness(draw.binomial(n, 0.3), n) < 0.05 for _ in range(300)]
    assert 0.02 < np.mean(found) < 0.09


def test_nothing_to_compare_is_no_difference():
    assert chance_of_unlikeness([3], [5]) == 1.0
    assert chance_of_unlikeness([3, np.nan, 0], [5, 4, 0]) == 1.0
    assert chance_of_unlikeness([5, 4], [5, 4]) == 1.0
    assert chance_of_unlikeness([], []) == 1.0


def test_nobody_gives_no_interval():
    assert np.isnan(wilson([0, np.nan], [0, 5])).all()
    assert np.isnan(difference(1, 2, 0, 0)).all()


def test_limits_stay_within_a_share_and_hold_it():
    n = np.arange(1, 60)
    for x in (np.zeros_like(n), n // 2, n):
        low, high = wilson(x, n)
        assert ((low >= 0) & (low <= 100 * x / n) & (100 * x / n <= high) & (high <= 100)).all()


def test_more_cases_narrow_and_more_confidence_widens():
    widths = [np.subtract(*wilson(n / 4, n)[::-1]) for n in (8, 80, 800)]
    assert widths == sorted(widths, reverse=True)
    assert np.subtract(*wilson(3, 10, 0.99)[::-1]) > np.subtract(*wilson(3, 10, 0.9)[::-1])


def test_a_mean_by_hand():
    """1, 2 and 6: mean 3, variance 7, so the logarithm of the mean has the standard error √(7 ÷ 3) ÷ 3."""
    mean, low, high = mean_interval(3, 9.0, 41.0)
    assert mean == 3
    assert np.log([low, high]) == pytest.approx(np.log(3) + 1.959964 * np.array([-1, 1]) * np.sqrt(7 / 3) / 3)


def test_a_mean_of_too_few_has_no_limits():
    mean, low, high = mean_interval([0, 1, 2], [0, 5, 8], [0, 25, 34])
    assert np.isnan(mean[0])
    assert mean[1:].tolist() == [5, 4]
    assert np.isnan([low, high]).all()


def test_equal_amounts_have_no_spread():
    assert [float(value) for value in mean_interval(4, 20, 100)] == [5, 5, 5]


def test_the_interval_of_a_mean_covers_it_for_skewed_amounts():
    """Credit is spread like a log-normal; nineteen in twenty intervals should hold the true mean, give or take."""
    random = np.random.default_rng(20250613)
    amounts = random.lognormal(13.0, 0.8, (4000, 60))
    _, low, high = mean_interval(np.full(4000, 60), amounts.sum(axis=1), (amounts**2).sum(axis=1))
    truth = np.exp(13.0 + 0.8**2 / 2)
    assert np.mean((low <= truth) & (truth <= high)) == pytest.approx(0.94, abs=0.02)
