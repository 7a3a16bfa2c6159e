"""The adequacy of refusal reasons, from counts by bank and code."""

from math import comb

import numpy as np
import pandas as pd
import pytest

from metrics.banks.reasons import fewest, median_length, reason_quality, score_parts, too_simple

FLAGS = ("complete", "vague", "missing", "templated", "empty")


def _counts(*rows):
    return pd.DataFrame(
        [{"bank": b, "code": c, "n": float(n)} | dict.fromkeys(FLAGS, 0.0) | more for b, c, n, more in rows]
    )


def test_score_is_the_published_sum_and_needs_twenty_cases():
    rows = reason_quality(
        _counts(
            ("A", "credit_record", 20, {"complete": 20.0}),
            ("B", "score", 30, {"vague": 30.0, "empty": 30.0, "templated": 30.0}),
            ("C", "score", 3, {"vague": 3.0}),
        ),
        categories=14,
    )
    assert rows["rejections"].to_dict() == {"A": 20.0, "B": 30.0, "C": 3.0}
    assert np.isnan(rows.loc["C", "score"])
    assert rows.loc["B", "score"] == pytest.approx(15.0)  # only that a reason is there counts for it
    assert rows.loc["A", "score"] == pytest.approx(90.0)  # all but the tenth for variety
    assert rows.loc["A", "score"] == pytest.approx(score_parts(rows).loc["A"].sum())
    assert rows.loc["B", "first_reason"] == 1.0


def test_a_bank_that_writes_nothing_scores_no_better_than_one_that_writes_a_phrase():
    nothing = {"missing": 30.0, "empty": 30.0}
    phrase = {"vague": 30.0, "empty": 30.0, "templated": 30.0}
    rows = reason_quality(_counts(("A", "", 30, nothing), ("B", "score", 30, phrase)), categories=14)
    assert rows["score"].tolist() == pytest.approx([0.0, 15.0])
    assert rows["boilerplate"].tolist() == [0.0, 1.0]  # what is shown stays the share of pasted texts
    assert score_parts(rows).sum(axis=1).tolist() == pytest.approx(rows["score"].tolist())


def test_a_city_may_ask_for_more_or_fewer_cases():
    counts = _counts(("A", "x", 20, {}), ("C", "x", 3, {}))
    assert reason_quality(counts, 14, 3)["score"].notna().all()
    assert reason_quality(counts, 14, 21)["score"].isna().all()
    quality = pd.DataFrame({"rejections": [20.0, 3.0], "empty": [1.0, 1.0]}, index=list("AC"))
    assert too_simple(quality, min_n=3).notna().all()
    assert fewest() == 20


def test_too_many_empty_reasons_are_more_than_a_quarter_beyond_chance():
    quality = pd.DataFrame({"rejections": [40.0, 40.0, 10.0], "empty": [0.25, 0.5, 1.0]}, index=list("ABC"))
    p = too_simple(quality)
    # By the binomial's own sum: ten or more, twenty or more of forty at a quarter.
    tail = [sum(comb(40, k) * 0.25**k * 0.75 ** (40 - k) for k in range(x, 41)) for x in (10, 20)]
    assert p[["A", "B"]].tolist() == pytest.approx(tail)
    assert np.isnan(p["C"])


def test_divergence_is_the_jensen_shannon_distance():
    rows = reason_quality(_counts(("A", "collateral", 10, {}), ("B", "score", 10, {})), categories=2)
    # P = (1, 0), Q = (½, ½), M = (¾, ¼): JSD = ½ log₂(4/3) + ½ (½ log₂(2/3) + ½ log₂ 2) = 0.3113, its root 0.5579.
    assert rows["divergence"].tolist() == pytest.approx([0.55792, 0.55792], abs=1e-5)


def test_median_length_counts_every_case():
    lengths = pd.DataFrame({"bank": ["A", "A", "A", "B"], "length": [0.0, 4.0, 9.0, 7.0], "n": [3.0, 2.0, 1.0, 1.0]})
    # A: 0 0 0 4 4 9, the middle two are 0 and 4.
    assert median_length(lengths).to_dict() == {"A": 2.0, "B": 7.0}
