"""What is usual among the other banks, without naming any: the middle half of their figures."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def band_of_others(values: "pd.Series[float]", fewest: int) -> pd.DataFrame:
    """Return for each bank the quartiles of all other banks' values: ``low`` and ``high``.

    A bank's own value is left out, or it could be taken off the band again. Banks without a value get the band of all.
    NaN where fewer than ``fewest`` others have a value: of so few, one could be guessed.
    """
    numbers = values.to_numpy(dtype=np.float64)
    known = np.isfinite(numbers)
    bands = [_quartiles(numbers[known & (np.arange(len(numbers)) != i)], fewest) for i in range(len(numbers))]
    return pd.DataFrame(bands, index=values.index, columns=["low", "high"], dtype="float64")


def _quartiles(values: NDArray[np.float64], fewest: int) -> tuple[float, float]:
    if len(values) < max(fewest, 1):
        return float("nan"), float("nan")
    low, high = np.quantile(values, (0.25, 0.75))
    return float(low), float(high)
