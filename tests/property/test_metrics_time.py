"""What must hold of times and paces whatever the dates: survival curves, schedules, requirements, forecasts."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.calendar import Calendar
from metrics.forecast import Method, forecast
from metrics.pace import Schedule, pace_gap, requirement
from metrics.reconcile import Verdict, reconcile
from metrics.survival import kaplan_meier, stage_times

# A busy machine is slow, not wrong.
QUICK, SLOW = settings(deadline=None), settings(max_examples=25, deadline=None)

cases = st.lists(st.tuples(st.integers(-3, 400), st.booleans(), st.floats(0.25, 50.0)), min_size=1, max_size=40).map(
    lambda rows: pd.DataFrame(rows, columns=["days", "ended", "n"])
)


@QUICK
@given(cases)
def test_a_survival_curve_falls_from_one_to_zero_within_its_limits(frame):
    curve = kaplan_meier(frame)
    steps = np.concatenate([[1.0], curve.survival])
    assert (np.diff(steps) <= 0).all()
    assert ((curve.survival >= 0) & (curve.survival <= 1)).all()
    known = ~np.isnan(curve.low)
    assert (curve.low[known] <= curve.survival[known] + 1e-12).all()
    assert (curve.survival[known] <= curve.high[known] + 1e-12).all()


@QUICK
@given(cases)
def test_later_quantiles_come_later(frame):
    curve = kaplan_meier(frame)
    days = [curve.quantile(share).days for share in (0.1, 0.25, 0.5, 0.75, 0.9)]
    reached = [day for day in days if not np.isnan(day)]
    assert reached == sorted(reached)
    assert days[: len(reached)] == reached


@QUICK
@given(cases)
def test_splitting_a_row_changes_nothing(frame):
    halves = pd.concat([frame, frame]).assign(n=lambda rows: rows["n"] / 2)
    np.testing.assert_allclose(kaplan_meier(halves).survival, kaplan_meier(frame).survival, atol=1e-9)


@QUICK
@given(cases)
def test_watching_open_cases_longer_never_lowers_the_curve(frame):
    longer = frame.assign(days=frame["days"].where(frame["ended"], frame["days"] + 500))
    curve = kaplan_meier(longer)
    assert all(curve.at(day)[0] >= kaplan_meier(frame).at(day)[0] - 1e-12 for day in (0, 30, 90, 400))


@QUICK
@given(cases, st.lists(st.sampled_from("abc"), min_size=40, max_size=40))
def test_groups_are_the_parts(frame, banks):
    grouped = frame.assign(bank=banks[: len(frame)])
    times = stage_times(grouped, ["bank"])
    assert np.isclose(times["cases"].sum(), frame["n"].sum())
    for row in times.itertuples():
        alone = stage_times(grouped[grouped["bank"] == row.bank]).iloc[0]
        assert row.median == alone["median"] or (np.isnan(row.median) and np.isnan(alone["median"]))


days = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@st.composite
def schedules(draw):
    points = sorted(draw(st.sets(days, min_size=2, max_size=6)))
    values = sorted(draw(st.lists(st.floats(0, 100), min_size=len(points) - 1, max_size=len(points) - 1)))
    return Schedule(points[0], points[-1], values[-1], tuple(zip(points[1:-1], values[:-1], strict=True)))


@QUICK
@given(schedules(), days, days)
def test_a_schedule_never_falls_and_stays_below_its_target(schedule, one, other):
    earlier, later = sorted([one, other])
    assert 0.0 <= schedule.at(earlier) <= schedule.at(later) <= schedule.target
    assert schedule.at(schedule.end) == schedule.target


@QUICK
@given(schedules(), days, st.floats(0, 200))
def test_a_gap_and_the_schedule_give_the_rate_back(schedule, day, rate):
    assert np.isclose(pace_gap(pd.Series([rate]), schedule, day).iloc[0] + schedule.at(day), rate)


@QUICK
@given(schedules(), days, st.integers(0, 10**6), st.integers(0, 10**6))
def test_what_is_required_reaches_the_target(schedule, day, done, base):
    need = requirement(pd.Series([float(done)]), pd.Series([float(base)]), schedule, day, Calendar()).iloc[0]
    assert need["remaining"] >= 0
    assert done + need["remaining"] >= base * schedule.target / 100 - 1e-3
    if need["remaining"] and need["working_days"]:
        assert np.isclose(need["per_day"] * need["working_days"], need["remaining"])


@SLOW
@given(
    st.lists(st.integers(0, 500), min_size=60, max_size=120).filter(lambda counts: min(counts[:5]) > 0),
    st.integers(1, 60),
    st.integers(0, 5000),
)
def test_a_forecast_never_loses_ground_nor_passes_its_cap(counts, ahead, room):
    series = pd.Series(counts, index=pd.date_range("2025-01-01", periods=len(counts)), dtype="float64")
    done = float(sum(counts))
    until = (series.index[-1] + timedelta(days=ahead)).date()
    most, few = done + room, Method(resamples=50)
    made = forecast(series, until, Calendar(), done=done, target=most, cap=most, method=few)
    path = made.path[["low", "median", "high"]].to_numpy()
    assert len(path) == ahead
    assert np.isfinite(path).all()
    assert (path >= done).all()
    assert (path <= most).all()
    assert (np.diff(path, axis=0) >= -1e-9).all()
    assert (np.diff(path, axis=1) >= -1e-9).all()
    assert 0.0 < made.probability <= 1.0


@QUICK
@given(st.integers(0, 10**9), st.sampled_from([1, 10, 100, 10_000]))
def test_a_rounded_figure_agrees_with_what_it_was_rounded_from(number, step):
    published = round(number / step) * step
    assert reconcile(published, step, number).verdict is Verdict.WITHIN_ROUNDING
