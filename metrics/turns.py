"""Whose turn it is: the next step for an enterprise, who has to take it, since when, and by which day.

The order is that of the mechanism: visit, application, recommendation, the bank's decision, drawing, renewal. What
comes last in it decides; problems, and the loan of another bank that a visitor was told of, run beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

RENEWAL_DAYS = 90


class Who(StrEnum):
    """Who has to act."""

    TOWN = "town"
    COUNTY = "county"
    BANK = "bank"
    DEPARTMENT = "department"
    NOBODY = "nobody"


class Next(StrEnum):
    """What is to be done next."""

    CHECK = "check"  # no longer in business: check whether it belongs on the list
    VISIT = "visit"
    APPLY = "apply"
    SCREEN = "screen"
    RECOMMEND = "recommend"
    DECIDE = "decide"
    REPAIR = "repair"
    DRAW = "draw"
    RENEW = "renew"
    SOLVE = "solve"
    WATCH = "watch"


@dataclass(frozen=True, slots=True)
class Turn:
    """One step: what, who (a kind and, for a bank or a department, its code), waiting since, due (None: no rule)."""

    step: Next
    who: Who
    code: str = ""
    since: date | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Push:
    """A recommendation to a bank: the day its clock started, and whether the bank has decided or it was ended."""

    bank: str
    since: date
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Course:
    """How far an enterprise has come at a date; None or () where nothing of the kind has happened.

    ``drawn`` are loans as (bank, due day), ``undrawn`` approvals without a loan as (bank, day), ``refused`` the
    latest refusal as (day, code of the department that leads the mending, "" for one that cannot be mended), ``told``
    the loan a visitor was told of as (bank that was told, "" if none was, due day).
    """

    is_active: bool = True
    listed_on: date | None = None
    visited_on: date | None = None
    need_on: date | None = None
    applied_on: date | None = None
    is_screened: bool = False
    pushes: tuple[Push, ...] = ()
    undrawn: tuple[tuple[str, date], ...] = ()
    drawn: tuple[tuple[str, date | None], ...] = ()
    refused: tuple[date, str] | None = None
    told: tuple[str, date] | None = None


def next_turns(course: Course, as_of: date, decision_days: int = 30) -> tuple[Turn, ...]:
    """Return the steps that are due next, the most pressing first; one of ``WATCH`` if nobody has to act."""
    if not course.is_active:
        return (Turn(Next.CHECK, Who.COUNTY),)
    steps = [*_renewing(course.drawn, as_of), *_at_banks(course, decision_days)] or [_before_banks(course)]
    told = _renewing((course.told,) if course.told else (), as_of)
    if told and steps[0].step is Next.WATCH:
        return tuple(told)
    return tuple(sorted([*steps, *told], key=lambda turn: (turn.due_on or date.max, turn.since or date.max)))


def _renewing(loans: Sequence[tuple[str, date | None]], as_of: date) -> Sequence[Turn]:
    last = as_of + timedelta(days=RENEWAL_DAYS)
    near = [(bank, due) for bank, due in loans if due is not None and as_of <= due <= last]
    return [Turn(Next.RENEW, Who.BANK, bank, due_on=due) for bank, due in near]


def _at_banks(course: Course, decision_days: int) -> Sequence[Turn]:
    open_pushes = [push for push in course.pushes if not push.is_settled]
    days = timedelta(days=decision_days)
    deciding = [Turn(Next.DECIDE, Who.BANK, push.bank, push.since, push.since + days) for push in open_pushes]
    return [*deciding, *(Turn(Next.DRAW, Who.BANK, bank, on) for bank, on in course.undrawn)]


def _before_banks(course: Course) -> Turn:
    if course.drawn:
        return Turn(Next.WATCH, Who.NOBODY)
    if course.refused is not None:
        day, department = course.refused
        return Turn(Next.REPAIR, Who.DEPARTMENT, department, day) if department else Turn(Next.WATCH, Who.NOBODY)
    if course.applied_on is not None and not course.pushes:
        return Turn(Next.RECOMMEND if course.is_screened else Next.SCREEN, Who.COUNTY, since=course.applied_on)
    if course.need_on is not None and course.applied_on is None:
        return Turn(Next.APPLY, Who.TOWN, since=course.need_on)
    if course.visited_on is None and course.listed_on is not None:
        return Turn(Next.VISIT, Who.TOWN, since=course.listed_on)
    return Turn(Next.WATCH, Who.NOBODY)
