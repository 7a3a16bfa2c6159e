"""Shares of small groups, drawn towards the share of their peers: for colour on a map, never for official tables.

Beta-binomial empirical Bayes with prior moments after Marshall (1991, Applied Statistics 40:283–294): a group of three
enterprises with three approvals is not the best of the city. The spread between groups is what exceeds the spread that
chance alone gives; without any, every group is shown at its peers' share. Groups should be exchangeable, so shrink
within peers (Zhao, Lee & Barnes 2010, Int. J. Environ. Res. Public Health 7:380–396, on when it misleads).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Prior:
    """What the peers say before a group's own cases: their share (0–1), and how many cases that is worth.

    ``strength`` is infinite where the groups differ no more than by chance, and NaN without any case.
    """

    share: float
    strength: float

    def shrink(self, part: ArrayLike, whole: ArrayLike) -> Array:
        """Return each group's shrunken share in per cent; the peers' share for a group without cases."""
        x = np.nan_to_num(np.asarray(part, dtype=np.float64))
        n = np.nan_to_num(np.asarray(whole, dtype=np.float64))
        if np.isnan(self.strength) or np.isinf(self.strength):
            return np.full(np.shape(n), 100.0 * self.share)
        with np.errstate(divide="ignore", invalid="ignore"):
            drawn = (x + self.strength * self.share) / (n + self.strength)
        return 100.0 * np.where(n + self.strength > 0, drawn, self.share)


def prior(part: ArrayLike, whole: ArrayLike) -> Prior:
    """Return the prior that the groups' own spread suggests; groups without cases or with NaN are left out."""
    x, n = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    known = (n > 0) & ~np.isnan(x)
    x, n = x[known], n[known]
    if not len(n):
        return Prior(float("nan"), float("nan"))
    m = float(x.sum() / n.sum())
    observed = float((n * (x / n - m) ** 2).sum() / n.sum())
    between = max(0.0, observed - m * (1.0 - m) / float(n.mean()))
    if between <= 0.0:
        return Prior(m, float("inf"))
    return Prior(m, max(0.0, m * (1.0 - m) / between - 1.0))


def shrunken(frame: pd.DataFrame, part: str, whole: str, peers: Sequence[str] = ()) -> "pd.Series[float]":
    """Return the shrunken share of every row of ``frame`` in per cent, each towards the rows of the same ``peers``.

    ``part`` and ``whole`` name the columns of counts. NaN where nothing is known of any peer.
    """
    result = np.full(len(frame), np.nan)
    groups = frame.groupby(list(peers), sort=False).indices.values() if peers else [np.arange(len(frame))]
    for places in groups:
        x, n = frame[part].to_numpy()[places], frame[whole].to_numpy()[places]
        result[places] = prior(x, n).shrink(x, n)
    return pd.Series(result, index=frame.index)
