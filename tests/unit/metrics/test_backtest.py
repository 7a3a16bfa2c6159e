"""When the model holds, an 80 % interval holds about 80 % of the truth, and probabilities mean what they say."""

import numpy as np
import pandas as pd
import pytest

from metrics.backtest import Plan, backtest, brier_score, calibration, interval_scores
from metrics.forecast import Method

DAYS = pd.date_range("2024-11-21", "2025-06-30")
QUICK = Method(resamples=300)
CARRIED = np.array([1.0, 0.3, 0.5, 0.05])


def drifting(calendar, seed):
    """Counts of a level that drifts, on days that carry more or less, with runs of good and bad days."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 0.2, len(DAYS))
    runs = np.convolve(noise, [1.0, 0.4, 0.16])[: len(DAYS)]
    level = 3000.0 * np.exp(np.cumsum(rng.normal(0, 0.02, len(DAYS))))
    return pd.Series(rng.poisson(level * CARRIED[calendar.classes(DAYS)] * np.exp(runs)).astype(float), index=DAYS)


@pytest.fixture(scope="module")
def results(calendar):
    plan = Plan(horizons=(14, 30), step=11)
    made = [backtest(drifting(calendar, seed), calendar, plan, QUICK).assign(series=seed) for seed in range(8)]
    return pd.concat(made, ignore_index=True)


def test_coverage_is_near_nominal(results):
    cuts = results.drop_duplicates(["series", "cut", "horizon"])
    assert len(cuts) > 150
    assert 0.72 <= cuts["inside"].mean() <= 0.90


def test_probabilities_come_true(results):
    rows = calibration(results)
    assert rows["cases"].sum() == len(results)
    assert (rows["forecast"] - rows["observed"]).abs().max() < 0.15
    assert brier_score(results) < 0.16


def test_every_horizon_is_scored(results):
    scores = interval_scores(results[results["series"] == 0])
    assert scores["horizon"].tolist() == [14, 30]
    assert np.allclose(scores["inside"] + scores["below"] + scores["above"], 1.0)


def test_rows_say_what_was_known_and_what_came(calendar):
    series = drifting(calendar, 0)
    result = backtest(series, calendar, Plan(horizons=(7,), step=30, first=60, paces=(1.0,)), QUICK)
    assert list(result.columns) == [
        "cut", "horizon", "low", "median", "high", "actual", "inside", "pace", "probability", "reached",
    ]  # fmt: skip
    first = result.iloc[0]
    assert first["cut"] == DAYS[59]
    assert first["actual"] == series.iloc[60:67].sum()
    assert first["reached"] == (first["actual"] >= 7 * series.iloc[32:60].mean())


def test_the_past_of_a_cut_does_not_know_the_future(calendar):
    series = drifting(calendar, 0)
    changed = series.copy()
    changed.iloc[67:] = 0.0
    plan = Plan(horizons=(7,), step=1000, first=60)
    pd.testing.assert_frame_equal(backtest(series, calendar, plan, QUICK), backtest(changed, calendar, plan, QUICK))


def test_a_series_without_room_for_a_cut_is_refused(calendar):
    with pytest.raises(ValueError, match="too few for a cut"):
        backtest(drifting(calendar, 0).iloc[:40], calendar)


def test_scores_by_hand():
    rows = pd.DataFrame({
        "cut": [1, 1, 2], "horizon": [7, 7, 7], "low": [1.0, 1.0, 5.0], "median": [2.0, 2.0, 6.0],
        "high": [3.0, 3.0, 7.0], "actual": [2.5, 2.5, 4.0], "inside": [True, True, False],
        "probability": [0.9, 0.1, 0.5], "reached": [True, False, True],
    })  # fmt: skip
    scores = interval_scores(rows).iloc[0]
    assert (scores["cuts"], scores["inside"], scores["below"], scores["above"]) == (2, 0.5, 0.5, 0.0)
    assert scores["width"] == pytest.approx((2 / 2.5 + 2 / 4) / 2)
    assert brier_score(rows) == pytest.approx((0.01 + 0.01 + 0.25) / 3)
    assert calibration(rows, bins=2)[["low", "high", "cases", "observed"]].to_numpy().tolist() == [
        [0.0, 0.5, 1, 0.0],
        [0.5, 1.0, 2, 1.0],
    ]
