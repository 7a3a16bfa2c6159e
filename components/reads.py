"""Remembered reads: every figure a page shows comes through here, once for each store version, scope and selection.

Frames and figures are handed out as they are, not copied: treat them as read-only. Figures, maps and the HTML of
cards and tables are remembered too; they are the same for every reader of one language, scope and sight.
"""

from collections.abc import Callable, Hashable, Sequence
from datetime import date
from functools import cache, partial
from typing import TypeVar

import pandas as pd

from components.context import Context
from components.memory import memory
from components.smallcells import COUNTED, fewest_shown, told_days, told_parts, told_whole, with_bases
from data_access.queries import progress as queries
from data_access.queries.history import daily_each
from data_access.queries.measures import MEASURES, Rules
from data_access.selection import Selection
from metrics.catalogue import load_terms

T = TypeVar("T")
# A page that draws one of these beside a figure draws them all: they are read at once.
COURSES = ("applied", "recommended", "approved", "approved_amount", "loan_amount")


def remember(context: Context, name: str, build: Callable[[], T], *key: Hashable) -> T:
    """Return ``build()``, remembered under ``name`` and ``key`` for this store version, reader's sight and filters.

    Two readers share what was made for one of them only if their scope is the same, and so is what they may see of it.
    """
    reader = (context.scope, context.sight)
    whole = (name, *key, context.store.url, context.version, *reader, context.filters, context.lang)
    found: T = memory.get(whole, build)
    return found


def rules(context: Context) -> Rules:
    """Return the city's rules that measures depend on."""
    settings = context.profile.settings
    known = Rules()
    return Rules(
        decision_days=int(settings.get("decision_days", known.decision_days)),
        from_documents=settings.get("decision_clock") == "docs_complete",
        inclusive_cap=float(settings.get("inclusive_cap", known.inclusive_cap)),
    )


def progress(
    context: Context,
    by: tuple[str, ...] = (),
    measures: tuple[str, ...] = MEASURES,
    *,
    at: date | None = None,
    regions: tuple[str, ...] | None = None,
) -> pd.DataFrame:
    """Return ``progress_by`` for the reader's selection, at another date or in other regions if these are given.

    Without the small counts that the reader may not see, nor what rests on them.
    """
    day = context.filters.as_of if at is None else at
    if not fewest_shown(context):
        return progress_at(context, [(day, measures)], by, regions=regions)[0]
    (found,) = progress_at(context, [(day, with_bases(measures))], by, regions=regions)
    return _columns(told_parts(context, found) if by else told_whole(context, found), by, measures)


def progress_at(
    context: Context,
    asked: Sequence[tuple[date, tuple[str, ...]]],
    by: tuple[str, ...] = (),
    *,
    regions: tuple[str, ...] | None = None,
) -> list[pd.DataFrame]:
    """Return ``progress`` at several dates, each with its measures; what is not remembered yet is read at once."""
    selection = context.selection
    if regions is not None:
        levels = {context.profile.region_by_code[code].level for code in regions}
        selection = selection.within(*regions, level=levels.pop() if len(levels) == 1 else None)
    keys = [_key(context, "progress", selection.at(day), by, measures) for day, measures in asked]
    missing: dict[date, tuple[str, ...]] = {}
    for key, (day, measures) in zip(keys, asked, strict=True):
        if not memory.knows(key):
            missing[day] = (*missing.get(day, ()), *measures)

    def ask(wanted: dict[date, tuple[str, ...]]) -> dict[date, pd.DataFrame]:
        return queries.progress_at(
            context.store, context.scope, selection, wanted, by, rules(context), context.coverage
        )

    together = cache(lambda: ask(missing))

    def read(day: date, measures: tuple[str, ...]) -> pd.DataFrame:
        is_read = {*measures} <= {*missing.get(day, ())}  # else it was forgotten in the meantime
        found = together() if is_read else ask({day: measures})
        return _columns(found[day], by, measures)

    return [memory.get(key, partial(read, day, measures)) for key, (day, measures) in zip(keys, asked, strict=True)]


def _columns(frame: pd.DataFrame, by: tuple[str, ...], measures: tuple[str, ...]) -> pd.DataFrame:
    """Return the frame of one question out of that of several: its measures in the order of the catalogue."""
    names = [*by, *(name for name in MEASURES if name in measures)]
    return frame if len(names) == frame.shape[1] else frame[names]


def increments(context: Context, measure: str) -> pd.DataFrame:
    """Return the daily increments of ``measure`` for the reader's selection: columns ``day`` and ``n``.

    A few that the reader may not see are told with those of later days.
    """
    selection = context.selection
    together = COURSES if measure in COURSES else (measure,)

    def read() -> dict[str, pd.DataFrame]:
        return daily_each(context.store, context.scope, selection, together)

    found = _read(context, read, "daily", selection, together)[measure]
    return told_days(context, found) if load_terms().measure[measure].unit == COUNTED else found


def _read(context: Context, read: Callable[[], T], name: str, selection: Selection, *key: Hashable) -> T:
    found: T = memory.get(_key(context, name, selection, *key), read)
    return found


def _key(context: Context, name: str, selection: Selection, *key: Hashable) -> tuple[Hashable, ...]:
    return (name, *key, context.store.url, context.version, context.scope, selection)
