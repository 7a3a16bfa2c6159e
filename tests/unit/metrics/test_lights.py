"""Lights have no gap: every score has one state, bounds included."""

import math

import pandas as pd
import pytest

from metrics.lights import Light, Thresholds, light, lights

PACE = Thresholds(good=100.0, warning=90.0)
DAYS = Thresholds(good=10.0, warning=30.0)


@pytest.mark.parametrize(
    ("score", "state"),
    [
        (171.4, Light.GOOD),
        (100.0, Light.GOOD),
        (99.999, Light.WARNING),
        (90.0, Light.WARNING),
        (89.999, Light.BEHIND),
        (0.0, Light.BEHIND),
        (-5.0, Light.BEHIND),
        (math.inf, Light.GOOD),
        (-math.inf, Light.BEHIND),
    ],
)
def test_a_score_has_one_light(score, state):
    assert light(score, PACE) is state


@pytest.mark.parametrize(
    ("score", "state"),
    [(0.0, Light.GOOD), (10.0, Light.GOOD), (10.001, Light.WARNING), (30.0, Light.WARNING), (30.001, Light.BEHIND)],
)
def test_lower_may_be_better(score, state):
    assert light(score, DAYS) is state


def test_binary_noise_does_not_turn_a_light():
    assert light(100.0 * 0.63 / 0.7, PACE) is Light.WARNING
    assert light(90.0 - 1e-12, PACE) is Light.WARNING


def test_the_unknown_has_no_light():
    assert light(math.nan, PACE) is None


def test_a_column_of_lights():
    states = lights(pd.Series([100.0, 95.0, 10.0, math.nan], index=list("abcd")), PACE)
    assert states.tolist() == ["good", "warning", "behind", None]
    assert states.index.tolist() == list("abcd")


@pytest.mark.parametrize(("good", "warning"), [(90.0, 90.0), (math.nan, 90.0), (100.0, math.inf)])
def test_thresholds_must_leave_room_for_every_light(good, warning):
    with pytest.raises(ValueError, match="two different numbers"):
        Thresholds(good, warning)
