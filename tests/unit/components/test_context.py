"""What a run knows of its data before any page asks."""

from datetime import date

from components.context import latest_day
from data_access.importing.tables import TABLES
from data_access.store import Coverage


def test_a_planned_meeting_does_not_move_the_latest_day(zhanjiang):
    decided = Coverage(1, date(2025, 1, 1), date(2025, 6, 13))
    planned = Coverage(1, date(2025, 1, 1), date(2025, 12, 1))
    assert latest_day(zhanjiang, {"decisions": decided, "events": planned}) == date(2025, 6, 13)
    assert latest_day(zhanjiang, {"events": planned}) == zhanjiang.programme_start


def test_a_meeting_may_be_entered_before_it_is_held():
    column = next(c for c in TABLES["events"].columns if c.name == "held_on")
    assert column.may_be_future
