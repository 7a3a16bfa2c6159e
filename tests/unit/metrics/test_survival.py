"""Kaplan–Meier against the remission times of Freireich et al. (1963), the textbooks' example."""

import numpy as np
import pandas as pd
import pytest

from metrics.survival import kaplan_meier, stage_times

# Weeks of remission of 21 leukaemia patients each: under 6-mercaptopurine (12 still in remission) and under placebo.
ENDED, OPEN = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def cases(ended, still_open=()):
    n = len(ended) + len(still_open)
    days = [*ended, *still_open]
    return pd.DataFrame({"days": days, "ended": [i < len(ended) for i in range(n)], "n": 1.0})


@pytest.fixture
def treated():
    return kaplan_meier(cases(ENDED, OPEN))


def test_the_curve_is_the_textbooks(treated):
    assert treated.days.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert treated.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert treated.survival.round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]


def test_the_limits_are_the_textbooks(treated):
    assert treated.low.round(3).tolist() == [0.620, 0.563, 0.503, 0.432, 0.368, 0.268, 0.188]
    assert treated.high.round(3).tolist() == [0.952, 0.923, 0.889, 0.849, 0.805, 0.747, 0.680]


def test_the_median_is_the_textbooks(treated):
    median = treated.quantile()
    assert (median.days, median.low) == (23.0, 13.0)
    assert np.isnan(median.high)


def test_the_placebo_median_is_the_textbooks():
    median = kaplan_meier(cases(PLACEBO)).quantile()
    assert (median.days, median.low, median.high) == (8.0, 4.0, 11.0)


def test_a_quantile_that_is_not_reached_is_unknown(treated):
    assert np.isnan(treated.quantile(0.9).days)


def test_the_share_still_open_at_a_day(treated):
    assert treated.at(5) == (1.0, 1.0, 1.0)
    assert round(treated.at(6)[0], 3) == round(treated.at(6.9)[0], 3) == 0.857
    assert round(treated.at(100)[0], 3) == 0.448


def test_once_nobody_is_left_the_limits_are_undefined():
    curve = kaplan_meier(cases(PLACEBO))
    assert curve.survival[-1] == 0.0
    assert np.isnan([curve.low[-1], curve.high[-1]]).all()


def test_aggregated_and_single_cases_give_the_same_curve(treated):
    aggregated = cases(ENDED, OPEN).groupby(["days", "ended"], as_index=False)["n"].sum()
    pd.testing.assert_frame_equal(kaplan_meier(aggregated).frame(), treated.frame())


def test_an_end_before_the_start_counts_as_day_zero():
    assert kaplan_meier(cases([-3, 5])).days.tolist() == [0, 5]


def test_without_censoring_the_curve_is_the_share_left():
    curve = kaplan_meier(cases([1, 2, 3, 4]))
    assert curve.survival.tolist() == [0.75, 0.5, 0.25, 0.0]
    assert curve.quantile().days == 2


def test_when_nothing_ended_nothing_is_known():
    curve = kaplan_meier(cases([], [3, 4]))
    assert curve.frame().empty
    assert np.isnan(curve.quantile().days)
    assert curve.at(10) == (1.0, 1.0, 1.0)


def test_fractional_cases_are_fine():
    halves = cases([1, 2, 3, 4]).assign(n=0.1)
    assert kaplan_meier(halves).survival == pytest.approx([0.75, 0.5, 0.25, 0.0])
    assert kaplan_meier(halves).survival[-1] == 0.0


def test_stage_times_by_bank():
    both = pd.concat([cases(ENDED, OPEN).assign(bank="b"), cases(PLACEBO).assign(bank="a")], ignore_index=True)
    times = stage_times(both, ["bank"])
    assert times["bank"].tolist() == ["a", "b"]
    assert times["cases"].tolist() == [21, 21]
    assert times["ended"].tolist() == [21, 9]
    assert times["median"].tolist() == [8, 23]
    assert times["p90"].tolist()[0] == 17
    assert np.isnan(times["p90"].iloc[1])


def test_stage_times_of_the_whole_are_one_row():
    assert stage_times(cases(PLACEBO))["median"].tolist() == [8]


def test_too_few_cases_have_no_times():
    times = stage_times(cases([1, 2, 3]), min_n=5).iloc[0]
    assert times["cases"] == 3
    assert times[["median", "median_low", "median_high", "p90"]].isna().all()


def test_no_cases_give_no_groups():
    assert stage_times(cases([1])[:0].assign(bank=""), ["bank"]).empty


def test_a_thinned_curve_steps_where_enough_ended_and_enough_are_open():
    frame = pd.DataFrame({"days": [1, 2, 3, 4, 5], "ended": [True] * 5, "n": [1, 5, 2, 3, 4]})
    whole = kaplan_meier(frame)
    told = whole.thinned(4)
    assert told.days.tolist() == [2.0, 4.0]  # after 5 nobody is left
    assert told.survival.tolist() == [whole.at(2)[0], whole.at(4)[0]]
    assert whole.thinned(100).days.tolist() == []
    assert whole.thinned(100).at(3) == (1.0, 1.0, 1.0)
