"""Undoing batches: the store is as if they had never been loaded, also in the middle of a chain of versions."""

import pytest
from sqlalchemy import select

from data_access.importing import RefusedError, import_files, list_batches, undo_batch
from data_access.schema import (
    activity,
    bank_progress,
    coverage_table,
    enterprise_progress,
    held_cells,
    held_rows,
    import_tables,
)
from data_access.selection import Scope
from tests.unit.data_access.importing.files import enterprise, table_rows, visit, workbook

PROBLEM = {
    "problem_id": "W1",
    "enterprise_id": "E1",
    "category": "税务",
    "level": "简单",
    "raised_on": "2025-03-02",
}
CONTENT = (*import_tables.values(), enterprise_progress, bank_progress, activity, coverage_table, held_rows, held_cells)


@pytest.fixture
def load(store, zhanjiang, tmp_path):
    """Return a function that imports rows of tables as one batch."""
    numbers = iter(range(100))

    def run(**tables):
        sheets = {name: table_rows(name, *rows) for name, rows in tables.items()}
        path = workbook(tmp_path / f"file{next(numbers)}.xlsx", sheets)
        return import_files(store, zhanjiang, [path], by="clerk").batch_id

    return run


def content(store):
    """Return everything the store holds but the record of batches."""
    with store.connect() as connection:
        return {t.name: sorted(map(repr, connection.execute(select(t)))) for t in CONTENT}


def names(store):
    """Return the names of the current enterprises."""
    t = import_tables["enterprises"]
    with store.connect() as connection:
        return sorted(connection.scalars(select(t.c.name).where(t.c.superseded_by.is_(None))))


def test_undoing_restores_the_store(store, load):
    load(enterprises=[enterprise(1), enterprise(2)], visits=[visit(1), visit(2, mode="?")])
    before = content(store)
    batch = load(enterprises=[enterprise(1, name="改"), enterprise(3)], visits=[visit(2), visit(3, result="?")])
    assert content(store) != before
    assert undo_batch(store, Scope.everything(), batch, by="chief") == 3
    assert content(store) == before
    record = list_batches(store, Scope.everything()).set_index("batch_id").loc[batch]
    assert (record["state"], record["undone_by"], record["open_held"]) == ("undone", "chief", 0)
    assert store.version() == 3


def test_an_undone_file_can_be_loaded_again(store, zhanjiang, tmp_path):
    path = workbook(tmp_path / "a.xlsx", {"e": table_rows("enterprises", enterprise(1))})
    batch = import_files(store, zhanjiang, [path], by="x").batch_id
    undo_batch(store, Scope.everything(), batch, by="x")
    again = import_files(store, zhanjiang, [path], by="x")
    assert (again.batch_id, again.counts.added) == (2, 1)


@pytest.mark.parametrize("order", [(2, 3, 1), (3, 2, 1), (1, 3, 2), (2, 1, 3), (1, 2, 3), (3, 1, 2)])
def test_versions_are_undone_in_any_order(store, load, order):
    for number in (1, 2, 3):
        load(enterprises=[enterprise(1, name=f"第{number}版")])
    left = {1, 2, 3}
    for batch in order:
        undo_batch(store, Scope.everything(), batch, by="x")
        left.remove(batch)
        assert names(store) == ([f"第{max(left)}版"] if left else [])


def test_a_batch_whose_rows_others_need_cannot_be_undone(store, load):
    load(enterprises=[enterprise(1)])
    load(enterprises=[enterprise(1, name="改"), enterprise(2)])
    load(visits=[visit(1), visit(2, enterprise_id="E2")])
    with pytest.raises(RefusedError) as refused:
        undo_batch(store, Scope.everything(), 2, by="x")
    assert (refused.value.rule, refused.value.detail["batches"]) == ("batch_needed", "3")
    undo_batch(store, Scope.everything(), 1, by="x")
    assert names(store) == ["改", "演示商行2号"]
    undo_batch(store, Scope.everything(), 3, by="x")
    undo_batch(store, Scope.everything(), 2, by="x")
    assert names(store) == []


def test_the_refusal_names_every_batch_that_refers_to_it(store, load):
    event = {"event_id": "A1", "title": "演示对接会", "event_type": "政银企融资对接会", "held_on": "2025-03-01"}
    load(enterprises=[enterprise(1)], events=[event])
    load(visits=[visit(1)])
    load(problems=[PROBLEM])
    load(event_participants=[{"event_id": "A1", "enterprise_id": "E1", "bank": "B02"}])
    with pytest.raises(RefusedError) as refused:
        undo_batch(store, Scope.everything(), 1, by="x")
    assert refused.value.detail == {"batch": "1", "tables": "enterprises,events", "batches": "2、3、4"}


def test_a_batch_is_undone_once(store, load):
    batch = load(enterprises=[enterprise(1)])
    undo_batch(store, Scope.everything(), batch, by="x")
    for number, rule in ((batch, "batch_undone"), (99, "batch_missing")):
        with pytest.raises(RefusedError) as refused:
            undo_batch(store, Scope.everything(), number, by="x")
        assert refused.value.rule == rule
