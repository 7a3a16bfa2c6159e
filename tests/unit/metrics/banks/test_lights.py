import numpy as np
import pandas as pd
import pytest
from scipy import stats

from metrics.banks.commitments import Measurement, Verdict, change_p, judge
from metrics.banks.lights import lights, significant
from metrics.banks.timing import decided_by, decision_times, on_time
from scripts.simulate_banks import ORDINARY, City, summary


def test_benjamini_and_hochbergs_own_example():
    # Benjamini & Hochberg (1995), section 4.1: at q = 0.05 the procedure rejects the first four of fifteen.
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    found = significant(pd.DataFrame({"q": p}), false_share=0.05)
    assert found["q"].sum() == 4


def test_what_was_not_tested_does_not_count_among_the_tests():
    few, many = pd.DataFrame({"q": [0.04, np.nan, np.nan]}), pd.DataFrame({"q": [0.04, 0.9, 0.9]})
    assert significant(few)["q"].tolist() == [True, False, False]
    assert not significant(many)["q"].any()


def test_red_needs_two_months_and_two_measures():
    now = pd.DataFrame({"visits": [1e-5, 1e-5, 1e-5, 0.5, np.nan]}, index=list("ABCDE"))
    before = pd.DataFrame({"visits": [1e-4, 0.6, 1e-4, 0.5, 0.5]}, index=list("ABCDE"))
    agreed = pd.DataFrame({"visits": [True, True, False, True, True]}, index=list("ABCDE"))
    assert lights(now, before, agreed)["visits"].tolist() == ["red", "amber", "amber", "green", "grey"]


def test_a_new_bank_cannot_be_red_in_its_first_month():
    now, before = pd.DataFrame({"visits": [1e-6]}, index=["A"]), pd.DataFrame({"visits": []}, dtype=float)
    assert lights(now, before)["visits"].tolist() == ["amber"]


def test_cities_without_a_lagging_bank_seldom_show_red():
    found = summary(City(variety=ORDINARY), 15, 5)
    assert found["any_red"] <= 20.0
    assert found["red"] <= 0.5


def test_a_bank_that_visits_a_fifth_is_found():
    found = summary(City(variety=ORDINARY, lagging="visits", factor=0.2), 5, 6)
    assert found["power"] >= 80.0


def test_a_share_is_compared_by_the_test_of_two_proportions():
    # The squared z of two proportions is Pearson's chi-square of the fourfold table.
    theirs = stats.chi2_contingency([[83, 3], [119, 17]], correction=False).pvalue
    assert change_p(Measurement(83 / 86, 83, 86), Measurement(119 / 136, 119, 136)) == pytest.approx(theirs)


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        ((400, 1000), Verdict.MET),
        ((300, 1000), Verdict.BETTER),
        ((205, 1000), Verdict.SAME),
        ((120, 1000), Verdict.WORSE),
    ],
)
def test_a_promise_is_judged_against_noise(now, verdict):
    found = judge(Measurement(0.2, 200, 1000), Measurement(now[0] / now[1], *now), promised=0.4)
    assert found is verdict


def test_amounts_are_compared_on_the_log_scale():
    before, now = Measurement(0.5, log_error=0.1), Measurement(0.8, log_error=0.1)
    assert judge(before, now, 1.0) is Verdict.BETTER
    assert judge(before, Measurement(0.52, log_error=0.1), 1.0) is Verdict.SAME
    assert judge(before, Measurement(float("nan")), 1.0) is Verdict.UNKNOWN
    assert (
        judge(Measurement(9.0, log_error=0.1), Measurement(7.0, log_error=0.1), 7.0, higher_is_better=False)
        is Verdict.MET
    )


def test_decision_times_by_bank():
    cases = pd.DataFrame({"bank": ["A"] * 3, "days": [10, 20, 30], "ended": [True, True, False], "n": [2.0, 1.0, 1.0]})
    assert decision_times(cases, min_n=1).loc["A", "median"] == 10
    curve = decided_by(cases, 30).set_index("day")["decided"]
    between = decided_by(cases, 30).set_index("day").loc[10]
    assert 0.0 < between["low"] < between["decided"] < between["high"] < 1.0
    assert curve[[0, 9, 10, 20, 30]].tolist() == pytest.approx([0, 0, 0.5, 0.75, 0.75])
    rows = on_time(pd.Series({"A": 40.0, "B": 0.0}), pd.Series({"A": 30.0, "B": 0.0}))
    assert rows.loc["A", "share"] == 0.75
    assert np.isnan(rows.loc["B", "share"])
