"""Whatever is asked: the rows found behind a figure are exactly the figure, for every measure of the catalogue."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_access.queries.lineage import EVENT_MEASURES, measure_rows
from data_access.queries.measures import MEASURES, Rules
from data_access.queries.progress import progress_by
from data_access.schema import DIMENSIONS
from data_access.selection import Attribution, Scope, Selection
from data_access.store import Store, open_store
from metrics.catalogue import load_catalogue, metric
from metrics.figures import State, figure
from tests.contract.small_city import SMALL_CITY, day, fill
from tests.property.test_selection import CITY

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
RULES = (Rules(), Rules(decision_days=10, from_documents=True, inclusive_cap=300_000.0))
DATES = st.integers(0, 100).map(day)


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=2).map(tuple)


SELECTIONS = st.builds(
    Selection,
    as_of=DATES,
    start=st.none() | DATES,
    regions=some("A", "B", "A1", "B2", ""),
    industries=some("C", "F", ""),
    entity_types=some("company", "sole_trader"),
    tiers=some("t1", "t2", ""),
    tags=some("tech", "private"),
    banks=some("X", "Y", "Z"),
    attribution=st.sampled_from(Attribution),
)
SCOPES = st.builds(Scope, regions=st.none() | some("A", "B", "A1"), banks=st.none() | some("X", "Y"))
BY = st.lists(st.sampled_from((*DIMENSIONS, "bank")), unique=True, max_size=2).map(tuple)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Yield the random city of the selections, with the small city's loans, tags and tiers in it as well."""
    renamed = {
        name: [{k: f"small-{v}" if k.endswith("_id") and v else v for k, v in row.items()} for row in rows]
        for name, rows in SMALL_CITY.items()
    }
    store = open_store(f"duckdb:///{(Path(tmp_path_factory.mktemp('lineage')) / 's.duckdb').as_posix()}")
    fill(store, {name: [*CITY.get(name, []), *renamed.get(name, [])] for name in renamed})
    yield store
    store.close()


@given(data=st.data(), scope=SCOPES, selection=SELECTIONS, by=BY, rules=st.sampled_from(RULES))
@QUICK
def test_the_rows_of_every_measure_add_up_to_it(
    city: Store, data: st.DataObject, scope: Scope, selection: Selection, by: tuple[str, ...], rules: Rules
) -> None:
    """In a random cell of a random grouping; no enterprise or record is listed twice."""
    frame = progress_by(city, scope, selection, by, MEASURES, rules)
    row = frame.iloc[data.draw(st.integers(0, len(frame) - 1), label="row")] if len(frame) else None
    cell = {name: str(row[name]) for name in by} if row is not None else dict.fromkeys(by, "nowhere")
    for measure in data.draw(st.lists(st.sampled_from(MEASURES), unique=True, min_size=12, max_size=12)):
        rows = measure_rows(city, scope, selection, measure, cell, rules)
        value = 0.0 if row is None else float(row[measure])
        assert np.isnan(value) or np.isclose(rows["weight"].sum(), value), measure
        own = "record_id" if measure in EVENT_MEASURES else ["enterprise_id", "bank"]
        assert not rows.duplicated(own).any(), measure


@given(data=st.data(), scope=SCOPES, selection=SELECTIONS)
@QUICK
def test_every_metric_is_the_quotient_of_its_rows(
    city: Store, data: st.DataObject, scope: Scope, selection: Selection
) -> None:
    """The catalogue's figures, computed once from the aggregates and once from the rows they lead to."""
    key = data.draw(st.sampled_from([entry.key for entry in load_catalogue().values() if entry.numerator]))
    known = progress_by(city, scope, selection, (), metric(key).measures).iloc[0]
    counted = {
        name: float("nan") if np.isnan(known[name]) else measure_rows(city, scope, selection, name)["weight"].sum()
        for name in metric(key).measures
    }
    expected, found = figure(known, key), figure(counted, key)
    assert found.state is expected.state
    assert found.state is not State.OK or found.value == pytest.approx(expected.value)
