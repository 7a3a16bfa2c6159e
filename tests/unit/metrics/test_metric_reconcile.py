"""Published against computed, with the figures of the seed article."""

import math

import pytest

from metrics.reconcile import Verdict, reconcile

WITHIN, EXPLAINED, OPEN = Verdict.WITHIN_ROUNDING, Verdict.EXPLAINED, Verdict.OPEN


@pytest.mark.parametrize(
    ("published", "step", "computed", "verdict"),
    [
        (421_404, 0, 421_404, WITHIN),
        (421_404, 0, 421_405, OPEN),
        (103.68, 0.01, 100 * 421_404 / 406_447, WITHIN),
        (33_400, 100, 33_350, WITHIN),
        (33_400, 100, 33_450, WITHIN),
        (33_400, 100, 33_451, OPEN),
        (359.35e8, 1e6, 35_934_500_000.0, WITHIN),
        (359.35e8, 1e6, 35_934_499_999.0, OPEN),
        (359.35e8, 1e6, 35_935_500_001.0, OPEN),
        (0.3, 0.1, 0.1 + 0.25, WITHIN),
    ],
)
def test_a_figure_is_as_exact_as_its_last_digit(published, step, computed, verdict):
    assert reconcile(published, step, computed).verdict is verdict


@pytest.mark.parametrize(("computed", "verdict"), [(19_999, OPEN), (20_000, WITHIN), (30_000, WITHIN), (30_001, OPEN)])
def test_more_than_is_a_lower_bound(computed, verdict):
    assert reconcile(20_000, 10_000, computed, at_least=True).verdict is verdict


def test_a_difference_with_a_reason_is_explained():
    result = reconcile(4_214_040_000, 0, 421_404, explanation="421404万户 is a misprint of 421404户")
    assert (result.verdict, result.difference) == (EXPLAINED, 421_404 - 4_214_040_000)


def test_a_reason_does_not_hide_agreement():
    assert reconcile(100, 0, 100, explanation="a note").verdict is WITHIN


@pytest.mark.parametrize("computed", [None, math.nan])
def test_what_was_not_computed_is_open_until_explained(computed):
    assert reconcile(18, 0, computed).verdict is OPEN
    assert reconcile(18, 0, computed, explanation="no list was published").verdict is EXPLAINED
    assert reconcile(18, 0, computed).difference is None


def test_a_step_cannot_be_negative():
    with pytest.raises(ValueError, match="negative"):
        reconcile(1, -1, 1)
