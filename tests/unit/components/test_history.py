"""The months of a history."""

from datetime import date

from components.districts.history import month_ends


def test_the_months_end_with_the_day_asked_for():
    assert month_ends(date(2024, 11, 21), date(2025, 2, 13)) == [
        date(2024, 11, 30), date(2024, 12, 31), date(2025, 1, 31), date(2025, 2, 13),
    ]  # fmt: skip


def test_a_day_that_ends_a_month_stands_once():
    assert month_ends(date(2025, 1, 1), date(2025, 2, 28)) == [date(2025, 1, 31), date(2025, 2, 28)]


def test_a_start_within_the_last_month_gives_that_day_alone():
    assert month_ends(date(2025, 2, 1), date(2025, 2, 13)) == [date(2025, 2, 13)]
