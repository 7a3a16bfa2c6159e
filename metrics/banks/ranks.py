"""Rank intervals instead of bare ranks: with two dozen banks, neighbours can rarely be told apart.

After Goldstein and Spiegelhalter (1996, JRSS A 159:385–443): rank the banks in every bootstrap draw and report the
range that holds 95 % of each bank's ranks.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def rank_intervals(draws: pd.DataFrame, values: "pd.Series[float]", confidence: float = 0.95) -> pd.DataFrame:
    """Return ``rank`` of each bank by ``values`` (1 = largest) with ``low`` and ``high``, the interval over ``draws``.

    ``draws`` has a row per bootstrap draw and a column per bank; ties share the best rank. ``is_tied`` tells whether
    the interval overlaps the rank of the bank before or after it.
    """
    ranks = _ranked(draws.to_numpy(dtype=np.float64))
    rank = _ranked(values.reindex(draws.columns).to_numpy(dtype=np.float64))
    tail = (1.0 - confidence) / 2.0
    low = np.minimum(np.quantile(ranks, tail, axis=0, method="lower"), rank)
    high = np.maximum(np.quantile(ranks, 1.0 - tail, axis=0, method="higher"), rank)
    columns = {"rank": rank, "low": low, "high": high, "is_tied": (low < rank) | (high > rank)}
    order = np.lexsort((low, rank))
    return pd.DataFrame({name: column[order] for name, column in columns.items()}, index=draws.columns[order])


def _ranked(values: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """Return the rank of each value in its row, 1 the largest; ties share the best rank."""
    above = values[..., None, :] > values[..., :, None]
    return np.asarray(1 + above.sum(axis=-1), dtype=np.int64)


def resampled_shares(
    n: "pd.Series[float]", x: "pd.Series[float]", draws: int = 1000, seed: int = 20241121
) -> pd.DataFrame:
    """Return ``draws`` shares per bank from binomials of its own share; banks without cases are left out."""
    known = n[n > 0]
    rng = np.random.default_rng(seed)
    cases: NDArray[np.int64] = np.asarray(known, dtype=np.int64)
    shares = np.clip(np.asarray(x[known.index], dtype=np.float64) / cases, 0.0, 1.0)
    drawn = rng.binomial(cases, shares, size=(draws, len(known)))
    return pd.DataFrame(drawn / cases, columns=known.index)
