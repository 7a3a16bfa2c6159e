"""How far the enterprises of a selection have come: the additive measures behind nearly every figure.

Grain: one row per combination of the dimensions in ``by``. Every measure is a float; NaN means that the import table
behind it was never reported, which is not zero. Money is in yuan. Counts of 户 come from the derived snapshots with
one row per enterprise, so they add up over any dimension of the enterprise and never over banks.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, FromClause, Select, select, true

from data_access.portable import count_if
from data_access.queries.filters import conditions
from data_access.queries.measures import (
    ENTERPRISE_FAMILIES,
    EVENT_FAMILIES,
    MEASURE_TABLES,
    MEASURES,
    OF_ALL_BANKS,
    Condition,
    EnterpriseFamily,
    EventFamily,
    Measure,
    Rules,
    within,
)
from data_access.queries.seen import folded
from data_access.schema import DIMENSIONS, activity, bank_progress, enterprise_progress, reach_days
from data_access.selection import Attribution, Scope, Selection
from data_access.store import Coverage, Store, reported


def progress_by(
    store: Store,
    scope: Scope,
    selection: Selection,
    by: Sequence[str] = (),
    measures: Collection[str] = MEASURES,
    rules: Rules | None = None,
    coverage: Mapping[str, Coverage] | None = None,
) -> pd.DataFrame:
    """Return ``measures`` for each combination of ``by`` (one row without ``by``): columns ``*by``, ``*measures``.

    ``by`` may name any of ``DIMENSIONS``, "bank" and "tags" (each combination as it is stored, ";a;b;"); the value ""
    is the unclassified. Rows are sorted by ``by``.
    Grouping, filtering or scoping by bank counts the enterprises a bank touched and how far it brought them, by the
    selection's attribution rule; the visit list is not a bank's, so ``listed`` is then NaN. A scope of banks counts any
    bank's touch, and the measures of ``OF_ALL_BANKS`` are NaN in it. ``balance`` is a stock
    and only known at the latest date: NaN at an earlier as-of. ``coverage`` is the store's, from a caller that has read
    it. Raises ``ValueError`` for an unknown dimension or measure.
    """
    asked = {selection.as_of: measures}
    return progress_at(store, scope, selection, asked, by, rules, coverage)[selection.as_of]


def progress_at(
    store: Store,
    scope: Scope,
    selection: Selection,
    asked: Mapping[date, Collection[str]],
    by: Sequence[str] = (),
    rules: Rules | None = None,
    coverage: Mapping[str, Coverage] | None = None,
) -> dict[date, pd.DataFrame]:
    """Return ``progress_by`` at each date of ``asked``, with the measures asked for there; ``as_of`` is not used.

    Each derived table is read once for all dates: reading it costs as much as counting in it.
    """
    unknown = {*by} - {*DIMENSIONS, "tags", "bank"} | {*chain(*asked.values())} - {*MEASURES}
    if unknown:
        raise ValueError(f"unknown dimension or measure: {', '.join(sorted(unknown))}")
    ordered = [name for name in MEASURES if any(name in measures for measures in asked.values())]
    dated = [
        _Dated(selection.at(day), [name for name in ordered if name in asked[day]])
        for day in sorted(asked, reverse=True)
    ]
    with store.connect() as connection:
        answers = [_answer(connection, query, len(by)) for query in _queries(scope, dated, by, rules or Rules())]
    reach, banks = store.coverage() if coverage is None else coverage, of_banks(scope, selection, by)
    return {
        one.selection.as_of: _merged(
            answers,
            by,
            one.wanted,
            number,
            _unreported(reach, one.selection, for_banks=banks) | {*(OF_ALL_BANKS if scope.banks is not None else ())},
        )
        for number, one in enumerate(dated)
    }


# How many events there are at an earlier date: without any, a combination is not known then.
_ROWS = "rows"
# The rows that meet one condition and not another are the difference of two counts that are made anyway.
_DIFFERENCES = {"visited_off_list": ("visited", "visited_listed")}


@dataclass(frozen=True, slots=True)
class _Dated:
    """A selection at one of the dates asked for, the latest first, and the measures wanted there."""

    selection: Selection
    wanted: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Answer:
    """The rows of one query: the dimensions of each, and its measures beside them, named "measure.number of date"."""

    names: Sequence[str]
    keys: Sequence[tuple[str, ...]]
    values: Sequence[tuple[float, ...]]


def _queries(scope: Scope, dated: Sequence[_Dated], by: Sequence[str], rules: Rules) -> list[Select[Any]]:
    wanted = {name for one in dated for name in one.wanted}
    queries = [
        _of_enterprises(family, scope, dated, by, rules)
        for family in ENTERPRISE_FAMILIES
        if not wanted.isdisjoint(family.names)
    ]
    queries += [
        _of_events(family, scope, dated, by, rules) for family in EVENT_FAMILIES if not wanted.isdisjoint(family.names)
    ]
    if "bank_visited" in wanted:
        queries.append(_bank_visited(scope, dated, by))
    return queries


def _answer(connection: Connection, query: Select[Any], n_keys: int) -> _Answer:
    result = connection.execute(query)
    rows: list[tuple[Any, ...]] = [tuple(row) for row in result.all()]
    return _Answer([*result.keys()][n_keys:], [row[:n_keys] for row in rows], [row[n_keys:] for row in rows])


def _merged(
    answers: Sequence[_Answer], by: Sequence[str], wanted: Sequence[str], number: int, unknown: Collection[str]
) -> pd.DataFrame:
    """Join the answers for one date on their dimensions: a combination that a query did not find counts 0 there."""
    column = {f"{name}.{number}": place for place, name in enumerate(wanted)}
    known = [found for answer in answers if (found := _at(answer, number, column))]
    keys = sorted({key for answer in known for key in answer.keys})
    row = {key: place for place, key in enumerate(keys)}
    values = np.zeros((len(keys), len(wanted)))
    for answer in known:
        if answer.values:
            values[np.ix_([row[key] for key in answer.keys], [column[name] for name in answer.names])] = answer.values
    values[:, [place for place, name in enumerate(wanted) if name in unknown]] = np.nan
    frame = pd.DataFrame(values, columns=list(wanted))
    for i, name in enumerate(by):
        frame.insert(i, name, pd.Series([key[i] for key in keys], dtype="str"))
    return frame


def _at(answer: _Answer, number: int, wanted: Collection[str]) -> _Answer | None:
    """Return the part of an answer that is about one date: its measures, and the combinations known by then."""
    picked = [place for place, name in enumerate(answer.names) if name in wanted]
    if not picked:
        return None
    rows = list(zip(answer.keys, answer.values, strict=True))
    if f"{_ROWS}.{number}" in answer.names:
        count = answer.names.index(f"{_ROWS}.{number}")
        rows = [(key, values) for key, values in rows if values[count]]
    return _Answer(
        [answer.names[place] for place in picked],
        [key for key, _ in rows],
        [tuple(values[place] for place in picked) for _, values in rows],
    )


def of_banks(scope: Scope, selection: Selection, by: Sequence[str]) -> bool:
    """Return whether a question is about banks: the rows then are those of an enterprise and a bank."""
    return "bank" in by or bool(selection.banks) or scope.banks is not None


def _unreported(coverage: Mapping[str, Coverage], selection: Selection, *, for_banks: bool) -> set[str]:
    """Return the measures that nobody can know: their table was not reported, or says nothing of this question."""
    known = reported(coverage)
    missing = {measure for measure, sources in MEASURE_TABLES.items() if not known.issuperset(sources)}
    if for_banks:
        missing.add("listed")
    loans = coverage.get("loans")
    if loans and loans.last_on and selection.as_of < loans.last_on:
        missing.add("balance")
    return missing


def _of_enterprises(
    family: EnterpriseFamily, scope: Scope, dated: Sequence[_Dated], by: Sequence[str], rules: Rules
) -> Select[Any]:
    selection = dated[0].selection  # the rows are the same at every date
    if family.funnel_only:
        source, weight = enterprise_source(scope, selection, by, funnel_only=True)
    else:
        source, weight = reach_source(scope, selection, by)
    counts = []
    for number, one in enumerate(dated):
        tests = family.conditions(source, one.selection, rules)
        names = [name for name in family.names if name in one.wanted]
        counts += [_counted(name, tests, weight).label(f"{name}.{number}") for name in names]
    keys = [source.c[name] for name in by]
    return select(*keys, *counts).select_from(source).group_by(*keys)


def _counted(name: str, tests: Mapping[str, Condition], weight: Measure | None) -> Measure:
    if name not in _DIFFERENCES:
        return count_if(tests[name], weight)
    whole, part = (count_if(tests[side], weight) for side in _DIFFERENCES[name])
    return whole - part


def reach_source(scope: Scope, selection: Selection, by: Sequence[str]) -> tuple[FromClause, Measure | None]:
    """Return the rows from which listed and visited enterprises are counted, and the weight each counts with.

    Those of ``reach_days`` where nothing finer than a town is asked for and nothing but regions narrows, else those
    of ``enterprise_source``.
    """
    if not _of_towns(scope, selection, by):
        return enterprise_source(scope, selection, by)
    rows = select(reach_days).where(*conditions(reach_days, scope, selection)).subquery("r")
    return rows, rows.c.enterprises


def _of_towns(scope: Scope, selection: Selection, by: Sequence[str]) -> bool:
    narrowed = (
        selection.industries, selection.entity_types, selection.size_classes, selection.tiers, selection.tags,
        selection.banks, scope.banks is not None,
    )  # fmt: skip
    known = all(
        not asked.regions or (asked.region_level in (1, 2) and all(asked.regions)) for asked in (selection, scope)
    )
    return known and not any(narrowed) and {*by} <= {"region_1", "region_2"}


def enterprise_source(
    scope: Scope, selection: Selection, by: Sequence[str], *, funnel_only: bool = False
) -> tuple[FromClause, Measure | None]:
    """Return the rows that stand for the selection's enterprises, and the weight each counts with (None: 1).

    One row per enterprise; one per enterprise and bank when grouped by bank; banks in the selection without such a
    grouping are folded into one row per enterprise, so that none counts twice. ``funnel_only`` leaves out the
    enterprises that came no further than a visit.
    """
    if not of_banks(scope, selection, by):
        kept = select(enterprise_progress).where(*conditions(enterprise_progress, scope, selection))
        if funnel_only:
            kept = kept.where(enterprise_progress.c.is_in_funnel == true())
        return kept.subquery("e"), None
    b = bank_progress
    rule = attribution(scope, selection)
    kept = select(b).where(*conditions(b, scope, selection), *_attributed(rule))
    if rule is Attribution.FRACTIONAL:
        rows = kept.subquery("b")
        return rows, rows.c.touch_share
    if "bank" in by:
        return kept.subquery("b"), None
    return folded(kept.subquery("touched")), None


def attribution(scope: Scope, selection: Selection) -> Attribution:
    """Return to which bank an enterprise counts: who is bound to banks must not learn who else was there, and when."""
    return selection.attribution if scope.banks is None else Attribution.ANY


def _attributed(rule: Attribution) -> list[Condition]:
    match rule:
        case Attribution.FIRST:
            return [bank_progress.c.touch_number == 1]
        case Attribution.LAST:
            return [bank_progress.c.is_last_before_application == true()]
        case _:
            return []


def _bank_visited(scope: Scope, dated: Sequence[_Dated], by: Sequence[str]) -> Select[Any]:
    """Each bank's visited enterprises added up: divided by the distinct count it is the duplication factor."""
    b = bank_progress
    keys = [b.c[name] for name in by]
    counted = [
        count_if(within(b.c.first_visit_on, one.selection)).label(f"bank_visited.{number}")
        for number, one in enumerate(dated)
        if "bank_visited" in one.wanted
    ]
    return select(*keys, *counted).where(*conditions(b, scope, dated[0].selection)).group_by(*keys)


def _of_events(
    family: EventFamily, scope: Scope, dated: Sequence[_Dated], by: Sequence[str], rules: Rules
) -> Select[Any]:
    a = activity
    keys = [a.c[name] for name in by]
    asked = [(number, one) for number, one in enumerate(dated) if not set(family.names).isdisjoint(one.wanted)]
    latest = asked[0][1].selection
    totals = []
    for number, one in asked:
        counted = family.measures(one.selection, rules)
        if one.selection.as_of < latest.as_of:
            happened = within(a.c.happened_on, one.selection)
            counted = {name: entry.narrowed(happened) for name, entry in counted.items()}
            totals += [count_if(happened).label(f"{_ROWS}.{number}")] if by else []
        names = [name for name in family.names if name in one.wanted]
        totals += [counted[name].total.label(f"{name}.{number}") for name in names]
    kept = [a.c.kind.in_(family.kinds), *conditions(a, scope, latest), within(a.c.happened_on, latest)]
    if "bank" in by:
        kept.append(a.c.bank.is_not(None))
    return select(*keys, *totals).where(*kept).group_by(*keys)
