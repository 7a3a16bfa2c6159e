"""Whatever is asked: the rows behind a figure that is no measure are exactly the figure, for every row set."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_access.queries.ledger import Asked, count_rows, count_work
from data_access.queries.problems import MARKS
from data_access.queries.rowsets import ROWSETS, rowset_rows, rowset_total
from data_access.queries.worklists import Question
from data_access.schema import DIMENSIONS
from data_access.selection import Attribution, Scope, Selection
from data_access.store import Store

FIRST, LAST = date(2025, 1, 1), date(2025, 6, 13)
REGIONS, BANKS = ("440881", "440882", "440883"), ("B01", "B02", "B05")
# The small demo city has none of these.
NONE = {
    "problem.undated", "problem.transferred_late", "problem.open_0", "problem.overdue_0", "problem.overdue_1",
    "problem.in_time_0", "problem.in_time_3", "problem.in_time_4", "problem.in_time_5", "refusal.missing",
    "renewal.due", "renewal.renewed",
}  # fmt: skip
QUICK = settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAYS = st.integers(0, (LAST - FIRST).days).map(lambda n: LAST - timedelta(n))


def some(codes: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(codes), unique=True, max_size=2).map(tuple)


SELECTIONS = st.builds(
    Selection,
    as_of=DAYS,
    start=st.none() | st.just(date(2025, 2, 1)),
    regions=some(REGIONS),
    industries=some(("C", "F", "A")),
    entity_types=some(("company", "sole_trader")),
    banks=some(BANKS),
    attribution=st.sampled_from(Attribution),
)
SCOPES = st.builds(Scope, regions=st.none() | some(REGIONS), banks=st.none() | some(BANKS))
# What a mark of a cell can be; a dimension is in the cells below.
VALUES = {
    "region_1": ("", *REGIONS), "industry_1": ("", "C", "F"), "entity_type": ("company", "sole_trader"),
    "bank": BANKS, "department": ("finance", "market"), "level": ("simple", "hard"),
    "entry": ("visit", "walk_in"), "window": ("30", "60", "x"), "month": ("2025-02", "2025-03"),
    "upto": ("2025-03", "2025-04"), "from": ("first_visit_on", "need_on"), "to": ("applied_on", "drawn_on"),
    "stage": ("visit", "decision"), "status": ("rejected", "refused"), "reason": ("", "R01"),
    "code": ("", "R01"), "generic": ("R09,R10", ""), "kind": ("assistant", "commissioner"),
    "channel": ("handbook", "wechat"), "product_id": ("",), "watched": ("0", "15", "x"),
}  # fmt: skip


@pytest.mark.parametrize("key", ROWSETS)
@given(data=st.data(), scope=SCOPES, selection=SELECTIONS)
@QUICK
def test_the_rows_are_the_figure(
    demo_store: Store, key: str, data: st.DataObject, scope: Scope, selection: Selection
) -> None:
    """In a random cell; no row is listed twice, and the count of the rows is the count that is told."""
    offered = sorted(ROWSETS[key].marks & {*VALUES})
    names = data.draw(st.lists(st.sampled_from(offered), unique=True, max_size=3), label="marks")
    cell = {name: data.draw(st.sampled_from(VALUES[name])) for name in names}
    rows = rowset_rows(demo_store, key, scope, selection, cell)
    assert rows["weight"].sum() == pytest.approx(ROWSETS[key].figure(demo_store, scope, selection, cell))
    found, total = rowset_total(demo_store, key, scope, selection, cell)
    assert (found, total) == (len(rows), pytest.approx(rows["weight"].sum()))  # type: ignore[comparison-overlap]
    at_several_stages = key == "stopped" and "stage" not in cell
    assert at_several_stages or not rows.duplicated(["row_id", "bank"]).any()


@given(scope=SCOPES, selection=SELECTIONS)
@QUICK
def test_work_lists_are_counted_as_they_are_listed(demo_store: Store, scope: Scope, selection: Selection) -> None:
    """Whatever shorter way there is to their number."""
    known = count_work(demo_store, Question(scope, selection))
    assert known == {key: count_rows(demo_store, Asked(scope, selection, work=key)) for key in known}


@pytest.mark.parametrize("key", sorted({*ROWSETS} - NONE))
def test_there_are_rows_in_the_demo_city(demo_store: Store, key: str) -> None:
    """The figures held against each other are not all nothing."""
    cell = {"generic": "R09"} if "generic" in ROWSETS[key].marks else {}
    assert rowset_total(demo_store, key, Scope.everything(), Selection(LAST), cell)[0]


def test_marks_are_dimensions_or_known_words() -> None:
    """What an address can name in a cell is a short list."""
    known = {*DIMENSIONS, "bank", *MARKS, *VALUES}
    assert all(rows.marks <= known for rows in ROWSETS.values())
