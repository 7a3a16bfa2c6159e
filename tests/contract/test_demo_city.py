"""The demo city, made and imported as a person would: alike on both engines, and true to the published figures."""

from datetime import date

import pandas as pd
import pytest

from components.reconciliation import compare_published
from data_access.queries.progress import progress_by
from data_access.selection import Scope, Selection
from metrics.reconcile import Verdict


@pytest.mark.parametrize("by", [(), ("region_1",), ("region_2", "tier"), ("industry_1",), ("bank",)], ids=str)
def test_both_engines_count_alike(demo_store, demo_store_pg, by):
    selection = Selection(as_of=date(2025, 5, 10), start=date(2025, 1, 1))
    frames = [progress_by(store, Scope.everything(), selection, by) for store in (demo_store, demo_store_pg)]
    assert len(frames[0]) > 0
    pd.testing.assert_frame_equal(*frames)


@pytest.mark.slow
def test_every_published_figure_agrees_or_is_explained(full_store, zhanjiang):
    comparisons = compare_published(full_store, zhanjiang, Scope.everything())
    open_ones = [c.figure.id for c in comparisons if c.outcome.verdict is Verdict.OPEN]
    assert open_ones == []
    assert sum(c.outcome.verdict is Verdict.WITHIN_ROUNDING for c in comparisons) >= 35


@pytest.mark.slow
@pytest.mark.parametrize(
    ("measure", "as_of", "value"),
    [
        ("enterprises", date(2025, 6, 13), 520_000),
        ("listed", date(2025, 5, 31), 406_447),
        ("visited", date(2025, 5, 31), 421_404),
        ("applied", date(2025, 6, 13), 33_400),
        ("recommended", date(2025, 6, 13), 33_100),
        ("approved", date(2025, 6, 13), 30_800),
        ("approved_amount", date(2025, 6, 13), 35_935_000_000),
    ],
)
def test_the_headline_figures_come_out_exactly(full_store, measure, as_of, value):
    frame = progress_by(full_store, Scope.everything(), Selection(as_of=as_of), measures=(measure,))
    assert frame.loc[0, measure] == value
