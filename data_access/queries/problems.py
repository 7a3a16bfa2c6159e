"""The problems as they stood at the as-of date: how many, how old, how late, and the cases behind each number.

A problem that was closed after the as-of date was open on it. One that came back counts as closed only once it was
closed again. Its deadline moves: days of suspension are added, those that had passed by then, and a transfer starts the
clock anew, so that the new department has as many days as the first one had, whatever was suspended before. Reopening
moves no deadline, or a sham closing would earn a new one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Date,
    Double,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)

from data_access.portable import count_if, days_after, days_between
from data_access.queries.filters import conditions
from data_access.queries.frames import frame_of
from data_access.queries.keyset import Key, Place, beyond, ordering
from data_access.queries.measures import within
from data_access.queries.seen import record_conditions
from data_access.rows import current
from data_access.schema import bank_progress, problem_cases
from data_access.selection import Scope, Selection
from data_access.store import Store

MARKS = ("department", "category", "level", "source")
# An open problem's age falls into a band by the last day of it; the band after them has no end.
BANDS = (7, 15, 30, 60, 90)
SOON_DAYS = 7
CONTENT = 4  # marks run from 1 to 5; from here on somebody is content
ORDER = (Key("due_on"), Key("problem_id"))
_DATES = ("suspended_on", "transferred_on", "closed_on", "reopened_on", "reclosed_on")

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Which:
    """The problems asked about by their own marks; an empty tuple narrows nothing, the code "" is the untold.

    ``raised`` are the first and the last day on which a problem came up.
    """

    departments: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    raised: tuple[date, date] | None = None

    def conditions(self, cases: FromClause) -> list[Condition]:
        """Return the conditions that keep the cases asked about."""
        asked = zip(MARKS, (self.departments, self.categories, self.levels, self.sources), strict=True)
        kept: list[Condition] = [cases.c[name].in_(codes) for name, codes in asked if codes]
        return [*kept, cases.c.raised_on.between(*self.raised)] if self.raised else kept


EVERY = Which()


def cases(scope: Scope, selection: Selection) -> Subquery:
    """Return the problems in scope and selection as they stood at the as-of date, one row each.

    Those raised within the selection's period. ``ended_on`` is the closing that stands (NULL: open), ``due_on`` the
    deadline with suspension and transfer (NULL: none was set), ``suspended_days`` those that had passed by then and
    ``suspended_before`` how many of them before the transfer (0 where nobody told since when), ``is_suspended`` that
    the clock stood still on that day, ``is_reopened`` and ``was_closed`` tell what happened. Dates after the as-of
    date are NULL. Carries the marks ("" = untold) and the enterprise's dimensions.
    """
    known = _known(scope, selection)
    returned = known.c.reopened_on.is_not(None)
    ended = case((returned, known.c.reclosed_on), else_=known.c.closed_on)
    marked = case((ended.is_not(None), known.c.satisfaction)).label("satisfaction")
    waited = _suspended(known, func.coalesce(ended, literal(selection.as_of, Date()))).label("suspended_days")
    before = case((known.c.suspended_on < known.c.transferred_on, _suspended(known, known.c.transferred_on)), else_=0)
    kept = [column for column in known.c if column.name not in ("satisfaction", "suspended_days")]
    still = _stands_still(known, ended, selection.as_of).label("is_suspended")
    columns = [ended.label("ended_on"), marked, waited, before.label("suspended_before"), still]
    stood = select(*kept, *columns).subquery("stood")
    anew = days_between(stood.c.raised_on, stood.c.transferred_on) - stood.c.suspended_before
    late = stood.c.suspended_days + case((_moved(stood), anew), else_=0)
    return select(*stood.c, days_after(stood.c.deadline, late).label("due_on")).subquery("cases")


def _suspended(known: Subquery, until: ColumnElement[date]) -> ColumnElement[int]:
    """Return the days of suspension that had passed ``until`` then; those whose beginning is untold all had."""
    days, passed = known.c.suspended_days, days_between(known.c.suspended_on, until)
    return case(
        (known.c.suspended_on.is_(None), func.coalesce(days, 0)),
        (passed < 0, 0),
        (or_(days.is_(None), passed < days), passed),
        else_=days,
    )


def _stands_still(known: Subquery, ended: ColumnElement[date], as_of: date) -> Condition:
    """Return whether the clock of an open problem stood still then: its suspension had begun and was not over."""
    days, passed = known.c.suspended_days, days_between(known.c.suspended_on, literal(as_of, Date()))
    return and_(ended.is_(None), known.c.suspended_on.is_not(None), or_(days.is_(None), passed < days))


def _known(scope: Scope, selection: Selection) -> Subquery:
    """The problems with what was known of them at the as-of date."""
    p = problem_cases
    dates = {name: case((p.c[name] <= selection.as_of, p.c[name])).label(name) for name in _DATES}
    closed = and_(p.c.closed_on.is_not(None), p.c.closed_on <= selection.as_of)
    # A register that only ticks 重开 does not say when: such a case counts as reopened and closed since.
    ticked, dated = and_(p.c.reopened == true(), closed), p.c.reopened_on <= selection.as_of
    back = case((p.c.reopened_on.is_(None), ticked), else_=dated)
    waited = case((p.c.suspended_on > selection.as_of, 0), else_=p.c.suspended_days).label("suspended_days")
    later = ("reopened", "satisfaction", "suspended_days", *_DATES)
    plain = [column for column in p.c if column.name not in later]
    query = select(
        *plain, *dates.values(), waited, back.label("is_reopened"), closed.label("was_closed"),
        case((closed, p.c.satisfaction)).label("satisfaction"),
    )  # fmt: skip
    return query.where(within(p.c.raised_on, selection), *_narrowed(scope, selection)).subquery("known")


def _narrowed(scope: Scope, selection: Selection) -> list[Condition]:
    """With banks in scope or selection, the problems of enterprises that one of them touched."""
    p, b = problem_cases, bank_progress
    kept = conditions(p, replace(scope, banks=None), replace(selection, banks=()))
    if scope.banks is not None or selection.banks:
        kept.append(p.c.enterprise_id.in_(select(b.c.enterprise_id).where(*conditions(b, scope, selection))))
    return kept  # the departments of the scope are among the conditions: a case has one


def _moved(c: FromClause) -> Condition:
    """Passed on while it was open: what was passed on after its end had its clock stopped already."""
    return and_(c.c.transferred_on.is_not(None), or_(c.c.ended_on.is_(None), c.c.transferred_on <= c.c.ended_on))


# ---- numbers -------------------------------------------------------------------------------------------------------


def counters(c: FromClause, as_of: date) -> Mapping[str, Condition]:
    """Return the condition that counts a case (of ``cases``) under each name.

    ``due`` are those whose deadline has come by ``as_of``, ``due_closed`` and ``on_time`` the ones of them that are
    closed and were in time; ``overdue`` are open past their deadline and ``in_time`` the other open ones, ``soon``
    come due within a week and are not suspended, ``overdue_again`` are overdue and had been closed once.
    ``solved_on_site`` were closed on the day of the visit that found them, and ``limited_due`` are the due ones that
    were not: the ones a time limit was needed for, ``limited_on_time`` those of them closed in time.
    ``transferred_late`` were passed on when already overdue. A mark of satisfaction belongs to the closing that
    stands: a problem that came back and is open has none.
    """
    is_open, ended = c.c.ended_on.is_(None), c.c.ended_on.is_not(None)
    due = c.c.due_on <= as_of
    first_wait = case((c.c.suspended_on.is_(None), c.c.suspended_days), else_=c.c.suspended_before)
    first_due = days_after(c.c.deadline, first_wait)
    on_site = and_(c.c.visit_id.is_not(None), ended, c.c.ended_on == c.c.raised_on)
    limited = and_(due, not_(on_site))
    return {
        "problems": true(),
        "open": is_open,
        "closed": ended,
        "solved_on_site": on_site,
        "due": due,
        "due_closed": and_(due, ended),
        "on_time": and_(due, c.c.ended_on <= c.c.due_on),
        "limited_due": limited,
        "limited_on_time": and_(limited, c.c.ended_on <= c.c.due_on),
        "overdue": and_(is_open, c.c.due_on < as_of),
        "overdue_again": and_(is_open, c.c.due_on < as_of, c.c.is_reopened == true()),
        "in_time": and_(is_open, or_(c.c.due_on.is_(None), c.c.due_on >= as_of)),
        "soon": and_(is_open, not_(c.c.is_suspended), c.c.due_on.between(as_of, as_of + timedelta(days=SOON_DAYS))),
        "undated": and_(is_open, c.c.due_on.is_(None)),
        "suspended": or_(c.c.suspended_days > 0, c.c.suspended_on.is_not(None)),
        "transferred": _moved(c),
        "transferred_late": and_(_moved(c), c.c.transferred_on > first_due),
        "was_closed": c.c.was_closed == true(),
        "reopened": c.c.is_reopened == true(),
        "rated": c.c.satisfaction.is_not(None),
        "content": c.c.satisfaction >= CONTENT,
    }


def band_names(late: str) -> tuple[str, ...]:
    """Return the columns of the open problems by age: "open" of all, "overdue" and "in_time" of those that are."""
    return tuple(f"{late}_{number}" for number in range(len(BANDS) + 1))


def problems_by(
    store: Store, scope: Scope, selection: Selection, by: Sequence[str] = (), which: Which = EVERY
) -> pd.DataFrame:
    """Return how many problems there are of each kind: columns ``*by``, the names of ``counters``, and more.

    ``by`` may name marks and the enterprise's dimensions. ``marks`` is the sum of the marks of satisfaction; the
    columns of ``band_names("open")`` and ``band_names("overdue")`` split those two counts by the days since the
    problem came up. All counts (件) are floats and additive over any grouping.
    """
    c = cases(scope, selection)
    found = counters(c, selection.as_of)
    measures = {name: count_if(condition) for name, condition in found.items()}
    measures["marks"] = func.coalesce(cast(func.sum(c.c.satisfaction), Double), 0.0)
    measures |= {name: count_if(condition) for name, condition in banded(c, selection.as_of).items()}
    keys = [c.c[name] for name in by]
    query = select(*keys, *[value.label(name) for name, value in measures.items()]).where(*which.conditions(c))
    return frame_of(store, query.group_by(*keys).order_by(*keys), **dict.fromkeys(measures, "float64"))


def banded(c: FromClause, as_of: date, kinds: Sequence[str] = ("open", "overdue")) -> Mapping[str, Condition]:
    """Return the condition that counts a case under each of ``band_names`` of the ``kinds``, names of ``counters``."""
    found, age = counters(c, as_of), days_between(c.c.raised_on, literal(as_of, Date()))
    return {
        name: and_(found[late], inside)
        for late in kinds
        for name, inside in zip(band_names(late), _bands(age), strict=True)
    }


def _bands(age: ColumnElement[int]) -> list[Condition]:
    edges = (-1, *BANDS)
    bands = [and_(age > low, age <= high) for low, high in zip(edges, BANDS, strict=False)]
    return [*bands, age > BANDS[-1]]


def problem_times(
    store: Store, scope: Scope, selection: Selection, which: Which = EVERY, by: Sequence[str] = ()
) -> pd.DataFrame:
    """Return how long problems took: columns ``*by``, ``days``, ``ended`` and ``n`` (件), for ``metrics.survival``.

    From the day the problem came up to the closing that stands; an open one counts the days until the as-of date. The
    clock of the one who waits knows neither suspension nor transfer.
    """
    c = cases(scope, selection)
    end = func.coalesce(c.c.ended_on, literal(selection.as_of, Date()))
    keys = [c.c[name] for name in by]
    keys += [days_between(c.c.raised_on, end).label("days"), c.c.ended_on.is_not(None).label("ended")]
    query = select(*keys, cast(func.count(), Double).label("n")).where(*which.conditions(c)).group_by(*keys)
    return frame_of(store, query.order_by(*keys), days="int64", ended="bool", n="float64")


def problem_flow(store: Store, scope: Scope, selection: Selection, which: Which = EVERY) -> pd.DataFrame:
    """Return what came in and what was closed, day by day: ``day``, ``raised``, ``closed`` and ``reopened`` (件).

    ``closed`` counts every closing, a second one as well, so that the sum of ``raised`` and ``reopened`` less
    ``closed`` is what was open; a case that is only ticked as reopened, without a day, counts as closed once.
    """
    c = cases(scope, selection)
    asked = which.conditions(c)
    kinds = {"raised": ["raised_on"], "closed": ["closed_on", "reclosed_on"], "reopened": ["reopened_on"]}
    events = union_all(*[
        select(c.c[name].label("day"), literal(kind).label("kind")).where(c.c[name].is_not(None), *asked)
        for kind, names in kinds.items()
        for name in names
    ]).subquery("events")  # fmt: skip
    counted = [count_if(events.c.kind == kind).label(kind) for kind in kinds]
    query = select(events.c.day, *counted).group_by(events.c.day).order_by(events.c.day)
    return frame_of(store, query, **dict.fromkeys(kinds, "float64"))


def register_day(store: Store, scope: Scope) -> date | None:
    """Return the last day on which anything happened in the register of problems in scope; None without one.

    The day a problem came up may be older than the last closing: the register is as fresh as its latest entry.
    """
    p = current("problems")
    latest = [func.max(p.c[name]) for name in ("raised_on", *_DATES)]
    query = select(*latest).where(*record_conditions("problems", p, scope))
    with store.connect() as connection:
        days = [day for day in connection.execute(query).one() if day]
    return max(days, default=None)


# ---- cases ---------------------------------------------------------------------------------------------------------

STATES = ("overdue", "soon", "in_time", "open", "suspended", "transferred", "reopened", "closed", "problems")
_SHOWN = (
    "problem_id", "enterprise_id", "visit_id", *MARKS, "raised_on", "deadline", "due_on", "ended_on", "suspended_on",
    "suspended_days", "suspended_before", "is_suspended", "transferred_on", "closed_on", "reopened_on", "reclosed_on",
    "is_reopened", "satisfaction", "region_1", "region_2", "entity_type",
)  # fmt: skip


def problem_page(
    store: Store, scope: Scope, selection: Selection, which: Which = EVERY, state: str = "problems",
    place: Place | None = None, limit: int = 15,
) -> pd.DataFrame:  # fmt: skip
    """Return up to ``limit`` cases in ``state`` (one of ``STATES``), the earliest deadline first, from ``place`` on.

    Columns as ``cases`` has them, and the enterprise's ``name``, which may be a person's: mask it. An unknown row in
    ``place`` gives the first page. Cases without a deadline come last.
    """
    place, c = place or Place(), cases(scope, selection)
    kept = [counters(c, selection.as_of)[state], *which.conditions(c)]
    if place.row_id:
        values = _values(store, c, place.row_id)
        kept += [beyond(c, ORDER, values, backwards=place.backwards)] if values else []
    page = select(*[c.c[name] for name in _SHOWN]).where(*kept)
    page = page.order_by(*ordering(c, ORDER, backwards=place.backwards)).limit(limit)
    frame = frame_of(store, _named(page.subquery("page"), backwards=place.backwards))
    return frame.iloc[::-1].reset_index(drop=True) if place.backwards else frame


def problem_case(store: Store, scope: Scope, selection: Selection, problem_id: str) -> pd.DataFrame:
    """Return one case with the columns of ``problem_page``; no row if it is unknown or outside of scope.

    Of the selection only the as-of date counts, so that a link to a case works under any filter.
    """
    c = cases(scope, Selection(selection.as_of))
    page = select(*[c.c[name] for name in _SHOWN]).where(c.c.problem_id == problem_id)
    return frame_of(store, _named(page.subquery("page")))


def _values(store: Store, c: FromClause, problem_id: str) -> list[Any]:
    query = select(*[c.c[key.column] for key in ORDER]).where(c.c.problem_id == problem_id)
    with store.connect() as connection:
        row = connection.execute(query).first()
    return list(row) if row else []


def _named(page: Subquery, *, backwards: bool = False) -> Select[Any]:
    """Add the names to the rows of one page only."""
    e = current("enterprises")
    joined = page.outerjoin(e, e.c.enterprise_id == page.c.enterprise_id)
    query = select(*page.c, e.c.name).select_from(joined)
    return query.order_by(*ordering(page, ORDER, backwards=backwards))
