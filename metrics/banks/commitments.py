"""Did a commitment come true, or did the figure only wobble: the change of a share or an amount against its noise."""

from dataclasses import dataclass
from enum import StrEnum
from math import isnan, log, sqrt

from scipy import stats
from statsmodels.stats.proportion import proportions_ztest


class Verdict(StrEnum):
    """What became of a commitment."""

    MET = "met"  # the promised figure is reached
    BETTER = "better"  # better by more than chance explains, not there yet
    SAME = "same"  # no change that chance would not explain
    WORSE = "worse"  # worse by more than chance explains
    UNKNOWN = "unknown"  # cannot be measured any more


@dataclass(frozen=True, slots=True)
class Measurement:
    """A figure with what it rests on: its ``value``, and its standard error on the scale it is compared on.

    For a share ``x`` of ``n`` give both: the comparison is then the two-sample test of proportions. For a ratio of
    amounts or counts give the standard error of its logarithm as ``log_error``.
    """

    value: float
    x: float = float("nan")
    n: float = float("nan")
    log_error: float = float("nan")


def change_p(before: Measurement, now: Measurement) -> float:
    """Return the two-sided probability of a change at least this large if nothing had changed; NaN if unknown."""
    if not any(isnan(value) for value in (before.x, before.n, now.x, now.n)) and before.n > 0 and now.n > 0:
        if before.x + now.x in (0.0, before.n + now.n):
            return 1.0
        return float(proportions_ztest([now.x, before.x], [now.n, before.n])[1])
    error = sqrt(before.log_error**2 + now.log_error**2)
    if isnan(error) or error <= 0 or before.value <= 0 or now.value <= 0:
        return float("nan")
    return float(2.0 * stats.norm.sf(abs(log(now.value / before.value)) / error))


def judge(before: Measurement, now: Measurement, promised: float, *, higher_is_better: bool = True) -> Verdict:
    """Return what became of the promise to bring a figure from ``before`` to ``promised``, by ``now`` (5 %)."""
    if isnan(now.value):
        return Verdict.UNKNOWN
    sign = 1.0 if higher_is_better else -1.0
    if sign * (now.value - promised) >= 0:
        return Verdict.MET
    p = change_p(before, now)
    if isnan(p) or p >= 0.05:
        return Verdict.SAME
    return Verdict.BETTER if sign * (now.value - before.value) > 0 else Verdict.WORSE
