"""How a check is judged, which figures it touches, and the data-quality metrics, worked by hand."""

import math

import pandas as pd
import pytest

from metrics.catalogue import load_catalogue, load_terms
from metrics.quality import (
    OWNERS,
    SEVERITIES,
    State,
    judge,
    load_checks,
    orphan_rows,
    timely_rows_rate,
    touched,
    valid_code_rate,
)

COUNTS = pd.DataFrame(
    [
        ("late_entry", "2025-01", 100.0, 2.0), ("late_entry", "2025-02", 100.0, 10.0),
        ("orphan_loans", "2025-02", 50.0, 1.0), ("no_town", "000001", 10.0, 0.0),
    ],
    columns=["check", "period", "examined", "failed"],
)  # fmt: skip


@pytest.mark.parametrize("check", load_checks().values(), ids=lambda check: check.id)
def test_a_check_is_complete(check):
    assert check.severity in SEVERITIES
    assert check.owner in OWNERS
    assert 0 <= check.threshold < 1
    assert check.unit in load_terms().unit
    assert set(check.metrics) <= load_catalogue().keys()
    for term in (check.name, check.question, check.action):
        assert term.zh
        assert term.en


def test_a_check_fails_when_more_fails_than_may():
    outcomes = judge(COUNTS, {})
    found = {o.check.id: o for o in outcomes}
    late = found["late_entry"]
    assert (late.examined, late.failed, late.share, late.state) == (200, 12, 0.06, State.FAILING)
    assert late.course == (("2025-01", 0.02), ("2025-02", 0.06))
    assert found["no_town"].state is State.PASSED
    assert found["rate_missing"].state is State.NOT_REPORTED
    assert math.isnan(found["rate_missing"].share)
    # The gravest first, then what passed, then what was not reported.
    assert [o.check.id for o in outcomes[:3]] == ["orphan_loans", "late_entry", "no_town"]


def test_a_city_may_set_its_own_threshold():
    assert {o.check.id: o.state for o in judge(COUNTS, {"late_entry": 0.06})}["late_entry"] is State.PASSED


def test_failing_checks_are_known_by_the_metrics_they_touch():
    found = touched(judge(COUNTS, {}))
    assert [o.check.id for o in found["loan_amount"]] == ["orphan_loans"]
    assert [o.check.id for o in found["visited"]] == ["late_entry"]
    assert "zero_visit_communities" not in found


def test_the_metrics_of_data_quality():
    assert timely_rows_rate(200, 12) == 94.0
    assert valid_code_rate(90, 9, held=10) == 81.0
    assert orphan_rows(3, 4) == 7
    assert math.isnan(timely_rows_rate(0, 0))
    assert math.isnan(valid_code_rate(0, 0))
