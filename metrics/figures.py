"""One figure as it is shown: its value or the reason there is none, with the numbers its formula was fed.

Missing is not zero. A figure is in exactly one of four states, and a card, a table cell and an exported sheet all
show the same one.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from metrics.catalogue import Metric, load_terms, metric
from metrics.compute import MissingMeasureError, computable, parts


class State(StrEnum):
    """Why a figure shows what it shows."""

    OK = "ok"
    UNDEFINED = "undefined"  # reported, but there is nothing to divide by or too little to say: "—"
    NOT_REPORTED = "not_reported"  # an import table behind it never arrived: 未报送
    SUPPRESSED = "suppressed"  # rests on too few enterprises to be shown on a shared screen: "<5"


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric's value for one scope.

    ``value`` is None unless ``state`` is OK; it is in the metric's unit (per cent as 103.68, money in yuan).
    ``numerator`` and ``denominator`` are the numbers behind it where the formula has them, and are withheld along
    with a suppressed value.
    """

    metric: Metric
    state: State
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None

    @property
    def unit(self) -> str:
        """The code of the unit the value is in."""
        return self.metric.unit

    @property
    def mark(self) -> str:
        """What stands in place of the value: "—", "<5"; "" for a value, and for the state that needs words."""
        if self.state is State.SUPPRESSED:
            return f"<{self.metric.min_n}"
        return "—" if self.state is State.UNDEFINED else ""


def figure(
    row: "Mapping[str, float] | pd.Series[float]",
    key: str,
    reported: Collection[str] | None = None,
    *,
    shared: bool = False,
) -> Figure:
    """Return the figure of a metric in one row of a progress frame (or of ``totals``).

    ``reported`` names the import tables that were reported; a metric that needs another one is NOT_REPORTED. Without
    it, a measure that is NaN counts as not reported; with it, such a measure is UNDEFINED, because it does not apply
    to this row (a bank has no visit list). On a ``shared`` screen a figure is SUPPRESSED if it rests on at least one
    but fewer than ``min_n`` enterprises on either side of its formula. Raises as ``metrics.compute.compute`` does.
    """
    definition = computable(metric(key))
    cells = {str(name): value for name, value in row.items()}
    if _is_missing(definition, reported):
        return Figure(definition, State.NOT_REPORTED)
    top, bottom = parts(cells, key)
    if shared and _is_small(cells, definition):
        return Figure(definition, State.SUPPRESSED)
    if math.isnan(top) or (definition.is_ratio and math.isnan(bottom)):
        return Figure(definition, State.NOT_REPORTED if reported is None else State.UNDEFINED)
    if not definition.is_ratio:
        return Figure(definition, State.OK, top * definition.scale, top)
    if bottom == 0:
        return Figure(definition, State.UNDEFINED, None, top, bottom)
    return Figure(definition, State.OK, top * definition.scale / bottom, top, bottom)


def figure_of(
    key: str,
    value: float | None,
    reported: Collection[str] | None = None,
    *,
    numerator: float | None = None,
    denominator: float | None = None,
) -> Figure:
    """Return the figure of a metric that another function computed (a pace gap, a median, a published rank).

    None means that nobody supplied it (NOT_REPORTED), NaN that it could not be computed (UNDEFINED); ``reported`` as
    in ``figure``. Raises ``UnknownMetricError``.
    """
    definition = metric(key)
    if value is None or _is_missing(definition, reported):
        return Figure(definition, State.NOT_REPORTED)
    if math.isnan(value):
        return Figure(definition, State.UNDEFINED, None, numerator, denominator)
    return Figure(definition, State.OK, float(value), numerator, denominator)


def _is_missing(definition: Metric, reported: Collection[str] | None) -> bool:
    return reported is not None and not set(definition.needs) <= set(reported)


def _is_small(row: Mapping[str, float], definition: Metric) -> bool:
    """Whether any count of enterprises behind the figure is between 1 and ``min_n`` − 1."""
    measures = load_terms().measure
    for name in {measures[measure].basis for measure in definition.measures}:
        if name not in row:
            raise MissingMeasureError(f"{definition.id} {definition.key} rests on {name}: not in the row")
        if 0 < row[name] < definition.min_n:
            return True
    return False
