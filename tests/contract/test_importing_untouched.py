"""A returned workbook that comes back as it was sent changes nothing, whichever rule held its rows."""

import openpyxl
import pytest
from sqlalchemy import select

from data_access.importing import held_workbook, import_files, list_batches, list_held
from data_access.importing.messages import RULES, Effect
from data_access.schema import import_tables
from data_access.selection import Scope
from tests.unit.data_access.importing.files import credit_code, enterprise, table_file, table_rows, visit, workbook

CODE, OTHER_CODE, THIRD_CODE = (credit_code(f"9299000{n}MA000001") for n in range(3))
PUSH = {"enterprise_id": "E1", "bank": "B02", "pushed_on": "2025-03-01", "status": "对接中"}
DECISION = {"enterprise_id": "E2", "bank": "B02", "decided_on": "2025-03-02", "outcome": "不予授信"}
PROBLEM = {
    "problem_id": "W1", "enterprise_id": "E2", "category": "税务", "level": "复杂问题", "raised_on": "2025-03-01",
    "reopened_on": "2025-03-05",
}  # fmt: skip
# One row for every rule that holds one; a comment where the rule does not follow from the column's name.
TABLES = {
    "enterprises": [
        enterprise(1, credit_code=CODE),
        enterprise(2, credit_code=OTHER_CODE),
        enterprise(1, credit_code=THIRD_CODE, employees=7),  # key_twice: would free CODE if it went in
        enterprise(3, credit_code=CODE),  # value_taken
        enterprise(4, name=None),  # required
        enterprise(5, employees=" #REF!"),  # sheet_error, as text
        enterprise("6", enterprise_id="1.23457E+17"),  # digits_lost
        enterprise(7, founded_on="去年"),
        enterprise(8, founded_on="2021年3月"),
        enterprise(9, founded_on="2021-02-30"),
        enterprise(10, founded_on="2999-01-01"),
        enterprise(11, has_tax="也许"),
        enterprise(12, employees="很多"),
        enterprise(13, employees="1.5"),
        enterprise(14, employees="-5"),
        enterprise(15, employees="999999"),
        enterprise(16, entity_type="外星人"),
        enterprise(17, region_1="某地"),
        enterprise(18, region_1="霞山区", region_2="中华街道"),  # region_elsewhere
        enterprise(19, industry_1="没有的行业"),
        enterprise(20, industry_1="A", industry_2="C13"),  # industry_elsewhere
        enterprise(21, credit_code=CODE[:-1]),
        enterprise(22, credit_code=f"{CODE[:8]}?{CODE[9:]}"),
        enterprise(23, credit_code=CODE[:-1] + ("A" if CODE[-1] != "A" else "B")),
    ],
    "visits": [
        visit(1, recorded_on="2025-01-01"),  # date_before
        visit(2),
        visit(3, visited_on="2025-01-03", remark="再报"),  # event_twice
        visit(4, enterprise_id="E99"),  # reference_unknown
        visit(5, bank="没有的银行"),
    ],
    "products": [{"product_id": "P1", "bank": "B02", "name": "演示贷", "rate_min": 5, "rate_max": 4}],  # number_below
    "problems": [PROBLEM],  # filled_alone
    "recommendations": [PUSH | {"recommendation_id": "R1"}],
    "decisions": [
        DECISION | {"decision_id": "D1", "recommendation_id": "R1"},  # reference_mismatch
        DECISION | {"decision_id": "D2", "outcome": "批准"},  # not_positive
    ],
}
# The demo city has no two places or industries of one name within reach of these columns, and no returned workbook has
# a formula.
NOT_SHOWN = {"region_ambiguous", "industry_ambiguous", "formula_uncalculated", "out_of_scope"}


@pytest.fixture
def sent(store, zhanjiang, tmp_path):
    """Import a workbook with one row per rule."""
    path = workbook(tmp_path / "sent.xlsx", {name: table_rows(name, *rows) for name, rows in TABLES.items()})
    return import_files(store, zhanjiang, [path], by="x")


