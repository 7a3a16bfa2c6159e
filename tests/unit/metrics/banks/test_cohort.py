from math import comb

import numpy as np
import pandas as pd
import pytest

from metrics.banks.cohort import share_fit, wilson
from metrics.banks.weekly import control_chart


def test_wilsons_interval():
    low, high = wilson(np.array([81.0, 15.0, 0.0, 1.0, 0.0]), np.array([263.0, 148.0, 20.0, 29.0, 0.0]))
    # Newcombe (1998), Statistics in Medicine 17:857–872, Table I, method 3.
    assert low[:4] == pytest.approx([0.2553, 0.0624, 0.0, 0.0061], abs=5e-5)
    assert high[:4] == pytest.approx([0.3662, 0.1605, 0.1611, 0.1718], abs=5e-5)
    assert np.isnan(low[4])


def _cells(*rows):
    return pd.DataFrame(rows, columns=["bank", "kind", "n", "x"])


def test_standardisation_asks_what_the_citys_rates_would_give():
    # Two kinds at 10 % and 50 % in the city; A has the easy kind, B the hard one, both do exactly as the city does.
    cells = _cells(
        ("A", "easy", 200, 100), ("A", "hard", 100, 10), ("B", "easy", 20, 10), ("B", "hard", 400, 40),
        ("C", "easy", 50, 25), ("C", "hard", 50, 5), ("D", "easy", 10, 5), ("D", "hard", 10, 1),
    )  # fmt: skip
    rows = share_fit(cells, ("kind",)).rows
    assert rows["expected"].tolist() == pytest.approx([110, 50, 30, 6])
    assert rows["ratio"].tolist() == pytest.approx([1, 1, 1, 1])
    assert rows.loc["A", "share"] > 3 * rows.loc["B", "share"]
    assert rows["adjusted"].tolist() == pytest.approx([rows["adjusted"].iloc[0]] * 4)


def test_without_strata_the_expectation_is_the_citys_share():
    rows = share_fit(_cells(("A", "", 100, 30), ("B", "", 300, 30))).rows
    assert rows["expected"].tolist() == pytest.approx([15.0, 45.0])


def test_few_cases_get_binomial_limits():
    cells = _cells(*[(str(i), "", 50, x) for i, x in enumerate((9, 10, 11, 10, 9, 11, 10, 10, 9, 11))])
    fit = share_fit(cells)
    low, high = fit.limits(np.array([50.0]), 1.959964)
    # Added up term by term: the first count by which 2.5 %, and 97.5 %, of the binomial lie at or below.
    below = np.cumsum([comb(50, k) * 0.2**k * 0.8 ** (50 - k) for k in range(51)])
    assert (low[0] * 50, high[0] * 50) == pytest.approx((np.argmax(below >= 0.025), np.argmax(below >= 0.975)))


def test_a_bank_that_brings_few_stands_out_from_banks_that_vary():
    rng = np.random.default_rng(8)
    n = rng.integers(2000, 20000, 24)
    p = 0.08 * np.exp(rng.normal(0, 0.2, 24))
    p[3] = 0.02
    cells = pd.DataFrame({"bank": [f"{i:02d}" for i in range(24)], "n": n, "x": rng.binomial(n, p)})
    fit = share_fit(cells)
    assert fit.spread.is_additive
    assert fit.rows["p_low"].idxmin() == "03"
    assert fit.rows.loc["03", "p_low"] < 0.001
    low, high = fit.limits(np.array([1e4]), 3.09)
    assert fit.rows.loc["03", "share"] < low[0] < 0.08 < high[0] < 0.3


def test_nobody_with_cases():
    fit = share_fit(_cells(("A", "", 0, 0)))
    assert len(fit.rows) == 0
    assert np.isnan(fit.overall)


# Montgomery, Introduction to Statistical Quality Control, table 7.1: nonconforming cans in 30 samples of 50.
CANS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]


def test_control_chart_of_the_cans():
    chart = control_chart(pd.DataFrame({"n": 50, "x": CANS}))
    assert chart["centre"].iloc[0] == pytest.approx(0.2313, abs=5e-5)
    spread = np.mean(np.abs(np.diff((np.array(CANS) / 50 - 0.231333) / np.sqrt(0.231333 * 0.768667 / 50)))) / 1.128
    # The book's limits, 0.0524 and 0.4102, are the binomial ones; ours are wider by what weeks differ in themselves.
    assert (chart["high"].iloc[0] - 0.2313) / spread == pytest.approx(0.4102 - 0.2313, abs=2e-4)


def test_equal_weeks_raise_no_alarm_and_a_jump_does():
    rng = np.random.default_rng(9)
    x = rng.binomial(400, 0.1, 40)
    x[30] = 110
    chart = control_chart(pd.DataFrame({"n": 400, "x": x}))
    assert chart.index[chart["outside"]].tolist() == [30]


def test_eight_weeks_on_one_side_are_a_run():
    x = [16, 8] * 5 + [14] * 9
    chart = control_chart(pd.DataFrame({"n": 100, "x": x}))
    assert chart["run"].tolist() == [False] * 17 + [True] * 2


def test_a_week_without_cases_has_no_share():
    chart = control_chart(pd.DataFrame({"n": [10, 0, 10], "x": [1, 0, 2]}))
    assert np.isnan(chart["share"].iloc[1])
    assert not chart["outside"].iloc[1]
