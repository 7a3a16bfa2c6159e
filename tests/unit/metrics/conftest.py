"""The calendar of the programme's first half-year, as a city's profile would state it."""

from datetime import date, timedelta

import pytest

from metrics.calendar import Calendar


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


@pytest.fixture(scope="session")
def calendar() -> Calendar:
    holidays = [
        date(2025, 1, 1),
        *days(date(2025, 1, 28), date(2025, 2, 4)),
        *days(date(2025, 4, 4), date(2025, 4, 6)),
        *days(date(2025, 5, 1), date(2025, 5, 5)),
        *days(date(2025, 5, 31), date(2025, 6, 2)),
    ]
    makeup = [date(2025, 1, 26), date(2025, 2, 8), date(2025, 4, 27)]
    return Calendar(frozenset(holidays), frozenset(makeup), ((date(2025, 1, 20), date(2025, 2, 12)),))
