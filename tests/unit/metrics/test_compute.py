"""Metrics of a progress frame against figures worked by hand, and the published ones of the seed article."""

import math

import numpy as np
import pandas as pd
import pytest

from metrics.catalogue import UnknownMetricError, load_catalogue, load_terms
from metrics.compute import MissingMeasureError, NotComputableError, compute, evaluate, parts, totals

# One county: small numbers, so that every expectation below can be checked in the head.
COUNTY = {
    "enterprises": 1000, "listed": 800, "visited": 820, "visited_listed": 600, "visited_off_list": 220, "needing": 205,
    "applied": 160, "recommended": 150, "decided": 140, "approved": 120, "rejected": 30, "withdrawn": 4,
    "borrowers": 96, "pending": 6, "overdue": 2, "first_time_borrowers": 24, "within_cap": 117, "bank_visited": 1025,
    "visits_recorded": 1250, "visits": 1000, "visits_on_site": 650, "visits_unreachable": 75, "visitors": 40,
    "applications": 176, "approvals": 132, "loans": 110, "pushes": 200, "pushes_decided": 160, "pushes_matured": 125,
    "pushes_on_time": 100, "pushes_backfilled": 8, "pushes_overdue": 3,
    "requested_amount": 200e6, "approved_amount": 150e6, "approved_new": 90e6, "approved_renewal": 45e6,
    "approved_increase": 15e6, "approved_requested": 187.5e6, "loan_amount": 120e6, "rate_amount": 438e6,
    "rated_amount": 120e6, "unsecured_amount": 36e6, "first_time_amount": 18e6, "renewal_amount": 42e6,
    "no_principal_renewal_amount": 30e6, "long_term_amount": 48e6, "balance": 100e6,
}  # fmt: skip

BY_HAND = {
    "M01": 800, "M02": 820, "M03": 1000, "M04": 102.5, "M05": 75.0, "M06": 220, "M09": 80.0, "M10": 65.0, "M11": 6.0,
    "M12": 1.25, "M15": 25.0, "M18": 160, "M19": 200e6, "M20": 150, "M21": 160 / 8.2, "M23": 93.75, "M24": 5.0,
    "M25": 80.0, "M26": 80.0, "M27": 6, "M28": 80.0, "M30": 2, "M31": 120, "M32": 150e6, "M33": 1.25e6, "M34": 80.0,
    "M35": 30, "M35b": 30 / 1.4, "M38": 90e6, "M38b": 45e6, "M38c": 15e6, "M39": 120e6, "M40": 96, "M41": 80.0,
    "M42": 100e6, "M43": 3.65, "M46": 30.0, "M47": 24, "M47b": 25.0, "M48": 42e6, "M48b": 35.0, "M48c": 30e6,
    "M48d": 25.0, "M49": 40.0, "M50": 97.5, "M58": 15.0,
}  # fmt: skip


@pytest.fixture
def frame():
    return pd.DataFrame([COUNTY], dtype="float64")


def test_every_metric_of_measures_has_a_figure_worked_by_hand():
    assert set(BY_HAND) == {entry.id for entry in load_catalogue().values() if entry.numerator}


@pytest.mark.parametrize(("number", "expected"), BY_HAND.items())
def test_a_metric_is_what_it_is_by_hand(frame, number, expected):
    assert compute(frame, number).iloc[0] == pytest.approx(expected, rel=1e-12)


PUBLISHED = {
    "visited": 421_404, "listed": 406_447, "applied": 33_400, "recommended": 33_100, "approved": 30_800,
    "approved_amount": 359.35e8, "enterprises": 520_000,
}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "expected", "decimals"),
    [
        ("visit_rate", 103.68, 2),
        ("recommendation_rate", 99.1, 1),
        ("approval_rate_recommended", 93.1, 1),
        ("application_rate", 7.93, 2),
    ],
)
def test_published_rates_come_out(key, expected, decimals):
    assert round(compute(pd.DataFrame([PUBLISHED]), key).iloc[0], decimals) == expected


def test_published_credit_per_enterprise_comes_out():
    assert round(compute(pd.DataFrame([PUBLISHED]), "credit_per_enterprise").iloc[0] / 1e4, 2) == 116.67


def test_values_keep_index_and_take_the_metrics_name(frame):
    values = compute(frame.set_index(pd.Index(["440802"])), "M04")
    assert (values.name, list(values.index), values.dtype) == ("visit_rate", ["440802"], np.float64)


def test_a_zero_denominator_has_no_rate():
    assert math.isnan(compute(pd.DataFrame({"visited": [3.0], "listed": [0.0]}), "M04").iloc[0])


def test_what_was_not_reported_has_no_rate():
    frame = pd.DataFrame({"visited": [np.nan, 3.0], "listed": [4.0, np.nan]})
    assert compute(frame, "M04").isna().all()


def test_zero_of_something_is_zero():
    assert compute(pd.DataFrame({"visited": [0.0], "listed": [5.0]}), "M04").iloc[0] == 0.0


def test_evaluate_puts_groups_before_metrics(frame):
    frame.insert(0, "region_1", ["440802"])
    result = evaluate(frame, ["M04", "list_coverage"], by=["region_1"])
    assert result.to_dict("records") == [{"region_1": "440802", "visit_rate": 102.5, "list_coverage": 75.0}]


def test_evaluate_of_no_rows_has_the_columns():
    empty = pd.DataFrame({"region_1": [], "visited": [], "listed": []})
    assert list(evaluate(empty, ["M04"], by=["region_1"]).columns) == ["region_1", "visit_rate"]


def test_the_parts_of_a_ratio_are_its_sums():
    assert parts(COUNTY, "M26") == (120.0, 150.0)


def test_a_count_has_no_denominator():
    top, bottom = parts(COUNTY, "M02")
    assert top == 820
    assert math.isnan(bottom)


def test_a_total_is_recomputed_not_averaged():
    counties = pd.DataFrame({"region_1": ["a", "b"], "visited": [90.0, 10.0], "listed": [100.0, 900.0]})
    assert compute(totals(counties).to_frame().T, "M04").iloc[0] == 10.0


def test_a_total_with_an_unreported_part_is_unknown():
    total = totals(pd.DataFrame({"visited": [1.0, np.nan], "listed": [2.0, 3.0]}))
    assert math.isnan(total["visited"])
    assert total["listed"] == 5.0


def test_a_total_of_nothing_is_zero():
    assert totals(pd.DataFrame({"visited": [], "listed": []})).tolist() == [0.0, 0.0]


def test_visitors_do_not_add_up():
    assert math.isnan(totals(pd.DataFrame({"visitors": [3.0, 4.0]}))["visitors"])


def test_banks_do_not_add_up_to_the_city():
    with pytest.raises(ValueError, match="rows of banks"):
        totals(pd.DataFrame({"bank": ["01"], "visited": [1.0]}))


def test_a_missing_measure_is_named(frame):
    with pytest.raises(MissingMeasureError, match="M04 visit_rate reads listed: not in the frame"):
        compute(frame.drop(columns="listed"), "visit_rate")
    with pytest.raises(MissingMeasureError, match="M04 visit_rate reads visited: not in the row"):
        parts({}, "visit_rate")


def test_what_needs_another_input_says_so(frame):
    with pytest.raises(NotComputableError, match=r"M29 days_to_decision .* use metrics\.survival\.stage_times"):
        compute(frame, "M29")


def test_an_unknown_metric_is_refused(frame):
    with pytest.raises(UnknownMetricError):
        compute(frame, "guests")


def test_the_county_has_every_measure():
    assert set(COUNTY) == set(load_terms().measure)
