"""Question 4: are the reasons a bank gives for refusing good enough to act on (M36).

Counted over refusals: a reason may be missing, say nothing in particular (vague), or be pasted (templated). Complete is
one that names the rule, the fact, the remedy, when to apply again, and whom to ask. The adequacy score weighs these by
``metrics.credit.ADEQUACY_WEIGHTS``, which are published; a bank with few refusals gets none.
"""

import numpy as np
import pandas as pd
from scipy import stats
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
    mix = counts.pivot_table(index="bank", columns="code", values="n", aggfunc="sum", fill_value=0.0)
    cells = mix.reindex(rows.index).to_numpy(dtype=np.float64)
    rows["first_reason"] = cells.max(axis=1) / cells.sum(axis=1)
    rows["entropy"] = [normalised_entropy(list(line), categories) for line in cells]
    rows["divergence"] = jensenshannon(cells, cells.sum(axis=0)[None, :], base=2, axis=1)
    rows["score"] = rejection_adequacy(_earned(rows), min_n)
    return rows


def _earned(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the shares that count against a bank: a reason that is not there is neither specific nor its own words.

    Otherwise a bank that writes nothing would score better than one that writes a phrase.
    """
    return rows.assign(vague=rows["empty"], boilerplate=rows["boilerplate"] + rows["missing"])


def reason_shares(counts: pd.DataFrame) -> pd.DataFrame:
    """Return what the light needs of ``reason_quality``: ``rejections`` and the shares of ``SHARES``, by bank."""
    sums = counts.groupby("bank", sort=True)[["n", *SHARES.values()]].sum().astype("float64")
    sums = sums[sums["n"] > 0]
    return pd.DataFrame({"rejections": sums["n"]} | {name: sums[flag] / sums["n"] for name, flag in SHARES.items()})


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
    n, x = quality["rejections"], (quality["rejections"] * quality["empty"]).round()
    p = pd.Series(stats.binom.sf(x - 1, n, tolerance), index=quality.index, dtype="float64")
    return p.where(n >= (fewest() if min_n is None else min_n))


def score_parts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return how many points each component gives to the score of every row (columns as in the published weights)."""
    rows = _earned(rows)
    parts = {
        name: 100.0 * weight * (rows[name] if direction > 0 else 1.0 - rows[name])
        for name, (weight, direction) in ADEQUACY_WEIGHTS.items()
    }
    return pd.DataFrame(parts, index=rows.index)
