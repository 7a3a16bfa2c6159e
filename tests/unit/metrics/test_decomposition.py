"""The split into mix and performance, against a published example and by hand."""

import numpy as np
import pandas as pd
import pytest

from metrics.decomposition import decompose

AGES = [
    "15-19",
    "20-24",
    "25-29",
    "30-34",
    "35-39",
    "40-44",
    "45-49",
    "50-54",
    "55-59",
    "60-64",
    "65-69",
    "70-74",
    "75+",
]
SIZE_1970 = [12.9, 10.9, 9.5, 8.0, 7.8, 8.4, 8.6, 7.8, 7.0, 5.9, 4.7, 3.6, 4.9]
RATE_1970 = [1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8]
SIZE_1985 = [10.1, 11.2, 11.6, 10.9, 9.4, 7.7, 6.3, 6.0, 6.3, 5.9, 5.1, 4.0, 5.5]
RATE_1985 = [2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56.0, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2]


def groups(sizes, rates, index=None):
    sizes, rates = np.asarray(sizes, dtype=float), np.asarray(rates, dtype=float)
    return pd.DataFrame({"n": sizes, "x": sizes * rates / 100}, index=index)


def test_das_guptas_example_of_household_headship():
    """Das Gupta 1993, example 5.1: headship rates 44.7268 (1970) and 47.6940 (1985); age 1.2269, rates 1.7403."""
    found = decompose(groups(SIZE_1985, RATE_1985, AGES), groups(SIZE_1970, RATE_1970, AGES), "x", "n")
    assert round(found.first, 4) == 47.6940
    assert round(found.second, 4) == 44.7268
    assert round(found.mix, 4) == 1.2269
    assert round(found.performance, 4) == 1.7403


def test_equal_rates_leave_only_mix_and_equal_shares_only_performance():
    one, two = groups([80, 20], [10, 50]), groups([20, 80], [10, 50])
    assert decompose(one, two, "x", "n").performance == 0
    assert decompose(one, two, "x", "n").mix == pytest.approx(18 - 42)
    assert decompose(groups([5, 5], [10, 50]), groups([50, 50], [20, 30]), "x", "n").mix == 0


def test_the_parts_add_up_and_turning_the_sides_turns_the_sign():
    random = np.random.default_rng(3)
    one, two = (groups(random.integers(1, 99, 9), random.uniform(0, 100, 9)) for _ in range(2))
    found, turned = decompose(one, two, "x", "n"), decompose(two, one, "x", "n")
    assert found.mix + found.performance == pytest.approx(found.difference)
    assert found.parts[["mix", "performance"]].sum().tolist() == pytest.approx([found.mix, found.performance])
    assert (turned.mix, turned.performance) == pytest.approx((-found.mix, -found.performance))


def test_more_of_a_group_with_a_high_rate_adds():
    parts = decompose(groups([30, 70], [60, 20]), groups([10, 90], [60, 20]), "x", "n").parts
    assert (parts["mix"] > 0).all()  # more of the high group, less of the low one


def test_a_group_that_one_side_lacks_is_all_mix():
    one, two = groups([10, 10], [20, 80], ["a", "b"]), groups([20], [20], ["a"])
    found = decompose(one, two, "x", "n")
    assert found.performance == 0
    assert found.mix == pytest.approx(30)
    assert np.isnan(found.parts.loc["b", "rate_2"])


def test_nobody_on_one_side_gives_nothing():
    found = decompose(groups([10], [20], ["a"]), groups([0], [0], ["a"]), "x", "n")
    assert np.isnan([found.difference, found.mix, found.performance]).all()


def test_groups_put_together_lose_their_rates_and_keep_the_sums():
    first = pd.DataFrame({"part": [1.0, 20.0, 30.0], "whole": [10.0, 40.0, 50.0]}, index=list("abc"))
    second = pd.DataFrame({"part": [2.0, 10.0, 30.0], "whole": [10.0, 30.0, 60.0]}, index=list("abc"))
    found = decompose(first, second, "part", "whole")
    assert found.together([], "*") is found
    told = found.together(["a"], "*")  # with b, the smaller of the others
    assert told.parts.index.tolist() == ["c", "*"]
    assert told.parts.loc["*", ["rate_1", "rate_2"]].isna().all()
    assert told.parts[["share_1", "share_2", "mix", "performance"]].sum().tolist() == pytest.approx(
        found.parts[["share_1", "share_2", "mix", "performance"]].sum().tolist()
    )
    assert (told.difference, told.mix) == (found.difference, found.mix)
