"""Whose turn it is, stage by stage of the mechanism."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from metrics.turns import Course, Next, Push, Turn, Who, next_turns

NOW = date(2025, 6, 13)
D = [NOW - timedelta(days=n) for n in range(100)]
LISTED = Course(listed_on=D[90])
VISITED = replace(LISTED, visited_on=D[80])
NEEDING = replace(VISITED, need_on=D[80])
APPLIED = replace(NEEDING, applied_on=D[70])
PUSHED = replace(APPLIED, is_screened=True, pushes=(Push("X", D[40], is_settled=False),))
DECIDED = replace(PUSHED, pushes=(Push("X", D[40], is_settled=True),))
BORROWED = replace(DECIDED, drawn=(("X", NOW + timedelta(days=400)),))


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        (Course(), Turn(Next.WATCH, Who.NOBODY)),
        (Course(is_active=False, listed_on=D[90]), Turn(Next.CHECK, Who.COUNTY)),
        (LISTED, Turn(Next.VISIT, Who.TOWN, since=D[90])),
        (VISITED, Turn(Next.WATCH, Who.NOBODY)),
        (NEEDING, Turn(Next.APPLY, Who.TOWN, since=D[80])),
        (APPLIED, Turn(Next.SCREEN, Who.COUNTY, since=D[70])),
        (replace(APPLIED, is_screened=True), Turn(Next.RECOMMEND, Who.COUNTY, since=D[70])),
        (PUSHED, Turn(Next.DECIDE, Who.BANK, "X", D[40], D[10])),
        (replace(DECIDED, undrawn=(("X", D[5]),)), Turn(Next.DRAW, Who.BANK, "X", D[5])),
        (replace(DECIDED, refused=(D[5], "tax")), Turn(Next.REPAIR, Who.DEPARTMENT, "tax", D[5])),
        (replace(DECIDED, refused=(D[5], "")), Turn(Next.WATCH, Who.NOBODY)),
        (BORROWED, Turn(Next.WATCH, Who.NOBODY)),
        (replace(BORROWED, drawn=(("X", NOW + timedelta(days=90)),)),
         Turn(Next.RENEW, Who.BANK, "X", due_on=NOW + timedelta(days=90))),
        (replace(BORROWED, drawn=(("X", NOW + timedelta(days=91)),)), Turn(Next.WATCH, Who.NOBODY)),
        (replace(BORROWED, drawn=(("X", D[1]),)), Turn(Next.WATCH, Who.NOBODY)),
    ],
)  # fmt: skip
def test_each_stage(course, expected):
    assert next_turns(course, NOW) == (expected,)


def test_several_banks_at_once_the_most_pressing_first():
    course = replace(
        PUSHED,
        pushes=(Push("Y", D[3], is_settled=False), Push("X", D[40], is_settled=False)),
        undrawn=(("Z", D[50]),),
        drawn=(("W", NOW + timedelta(days=10)),),
    )
    assert [(turn.code, turn.step) for turn in next_turns(course, NOW)] == [
        ("X", Next.DECIDE), ("W", Next.RENEW), ("Y", Next.DECIDE), ("Z", Next.DRAW),
    ]  # fmt: skip


def test_a_loan_that_a_visitor_was_told_of_falls_due_beside_what_else_is_to_be_done():
    soon, later = NOW + timedelta(days=20), NOW + timedelta(days=91)
    renew = Turn(Next.RENEW, Who.BANK, "X", due_on=soon)
    assert next_turns(replace(VISITED, told=("X", soon)), NOW) == (renew,)
    assert next_turns(replace(VISITED, told=("X", later)), NOW) == (Turn(Next.WATCH, Who.NOBODY),)
    assert [turn.step for turn in next_turns(replace(NEEDING, told=("X", soon)), NOW)] == [Next.RENEW, Next.APPLY]
    assert next_turns(replace(NEEDING, is_active=False, told=("X", soon)), NOW)[0].step is Next.CHECK


def test_the_citys_own_term_sets_the_day():
    assert next_turns(PUSHED, NOW, decision_days=20)[0].due_on == D[20]
