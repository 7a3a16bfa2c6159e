"""Who is bound to a place brings in rows of that place alone, and learns nothing of the others by trying."""

import pytest
from sqlalchemy import select

from data_access.importing.held import list_held
from data_access.importing.pipeline import WHOLE_CITY, import_files
from data_access.rows import current
from data_access.selection import Scope
from tests.unit.data_access.importing.files import credit_code, enterprise, table_rows, visit, workbook

COUNTY = Scope(("440802",), None)  # 赤坎区
HERE, ELSEWHERE = enterprise(1), enterprise(2, region_1="霞山区")


@pytest.fixture
def bring(store, zhanjiang, tmp_path):
    """Return a function that imports tables as somebody with a scope; the city has brought one row of each place."""

    def brought(name, scope=WHOLE_CITY, by="clerk", **tables):
        path = workbook(tmp_path / f"{name}.xlsx", {table: table_rows(table, *rows) for table, rows in tables.items()})
        return import_files(store, zhanjiang, [path], by=by, scope=scope)

    brought("city", by="city", enterprises=[HERE, ELSEWHERE], visits=[visit(1), visit(2, enterprise_id="E2")])
    return brought


def regions(store):
    known = current("enterprises")
    with store.connect() as connection:
        return dict(tuple(row) for row in connection.execute(select(known.c.enterprise_id, known.c.region_1)))


def rules(store, report):
    return list_held(store, COUNTY, report.batch_id, "clerk")[["value", "rule", "column_name"]].values.tolist()


def test_rows_of_ones_own_place_go_in(store, bring):
    report = bring("own", COUNTY, enterprises=[enterprise(3)], visits=[visit(3, enterprise_id="E3"), visit(4)])
    assert (report.counts.added, report.counts.held) == (3, 0)
    assert regions(store)["E3"] == "440802"


def test_nobody_draws_anothers_enterprise_to_oneself(store, bring):
    report = bring("drawn", COUNTY, enterprises=[enterprise(2)])
    assert report.counts.held == 1
    assert regions(store)["E2"] == "440803"


def test_nobody_hands_an_enterprise_to_another_place(store, bring):
    report = bring("handed", COUNTY, enterprises=[enterprise(1, region_1="霞山区"), enterprise(5, region_1="霞山区")])
    assert report.counts.held == 2
    assert regions(store) == {"E1": "440802", "E2": "440803"}


def test_what_lies_outside_and_what_is_not_there_are_answered_alike(store, bring):
    report = bring("tried", COUNTY, visits=[visit(8, enterprise_id="E2"), visit(9, enterprise_id="E404")])
    assert rules(store, report) == [
        ["E2", "out_of_scope", "enterprise_id"],
        ["E404", "out_of_scope", "enterprise_id"],
    ]


def test_anothers_row_is_not_found_to_be_the_same(store, bring):
    report = bring("same", COUNTY, visits=[visit(2, enterprise_id="E2"), visit(2)])
    assert (report.counts.unchanged, report.counts.changed, report.counts.held) == (0, 0, 2)
    assert {rule for _, rule, _ in rules(store, report)} == {"out_of_scope"}


def test_of_a_row_that_agrees_with_anothers_nothing_is_told(store, bring):
    code, own = (credit_code(f"9299000{n}MA000001") for n in range(2))
    bring("codes", by="city", enterprises=[HERE | {"credit_code": own}, ELSEWHERE | {"credit_code": code}])
    report = bring("taken", COUNTY, enterprises=[enterprise(3, credit_code=code), enterprise(4, credit_code=own)])
    found = list_held(store, COUNTY, report.batch_id, "clerk")
    assert found["rule"].tolist() == ["value_taken", "value_taken"]
    assert found["detail"].tolist() == [{}, {"record": "E1"}]


def test_a_reference_to_anothers_record_is_answered_as_one_to_nothing(bring):
    case = {"enterprise_id": "E1", "category": "税务", "level": "复杂问题", "raised_on": "2025-03-01"}
    report = bring(
        "cases", COUNTY,
        problems=[{**case, "problem_id": f"P{n}", "visit_id": visit} for n, visit in enumerate(("V1", "V2", "V404"))],
    )  # fmt: skip
    assert (report.counts.added, report.counts.held) == (1, 2)


def test_what_has_no_place_is_the_citys_to_bring(bring):
    report = bring(
        "reach",
        COUNTY,
        publicity=[{"publicity_id": "K1", "title": "手册", "published_on": "2025-03-03", "channel": "简报"}],
    )
    assert (report.counts.added, report.counts.held) == (0, 1)


def test_the_city_brings_everything(bring):
    assert bring("whole", enterprises=[enterprise(2), enterprise(6)]).counts.held == 0
