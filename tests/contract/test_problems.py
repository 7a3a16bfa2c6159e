"""Problems of the small city as they stood on several days, counted by hand, on every engine."""

from dataclasses import replace
from typing import Any

import pytest

from data_access.queries.keyset import Place
from data_access.queries.problems import (
    Which,
    problem_case,
    problem_flow,
    problem_page,
    problem_times,
    problems_by,
    register_day,
)
from data_access.selection import Scope, Selection
from data_access.store import Store
from metrics.problems import monthly
from tests.contract.small_city import SMALL_CITY, Row, day, fill

ALL = Scope.everything()
LATEST = Selection(day(100))


def problem(number: int, name: str, raised: int, deadline: int | None, closed: int | None = None, **more: Any) -> Row:
    """Return a row of ``problems``; dates are days of the programme."""
    told = {key: day(value) if key.endswith("_on") else value for key, value in more.items()}
    row = {"problem_id": f"p{number}", "enterprise_id": name, "raised_on": day(raised), "category": "tax"}
    row |= {
        "deadline": None if deadline is None else day(deadline),
        "closed_on": None if closed is None else day(closed),
    }
    return {"level": "complex", "source": "hotline", "department": "tax", "reopened": False, **row, **told}


PROBLEMS = [
    problem(1, "e1", 1, 6, 1, visit_id="v1", level="simple", source="visit", satisfaction=5),
    problem(2, "e2", 10, 25, 28, suspended_days=5, satisfaction=3),  # in time by its suspension
    problem(3, "e4", 20, 35, 50, transferred_on=30, department="land"),  # 15 days from day 30 on: five days late
    problem(4, "e5", 40, 55, department="land"),
    problem(5, "e1", 50, None, department=None),
    problem(6, "e2", 60, 65, 62, reopened=True, reopened_on=70, reclosed_on=80),
    problem(7, "e4", 90, 120, 95, transferred_on=99),  # passed on after its end, which moves nothing
    problem(8, "e6", 5, 20, 9, reopened=True),  # ticked, without a day
]


@pytest.fixture(scope="module")
def city(shared_store: Store) -> Store:
    fill(shared_store, {**SMALL_CITY, "problems": PROBLEMS})
    return shared_store


def counted(store: Store, selection: Selection = LATEST, scope: Scope = ALL) -> dict[str, float]:
    (row,) = problems_by(store, scope, selection).to_dict("records")
    return {str(name): value for name, value in row.items() if value}


def test_every_count_on_the_latest_day(city: Store) -> None:
    """p4 is overdue, p5 has no deadline, p7's lies ahead; p6 was closed again too late."""
    assert counted(city) == {
        "problems": 8, "open": 2, "closed": 6, "solved_on_site": 1, "due": 6, "due_closed": 5, "on_time": 3,
        "limited_due": 5, "limited_on_time": 2,
        "overdue": 1, "in_time": 1, "undated": 1, "suspended": 1, "transferred": 1, "was_closed": 6, "reopened": 2,
        "rated": 2, "content": 1, "marks": 8, "open_3": 2, "overdue_3": 1,
    }  # fmt: skip


def test_a_problem_closed_after_the_day_was_open_on_it(city: Store) -> None:
    """On day 27 p2 is past its deadline but suspended, p3 in time; nobody knows of p3's transfer on day 30."""
    early = counted(city, Selection(day(27)))
    assert early["problems"] == 4
    assert early["open"] == 2
    assert early["soon"] == 1  # p2, due on day 30; p3 is due on day 35
    assert "overdue" not in early
    assert "transferred" not in early
    assert counted(city, Selection(day(36)))["transferred"] == 1
    assert "overdue" not in counted(city, Selection(day(45)))
    assert counted(city, Selection(day(46)))["overdue"] == 1  # p3, due on day 45 after its transfer


def test_a_problem_that_came_back_is_open_until_it_is_closed_again(city: Store) -> None:
    """p6: closed in time on day 62, back on day 70, closed again on day 80."""
    asked = Which(categories=("tax",), departments=("tax",))
    stood = {}
    for number in (61, 65, 69, 75, 80):
        frame = problem_page(city, ALL, replace(Selection(day(number)), start=day(60)), asked)
        (row,) = frame[frame["problem_id"] == "p6"].to_dict("records")
        stood[number] = (row["ended_on"], bool(row["is_reopened"]))
    assert stood == {
        61: (None, False), 65: (day(62), False), 69: (day(62), False), 75: (None, True), 80: (day(80), True),
    }  # fmt: skip
    at_75 = counted(city, replace(Selection(day(75)), start=day(60)))
    assert at_75["overdue"] == at_75["overdue_again"] == at_75["due"] == 1
    assert "on_time" not in at_75


