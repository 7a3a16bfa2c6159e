"""The store's side of the published figures: what it can count for each, at the date the figure was published for.

A figure's ``metric`` says how it is computed: a metric of the catalogue (from the city's measures, which
``measures_by_date`` returns), or a count over rows, which ``counted`` returns::

    count:events                                rows of an import table
    count:officers:kind=assistant               rows where a column has a value; more conditions after commas
    distinct:products.bank                      different values of a column
    sum:events.intent_amount:event_id=HD03      the sum of a column
    count:profile.regions:level=1               entries of the profile itself
    count:profile.codes.department              ... or of one of its code lists
"""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, Subquery, case, cast, func, literal_column, or_, select
from sqlalchemy.types import Double

from data_access.importing.specs import Kind, TableSpec
from data_access.importing.tables import TABLES
from data_access.profile import Label, Profile, Published
from data_access.queries.measures import MEASURES
from data_access.queries.progress import progress_by
from data_access.rows import current
from data_access.selection import Scope, Selection
from data_access.store import Store

_FORMULA = re.compile(r"(?P<how>count|distinct|sum):(?P<of>[\w.]+)(?::(?P<conditions>.+))?")
_PROFILE = "profile."
_AT_LEAST = re.compile(r"\d[万亿]?[余多]")


class FormulaError(ValueError):
    """A published figure's ``metric`` cannot be read; the message names the figure and the formula."""


@dataclass(frozen=True, slots=True)
class _Formula:
    how: str
    of: str
    column: str
    conditions: Mapping[str, str]


def is_counted(figure: Published) -> bool:
    """Whether ``figure`` is a count over rows and not a metric of the catalogue."""
    return ":" in figure.metric


def is_at_least(figure: Published) -> bool:
    """Whether ``figure`` was printed as a least number: “2万余家”, “20多家”."""
    return bool(_AT_LEAST.search(figure.raw_text))


def counted(store: Store, profile: Profile, scope: Scope) -> dict[str, float]:
    """Return the value of every published figure that is a count over rows, by the figure's id.

    Rows that happened after the figure's as-of date do not count. NaN where the table was never reported, and for a
    scope of less than everything: what was published is the whole city's. Raises
    ``FormulaError`` for a formula that names no known way of counting, table or column.
    """
    return _counts(store, profile, scope, [figure for figure in profile.published if is_counted(figure)])


def count_rows(
    store: Store, profile: Profile, scope: Scope, formulas: Mapping[str, str], as_of: date
) -> dict[str, float]:
    """Return the value of every formula at a date, by its name; NaN and ``FormulaError`` as ``counted`` has them."""
    nothing = Label("", "")
    figures = [Published(name, nothing, formula, "", 0.0, "", 0.0, as_of, "") for name, formula in formulas.items()]
    return _counts(store, profile, scope, figures)


def _counts(store: Store, profile: Profile, scope: Scope, figures: Collection[Published]) -> dict[str, float]:
    if not scope.is_everything:
        return {figure.id: math.nan for figure in figures}
    reported = store.coverage().keys()
    return {figure.id: _count(store, profile, figure, reported) for figure in figures}


def measures_by_date(
    store: Store, profile: Profile, scope: Scope, measures: Collection[str] = MEASURES
) -> dict[date, dict[str, float]]:
    """Return ``measures`` of all the scope sees at each date for which a metric was published."""
    dates = {f.as_of for f in profile.published if f.metric and f.as_of and not is_counted(f)}
    return {day: measures_at(store, scope, Selection(as_of=day), measures) for day in sorted(dates)}


def measures_at(
    store: Store, scope: Scope, selection: Selection, measures: Collection[str] = MEASURES
) -> dict[str, float]:
    """Return ``measures`` of a selection by name."""
    frame = progress_by(store, scope, selection, (), measures)
    return {str(name): float(value) for name, value in frame.iloc[0].items()}


def _count(store: Store, profile: Profile, figure: Published, reported: Collection[str]) -> float:
    formula = _parsed(figure)
    if formula.of.startswith(_PROFILE):
        return float(_entries(profile, figure, formula))
    if formula.of not in TABLES:
        raise FormulaError(f"{figure.id}: {figure.metric}: no table {formula.of}")
    if formula.of not in reported:
        return math.nan
    with store.connect() as connection:
        return float(connection.execute(_query(figure, formula)).scalar_one() or 0)


def _parsed(figure: Published) -> _Formula:
    match = _FORMULA.fullmatch(figure.metric)
    if not match:
        raise FormulaError(f"{figure.id}: {figure.metric}: expected count:, distinct: or sum:")
    of, column = match["of"], ""
    if match["how"] != "count":
        of, _, column = of.rpartition(".")
    pairs = [part.partition("=") for part in (match["conditions"] or "").split(",") if part]
    return _Formula(match["how"], of, column, {name: value for name, _, value in pairs})


def _entries(profile: Profile, figure: Published, formula: _Formula) -> int:
    name, _, codes = formula.of.removeprefix(_PROFILE).partition(".")
    try:
        entries = profile.codes[codes] if name == "codes" else getattr(profile, name)
    except (AttributeError, KeyError) as error:
        raise FormulaError(f"{figure.id}: {figure.metric}: the profile has no {formula.of}") from error
    return sum(all(str(getattr(e, key)) == value for key, value in formula.conditions.items()) for e in entries)


def _query(figure: Published, formula: _Formula) -> Select[float]:
    spec, rows = TABLES[formula.of], current(formula.of)
    missing = {formula.column, *formula.conditions} - {"", *(column.name for column in spec.columns)}
    if missing:
        raise FormulaError(f"{figure.id}: {figure.metric}: {spec.name} has no column {', '.join(sorted(missing))}")
    kept = [_condition(spec, rows, name, value) for name, value in formula.conditions.items()]
    if spec.happened_on and figure.as_of:
        day = rows.c[spec.happened_on]
        kept.append(or_(day.is_(None), day <= figure.as_of))
    return select(_aggregate(formula, rows)).select_from(rows).where(*kept)


def _condition(spec: TableSpec, rows: Subquery, name: str, value: str) -> ColumnElement[bool]:
    column = rows.c[name]
    if spec.column(name).kind is Kind.BOOLEAN:
        return case((column, literal_column("1")), else_=literal_column("0")) == (1 if value == "true" else 0)
    return column == value


def _aggregate(formula: _Formula, rows: Subquery) -> ColumnElement[float]:
    if formula.how == "count":
        return cast(func.count(), Double)
    column = rows.c[formula.column]
    return cast(func.count(func.distinct(column)) if formula.how == "distinct" else func.sum(column), Double)
