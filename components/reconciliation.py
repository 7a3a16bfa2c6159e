"""Published figures beside what the store gives for them: for the data page and for ``make reconcile``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from data_access.entered import Entered, list_entries
from data_access.profile import Label, Profile, Published
from data_access.queries.measures import MEASURES
from data_access.queries.published import counted, is_at_least, is_counted, measures_at, measures_by_date
from data_access.selection import Scope, Selection
from data_access.store import Store
from metrics.catalogue import metric
from metrics.compute import compute
from metrics.reconcile import Reconciliation, reconcile

# A date and a region ("" for the whole city), and the measures there.
_Measures = Mapping[tuple[date, str], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A published figure and how it compares with the store; ``entry`` is what a person entered, if one did."""

    figure: Published
    outcome: Reconciliation
    region: str = ""
    entry: Entered | None = None

    def explained(self, lang: str) -> str:
        """Return why the figure differs, as far as somebody wrote it down."""
        if self.entry is not None:
            return self.entry.explanation
        return "" if self.figure.metric else self.figure.noted(lang)


def compare_published(store: Store, profile: Profile, scope: Scope) -> list[Comparison]:
    """Return every published figure of ``profile`` with its comparison, in the profile's order.

    They are the whole city's: a scope of less has nothing to compare them with, and gets none.

    A figure that nothing in the store computes counts as explained by its note. One that is computed and differs by
    more than its rounding does not: its note speaks of how it was printed. Raises ``FormulaError`` and
    ``UnknownMetricError`` for a figure whose metric does not exist.
    """
    if not scope.is_everything:
        return []
    asked = [figure.metric for figure in profile.published if figure.metric and not is_counted(figure)]
    counts = counted(store, profile, scope)
    measures = measures_by_date(store, profile, scope, _needed(asked))
    computed = {
        figure.id: counts[figure.id] if is_counted(figure) else _metric(figure.metric, measures[figure.as_of])
        for figure in profile.published
        if figure.metric and figure.as_of
    }
    return [_compared(figure, computed.get(figure.id)) for figure in profile.published]


def compare_entered(store: Store, scope: Scope) -> list[Comparison]:
    """Return every current entry of a person with its comparison, the latest first.

    One that nothing in the store computes counts as explained by its source.
    """
    entries = list_entries(store, scope)
    measures = _measures(store, scope, entries)
    return [_entered(entry, measures) for entry in reversed(entries)]


def _measures(store: Store, scope: Scope, entries: Iterable[Entered]) -> _Measures:
    asked: dict[tuple[date, str], list[str]] = {}
    for entry in entries:
        if metric(entry.metric).measures:
            asked.setdefault((entry.as_of, entry.region), []).append(entry.metric)
    return {
        (day, region): measures_at(
            store, scope, Selection(as_of=day, regions=(region,) if region else ()), _needed(keys)
        )
        for (day, region), keys in asked.items()
    }


def _needed(keys: Iterable[str]) -> tuple[str, ...]:
    """Return the measures that metrics, or measures themselves, are computed from."""
    return tuple(dict.fromkeys(name for key in keys for name in ((key,) if key in MEASURES else metric(key).measures)))


def _entered(entry: Entered, measures: _Measures) -> Comparison:
    name = metric(entry.metric).name
    figure = Published(
        f"entered-{entry.entry_id}", Label(name.zh, name.en), entry.metric, entry.raw_text, entry.value, entry.unit,
        entry.step, entry.as_of, entry.source, entry.note,
    )  # fmt: skip
    is_computed = bool(metric(entry.metric).measures)
    outcome = reconcile(
        entry.value, entry.step,
        _metric(entry.metric, measures[entry.as_of, entry.region]) if is_computed else None,
        explanation=entry.explanation if is_computed else entry.source, at_least=is_at_least(figure),
    )  # fmt: skip
    return Comparison(figure, outcome, entry.region, entry)


def _metric(key: str, measures: Mapping[str, float]) -> float:
    if key in measures:
        return measures[key]
    return float(compute(pd.DataFrame([measures]), key).iloc[0])


def _compared(figure: Published, computed: float | None) -> Comparison:
    explanation = "" if figure.metric else figure.note
    outcome = reconcile(figure.value, figure.step, computed, explanation=explanation, at_least=is_at_least(figure))
    return Comparison(figure, outcome)
