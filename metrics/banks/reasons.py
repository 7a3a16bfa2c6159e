"""Question 4: are the reasons a bank gives for refusing good enough to act on (M36).

Counted over refusals: a reason may be missing, say nothing in particular (vague), or be pasted (templated). Complete is
one that names the rule, the fact, the remedy, when to apply again, and whom to ask. The adequacy score weighs these by
``metrics.credit.ADEQUACY_WEIGHTS``, which are published; a bank with few refusals gets none.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special
from scipy.spatial.distance import jensenshannon

from metrics.catalogue import metric
from metrics.credit import ADEQUACY_WEIGHTS, normalised_entropy, rejection_adequacy

# A quarter of empty reasons passes: everybody is in a hurry sometimes.
TOLERANCE = 0.25
SHARES = {"complete": "complete", "vague": "vague", "missing": "missing", "boilerplate": "templated", "empty": "empty"}


def fewest() -> int:
    """Return below how many refusals a bank is not judged, where the city sets no other number."""
    return metric("rejection_adequacy").min_n


def reason_quality(counts: pd.DataFrame, categories: int, min_n: int | None = None) -> pd.DataFrame:
    """Return the components of adequacy and the score, one row per bank.

    ``counts`` has a row per ``bank`` and ``code`` of reason ("" where none was given): ``n`` refusals, and how many of
    them are ``complete``, ``vague``, ``missing``, ``empty`` (either) and ``templated``. Returned: ``rejections``
    (cases), the shares ``complete``, ``vague``, ``missing``, ``boilerplate``, ``empty``, ``first_reason`` (that of the
    commonest code), ``entropy`` (Miller–Madow, normalised by ``categories``), ``divergence`` (Jensen–Shannon distance
    to the city's mix of reasons, 0 to 1) and ``score`` (0 to 100; NaN below ``min_n`` cases, else the metric's).
    """
    rows = reason_shares(counts)
    cells = _mix(counts)
    more = {
        "first_reason": cells.max(axis=1) / cells.sum(axis=1),
        "entropy": [normalised_entropy(list(line), categories) for line in cells],
        "divergence": jensenshannon(cells, cells.sum(axis=0)[None, :], base=2, axis=1),
    }
    rows = rows.assign(**more)
    return rows.assign(score=rejection_adequacy(_earned(rows), min_n))


def _mix(counts: pd.DataFrame) -> NDArray[np.float64]:
    """Return the refusals by bank (those that have any, in order) and code."""
    n = counts["n"].to_numpy(dtype=np.float64)
    (bank, banks), (code, codes) = (
        pd.factorize(counts[name].to_numpy(dtype=object), sort=True) for name in ("bank", "code")
    )
    cells = np.bincount(bank * len(codes) + code, n, len(banks) * len(codes)).reshape(len(banks), len(codes))
    return np.asarray(cells[cells.sum(axis=1) > 0], dtype=np.float64)


def _earned(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the shares that count against a bank: a reason that is not there is neither specific nor its own words.

    Otherwise a bank that writes nothing would score better than one that writes a phrase.
    """
    return rows.assign(vague=rows["empty"], boilerplate=rows["boilerplate"] + rows["missing"])


def reason_shares(counts: pd.DataFrame) -> pd.DataFrame:
    """Return what the light needs of ``reason_quality``: ``rejections`` and the shares of ``SHARES``, by bank."""
    number, banks = pd.factorize(counts["bank"].to_numpy(dtype=object), sort=True)
    n, *flagged = (
        np.bincount(number, counts[name].to_numpy(dtype=np.float64), len(banks)) for name in ("n", *SHARES.values())
    )
    kept = n > 0
    shares = {name: x[kept] / n[kept] for name, x in zip(SHARES, flagged, strict=True)}
    return pd.DataFrame({"rejections": n[kept], **shares}, index=pd.Index(banks[kept], dtype=object, name="bank"))


def median_length(lengths: pd.DataFrame) -> "pd.Series[float]":
    """Return the median of ``length`` by ``bank``, each row counting ``n`` times."""
    found: dict[str, float] = {}
    for bank, part in lengths.sort_values(["bank", "length"]).groupby("bank"):
        passed = part["n"].cumsum().to_numpy()
        middle = [int(np.searchsorted(passed, passed[-1] / 2.0, side)) for side in ("left", "right")]
        found[str(bank)] = float(part["length"].to_numpy()[middle].mean())
    return pd.Series(found, dtype="float64")


def too_simple(quality: pd.DataFrame, tolerance: float = TOLERANCE, min_n: int | None = None) -> "pd.Series[float]":
    """Return by bank the probability of so many empty reasons if no more than ``tolerance`` of its reasons were empty.

    An exact binomial test against a published standard and not against the other banks: if all gave poor reasons, all
    would be told. NaN below ``min_n`` cases (else the metric's minimum).
    """
    n = quality["rejections"].to_numpy(dtype=np.float64)
    x = np.round(n * quality["empty"].to_numpy(dtype=np.float64))
    p = np.where(x > 0, special.betainc(np.maximum(x, 1.0), n - x + 1.0, tolerance), 1.0)  # binomial: x of n or more
    return pd.Series(np.where(n >= (fewest() if min_n is None else min_n), p, np.nan), index=quality.index)


def score_parts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return how many points each component gives to the score of every row (columns as in the published weights)."""
    rows = _earned(rows)
    parts = {
        name: 100.0 * weight * (rows[name] if direction > 0 else 1.0 - rows[name])
        for name, (weight, direction) in ADEQUACY_WEIGHTS.items()
    }
    return pd.DataFrame(parts, index=rows.index)
