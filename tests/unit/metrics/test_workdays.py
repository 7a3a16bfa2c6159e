"""Working days, holidays and make-up days, and the classes of days a rhythm is made of."""

from datetime import date

import pandas as pd
import pytest

from metrics.calendar import Calendar, DayClass


def test_the_programme_had_129_working_days_to_the_end_of_may(calendar):
    assert calendar.working_days(date(2024, 11, 20), date(2025, 5, 31)) == 129


def test_twenty_working_days_were_left_for_the_target(calendar):
    assert calendar.working_days(date(2025, 5, 31), date(2025, 6, 30)) == 20


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2025, 1, 24), True),  # a Friday
        (date(2025, 1, 25), False),  # a Saturday
        (date(2025, 1, 26), True),  # a Sunday that was worked
        (date(2025, 1, 28), False),  # a Tuesday of the Spring Festival
    ],
)
def test_a_day_is_worked_or_not(calendar, day, worked):
    assert calendar.is_working(pd.DatetimeIndex([day])).tolist() == [worked]


def test_an_empty_calendar_knows_weekends():
    week = pd.date_range("2025-03-03", periods=7)
    assert Calendar().is_working(week).tolist() == [True] * 5 + [False] * 2


@pytest.mark.parametrize("through", [date(2025, 3, 3), date(2025, 3, 1)])
def test_no_day_is_left_on_or_after_the_last(through):
    assert Calendar().working_days(date(2025, 3, 3), through) == 0


def test_the_first_day_is_not_counted_and_the_last_is():
    assert Calendar().working_days(date(2025, 3, 3), date(2025, 3, 4)) == 1


def test_quiet_days_have_classes_of_their_own(calendar):
    days = pd.DatetimeIndex(["2025-01-17", "2025-01-18", "2025-01-20", "2025-01-28", "2025-02-12", "2025-02-13"])
    assert [DayClass(code) for code in calendar.classes(days)] == [
        DayClass.WORKING,
        DayClass.REST,
        DayClass.QUIET_WORKING,
        DayClass.QUIET_REST,
        DayClass.QUIET_WORKING,
        DayClass.WORKING,
    ]
