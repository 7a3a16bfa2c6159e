"""Metrics of a progress frame: one row per group, additive measures as columns, NaN = not reported.

Every metric here is a sum of measures, or one sum over another; the catalogue says which. Ratios are recomputed from
their measures, never averaged: ``totals`` adds the measures and the rates of the total follow from them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.catalogue import Metric, load_terms, metric

Array = NDArray[np.floating[Any]]


class MissingMeasureError(KeyError):
    """A frame or row lacks a measure that a metric reads; the message names both."""

    def __str__(self) -> str:
        return str(self.args[0])


class NotComputableError(ValueError):
    """A metric is not made of the measures of a progress frame; the message names the function that computes it."""


def compute(frame: pd.DataFrame, key: str) -> "pd.Series[float]":
    """Return the values of a metric, one per row of ``frame``, under the frame's index and named by the metric's key.

    ``key`` is a metric's key or id. Percentages are numbers like 103.68, money is in yuan. NaN where the denominator
    is zero or a measure is NaN. Raises ``UnknownMetricError``, ``NotComputableError`` for a metric that needs another
    input, and ``MissingMeasureError`` if the frame lacks a measure.
    """
    definition = metric(key)
    values = _values(definition, _columns(frame, definition))
    return pd.Series(values, index=frame.index, name=definition.key)


def evaluate(frame: pd.DataFrame, keys: Iterable[str], by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the columns ``by`` of ``frame`` followed by one column per metric in ``keys`` (named by its key).

    Values and errors as in ``compute``.
    """
    definitions = [metric(key) for key in keys]
    columns = {entry.key: _values(entry, _columns(frame, entry)) for entry in definitions}
    return pd.concat([frame[list(by)], pd.DataFrame(columns, index=frame.index)], axis=1)


def parts(row: Mapping[str, float], key: str) -> tuple[float, float]:
    """Return numerator and denominator of a metric in one row of measures (NaN as denominator if it has none).

    Raises as ``compute`` does.
    """
    definition = computable(metric(key))
    top = sum(_measure(row, name, definition) for name in definition.numerator)
    bottom = sum(_measure(row, name, definition) for name in definition.denominator)
    return top, bottom if definition.is_ratio else np.nan


def totals(frame: pd.DataFrame) -> "pd.Series[float]":
    """Return the sum of every measure of ``frame`` over its rows: the row from which a total's rates are computed.

    A measure that is NaN in any row is NaN in the total (a part that was not reported leaves the whole unknown), as
    is one that cannot be summed (a distinct count of visitors). Zero rows give zeros. Raises ``ValueError`` for a
    frame grouped by bank: an enterprise that several banks touched would count several times; ask the store instead.
    """
    if "bank" in frame.columns:
        raise ValueError("rows of banks do not add up to the city; query the total without grouping by bank")
    measures = load_terms().measure
    present = [name for name in frame.columns if name in measures]
    sums = frame[present].to_numpy(dtype=np.float64).sum(axis=0)  # at once: a frame hands out its columns slowly
    values = [total if measures[name].additive else np.nan for name, total in zip(present, sums, strict=True)]
    return pd.Series(values, index=present, dtype="float64")


def computable(definition: Metric) -> Metric:
    """Return ``definition`` itself, or raise ``NotComputableError`` if it needs more than a progress frame."""
    if definition.numerator:
        return definition
    told = f"{definition.id} {definition.key} is not made of progress measures; use {definition.computed_by}"
    raise NotComputableError(told)


def ratio(top: Array, bottom: Array, scale: float = 1.0) -> Array:
    """Return ``top × scale ÷ bottom`` element by element, NaN where ``bottom`` is zero or either side is NaN.

    Scaled first: 820 ÷ 800 in per cent is then 102.5 and not 102.49999999999999.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(bottom == 0, np.nan, top * scale / bottom)


def _columns(frame: pd.DataFrame, definition: Metric) -> dict[str, Array]:
    missing = [name for name in computable(definition).measures if name not in frame.columns]
    if missing:
        raise MissingMeasureError(f"{definition.id} {definition.key} reads {', '.join(missing)}: not in the frame")
    return {name: frame[name].to_numpy(dtype=np.float64) for name in definition.measures}


def _measure(row: Mapping[str, float], name: str, definition: Metric) -> float:
    if name not in row:
        raise MissingMeasureError(f"{definition.id} {definition.key} reads {name}: not in the row")
    return float(row[name])


def _values(definition: Metric, measures: Mapping[str, Array]) -> Array:
    top = _sum(definition.numerator, measures)
    if not definition.is_ratio:
        return top * definition.scale
    return ratio(top, _sum(definition.denominator, measures), definition.scale)


def _sum(names: Sequence[str], measures: Mapping[str, Array]) -> Array:
    added: Array = np.sum([measures[name] for name in names], axis=0, dtype=np.float64)
    return added