@pytest.fixture
def give_back(store, zhanjiang, tmp_path):
    """Return a function that imports the returned workbook of a batch as it is, with further files."""

    def run(batch, *more):
        path = tmp_path / f"held{batch}.xlsx"
        path.write_bytes(held_workbook(store, zhanjiang, Scope.everything(), batch, "zh"))
        return import_files(store, zhanjiang, [*more, path], by="x")

    return run


def held(store, batch):
    """Return what is held, without where it stood."""
    found = list_held(store, Scope.everything(), batch)
    return sorted(found[["table_name", "column_name", "value", "rule"]].itertuples(index=False, name=None))


def current(store, *columns):
    """Return the current enterprises."""
    t = import_tables["enterprises"]
    with store.connect() as connection:
        query = select(*(t.c[c] for c in columns)).where(t.c.superseded_by.is_(None))
        return sorted(tuple(row) for row in connection.execute(query))


@pytest.mark.usefixtures("sent")
def test_every_rule_is_shown(store):
    holding = {name for name, rule in RULES.items() if rule.effect is Effect.ROW_HELD}
    assert {rule for *_, rule in held(store, 1)} == holding - NOT_SHOWN


def test_all_is_held_again(store, sent, give_back):
    before = held(store, 1)
    for batch in (1, 2):
        report = give_back(batch)
        counts = report.counts
        assert (counts.added, counts.changed, counts.held) == (0, 0, sent.counts.held)
        assert held(store, report.batch_id) == before
        assert list_batches(store, Scope.everything())["open_held"].tolist() == [sent.counts.held, *[0] * batch]


def test_the_message_still_names_the_row_that_went_in(store, give_back, sent):
    del sent
    give_back(1)
    found = list_held(store, Scope.everything(), 2)
    assert found.loc[found["rule"] == "key_twice", "detail"].tolist() == [
        {"file": "sent.xlsx", "sheet": "enterprises", "row": "2"}
    ]


def test_a_row_for_whose_value_another_file_makes_room_waits_for_the_next_import(store, sent, give_back, tmp_path):
    del sent
    moved = table_file(tmp_path / "moved.xlsx", "enterprises", enterprise(1, credit_code=THIRD_CODE))
    assert give_back(1, moved).counts.changed == 1
    report = give_back(2)
    assert report.counts.added == 1
    assert ("E3", CODE) in current(store, "enterprise_id", "credit_code")


def test_a_row_held_for_its_value_makes_no_room(store, zhanjiang, tmp_path):
    first = table_file(
        tmp_path / "a.xlsx", "enterprises", enterprise(1, credit_code=CODE), enterprise(2, credit_code=OTHER_CODE)
    )
    import_files(store, zhanjiang, [first], by="x")
    rows = enterprise(3, credit_code=OTHER_CODE), enterprise(2, credit_code=CODE)
    report = import_files(store, zhanjiang, [table_file(tmp_path / "b.xlsx", "enterprises", *rows)], by="x")
    assert (report.counts.added, report.counts.changed, report.counts.held) == (0, 0, 2)
    assert current(store, "enterprise_id", "credit_code") == [("E1", CODE), ("E2", OTHER_CODE)]


def test_under_another_key_or_made_equal_it_goes_in(store, zhanjiang, tmp_path):
    rows = enterprise(1, name="甲"), enterprise(1, name="乙"), enterprise(1, name="丙")
    import_files(store, zhanjiang, [table_file(tmp_path / "a.xlsx", "enterprises", *rows)], by="x")
    path = tmp_path / "held.xlsx"
    path.write_bytes(held_workbook(store, zhanjiang, Scope.everything(), 1, "zh"))
    book = openpyxl.load_workbook(path)
    book.active["A2"], book.active["B3"] = "E2", "甲"
    book.save(path)
    counts = import_files(store, zhanjiang, [path], by="x").counts
    assert (counts.added, counts.unchanged, counts.held) == (1, 1, 0)
    assert current(store, "enterprise_id", "name") == [("E1", "甲"), ("E2", "乙")]
