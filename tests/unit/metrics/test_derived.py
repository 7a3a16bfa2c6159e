"""Change, share, rank and change of rank, by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from metrics.derived import changes, has_year_before, rank, rank_change, share


def test_a_count_changes_in_per_cent():
    result = changes(pd.Series({"a": 110.0, "b": 90.0}), pd.Series({"b": 100.0, "a": 100.0}), "visited")
    assert result["difference"].tolist() == [10.0, -10.0]
    assert result["relative"].tolist() == [10.0, -10.0]
    assert result["better"].tolist() == [1.0, -1.0]


def test_a_rate_changes_in_points():
    result = changes(pd.Series([3.65]), pd.Series([4.03]), "average_rate")
    assert result["difference"].iloc[0] == pytest.approx(-0.38)
    assert np.isnan(result["relative"].iloc[0])
    assert result["better"].iloc[0] == 1.0


def test_a_neutral_metric_is_neither_better_nor_worse():
    assert changes(pd.Series([2.0]), pd.Series([1.0]), "duplication_factor")["better"].isna().all()


def test_from_nothing_there_is_no_per_cent():
    result = changes(pd.Series([5.0, 5.0]), pd.Series([0.0, np.nan]), "visited")
    assert result["relative"].isna().all()
    assert result["difference"].iloc[0] == 5.0


def test_a_group_that_is_new_has_no_change():
    assert changes(pd.Series({"new": 5.0}), pd.Series({"old": 1.0}), "visited")["difference"].isna().all()


@pytest.mark.parametrize(
    ("as_of", "exists"), [(date(2025, 11, 20), False), (date(2025, 11, 21), True), (date(2026, 1, 1), True)]
)
def test_a_year_on_year_change_needs_a_year(as_of, exists):
    assert has_year_before(as_of, date(2024, 11, 21)) is exists


def test_shares_are_of_the_sum_or_of_a_given_total():
    values = pd.Series([1.0, 3.0])
    assert share(values).tolist() == [25.0, 75.0]
    assert share(values, 10.0).tolist() == [10.0, 30.0]


def test_shares_of_nothing_or_of_the_unknown_are_unknown():
    assert share(pd.Series([0.0, 0.0])).isna().all()
    assert share(pd.Series([1.0, np.nan])).isna().all()


def test_ties_share_a_rank_and_the_next_one_is_skipped():
    assert rank(pd.Series([10.0, 30.0, 20.0, 20.0])).tolist() == [4, 1, 2, 2]


def test_the_smallest_is_first_where_lower_is_better():
    assert rank(pd.Series([3.0, 1.0, 2.0]), "down").tolist() == [3, 1, 2]


def test_the_unknown_has_no_rank():
    ranks = rank(pd.Series([1.0, np.nan]))
    assert ranks.iloc[0] == 1
    assert ranks.isna().tolist() == [False, True]


def test_binary_noise_is_no_difference():
    assert rank(pd.Series([0.1 + 0.2, 0.3])).tolist() == [1, 1]


def test_rising_in_rank_is_positive():
    now, before = pd.Series({"a": 1, "b": 2, "c": 3}, dtype="Int64"), pd.Series({"a": 3, "b": 2}, dtype="Int64")
    change = rank_change(now, before)
    assert change["a"] == 2
    assert change["b"] == 0
    assert change.isna()["c"]
