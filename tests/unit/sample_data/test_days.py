from datetime import date

import numpy as np
import pytest

from sample_data.days import NEVER, Rhythm, is_worked, make_days
from sample_data.draws import generator


@pytest.fixture(scope="module")
def days(plan):
    return make_days(plan, generator(1, "days"))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2025, 1, 26), True),  # a Sunday worked for the Spring Festival
        (date(2025, 1, 28), False),
        (date(2025, 2, 8), True),
        (date(2025, 3, 8), False),
        (date(2025, 3, 10), True),
        (date(2025, 5, 31), False),
    ],
)
def test_working_days_follow_the_profiles_calendar(zhanjiang, day, worked):
    assert is_worked(zhanjiang, day) is worked


def test_129_days_are_worked_until_the_end_of_may(days):
    assert days.working[: days.visits_end + 1].sum() == 129


def test_a_day_that_is_not_worked_moves_on(days):
    saturday = days.number(date(2025, 3, 8))
    assert days.on_working_day(np.array([saturday, saturday - 1, NEVER])).tolist() == [
        saturday + 2,
        saturday - 1,
        NEVER,
    ]


def test_nobody_is_visited_after_the_last_day(days):
    assert days.visits.weights[days.visits_end + 1 :].sum() == 0
    assert days.visits.weights[: days.visits_end + 1].min() > 0


def test_the_festival_is_quiet(days):
    festival = slice(days.number(date(2025, 1, 28)), days.number(date(2025, 2, 5)))
    assert days.visits.weights[festival].max() < 0.05 * np.median(days.visits.weights[days.working])


def test_a_draw_between_two_days_stays_there_and_prefers_busy_ones():
    rhythm = Rhythm(np.array([1.0, 0, 3, 0, 0]))
    place = np.linspace(0, 0.999, 200)
    drawn = rhythm.between(np.zeros(200, dtype=int), np.full(200, 3), place)
    assert set(drawn) == {0, 2}
    assert (drawn == 2).mean() == pytest.approx(0.75, abs=0.01)
    assert rhythm.between(np.array([3]), np.array([4]), np.array([0.5])).tolist() == [4]
