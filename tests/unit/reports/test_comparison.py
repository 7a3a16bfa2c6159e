"""From one edition to the next: new facts, late or corrected facts, and altered definitions, worked by hand."""

from datetime import date, datetime

import pandas as pd
import pytest

from components.papers.comparison import differences
from reports.edition import Edition


def table(figures):
    rows = [("city", "", key, value) for key, value in figures.items()]
    return pd.DataFrame(rows, columns=["part", "code", "key", "value"])


def edition(number, figures, *, again=None, formula="甲 ÷ 乙", **facts):
    values = pd.DataFrame(
        [("city", "", key, value) for key, value in figures.items()], columns=["part", "code", "key", "value"]
    )
    definitions = pd.DataFrame({"key": list(figures), "formula_zh": formula})
    frames = {"values": values, "definitions": definitions, "revisited": table(again or {})}
    return Edition(number, "", date(2025, 6, 1), datetime(2025, 6, 1), "", 1, facts, frames)  # noqa: DTZ001 - as the store keeps it


def test_a_change_is_split_into_new_and_revised():
    # 100 printed; five more were reported later for that time, 20 are new since
    found = differences(
        edition(1, {"visited": 100.0}), edition(2, {"visited": 125.0}, again={"visited": 105.0}, previous=1)
    )
    row = found.iloc[0]
    assert (row["before"], row["now"], row["change"], row["new"], row["revised"]) == (100.0, 125.0, 25.0, 20.0, 5.0)
    assert not row["definition"]


def test_what_did_not_change_is_left_out():
    same = edition(2, {"visited": 100.0}, again={"visited": 100.0}, previous=1)
    assert differences(edition(1, {"visited": 100.0}), same).empty


def test_a_correction_that_new_facts_hide_is_shown():
    # ten were taken back, ten are new: the figure is the same and yet it changed
    found = differences(
        edition(1, {"visited": 100.0}), edition(2, {"visited": 100.0}, again={"visited": 90.0}, previous=1)
    )
    assert found.iloc[0]["revised"] == -10.0
    assert found.iloc[0]["new"] == 10.0


def test_editions_that_do_not_follow_each_other_are_not_split():
    found = differences(
        edition(1, {"visited": 100.0}), edition(5, {"visited": 125.0}, again={"visited": 120.0}, previous=4)
    )
    assert found.iloc[0]["change"] == 25.0
    assert pd.isna(found.iloc[0]["new"])


def test_an_altered_definition_is_told():
    found = differences(edition(1, {"rate": 50.0}), edition(2, {"rate": 50.0}, formula="甲 ÷ 丙", previous=1))
    assert found.iloc[0]["definition"]


def test_a_figure_that_appears_is_told():
    found = differences(edition(1, {"rate": float("nan")}), edition(2, {"rate": 50.0}, previous=1))
    assert found.iloc[0]["now"] == pytest.approx(50.0)
