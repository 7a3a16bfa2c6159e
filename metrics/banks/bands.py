"""What is usual among the other banks, without naming any: the middle half of their figures."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_QUARTILES = (0.25, 0.75)


def band_of_others(values: "pd.Series[float]", fewest: int) -> pd.DataFrame:
    """Return for each bank the quartiles of all other banks' values: ``low`` and ``high``.

    A bank's own value is left out, or it could be taken off the band again. Banks without a value get the band of all.
    NaN where fewer than ``fewest`` others have a value: of so few, one could be guessed.
    """
    numbers = values.to_numpy(dtype=np.float64)
    known = np.isfinite(numbers)
    bands: NDArray[np.float64] = np.full((2, len(numbers)), np.nan)
    n = int(known.sum())
    if n >= max(fewest, 1):
        bands[:, ~known] = np.quantile(numbers[known], _QUARTILES)[:, None]
    if n > max(fewest, 1):
        bands[:, known] = np.quantile(_others(numbers[known]), _QUARTILES, axis=1)
    return pd.DataFrame({"low": bands[0], "high": bands[1]}, index=values.index)


def _others(values: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """Return for each value the row of all the others."""
    n = len(values)
    return np.broadcast_to(values, (n, n))[~np.eye(n, dtype=bool)].reshape(n, n - 1)
