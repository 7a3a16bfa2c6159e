import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_data.amounts import UNIT, exact_amounts
from sample_data.draws import allocate, categories_by_row, chosen, fit_margins, generator, pick


@given(st.integers(0, 10**6), st.lists(st.floats(0.01, 100), min_size=1, max_size=40))
def test_an_allocation_adds_up_and_stays_within_one_of_its_share(total, weights):
    parts = allocate(total, weights)
    assert parts.sum() == total
    exact = np.array(weights) * total / sum(weights)
    assert np.all(np.abs(parts - exact) <= 1 + 1e-6)


def test_a_pick_takes_different_places_and_none_of_weight_zero():
    taken = pick(generator(1, "x"), np.array([0.0, 1, 5, 0, 2]), 3)
    assert taken.tolist() == [1, 2, 4]


def test_a_pick_prefers_heavy_places():
    weights = np.array([1.0] * 500 + [9.0] * 500)
    assert chosen(generator(2, "x"), weights, 300)[500:].sum() > 240


def test_more_than_there_are_cannot_be_picked():
    with pytest.raises(ValueError, match="3 of 2 places"):
        pick(generator(1, "x"), np.array([1.0, 0, 1]), 3)


def test_nothing_picked_from_nothing():
    assert pick(generator(1, "x"), np.zeros(3), 0).tolist() == []


def test_categories_follow_their_row():
    weights = np.array([[1.0, 0, 0], [0, 3, 1]])
    rows = np.repeat([0, 1], 4000)
    drawn = categories_by_row(generator(3, "x"), weights, rows)
    assert set(drawn[:4000]) == {0}
    assert set(drawn[4000:]) == {1, 2}
    assert 0.22 < (drawn[4000:] == 2).mean() < 0.28


def test_a_fitted_table_has_its_margins_and_keeps_its_zeros():
    fitted = fit_margins(np.array([[1.0, 1, 0], [1, 2, 3]]), [10, 20], [5, 10, 15])
    assert np.allclose(fitted.sum(axis=1), [10, 20])
    assert np.allclose(fitted.sum(axis=0), [5, 10, 15], rtol=1e-3)
    assert fitted[0, 2] == 0


def test_parts_of_the_city_do_not_share_their_luck():
    assert generator(1, "a").random() != generator(1, "b").random()
    assert generator(1, "a").random() == generator(1, "a").random()


@given(st.integers(20, 400), st.integers(0, 2**32 - 1))
def test_amounts_add_up_to_the_yuan(count, seed):
    rng = np.random.default_rng(seed)
    wanted = np.exp(rng.normal(0, 1, count))
    total = count * 1_166_000 // UNIT * UNIT
    amounts = exact_amounts(wanted, total, rng)
    assert amounts.sum() == total
    assert amounts.min() >= UNIT
    assert np.all(amounts % UNIT == 0)


def test_too_little_money_is_refused():
    with pytest.raises(ValueError, match="too little"):
        exact_amounts(np.ones(10), 9 * UNIT, generator(1, "x"))
