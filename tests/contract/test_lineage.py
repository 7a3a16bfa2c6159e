"""Every figure's rows are exactly the figure, and its batches those of the rows, on every engine."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import insert, update

from data_access import derivation
from data_access.queries.lineage import added_up, batches_behind, batches_of, measure_rows, rows_query
from data_access.queries.measures import MEASURES, Rules
from data_access.queries.progress import progress_by
from data_access.schema import batch_files, batches, import_tables
from data_access.selection import Attribution, Scope, Selection
from data_access.store import Store
from tests.contract.small_city import day, fill

ALL = Scope.everything()
# What depends on the city's rules.
RULED = ("overdue", "within_cap", "pushes_matured", "pushes_on_time", "pushes_overdue")
LATEST = Selection(day(100))
SELECTIONS = {
    "everything": (ALL, LATEST, {}),
    "an earlier day": (ALL, Selection(day(45)), {}),
    "a period": (ALL, Selection(day(60), start=day(13)), {}),
    "the unclassified": (ALL, LATEST, {"region_2": "", "industry_1": ""}),
    "a county's cell": (ALL, LATEST, {"region_1": "A", "entity_type": "company"}),
    "a bank's cell": (ALL, LATEST, {"bank": "X"}),
    "two banks, folded": (ALL, Selection(day(100), banks=("X", "Y")), {"region_1": "A"}),
    "first touch": (ALL, Selection(day(100), attribution=Attribution.FIRST), {"bank": "X"}),
    "last touch": (ALL, Selection(day(100), banks=("Y",), attribution=Attribution.LAST), {}),
    "fractions of a bank": (ALL, Selection(day(100), attribution=Attribution.FRACTIONAL), {"bank": "Y"}),
    "fractions of banks": (ALL, Selection(day(100), banks=("X", "Y"), attribution=Attribution.FRACTIONAL), {}),
    "a county's scope": (Scope(("B1",), None), LATEST, {"tier": "t2"}),
    "a bank's scope": (Scope(None, ("Y",)), LATEST, {}),
    "a tag": (ALL, replace(LATEST, tags=("tech",)), {}),
}


@pytest.fixture(scope="module")
def city(shared_store: Store) -> Store:
    fill(shared_store)
    return shared_store


@pytest.fixture
def own_city(store: Store) -> Store:
    """Return a city that the test may change."""
    fill(store)
    return store


@pytest.mark.parametrize("rules", [Rules(), Rules(decision_days=5, from_documents=True, inclusive_cap=450_000)])
def test_the_rows_add_up_to_the_figure(city: Store, rules: Rules) -> None:
    """Of every measure, for every kind of selection and cell."""
    for name, (scope, selection, cell) in SELECTIONS.items():
        expected = figures(city, scope, selection, cell, rules)
        for measure in MEASURES if rules == Rules() else RULED:
            rows = measure_rows(city, scope, selection, measure, cell, rules)
            assert np.isnan(expected[measure]) or rows["weight"].sum() == pytest.approx(expected[measure]), (
                name,
                measure,
            )


def figures(
    store: Store, scope: Scope, selection: Selection, cell: Mapping[str, str], rules: Rules
) -> Mapping[str, float]:
    frame = progress_by(store, scope, selection, tuple(cell), rules=rules)
    for name, value in cell.items():
        frame = frame[frame[name] == value]
    return dict(frame.iloc[0]) if len(frame) else dict.fromkeys(MEASURES, 0.0)


def test_enterprises_and_events_by_name(city: Store) -> None:
    """A measure of 户 lists enterprises, one of 笔 or yuan its events with their own keys."""
    assert [*measure_rows(city, ALL, LATEST, "overdue")["enterprise_id"]] == ["e5"]
    loans = measure_rows(city, ALL, LATEST, "long_term_amount")
    assert loans[["record_id", "kind", "bank", "amount", "weight"]].values.tolist() == [
        ["l1", "loan", "X", 300_000, 300_000]
    ]
    late = measure_rows(city, ALL, LATEST, "pushes_overdue", {"bank": "Y"})
    assert late[["enterprise_id", "record_id", "kind"]].values.tolist() == [["e5", "r4", "push"]]


def test_visits_of_the_visitors_counted(city: Store) -> None:
    """Six valid visits by two persons: all are listed, each person counts once."""
    rows = measure_rows(city, ALL, LATEST, "visitors")
    assert (len(rows), rows["weight"].sum()) == (6, 2)
    assert [*rows.loc[rows["weight"] == 1, "record_id"]] == ["v1", "v2"]
    assert added_up(city, ALL, LATEST, "visitors") == (6, 2.0)


def test_an_approval_without_an_amount_adds_nothing(own_city: Store) -> None:
    """The count lists it, the sum does not."""
    with own_city.begin() as connection:
        d = import_tables["decisions"]
        connection.execute(update(d).where(d.c.decision_id == "d2").values(approved_amount=None))
        derivation.rebuild(connection)
    assert [*measure_rows(own_city, ALL, LATEST, "approvals")["record_id"]] == ["d1", "d2"]
    assert [*measure_rows(own_city, ALL, LATEST, "approved_amount")["record_id"]] == ["d1"]


def test_unknown_names_are_refused() -> None:
    """Neither a dimension nor a measure is guessed."""
    with pytest.raises(ValueError, match="street"):
        rows_query(ALL, LATEST, "visited", {"street": "1"})
    with pytest.raises(ValueError, match="calls"):
        rows_query(ALL, LATEST, "calls")


def test_batches_are_those_of_the_rows(own_city: Store) -> None:
    """A second batch brought e1's loans; the first is not recorded and has no name or files.

    The register is read whole: an enterprise without a loan might have had one.
    """
    with own_city.begin() as connection:
        for name in ("loans", "visits"):
            table = import_tables[name]
            connection.execute(update(table).where(table.c.enterprise_id == "e1").values(batch_id=2))
        connection.execute(insert(batches), {"batch_id": 2, "created_by": "clerk"})
        for file in ("b.csv", "a.csv"):
            connection.execute(insert(batch_files), {"batch_id": 2, "file": file, "table_name": "loans"})
    loans = batches_behind(own_city, ALL, LATEST, ("loan_amount",))
    assert loans[["table", "batch_id", "rows", "files", "created_by"]].values.tolist() == [
        ["enterprises", 1, 6, "", ""],
        ["loans", 2, 2, "a.csv、b.csv", "clerk"],
    ]
    rate = batches_behind(own_city, ALL, LATEST, ("visited_listed", "listed"), {"region_1": "A"})
    assert rate[["table", "batch_id", "rows"]].values.tolist() == [
        ["enterprises", 1, 3],
        ["visit_targets", 1, 3],
        ["visits", 1, 2],
        ["visits", 2, 2],
    ]


def test_batches_of_a_bank_count_its_own_records(city: Store) -> None:
    """Bank X brought two pushes; e1's push to the other bank is not behind its figure."""
    found = batches_behind(city, ALL, LATEST, ("recommended",), {"bank": "X"}).set_index("table")["rows"]
    assert found.to_dict() == {"enterprises": 3, "recommendations": 2}


def test_batches_of_whole_tables_stay_in_the_selection(city: Store) -> None:
    """A figure that is no sum of measures leads to the records of the selection's enterprises, up to its day."""
    found = batches_of(city, ALL, Selection(day(30), regions=("A",)), ("visits", "loans", "decisions"))
    assert found[["table", "rows"]].values.tolist() == [["visits", 4], ["decisions", 1]]
