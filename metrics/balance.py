"""Whether the programme reaches everywhere and everyone it means to: priority enterprises (M56), counties (M57)."""

import numpy as np
import pandas as pd


def priority_visited(rows: pd.DataFrame) -> "pd.Series[float]":
    """Return the enterprises visited by priority tag (M56), most first; ``rows`` has ``tag`` and ``visited`` (户).

    An enterprise counts under each of its tags: there is no total.
    """
    return rows.set_index("tag")["visited"].sort_values(ascending=False, kind="stable")


def priority_approved_amount(rows: pd.DataFrame) -> "pd.Series[float]":
    """Return the credit approved by priority tag (M56b), most first; ``rows``: ``tag``, ``approved_amount`` (yuan)."""
    return rows.set_index("tag")["approved_amount"].sort_values(ascending=False, kind="stable")


def county_balance(coverage: "pd.Series[float]") -> float:
    """Return how unequal the counties' in-list coverage is (M57): standard deviation ÷ mean, 0 where all are equal.

    ``coverage`` has a value per county (any unit); all counties are known, so that the deviation is divided by their
    number. NaN with fewer than two known counties, or where nothing is covered.
    """
    known = coverage.dropna().to_numpy(dtype=np.float64)
    if len(known) < 2 or known.mean() <= 0:
        return float("nan")
    return float(known.std() / known.mean())
