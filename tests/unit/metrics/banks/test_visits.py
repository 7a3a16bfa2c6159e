import numpy as np
import pandas as pd
import pytest
from scipy import stats

from metrics.banks.visits import daily_load, poisson_interval, visit_fit


def test_the_exact_interval_of_a_count():
    low, high = poisson_interval(np.array([0.0, 10.0]))
    # By definition: at the lower limit 10 or more come up in 2.5 % of cases, at the upper one 10 or fewer.
    assert low[0] == 0.0
    assert high[0] == pytest.approx(-np.log(0.025))
    assert stats.poisson.sf(9, low[1]) == pytest.approx(0.025)
    assert stats.poisson.cdf(10, high[1]) == pytest.approx(0.025)
    assert (low[1], high[1]) == pytest.approx((4.80, 18.39), abs=5e-3)  # Garwood (1936), as tabled for ten events


def test_ratio_is_share_of_visits_over_share_of_size():
    visits = pd.Series({"A": 100.0, "B": 300.0, "C": 600.0, "D": 0.0, "E": 500.0})
    size = pd.Series({"A": 10.0, "B": 30.0, "C": 40.0, "D": 20.0, "E": np.nan})
    rows = visit_fit(visits, size).rows
    assert list(rows.index) == ["A", "B", "C", "D"]  # E's size is unknown
    assert rows.loc["C", "expected"] == pytest.approx(1000 * 0.4)
    assert rows["ratio"].tolist() == pytest.approx([1.0, 1.0, 1.5, 0.0])


def test_a_bank_without_visits_has_a_score_and_is_low():
    visits = pd.Series([0.0, 900, 1100, 1000, 1050, 950, 980, 1020], index=list("ABCDEFGH"))
    fit = visit_fit(visits, pd.Series(1.0, index=list("ABCDEFGH")))
    assert fit.rows.loc["A", "p"] < 0.05
    assert np.isfinite(fit.rows["z"]).all()


def test_many_visits_and_much_variety_give_limits_that_no_number_of_visits_narrows():
    rng = np.random.default_rng(1)
    size = pd.Series(np.exp(rng.normal(0, 1, 24)), index=[str(i) for i in range(24)])
    visits = (size * 1e5 * np.exp(rng.normal(0, 0.3, 24))).round()
    fit = visit_fit(visits, size)
    assert fit.spread.is_additive
    low, high = fit.limits(np.array([1e4, 1e8]), 1.96)
    assert low[1] == pytest.approx(low[0], rel=0.01)
    assert 0.4 < low[0] < 0.7
    assert 1.4 < high[0] < 2.5


def test_chance_alone_gives_poisson_limits():
    rng = np.random.default_rng(2)
    visits = pd.Series(rng.poisson(100.0, 24).astype(float), index=[str(i) for i in range(24)])
    fit = visit_fit(visits, pd.Series(1.0, index=visits.index))
    low, high = fit.limits(np.array([100.0]), 1.96)
    assert high[0] - low[0] == pytest.approx(2 * 1.96 * np.sqrt(fit.spread.phi / 100.0))


def test_three_banks_are_too_few_to_judge():
    rows = visit_fit(pd.Series({"A": 1.0, "B": 2.0, "C": 9.0}), pd.Series({"A": 1.0, "B": 1.0, "C": 1.0})).rows
    assert rows["p"].isna().all()
    assert rows["ratio"].notna().all()


def test_daily_load_needs_visitors_and_days():
    load = daily_load(pd.Series({"A": 1290.0, "B": 10.0}), pd.Series({"A": 10.0, "B": 0.0}), 129)
    assert load["A"] == pytest.approx(1.0)
    assert np.isnan(load["B"])
    assert daily_load(pd.Series({"A": 1.0}), pd.Series({"A": 1.0}), 0).isna().all()
