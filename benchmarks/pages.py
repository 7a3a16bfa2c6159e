"""What pages cost the server: time, processor, bytes and memory, for one reader and for many."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import date, timedelta
from itertools import product

from benchmarks.results import Result, result
from benchmarks.server import Reader, Run, Server, reading
from data_access.profile import Profile
from pages import PAGES

NEW_FILTERS = 40
WARM_UP = 3
IDLE_SESSIONS = 50
BUSY_SESSIONS = 100
THINK_SECONDS = 5.0
BUSY_SECONDS = 40.0
SEED = 20250613
OTHER_FILTERS = 20  # for every page but the overview, which stands for all of them in the budgets
# Beside what a page shows at first, its costliest views: what their URL asks for.
VIEWS = {
    "funnel": ("", "version=cohort&by=bank&part=reasons"),
    "industries": ("", "show=credit_per_enterprise&by=chain"),
}
UNFILTERED = frozenset({"data", "definitions"})  # the filters change nothing on these


def measure(server: Server, profile: Profile, last_day: date, engine: str, size: int) -> Iterator[Result]:
    """Yield what pages cost for filters never seen and cached, and the overview in memory and with many readers."""
    queries = _queries(profile, last_day)
    yield from asyncio.run(_one_reader(server, queries[:NEW_FILTERS], engine, size))
    for page in others():
        for view in VIEWS.get(page, ("",)):
            asked = [f"{query}&{view}" if view else query for query in queries[:OTHER_FILTERS]]
            yield from asyncio.run(
                _one_reader(server, asked, engine, size, page, f" · {page}{' ' if view else ''}{view}")
            )
    yield asyncio.run(_memory(server, queries[:NEW_FILTERS], engine, size))
    yield asyncio.run(_many_readers(server, queries[NEW_FILTERS:], engine, size))


def others() -> list[str]:
    """Return the addresses of the pages that are measured beside the overview: all that the filters change."""
    return [page.url_path for page in PAGES[1:] if page.url_path not in UNFILTERED]


def _queries(profile: Profile, last_day: date) -> list[str]:
    """Return URL parameters in a fixed random order: every region of the first level on each of many days."""
    days = [last_day - timedelta(days=back) for back in range(60)]
    regions = ["", *(node.code for node in profile.regions if node.level == 1)]
    found = [f"date={day.isoformat()}&region={code}" for day, code in product(days, regions)]
    random.Random(SEED).shuffle(found)  # noqa: S311 - an order to measure in, not a secret
    return found


async def _one_reader(
    server: Server, queries: list[str], engine: str, size: int, page: str = "", of: str = ""
) -> list[Result]:
    """Measure one page; ``of`` is what its results' names end with."""
    async with reading(server) as reader:
        first = await reader.read("", page)
        new = [await _timed(server, reader, query, page) for query in queries][WARM_UP:]
        cached = [await reader.read(query, page) for query in queries[WARM_UP:]]
    return [
        result(f"page, filter never seen: wall{of}", engine, size, [run.milliseconds for run, _ in new]),
        result(f"page, filter never seen: CPU{of}", engine, size, [cpu for _, cpu in new]),
        result(f"page, selection cached: wall{of}", engine, size, [run.milliseconds for run in cached]),
        result(f"page, bytes sent · first run{of}", engine, size, [first.sent / 1024], "KB"),
        result(f"page, bytes sent · after a filter{of}", engine, size, [run.sent / 1024 for run, _ in new], "KB"),
    ]


async def _timed(server: Server, reader: Reader, query: str, page: str = "") -> tuple[Run, float]:
    before = server.cpu()
    run = await reader.read(query, page)
    return run, server.cpu() - before


async def _memory(server: Server, queries: list[str], engine: str, size: int) -> Result:
    async with AsyncExitStack() as stack:
        for number in range(IDLE_SESSIONS):
            reader = await stack.enter_async_context(reading(server))
            await reader.read(queries[number % len(queries)])
        return result("server memory after 50 sessions", engine, size, [server.memory()], "MB")


async def _many_readers(server: Server, queries: list[str], engine: str, size: int) -> Result:
    chance = random.Random(SEED)  # noqa: S311 - think times, not secrets
    async with AsyncExitStack() as stack:
        readers = [await stack.enter_async_context(reading(server)) for _ in range(BUSY_SESSIONS)]
        for reader in readers:
            await reader.read("")
        runs = await asyncio.gather(*(_busy(reader, queries, random.Random(chance.random())) for reader in readers))  # noqa: S311 - as above
    return result("100 sessions, 5 s think time: rerun", engine, size, [ms for times in runs for ms in times])


async def _busy(reader: Reader, queries: list[str], chance: random.Random) -> list[float]:
    loop = asyncio.get_running_loop()
    end, times = loop.time() + BUSY_SECONDS, []
    await asyncio.sleep(chance.uniform(0, THINK_SECONDS))
    while loop.time() < end:
        times.append((await reader.read(chance.choice(queries))).milliseconds)
        await asyncio.sleep(chance.expovariate(1 / THINK_SECONDS))
    return times
