"""Recomputing published figures from rows, alike on both engines."""

import math
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import insert

from data_access.derivation import rebuild
from data_access.profile import Label, Published
from data_access.queries.published import FormulaError, counted, measures_by_date
from data_access.schema import import_tables
from data_access.selection import Scope

AS_OF = date(2025, 6, 13)


def figure(metric, **changes):
    blank = Published("x", Label("数", "figure"), metric, "", 0.0, "place", 0.0, AS_OF, "")
    return replace(blank, **changes)


@pytest.fixture(scope="module")
def filled(shared_store):
    rows = {
        "events": [
            {"event_id": "1", "held_on": date(2025, 3, 1), "intent_amount": 62_500_000, "is_published": True},
            {"event_id": "2", "held_on": date(2025, 6, 13), "intent_amount": 1.5, "is_published": False},
            {"event_id": "3", "held_on": date(2025, 6, 14), "intent_amount": 7, "is_published": None},
        ],
        "products": [{"product_id": "1", "bank": "B01"}, {"product_id": "2", "bank": "B01"}, {"product_id": "3"}],
        "enterprises": [{"enterprise_id": "E1", "region_1": "A"}, {"enterprise_id": "E2", "region_1": "B"}],
        "visits": [
            {"visit_id": "1", "enterprise_id": "E1", "visited_on": date(2025, 5, 31), "result": "met_owner"},
            {"visit_id": "2", "enterprise_id": "E2", "visited_on": date(2025, 6, 1), "result": "met_owner"},
        ],
    }
    with shared_store.begin() as connection:
        for table, entries in rows.items():
            for entry in entries:
                connection.execute(insert(import_tables[table]).values(batch_id=1, **entry))
        rebuild(connection)
    return shared_store


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("count:events", 2),  # the third was held after the figure was published
        ("count:events:is_published=true", 1),
        ("count:events:is_published=false", 1),
        ("count:events:event_id=1,is_published=true", 1),
        ("sum:events.intent_amount", 62_500_001.5),
        ("sum:events.intent_amount:event_id=1", 62_500_000),
        ("sum:events.intent_amount:event_id=9", 0),
        ("distinct:products.bank", 1),
        ("count:products", 3),
        ("count:profile.regions:level=1", 10),
        ("count:profile.banks", 25),
    ],
)
def test_a_count_follows_its_formula(filled, zhanjiang, metric, value):
    assert counted(filled, replace(zhanjiang, published=(figure(metric),)), Scope.everything()) == {"x": value}


def test_a_count_over_a_table_never_reported_is_unknown_not_zero(filled, zhanjiang):
    assert math.isnan(
        counted(filled, replace(zhanjiang, published=(figure("count:officers"),)), Scope.everything())["x"]
    )


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        ("average:events", "expected count:"),
        ("count:meetings", "no table meetings"),
        ("count:events:colour=red", "events has no column colour"),
        ("sum:events.price", "events has no column price"),
        ("count:profile.codes.colours", "the profile has no profile.codes.colours"),
    ],
)
def test_a_formula_that_cannot_be_read_is_named(filled, zhanjiang, metric, told):
    with pytest.raises(FormulaError, match=f"x: {metric}.*{told}"):
        counted(filled, replace(zhanjiang, published=(figure(metric),)), Scope.everything())


def test_metrics_get_the_citys_measures_at_their_own_date(filled, zhanjiang):
    published = (figure("visited", as_of=date(2025, 5, 31)), figure("visited"), figure("count:events"), figure(""))
    measures = measures_by_date(filled, replace(zhanjiang, published=published), Scope.everything())
    assert {day: row["visited"] for day, row in measures.items()} == {date(2025, 5, 31): 1, AS_OF: 2}
    assert math.isnan(measures[AS_OF]["approved"])
