import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.robust.norms import HuberT
from statsmodels.robust.robust_linear_model import RLM
from statsmodels.robust.scale import Huber, HuberScale
from statsmodels.stats.outliers_influence import OLSInfluence

from metrics.banks.concentration import gini, hhi, lorenz, top_share
from metrics.banks.credit import (
    credit_fit,
    ratio_intervals,
    resampled_ratios,
    resampled_totals,
    share_ratio,
    slope_test,
)
from metrics.banks.ranks import rank_intervals, resampled_shares


def _city(seed=1, slope=1.0, n=24, sd=0.4):
    rng = np.random.default_rng(seed)
    x = rng.normal(23, 1, n)
    index = [f"B{i:02d}" for i in range(n)]
    return pd.Series(np.exp(slope * x - 4 + rng.normal(0, sd, n)), index=index), pd.Series(np.exp(x), index=index)


def test_share_ratio_leaves_out_banks_without_a_size():
    ratio = share_ratio(pd.Series({"A": 1.0, "B": 3.0, "C": 5.0}), pd.Series({"A": 50.0, "B": 50.0}))
    assert ratio[["A", "B"]].tolist() == pytest.approx([0.5, 1.5])
    assert np.isnan(ratio["C"])


def sums(amounts):
    """Return amounts as a query adds them up: one row a bank."""
    powers = {
        "n": amounts["n"],
        **{name: amounts["n"] * amounts["amount"] ** k for name, k in (("amount", 1), ("squares", 2), ("cubes", 3))},
    }
    return pd.DataFrame(powers).groupby(amounts["bank"]).sum().reset_index()


def test_bootstrap_agrees_with_scipys():
    values = np.random.default_rng(2).lognormal(13, 1.2, 200).round(-3)
    amounts = pd.Series(values).value_counts().rename_axis("amount").reset_index(name="n").assign(bank="A")
    totals = resampled_totals(sums(amounts), draws=4000)["A"]
    theirs = stats.bootstrap((values,), np.sum, n_resamples=4000, method="percentile", rng=3).confidence_interval
    assert totals.quantile([0.025, 0.975]).tolist() == pytest.approx(list(theirs), rel=0.03)


def test_ratio_interval_holds_the_ratio():
    amounts = pd.DataFrame({"bank": ["A"] * 3 + ["B"] * 3, "amount": [1e5, 5e5, 9e6] * 2, "n": [40, 20, 3, 80, 40, 6]})
    credit = (amounts["amount"] * amounts["n"]).groupby(amounts["bank"]).sum()
    size = pd.Series({"A": 1.0, "B": 1.0})
    interval = ratio_intervals(resampled_ratios(resampled_totals(sums(amounts)), size))
    assert (interval["low"] < share_ratio(credit, size)).all()
    assert (interval["high"] > share_ratio(credit, size)).all()


def test_residuals_are_those_of_least_squares_where_nothing_is_wild():
    credit, size = _city(slope=0.6, sd=0.2)
    fit = credit_fit(credit, size)
    x, y = np.log(size), np.log(credit)
    theirs = OLSInfluence(OLS(y, np.column_stack([np.ones(24), x])).fit()).resid_studentized_external
    assert not fit.test.is_proportional
    assert np.corrcoef(fit.rows["residual"], theirs)[0, 1] > 0.995
    assert fit.rows["residual"].std() == pytest.approx(np.std(theirs, ddof=1), rel=0.12)


def test_a_wild_bank_does_not_drag_the_line():
    credit, size = _city()
    largest = size.idxmax()
    credit[largest] /= 20
    fit = credit_fit(credit, size)
    assert fit.rows["residual"].idxmin() == largest
    assert fit.rows.loc[largest, "p"] < 0.001
    assert fit.rows.loc[largest, "gap_low"] > 0
    others = fit.rows.drop(largest)
    assert np.log(others["credit"] / others["expected"]).mean() == pytest.approx(0.0, abs=0.2)


def test_eight_in_ten_lie_within_the_band():
    inside = []
    for seed in range(20):
        rows = credit_fit(*_city(seed)).rows
        inside += ((rows["credit"] > rows["low"]) & (rows["credit"] < rows["high"])).tolist()
    assert np.mean(inside) == pytest.approx(0.8, abs=0.05)


