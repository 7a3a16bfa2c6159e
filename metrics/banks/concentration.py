"""How concentrated credit is: the Herfindahl–Hirschman index, the largest five, and the Lorenz curve over size."""

import numpy as np
import pandas as pd


def hhi(amounts: "pd.Series[float]") -> float:
    """Return the sum of the squared shares, from 1/n (all equal) to 1 (one has all); NaN if there is nothing (M55)."""
    total = float(amounts.sum())
    return float(np.square(amounts / total).sum()) if total > 0 else float("nan")


def top_share(amounts: "pd.Series[float]", largest: int = 5) -> float:
    """Return the share of the ``largest`` in per cent; NaN if there is nothing (M55b)."""
    total = float(amounts.sum())
    return 100.0 * float(amounts.nlargest(largest).sum()) / total if total > 0 else float("nan")


def lorenz(amounts: "pd.Series[float]", sizes: "pd.Series[float]") -> pd.DataFrame:
    """Return the Lorenz curve of ``amounts`` over ``sizes``: banks in order of amount per size, least first.

    Columns ``size_share`` and ``amount_share`` (cumulative, 0 to 1), indexed by bank; the first row, "", is the
    origin. Banks without a size are left out.
    """
    known = pd.DataFrame({"amount": amounts, "size": sizes}).dropna()
    known = known[known["size"] > 0]
    known = known.iloc[np.argsort((known["amount"] / known["size"]).to_numpy(), kind="stable")]
    shares = (known.cumsum() / known.sum()).rename(columns={"size": "size_share", "amount": "amount_share"})
    origin = pd.DataFrame({"amount_share": [0.0], "size_share": [0.0]}, index=[""])
    return pd.concat([origin, shares])[["size_share", "amount_share"]]


def gini(curve: pd.DataFrame) -> float:
    """Return one minus twice the area under a Lorenz curve: 0 where credit follows size, near 1 where it does not."""
    return float(1.0 - 2.0 * np.trapezoid(curve["amount_share"], curve["size_share"]))
