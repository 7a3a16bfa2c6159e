"""Amounts as banks approve them, round ones mostly, that add up to a given total to the yuan."""

import numpy as np

from sample_data.draws import Floats, Ints

UNIT = 10_000  # everything is a multiple of 万元
_STEPS = (1, 2, 3, 5, 8, 10, 12, 15, 18, 20, 25, 30, 35, 40, 50, 60, 70, 80, 100, 120, 150, 180, 200, 250, 300, 400)
_LARGE_STEPS = (500, 600, 800, 1000, 1200, 1500, 2000, 2500, 3000, 4000, 5000)
_ROUND = np.array([*_STEPS, *_LARGE_STEPS])
_EVEN = 0.7  # approvals for a round sum


def exact_amounts(wanted: Floats, total: int, rng: np.random.Generator) -> Ints:
    """Return amounts in yuan in proportion to ``wanted``, rounded as banks do, that add up to ``total``.

    ``total`` is rounded to 万元 first; raises ``ValueError`` if it is less than one 万元 a row.
    """
    units = round(total / UNIT)
    if units < len(wanted):
        raise ValueError(f"{total} is too little for {len(wanted)} approvals")
    even = rng.random(len(wanted)) < _EVEN
    low, high = 0.0, 2.0 * units / wanted.mean()
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _rounded(wanted * middle, even).sum() <= units else (low, middle)
    amounts = _rounded(wanted * low, even)
    amounts += _spread(units - int(amounts.sum()), np.flatnonzero(~even), amounts, rng)
    return amounts * UNIT


def _rounded(values: Floats, even: np.typing.NDArray[np.bool_]) -> Ints:
    """Return whole 万元, no more than the largest step: the next round sum below where ``even``."""
    plain = np.clip(np.floor(values), 1, _ROUND[-1]).astype(np.int64)
    steps = _ROUND[np.searchsorted(_ROUND, plain, side="right") - 1]
    return np.where(even, steps, plain)


def _spread(rest: int, places: Ints, amounts: Ints, rng: np.random.Generator) -> Ints:
    """Return what to add to each amount so that ``rest`` is used up, in proportion to the amounts at ``places``."""
    extra = np.zeros(len(amounts), dtype=np.int64)
    places = places if len(places) else np.arange(len(amounts))
    share = rest * amounts[places] // amounts[places].sum()
    extra[places] = share
    missing = rest - int(share.sum())
    extra[rng.permutation(places)[:missing]] += 1
    return extra
