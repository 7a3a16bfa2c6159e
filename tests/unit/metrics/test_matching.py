"""Matching by hand, against the textbook, and by simulation."""

import numpy as np
import pandas as pd
import pytest

from metrics import matching
from metrics.matching import balance, compare, compare_by, left_over, risk_difference, standardised

ON = ("cell",)


def rows(*entries):
    """Return a frame of (cell, attended, n, approved)."""
    return pd.DataFrame(entries, columns=["cell", "attended", "n", "approved"])


def test_the_difference_of_two_cells_by_hand():
    # Cell 1: 20 of 40 against 10 of 40; cell 2: 10 of 10 against 30 of 90; cell 3 has no control, cell 4 nobody.
    frame = rows(
        (1, True, 40.0, 20.0), (1, False, 40.0, 10.0), (2, True, 10.0, 10.0), (2, False, 90.0, 30.0),
        (3, True, 5.0, 5.0), (4, False, 9.0, 0.0),
    )  # fmt: skip
    found = compare(frame, ON)
    # Weights n1·n0/n: 20 and 9. Differences 1/4 and 2/3: (20/4 + 9·2/3) / 29.
    assert found.difference == pytest.approx(100 * 11 / 29)
    assert found.rate == pytest.approx(100 * (20 * 0.5 + 9 * 1.0) / 29)
    assert found.control_rate == pytest.approx(found.rate - found.difference)
    assert (found.attended, found.matched, found.controls, found.cells) == (55, 50, 130, 2)
    assert found.low < found.difference < found.high
    assert found.tells_apart


def test_one_large_cell_gives_the_usual_standard_error():
    n = np.array([2_000.0])
    difference, error = risk_difference(np.array([600.0]), n, np.array([400.0]), n)
    assert difference == pytest.approx(0.1)
    assert error == pytest.approx(np.sqrt(0.3 * 0.7 / 2_000 + 0.2 * 0.8 / 2_000), rel=1e-3)


@pytest.mark.parametrize(
    ("matched", "approved", "refusal"),
    [(29.0, 20.0, "few_matched"), (30.0, 4.0, "few_approved"), (30.0, 20.0, "")],
)
def test_a_comparison_is_refused_where_too_few_match(matched, approved, refusal):
    frame = rows((1, True, matched, approved), (1, False, 100.0, 10.0))
    found = compare(frame, ON)
    assert found.refusal == refusal
    assert np.isnan(found.difference) == bool(refusal)
    assert not (refusal and found.tells_apart)


def test_no_attendant_at_all_is_refused():
    assert compare(rows((1, False, 100.0, 10.0)), ON).refusal == "few_matched"


def test_without_an_effect_the_interval_covers_zero_in_about_95_of_100_draws():
    rng = np.random.default_rng(7)
    cells, draws = 60, 1_500
    n1, n0 = rng.integers(1, 7, cells).astype(float), rng.integers(3, 200, cells).astype(float)
    share = rng.beta(0.6, 2.5, cells)  # cells differ widely, as stages do
    covered = 0
    for _ in range(draws):
        difference, error = risk_difference(
            rng.binomial(n1.astype(int), share).astype(float), n1, rng.binomial(n0.astype(int), share).astype(float), n0
        )
        covered += abs(difference) <= 1.96 * error
    assert covered / draws == pytest.approx(0.95, abs=0.02)


def test_an_effect_is_found_without_bias():
    rng = np.random.default_rng(8)
    n1, n0, share = np.full(40, 5), np.full(40, 60), np.linspace(0.05, 0.5, 40)
    found = [
        risk_difference(
            rng.binomial(n1, share + 0.2).astype(float), n1.astype(float), rng.binomial(n0, share).astype(float),
            n0.astype(float),
        )[0]
        for _ in range(400)
    ]  # fmt: skip
    assert np.mean(found) == pytest.approx(0.2, abs=0.01)


def test_balance_is_exact_in_what_was_matched_and_shows_what_was_not():
    frame = pd.DataFrame(
        [("a", "s", True, 30.0, 9.0), ("a", "m", True, 10.0, 3.0), ("a", "s", False, 10.0, 1.0),
         ("a", "m", False, 90.0, 9.0), ("b", "s", True, 10.0, 5.0), ("b", "m", False, 50.0, 5.0)],
        columns=["cell", "size", "attended", "n", "approved"],
    )  # fmt: skip
    register = pd.DataFrame(
        [("cell", "a", 100.0), ("cell", "b", 300.0), ("size", "s", 100.0), ("size", "m", 300.0)],
        columns=["trait", "level", "n"],
    )
    found = balance(frame, register, ON).set_index(["trait", "level"])
    assert found.loc[("cell", "a"), ["attended", "register", "matched", "controls"]].tolist() == [80, 25, 80, 80]
    assert found.loc[("cell", "a"), "after"] == 0.0
    # By size: 40 of 50 attendants are "s"; of the controls 10 of 100 in cell a, weighted to 40, and none in b.
    assert found.loc[("size", "s"), ["matched", "controls"]].tolist() == [80.0, 8.0]
    assert found.loc[("size", "s"), "before"] == pytest.approx(0.55 / np.sqrt((0.16 + 0.1875) / 2))


def test_parts_are_compared_as_if_they_were_alone():
    parts = [
        ("A", 1, True, 40.0, 20.0),
        ("A", 1, False, 80.0, 10.0),
        ("B", 1, True, 10.0, 9.0),
        ("B", 1, False, 9.0, 1.0),
    ]
    frame = pd.DataFrame(parts, columns=["county", "cell", "attended", "n", "approved"])
    found = compare_by(frame, "county", ("county", "cell"))
    assert found["A"] == compare(frame[frame["county"] == "A"], ("county", "cell"))
    assert found["B"].refusal == "few_matched"


def test_what_matching_left_in_a_trait_it_did_not_match_on():
    frame = pd.DataFrame(
        [("a", "s", True, 30.0, 0.0), ("a", "m", True, 10.0, 0.0), ("a", "s", False, 10.0, 0.0),
         ("a", "m", False, 90.0, 0.0)],
        columns=["cell", "size", "attended", "n", "approved"],
    )  # fmt: skip
    expected = float(standardised(np.array([75.0]), np.array([10.0]))[0])
    assert left_over(frame, "size", ON) == pytest.approx(expected)
    assert left_over(frame[frame["attended"]], "size", ON) == 0.0


def test_groups_that_do_not_vary_are_alike():
    assert standardised(np.array([100.0, 0.0, 50.0]), np.array([100.0, 0.0, 0.0])).tolist() == [
        0,
        0,
        pytest.approx(2**0.5),
    ]


def test_the_thresholds_are_named():
    assert matching.FEWEST_MATCHED == 30
    assert matching.MATCHED_ON == ("region_1", "industry_1", "entity_type", "tier", "stage", "held_on")
