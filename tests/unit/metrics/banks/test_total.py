"""Total scores, bands of others and bootstrap totals, by hand and against resampling."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.robust.scale import Huber

from metrics.banks.bands import band_of_others
from metrics.banks.credit import credit_fit, resampled_totals
from metrics.banks.renewals import renewed_when_due
from metrics.banks.total import noisy, points, total_scores


def test_points_are_the_share_of_others_a_bank_is_ahead_of():
    values = pd.DataFrame([{"A": 1.0, "B": 2.0, "C": 2.0, "D": np.nan, "E": 9.0}])
    assert points(values).iloc[0].to_dict() == pytest.approx(
        {"A": 0.0, "B": 50.0, "C": 50.0, "D": np.nan, "E": 100.0}, nan_ok=True
    )


def test_total_is_the_weighted_sum_and_ties_are_marked():
    value = {"visits": pd.Series({"A": 1.0, "B": 2.0, "C": 3.0}), "credit": pd.Series({"A": 9.0, "B": 1.0, "C": 5.0})}
    still = {name: pd.DataFrame([series] * 50) for name, series in value.items()}
    found = total_scores(value, still, {"visits": 0.75, "credit": 0.25})
    # A: 0 and 100, B: 50 and 0, C: 100 and 50.
    assert found["total"].to_dict() == {"C": 87.5, "B": 37.5, "A": 25.0}
    assert not found["is_tied"].any()
    error = pd.Series({"A": 0.5, "B": 0.5, "C": 0.5})
    shaken = {name: noisy(series, error, 400) for name, series in value.items()}
    assert total_scores(value, shaken, {"visits": 0.75, "credit": 0.25})["is_tied"].all()


def test_a_bank_without_one_of_the_figures_is_not_scored():
    value = {"visits": pd.Series({"A": 1.0, "B": 2.0, "C": 3.0}), "credit": pd.Series({"A": 9.0, "B": 1.0})}
    still = {name: pd.DataFrame([series] * 5) for name, series in value.items()}
    assert sorted(total_scores(value, still, {"visits": 0.5, "credit": 0.5}).index) == ["A", "B"]


def test_a_band_leaves_the_bank_itself_out():
    band = band_of_others(pd.Series({"A": 100.0, "B": 1.0, "C": 2.0, "D": 3.0, "E": 4.0, "F": np.nan}), 4)
    assert band.loc["A"].tolist() == [1.5, 3.5]  # of 1, 2, 3, 4
    assert band.loc["F"].tolist() == [2.5, 3.5]  # of all five
    assert band_of_others(pd.Series({"A": 1.0, "B": 2.0}), 5).isna().all(axis=None)


def test_bootstrap_totals_agree_with_resampling_every_enterprise():
    rng = np.random.default_rng(3)
    values = np.exp(rng.normal(13.0, 1.2, 120)).round()  # heavy-tailed, as credit is
    sums = {"n": 120.0, "amount": values.sum(), "squares": (values**2).sum(), "cubes": (values**3).sum()}
    drawn = resampled_totals(pd.DataFrame({"bank": "A", **sums}, index=[0]), 20_000)["A"]
    plain = rng.choice(values, (20_000, len(values))).sum(axis=1)
    for q in (0.025, 0.25, 0.5, 0.75, 0.975):
        assert np.quantile(drawn, q) == pytest.approx(np.quantile(plain, q), rel=0.02)


def test_few_enterprises_are_resampled_one_by_one():
    amounts = pd.DataFrame({"bank": ["A", "A", "B"], "n": [1.0, 2.0, 2.0], "amount": [1.0, 8.0, 14.0]})
    totals = resampled_totals(amounts.assign(squares=0.0, cubes=0.0))
    assert set(totals["A"]) <= {3.0, 6.0, 9.0, 12.0}
    assert set(totals["B"]) == {14.0}


def test_every_bank_is_judged_by_the_line_of_the_others():
    rng = np.random.default_rng(8)
    size = pd.Series(np.exp(rng.normal(23.0, 1.0, 12)), index=list("ABCDEFGHIJKL"))
    credit = size * np.exp(rng.normal(-4.0, 0.4, 12))
    fit = credit_fit(credit, size)
    assert fit.slope == 1.0
    gaps = np.log(credit / size)
    for bank in "AFL":
        location, scale = Huber(maxiter=200)(gaps.drop(bank).to_numpy())
        expected = (gaps[bank] - location) / (scale * np.sqrt(1.0 + 1.0 / 11))
        assert fit.rows.loc[bank, "residual"] == pytest.approx(expected, rel=1e-4)


def test_renewed_when_due():
    rate = renewed_when_due(pd.Series({"A": 4.0, "B": 0.0}), pd.Series({"A": 3.0, "B": 0.0}))
    assert rate.to_dict() == pytest.approx({"A": 75.0, "B": np.nan}, nan_ok=True)
