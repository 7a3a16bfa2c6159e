"""What holds of the import for any input: normal forms are final, nothing is lost, and undoing is exact."""

import math
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from data_access.importing import import_files, undo_batch
from data_access.importing.credit_codes import ALPHABET, Verdict, normalise, verdicts
from data_access.importing.names import Books
from data_access.importing.values import as_date, as_money, key, normal, tidy
from data_access.profile import Profile
from data_access.schema import metadata, store_meta
from data_access.selection import Scope
from data_access.store import Store, open_store
from tests.unit.data_access.importing.files import credit_code, table_rows

UNITS = {"元": 1.0, "万元": 1e4, "亿元": 1e8}
DATE_SPELLINGS = ["{:%Y-%m-%d}", "{0.year}年{0.month}月{0.day}日", "{:%Y%m%d}", "{0.year}.{0.month}.{0.day}"]
CODES = [credit_code(f"92990000MA00000{n}") for n in range(3)]
SLOW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(st.text())
def test_normal_forms_are_final(text):
    for form in (normal, tidy, key):
        assert form(form(text)) == form(text)


@given(
    st.dates(min_value=date(1900, 1, 1)),
    st.sampled_from(["{:%Y-%m-%d}", "{0.year}年{0.month}月{0.day}日", "{:%Y%m%d}", "{0.year}.{0.month}.{0.day}"]),
)
def test_every_spelling_of_a_day_is_that_day(day, spelling):
    assert as_date(spelling.format(day)) == day


@given(st.dates(min_value=date(1930, 1, 1), max_value=date(2100, 1, 1)))
def test_an_excel_serial_number_is_its_day(day):
    assert as_date(str((day - date(1899, 12, 30)).days)) == day


@given(st.integers(0, 10**11), st.sampled_from(sorted(UNITS)), st.booleans())
def test_an_amount_is_the_same_in_every_unit(cents, unit, separated):
    yuan = cents / 100
    text = f"{yuan / UNITS[unit]:{',' if separated else ''}.10f}{unit}"
    found = as_money(text, UNITS)
    assert isinstance(found, float)
    assert math.isclose(found, yuan, abs_tol=0.005)


@given(st.text(ALPHABET, min_size=16, max_size=16))
def test_a_computed_code_is_valid_and_its_normal_form_is_itself(first):
    codes = pa.array([credit_code(first)])
    assert normalise(codes).equals(codes)
    assert list(verdicts(codes)) == [Verdict.VALID]


@given(st.data())
def test_a_place_is_found_by_its_names_below_its_county(data):
    books, town, county = data.draw(st.sampled_from(_places()))
    spelled = data.draw(st.sampled_from([town.code, town.label.zh, town.label.en, f"{county.label.zh}{town.label.zh}"]))
    assert books.regions.resolve((county.label.zh, spelled)) == [county.code, town.code]


def _places() -> list[tuple[Books, Any, Any]]:
    return _PLACES


_PLACES: list[tuple[Books, Any, Any]] = []


@pytest.fixture(scope="module", autouse=True)
def places(zhanjiang: Profile) -> None:
    """Collect every town with its county once."""
    books = Books(zhanjiang)
    _PLACES[:] = [(books, n, zhanjiang.region_by_code[n.parent]) for n in zhanjiang.regions if n.level == 2]


# ---- whole imports -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def open_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Yield one store for all examples; each example empties it first."""
    opened = open_store(f"duckdb:///{(tmp_path_factory.mktemp('property') / 'store.duckdb').as_posix()}")
    yield opened
    opened.close()


CELL = st.one_of(
    st.none(), st.sampled_from(["现场", "?", "=1", "是", "合计", "-5", "1e5", "2025-13-01"]), st.text(max_size=6)
)
IDS = st.one_of(st.none(), st.sampled_from([f"E{n}" for n in range(6)]), st.text(max_size=3))
ENTERPRISES = st.lists(
    st.fixed_dictionaries(
        {
            "enterprise_id": IDS,
            "name": st.one_of(st.just("甲"), st.just("乙"), CELL),
            "entity_type": st.sampled_from(["个体户", "公司", "合作社", None, "?"]),
            "region_1": st.sampled_from(["赤坎区", "霞山", "440882", None, "某地"]),
            "credit_code": st.one_of(st.none(), st.sampled_from(CODES)),
            "revenue": CELL,
        }
    ),
    max_size=12,
)
VISITS = st.lists(
    st.fixed_dictionaries(
        {
            "visit_id": st.one_of(st.sampled_from([f"V{n}" for n in range(6)]), st.none()),
            "enterprise_id": IDS,
            "visited_on": st.sampled_from(["2025-03-03", "2025年3月4日", "45720", "昨天", None]),
            "mode": st.one_of(st.just("现场"), st.just("电话"), CELL),
            "result": st.just("失联"),
        }
    ),
    max_size=12,
)


def files(folder: Path, number: int, enterprises: list[dict[str, Any]], visits: list[dict[str, Any]]) -> list[Path]:
    """Write one Parquet file a table, every cell as text."""
    paths = []
    for table, rows in (("enterprises", enterprises), ("visits", visits)):
        if rows:
            headers, *cells = table_rows(table, *rows)
            columns = [pa.array(column, pa.string()) for column in zip(*cells, strict=True)]
            paths.append(folder / f"{table}{number}.parquet")
            pq.write_table(pa.table(columns, names=headers), paths[-1])
    return paths


def emptied(store: Store) -> Store:
    """Delete every row but the store's own record of versions."""
    with store.begin() as connection:
        for table in metadata.tables.values():
            if table is not store_meta:
                connection.execute(delete(table))
    return store


def content(store: Store) -> dict[str, list[str]]:
    """Return all rows but the record of batches and versions."""
    left_out = ("batches", "batch_files", "store_meta")
    with store.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in metadata.tables.values()
            if table.name not in left_out
        }


@SLOW
@given(ENTERPRISES, VISITS, ENTERPRISES, VISITS)
def test_nothing_is_lost_twice_changes_nothing_and_undoing_is_exact(open_duckdb, zhanjiang, e1, v1, e2, v2):
    store = emptied(open_duckdb)
    with tempfile.TemporaryDirectory() as folder:
        first, second = files(Path(folder), 1, e1, v1), files(Path(folder), 2, e2, v2)
        if not first or not second:
            return
        import_files(store, zhanjiang, first, by="x")
        before = content(store)
        report = import_files(store, zhanjiang, second, by="x")
        for sheet in report.sheets:
            c = sheet.counts
            assert c.read == c.added + c.changed + c.unchanged + c.held
        after = content(store)
        again = import_files(store, zhanjiang, second, by="x")
        assert (again.batch_id, again.counts.added, again.counts.changed) == (None, 0, 0)
        assert content(store) == after
        if report.batch_id:
            undo_batch(store, Scope.everything(), report.batch_id, by="x")
        assert content(store) == before
