"""Random draws that hit exact totals: shares, picks without replacement, categories, waiting times."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def generator(seed: int, part: str) -> np.random.Generator:
    """Return the random numbers of one part of the city, so that a change in one part leaves the others alone."""
    return np.random.default_rng([seed, *part.encode()])


def allocate(total: int, weights: ArrayLike) -> Ints:
    """Split ``total`` in proportion to ``weights`` into whole numbers that add up to it (largest remainder)."""
    shares = np.asarray(weights, dtype=np.float64)
    exact = shares * (total / shares.sum())
    whole: Ints = np.floor(exact).astype(np.int64)
    whole[np.argsort(whole - exact, kind="stable")[: total - int(whole.sum())]] += 1
    return whole


def pick(rng: np.random.Generator, weights: Floats, count: int) -> Ints:
    """Return ``count`` different places, the likelier the larger their weight; places of weight 0 are never taken.

    Weighted sampling without replacement after Efraimidis and Spirakis (2006). Raises ``ValueError`` if fewer than
    ``count`` places have a weight.
    """
    if count > np.count_nonzero(weights):
        raise ValueError(f"{count} of {np.count_nonzero(weights)} places cannot be picked")
    if not count:
        return np.empty(0, dtype=np.int64)
    with np.errstate(divide="ignore"):
        keys = rng.standard_exponential(len(weights)) / weights
    return np.sort(np.argpartition(keys, count - 1)[:count])


def chosen(rng: np.random.Generator, weights: Floats, count: int) -> Bools:
    """Return a mask with exactly ``count`` places set, drawn as ``pick`` does."""
    mask = np.zeros(len(weights), dtype=np.bool_)
    mask[pick(rng, weights, count)] = True
    return mask


def categories(rng: np.random.Generator, weights: ArrayLike, count: int) -> Ints:
    """Return ``count`` independent categories, the number of each in proportion to ``weights``."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(cumulative, rng.random(count) * cumulative[-1], side="right")
    return np.asarray(np.minimum(drawn, len(cumulative) - 1), dtype=np.int64)


def categories_by_row(rng: np.random.Generator, weights: Floats, rows: NDArray[np.integer]) -> Ints:
    """Return one category for each entry of ``rows``, drawn by that row of the table ``weights``."""
    cumulative = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    # Row r's categories lie between r and r + 1, so that one sorted search serves all rows.
    ladder = (cumulative + np.arange(len(weights))[:, None]).ravel()
    place = np.searchsorted(ladder, rng.random(len(rows)) * (1 - 1e-12) + rows, side="right")
    return np.asarray(np.clip(place - rows * weights.shape[1], 0, weights.shape[1] - 1), dtype=np.int64)


def waiting_days(rng: np.random.Generator, median: ArrayLike, sigma: float, count: int) -> Ints:
    """Return whole waiting times in days, log-normal around ``median``."""
    days = np.rint(np.asarray(median) * np.exp(rng.normal(0.0, sigma, count)))
    return np.asarray(days, dtype=np.int64)


def fit_margins(table: Floats, rows: ArrayLike, columns: ArrayLike, rounds: int = 60) -> Floats:
    """Scale a table of affinities until its rows and columns add up to the given totals (iterative fitting).

    Columns are met exactly only as far as the zeros of the table allow; rows always are.
    """
    fitted = np.array(table, dtype=np.float64)
    row_totals, column_totals = np.asarray(rows, dtype=np.float64), np.asarray(columns, dtype=np.float64)
    column_totals = column_totals * (row_totals.sum() / column_totals.sum())
    for _ in range(rounds):
        fitted *= (column_totals / np.maximum(fitted.sum(axis=0), 1e-300))[None, :]
        fitted *= (row_totals / np.maximum(fitted.sum(axis=1), 1e-300))[:, None]
    return fitted
