"""Metrics with inputs of their own: person-days, communities, cohorts, rejection reasons, rates."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from metrics.credit import ADEQUACY_WEIGHTS, normalised_entropy, rejection_adequacy
from metrics.lists import cohort_rates, mature_rate
from metrics.loans import all_in_cost, npl_ratio, rate_quantiles
from metrics.visits import visits_per_person_day, zero_visit_communities


def test_visits_per_person_day_of_the_whole_programme():
    city = pd.DataFrame({"visits": [421_404.0, 5.0, np.nan], "visitors": [2_388.0, 0.0, 3.0]})
    values = visits_per_person_day(city, 129)
    assert round(values.iloc[0], 1) == 1.4
    assert values.isna().tolist() == [False, True, True]


COMMUNITIES = pd.DataFrame({
    "region_1": ["a", "a", "a", "a", "b"], "region_3": ["a1", "a2", "a3", "", "b1"],
    "listed": [10.0, 10.0, 0.0, 10.0, 10.0], "visits": [0.0, 3.0, 0.0, 0.0, 1.0],
})  # fmt: skip


def test_communities_without_a_visit_are_those_with_somebody_to_visit():
    counted = zero_visit_communities(COMMUNITIES)
    assert counted.to_dict("list") == {
        "region_1": ["a", "b"], "communities": [2.0, 1.0], "zero_visit_communities": [1.0, 0.0],
    }  # fmt: skip


def test_communities_of_the_whole():
    assert zero_visit_communities(COMMUNITIES, by=()).to_numpy().tolist() == [[3.0, 1.0]]


def test_unreported_visits_leave_the_communities_unknown():
    assert zero_visit_communities(COMMUNITIES.assign(visits=np.nan))["zero_visit_communities"].isna().all()


COHORTS = pd.DataFrame({
    "cohort_end": [date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31), date(2025, 4, 30)],
    "entered": [100.0, 0.0, 300.0, 500.0], "converted": [10.0, 0.0, 90.0, 1.0],
})  # fmt: skip


def test_only_cohorts_watched_in_full_have_a_rate():
    result = cohort_rates(COHORTS, date(2025, 5, 30), 60)
    assert result["mature"].tolist() == [True, True, True, False]
    assert result["rate"].tolist()[0] == 10.0
    assert result["rate"].isna().tolist() == [False, True, False, True]


def test_mature_cohorts_are_added_up_not_averaged():
    assert mature_rate(COHORTS, date(2025, 5, 30), 60) == (25.0, 100.0, 400.0)


def test_before_any_cohort_is_mature_there_is_no_rate():
    rate, converted, entered = mature_rate(COHORTS, date(2025, 2, 1), 60)
    assert np.isnan(rate)
    assert (converted, entered) == (0.0, 0.0)


def reasons(**changes):
    part = {"rejections": 100, "complete": 0.5, "vague": 0.4, "missing": 0.2, "boilerplate": 0.2, "entropy": 0.9}
    return pd.DataFrame([part | changes])


def test_adequacy_by_hand():
    assert rejection_adequacy(reasons()).iloc[0] == pytest.approx(20 + 12 + 12 + 12 + 9)


def test_adequacy_runs_from_nothing_to_a_hundred():
    best = reasons(complete=1.0, vague=0.0, missing=0.0, boilerplate=0.0, entropy=1.0)
    worst = reasons(complete=0.0, vague=1.0, missing=1.0, boilerplate=1.0, entropy=0.0)
    assert rejection_adequacy(best).iloc[0] == pytest.approx(100.0)
    assert rejection_adequacy(worst).iloc[0] == pytest.approx(0.0)
    assert sum(weight for weight, _ in ADEQUACY_WEIGHTS.values()) == pytest.approx(1.0)


def test_few_rejections_are_not_scored():
    assert rejection_adequacy(reasons(rejections=19)).isna().all()
    assert rejection_adequacy(reasons(rejections=20)).notna().all()
    assert rejection_adequacy(reasons(entropy=np.nan)).isna().all()


def test_entropy_by_hand():
    assert normalised_entropy([50, 50], 2) == 1.0
    assert normalised_entropy([100], 8) == 0.0
    expected = (-(0.75 * np.log(0.75) + 0.25 * np.log(0.25)) + 1 / 80) / np.log(4)
    assert normalised_entropy([30, 10, 0, 0], 4) == pytest.approx(expected)
    assert np.isnan(normalised_entropy([0, 0], 4))


def test_rate_quantiles_are_those_of_the_single_loans():
    listed = [3.0, 3.0, 3.5, 4.0, 4.0, 4.0, 5.2, 6.0]
    spread = rate_quantiles(pd.DataFrame({"rate": [4.0, 3.0, 3.5, 5.2, 6.0], "n": [3, 2, 1, 1, 1]})).iloc[0]
    assert spread["loans"] == 8
    for name, share in (("rate_p10", 0.1), ("rate_median", 0.5), ("rate_p90", 0.9)):
        assert spread[name] == pytest.approx(np.quantile(listed, share))
    assert spread["rate_simple_mean"] == pytest.approx(np.mean(listed))


def test_implausible_rates_and_thin_groups_are_left_out():
    frame = pd.DataFrame({"bank": ["a"] * 3 + ["b"], "rate": [0.0, 4.0, 365.0, 5.0], "n": [9, 5, 9, 4]})
    spread = rate_quantiles(frame, ["bank"])
    assert spread["loans"].tolist() == [5, 4]
    assert spread["rate_median"].iloc[0] == 4.0
    assert spread["rate_median"].isna().tolist() == [False, True]


def test_no_loans_have_no_spread():
    assert rate_quantiles(pd.DataFrame({"rate": [], "n": []})).iloc[0]["loans"] == 0


def test_fees_are_part_of_the_cost():
    frame = pd.DataFrame({"rate_amount": [365.0, 365.0], "rated_amount": [100.0, 100.0], "annual_fees": [0.5, np.nan]})
    cost = all_in_cost(frame)
    assert cost.iloc[0] == pytest.approx(4.15)
    assert cost.isna().tolist() == [False, True]


def test_bad_loans_by_balance():
    ratio = npl_ratio(pd.DataFrame({"npl_balance": [1.5, 0.0, np.nan], "balance": [100.0, 0.0, 5.0]}))
    assert ratio.iloc[0] == 1.5
    assert ratio.isna().tolist() == [False, True, True]
