"""Facts are stated when their threshold is passed, and not before."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from metrics.forecast import Forecast
from metrics.highlights import (
    Fact,
    Rules,
    extremes,
    movement,
    needed_a_day,
    outlook,
    pace_fact,
    shortfall,
    shortfall_facts,
)
from metrics.lights import Thresholds
from metrics.pace import Schedule

PLAN = Schedule(date(2025, 1, 1), date(2025, 4, 11), 100.0)  # one per cent a day
HALF = date(2025, 2, 20)  # 50 % are due
LIGHTS = Thresholds(good=100.0, warning=90.0)


@pytest.mark.parametrize(
    ("rate", "code"),
    [(100.0, "target_met"), (50.0, "pace_good"), (49.0, "pace_warning"), (45.0, "pace_warning"), (44.9, "pace_behind")],
)
def test_where_the_whole_stands(rate, code):
    fact = pace_fact(rate, PLAN, HALF, LIGHTS)
    assert fact.code == code
    assert fact.values == {"rate": rate, "target": 100.0, "scheduled": 50.0, "gap": rate - 50.0}


def test_on_the_first_day_nobody_is_late():
    assert pace_fact(0.0, PLAN, PLAN.start, LIGHTS).code == "pace_good"


def test_nothing_is_said_of_the_unknown():
    assert pace_fact(np.nan, PLAN, HALF, LIGHTS) is None
    assert movement(np.nan, "visited") is None


COVERAGE = pd.Series({"a": 99.0, "b": 95.0, "c": 90.0, "d": 80.0, "e": 70.0, "f": 60.0, "g": np.nan})


def test_first_and_last_are_named():
    best, worst = extremes(COVERAGE, "list_coverage")
    assert (best.code, best.subjects) == ("best", ("a", "b", "c"))
    assert (worst.code, worst.subjects) == ("worst", ("f", "e", "d"))
    assert worst.values == {"f": 60.0, "e": 70.0, "d": 80.0}


def test_never_more_than_half_are_named():
    best, worst = extremes(COVERAGE[["a", "b", "c"]], "list_coverage")
    assert (best.subjects, worst.subjects) == (("a",), ("c",))


def test_where_lower_is_better_the_lowest_is_best():
    best, _ = extremes(COVERAGE, "unreachable_rate", Rules(named=1))
    assert best.subjects == ("f",)


def test_units_that_do_not_differ_are_even():
    assert extremes(COVERAGE[["a", "b"]], "list_coverage", Rules(even_within=5.0)) == [
        Fact("even", values={"low": 95.0, "high": 99.0})
    ]


def test_a_tie_too_wide_to_name_is_not_named():
    tied = pd.Series({"a": 100.0, "b": 100.0, "c": 100.0, "d": 10.0})
    (worst,) = extremes(tied, "list_coverage")
    assert (worst.code, worst.subjects) == ("worst", ("d",))


def test_a_tie_at_the_cut_names_only_the_clear_first():
    tied = pd.Series({"a": 100.0, "b": 50.0, "c": 50.0, "d": 50.0, "e": 20.0, "f": 10.0})
    assert extremes(tied, "list_coverage")[0].subjects == ("a",)


def test_a_metric_without_a_direction_and_a_single_unit_have_no_first():
    assert extremes(COVERAGE, "duplication_factor") == []
    assert extremes(COVERAGE[["a"]], "list_coverage") == []


def late(done, base=(1000.0, 1000.0, 1000.0, 1000.0)):
    names = list("abcd")
    return shortfall(pd.Series(done, index=names), pd.Series(base, index=names), PLAN, HALF, LIGHTS)


def test_who_is_behind_and_how_many_they_miss():
    found = late([600.0, 480.0, 100.0, 420.0])
    assert found.index.tolist() == ["c", "d", "b"]
    assert found["light"].tolist() == ["behind", "behind", "warning"]
    assert found["missing"].tolist() == [400.0, 80.0, 20.0]
    assert found["gap"].tolist() == [-40.0, -8.0, -2.0]
    assert found["share"].tolist() == [80.0, 16.0, 4.0]


def test_few_explain_most_of_it():
    behind, few = shortfall_facts(late([600.0, 480.0, 100.0, 420.0]))
    assert (behind.code, behind.subjects, behind.values) == (
        "units_behind",
        ("c", "d", "b"),
        {"count": 3, "missing": 500},
    )
    assert few == Fact("few_explain", ("c",), {"share": 80.0})


def test_where_all_are_behind_alike_nobody_is_singled_out():
    codes = [fact.code for fact in shortfall_facts(late([400.0] * 4), Rules(named=1))]
    assert codes == ["units_behind"]


def test_a_single_late_unit_explains_itself():
    assert [fact.code for fact in shortfall_facts(late([600.0, 600.0, 100.0, 600.0]))] == ["units_behind"]


def test_nobody_is_behind():
    assert shortfall_facts(late([500.0] * 4)) == [Fact("none_behind")]


def test_the_unknown_is_not_behind():
    assert late([np.nan, 600.0, 600.0, 600.0]).empty
    assert late([0.0, 600.0, 600.0, 600.0], base=(0.0, 1000.0, 1000.0, 1000.0)).empty


@pytest.mark.parametrize(
    ("change", "code", "better"),
    [(0.9, "steady", 0), (1.0, "rose", 1), (-9.9, "fell", -1), (10.0, "rose_sharply", 1), (-12.0, "fell_sharply", -1)],
)
def test_a_change_is_called_what_it_is(change, code, better):
    fact = movement(change, "visited")
    assert (fact.code, fact.values["better"]) == (code, better)


def test_rising_may_be_bad_or_neither():
    assert movement(5.0, "average_rate").values["better"] == -1
    assert movement(5.0, "duplication_factor").values["better"] == 0


@pytest.mark.parametrize(
    ("probability", "code"),
    [(0.8, "outlook_likely"), (0.79, "outlook_open"), (0.21, "outlook_open"), (0.19, "outlook_unlikely")],
)
def test_the_outlook_is_hedged(probability, code):
    fact = outlook(Forecast(pd.DataFrame(), 1.0, 2.0, 3.0, 0.8, probability))
    assert (fact.code, fact.values["median"]) == (code, 2.0)


def test_without_a_target_there_is_no_outlook():
    assert outlook(Forecast(pd.DataFrame(), 1.0, 2.0, 3.0, 0.8)) is None


def test_who_must_speed_up():
    need = pd.DataFrame({"per_day": [10.0, 30.0, 5.0, 8.0, np.nan]}, index=list("abcde"))
    facts = needed_a_day(need, pd.Series({"a": 8.0, "b": 10.0, "c": 9.0, "d": 0.0, "e": 1.0}))
    assert [fact.subjects for fact in facts] == [("d",), ("b",), ("a",)]
    assert facts[1].values == {"per_day": 30.0, "usual": 10.0, "times": 3.0}
    assert np.isnan(facts[0].values["times"])
