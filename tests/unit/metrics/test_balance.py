import numpy as np
import pandas as pd
import pytest

from metrics.balance import county_balance, priority_approved_amount, priority_visited


def test_county_balance_is_the_coefficient_of_variation():
    # Mean 0.8, deviations -0.2, 0 and 0.2: √(0.08 ÷ 3) ÷ 0.8 = 0.2041.
    assert county_balance(pd.Series([0.6, 0.8, 1.0, np.nan])) == pytest.approx(0.20412, abs=1e-5)
    assert county_balance(pd.Series([70.0, 70.0])) == 0.0


@pytest.mark.parametrize("coverage", [[], [0.5], [0.0, 0.0], [np.nan, 0.5]])
def test_too_few_counties_have_no_balance(coverage):
    assert np.isnan(county_balance(pd.Series(coverage, dtype="float64")))


def test_priority_figures_are_ordered_and_never_added_up():
    rows = pd.DataFrame({"tag": ["tech", "private"], "visited": [3.0, 9.0], "approved_amount": [5e6, 1e6]})
    assert priority_visited(rows).to_dict() == {"private": 9.0, "tech": 3.0}
    assert list(priority_approved_amount(rows).index) == ["tech", "private"]
