"""A file that is imported once more neither undoes nor holds again what was corrected meanwhile."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from data_access.importing import (
    close_duplicates,
    held_workbook,
    import_files,
    list_batches,
    list_duplicates,
    list_held,
    undo_batch,
)
from data_access.schema import import_tables
from data_access.selection import Scope
from tests.unit.data_access.importing.files import credit_code, enterprise, table_file, table_rows, visit, workbook

CITY = Scope.everything()
CODE, OTHER_CODE = (credit_code(f"9299000{n}MA000001") for n in range(2))


@pytest.fixture
def old(tmp_path):
    """Return the file that comes again: a visit that is right, one to correct, one of an enterprise not known yet."""
    sheets = {
        "e": table_rows("enterprises", enterprise(1)),
        "v": table_rows("visits", visit(1), visit(2, mode="?"), visit(3, enterprise_id="E9")),
    }
    return workbook(tmp_path / "old.xlsx", sheets)


@pytest.fixture
def bring(store, zhanjiang, tmp_path):
    """Return a function that imports files, or rows of tables as a new file, and returns batch and counts."""
    numbers = iter(range(100))

    def run(*paths, scope=CITY, by="x", **tables):
        sheets = {name: table_rows(name, *rows) for name, rows in tables.items()}
        new = [workbook(tmp_path / f"new{next(numbers)}.xlsx", sheets)] if sheets else []
        report = import_files(store, zhanjiang, [*paths, *new], by=by, scope=scope)
        c = report.counts
        return report.batch_id, (c.read, c.added, c.changed, c.unchanged, c.held)

    return run


@pytest.fixture
def give_back(store, zhanjiang, tmp_path, bring):
    """Return a function that imports a batch's returned workbook after cells of its first sheet were corrected."""

    def run(batch, **cells):
        book = openpyxl.load_workbook(io.BytesIO(held_workbook(store, zhanjiang, CITY, batch, "zh")))
        for cell, value in cells.items():
            book.worksheets[0][cell] = value
        path = tmp_path / f"held{batch}.xlsx"
        book.save(path)
        return bring(path)

    return run


def open_rows(store):
    """Return what is still held: batch, table's first held value, rule."""
    batches = list_batches(store, CITY)["batch_id"]
    found = [
        (batch, *cell) for batch in batches for cell in list_held(store, CITY, batch)[["value", "rule"]].to_numpy()
    ]
    return sorted(found)


def current(store, table, *columns):
    """Return the current rows of a table, sorted."""
    t = import_tables[table]
    with store.connect() as connection:
        query = select(*(t.c[c] for c in columns)).where(t.c.superseded_by.is_(None))
        return sorted(tuple(row) for row in connection.execute(query))


def test_a_row_that_a_later_file_brought_right_is_not_held_again(store, bring, old):
    assert bring(old) == (1, (4, 2, 0, 0, 2))
    bring(visits=[visit(2)])
    assert bring(old) == (None, (4, 0, 0, 3, 1))
    assert open_rows(store) == [(1, "E9", "reference_unknown")]
    bring(enterprises=[enterprise(9)])
    assert bring(old) == (4, (4, 1, 0, 3, 0))
    assert open_rows(store) == []
    assert bring(old) == (None, (4, 0, 0, 4, 0))


def test_with_other_news_in_one_import_it_is_not_held_either(store, bring, old):
    bring(old)
    bring(visits=[visit(2)])
    assert bring(old, visits=[visit(4)]) == (3, (5, 1, 0, 3, 1))
    assert open_rows(store) == [(3, "E9", "reference_unknown")]


def test_a_row_corrected_in_the_returned_workbook_is_settled_and_the_others_are_not(store, bring, give_back, old):
    bring(old)
    assert give_back(1, D2="现场") == (2, (2, 1, 0, 0, 1))
    assert bring(old) == (None, (4, 0, 0, 3, 1))
    assert bring(old, enterprises=[enterprise(9)]) == (3, (5, 2, 0, 3, 0))
    assert open_rows(store) == []


def test_a_row_that_came_back_wrong_is_held_once(store, bring, give_back, old):
    bring(old)
    give_back(1, D2="现场")
    assert bring(old, visits=[visit(4)])[1] == (5, 1, 0, 3, 1)
    assert open_rows(store) == [(3, "E9", "reference_unknown")]


def test_a_row_that_was_given_another_key_does_not_come_in_under_the_old_one(store, bring, give_back, tmp_path):
    old = table_file(tmp_path / "old.xlsx", "enterprises", enterprise(1), enterprise(7, region_1="某地"))
    bring(old)
    assert give_back(1, A2="E8", D2="赤坎区")[1] == (1, 1, 0, 0, 0)
    assert bring(old) == (None, (2, 0, 0, 2, 0))
    assert current(store, "enterprises", "enterprise_id") == [("E1",), ("E8",)]


