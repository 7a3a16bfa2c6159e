"""A figure is in exactly one state, and missing is never zero."""

import math

import pandas as pd
import pytest

from metrics.compute import MissingMeasureError, NotComputableError
from metrics.figures import Figure, State, figure, figure_of

CITY = {"visited": 421_404.0, "listed": 406_447.0}
ALL = {"visits", "visit_targets", "decisions", "decisions.approved_amount", "loans"}


def test_a_figure_carries_what_its_formula_was_fed():
    shown = figure(CITY, "M04", ALL)
    assert (shown.state, shown.numerator, shown.denominator, shown.unit) == (State.OK, 421_404, 406_447, "percent")
    assert round(shown.value, 2) == 103.68
    assert shown.mark == ""


def test_a_row_of_a_frame_will_do():
    assert figure(pd.Series(CITY), "M02").value == 421_404


def test_a_count_has_a_numerator_only():
    shown = figure(CITY, "M02", ALL)
    assert (shown.value, shown.numerator, shown.denominator) == (421_404, 421_404, None)


def test_a_count_of_zero_is_zero():
    assert figure({"visited": 0.0}, "M02", ALL) == Figure(figure(CITY, "M02").metric, State.OK, 0.0, 0.0)


def test_nothing_to_divide_by_is_a_dash():
    shown = figure({"visited": 0.0, "listed": 0.0}, "M04", ALL)
    assert (shown.state, shown.value, shown.mark) == (State.UNDEFINED, None, "—")


def test_a_missing_table_is_not_reported_whatever_the_numbers_say():
    shown = figure(CITY, "M04", {"visits"})
    assert (shown.state, shown.value, shown.numerator) == (State.NOT_REPORTED, None, None)


@pytest.mark.parametrize("row", [{"visited": math.nan, "listed": 1.0}, {"visited": 1.0, "listed": math.nan}])
def test_nan_is_not_reported_unless_the_table_is_known_to_be(row):
    assert figure(row, "M04").state is State.NOT_REPORTED
    assert figure(row, "M04", ALL).state is State.UNDEFINED


def test_small_cells_are_hidden_on_shared_screens_only():
    row = {"approved": 4.0, "rejected": 40.0, "approved_amount": 5e6}
    shared = figure(row, "M26", ALL, smallest=5)
    assert (shared.state, shared.mark, shared.value, shared.numerator) == (State.SUPPRESSED, "<5", None, None)
    assert figure(row, "M26", ALL).state is State.OK


def test_money_is_hidden_by_the_number_of_enterprises_behind_it():
    assert figure({"approved": 4.0, "approved_amount": 5e6}, "M32", ALL, smallest=5).state is State.SUPPRESSED
    assert figure({"approved": 5.0, "approved_amount": 5e6}, "M32", ALL, smallest=5).state is State.OK


def test_zero_gives_nobody_away():
    assert figure({"approved": 0.0, "approved_amount": 0.0}, "M32", ALL, smallest=5).value == 0.0


def test_the_limit_is_the_citys_and_holds_for_every_count():
    assert figure({"visited": 3.0}, "M02", ALL, smallest=5).mark == "<5"
    assert figure({"visited": 3.0}, "M02", ALL, smallest=3).value == 3.0
    assert Figure(figure(CITY, "M02").metric, State.SUPPRESSED).mark == "＊"


def test_a_row_without_the_count_behind_an_amount_is_refused_on_shared_screens():
    with pytest.raises(MissingMeasureError, match="M32 approved_amount rests on approved"):
        figure({"approved_amount": 5e6}, "M32", ALL, smallest=5)


def test_a_metric_of_another_input_is_refused():
    with pytest.raises(NotComputableError):
        figure(CITY, "M08")


def test_a_figure_computed_elsewhere():
    shown = figure_of("M08", 43.18, ALL, numerator=103.68, denominator=60.5)
    assert (shown.state, shown.value, shown.numerator, shown.unit) == (State.OK, 43.18, 103.68, "percentage_point")


@pytest.mark.parametrize(
    ("value", "reported", "state"),
    [
        (None, None, State.NOT_REPORTED),
        (math.nan, None, State.UNDEFINED),
        (math.nan, ALL, State.UNDEFINED),
        (1.0, {"visits"}, State.NOT_REPORTED),
    ],
)
def test_a_figure_computed_elsewhere_can_be_missing(value, reported, state):
    assert figure_of("M08", value, reported).state is state
