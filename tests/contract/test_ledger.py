"""The ledger on every engine: search, paging that meets every row once, scopes that never leak, and whole streams."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import insert, update

from data_access.derivation import rebuild
from data_access.queries.keyset import Place
from data_access.queries.ledger import GRAINS, Asked, count_rows, count_work, order, read_page, sortable, stream
from data_access.queries.measures import Rules
from data_access.queries.progress import progress_by
from data_access.queries.records import RECORDS, REGISTERS
from data_access.queries.rowsets import ROWSETS, rowset_total
from data_access.queries.worklists import WORK_LISTS, Question
from data_access.schema import import_tables
from data_access.selection import Scope, Selection
from data_access.store import Store
from tests.contract.small_city import SMALL_CITY, day, fill

ALL = Scope.everything()
LATEST = Selection(day(200))
TIERS = ("t2", "t1")
NAMES = {
    "e1": ("晨光百货有限公司", "A1 镇一路 12 号"), "e2": ("Bay Trading", "A1 镇二路"), "e3": ("张三小吃店", None),
    "e4": ("100%果汁", "B1 镇"), "e5": ("李四百货店", "B1 镇"), "e6": ("a_b", None),
}  # fmt: skip


@pytest.fixture(scope="module")
def city(shared_store: Store) -> Store:
    return filled(shared_store)


def filled(store: Store) -> Store:
    problems = [
        {"problem_id": f"p{n}", "enterprise_id": name, "category": "tax", "level": "simple", "raised_on": day(n)}
        for n, name in enumerate(("e1", "e4", "e4"))
    ]
    fill(store, {**SMALL_CITY, "problems": problems})
    e = import_tables["enterprises"]
    with store.begin() as connection:
        for code, (name, address) in NAMES.items():
            connection.execute(update(e).where(e.c.enterprise_id == code).values(name=name, address=address))
    return store


def asked(**more) -> Asked:
    return Asked(**{"scope": ALL, "selection": LATEST, "tiers": TIERS, **more})


def ids(store: Store, view: Asked, **more) -> list[str]:
    return [str(row["row_id"]) for row in read_page(store, view, **more).rows]


def walk(store: Store, view: Asked, limit: int) -> list[str]:
    """Return the ids of all pages, walked from the beginning, each page knowing how many lie before it."""
    page, found = read_page(store, view, None, limit), []
    while page.rows:
        assert page.before == len(found)
        found += [str(row["row_id"]) for row in page.rows]
        if not page.has_more:
            break
        page = read_page(store, view, Place(found[-1]), limit)
    return found


def walk_back(store: Store, view: Asked, last: str, limit: int) -> list[str]:
    """Return the ids of all pages before the row ``last``, walked from there, and it."""
    found, page = [last], read_page(store, view, Place(last, backwards=True), limit)
    while page.before:
        found = [*(str(row["row_id"]) for row in page.rows), *found]
        page = read_page(store, view, Place(found[0], backwards=True), limit)
    first = [str(row["row_id"]) for row in page.rows]
    return [*first[: first.index(found[0]) if found[0] in first else len(first)], *found]


VIEWS = [Asked(ALL, LATEST, rows=rows) for rows in GRAINS]
VIEWS += [Asked(ALL, LATEST, work=work, tiers=TIERS) for work in WORK_LISTS if work not in {"renewal_30", "renewal_60"}]


def test_paging_meets_every_row_once_in_every_order(city):
    for view in VIEWS:
        whole = sorted(ids(city, view, limit=1000))
        assert len(whole) == len(set(whole)) == count_rows(city, view)
        for number, sort in enumerate(("", *sortable(view.rows, view.work)) if whole else ()):
            for descending in (False, True) if sort == "name" else (number % 2 == 1,):
                ordered = replace(view, sort=sort, descending=descending)
                forwards = walk(city, ordered, 4)
                assert sorted(forwards) == whole, (view.rows, view.work, sort)
                if sort in {"", "name", "applied_on"}:
                    assert walk_back(city, ordered, forwards[-1], 2) == forwards
                    assert [row[0] for part in stream(city, ordered, ["row_id"], 3) for row in part] == forwards


def test_a_page_knows_its_place(city):
    page = read_page(city, asked(), Place("e2"), 2)
    assert [row["row_id"] for row in page.rows] == ["e3", "e4"]
    assert (page.before, page.total, page.has_more) == (2, 6, True)
    assert not read_page(city, asked(), Place("e4"), 2).has_more
    back = read_page(city, asked(), Place("e2", backwards=True), 2)  # only e1 lies before: the first page in full
    assert ([row["row_id"] for row in back.rows], back.before) == (["e1", "e2"], 0)
    assert ids(city, asked(), place=Place("nobody"), limit=2) == ["e1", "e2"]
    assert read_page(city, asked(), Place("e6"), 2).rows == []


def test_missing_values_come_last_in_both_directions(city):
    by_day = asked(sort="applied_on")
    assert ids(city, by_day)[:3] == ["e1", "e2", "e5"]
    assert ids(city, replace(by_day, descending=True))[:3] == ["e5", "e2", "e1"]


def test_a_search_finds_parts_of_names_codes_and_addresses(city):
    everybody = ["e1", "e2", "e3", "e4", "e5", "e6"]
    for text, expected in (
        ("百货", ["e1", "e5"]), ("镇", ["e1", "e2", "e4", "e5"]), ("百货 镇一", ["e1"]), ("bay", ["e2"]),
        ("ＢＡＹ　trading", ["e2"]), ("E3", ["e3"]), ("tRAD", ["e2"]), (".", []), ("100%", ["e4"]), ("_", ["e6"]),
        ("'; drop table visits", []), ("没有这样的", []), ("  ", everybody),
    ):  # fmt: skip
        assert ids(city, asked(search=text)) == expected, text
    assert ids(city, asked(search="百货", rows="visits")) == ["v6", "v2", "v1"]


def test_a_scope_never_leaks(city):
    """Neither rows of another county nor of another bank, whatever the place asked for."""
    for view, (scope, kept) in product(
        VIEWS,
        (
            (Scope(("A1",), None), {"e1", "e2"}),
            (Scope((), None), set()),
            (Scope(None, ("Y",)), {"e1", "e4", "e5"}),
            (Scope(None, ()), set()),
        ),
    ):
        mine = replace(view, scope=scope)
        for place in (None, Place("e6")):
            rows = read_page(city, mine, place, 1000).rows
            assert {row["enterprise_id"] for row in rows} <= kept
            banks = {row["bank"] for row in rows if scope.banks is not None and row.get("bank")}
            assert banks <= set(scope.banks or ())
        streamed = [row[0] for part in stream(city, mine, ["enterprise_id"]) for row in part]
        assert set(streamed) <= kept
        assert len(streamed) == count_rows(city, mine)


def test_the_rows_of_a_measure_are_those_it_counts(city):
    frame = progress_by(city, ALL, LATEST, (), ("visited", "visits", "overdue", "pushes_overdue", "approvals"))
    for measure, rows in (
        ("visited", "enterprises"), ("visits", "visits"), ("overdue", "enterprises"),
        ("pushes_overdue", "recommendations"), ("approvals", "decisions"),
    ):  # fmt: skip
        assert count_rows(city, asked(measure=measure, rows=rows)) == frame[measure].iloc[0]
    here = asked(measure="visited", cell=(("region_1", "B"),))
    assert ids(city, here) == ["e4", "e5", "e6"]


def test_an_attendance_adds_up_the_banks_that_were_met(store):
    """e1 met X and Y at m1, and said what it intends to only one; who sees X alone sees only that."""
    meetings = [
        {"event_id": f"m{n}", "title": f"会{n}", "event_type": "matchmaking", "held_on": day(on)}
        for n, on in ((1, 10), (2, 20), (3, 300))
    ]
    met = [("m1", "e1", "X", 500_000, True), ("m1", "e1", "Y", 200_000, True), ("m1", "e2", "Y", None, False),
           ("m2", "e1", "X", None, None), ("m3", "e3", "X", 1, True)]  # fmt: skip
    names = ("event_id", "enterprise_id", "bank", "intent_amount", "is_msme")
    guests = [dict(zip(names, row, strict=True)) for row in met]
    fill(store, {"enterprises": SMALL_CITY["enterprises"], "events": meetings, "event_participants": guests})
    everyone = asked(rows="event_participants", sort="intent_amount", descending=True)
    shown = {row["row_id"]: (row["intent_amount"], row["is_msme"]) for row in read_page(store, everyone).rows}
    assert shown == {"m1|e1": (700_000, True), "m1|e2": (None, False), "m2|e1": (None, None)}  # m3 is yet to be held
    assert [*shown] == ["m1|e1", "m1|e2", "m2|e1"]
    only = replace(everyone, scope=Scope(None, ("X",)))
    assert {row["row_id"]: row["intent_amount"] for row in read_page(store, only).rows} == {
        "m1|e1": 500_000, "m2|e1": None,
    }  # fmt: skip
    assert ids(store, replace(everyone, selection=replace(LATEST, banks=("Y",)))) == ["m1|e1", "m1|e2"]
    assert ids(store, replace(everyone, ids=("m1|e2", "m3|e3"))) == ["m1|e2"]
    assert [row for part in stream(store, everyone, ["row_id"]) for row in part] == [(code,) for code in shown]


@pytest.mark.parametrize("rows", REGISTERS)
def test_a_register_lists_what_a_figure_counts_and_nothing_else(city, rows):
    """Nothing but the figure keeps its rows within a scope."""
    assert count_rows(city, asked(rows=rows)) == 0
    for figure in (figure for figure in ROWSETS if ROWSETS[figure].rows == rows):
        assert count_rows(city, asked(rows=rows, measure=figure)) == rowset_total(city, figure, ALL, LATEST)[0]
    assert [key.column for key in order(asked(rows=rows))][-1] == "row_id"


def test_every_work_list_by_hand(city):
    listed = {work: ids(city, asked(work=work)) for work in WORK_LISTS}
    assert listed["next_visit"] == ["e3"]  # e3 was only ever found unreachable; e6 is not on the list
    assert listed["need_unapplied"] == ["e4"]  # its application was returned
    assert listed["overdue"] == ["r4"]
    assert listed["undrawn"] == []
    assert all(listed[work] == [] for work in WORK_LISTS if work.startswith("renewal"))
    assert count_work(city, Question(ALL, LATEST, Rules(), TIERS)) == {
        work: len(found) for work, found in listed.items() if not work.startswith("renewal")
    }
    earlier = asked(work="next_visit", selection=Selection(day(0)))
    assert ids(city, earlier) == ["e3", "e4", "e5", "e1", "e2"]  # the tier t2 comes first here


def test_who_waits_since_when_and_until_when(city):
    row = read_page(city, asked(work="overdue")).rows[0]
    assert (row["enterprise_id"], row["bank"], row["since"]) == ("e5", "Y", day(47))
    assert row["due_on"] == day(47) + timedelta(days=30)
    undrawn = read_page(city, asked(work="undrawn", selection=Selection(day(42)))).rows[0]
    assert (undrawn["row_id"], undrawn["since"], undrawn["amount"]) == ("e1/Y", day(40), 100_000)


def test_renewals_are_loans_that_fall_due_here_or_elsewhere_and_are_not_renewed_yet(store):
    later = {"due_on": day(220)}
    loans = [{**row, **later} for row in SMALL_CITY["loans"]]
    visits = [{**row, "renewal_due_on": day(210)} if row["visit_id"] in {"v1", "v3"} else row
              for row in SMALL_CITY["visits"]]  # fmt: skip
    fill(store, {**SMALL_CITY, "loans": loans, "visits": visits})
    view = Asked(ALL, LATEST, work="renewal_30", tiers=TIERS)
    assert ids(store, view) == ["v3", "l1", "l2"]  # e1 has renewed since it told of its loan
    assert ids(store, replace(view, scope=Scope(None, ("Y",)))) == ["l2"]


def test_what_had_not_happened_yet_is_left_out(city):
    row = read_page(city, asked(selection=Selection(day(14)))).rows[0]
    assert (row["first_visit_on"], row["applied_on"], row["approved_on"]) == (day(1), day(10), None)
    assert ids(city, asked(rows="visits", selection=Selection(day(5)))) == ["v3", "v1"]


def test_a_stream_is_of_one_moment(store):
    city = filled(store)
    rows = stream(city, asked(rows="visits"), ["row_id"], 2)
    first = next(rows)
    late = dict.fromkeys(import_tables["visits"].c.keys()) | {
        "visit_id": "v9", "enterprise_id": "e1", "visited_on": day(0), "mode": "onsite", "result": "met_owner",
        "batch_id": 2,
    }  # fmt: skip
    with city.begin() as connection:
        connection.execute(insert(import_tables["visits"]).values(**late))
        rebuild(connection)
    assert "v9" not in {row[0] for part in (first, *rows) for row in part}
    assert "v9" in ids(city, asked(rows="visits"))


def test_every_kind_of_record_is_described_by_its_table():
    assert all(grain.happened_on and grain.columns for grain in RECORDS.values())
    assert all(grain.record_id and grain.columns for grain in REGISTERS.values())
