"""Hiding small counts in a table that many may see, so that none of them can be worked out from what is shown.

A count below the limit could point at a single enterprise. Hiding it alone is not enough: it is its total less the
others. So further cells are hidden with it, the smallest ones that help. Whether a hidden count can be worked out is
decided the way a careful reader would try it: with every line of the table an equation, every count that is marked
small between 1 and the limit, and every other hidden count not below the limit. What such a reader can bring down to
one number is not hidden yet. Zeros are shown: nobody is in them.

After the cell suppression of statistical offices (A. Hundepool et al., Statistical Disclosure Control, 2012, ch. 4).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Mask = npt.NDArray[np.bool_]
Table = npt.NDArray[np.float64]
TOTAL = "*"  # among the rows of a table: their total


@dataclass(frozen=True)
class Suppression:
    """What to hide of a table with its totals: what to mark as ``small``, and all that is ``hidden``, that included.

    Both have one row and one column more than the counts (one row for a list): the totals, which can be small too.
    """

    small: Mask
    hidden: Mask


def suppress(counts: npt.ArrayLike, limit: int) -> Suppression:
    """Return what to hide where a list or table of whole numbers is shown together with its totals.

    ``limit`` is the smallest count that may be shown. There must be at least one count, and none may be negative or
    missing: what was not reported is not part of the table.
    """
    given = np.asarray(counts, dtype=float)
    table = _with_totals(given.reshape(len(given), -1), is_list=given.ndim == 1)
    small: Mask = (table > 0) & (table < limit)
    hidden = small.copy()
    moving: Mask = np.zeros_like(small)
    while (open_cell := _recoverable(table, small, hidden, limit, moving)) is not None:
        companion = _companion(table, hidden, open_cell)
        if companion is None:  # with nothing but small counts left, not even where they stand may be told
            small[:], hidden[:] = False, True
        else:
            hidden[companion] = True
    shape = (len(table),) if given.ndim == 1 else table.shape
    return Suppression(small.reshape(shape), hidden.reshape(shape))


def withheld(counts: pd.DataFrame, limit: int) -> dict[str, frozenset[str]]:
    """Return for every column of ``counts`` which of its rows to hide, where each column is shown with its total.

    Rows are named by their index, the total is ``TOTAL``; a row that was not reported is neither shown nor hidden.
    """
    return {str(name): _withheld(column.dropna(), limit) for name, column in counts.items()}


def _withheld(counts: "pd.Series[float]", limit: int) -> frozenset[str]:
    if counts.empty or not ((counts > 0) & (counts < limit)).any():
        return frozenset()
    names = (*map(str, counts.index), TOTAL)
    hidden = suppress(counts.to_numpy(), limit).hidden
    return frozenset(name for name, is_hidden in zip(names, hidden, strict=True) if is_hidden)


def _with_totals(table: Table, *, is_list: bool) -> Table:
    below = np.vstack([table, table.sum(axis=0)])
    return below if is_list else np.column_stack([below, below.sum(axis=1)])


def _recoverable(table: Table, small: Mask, hidden: Mask, limit: int, moving: Mask) -> tuple[int, int] | None:
    """Return the first small cell that can be worked out, None if there is none.

    A table with its totals is a circulation: what enters a line through its parts leaves it through its total. Another
    table that fits all that is shown differs from this one by circles, so a count is open to several values where a
    circle leads through it along which every hidden count may rise or fall as it must (R. K. Ahuja et al., Network
    Flows, 1993, ch. 3.5). ``moving`` are cells known to be open; what is found here is added to them, and stays so
    when more is hidden.
    """
    tails, heads = _ends(table.shape)
    rises = hidden & (~small | (table < limit - 1))
    falls = hidden & (table > np.where(small, 1, limit))
    steps = np.zeros((sum(table.shape), sum(table.shape)), dtype=np.int64)
    np.add.at(steps, (tails[rises], heads[rises]), 1)
    np.add.at(steps, (heads[falls], tails[falls]), 1)
    for row, column in np.argwhere(small & ~moving):
        tail, head, up, down = (of[row, column] for of in (tails, heads, rises, falls))
        others = steps.copy()
        others[tail, head] -= up
        others[head, tail] -= down
        if not (up and _leads(others > 0, head, tail)) and not (down and _leads(others > 0, tail, head)):
            return int(row), int(column)
        moving[row, column] = True
    return None


def _ends(shape: tuple[int, ...]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return from which line to which each cell leads: its row to its column, a total of either back; by number.

    The rows of a list are no lines.
    """
    rows, columns = np.indices(shape)
    is_list = shape[1] == 1
    back = (rows == shape[0] - 1) != (columns == shape[1] - 1) if not is_list else rows == shape[0] - 1
    of_row, of_column = rows * (not is_list), columns + shape[0]
    return np.where(back, of_column, of_row), np.where(back, of_row, of_column)


def _leads(steps: Mask, start: int, goal: int) -> bool:
    """Whether steps lead from one line to another."""
    reached = np.zeros(len(steps), dtype=bool)
    reached[start] = True
    while not reached[goal]:
        further = reached | steps[reached].any(axis=0)
        if (further == reached).all():
            return False
        reached = further
    return True


def _companion(table: Table, hidden: Mask, cell: tuple[int, int]) -> tuple[int, int] | None:
    """Return the shown cell to hide with ``cell``, None if only zeros are shown.

    The smallest in that of its lines where less is hidden, a total only where nothing else is left there; but first
    of all one where two lines cross that each have a single hidden cell, since it completes both.
    """
    candidates = ~hidden & (table > 0)
    lone_rows, lone_columns = hidden.sum(axis=1) == 1, hidden.sum(axis=0) == 1
    inner = np.zeros(table.shape, dtype=bool)
    inner[:-1, : -1 if table.shape[1] > 1 else 1] = True
    line = np.zeros(table.shape, dtype=bool)
    across = table.shape[1] > 1 and hidden[cell[0]].sum() <= hidden[:, cell[1]].sum()
    line[(cell[0], slice(None)) if across else (slice(None), cell[1])] = True
    crossing = lone_rows[:, None] & lone_columns[None, :]
    for allowed in (candidates & inner & crossing, candidates & inner & line, candidates & line, candidates):
        if allowed.any():
            places = np.argwhere(allowed)
            row, column = places[np.argmin(table[allowed])]
            return int(row), int(column)
    return None
