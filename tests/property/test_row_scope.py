"""Whoever asks: every public query answers as if the rows outside of the scope did not exist, and names none of them.

The answer on the whole city is held against the answer on a city from which everything outside was taken away, which
no count, name, text or absence survives that comes from there.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import data_access
from data_access.commitments import list_commitments
from data_access.editions import list_editions, next_number
from data_access.entered import list_entries
from data_access.importing import batches, closings, held
from data_access.importing.report import RefusedError
from data_access.importing.returned import held_workbook
from data_access.profile import Profile
from data_access.queries import (
    banks,
    bulletin,
    cohorts,
    controls,
    distributions,
    dossier,
    events,
    history,
    ledger,
    lineage,
    officers,
    priority,
    problems,
    products,
    progress,
    published,
    quality,
    reasons,
    refusals,
    regions,
    revisions,
    rowsets,
)
from data_access.queries.examined import EXAMINED
from data_access.queries.keyset import Place
from data_access.queries.ledger import Asked
from data_access.queries.measures import MEASURES
from data_access.queries.rowsets import ROWSETS
from data_access.queries.worklists import WORK_LISTS, Question
from data_access.schema import import_tables
from data_access.selection import Attribution, Scope, Selection
from data_access.store import Store, open_store
from tests.contract.small_city import day
from tests.property import scoped_city as made

DOCUMENT = Path(__file__).parents[2] / "docs" / "row-scope.md"
CITY = made.random_city()
# An example is some thousand statements: a failing one is told as it is, and not made smaller.
SLOW = settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=(Phase.explicit, Phase.generate),
)  # fmt: skip
NAMES = [str(row["enterprise_id"]) for row in CITY["enterprises"]]
TABLES = ("visits", "applications", "recommendations", "decisions", "loans", "problems", "enterprises", "bank_sizes",
          "outlets", "officers", "event_participants", "products")  # fmt: skip
BY: tuple[tuple[str, ...], ...] = ((), ("region_1",), ("bank",), ("region_2", "bank"), ("industry_1", "entity_type"))


def some(codes: tuple[str, ...], most: int = 2) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(codes), unique=True, max_size=most).map(tuple)


PLACES = (*made.COUNTIES, *made.TOWNS[:3], *made.GRIDS[:3])
SCOPES = st.one_of(
    st.builds(Scope, regions=some(PLACES), banks=st.none()),
    st.builds(Scope, regions=st.none(), banks=some(made.BANKS)),
    st.builds(Scope, regions=some(PLACES), banks=some(made.BANKS)),
    st.builds(Scope, regions=st.none() | some(PLACES), banks=st.none(), departments=some(made.DEPARTMENTS)),
)
SELECTIONS = st.builds(
    Selection,
    as_of=st.integers(40, 100).map(day),
    start=st.none() | st.just(day(20)),
    regions=st.just(()) | some(PLACES),
    entity_types=st.just(()) | some(("company", "sole_trader")),
    banks=st.just(()) | some(made.BANKS),
    attribution=st.sampled_from(Attribution),
)


def _ledger(store: Store, scope: Scope, selection: Selection, _p: Profile) -> Iterator[Any]:
    outside = "e3"  # a search, or the id of a row that a page begins with, may be anybody's
    for rows, work in [(rows, "") for rows in ledger.GRAINS] + [("enterprises", work) for work in WORK_LISTS]:
        asked = Asked(scope, selection, rows, work, sort="name")
        columns = ("row_id", "enterprise_id", "name", "region_1")
        yield ledger.count_rows(store, asked), list(ledger.stream(store, asked, columns))
        found = Asked(scope, selection, rows, work, search="名1")
        yield ledger.read_page(store, found, None, 10), ledger.read_page(store, asked, Place(outside), 10)
    for measure in ("visited", "approvals", "problem.open"):
        rows = ROWSETS[measure].rows if measure in ROWSETS else lineage.listed_as(measure)
        yield ledger.count_rows(store, Asked(scope, selection, rows, measure=measure))


def _lineage(store: Store, scope: Scope, selection: Selection, _p: Profile) -> Iterator[Any]:
    cells = ({}, {"region_1": "A"}, {"bank": "X"})
    for cell in cells:
        # Every third one, another third each day: an example is long enough.
        for measure in MEASURES[selection.as_of.day % 3 :: 3 if not cell else 9]:
            yield lineage.measure_rows(store, scope, selection, measure, cell)
            yield lineage.added_up(store, scope, selection, measure, cell)
        yield lineage.batches_behind(store, scope, selection, ("visited", "approved_amount", "pushes"), cell)


def _rowsets(store: Store, scope: Scope, selection: Selection, _p: Profile) -> Iterator[Any]:
    for key, rows in list(ROWSETS.items())[selection.as_of.day % 2 :: 2]:
        cell = {"generic": "R01"} if "generic" in rows.marks else {}
        yield rowsets.rowset_rows(store, key, scope, selection, cell)
        yield rowsets.rowset_total(store, key, scope, selection, cell)
    yield lineage.batches_of_rows(store, scope, selection, ("problem.open", "unserved", "cohort.applied"))


def _problems(store: Store, scope: Scope, selection: Selection, _p: Profile) -> Iterator[Any]:
    for by in ((), ("department",), ("region_1", "category")):
        yield problems.problems_by(store, scope, selection, by), problems.problem_times(store, scope, selection, by=by)
    yield problems.problem_flow(store, scope, selection), problems.register_day(store, scope)
    for state in problems.STATES:
        yield problems.problem_page(store, scope, selection, state=state, limit=50)
    yield [problems.problem_case(store, scope, selection, f"q{i}") for i in range(40)]


def _banks(store: Store, scope: Scope, selection: Selection, _p: Profile) -> Iterator[Any]:
    yield banks.bank_sizes(store, scope)
    yield banks.bank_plans(store, scope, selection), banks.bank_reports(store, scope, selection)
    yield banks.application_cohorts(store, scope, selection, ("region_1",), day(30))
    yield banks.weekly_cohorts(store, scope, selection), banks.renewals(store, scope, selection)
    yield banks.approved_amounts(store, scope, selection), banks.push_times(store, scope, selection)
    yield banks.overdue_pushes(store, scope, selection)
    yield refusals.refusal_counts(store, scope, selection, ("R01",), day(50))
    yield refusals.refusal_lengths(store, scope, selection), refusals.refusal_outcomes(store, scope, selection)
    yield refusals.refusal_texts(store, scope, selection, ("R01",))


def _figures(store: Store, scope: Scope, selection: Selection, _p: Profile) -> Iterator[Any]:
    for by in BY:
        yield progress.progress_by(store, scope, selection, by)
    yield progress.progress_at(store, scope, selection, {day(40): MEASURES, day(80): ("visited", "approvals")})
    yield published.measures_at(store, scope, selection)
    for measure in (*history.DAILY_STAGES, *history.DAILY_AMOUNTS):
        yield history.daily(store, scope, selection, measure, ("region_1",))
    yield history.daily_each(store, scope, selection, ("applied", "approved_amount"))
    yield history.durations(store, scope, selection, "recommended_on", "decided_on", ("region_2",))
    for by in BY:
        yield cohorts.cohorts(store, scope, selection, by)
    yield priority.by_tag(store, scope, selection, ("tech",)), distributions.places(store, scope, selection)
    yield distributions.loan_rates(store, scope, selection, ("bank",))
    yield distributions.credit_spread(store, scope, selection, ("region_1",))
    yield reasons.drop_offs(store, scope, selection), reasons.unserved_by(store, scope, selection, ("region_1",))
    yield reasons.unserved_page(store, scope, selection), revisions.revisions(store, scope, selection, 0)


def _services(store: Store, scope: Scope, selection: Selection, _p: Profile) -> Iterator[Any]:
    yield events.events(store, scope, selection), events.attendances(store, scope, selection)
    yield events.outcomes(store, scope, selection), events.names(store, scope, NAMES)
    yield controls.strata(store, scope, selection, days=20), controls.register_shares(store, scope, selection, day(50))
    for by in ((), ("region_1", "kind"), ("bank",)):
        yield officers.officers_by(store, scope, selection, by)
    yield officers.villages_by(store, scope, selection, ("region_1",))
    yield products.products(store, scope), products.product_loans(store, scope, selection)
    yield products.outlets(store, scope, selection), products.contacts(store, scope, selection)
    yield bulletin.latest_events(store, scope, selection, 50), bulletin.overdue_problems(store, scope, selection)


def _quality(store: Store, scope: Scope, _selection: Selection, profile: Profile) -> Iterator[Any]:
    yield quality.check_counts(store, profile, scope), quality.held_for_code(store, scope)
    for check in EXAMINED:
        yield quality.failing_rows(store, profile, scope, check)
        yield quality.counts_by(store, profile, scope, check, "bank")
        yield quality.counts_by(store, profile, scope, check, "region_1")


def _imports(store: Store, scope: Scope, _selection: Selection, profile: Profile) -> Iterator[Any]:
    for by in ("", "somebody"):
        yield batches.list_batches(store, scope, by), batches.list_batch_files(store, scope, 1, by)
        yield held.list_held(store, scope, 1, by), closings.list_duplicates(store, scope, 1, by)
        yield closings.list_closings(store, scope, 1, by)
        if not scope.is_everything:
            with pytest.raises(RefusedError):
                held_workbook(store, profile, scope, 1, "zh", by)
            with pytest.raises(RefusedError):
                batches.undo_batch(store, scope, 1, by=by)


def _single(store: Store, scope: Scope, selection: Selection, profile: Profile) -> Iterator[Any]:
    yield [dossier.dossier(store, scope, name, selection.as_of) for name in (*NAMES, "nobody")]
    yield [regions.grids(store, scope, town) for town in made.TOWNS], ledger.grid_names(store, scope)
    yield ledger.count_work(store, Question(scope, selection)), lineage.batches_of(store, scope, selection, TABLES)
    yield list_commitments(store, scope), list_entries(store, scope)
    yield list_editions(store, scope), next_number(store, scope)
    if not scope.is_everything:
        yield published.counted(store, profile, scope)
        yield published.count_rows(store, profile, scope, {"n": "count:problems"}, selection.as_of)
        yield published.measures_by_date(store, profile, scope, ("visited",))


ASKERS: tuple[Callable[[Store, Scope, Selection, Profile], Iterator[Any]], ...] = (
    _figures, _ledger, _lineage, _rowsets, _problems, _banks, _services, _quality, _imports, _single,
)  # fmt: skip
# What needs no scope, and what writes: the document says why.
WITHOUT_SCOPE = {"entered.latest_of_all", "publicity.publications", "revisions.last_batch", "frames.frame_of"}
WRITING = {
    "commitments.add_commitment", "commitments.close_commitment", "entered.add_entry", "editions.freeze",
    "batches.undo_batch", "closings.close_duplicates", "editions.read_edition",
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class Whole:
    """The whole city. Without a text of its own: Hypothesis prints it beside a failing example, profile and all."""

    store: Store
    profile: Profile


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, zhanjiang: Profile) -> Iterator[Whole]:
    store = open_store(f"duckdb:///{(Path(tmp_path_factory.mktemp('scope')) / 's.duckdb').as_posix()}")
    made.put(store, CITY)
    yield Whole(store, zhanjiang)
    store.close()


@given(scope=SCOPES, selection=SELECTIONS)
@SLOW
def test_every_query_answers_as_if_there_were_nothing_outside(whole: Whole, scope: Scope, selection: Selection) -> None:
    """On the whole city and on what the scope leaves of it, to the last figure; and no word of the rest appears."""
    store, profile, kept = whole.store, whole.profile, made.inside(CITY, scope)
    less = open_store("duckdb:///:memory:")
    try:
        made.put(less, kept, store)
        strange = made.tokens(CITY) - made.tokens(kept)
        for ask in ASKERS:
            answers = zip(ask(store, scope, selection, profile), ask(less, scope, selection, profile), strict=True)
            for number, (found, expected) in enumerate(answers):
                said = plain(found)
                assert said == plain(expected), f"{ask.__name__}, answer {number}"
                assert not words(said) & strange, f"{ask.__name__}, answer {number}"
    finally:
        less.close()


def plain(value: Any) -> str:
    """Return an answer as text: frames by column and row, numbers to nine digits, NaN and None alike."""
    return repr(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        rows = sorted(repr([_plain(cell) for cell in row]) for row in value.itertuples(index=False, name=None))
        return [*map(str, value.columns)], rows
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(entry) for name, entry in asdict(value).items()}
    if isinstance(value, Mapping):
        return {str(name): _plain(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if value is None or value is pd.NaT or (isinstance(value, float | np.floating) and np.isnan(value)):
        return None
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        return f"{float(value):.9g}"
    return str(value)[:10] if isinstance(value, date) else str(value)


def words(text: str) -> set[str]:
    return set(re.findall(r"[\w.\-]+", text))


# ---- nothing is forgotten ------------------------------------------------------------------------------------------


def public_queries() -> dict[str, Callable[..., Any]]:
    """Return every public function of data_access that is given a store, by module and name."""
    found = {}
    for info in pkgutil.walk_packages(data_access.__path__, "data_access."):
        if info.name.startswith("data_access.access") or info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            first = next(iter(inspect.signature(function).parameters), "")
            if function.__module__ == info.name and first == "store" and not name.startswith("_"):
                found[f"{info.name.rpartition('.')[2]}.{name}"] = function
    return found


IMPORTING = {"pipeline.import_files", "locking.exclusive"}  # they write, or are no query


def test_every_public_query_takes_a_scope() -> None:
    """A query that takes none is one of the few that say why."""
    scoped = {"scope", "asked", "question"}
    without = {
        name for name, function in public_queries().items() if not scoped & set(inspect.signature(function).parameters)
    }
    assert without <= WITHOUT_SCOPE | IMPORTING, without - WITHOUT_SCOPE - IMPORTING


def test_every_public_query_is_asked_here_and_explained() -> None:
    """A new query is held against the scopes, and described in the document, before it can be used."""
    source = "\n".join(inspect.getsource(ask) for ask in ASKERS)
    told = DOCUMENT.read_text("utf-8")
    for name in public_queries().keys() - IMPORTING:
        asked = name in WITHOUT_SCOPE | WRITING or re.search(rf"\b{name.rpartition('.')[2]}\(", source)
        assert asked, f"{name} is not asked"
        assert f"`{name}`" in told, f"{name} is not in {DOCUMENT.name}"


def test_the_city_has_something_in_every_table() -> None:
    """An empty table would prove nothing."""
    assert {name for name, rows in CITY.items() if rows} >= import_tables.keys()
