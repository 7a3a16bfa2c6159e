"""Small counts before readers who may not see the rows."""

from types import SimpleNamespace

import pandas as pd
import pytest

from components.smallcells import fewest_shown, shielded
from data_access.access.identity import Access
from data_access.access.roles import OPEN_ROLE, ROLES
from data_access.selection import Scope

UNITS = {"name": "", "n": "enterprise", "amount": "yuan", "mean": "enterprise"}
TABLE = pd.DataFrame({
    "name": list("ABCDE"), "n": [2.0, 30.0, 6.0, 0.0, 50.0], "amount": [7.0, 8.0, 9.0, 0.0, 1.0],
    "mean": [0.5, 1.0, 2.0, 3.0, 4.0],
})  # fmt: skip


def reader(role):
    return SimpleNamespace(access=Access(None, role, Scope.everything()), small_cell=5)


@pytest.mark.parametrize("key", ["leader", "department"])
def test_a_small_count_goes_with_its_row_and_with_what_it_follows_from(key):
    told = shielded(TABLE, UNITS, reader(ROLES[key]))
    assert told["n"].isna().tolist() == [True, False, True, False, False]  # C is hidden for A's sake
    assert told["amount"].isna().tolist() == [True, False, False, False, False]
    assert told["name"].tolist() == list("ABCDE")
    assert TABLE["n"].notna().all()


@pytest.mark.parametrize("role", [OPEN_ROLE, ROLES["task_force"], ROLES["county"], ROLES["bank"]])
def test_who_sees_the_rows_sees_the_counts(role):
    assert fewest_shown(reader(role)) == 0
    assert shielded(TABLE, UNITS, reader(role)) is TABLE


def test_a_table_without_counts_stays_as_it_is():
    frame = TABLE[["name", "amount", "mean"]]
    assert shielded(frame, {name: UNITS[name] for name in frame}, reader(ROLES["leader"])) is frame
