"""Shrinkage by hand, and what must hold of it."""

import numpy as np
import pandas as pd
import pytest

from metrics.shrinkage import prior, shrunken


def test_the_moments_by_hand():
    """Two groups of 10 with 2 and 8: m = 0.5, spread 0.09, by chance 0.025; A = 0.065, M = 0.25 ÷ 0.065 − 1."""
    found = prior([2, 8], [10, 10])
    assert found.share == 0.5
    assert found.strength == pytest.approx(0.25 / 0.065 - 1)
    m = found.strength
    assert found.shrink([2, 8], [10, 10]) == pytest.approx([100 * (2 + m / 2) / (10 + m), 100 * (8 + m / 2) / (10 + m)])


def test_groups_that_differ_no_more_than_by_chance_are_shown_alike():
    """4 and 6 of 10: spread 0.01 against 0.025 by chance."""
    found = prior([4, 6], [10, 10])
    assert np.isinf(found.strength)
    assert found.shrink([4, 6], [10, 10]).tolist() == [50, 50]


def test_groups_that_differ_utterly_keep_their_own():
    assert prior([0, 10], [10, 10]).shrink([0, 10], [10, 10]) == pytest.approx([0, 100], abs=2)


def test_the_moments_recover_a_known_prior():
    """Groups drawn from Beta(6, 14): share 0.3, worth 20 cases."""
    random = np.random.default_rng(1)
    n = random.integers(30, 300, 4000)
    found = prior(random.binomial(n, random.beta(6, 14, 4000)), n)
    assert found.share == pytest.approx(0.3, abs=0.01)
    assert found.strength == pytest.approx(20, rel=0.15)


def test_small_groups_move_most_and_never_past_their_peers():
    frame = pd.DataFrame({"x": [1.0, 100, 10, 70], "n": [1.0, 100, 100, 100]})
    moved = shrunken(frame, "x", "n")
    raw = 100 * frame["x"] / frame["n"]
    share = 100 * frame["x"].sum() / frame["n"].sum()
    assert raw[0] - moved[0] > raw[1] - moved[1] > 0
    assert ((moved - share) * (raw - share) >= 0).all()


def test_each_group_goes_towards_its_own_peers():
    frame = pd.DataFrame({"kind": list("aabb"), "x": [2.0, 8, 1, 1], "n": [10.0, 10, 10, 10]})
    moved = shrunken(frame, "x", "n", ["kind"])
    assert moved[2:].tolist() == [10, 10]
    assert moved[0] < 50 < moved[1]


def test_an_empty_group_shows_its_peers_and_no_peers_show_nothing():
    frame = pd.DataFrame({"kind": list("aab"), "x": [2.0, 0, 0], "n": [10.0, 0, 0]})
    moved = shrunken(frame, "x", "n", ["kind"])
    assert moved[1] == 20
    assert np.isnan(moved[2])
