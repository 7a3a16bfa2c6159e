"""The forecast: deterministic, aware of the calendar, bounded, and honest about what it cannot know."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from metrics.calendar import Calendar, DayClass
from metrics.forecast import (
    InsufficientHistoryError,
    Method,
    daily_series,
    forecast,
    futures,
    probability_of,
)
from metrics.rhythm import fit

START = date(2025, 2, 17)  # a Monday after the Spring Festival
UNTIL = date(2025, 6, 30)


def steady(days=90, a_day=100.0, rest=0.2):
    index = pd.date_range(START, periods=days)
    return pd.Series(np.where(index.day_of_week < 5, a_day, a_day * rest), index=index)


def noisy(days=90, seed=1):
    rng = np.random.default_rng(seed)
    return steady(days) * rng.uniform(0.6, 1.4, days)


def ahead(series, days):
    return (series.index[-1] + timedelta(days=days)).date()


def test_days_without_anything_are_zeros():
    frame = pd.DataFrame({"day": pd.to_datetime(["2025-03-01", "2025-03-03", "2025-03-03"]), "n": [1.0, 2.0, 3.0]})
    series = daily_series(frame, date(2025, 2, 28), date(2025, 3, 4))
    assert series.tolist() == [0.0, 1.0, 0.0, 5.0, 0.0]
    assert series.index[0] == pd.Timestamp("2025-02-28")


def test_days_outside_are_left_out():
    frame = pd.DataFrame({"day": [date(2025, 3, 1), date(2025, 3, 9)], "n": [1.0, 2.0]})
    assert daily_series(frame, date(2025, 3, 1), date(2025, 3, 2)).tolist() == [1.0, 0.0]


def test_a_perfectly_steady_series_goes_on_as_it_was():
    series = steady()
    made = forecast(series, ahead(series, 14), Calendar(), done=5000.0)
    assert made.median == pytest.approx(5000 + 2 * (5 * 100 + 2 * 20), rel=0.01)
    assert made.high - made.low < 20


def test_the_same_arguments_give_the_same_result():
    first, second = (forecast(noisy(), UNTIL, Calendar(), done=0.0, target=9000.0) for _ in range(2))
    pd.testing.assert_frame_equal(first.path, second.path)
    assert first.probability == second.probability


def test_another_seed_gives_other_futures():
    first = futures(noisy(), UNTIL, Calendar(), Method(seed=1))
    assert not np.array_equal(first, futures(noisy(), UNTIL, Calendar(), Method(seed=2)))


def test_a_total_never_falls_and_the_interval_holds_the_median():
    path = forecast(noisy(), UNTIL, Calendar(), done=0.0).path
    assert (path[["low", "median", "high"]].diff().dropna() >= 0).all().all()
    assert ((path["low"] <= path["median"]) & (path["median"] <= path["high"])).all()
    assert path["day"].iloc[0] == noisy().index[-1] + timedelta(days=1)
    assert path["day"].iloc[-1] == pd.Timestamp(UNTIL)


def test_more_coverage_is_a_wider_interval():
    half, most = (forecast(noisy(), UNTIL, Calendar(), done=0.0, method=Method(coverage=c)) for c in (0.5, 0.95))
    assert most.low < half.low < half.high < most.high


def test_no_future_passes_the_cap():
    made = forecast(noisy(), UNTIL, Calendar(), done=7000.0, target=7600.0, cap=7500.0)
    assert made.high == 7500.0
    assert made.probability < 0.01


def test_a_total_beyond_the_cap_stays_where_it_is():
    assert forecast(noisy(), UNTIL, Calendar(), done=7000.0, cap=6000.0).high == 7000.0


def test_holidays_ahead_bring_less():
    series = noisy()
    week = [(series.index[-1] + timedelta(days=n)).date() for n in range(1, 8)]
    closed = forecast(series, week[-1], Calendar(holidays=frozenset(week)), done=0.0)
    assert closed.median < 0.5 * forecast(series, week[-1], Calendar(), done=0.0).median


def test_the_target_is_met_surely_unlikely_or_perhaps():
    def chance(target):
        return forecast(noisy(), UNTIL, Calendar(), done=5000.0, target=target).probability

    assert chance(4999.0) == 1.0
    assert chance(1e9) == pytest.approx(1 / 1002)
    middle = forecast(noisy(), UNTIL, Calendar(), done=5000.0).median
    assert 0.4 < chance(middle) < 0.6


def test_without_a_target_there_is_no_probability():
    made = forecast(noisy(), UNTIL, Calendar(), done=0.0)
    assert made.probability is None
    assert made.expected_on is None


def test_the_expected_day_is_when_the_median_gets_there():
    series = steady()  # ends on Saturday, 2025-05-17
    made = forecast(series, UNTIL, Calendar(), done=1000.0, target=1119.0)
    assert made.expected_on == date(2025, 5, 19)  # Sunday brings 20, Monday 100


def test_a_target_beyond_reach_has_no_expected_day():
    assert forecast(noisy(), UNTIL, Calendar(), done=0.0, target=1e9).expected_on is None


@pytest.mark.parametrize(("done", "probability"), [(10.0, 1.0), (9.0, 0.0)])
def test_on_the_target_date_everything_is_settled(done, probability):
    series = noisy()
    made = forecast(series, ahead(series, 0), Calendar(), done=done, target=10.0)
    assert (made.low, made.median, made.high, made.probability) == (done, done, done, probability)
    assert list(made.path.columns) == ["day", "low", "median", "high"]
    assert made.path.empty


def test_after_the_target_date_too():
    series = noisy()
    assert forecast(series, ahead(series, -5), Calendar(), done=9.0).probability is None


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (steady(27), "27 days since the first count; a forecast needs 28"),
        (steady(90) * 0.0, "0 days since the first count"),
        (steady(90).where(lambda s: s.index.day_of_week > 4, 0.0), "a forecast needs 28"),
        (steady(0), "no day of history"),
    ],
)
def test_too_little_history_is_refused(series, message):
    with pytest.raises(InsufficientHistoryError, match=message):
        forecast(series, UNTIL, Calendar(), done=0.0)


def test_days_must_be_consecutive():
    with pytest.raises(ValueError, match="consecutive"):
        forecast(noisy().drop(noisy().index[5]), UNTIL, Calendar(), done=0.0)


def test_the_time_before_the_first_count_teaches_nothing():
    series = noisy()
    before = pd.Series(0.0, index=pd.date_range(end=series.index[0] - timedelta(days=1), periods=30))
    late = forecast(pd.concat([before, series]), UNTIL, Calendar(), done=0.0)
    assert late.median == forecast(series, UNTIL, Calendar(), done=0.0).median


def test_a_probability_is_never_certain():
    totals = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0])
    assert [probability_of(totals, target) for target in (0.0, 5.0, 9.0)] == [0.9, 0.5, 0.1]


def test_a_rhythm_finds_what_the_days_carry(calendar):
    days = pd.date_range("2024-11-21", "2025-05-31")
    classes = calendar.classes(days)
    carried = np.array([1.0, 0.3, 0.5, 0.05])
    rhythm = fit(3000.0 * carried[classes], classes, 120)
    assert rhythm.factors == pytest.approx(carried, rel=0.05)
    assert rhythm.level == pytest.approx(3000.0, rel=0.02)


def test_a_class_never_seen_borrows_from_its_twin():
    series = steady()
    rhythm = fit(series.to_numpy(), Calendar().classes(pd.DatetimeIndex(series.index)), 120)
    assert rhythm.factors[DayClass.QUIET_WORKING] == rhythm.factors[DayClass.WORKING] == 1.0
    assert rhythm.factors[DayClass.QUIET_REST] == rhythm.factors[DayClass.REST]


def test_a_backlog_entered_in_a_day_is_not_a_new_pace():
    series = noisy()
    spiked = series.copy()
    spiked.iloc[-3] = 50 * series.max()
    plain, after = (forecast(s, ahead(series, 28), Calendar(), done=0.0).median for s in (series, spiked))
    assert after < 1.5 * plain


def test_a_rare_count_is_not_taken_for_a_backlog():
    index = pd.date_range("2025-01-06", periods=120)
    rare = [pd.Series(np.random.default_rng(seed).poisson(0.5, 120), index=index, dtype=float) for seed in range(10)]
    medians = [forecast(series, UNTIL, Calendar(), done=0.0).median for series in rare]
    due = 0.5 * (pd.Timestamp(UNTIL) - index[-1]).days
    assert 0.75 * due < np.mean(medians) < 1.25 * due
