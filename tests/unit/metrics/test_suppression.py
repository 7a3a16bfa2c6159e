"""Small counts: hidden, and not to be worked out from their totals."""

import numpy as np
import pytest

from metrics.suppression import suppress

LIMIT = 5


def shown(counts):
    """Return a table as it is shown: "<5" for a small count, "*" for what is hidden with it."""
    found = suppress(counts, LIMIT)
    given = np.asarray(counts, dtype=float)
    table = np.append(given, given.sum()) if given.ndim == 1 else np.vstack([given, given.sum(axis=0)])
    table = table if given.ndim == 1 else np.column_stack([table, table.sum(axis=1)])
    marks = np.where(found.small, "<5", np.where(found.hidden, "*", table.astype(int).astype(str)))
    return marks.tolist()


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([12, 7, 30], ["12", "7", "30", "49"]),
        ([0, 7, 30], ["0", "7", "30", "37"]),  # nobody is in a zero
        ([3, 7, 30], ["<5", "*", "30", "40"]),  # 10 together: 1 and 9 to 4 and 6
        ([1, 5, 30], ["<5", "*", "*", "36"]),  # 6 together could only be 1 and 5
        ([3, 2, 30], ["<5", "<5", "30", "35"]),  # 5 together: 1 and 4 to 4 and 1
        ([1, 1, 30], ["<5", "<5", "*", "32"]),  # 2 together could only be 1 and 1
        ([4, 4, 30], ["<5", "<5", "*", "38"]),  # and 8 only 4 and 4
        ([3, 0, 0], ["<5", "0", "0", "<5"]),  # the total is as small
        ([1, 1, 1, 1, 1], ["<5", "<5", "<5", "<5", "<5", "*"]),  # no other cell is left but the total
        ([1, 1, 0], ["<5", "<5", "0", "<5"]),
    ],
)
def test_a_list_with_its_total(counts, expected):
    assert shown(counts) == expected


def test_a_table_hides_a_rectangle():
    counts = [[2, 20, 30], [40, 50, 60], [70, 80, 90]]
    assert shown(counts) == [
        ["<5", "*", "30", "52"],
        ["*", "*", "60", "150"],
        ["70", "80", "90", "240"],
        ["112", "150", "180", "442"],
    ]


def test_where_nothing_helps_not_even_the_small_ones_are_marked():
    """With a limit of 3, two small counts that add up to a small one can only be 1 and 1."""
    found = suppress([[0, 0], [1, 1]], 3)
    assert found.hidden.all()
    assert not found.small.any()


def test_a_table_without_small_counts_is_shown_whole():
    assert not suppress([[10, 20], [30, 0]], LIMIT).hidden.any()