def test_expected_money_adds_up_to_the_citys():
    # Duan's factor turns the typical bank into the mean one: without it the sum of what is expected would fall short.
    ratios = [
        credit_fit(*_city(seed, n=40)).rows.pipe(lambda r: r["expected"].sum() / r["credit"].sum())
        for seed in range(20)
    ]
    assert np.median(ratios) == pytest.approx(1.0, abs=0.08)


def test_the_slope_is_tested_by_students_t_of_statsmodels_fit():
    credit, size = _city(slope=0.6, sd=0.2)
    x, y = np.log(size.to_numpy()), np.log(credit.to_numpy())
    fit = RLM(y, np.column_stack([np.ones(24), x]), M=HuberT()).fit(scale_est=HuberScale())
    found = slope_test(x, y)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(fit.params[1] - 1) / fit.bse[1], 22), rel=0.02)
    assert not found.is_proportional


def test_expected_money_is_the_median_times_duans_factor():
    """Duan (1983): what is expected in money is the retransformed line times the mean of the retransformed residuals.

    The factor of A is the mean of exp(gap − level) of the seven other banks, the gap being ln credit − ln size and the
    level the Huber location of the gaps.
    """
    sizes, gaps, index = np.arange(8.0), np.array([2.0, 1.0, 1.8, 1.2, 2.2, 1.4, 2.1, 1.6]), list("ABCDEFGH")
    fit = credit_fit(pd.Series(np.exp(sizes + gaps), index=index), pd.Series(np.exp(sizes), index=index))
    assert fit.test.is_proportional
    level, _scale = Huber(maxiter=200)(gaps[1:])
    assert fit.rows.loc["A", "expected"] == pytest.approx(np.exp(level) * np.exp(gaps[1:] - level).mean(), rel=1e-4)


def test_slope_one_is_rejected_as_often_as_promised():
    p = []
    for seed in range(120):
        credit, size = _city(seed)
        p.append(slope_test(np.log(size.to_numpy()), np.log(credit.to_numpy())).p)
    assert 0.01 < np.mean(np.array(p) < 0.05) < 0.12


def test_banks_without_credit_are_listed_apart():
    credit, size = _city()
    credit["B03"] = 0.0
    fit = credit_fit(credit, size)
    assert fit.without == ("B03",)
    assert "B03" not in fit.rows.index
    band = fit.band(np.array([size.min(), size.max()]))
    assert (band["low"] < band["expected"]).all()
    assert (band["expected"] < band["high"]).all()


def test_five_banks_are_too_few():
    credit, size = _city(n=5)
    assert credit_fit(credit, size) is None


def test_concentration():
    four = pd.Series([1.0, 1.0, 1.0, 1.0], index=list("ABCD"))
    assert hhi(four) == 0.25
    assert np.isnan(hhi(four * 0))
    assert top_share(pd.Series([4.0, 3.0, 2.0, 1.0]), 2) == 70.0
    # Equal sizes and amounts 1, 2, 3, 4: G = 0.25, by the textbook sum Σ(2i − n − 1)x ÷ (n Σx).
    curve = lorenz(pd.Series([3.0, 1.0, 4.0, 2.0], index=list("ABCD")), four)
    assert curve.index.tolist() == ["", "B", "D", "A", "C"]
    assert gini(curve) == pytest.approx(0.25)
    assert gini(lorenz(four, four)) == pytest.approx(0.0)


def test_rank_intervals_tell_what_cannot_be_told_apart():
    n = pd.Series({"A": 1000.0, "B": 1000.0, "C": 1000.0})
    x = pd.Series({"A": 500.0, "B": 100.0, "C": 104.0})
    ranks = rank_intervals(resampled_shares(n, x), x / n)
    assert ranks["rank"].to_dict() == {"A": 1, "C": 2, "B": 3}
    assert (ranks.loc["A", "low"], ranks.loc["A", "high"]) == (1, 1)
    assert (ranks.loc["B", "low"], ranks.loc["B", "high"]) == (2, 3)
    assert ranks["is_tied"].to_dict() == {"A": False, "C": True, "B": True}
