"""What is said of a case's course."""

from datetime import date
from types import SimpleNamespace

import pytest

from components.problems import listing
from locales import translator

T = translator("zh")
DESK = SimpleNamespace(
    context=SimpleNamespace(t=T, numbers=SimpleNamespace(day=lambda day: day.isoformat())), day=date(2025, 6, 13)
)


def case(transferred, ended, due):
    return {
        "problem_id": "p", "visit_id": None, "raised_on": date(2025, 1, 10), "deadline": date(2025, 1, 25),
        "transferred_on": transferred, "closed_on": ended, "ended_on": ended, "reopened_on": None,
        "reclosed_on": None, "due_on": due, "suspended_days": 8, "is_reopened": False, "satisfaction": None,
        "suspended_on": date(2025, 1, 12), "suspended_before": 0, "is_suspended": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("transferred", "ended", "due", "moved"),
    [
        (date(2025, 1, 23), None, date(2025, 2, 15), True),
        (date(2025, 1, 23), date(2025, 1, 23), date(2025, 2, 15), True),
        (date(2025, 1, 23), date(2025, 1, 20), date(2025, 2, 2), False),
    ],
)
def test_only_what_is_passed_on_while_it_is_open_has_its_clock_started_anew(transferred, ended, due, moved):
    row = case(transferred, ended, due)
    said, marked = " ".join(listing._steps(DESK, row)), listing._badges(DESK, row)
    assert ("2025-01-23</time> 转办，期限重新计算" in said) is moved
    assert ("2025-01-23</time> 办结后转办，期限不变" in said) is not moved
    assert f"到期（暂停 8 天{'、转办' if moved else ''}后顺延）" in said
    assert "2025-01-12</time> 暂停" in said
    assert ("转办" in marked) is moved


def test_a_clock_that_stands_still_is_marked_and_alarms_nobody():
    row = case(None, None, date(2025, 6, 13))
    assert listing.standing(DESK, row) == ("今日到期", "warn")
    assert "暂停中" not in listing._badges(DESK, row)
    assert "到期（暂停 8 天后顺延）" in " ".join(listing._steps(DESK, row))
    row["is_suspended"] = True
    assert "到期（至今暂停 8 天后顺延）" in " ".join(listing._steps(DESK, row))
    assert listing.standing(DESK, row) == ("剩 0 天", "flat")
    assert "暂停中" in listing._badges(DESK, row)


def test_a_suspension_is_no_pause_of_a_player():
    """The screen's button has a like word, which English has another for."""
    context = SimpleNamespace(t=translator("en"), numbers=SimpleNamespace(day=lambda day: day.isoformat()))
    desk, row = SimpleNamespace(context=context, day=date(2025, 6, 13)), case(None, None, date(2025, 6, 13))
    assert "Suspended<" in listing._badges(desk, row)
    assert "2025-01-12</time> Suspended<" in " ".join(listing._steps(desk, row))
    assert "Suspended now<" in listing._badges(desk, row | {"is_suspended": True})
