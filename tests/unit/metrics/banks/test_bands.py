"""The band of the others: what a bank that knows its own figure, and tries, can learn from it."""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.banks.bands import LEAST, band, band_of_others

FIGURES = st.lists(st.floats(0.05, 20.0), min_size=6, max_size=24)
QUICK = settings(max_examples=60, deadline=None)


def test_the_band_is_the_middle_half_told_roughly():
    low, high = band(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]), 5)
    assert (low, high) == (2.5, 6.5)
    assert band(np.array([1.234, 1.234, 1.234, 1.234, 1.234]), 5) == (1.2, 1.2)
    assert band(np.array([0.0, 0.0, 0.0, 0.0, -0.0312]), 5) == (0.0, 0.0)


@pytest.mark.parametrize("fewest", [1, 5, 8])
def test_of_too_few_there_is_none(fewest):
    for n in range(12):
        told = not math.isnan(band(np.arange(1.0, n + 1), fewest)[0])
        assert told == (n >= max(fewest, LEAST))


def test_a_missing_figure_is_no_peer():
    values = pd.Series([1.0, 2.0, 3.0, 4.0, 5.0, np.nan], index=list("ABCDEF"))
    assert band_of_others(values, 5)["low"].notna().to_dict() == {**dict.fromkeys("ABCDE", False), "F": True}


@given(values=FIGURES, own=st.floats(0.01, 50.0))
@QUICK
def test_ones_own_figure_is_not_in_the_band(values: list[float], own: float) -> None:
    """Nor can one's own be taken off it again: whatever it is, the band is the same."""
    names = [str(i) for i in range(len(values))]
    first = band_of_others(pd.Series(values, index=names), 5).loc["0"]
    second = band_of_others(pd.Series([own, *values[1:]], index=names), 5).loc["0"]
    assert first.equals(second)


@given(values=FIGURES)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_nobody_elses_figure_can_be_told_from_the_band(values: list[float]) -> None:
    """The attack: a bank knows its own figure and the band, and even how many others there are.

    For every other bank there are two cities with that band, that own figure and that many banks, in which that
    bank's figure is not the same: one of the pairs an end is the mean of can move apart. So no peer's figure follows.
    """
    others = np.sort(np.array(values[1:]))
    seen = band(others, 5)
    for peer in range(len(others)):
        assert any(
            band(changed, 5) == seen and abs(changed[peer] - others[peer]) > 0.01 * others[peer]
            for changed in _other_cities(others, peer)
        ), peer


def _other_cities(others: np.ndarray, peer: int) -> Iterator[np.ndarray]:
    """Yield cities with another figure of one peer: moved alone, against neighbours in its pairs, or with all a little.

    What a peer may be is anything above nothing; the order of the banks is not known to anybody.
    """
    neighbours = [other for other in (peer - 1, peer + 1) if 0 <= other < len(others)]
    place = (len(others) - 1) // 4
    inner = np.arange(place, len(others) - place)  # up and down by turns, so that the sum of every pair stays
    for step in np.concatenate([np.geomspace(0.02, 40.0, 30), -np.geomspace(0.02, 40.0, 30)]) * others[peer]:
        for against in ([], *([other] for other in neighbours), neighbours):
            changed = others.copy()
            changed[peer] += step
            changed[against] -= step
            if (changed > 0).all():
                yield changed
        if peer in inner:
            chain = others.copy()
            chain[inner] += step * (-1.0) ** (inner - peer)
            yield chain.clip(0.001)
    random = np.random.default_rng(peer)
    for spread in np.geomspace(0.012, 0.3, 4_000):
        yield others * random.uniform(1 - spread, 1 + spread, len(others))
