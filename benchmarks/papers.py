"""How long a meeting pack takes: every paper of a frozen edition for the city, and freezing the edition itself."""

from collections.abc import Iterator
from time import perf_counter
from types import MappingProxyType

from benchmarks.results import Result, result
from benchmarks.stores import PROFILE
from components.context import Context, latest_day
from components.filters import Filters
from components.papers.binder import freeze_now, open_edition, proposed_number
from data_access.access.identity import Access
from data_access.profile import load_profile
from data_access.store import Store
from reports.edition import CITY, Audience
from reports.pack import write_pack

REPEATS = 3


def measure(store: Store, engine: str, size: int) -> Iterator[Result]:
    """Yield the time of freezing an edition, and that of its pack in both languages."""
    profile, coverage = load_profile(PROFILE), MappingProxyType(store.coverage())
    last = latest_day(profile, coverage)
    context = Context(store, profile, store.version(), coverage, "zh", Access.open(), Filters(last), last)
    start = perf_counter()
    edition = open_edition(context, freeze_now(context, proposed_number(context), "Benchmark"))
    yield result("freezing an edition", engine, size, [1000 * (perf_counter() - start)])
    samples = []
    for number in range(REPEATS):
        start = perf_counter()
        write_pack(edition, Audience(CITY), ("zh", "en")[number % 2])
        samples.append(1000 * (perf_counter() - start))
    yield result("meeting pack", engine, size, samples)