def test_of_two_rows_with_one_key_the_second_stays_held_until_it_is_corrected(store, bring, give_back, tmp_path):
    old = table_file(tmp_path / "old.xlsx", "enterprises", enterprise(1), enterprise(1, name="乙"))
    assert bring(old) == (1, (2, 1, 0, 0, 1))
    assert bring(old, enterprises=[enterprise(3)]) == (2, (3, 1, 0, 1, 1))
    assert list_held(store, CITY, 2)["detail"].tolist() == [{"file": "old.xlsx", "sheet": "经营主体", "row": "2"}]
    assert give_back(2, A2="E2")[1] == (1, 1, 0, 0, 0)
    assert bring(old, enterprises=[enterprise(4)]) == (4, (3, 1, 0, 2, 0))
    assert current(store, "enterprises", "enterprise_id", "name")[:2] == [("E1", "演示商行1号"), ("E2", "乙")]


def test_a_row_that_went_in_and_was_changed_since_is_not_held_for_its_old_value(store, bring, tmp_path):
    rows = enterprise(1, credit_code=CODE), enterprise(2, credit_code=CODE)
    old = table_file(tmp_path / "old.xlsx", "enterprises", *rows)
    assert bring(old) == (1, (2, 1, 0, 0, 1))
    bring(enterprises=[enterprise(1, credit_code=OTHER_CODE)])
    assert bring(old) == (3, (2, 1, 0, 1, 0))
    assert bring(old, enterprises=[enterprise(3)]) == (4, (3, 1, 0, 2, 0))
    assert current(store, "enterprises", "enterprise_id", "credit_code") == [
        ("E1", OTHER_CODE), ("E2", CODE), ("E3", None),
    ]  # fmt: skip


def test_an_old_file_does_not_hold_the_corrected_rows_it_comes_with(store, bring, old):
    bring(old)
    assert bring(old, visits=[visit(1, remark="补记"), visit(2)]) == (2, (6, 1, 1, 3, 1))
    assert current(store, "visits", "visit_id", "remark") == [("V1", "补记"), ("V2", None)]
    assert bring(old)[1] == (4, 0, 0, 3, 1)


def test_a_row_closed_as_a_duplicate_stays_closed(store, bring, tmp_path):
    old = table_file(tmp_path / "old.xlsx", "visits", visit(2, visited_on="2025-01-02"))
    bring(enterprises=[enterprise(1)], visits=[visit(1)])
    assert bring(old) == (2, (1, 0, 0, 0, 1))
    (row,) = list_duplicates(store, CITY, 2)["held_id"]
    close_duplicates(store, CITY, 2, [row], reason="同一次走访", by="x")
    assert bring(old, visits=[visit(3)])[1] == (2, 1, 0, 1, 0)
    assert open_rows(store) == []


def test_a_row_closed_as_a_duplicate_goes_in_once_the_other_is_gone(store, bring, tmp_path):
    old = table_file(tmp_path / "old.xlsx", "visits", visit(2, visited_on="2025-01-02"))
    bring(enterprises=[enterprise(1)])
    bring(visits=[visit(1)])
    bring(old)
    close_duplicates(store, CITY, 3, list_duplicates(store, CITY, 3)["held_id"], reason="同一次走访", by="x")
    undo_batch(store, CITY, 2, by="x")
    assert bring(old)[1] == (1, 1, 0, 0, 0)


def test_undoing_the_correction_opens_the_row_again(store, bring, old):
    bring(old)
    bring(visits=[visit(2)])
    undo_batch(store, CITY, 2, by="x")
    assert bring(old) == (None, (4, 0, 0, 2, 2))


def test_undoing_a_batch_between_does_not_open_what_a_later_one_corrected(store, bring, give_back, old):
    bring(old)
    give_back(1)
    bring(visits=[visit(2)])
    undo_batch(store, CITY, 2, by="x")
    assert open_rows(store) == [(1, "E9", "reference_unknown")]
    assert bring(old) == (None, (4, 0, 0, 3, 1))
    undo_batch(store, CITY, 3, by="x")
    assert open_rows(store) == [(1, "?", "code_unknown"), (1, "E9", "reference_unknown")]


def test_rows_of_banks_and_dates_are_settled_by_the_corrected_file_too(store, bring, tmp_path):
    size = {"bank": "B02", "measure": "贷款余额", "measured_on": "2024年12月31日", "value": "三"}
    old = table_file(tmp_path / "old.xlsx", "bank_sizes", size)
    assert bring(old)[1] == (1, 0, 0, 0, 1)
    bring(bank_sizes=[size | {"measured_on": "2024-12-31", "value": 30}])
    assert open_rows(store) == []
    assert bring(old) == (None, (1, 0, 0, 1, 0))


def test_who_does_not_see_the_first_import_keeps_held_rows_of_his_own(store, bring, old):
    county = Scope(("440802",), None)
    bring(old, by="city")
    assert bring(old, scope=county, by="clerk") == (2, (4, 0, 0, 2, 2))
    assert list_held(store, county, 2, "clerk")["rule"].tolist() == ["code_unknown", "out_of_scope"]
    assert bring(old, scope=county, by="clerk") == (None, (4, 0, 0, 2, 2))
    bring(visits=[visit(2)], scope=county, by="clerk")
    assert bring(old, scope=county, by="clerk") == (None, (4, 0, 0, 3, 1))
