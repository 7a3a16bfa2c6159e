"""What must hold of formulas whatever the numbers: sums of parts, bounds of rates, missing values, ranks, lights."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.catalogue import load_catalogue, load_terms
from metrics.compute import compute, evaluate, totals
from metrics.derived import rank, rank_change, share
from metrics.figures import State, figure
from metrics.lights import Light, Thresholds, light

# A busy machine is slow, not wrong.
QUICK = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MEASURES = tuple(load_terms().measure)
ADDITIVE = tuple(name for name, measure in load_terms().measure.items() if measure.additive)
METRICS = tuple(entry for entry in load_catalogue().values() if entry.numerator)
RATIOS = tuple(entry for entry in METRICS if entry.is_ratio)
# Rates whose numerator is part of their denominator.
SHARES = ("M05", "M09", "M10", "M11", "M15", "M24", "M26", "M28", "M35b", "M46", "M47b", "M48b", "M48d", "M49", "M50")

counts = st.integers(min_value=0, max_value=10**9).map(float)


@st.composite
def progress(draw, min_rows=1, max_rows=8, values=counts):
    rows = draw(st.integers(min_value=min_rows, max_value=max_rows))
    return pd.DataFrame({name: draw(st.lists(values, min_size=rows, max_size=rows)) for name in MEASURES})


@QUICK
@given(progress(), st.data())
def test_measures_add_up_over_any_partition(frame, data):
    group = data.draw(st.lists(st.integers(0, 3), min_size=len(frame), max_size=len(frame)))
    parts = pd.DataFrame([totals(part) for _, part in frame.groupby(np.array(group))])
    assert (totals(parts)[list(ADDITIVE)] == totals(frame)[list(ADDITIVE)]).all()


@QUICK
@given(progress())
def test_the_rate_of_the_total_lies_between_those_of_the_parts(frame):
    whole = totals(frame).to_frame().T
    for entry in RATIOS:
        values = compute(frame, entry.key)
        # A part with nothing to divide by has no rate, and only adds to the total if it has a numerator.
        if values.notna().all():
            low, high, total = values.min(), values.max(), compute(whole, entry.key).iloc[0]
            assert low * (1 - 1e-9) <= total <= high * (1 + 1e-9)


@QUICK
@given(progress(), st.sampled_from(RATIOS), st.data())
def test_a_rate_without_a_denominator_is_unknown_and_never_infinite(frame, entry, data):
    empty = data.draw(st.lists(st.booleans(), min_size=len(frame), max_size=len(frame)))
    frame.loc[empty, list(entry.denominator)] = 0.0
    values = compute(frame, entry.key)
    assert values[empty].isna().all()
    assert not np.isinf(values).any()


@QUICK
@given(progress(), st.sampled_from(METRICS), st.data())
def test_what_is_not_reported_stays_unknown_in_every_metric_that_reads_it(frame, entry, data):
    missing = data.draw(st.sampled_from(entry.measures))
    frame[missing] = np.nan
    assert compute(frame, entry.key).isna().all()
    assert figure(frame.iloc[0], entry.key).state is State.NOT_REPORTED


@QUICK
@given(progress(), st.sampled_from(METRICS))
def test_a_figure_is_the_cell_of_the_frame(frame, entry):
    values = compute(frame, entry.key)
    for row in range(len(frame)):
        shown = figure(frame.iloc[row], entry.key)
        assert shown.state is (State.UNDEFINED if np.isnan(values.iloc[row]) else State.OK)
        assert shown.value is None or shown.value == values.iloc[row]


@QUICK
@given(st.data(), st.sampled_from(SHARES))
def test_a_share_is_between_nothing_and_everything(data, number):
    entry = next(entry for entry in METRICS if entry.id == number)
    others = [name for name in entry.denominator if name not in entry.numerator]
    whole = data.draw(counts)
    part = data.draw(st.floats(min_value=0.0, max_value=whole))
    row = dict.fromkeys(others, whole) | dict.fromkeys(entry.numerator, part)
    value = compute(pd.DataFrame([row]), number).iloc[0]
    assert np.isnan(value) if sum(row[name] for name in entry.denominator) == 0 else 0.0 <= value <= 100.0 + 1e-9


@QUICK
@given(progress())
def test_evaluate_is_compute_column_by_column(frame):
    keys = [entry.key for entry in METRICS]
    table = evaluate(frame, keys)
    for key in keys:
        pd.testing.assert_series_equal(table[key], compute(frame, key))


values_or_nan = st.lists(st.one_of(st.floats(-1e9, 1e9), st.just(float("nan"))), min_size=1, max_size=30)


@QUICK
@given(values_or_nan, st.sampled_from(["up", "down"]))
def test_ranks_count_who_is_better(values, polarity):
    series = pd.Series(values).round(9)
    ranks = rank(series, polarity)
    assert (ranks.isna() == series.isna()).all()
    for unit in series[series.notna()].index:
        better = series > series[unit] if polarity == "up" else series < series[unit]
        assert ranks[unit] == better.sum() + 1


@QUICK
@given(values_or_nan, st.randoms(use_true_random=False))
def test_a_rank_does_not_depend_on_the_order_of_rows(values, random):
    series = pd.Series(values)
    order = list(series.index)
    random.shuffle(order)
    pd.testing.assert_series_equal(rank(series.loc[order]).sort_index(), rank(series))


@QUICK
@given(st.permutations(range(1, 11)))
def test_changes_of_rank_cancel_out(order):
    before, now = pd.Series(range(1, 11), dtype="Int64"), pd.Series(order, dtype="Int64")
    assert rank_change(now, before).sum() == 0


@QUICK
@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=30).filter(any))
def test_shares_add_up_to_a_hundred(values):
    assert share(pd.Series(values)).sum() == pytest.approx(100.0)


thresholds = st.tuples(st.integers(-200, 200), st.integers(-200, 200)).filter(lambda pair: pair[0] != pair[1])
ORDER = {Light.GOOD: 0, Light.WARNING: 1, Light.BEHIND: 2}


@QUICK
@given(thresholds, st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=2).map(sorted))
def test_a_better_score_never_has_a_worse_light(pair, scores):
    bounds = Thresholds(*map(float, pair))
    lower, higher = (ORDER[light(score, bounds)] for score in scores)
    assert higher <= lower if bounds.good > bounds.warning else lower <= higher
