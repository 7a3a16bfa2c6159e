"""The schedule line, the gap to it and what is required, with the published target of 70 % by the end of June."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from metrics.calendar import Calendar
from metrics.pace import Schedule, pace_gap, pace_ratio, recent_pace, requirement

TARGET = Schedule(date(2024, 11, 21), date(2025, 6, 30), 70.0)
MAY = date(2025, 5, 31)


def test_the_line_stood_at_60_50_at_the_end_of_may():
    assert round(TARGET.at(MAY), 2) == 60.50


@pytest.mark.parametrize(
    ("day", "due"),
    [(date(2024, 11, 1), 0.0), (date(2024, 11, 21), 0.0), (date(2025, 6, 30), 70.0), (date(2026, 1, 1), 70.0)],
)
def test_the_line_starts_at_zero_and_ends_at_the_target(day, due):
    assert TARGET.at(day) == due


def test_milestones_bend_the_line():
    bent = Schedule(date(2025, 1, 1), date(2025, 1, 31), 70.0, ((date(2025, 1, 11), 10.0), (date(2025, 1, 21), 60.0)))
    assert [bent.at(date(2025, 1, day)) for day in (1, 6, 11, 16, 21, 26, 31)] == [0, 5, 10, 35, 60, 65, 70]


def test_a_line_for_drawing():
    assert TARGET.line(pd.date_range("2024-11-21", periods=3)) == pytest.approx([0, 70 / 221, 140 / 221])


@pytest.mark.parametrize(
    ("start", "end", "milestones"),
    [
        (date(2025, 1, 1), date(2025, 1, 1), ()),
        (date(2025, 1, 2), date(2025, 1, 1), ()),
        (date(2025, 1, 1), date(2025, 1, 9), ((date(2025, 1, 10), 5.0),)),
        (date(2025, 1, 1), date(2025, 1, 9), ((date(2025, 1, 1), 5.0),)),
    ],
)
def test_days_of_a_schedule_must_rise(start, end, milestones):
    with pytest.raises(ValueError, match="days must rise"):
        Schedule(start, end, 70.0, milestones)


def test_values_of_a_schedule_must_not_fall():
    with pytest.raises(ValueError, match="values must not fall"):
        Schedule(date(2025, 1, 1), date(2025, 1, 9), 70.0, ((date(2025, 1, 5), 80.0),))


def test_the_gap_is_in_points_and_the_ratio_in_per_cent():
    rates = pd.Series({"city": 103.68, "unknown": np.nan})
    assert round(pace_gap(rates, TARGET, MAY)["city"], 2) == 43.18
    assert round(pace_ratio(rates, TARGET, MAY)["city"]) == 171
    assert pace_gap(rates, TARGET, MAY).isna()["unknown"]


def test_while_nothing_is_due_there_is_no_ratio():
    assert pace_ratio(pd.Series([5.0]), TARGET, date(2024, 11, 21)).isna().all()


def require(done, base, on=MAY, schedule=TARGET, calendar=None):
    result = requirement(pd.Series([done]), pd.Series([base]), schedule, on, calendar or Calendar())
    return tuple(result.iloc[0])


def test_seventy_per_cent_of_the_list_were_284_513(calendar):
    assert require(421_404, 406_447, calendar=calendar) == (284_513, 0, 20, 0)


def test_what_is_left_is_spread_over_the_working_days_left(calendar):
    assert require(600, 1000, calendar=calendar) == (700, 100, 20, 5.0)


def test_a_whole_number_of_enterprises_is_not_rounded_up_for_binary_noise():
    seven = Schedule(TARGET.start, TARGET.end, 7.0)
    assert require(0, 100, schedule=seven)[0] == 7


def test_with_no_day_left_the_rest_cannot_be_spread():
    assert np.isnan(require(600, 1000, on=date(2025, 6, 30))[3])
    assert require(700, 1000, on=date(2025, 6, 30))[3] == 0.0


def test_the_unknown_requires_the_unknown():
    assert np.isnan(require(np.nan, 1000)[1])
    assert np.isnan(require(10, np.nan)[3])


def test_recent_pace_spreads_weekend_work_over_working_days():
    two_weeks = pd.Series(
        [10.0] * 5 + [5.0, 0.0] + [10.0] * 5 + [5.0, 0.0], index=pd.date_range("2025-03-03", periods=14)
    )
    assert recent_pace(two_weeks, Calendar(), 10) == 11.0
    assert recent_pace(two_weeks, Calendar(), 5) == 11.0
    assert np.isnan(recent_pace(two_weeks, Calendar(), 11))
