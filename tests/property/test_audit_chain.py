"""Whatever somebody does to the audit past the store's triggers is found, and where it was done."""

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_access.access.audit import Action, record, verify
from data_access.access.identity import Person
from data_access.access.store import audit, open_access

TEXTS = st.text(max_size=12)
ROWS = st.lists(st.tuples(TEXTS, TEXTS, st.one_of(st.none(), st.integers(0, 10**9))), min_size=2, max_size=6)
COLUMNS = [column.name for column in audit.columns]


def written(folder, rows):
    """Return the file of an audit with ``rows``, its triggers taken off, and the last digest."""
    path = Path(folder) / "access.db"
    store = open_access(f"sqlite:///{path.as_posix()}")
    for subject, detail, counted in rows:
        record(store, Person(subject, detail, "oidc"), Action.EXPORT, rows=counted, filters=subject, detail=detail)
    held = verify(store)
    assert held.holds
    assert held.rows == len(rows)
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in names:
            connection.execute(f"DROP TRIGGER {name}")
    return path, held.digest


def tampered(path, *statements, known=""):
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement, *values in statements:
            connection.execute(statement, values)
    store = open_access(f"sqlite:///{path.as_posix()}")
    found = verify(store, known)
    store.close()
    return found.broken


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, data=st.data())
def test_a_changed_row_is_found(rows, data):
    with TemporaryDirectory() as folder:
        path, _ = written(folder, rows)
        at = data.draw(st.integers(1, len(rows)))
        column = data.draw(st.sampled_from([name for name in COLUMNS if name != "seq"]))
        change = f"UPDATE access_audit SET {column} = {column} || 'x' WHERE seq = ?"  # noqa: S608 - a test's own name
        if column == "rows_out":
            change = "UPDATE access_audit SET rows_out = coalesce(rows_out, -1) + 1 WHERE seq = ?"
        assert tampered(path, (change, at)) == at


@settings(max_examples=25, deadline=None)
@given(rows=ROWS, data=st.data())
def test_a_removed_row_is_found_the_last_one_too(rows, data):
    with TemporaryDirectory() as folder:
        path, _ = written(folder, rows)
        at = data.draw(st.integers(1, len(rows)))
        assert tampered(path, ("DELETE FROM access_audit WHERE seq = ?", at)) == at


@settings(max_examples=25, deadline=None)
@given(rows=ROWS, data=st.data())
def test_removing_a_row_and_moving_the_others_up_is_found(rows, data):
    with TemporaryDirectory() as folder:
        path, _ = written(folder, rows)
        at = data.draw(st.integers(1, len(rows) - 1))
        remove = ("DELETE FROM access_audit WHERE seq = ?", at)
        later = [("UPDATE access_audit SET seq = ? WHERE seq = ?", n - 1, n) for n in range(at + 1, len(rows) + 1)]
        shorter = ("UPDATE access_head SET seq = seq - 1",)
        assert tampered(path, remove, *later, shorter) == at


@settings(max_examples=25, deadline=None)
@given(rows=ROWS, data=st.data())
def test_two_rows_that_changed_places_are_found(rows, data):
    with TemporaryDirectory() as folder:
        path, _ = written(folder, rows)
        low, high = sorted(data.draw(st.lists(st.integers(1, len(rows)), min_size=2, max_size=2, unique=True)))
        moves = [(0, low), (low, high), (high, 0)]
        steps = [("UPDATE access_audit SET seq = ? WHERE seq = ?", new, old) for new, old in moves]
        assert tampered(path, *steps) == low


def test_a_row_that_was_put_in_is_found(tmp_path):
    path, _ = written(tmp_path, [("a", "b", 1)] * 3)
    copied = ", ".join(name for name in COLUMNS if name != "seq")
    more = f"INSERT INTO access_audit (seq, {copied}) SELECT ?, {copied} FROM access_audit WHERE seq = 3"  # noqa: S608 - a test's own names
    assert tampered(path, (more, 4), ("UPDATE access_head SET seq = 4",)) == 4


@pytest.mark.parametrize("cut", [1, 2])
def test_a_chain_that_was_cut_with_its_head_is_found_by_a_digest_kept_elsewhere(tmp_path, cut):
    path, known = written(tmp_path, [("a", "b", 1)] * 4)
    steps = [
        ("DELETE FROM access_audit WHERE seq > ?", 4 - cut),
        ("UPDATE access_head SET seq = ?, digest = (SELECT digest FROM access_audit WHERE seq = ?)", 4 - cut, 4 - cut),
    ]
    assert tampered(path, *steps) is None
    assert tampered(path, known=known) == 5 - cut
