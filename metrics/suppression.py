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

    ``moving`` are hidden cells known to be open to several values, to which those found here are added: each end of
    one cell is a whole table that could be the true one, and what differs in it moves too. It still does when more is
    hidden.
    """
    if not (small & ~moving).any():
        return None
    from scipy.optimize import linprog  # noqa: PLC0415 - takes a moment to load, and most tables hide nothing

    equations, sums = _equations(table, hidden)
    bounds = [(1, limit - 1) if is_small else (limit, None) for is_small in small[hidden]]
    for number, (row, column) in enumerate(np.argwhere(hidden)):
        if not small[row, column]:
            continue
        for sign in (1.0, -1.0):
            if not moving[row, column]:
                aim = np.zeros(len(bounds))
                aim[number] = sign
                possible = linprog(aim, A_eq=equations, b_eq=sums, bounds=bounds).x
                # The equations are those of a network, so that an end is a table of whole numbers.
                moving[hidden] |= np.abs(possible - table[hidden]) > 0.5
        if not moving[row, column]:
            return int(row), int(column)
    return None


def _equations(table: Table, hidden: Mask) -> tuple[Table, Table]:
    """Return what the shown cells say of the hidden ones: each line's parts less its total are zero."""
    rows, columns = table.shape
    lines = []
    for column in range(columns):
        line = np.zeros(table.shape)
        line[:, column] = 1.0
        line[-1, column] = -1.0
        lines.append(line)
    for row in range(rows if columns > 1 else 0):
        line = np.zeros(table.shape)
        line[row] = 1.0
        line[row, -1] = -1.0
        lines.append(line)
    return np.array([line[hidden] for line in lines]), np.array([-(line * table)[~hidden].sum() for line in lines])


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
