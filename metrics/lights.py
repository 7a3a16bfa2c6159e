"""Traffic lights without gaps: every number falls into exactly one of three states, given the city's thresholds."""

import math
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

# Rates computed from counts carry errors near 1e-14; a county at exactly 90 % must not fail for one of those.
_DECIMALS = 9


class Light(StrEnum):
    """A state and never only a colour: 达标, 预警, 滞后."""

    GOOD = "good"
    WARNING = "warning"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the lights change, in the unit of the score they are applied to (say, per cent of the schedule).

    A score at ``good`` or better is good, at ``warning`` or better a warning, and anything else behind. If lower is
    better (days, overdue cases), ``good`` is below ``warning``; the order of the two says so. Raises ``ValueError``
    if they are equal or not numbers, because then one state could never occur.
    """

    good: float
    warning: float

    def __post_init__(self) -> None:
        """Refuse thresholds that leave no room for a warning."""
        if not math.isfinite(self.good) or not math.isfinite(self.warning) or self.good == self.warning:
            raise ValueError(f"thresholds must be two different numbers, not {self.good} and {self.warning}")


def light(score: float, thresholds: Thresholds) -> Light | None:
    """Return the light of one score; None for NaN (nothing reported, nothing to judge)."""
    if math.isnan(score):
        return None
    direction = 1.0 if thresholds.good > thresholds.warning else -1.0
    value = round(score, _DECIMALS) * direction
    if value >= thresholds.good * direction:
        return Light.GOOD
    return Light.WARNING if value >= thresholds.warning * direction else Light.BEHIND


def lights(scores: "pd.Series[float]", thresholds: Thresholds) -> "pd.Series[str]":
    """Return the light of every score as "good", "warning" or "behind"; None for NaN. Index of ``scores``."""
    states = [None if state is None else state.value for state in (light(s, thresholds) for s in scores)]
    return pd.Series(states, index=scores.index, name="light", dtype="object")
