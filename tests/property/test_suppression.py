"""Whatever the table: no small count can be worked out from what is shown of it."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.suppression import suppress

LIMIT = 3
MOST = 9
lists = st.lists(st.integers(0, MOST), min_size=1, max_size=4)
tables = st.integers(2, 3).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 6), min_size=width, max_size=width), min_size=2, max_size=2)
)


def totals(table):
    below = np.vstack([table, table.sum(axis=0)])
    return below if table.shape[1] == 1 else np.column_stack([below, below.sum(axis=1)])


def alternatives(table, small, hidden):
    """Yield every table of counts that fits all that is shown, found by trying them all."""
    whole = totals(table)
    cells = np.argwhere(hidden[:-1, : table.shape[1]])
    ranges = [range(1, LIMIT) if small[tuple(c)] else range(LIMIT, 2 * MOST) for c in cells]
    for values in product(*ranges):
        trial = table.copy()
        for cell, value in zip(cells, values, strict=True):
            trial[tuple(cell)] = value
        found = totals(trial)
        fits = (found[~hidden] == whole[~hidden]).all() and (found[small] < LIMIT).all()
        if fits and (found[hidden & ~small] >= LIMIT).all():
            yield found


def hides(table):
    found = suppress(table if table.shape[1] > 1 else table[:, 0], LIMIT)
    whole = totals(table)
    small, hidden = found.small.reshape(whole.shape), found.hidden.reshape(whole.shape)
    if hidden.all() and not small.any():
        return
    assert (small == ((whole > 0) & (whole < LIMIT))).all()
    assert not (small & ~hidden).any()
    assert not hidden[whole == 0].any()
    if hidden[:-1, : table.shape[1]].sum() <= 4:  # as many as can be tried
        possible = np.array(list(alternatives(table, small, hidden)))
        for cell in np.argwhere(small[:-1, : table.shape[1]]):
            assert len(np.unique(possible[(slice(None), *cell)])) > 1


@settings(max_examples=60, deadline=None)
@given(lists)
def test_of_a_list(counts):
    hides(np.array(counts)[:, None])


@settings(max_examples=40, deadline=None)
@given(tables)
def test_of_a_table(counts):
    hides(np.array(counts))
