"""The store the growth of cost is measured on: copies of a city that nobody could tell from more enterprises."""

from datetime import date

import pandas as pd
import pytest
from sqlalchemy import func, insert, select

from benchmarks.stores import multiply
from data_access.derivation import rebuild
from data_access.queries.progress import progress_by
from data_access.schema import import_tables
from data_access.selection import Scope, Selection

SELECTION = Selection(as_of=date(2025, 6, 13))


@pytest.fixture
def city(store):
    day = date(2025, 3, 1)
    rows = {
        "enterprises": [{"enterprise_id": f"E{n}", "region_1": "AB"[n % 2]} for n in range(4)],
        "visit_targets": [{"enterprise_id": "E1", "list_version": "1", "issued_on": day}],
        "visits": [{"visit_id": "V1", "enterprise_id": "E1", "visited_on": day, "result": "met_owner"}],
        "applications": [{"application_id": "A1", "enterprise_id": "E1", "submitted_on": day, "status": "passed"}],
        "recommendations": [
            {"recommendation_id": "R1", "application_id": "A1", "enterprise_id": "E1", "bank": "B1", "pushed_on": day}
        ],
        "officers": [{"officer_id": "O1", "kind": "assistant"}],
    }
    with store.begin() as connection:
        for table, entries in rows.items():
            connection.execute(insert(import_tables[table]), [{"batch_id": 1, **entry} for entry in entries])
        rebuild(connection)
    return store


def test_every_measure_grows_by_the_number_of_copies(city):
    before = progress_by(city, Scope.everything(), SELECTION, ("region_1",))
    multiply(city, 10)
    after = progress_by(city, Scope.everything(), SELECTION, ("region_1",))
    counts = ["enterprises", "listed", "visited", "applied", "recommended", "visits", "pushes"]
    pd.testing.assert_frame_equal(after[["region_1"]], before[["region_1"]])
    pd.testing.assert_frame_equal(after[counts], before[counts] * 10)


def test_what_is_not_an_enterprises_own_stays_single(city):
    multiply(city, 10)
    with city.connect() as connection:
        officers = import_tables["officers"]
        assert connection.execute(select(func.count()).select_from(officers)).scalar_one() == 1


def test_references_point_to_the_copy_they_belong_to(city):
    multiply(city, 3)
    a, r = import_tables["applications"], import_tables["recommendations"]
    with city.connect() as connection:
        pairs = connection.execute(
            select(r.c.recommendation_id, a.c.application_id, a.c.enterprise_id).join(
                a, (a.c.application_id == r.c.application_id) & (a.c.enterprise_id == r.c.enterprise_id)
            )
        ).all()
    assert sorted(tuple(pair) for pair in pairs) == [
        ("R1", "A1", "E1"),
        ("R1~1", "A1~1", "E1~1"),
        ("R1~2", "A1~2", "E1~2"),
    ]
