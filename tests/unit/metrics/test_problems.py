"""Rates of problems and their months, by hand."""

from datetime import date

import pandas as pd
import pytest

from metrics.catalogue import metric
from metrics.problems import RATES, monthly, rates, totals


def counts(**more):
    told = {
        "problems": 20, "solved_on_site": 5, "due": 10, "due_closed": 8, "on_time": 6, "was_closed": 16, "reopened": 4,
        "rated": 8, "content": 6, "marks": 34, "overdue": 2,
    }  # fmt: skip
    return pd.DataFrame([{**told, **more}]).astype("float64")


def test_every_rate_has_its_own_denominator():
    (row,) = rates(counts()).to_dict("records")
    assert row["problem_closure_rate"] == 80
    assert row["problem_on_time_rate"] == 60
    assert row["on_site_resolution_rate"] == 25
    assert row["problem_reopen_rate"] == 25
    assert row["problem_satisfaction_rate"] == 75
    assert row["mean_mark"] == 4.25
    # Wilson for 6 of 10: (0.6 + 0.1921 ∓ 1.96·√(0.024 + 0.0096)) ÷ 1.3841
    assert row["problem_on_time_rate_low"] == pytest.approx(31.27, abs=0.01)
    assert row["problem_on_time_rate_high"] == pytest.approx(83.18, abs=0.01)


def test_nothing_due_closed_or_rated_has_no_rate():
    (row,) = rates(counts(due=0, due_closed=0, on_time=0, was_closed=0, reopened=0, rated=0, marks=0)).to_dict(
        "records"
    )
    for name in ("problem_closure_rate", "problem_on_time_rate", "problem_reopen_rate", "mean_mark"):
        assert pd.isna(row[name])
    assert row["on_site_resolution_rate"] == 25


def test_rates_are_recomputed_from_sums_and_not_averaged():
    """6 of 10 and 0 of 2 are 6 of 12."""
    both = pd.concat([counts().assign(place="a"), counts(due=2, on_time=0).assign(place="b")], ignore_index=True)
    assert rates(totals(both))["problem_on_time_rate"].tolist() == [50]
    assert rates(totals(both, ["place"]))["problem_on_time_rate"].tolist() == [60, 0]
    assert totals(both)["problems"].tolist() == [40]
    assert totals(both.iloc[:0])["problems"].tolist() == [0]
    assert totals(both.iloc[:0], ["place"]).empty


def test_what_was_open_at_the_end_of_each_month():
    """Three came in and one was closed in January; nothing in February; in March one came back and two were closed."""
    flow = pd.DataFrame(
        [(date(2025, 1, 3), 2, 0, 0), (date(2025, 1, 30), 1, 1, 0), (date(2025, 3, 2), 0, 2, 1)],
        columns=["day", "raised", "closed", "reopened"],
    ).astype({"raised": "float64", "closed": "float64", "reopened": "float64"})
    found = monthly(flow)
    assert found["month"].tolist() == [date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)]
    assert found[["raised", "closed", "reopened", "open"]].to_numpy().tolist() == [
        [3, 1, 0, 2], [0, 0, 0, 2], [0, 2, 1, 1],
    ]  # fmt: skip
    assert monthly(flow.iloc[:0]).empty


def test_the_catalogue_names_what_computes_it():
    for key in RATES:
        assert metric(key).computed_by == "metrics.problems.rates"
    for key in ("problems", "problems_overdue"):
        assert metric(key).computed_by == "metrics.problems.totals"
    for key in ("products", "product_use_rate"):
        assert metric(key).computed_by == "metrics.products.product_use"
