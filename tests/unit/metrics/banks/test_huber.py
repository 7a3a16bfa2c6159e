import numpy as np
import pytest
from statsmodels.robust.norms import HuberT
from statsmodels.robust.robust_linear_model import RLM
from statsmodels.robust.scale import HuberScale

from metrics.banks.huber import huber_lines


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
