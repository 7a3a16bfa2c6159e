"""An edition of the small demo city, frozen once for all tests of the papers."""

from datetime import datetime
from types import MappingProxyType

import pytest

from components.context import Context, latest_day
from components.filters import Filters
from components.papers import freezing
from data_access.access.identity import Access
from reports.edition import Edition


@pytest.fixture(scope="session")
def edition(demo_store, zhanjiang):
    coverage = MappingProxyType(demo_store.coverage())
    last = latest_day(zhanjiang, coverage)
    context = Context(demo_store, zhanjiang, 1, coverage, "zh", Access.open(), Filters(last), last)
    whole = freezing.freezable(context)
    frames = freezing.frames(whole)
    return Edition(7, "工作通报", last, datetime(2025, 6, 14, 9, 0), "", 1, freezing.facts(whole), frames)  # noqa: DTZ001 - as the store keeps it
