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

WITHHELD = "＊"


class State(StrEnum):
    """Why a figure shows what it shows."""

    OK = "ok"
    UNDEFINED = "undefined"  # reported, but there is nothing to divide by or too little to say: "—"
    NOT_REPORTED = "not_reported"  # an import table behind it never arrived: 未报送
    SUPPRESSED = "suppressed"  # for a shared screen: rests on too few enterprises, or would tell one that does


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric's value for one scope.

    ``value`` is None unless ``state`` is OK; it is in the metric's unit (per cent as 103.68, money in yuan).
    ``numerator`` and ``denominator`` are the numbers behind it where the formula has them, and are withheld along
    with a suppressed value, whose ``smallest`` is the limit it fell below (0: it is withheld for another's sake).
    """

    metric: Metric
    state: State
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    smallest: int = 0

    @property
    def unit(self) -> str:
        """The code of the unit the value is in."""
        return self.metric.unit

    @property
    def mark(self) -> str:
        """What stands in place of the value: "—", "<5", "＊"; "" for a value, and for the state that needs words."""
        if self.state is State.SUPPRESSED:
            return f"<{self.smallest}" if self.smallest else WITHHELD
        return "—" if self.state is State.UNDEFINED else ""


def figure(
    row: "Mapping[str, float] | pd.Series[float]",
    key: str,
    reported: Collection[str] | None = None,
    *,
    smallest: int = 0,
) -> Figure:
    """Return the figure of a metric in one row of a progress frame (or of ``totals``).

    ``reported`` names the import tables that were reported; a metric that needs another one is NOT_REPORTED. Without
    it, a measure that is NaN counts as not reported; with it, such a measure is UNDEFINED, because it does not apply
    to this row (a bank has no visit list). It is SUPPRESSED if it rests on at least one but fewer than ``smallest``
    enterprises on either side of its formula: the limit of a shared screen, 0 elsewhere.
    Raises as ``metrics.compute.compute`` does.
    """
    definition = computable(metric(key))
    cells = {str(name): value for name, value in row.items()}
    if _is_missing(definition, reported):
        return Figure(definition, State.NOT_REPORTED)
    top, bottom = parts(cells, key)
    if smallest and _is_small(cells, definition, smallest):
        return Figure(definition, State.SUPPRESSED, smallest=smallest)
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


def bases(definition: Metric) -> frozenset[str]:
    """Return the measures that count the enterprises a metric rests on, on both sides of its formula."""
    measures = load_terms().measure
    return frozenset(measures[measure].basis for measure in definition.measures)


def _is_small(row: Mapping[str, float], definition: Metric, smallest: int) -> bool:
    for name in bases(definition):
        if name not in row:
            raise MissingMeasureError(f"{definition.id} {definition.key} rests on {name}: not in the row")
        if 0 < row[name] < smallest:
            return True
    return False
