"""How long the store takes to answer, for the questions that pages ask most."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from itertools import cycle, islice
from time import perf_counter

from sqlalchemy import ColumnElement, func, select

from benchmarks.results import Result, result
from data_access.queries.cohorts import cohorts
from data_access.queries.history import daily, durations
from data_access.queries.ledger import Asked, read_page
from data_access.queries.measures import MEASURES
from data_access.queries.problems import problems_by
from data_access.queries.progress import progress_by
from data_access.queries.reasons import drop_offs, unserved_page
from data_access.schema import DIMENSIONS, activity, problem_cases
from data_access.selection import Scope, Selection
from data_access.store import Store

REPEATS = 40
WARM_UP = 3
EVERYONE = Scope.everything()
# One pass over one derived table: what the budget of a group-by means.
REACH = ("enterprises", "listed", "visited", "visited_listed", "visited_off_list")


def measure(store: Store, engine: str, size: int) -> Iterator[Result]:
    """Yield the time of every question, each over many as-of dates so that no answer is a repetition."""
    selections = [Selection(as_of=day) for day in _days(store)]
    for name, ask in _questions(store):
        yield result(name, engine, size, _times(ask, selections))


def _questions(store: Store) -> Iterator[tuple[str, Callable[[Selection], object]]]:
    ask = partial(_progress, store)
    for dimension in (*DIMENSIONS, "bank"):
        yield f"group-by of progress_by · {dimension}", partial(ask, (dimension,), REACH)
    for who, scope in _scopes(store).items():
        for dimension in ("region_2", "tier"):
            asked = partial(progress_by, store, scope, by=(dimension,), measures=REACH)
            yield f"group-by of progress_by · {dimension}, scope of {who}", asked
    for who, scope in {"the city": EVERYONE, **_scopes(store), "a department": _department(store)}.items():
        yield f"problems by department, scope of {who}", partial(_problems, store, scope)
        yield f"a page of the ledger, scope of {who}", partial(_ledger_page, store, scope)
    yield "all measures · city", partial(ask, (), MEASURES)
    yield "all measures · region_1", partial(ask, ("region_1",), MEASURES)
    yield "all measures · bank", partial(ask, ("bank",), MEASURES)
    yield "daily · visited", lambda selection: daily(store, EVERYONE, selection, "visited")
    yield "durations · recommended to decided", partial(_decision_times, store)
    yield "cohorts · city, 60 days", lambda selection: cohorts(store, EVERYONE, selection)
    yield "cohorts · region_1, 60 days", lambda selection: cohorts(store, EVERYONE, selection, ("region_1",))
    yield "cohorts · bank, 60 days", lambda selection: cohorts(store, EVERYONE, selection, ("bank",))
    yield "reasons for stopping", lambda selection: drop_offs(store, EVERYONE, selection)
    yield "a page of the unserved", lambda selection: unserved_page(store, EVERYONE, selection)


def _scopes(store: Store) -> dict[str, Scope]:
    """Return what two readers with part of the city may see: the county and the bank with the most activities."""
    county, bank = (_most_frequent(store, activity.c[name]) for name in ("region_1", "bank"))
    return {
        "a county": Scope((county,), None),
        "a county, its level known": Scope((county,), None, region_level=1),
        "a bank": Scope(None, (bank,)),
        "a county and a bank": Scope((county,), (bank,), region_level=1),
    }


def _department(store: Store) -> Scope:
    known = select(problem_cases.c.department).where(problem_cases.c.department != "").distinct()
    names = store.rows(known.order_by(problem_cases.c.department).limit(1))
    return Scope(None, None, departments=tuple(str(name) for (name,) in names))


def _problems(store: Store, scope: Scope, selection: Selection) -> object:
    return problems_by(store, scope, selection, ("department",))


def _ledger_page(store: Store, scope: Scope, selection: Selection) -> object:
    return read_page(store, Asked(scope, selection))


def _most_frequent(store: Store, column: ColumnElement[str]) -> str:
    query = select(column).where(column.is_not(None)).group_by(column).order_by(func.count().desc(), column).limit(1)
    with store.connect() as connection:
        return str(connection.execute(query).scalar_one())


def _progress(store: Store, by: tuple[str, ...], measures: tuple[str, ...], selection: Selection) -> object:
    return progress_by(store, EVERYONE, selection, by, measures=measures)


def _decision_times(store: Store, selection: Selection) -> object:
    return durations(store, EVERYONE, selection, "recommended_on", "decided_on")


def _days(store: Store) -> list[date]:
    """Return the last days on which anything happened, enough for the warm-up and every repetition."""
    day = activity.c.happened_on
    with store.connect() as connection:
        found = connection.execute(select(day).where(day.is_not(None)).distinct().order_by(day.desc())).scalars().all()
    return list(islice(cycle(found), WARM_UP + REPEATS))


def _times(ask: Callable[[Selection], object], selections: list[Selection]) -> list[float]:
    for selection in selections[:WARM_UP]:
        ask(selection)
    return [_timed(partial(ask, selection)) for selection in selections[WARM_UP:]]


def _timed(run: Callable[[], object]) -> float:
    start = perf_counter()
    run()
    return (perf_counter() - start) * 1000
