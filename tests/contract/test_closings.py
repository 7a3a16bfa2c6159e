"""Held rows that are true duplicates can be closed with a reason; others cannot."""

import pytest

from data_access.importing import (
    RefusedError,
    close_duplicates,
    import_files,
    list_batch_files,
    list_batches,
    list_closings,
    list_duplicates,
    list_held,
    undo_batch,
)
from data_access.selection import Scope
from tests.unit.data_access.importing.files import enterprise, table_file


@pytest.fixture
def held(store, zhanjiang, tmp_path):
    """A batch with one row in, one held as a duplicate (E1 again) and one for an unknown county."""
    rows = [enterprise(1), {**enterprise(1), "name": "别的店"}, enterprise(2, region_1="月球")]
    report = import_files(store, zhanjiang, [table_file(tmp_path / "a.xlsx", "enterprises", *rows)], by="clerk")
    assert (report.counts.added, report.counts.held) == (1, 2)
    return store


def open_and_all(store):
    batch = list_batches(store, Scope.everything()).iloc[0]
    return int(batch["open_held"]), int(batch["all_held"])


def test_a_duplicate_is_closed_with_its_reason(held):
    version = held.version()
    duplicates = list_duplicates(held, Scope.everything(), 1)
    assert duplicates["row_number"].tolist() == [3]
    number = int(duplicates["held_id"].iloc[0])
    assert close_duplicates(held, Scope.everything(), 1, [number], reason=" 两个部门重复报送 ", by="clerk") == 1
    assert open_and_all(held) == (1, 2)
    assert set(list_held(held, Scope.everything(), 1)["row_number"]) == {4}
    assert list_duplicates(held, Scope.everything(), 1).empty
    closing = list_closings(held, Scope.everything(), 1).iloc[0]
    assert (closing["row_number"], closing["reason"], closing["closed_by"]) == (3, "两个部门重复报送", "clerk")
    assert held.version() > version
    undo_batch(held, Scope.everything(), 1, by="clerk")
    assert list_closings(held, Scope.everything(), 1).empty


def test_what_is_no_duplicate_or_has_no_reason_is_refused(held):
    duplicate = int(list_duplicates(held, Scope.everything(), 1)["held_id"].iloc[0])
    other = next(n for n in set(list_held(held, Scope.everything(), 1)["held_id"]) if n != duplicate)
    for rows, reason, rule in (
        ([duplicate], " ", "closing_reason"),
        ([other], "x", "closing_no_duplicate"),
        ([duplicate, other], "x", "closing_no_duplicate"),
        ([], "x", "closing_no_duplicate"),
    ):
        with pytest.raises(RefusedError) as refused:
            close_duplicates(held, Scope.everything(), 1, rows, reason=reason, by="")
        assert refused.value.rule == rule
    assert open_and_all(held) == (2, 2)


def test_a_batch_tells_what_became_of_every_sheet(held):
    (row,) = list_batch_files(held, Scope.everything(), 1).to_dict("records")
    assert (row["file"], row["table_name"], row["rows_read"], row["rows_added"], row["rows_held"]) == (
        "a.xlsx", "enterprises", 3, 1, 2,
    )  # fmt: skip
