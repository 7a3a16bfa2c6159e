"""The numbers a figure is made from: each with the rows it counts, and the import batches they came from."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from components.campaigns.rows import meeting_figure, meeting_rows
from components.context import Context
from components.inputs import MEETINGS, title_of, unit_of
from components.origins import Origin
from components.reads import remember, rules
from components.smallcells import with_bases
from data_access.importing.tables import TABLES
from data_access.queries.lineage import added_up, batches_behind, batches_of, batches_of_rows
from data_access.queries.measures import MEASURES
from data_access.queries.progress import progress_by
from data_access.queries.rowsets import ROWSETS, rowset_rows, rowset_total
from metrics.catalogue import metric

# A sum of floats in another order may differ in its last places.
_CLOSE = 1e-6


@dataclass(frozen=True)
class Side:
    """One measure or row set of a figure: its value (None: not reported), and what its rows add up to."""

    key: str
    title: str
    unit: str
    value: float | None
    rows: int
    total: float

    @property
    def agrees(self) -> bool:
        """Whether the rows add up to the value."""
        return self.value is not None and abs(self.value - self.total) <= _CLOSE * max(1.0, abs(self.value))


def measured(context: Context, origin: Origin) -> list[Side]:
    """Return the sides of a figure with what their rows add up to, those above the line first."""
    names = origin.source.keys
    return remember(context, "lineage.sides", lambda: _measured(context, origin, names), origin) if names else []


def _measured(context: Context, origin: Origin, names: Sequence[str]) -> list[Side]:
    of_measures = tuple(name for name in names if name in MEASURES)
    row = _of_measures(context, origin, of_measures) if of_measures else {}
    return [_side(context, origin, name, row.get(name)) for name in names]


def _of_measures(context: Context, origin: Origin, names: tuple[str, ...]) -> dict[str, float]:
    cell, selection = origin.cell, origin.place.selection(context)
    frame = progress_by(context.store, context.scope, selection, tuple(cell), names, rules(context))
    for name, value in cell.items():
        frame = frame[frame[name] == value]
    return {name: float(frame[name].iloc[0]) if len(frame) else 0.0 for name in names}


def cells_beside(context: Context, origin: Origin, names: tuple[str, ...]) -> pd.DataFrame:
    """Return measures, and what counts their enterprises, of every cell of the table that a figure stands in."""
    asked = with_bases(names)
    return progress_by(
        context.store, context.scope, origin.place.selection(context), tuple(origin.cell), asked, rules(context)
    )


def _side(context: Context, origin: Origin, name: str, value: float | None) -> Side:
    title, unit = title_of(name, context.t, context.lang), unit_of(name)
    store, scope, selection, cell = context.store, context.scope, origin.place.selection(context), origin.cell
    value = value if name in MEASURES else told(context, origin, name)
    if value is None or pd.isna(value):
        return Side(name, title, unit, None, 0, 0.0)
    if name in MEETINGS:
        found = meeting_rows(context, name, cell)
        return Side(name, title, unit, value, len(found), float(found["weight"].sum()))
    if name in ROWSETS:
        return Side(name, title, unit, value, *rowset_total(store, name, scope, selection, cell))
    return Side(name, title, unit, value, *added_up(store, scope, selection, name, cell, rules(context)))


def told(context: Context, origin: Origin, name: str) -> float | None:
    """Return what a row set or the rows of meetings come to in a place; None where it was not reported."""
    if name in MEETINGS:
        return meeting_figure(context, name, origin.cell) if MEETINGS[name][2] in context.reported else None
    if not set(ROWSETS[name].tables) <= context.reported:
        return None
    return ROWSETS[name].figure(context.store, context.scope, origin.place.selection(context), origin.cell)


def first_rows(context: Context, origin: Origin, key: str, limit: int) -> pd.DataFrame:
    """Return the first rows of a row set, with the columns of ``data_access.queries.rowset``; none of a measure."""
    if key in MEETINGS:
        return meeting_rows(context, key, origin.cell).head(limit)
    selection = origin.place.selection(context)
    return rowset_rows(context.store, key, context.scope, selection, origin.cell, limit=limit)


def batches(context: Context, origin: Origin) -> pd.DataFrame:
    """Return the import batches behind a figure, as ``batches_behind``."""
    return remember(context, "lineage.batches", lambda: _batches(context, origin), origin)


def _batches(context: Context, origin: Origin) -> pd.DataFrame:
    selection, scope, store, keys = origin.place.selection(context), context.scope, context.store, origin.source.keys
    if keys and all(key in MEASURES for key in keys):
        return batches_behind(store, scope, selection, keys, origin.cell, rules(context))
    if keys and all(key in ROWSETS for key in keys):
        return batches_of_rows(store, scope, selection, keys, origin.cell)
    return batches_of(store, scope, selection, _tables(origin))


def _tables(origin: Origin) -> list[str]:
    """Return the import tables of a figure that no measure or row set is all of."""
    if origin.key.partition("/")[0] in MEETINGS:
        return list(dict.fromkeys(MEETINGS[key][2] for key in origin.source.keys))
    return list(dict.fromkeys(name for name in metric(origin.key).tables if name in TABLES))


def batches_of_metrics(context: Context, keys: Sequence[str]) -> list[pd.DataFrame]:
    """Return the batches behind several metrics of the whole selection: of their measures, and of the other tables."""
    store, scope, selection = context.store, context.scope, context.selection
    entries = [metric(key) for key in keys]
    measures = tuple(dict.fromkeys(name for entry in entries for name in entry.measures))
    tables = dict.fromkeys(name for e in entries if not e.measures for name in e.tables if name in TABLES)
    found = []
    if measures:
        found.append(batches_behind(store, scope, selection, measures, None, rules(context)))
    if tables:
        found.append(batches_of(store, scope, selection, tables))
    return found