def test_a_mark_belongs_to_the_closing_that_stands(store: Store) -> None:
    """Content when it was closed on day 15, back on day 20, closed for good on day 40."""
    case = problem(1, "e1", 10, 60, 15, reopened=True, reopened_on=20, reclosed_on=40, satisfaction=5)
    fill(store, {**SMALL_CITY, "problems": [case]})
    assert [counted(store, Selection(day(on))).get("rated", 0) for on in (14, 15, 20, 39, 40)] == [0, 1, 0, 0, 1]


def test_the_problems_that_came_up_on_some_days(city: Store) -> None:
    asked = Which(raised=(day(20), day(50)))
    assert problem_page(city, ALL, LATEST, asked)["problem_id"].tolist() == ["p3", "p4", "p5"]
    assert problems_by(city, ALL, LATEST, (), asked)["problems"].tolist() == [3]


def test_a_late_transfer_is_counted_as_such(store: Store) -> None:
    """Passed on a day after the deadline: the clock starts anew, and the register shows it."""
    fill(store, {**SMALL_CITY, "problems": [problem(1, "e1", 10, 20, transferred_on=21)]})
    assert counted(store, Selection(day(30)))["transferred_late"] == 1
    assert "overdue" not in counted(store, Selection(day(31)))
    assert counted(store, Selection(day(32)))["overdue"] == 1


@pytest.mark.parametrize(
    ("days", "closed", "due_on"),
    [
        # The deadline is day 20; ten days from day 15 on move it no further than they have passed.
        (10, None, {14: 20, 15: 20, 18: 23, 25: 30, 40: 30}),
        # Suspended still: every day moves it by one, until the problem is closed.
        (None, None, {14: 20, 15: 20, 18: 23, 40: 45}),
        (None, 22, {18: 23, 21: 26, 22: 27, 40: 27}),
        (10, 18, {17: 22, 40: 23}),
    ],
)
def test_a_deadline_moves_by_the_days_of_suspension_that_have_passed(
    store: Store, days: int | None, closed: int | None, due_on: dict[int, int]
) -> None:
    case = problem(1, "e1", 10, 20, closed, suspended_on=15, suspended_days=days)
    fill(store, {**SMALL_CITY, "problems": [case]})
    found = {on: problem_page(store, ALL, Selection(day(on)))["due_on"].tolist() for on in due_on}
    assert found == {on: [day(due)] for on, due in due_on.items()}
    assert [counted(store, Selection(day(on))).get("suspended", 0) for on in (14, 15)] == [0, 1]


@pytest.mark.parametrize(
    ("suspended_on", "due_on", "late"),
    [
        (12, 35, 0),  # ten days before the transfer of day 25: the new term runs from that day alone
        (22, 42, 1),  # when the first term was over; three days before the transfer, seven after it
        (26, 45, 1),  # all after it
        (None, 45, 0),  # nobody knows since when: all of them count
    ],
)
def test_a_suspension_before_a_transfer_ends_with_the_first_clock(
    store: Store, suspended_on: int | None, due_on: int, late: int
) -> None:
    more = {"suspended_on": suspended_on} if suspended_on else {}
    case = problem(1, "e1", 10, 20, transferred_on=25, suspended_days=10, **more)
    fill(store, {**SMALL_CITY, "problems": [case]})
    assert problem_page(store, ALL, Selection(day(60)))["due_on"].tolist() == [day(due_on)]
    assert counted(store, Selection(day(60))).get("transferred_late", 0) == late


@pytest.mark.parametrize(("days", "stands_still"), [(10, {14: 0, 15: 1, 24: 1, 25: 0}), (None, {14: 0, 15: 1, 25: 1})])
def test_what_is_suspended_does_not_come_due_soon(store: Store, days: int | None, stands_still: dict[int, int]) -> None:
    """Three days are left when the clock stops on day 15; what was closed since has no clock."""
    cases = [problem(n, "e1", 10, 18, ended, suspended_on=15, suspended_days=days) for n, ended in ((1, None), (2, 16))]
    fill(store, {**SMALL_CITY, "problems": cases})
    for on, still in stands_still.items():
        stood = problem_page(store, ALL, Selection(day(on))).set_index("problem_id")["is_suspended"].sort_index()
        assert stood.tolist() == [bool(still), on == 15]
        assert counted(store, Selection(day(on)), ALL).get("soon", 0) == (2 * (1 - still) if on < 16 else 1 - still)


