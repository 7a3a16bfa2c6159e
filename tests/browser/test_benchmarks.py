"""The measurements themselves, on a small city and with few repetitions: they run, and measure what they say."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from benchmarks import browser, pages
from benchmarks.results import BUDGETS
from benchmarks.server import running

LAST_DAY = date(2025, 6, 13)


@pytest.fixture
def few(monkeypatch):
    for module, name, value in (
        (pages, "NEW_FILTERS", 8),
        (pages, "others", list),
        (pages, "IDLE_SESSIONS", 2),
        (pages, "BUSY_SESSIONS", 3),
        (pages, "BUSY_SECONDS", 3.0),
        (pages, "THINK_SECONDS", 0.5),
        (browser, "FRESH_VISITS", 1),
    ):
        monkeypatch.setattr(module, name, value)


def measured_by(measure, store_url):
    """Measure in a thread of its own: the browser of the other tests keeps an event loop in this one."""

    def work():
        with running(store_url) as server:
            return {entry.name: entry for entry in measure(server)}

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


@pytest.mark.usefixtures("few")
def test_pages_are_measured_over_the_wire(demo_store_url, zhanjiang):
    measured = measured_by(lambda server: pages.measure(server, zhanjiang, LAST_DAY, "duckdb", 10_400), demo_store_url)
    assert all(r.p50_ms > 0 for r in measured.values())
    # A whole page of charts is tens of kilobytes; an error page is not.
    assert measured["page, bytes sent · first run"].p50_ms > 50
    assert measured["page, selection cached: wall"].p50_ms < measured["page, filter never seen: wall"].p50_ms
    assert {name for name in BUDGETS if name.startswith(("page,", "100 sessions", "server memory"))} <= set(measured)


@pytest.mark.usefixtures("few", "chromium")
def test_waits_are_measured_in_chromium(demo_store_url, zhanjiang):
    regions = [node.code for node in zhanjiang.regions if node.level == 1][:1]
    measured = measured_by(lambda server: browser.measure(server, regions, "duckdb", 10_400), demo_store_url)
    assert set(measured) == {name for name in BUDGETS if name.startswith("browser,")}
    assert all(0 < r.p50_ms < 60_000 for r in measured.values())
    assert measured["browser, after process start: LCP"].p50_ms <= (
        measured["browser, after process start: settled"].p50_ms + 1000
    )
