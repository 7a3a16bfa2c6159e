import numpy as np
import pytest
from statsmodels.robust.norms import HuberT
from statsmodels.robust.robust_linear_model import RLM
from statsmodels.robust.scale import Huber, HuberScale

from metrics.banks.huber import huber_levels, huber_lines


@pytest.mark.parametrize("n", [6, 12, 24])
def test_lines_are_those_of_statsmodels(n):
    rng = np.random.default_rng(n)
    x = rng.normal(23.0, 1.0, (n, 15))
    y = 2.0 + 0.8 * x + rng.standard_t(3, (n, 15)) * 0.4
    y[0] -= 4.0  # an outlier in every sample
    found = huber_lines(x, y)
    for i in range(15):
        fit = RLM(y[:, i], np.column_stack([np.ones(n), x[:, i]]), M=HuberT()).fit(scale_est=HuberScale())
        assert found.slope[i] == pytest.approx(fit.params[1], rel=1e-4)
        assert found.intercept[i] == pytest.approx(fit.params[0], rel=1e-3, abs=1e-3)
        assert found.scale[i] == pytest.approx(fit.scale, rel=1e-4)
        assert found.slope_error[i] == pytest.approx(fit.bse[1], rel=1e-3)


@pytest.mark.parametrize("n", [6, 23])
def test_levels_are_those_of_statsmodels(n):
    values = np.random.default_rng(n).standard_t(3, (n, 15))
    location, scale = huber_levels(values)
    wanted = Huber(maxiter=500, tol=1e-10)(values, axis=0)
    assert location == pytest.approx(wanted[0], abs=1e-6)
    assert scale == pytest.approx(wanted[1], rel=1e-6)


def test_levels_settle_where_statsmodels_goes_round_in_circles():
    residuals = np.array([-8.0, 1.7, -2.3, 0.6, 0.2, 8.0, 0.4, -0.6])
    others = np.array([np.delete(residuals, i) for i in range(8)]).T
    with pytest.raises(ValueError, match="failed to converge"):
        Huber(maxiter=200, tol=1e-6)(others, axis=0)
    location, scale = huber_levels(others)
    held = np.clip((others - location) / scale, -1.5, 1.5)
    assert held.sum(axis=0) == pytest.approx(0.0, abs=1e-6)  # Huber's first equation
    assert np.square(held).sum(axis=0) == pytest.approx(6 * 0.778465, rel=1e-4)  # and the second: (n − 1) E ψ²
