import numpy as np
import pytest
from scipy.stats.mstats import winsorize
from statsmodels.stats.meta_analysis import combine_effects

from metrics.banks.dispersion import _winsorised, additive, between, dispersion, multiplicative


def test_phi_is_one_where_banks_differ_by_chance_only():
    rng = np.random.default_rng(3)
    found = [dispersion(rng.standard_normal(24)) for _ in range(4000)]
    assert np.mean(found) == pytest.approx(1.0, abs=0.03)


def test_phi_grows_with_the_variance_of_the_scores():
    rng = np.random.default_rng(4)
    found = [dispersion(3.0 * rng.standard_normal(24)) for _ in range(2000)]
    assert np.mean(found) == pytest.approx(9.0, rel=0.04)


def test_one_wild_bank_hardly_moves_phi():
    scores = np.random.default_rng(5).standard_normal(24)
    wild = scores.copy()
    wild[0] = 80.0
    assert dispersion(wild) < dispersion(scores) + 0.5


def test_too_few_scores_give_no_phi():
    assert np.isnan(dispersion(np.array([0.1, 1.0, 2.0])))


def test_limits_are_never_narrower_than_chance_alone():
    values = np.full(12, 1.0)
    assert multiplicative(values, np.full(12, 0.01), 1.0).phi == 1.0


def test_tau_is_found_again():
    rng = np.random.default_rng(6)
    taus = []
    for _ in range(400):
        variance = rng.uniform(0.001, 0.02, 24)
        values = rng.normal(-0.1, np.sqrt(variance + 0.09))
        spread = additive(values, variance)
        taus.append((spread.tau2, spread.centre))
    assert np.mean([t for t, _ in taus]) == pytest.approx(0.09, rel=0.08)
    assert np.mean([c for _, c in taus]) == pytest.approx(-0.1, abs=0.01)


def test_few_units_take_dersimonian_and_lairds_estimate():
    values, variance = np.array([0.1, 0.3, 0.35, 0.65, 0.45, 0.15]), np.array([0.03, 0.03, 0.05, 0.01, 0.05, 0.02])
    # Borenstein et al. (2009), Introduction to Meta-Analysis, ch. 14: T² = 0.037 for these six studies (g, V).
    spread = additive(
        np.array([0.095, 0.277, 0.367, 0.664, 0.462, 0.185]), np.array([0.033, 0.031, 0.050, 0.011, 0.043, 0.023])
    )
    assert spread.tau2 == pytest.approx(0.037, abs=0.001)
    assert additive(values, variance).tau2 == pytest.approx(combine_effects(values, variance, method_re="chi2").tau2)


def test_p_below_comes_from_students_t():
    spread = multiplicative(np.array([0.9, 1.0, 1.1, 1.2, 0.8]), np.full(5, 0.01), 1.0)
    # Student (1908) in closed form for four degrees of freedom: ½ + ⅜ t ÷ √(1 + t²/4) × (1 − t² ÷ (12 + 3t²)).
    assert spread.p_below(np.array([-2.0]))[0] == pytest.approx(0.5 - 0.375 * np.sqrt(2) * (1 - 4 / 24))


def test_limits_at_two_and_three_deviations():
    assert between(0.95) == pytest.approx(1.959964, abs=1e-6)
    assert between(0.998) == pytest.approx(3.090232, abs=1e-6)


def test_winsorising_is_scipys():
    values = np.random.default_rng(7).standard_normal(27)
    assert _winsorised(values, 0.1) == pytest.approx(np.asarray(winsorize(values, limits=0.1)))
