"""Published figures beside what the store gives for them: for the data page and for ``make reconcile``."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from data_access.profile import Profile, Published
from data_access.queries.published import counted, is_at_least, is_counted, measures_by_date
from data_access.store import Store
from metrics.compute import compute
from metrics.reconcile import Reconciliation, reconcile


@dataclass(frozen=True, slots=True)
class Comparison:
    """A published figure and how it compares with the store."""

    figure: Published
    outcome: Reconciliation


def compare_published(store: Store, profile: Profile) -> list[Comparison]:
    """Return every published figure of ``profile`` with its comparison, in the profile's order.

    A figure that nothing in the store computes counts as explained by its note. One that is computed and differs by
    more than its rounding does not: its note speaks of how it was printed. Raises ``FormulaError`` and
    ``UnknownMetricError`` for a figure whose metric does not exist.
    """
    counts, measures = counted(store, profile), measures_by_date(store, profile)
    computed = {
        figure.id: counts[figure.id] if is_counted(figure) else _metric(figure, measures[figure.as_of])
        for figure in profile.published
        if figure.metric and figure.as_of
    }
    return [_compared(figure, computed.get(figure.id)) for figure in profile.published]


def _metric(figure: Published, measures: Mapping[str, float]) -> float:
    if figure.metric in measures:
        return measures[figure.metric]
    return float(compute(pd.DataFrame([measures]), figure.metric).iloc[0])


def _compared(figure: Published, computed: float | None) -> Comparison:
    explanation = "" if figure.metric else figure.note
    outcome = reconcile(figure.value, figure.step, computed, explanation=explanation, at_least=is_at_least(figure))
    return Comparison(figure, outcome)
