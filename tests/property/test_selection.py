"""Whatever is asked of the store: parts add up, nothing from outside a scope comes through, and rows tell the same."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_access.queries.history import daily
from data_access.queries.progress import progress_by
from data_access.schema import DIMENSIONS
from data_access.selection import Scope, Selection
from data_access.store import Store, open_store
from tests.contract.small_city import Row, day, decision, enterprise, fill, push, visit

COUNTIES, TOWNS, SECTIONS, BANKS = ("A", "B", "C"), ("1", "2", None), ("C", "F", None), ("X", "Y", "Z")
N = 240
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MEASURES = ("enterprises", "listed", "visited", "visited_listed", "visited_off_list", "applied", "approved", "pushes")
MONEY = ("approved_amount", "requested_amount")


def _random_city() -> dict[str, list[Row]]:
    rng = np.random.default_rng(7)

    def pick(values: tuple[str | None, ...]) -> str | None:
        return values[int(rng.integers(len(values)))]

    enterprises = []
    for i in range(N):
        county, town = str(pick(COUNTIES)), pick(TOWNS)
        kind = str(pick(("company", "sole_trader")))
        enterprises.append(enterprise(f"e{i}", county, town and f"{county}{town}", pick(SECTIONS), kind))
    names = [row["enterprise_id"] for row in enterprises]
    some = rng.permutation(names)
    visits = [visit(i, str(rng.choice(names)), int(rng.integers(0, 90)), pick((*BANKS, None))) for i in range(300)]
    asked = [
        {"application_id": f"a{i}", "enterprise_id": name, "submitted_on": day(int(rng.integers(0, 90)))}
        | {"need_amount": float(rng.integers(1, 50)) * 10_000, "status": "passed"}
        for i, name in enumerate(some[:90])
    ]
    pushed = [push(i, str(name), str(pick(BANKS)), int(rng.integers(0, 90))) for i, name in enumerate(some[:80])]
    decided = [
        decision(i, row["enterprise_id"], row["bank"], int(rng.integers(0, 90)), "approved", approved_amount=10_000 * i)
        for i, row in enumerate(pushed[:60])
    ]
    targets = [
        {"enterprise_id": name, "list_version": "1", "issued_on": day(0), "removed_on": None} for name in some[:180]
    ]
    return {
        "enterprises": enterprises,
        "visit_targets": targets,
        "visits": visits,
        "applications": asked,
        "recommendations": pushed,
        "decisions": decided,
    }


CITY = _random_city()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(f"duckdb:///{(Path(tmp_path_factory.mktemp('city')) / 's.duckdb').as_posix()}")
    fill(store, CITY)
    yield store
    store.close()


def _some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=3).map(tuple)


PLACES = (*COUNTIES, "A1", "B2", "C1")
DATES = st.integers(0, 95).map(day)
SELECTIONS = st.builds(
    Selection,
    as_of=DATES,
    start=st.none() | DATES,
    regions=_some(PLACES),
    industries=_some(("C", "F", "")),
    entity_types=_some(("company", "sole_trader")),
    banks=_some(BANKS),
)
SCOPES = st.builds(Scope, regions=st.none() | _some(PLACES), banks=st.none() | _some(BANKS))
BY = st.lists(st.sampled_from(DIMENSIONS), unique=True, min_size=1, max_size=2)


@given(scope=SCOPES, selection=SELECTIONS, by=BY)
@QUICK
def test_parts_add_up_to_the_whole(city: Store, scope: Scope, selection: Selection, by: list[str]) -> None:
    """Every count of enterprises and every sum of money is the sum over any dimension of the enterprise."""
    wanted = (*MEASURES, *MONEY)
    whole = progress_by(city, scope, selection, (), wanted).iloc[0]
    parts = progress_by(city, scope, selection, by, wanted)[list(wanted)].sum(min_count=1)
    for name in wanted:
        same = np.isclose(whole[name], parts[name]) if whole[name] == whole[name] else True
        assert same or (parts.isna()[name] and whole[name] == 0), name


@given(scope=SCOPES, selection=SELECTIONS, by=BY)
@QUICK
def test_a_scope_is_never_left(city: Store, scope: Scope, selection: Selection, by: list[str]) -> None:
    """What a scope lets through is what the same selection, cut down to the scope by hand, finds."""
    seen = progress_by(city, scope, selection, by, MEASURES)
    outside = Selection(date(2026, 1, 1))
    allowed = progress_by(city, scope, outside, by, ("enterprises",))
    assert set(map(tuple, seen[by].to_numpy())) <= set(map(tuple, allowed[by].to_numpy()))
    if scope.regions == () or scope.banks == ():
        assert seen.empty
    # A bank's first visit in the period may be to an enterprise that another bank had visited before it.
    start = selection.start if scope.banks is None else None
    anybody = replace(selection, start=start)
    everything = progress_by(city, Scope.everything(), anybody, by, MEASURES).set_index(by)
    for key, row in seen.set_index(by).iterrows():
        assert (row.fillna(0) <= everything.loc[key].fillna(np.inf) + 1e-9).all()


@given(
    as_of=DATES, start=st.none() | DATES, codes=_some(COUNTIES) | _some(("A1", "B2", "C1", "")), narrow=st.booleans()
)
@QUICK
def test_to_know_the_level_of_regions_changes_no_figure(
    city: Store, as_of: date, start: date | None, codes: tuple[str, ...], *, narrow: bool
) -> None:
    """A level spares the query columns, and lets the summary of days answer it: the figures stay what they are."""
    anywhere = Selection(as_of, start, codes, entity_types=("company", "sole_trader", "") if narrow else ())
    level = 2 if set(codes) - set(COUNTIES) else 1
    known = anywhere.within(*codes, level=level)
    by = ("region_1", "region_2")
    asked = (Scope.everything(), known), (Scope(codes, None, level), replace(known, regions=()))
    expected = progress_by(city, Scope.everything(), anywhere, (*by, "entity_type"), MEASURES)
    whole = expected.groupby(list(by), as_index=False)[list(MEASURES)].sum(min_count=1)
    for scope, selection in asked if codes else asked[:1]:
        found = progress_by(city, scope, selection, by, MEASURES)
        pd.testing.assert_frame_equal(found, whole, check_like=True)
        days = daily(city, scope, selection, "visited_listed", by)
        assert days["n"].sum() == pytest.approx(whole["visited_listed"].sum())


@given(selection=SELECTIONS, county=st.sampled_from(COUNTIES))
@QUICK
def test_scope_and_selection_of_a_county_agree(city: Store, selection: Selection, county: str) -> None:
    """Seeing only a county is the same as everybody looking at that county."""
    wide = Selection(selection.as_of, selection.start, (), selection.industries, selection.entity_types)
    by_scope = progress_by(city, Scope((county,), None), wide, ("region_2",), MEASURES)
    by_choice = progress_by(city, Scope.everything(), wide.within(county), ("region_2",), MEASURES)
    pd.testing.assert_frame_equal(by_scope, by_choice)


@given(selection=SELECTIONS)
@QUICK
def test_the_store_counts_what_the_rows_say(city: Store, selection: Selection) -> None:
    """The visited enterprises and the approved money, counted again from the rows in Python."""
    kept = _kept(selection)
    visits = [v for v in CITY["visits"] if not selection.banks or v["bank"] in selection.banks]
    firsts: dict[str, date] = {}
    for v in visits:
        firsts[v["enterprise_id"]] = min(v["visited_on"], firsts.get(v["enterprise_id"], date.max))
    visited = sum(1 for name, on in firsts.items() if name in kept and _in_period(on, selection))
    money = sum(
        d["approved_amount"]
        for d in CITY["decisions"]
        if d["enterprise_id"] in kept
        and _in_period(d["decided_on"], selection)
        and (not selection.banks or d["bank"] in selection.banks)
    )
    found = progress_by(city, Scope.everything(), selection, (), ("visited", "approved_amount")).iloc[0]
    assert (found["visited"], found["approved_amount"]) == (visited, money)


@given(selection=SELECTIONS)
@QUICK
def test_days_add_up_to_the_period(city: Store, selection: Selection) -> None:
    """The daily increments of a measure add up to the measure."""
    found = progress_by(city, Scope.everything(), selection, (), ("visited", "visited_listed", "approved_amount"))
    for name in ("visited", "visited_listed", "approved_amount"):
        days = daily(city, Scope.everything(), selection, name)
        assert days["n"].sum() == pytest.approx(found[name].iloc[0])


def _kept(selection: Selection) -> set[str]:
    """The enterprises whose own attributes are in the selection."""

    def fits(row: Row) -> bool:
        places = (row["region_1"], row["region_2"])
        return (
            (not selection.regions or any(place in selection.regions for place in places))
            and (not selection.industries or (row["industry_1"] or "") in selection.industries)
            and (not selection.entity_types or row["entity_type"] in selection.entity_types)
        )

    return {row["enterprise_id"] for row in CITY["enterprises"] if fits(row)}


def _in_period(on: date, selection: Selection) -> bool:
    return on <= selection.as_of and (selection.start is None or on >= selection.start)
