"""How far the enterprises of a selection have come: the additive measures behind nearly every figure.

Grain: one row per combination of the dimensions in ``by``. Every measure is a float; NaN means that the import table
behind it was never reported, which is not zero. Money is in yuan. Counts of 户 come from the derived snapshots with
one row per enterprise, so they add up over any dimension of the enterprise and never over banks.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, FromClause, Select, func, select, true

from data_access.portable import count_if
from data_access.queries.filters import conditions
from data_access.queries.measures import (
    ENTERPRISE_FAMILIES,
    EVENT_FAMILIES,
    MEASURE_TABLES,
    MEASURES,
    Condition,
    EnterpriseFamily,
    EventFamily,
    Measure,
    Rules,
    within,
)
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

    ``by`` may name any of ``DIMENSIONS`` and "bank"; the value "" is the unclassified. Rows are sorted by ``by``.
    Grouping, filtering or scoping by bank counts the enterprises a bank touched and how far it brought them, by the
    selection's attribution rule; the visit list is not a bank's, so ``listed`` is then NaN. ``balance`` is a stock
    and only known at the latest date: NaN at an earlier as-of. ``coverage`` is the store's, from a caller that has read
    it. Raises ``ValueError`` for an unknown dimension or measure.
    """
    unknown = {*by} - {*DIMENSIONS, "bank"} | {*measures} - {*MEASURES}
    if unknown:
        raise ValueError(f"unknown dimension or measure: {', '.join(sorted(unknown))}")
    wanted = [name for name in MEASURES if name in measures]
    rules = rules or Rules()
    with store.connect() as connection:
        answers = [_answer(connection, query, len(by)) for query in _queries(scope, selection, by, wanted, rules)]
    unknown = _unreported(
        store.coverage() if coverage is None else coverage, selection, for_banks=of_banks(scope, selection, by)
    )
    return _merged(answers, by, wanted, unknown)


# The rows that meet one condition and not another are the difference of two counts that are made anyway.
_DIFFERENCES = {"visited_off_list": ("visited", "visited_listed")}


@dataclass(frozen=True, slots=True)
class _Answer:
    """The rows of one query: the dimensions of each, and its measures beside them."""

    names: Sequence[str]
    keys: Sequence[tuple[str, ...]]
    values: Sequence[tuple[float, ...]]


def _queries(
    scope: Scope, selection: Selection, by: Sequence[str], wanted: Sequence[str], rules: Rules
) -> list[Select[Any]]:
    queries = [
        _of_enterprises(family, scope, selection, by, wanted, rules)
        for family in ENTERPRISE_FAMILIES
        if set(family.names) & set(wanted)
    ]
    queries += [
        _of_events(family, scope, selection, by, wanted, rules)
        for family in EVENT_FAMILIES
        if set(family.names) & set(wanted)
    ]
    if "bank_visited" in wanted:
        queries.append(_bank_visited(scope, selection, by))
    return queries


def _answer(connection: Connection, query: Select[Any], n_keys: int) -> _Answer:
    result = connection.execute(query)
    rows: list[tuple[Any, ...]] = [tuple(row) for row in result]
    return _Answer([*result.keys()][n_keys:], [row[:n_keys] for row in rows], [row[n_keys:] for row in rows])


def _merged(
    answers: Sequence[_Answer], by: Sequence[str], wanted: Sequence[str], unknown: Collection[str]
) -> pd.DataFrame:
    """Join the answers on their dimensions: a combination that a query did not find counts 0 there."""
    keys = sorted({key for answer in answers for key in answer.keys})
    row = {key: number for number, key in enumerate(keys)}
    column = {name: number for number, name in enumerate(wanted)}
    values = np.zeros((len(keys), len(wanted)))
    for answer in answers:
        if answer.values:
            places = np.ix_([row[key] for key in answer.keys], [column[name] for name in answer.names])
            values[places] = answer.values
    values[:, [number for name, number in column.items() if name in unknown]] = np.nan
    frame = pd.DataFrame(values, columns=list(wanted))
    for i, name in enumerate(by):
        frame.insert(i, name, pd.Series([key[i] for key in keys], dtype="str"))
    return frame


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
    family: EnterpriseFamily,
    scope: Scope,
    selection: Selection,
    by: Sequence[str],
    wanted: Sequence[str],
    rules: Rules,
) -> Select[Any]:
    if family.funnel_only:
        source, weight = enterprise_source(scope, selection, by, funnel_only=True)
    else:
        source, weight = reach_source(scope, selection, by)
    tests = family.conditions(source, selection, rules)
    keys = [source.c[name] for name in by]
    counts = [_counted(name, tests, weight).label(name) for name in family.names if name in wanted]
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
    kept = select(b).where(*conditions(b, scope, selection), *_attributed(selection))
    if selection.attribution is Attribution.FRACTIONAL:
        rows = kept.subquery("b")
        return rows, rows.c.touch_share
    if "bank" in by:
        return kept.subquery("b"), None
    return _folded(kept.subquery("touched")), None


def _attributed(selection: Selection) -> list[Condition]:
    match selection.attribution:
        case Attribution.FIRST:
            return [bank_progress.c.touch_number == 1]
        case Attribution.LAST:
            return [bank_progress.c.is_last_before_application == true()]
        case _:
            return []


def _folded(touched: FromClause) -> FromClause:
    keys = [touched.c[name] for name in ("enterprise_id", *DIMENSIONS, "tags")]
    firsts = [func.min(c).label(c.name) for c in touched.c if c.name.endswith("_on")]
    credit = func.sum(touched.c.total_credit).label("total_credit")
    return select(*keys, *firsts, credit).group_by(*keys).subquery("folded")


def _bank_visited(scope: Scope, selection: Selection, by: Sequence[str]) -> Select[Any]:
    """Each bank's visited enterprises added up: divided by the distinct count it is the duplication factor."""
    b = bank_progress
    keys = [b.c[name] for name in by]
    counted = count_if(within(b.c.first_visit_on, selection)).label("bank_visited")
    return select(*keys, counted).where(*conditions(b, scope, selection)).group_by(*keys)


def _of_events(
    family: EventFamily,
    scope: Scope,
    selection: Selection,
    by: Sequence[str],
    wanted: Sequence[str],
    rules: Rules,
) -> Select[Any]:
    a = activity
    keys = [a.c[name] for name in by]
    measures = family.measures(selection, rules)
    labelled = [measures[name].total.label(name) for name in family.names if name in wanted]
    kept = [a.c.kind.in_(family.kinds), *conditions(a, scope, selection), within(a.c.happened_on, selection)]
    if "bank" in by:
        kept.append(a.c.bank.is_not(None))
    return select(*keys, *labelled).where(*kept).group_by(*keys)