def test_a_suspension_without_a_day_has_always_been_known(store: Store) -> None:
    fill(store, {**SMALL_CITY, "problems": [problem(1, "e1", 10, 20, suspended_days=10)]})
    assert problem_page(store, ALL, Selection(day(10)))["due_on"].tolist() == [day(30)]


def test_groups_add_up(city: Store) -> None:
    by_place = problems_by(city, ALL, LATEST, ("region_1", "department"))
    found = {(row.region_1, row.department): row.problems for row in by_place.itertuples()}
    assert found == {("A", ""): 1, ("A", "tax"): 3, ("B", "land"): 2, ("B", "tax"): 2}


def test_counts_keep_to_scope_and_selection(city: Store) -> None:
    assert counted(city, scope=Scope(("B",), None))["problems"] == 4
    assert counted(city, scope=Scope(None, ("X",)))["problems"] == 5  # X touched e1, e2 and e6
    assert counted(city, scope=Scope((), None)) == {}
    assert counted(city, replace(LATEST, banks=("Y",)))["problems"] == 5  # Y touched e1, e4 and e5
    assert counted(city, replace(LATEST, regions=("A1",)))["problems"] == 4
    assert counted(city, replace(LATEST, start=day(50)))["problems"] == 3


def test_how_long_they_took(city: Store) -> None:
    """p6 took 20 days until it was closed for good; p4 and p5 wait for 60 and 50 days."""
    frame = problem_times(city, ALL, LATEST, Which(departments=("land", "")))
    assert frame.to_numpy().tolist() == [[30, True, 1], [50, False, 1], [60, False, 1]]
    by_level = problem_times(city, ALL, LATEST, by=("level",))
    assert by_level[by_level["level"] == "simple"].to_numpy().tolist() == [["simple", 0, True, 1]]
    assert by_level["n"].sum() == 8
    assert 20 in by_level["days"].tolist()


def test_the_flow_adds_up_to_what_is_open(city: Store) -> None:
    months = monthly(problem_flow(city, ALL, LATEST))
    assert months["raised"].sum() == 8
    assert months["closed"].sum() == 7
    assert months["open"].tolist()[-1] == 2
    assert problem_flow(city, ALL, LATEST, Which(levels=("simple",)))["raised"].sum() == 1


def ids(store: Store, **asked: Any) -> list[str]:
    return problem_page(store, ALL, LATEST, **asked)["problem_id"].tolist()


def test_the_list_goes_by_the_deadline(city: Store) -> None:
    """p5 has none and comes last; p3's is that after its transfer."""
    assert ids(city) == ["p1", "p8", "p2", "p3", "p4", "p6", "p7", "p5"]
    assert ids(city, state="overdue") == ["p4"]
    assert ids(city, state="open") == ["p4", "p5"]
    assert ids(city, state="reopened") == ["p8", "p6"]
    assert ids(city, which=Which(levels=("simple",))) == ["p1"]


def test_pages_follow_each_other_in_both_directions(city: Store) -> None:
    assert ids(city, place=Place("p2"), limit=3) == ["p3", "p4", "p6"]
    assert ids(city, place=Place("p4", backwards=True), limit=2) == ["p2", "p3"]
    assert ids(city, place=Place("p5"), limit=2) == []
    assert ids(city, place=Place("p5", backwards=True), limit=2) == ["p6", "p7"]
    assert ids(city, place=Place("unknown"), limit=1) == ["p1"]


def test_one_case(city: Store) -> None:
    (row,) = problem_case(city, ALL, LATEST, "p3").to_dict("records")
    assert (row["name"], row["deadline"], row["due_on"], row["ended_on"]) == ("e4", day(35), day(45), day(50))
    narrow = replace(LATEST, regions=("A",), start=day(99))
    assert len(problem_case(city, ALL, narrow, "p3")) == 1  # a link works under any filter
    assert problem_case(city, Scope(("A",), None), LATEST, "p3").empty  # but not outside of scope
    assert problem_case(city, ALL, LATEST, "x").empty


def test_the_register_is_as_fresh_as_its_latest_entry(city: Store) -> None:
    assert register_day(city, Scope.everything()) == day(99)


def test_an_empty_store_has_no_problems(store: Store) -> None:
    assert counted(store) == {}
    assert problem_page(store, ALL, LATEST).empty
    assert register_day(store, Scope.everything()) is None
