"""How well a bank explains its refusals (M36): a score with published weights, and the entropy it uses.

The score is this product's own definition. Its parts are shares that are computed from the reasons a bank gave; the
catalogue states the weights, and a page that shows the score shows the parts.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

from metrics.catalogue import metric

# Weight and direction of each part: 1 counts for the score, -1 (one minus the share) against it.
ADEQUACY_WEIGHTS: Mapping[str, tuple[float, int]] = MappingProxyType(
    {
        "complete": (0.40, 1),
        "vague": (0.20, -1),
        "missing": (0.15, -1),
        "boilerplate": (0.15, -1),
        "entropy": (0.10, 1),
    }
)


def rejection_adequacy(frame: pd.DataFrame, min_n: int | None = None) -> "pd.Series[float]":
    """Return the adequacy of rejection reasons from 0 to 100, one per row (M36).

    ``frame`` has ``rejections`` (cases) and, as shares from 0 to 1, ``complete`` (all elements present), ``missing``,
    ``vague`` and ``boilerplate`` (near-identical to others), to both of which whoever calls has added the missing, and
    ``entropy`` (``normalised_entropy``). NaN for fewer cases than ``min_n`` (else the metric's own), or where a part
    is NaN.
    """
    score = pd.Series(0.0, index=frame.index, name="rejection_adequacy")
    for part, (weight, direction) in ADEQUACY_WEIGHTS.items():
        share = frame[part].astype("float64")
        score = score + weight * (share if direction > 0 else 1.0 - share)
    least = metric("rejection_adequacy").min_n if min_n is None else min_n
    return (100.0 * score).where(frame["rejections"] >= least)


def normalised_entropy(counts: Sequence[float], categories: int) -> float:
    """Return how evenly cases spread over the reasons, from 0 (one reason for all) to 1.

    Shannon entropy with the Miller–Madow correction for small samples, (observed − 1) ÷ 2n, divided by the logarithm
    of ``categories`` (the length of the code list, at least 2) and held at 1, which the correction can pass. NaN
    without cases.
    """
    cases = np.asarray([count for count in counts if count > 0], dtype=np.float64)
    if len(cases) == 0:
        return float("nan")
    shares = cases / cases.sum()
    corrected = -(shares * np.log(shares)).sum() + (len(cases) - 1) / (2.0 * cases.sum())
    return float(min(corrected / np.log(max(categories, 2)), 1.0))
