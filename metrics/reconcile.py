"""A published figure against the one computed from the store: equal within its rounding, explained, or open.

A published figure is only as exact as its last printed digit: 3.34 万户 stands for anything from 33,350 to 33,450.
"""

import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

# A computed share or sum carries binary rounding far below any printed digit.
_FLOAT_NOISE = Decimal("1e-12")


class Verdict(StrEnum):
    """What a comparison found."""

    WITHIN_ROUNDING = "within_rounding"
    EXPLAINED = "explained"  # differs, and somebody wrote down why
    OPEN = "open"  # differs without an explanation, or nothing was computed


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A comparison: ``difference`` is computed − published, None if nothing was computed."""

    published: float
    computed: float | None
    difference: float | None
    verdict: Verdict


def reconcile(
    published: float, step: float, computed: float | None, *, explanation: str = "", at_least: bool = False
) -> Reconciliation:
    """Compare a published figure with the computed one, both in the same unit (M73, M73b).

    ``step`` is the size of the last printed digit (100 for 3.34 万, 0.01 for 103.68 %; 0 for a figure that is meant
    exactly). The computed figure agrees if it lies within half a step on either side, bounds included because nobody
    says how halves were rounded; ``at_least`` is for "more than" (余, 超过): within one step above. ``explanation``
    says why they differ; without one, or without a computed figure (None or NaN), the case is open. Raises
    ``ValueError`` for a negative step.
    """
    if step < 0:
        raise ValueError(f"the rounding step of a published figure cannot be negative: {step}")
    if computed is None or math.isnan(computed):
        return Reconciliation(published, None, None, Verdict.EXPLAINED if explanation else Verdict.OPEN)
    gap, width = _exact(computed) - _exact(published), _exact(step)
    low, high = (Decimal(0), width) if at_least else (-width / 2, width / 2)
    noise = _FLOAT_NOISE * max(abs(_exact(published)), Decimal(1))
    if low - noise <= gap <= high + noise:
        verdict = Verdict.WITHIN_ROUNDING
    else:
        verdict = Verdict.EXPLAINED if explanation else Verdict.OPEN
    return Reconciliation(published, computed, float(gap), verdict)


def _exact(number: float) -> Decimal:
    """Return the number as it is written, so that 103.68 is 103.68 and not the nearest binary fraction."""
    return Decimal(repr(float(number)))
