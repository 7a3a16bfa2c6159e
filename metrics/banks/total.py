"""A total score of banks, for those who ask for one: published weights, and a rank with what it is worth.

Points per question are the share of the other banks that a bank is ahead of (ties count half), so that no unit and no
outlier decides. The same is done in every draw of what chance could have made of the figures, which gives each rank
the interval it deserves (Goldstein and Spiegelhalter 1996).
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from metrics.banks.ranks import rank_intervals

WEIGHTS = {"visits": 0.25, "applications": 0.25, "credit": 0.25, "reasons": 0.25}


def points(values: pd.DataFrame) -> pd.DataFrame:
    """Return for each column (a bank) of every row the share of the others it is above, 0 to 100; NaN stays NaN."""
    others = values.notna().sum(axis=1) - 1
    return 100.0 * (values.rank(axis=1, method="average") - 1.0).div(others.where(others > 0), axis=0)


def total_scores(
    values: Mapping[str, "pd.Series[float]"], draws: Mapping[str, pd.DataFrame], weights: Mapping[str, float]
) -> pd.DataFrame:
    """Return by bank the points of each question, their weighted ``total``, and its rank with a 95 % interval.

    ``values`` has a figure per question by bank, more being better; ``draws`` the same figures as chance could have
    made them, with a row per draw and a column per bank. Only banks with every figure are scored. Columns: the
    questions, ``total`` (0 to 100), ``rank``, ``low``, ``high`` and ``is_tied`` (``rank_intervals``); best first.
    """
    known = pd.DataFrame(dict(values)).dropna()
    known = known.loc[[bank for bank in known.index if all(bank in draws[name].columns for name in values)]]
    if len(known) < 2:
        return pd.DataFrame(columns=[*values, "total", "rank", "low", "high", "is_tied"])
    scored = points(known.T).T
    scored["total"] = sum(weights[name] * scored[name] for name in values)
    drawn = pd.DataFrame(0.0, index=range(min(map(len, draws.values()))), columns=known.index)
    for name in values:
        drawn += weights[name] * points(draws[name][known.index].reset_index(drop=True))
    return rank_intervals(drawn, scored["total"]).join(scored)


def noisy(values: "pd.Series[float]", log_error: "pd.Series[float]", draws: int, seed: int = 20241121) -> pd.DataFrame:
    """Return ``draws`` of ratios whose logarithms have the standard errors ``log_error``; unknown ones are left out."""
    known = values[(values > 0) & log_error.reindex(values.index).notna()]
    rng = np.random.default_rng(seed)
    error = log_error[known.index].to_numpy(dtype=np.float64)
    drawn = known.to_numpy(dtype=np.float64) * np.exp(rng.normal(0.0, 1.0, (draws, len(known))) * error)
    return pd.DataFrame(drawn, columns=known.index)
