"""Published figures against the store: what agrees, what is explained, and what stays open."""

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import insert

from components.reconciliation import compare_published
from data_access.derivation import rebuild
from data_access.profile import Label, Published
from data_access.schema import import_tables
from data_access.selection import Scope
from metrics.catalogue import UnknownMetricError
from scripts.reconcile import line

AS_OF = date(2025, 5, 31)


def figure(metric="", value=0.0, step=0.0, **changes):
    return replace(Published("x", Label("数", "figure"), metric, "", value, "u", step, AS_OF, ""), **changes)


@pytest.fixture(scope="module")
def filled(shared_store):
    """Four enterprises, two on the list, three visited: a visit rate of 150 %."""
    rows = {
        "enterprises": [{"enterprise_id": f"E{n}", "region_1": "A"} for n in range(4)],
        "visit_targets": [
            {"enterprise_id": f"E{n}", "list_version": "1", "issued_on": date(2025, 1, 1)} for n in range(2)
        ],
        "visits": [
            {"visit_id": str(n), "enterprise_id": f"E{n}", "visited_on": AS_OF, "result": "met_owner"} for n in range(3)
        ],
        "officers": [{"officer_id": "1", "kind": "assistant", "enterprises_served": 20_500}],
    }
    with shared_store.begin() as connection:
        for table, entries in rows.items():
            connection.execute(insert(import_tables[table]), [{"batch_id": 1, **entry} for entry in entries])
        rebuild(connection)
    return shared_store


@pytest.mark.parametrize(
    ("published", "computed", "verdict"),
    [
        (figure("visited", 3), 3, "within_rounding"),
        (figure("visit_rate", 150, 0.01), 150, "within_rounding"),
        (figure("visit_rate", 149.9, 0.01), 150, "open"),
        (figure("visited", 4, note="户含个体工商户"), 3, "open"),  # a note on wording does not excuse a difference
        (figure("visited", 300, 1000), 3, "within_rounding"),
        (figure("approved", 5), None, "open"),  # no decision was ever reported
        (figure("", 2, note="没有其他城市的数据"), None, "explained"),
        (figure("", 2), None, "open"),
        (
            figure("sum:officers.enterprises_served", 20_000, 1000, raw_text="服务企业2万余家"),
            20_500,
            "within_rounding",
        ),
        (figure("sum:officers.enterprises_served", 20_600, 1000, raw_text="服务企业2万余家"), 20_500, "open"),
    ],
)
def test_each_figure_gets_its_verdict(filled, zhanjiang, published, computed, verdict):
    (comparison,) = compare_published(filled, replace(zhanjiang, published=(published,)), Scope.everything())
    assert (comparison.outcome.computed, comparison.outcome.verdict.value) == (computed, verdict)
    assert json.loads(line(comparison)) == {
        "id": "x", "published": published.value, "computed": computed, "unit": "u", "verdict": verdict,
    }  # fmt: skip


def test_a_figure_of_an_unknown_metric_is_an_error(filled, zhanjiang):
    with pytest.raises(UnknownMetricError, match="happiness"):
        compare_published(filled, replace(zhanjiang, published=(figure("happiness"),)), Scope.everything())
