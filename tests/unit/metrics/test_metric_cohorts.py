"""Which cohorts are old enough, and what they add up to."""

from datetime import date

import numpy as np
import pandas as pd

from metrics.cohorts import conversion, first_mature_day, marked, stage_totals

MONTHS = pd.to_datetime(["2024-11-01", "2025-01-01", "2025-04-01"])
FRAME = pd.DataFrame({"month": MONTHS, "window": 60, "entered": [10.0, 20, 30], "applied": [1.0, 4, 0]})


def test_a_cohort_is_mature_when_its_last_member_was_watched_for_the_whole_window():
    assert marked(FRAME, date(2025, 4, 1))["mature"].tolist() == [True, True, False]
    assert marked(FRAME, date(2025, 3, 31))["mature"].tolist() == [True, False, False]
    assert first_mature_day(date(2025, 1, 1), 60) == date(2025, 4, 1)


def test_only_mature_cohorts_add_up():
    grown = marked(FRAME, date(2025, 4, 1))
    assert stage_totals(grown, ("entered", "applied")).to_dict("records") == [{"entered": 30, "applied": 5}]
    none = stage_totals(marked(FRAME, date(2024, 12, 1)), ("entered", "applied"))
    assert none.to_dict("records") == [{"entered": 0, "applied": 0}]


def test_what_was_never_reported_stays_unknown_in_the_sum():
    grown = marked(FRAME.assign(applied=np.nan, county=["A", "A", "B"]), date(2026, 1, 1))
    sums = stage_totals(grown, ("entered", "applied"), ["county"])
    assert sums["entered"].tolist() == [30, 30]
    assert sums["applied"].isna().all()


def test_conversion_has_its_interval():
    found = conversion(FRAME, "applied", "entered")
    assert found["rate"].tolist() == [10, 20, 0]
    assert ((found["low"] <= found["rate"]) & (found["rate"] <= found["high"])).all()
    assert np.isnan(conversion(FRAME.assign(entered=0.0), "applied", "entered")["rate"]).all()
