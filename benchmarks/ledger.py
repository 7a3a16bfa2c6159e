"""How long the ledger takes: search, pages from the first to one deep inside, work lists, and a stream of all rows."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from time import perf_counter

from benchmarks.results import Result, result
from benchmarks.stores import last_day
from data_access.queries.keyset import Place
from data_access.queries.ledger import Asked, count_work, read_page, stream
from data_access.queries.measures import Rules
from data_access.queries.worklists import Question
from data_access.selection import Scope, Selection
from data_access.store import Store

REPEATS = 12
WARM_UP = 2
EVERYONE = Scope.everything()
# Parts of names, of an address and of a code, each with many finds, few or none.
SEARCHES = ("百货", "水产", "贸易有限公司", "演示路12", "E0300", "没有这样的", "91440", "水产 贸易")
STREAMED = 100_000


def measure(store: Store, engine: str, size: int) -> Iterator[Result]:
    """Yield the time of every question; searches and places change, so that no answer is a repetition."""
    selection = Selection(as_of=last_day(store))
    for name, ask in _questions(store, selection):
        yield result(
            name, engine, size, [_timed(partial(ask, number)) for number in range(-WARM_UP, REPEATS)][WARM_UP:]
        )


def _questions(store: Store, selection: Selection) -> Iterator[tuple[str, Callable[[int], object]]]:
    asked = partial(Asked, EVERYONE, selection)

    def search(number: int) -> object:
        return read_page(store, asked(search=SEARCHES[number % len(SEARCHES)]))

    def sorted_page(sort: str, number: int) -> object:
        return read_page(store, asked(sort=sort, descending=number % 2 == 0), Place(f"E{20_000 * (number % 20):07d}"))

    def stream_all(number: int) -> object:
        columns = ("enterprise_id", "name", "region_1", "tier", "first_visit_on", "total_credit")
        parts = stream(store, asked(descending=number % 2 == 0), columns)
        return sum(len(part) for part in islice(parts, STREAMED // 5_000))

    def sorted_search(number: int) -> object:
        return read_page(store, asked(search=SEARCHES[number % 3], sort="name"))

    yield "ledger search", search
    yield "ledger search · by name", sorted_search
    yield "ledger · page by id", partial(sorted_page, "")
    yield "ledger · page by name", partial(sorted_page, "name")
    yield "ledger · page by first visit", partial(sorted_page, "first_visit_on")
    yield "ledger · visits", lambda number: read_page(store, asked(rows="visits"), Place(f"V{20_000 * number:07d}"))
    yield "ledger · overdue", lambda _number: read_page(store, asked(work="overdue"))
    yield "ledger · all work lists counted", lambda _n: count_work(store, Question(EVERYONE, selection, Rules()))
    yield "ledger · 100,000 rows streamed", stream_all


def _timed(run: Callable[[], object]) -> float:
    start = perf_counter()
    run()
    return (perf_counter() - start) * 1000
