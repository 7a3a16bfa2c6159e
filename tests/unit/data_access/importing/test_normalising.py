"""Columns of text into columns of values: units, fractions, whole numbers, and what could not be read."""

from datetime import date

import pyarrow as pa
import pytest

from data_access.importing.headers import Layout, Recogniser, Source
from data_access.importing.names import Books
from data_access.importing.normalising import normalise
from data_access.importing.tables import TABLES


@pytest.fixture(scope="module")
def read(zhanjiang):
    recogniser, books = Recogniser(TABLES.values(), zhanjiang), Books(zhanjiang)

    def run(table, cells, note=""):
        """Normalise columns given by header; return the values by column and the findings as (rule, column, rows)."""
        spec = TABLES[table]
        named = {next(iter(recogniser.matched(spec, [header]))): header for header in cells}
        sources = {name: Source((0,), recogniser.read(header).unit) for name, header in named.items()}
        texts = {name: pa.array(cells[header], pa.string()) for name, header in named.items()}
        values = normalise(texts, Layout(spec, sources, tuple(cells), 1, note), books)
        found = [(f.rule, f.column, f.rows.tolist()) for f in values.findings.shifted(0)]
        return {name: column.to_pylist() for name, column in values.columns.items()}, found

    return run


def test_amounts_take_the_unit_of_header_sheet_and_cell(read):
    cells = ["50", "1,000", "５０", "50元", "1亿", None, "-"]
    assert read("decisions", {"授信金额（万元）": cells})[0]["approved_amount"] == [5e5, 1e7, 5e5, 50, 1e8, None, None]
    assert read("decisions", {"授信金额": cells[:1]}, "万元")[0]["approved_amount"] == [5e5]
    assert read("decisions", {"授信金额（元）": cells[:1]}, "万元")[0]["approved_amount"] == [50]
    assert read("decisions", {"授信金额": cells[:1]}, "户")[0]["approved_amount"] == [50]


def test_amounts_are_kept_to_the_cent(read):
    assert read("decisions", {"授信金额（万元）": ["0.00012345"]})[0]["approved_amount"] == [1.23]


def test_a_percentage_cell_holds_a_fraction(read):
    values, found = read("loans", {"年利率（%）": ["3.65", "3.65%", "0.0365", "0.25%", "0"]})
    assert values["annual_rate"] == [3.65, 3.65, 3.65, 0.25, 0]
    assert found == [("rate_as_fraction", "annual_rate", [2])]


def test_durations_in_years_become_months(read):
    assert read("loans", {"期限（年）": ["1", "36个月"]})[0]["term_months"] == [12, 36]
    assert read("loans", {"期限": ["12", "1年"]})[0]["term_months"] == [12, 12]


def test_a_count_is_whole(read):
    values, found = read("enterprises", {"从业人数": ["12人", "1.5", "3.0", "1,200"]})
    assert values["employees"] == [12, 2, 3, 1200]
    assert found == [("number_not_whole", "employees", [1])]


def test_what_cannot_be_read_is_empty_and_reported(read):
    values, found = read(
        "visits", {"走访日期": ["2025年5月3日", "昨天", "#REF!", None], "走访方式": ["现场", "瞬移", "-", None]}
    )
    assert values["visited_on"] == [date(2025, 5, 3), None, None, None]
    assert values["mode"] == ["onsite", None, None, None]
    assert sorted(found) == [
        ("code_unknown", "mode", [1]),
        ("date_unreadable", "visited_on", [1]),
        ("sheet_error", "visited_on", [2]),
    ]


def test_text_is_put_into_normal_form(read):
    values, found = read("enterprises", {"主体编号": ["Ｅ１", " E\u200b2 ", "1.23457E+17", "N/A"]})
    assert values["enterprise_id"][:2] == ["E1", "E2"]
    assert values["enterprise_id"][3] is None
    assert found == [("digits_lost", "enterprise_id", [2])]


def test_what_says_that_there_is_nothing_is_an_empty_cell_but_in_free_text(read):
    cells = ["无", "N/A", " 不详 ", "/"]
    visits, found = read("visits", {"参与银行": cells, "走访方式": cells, "备注": cells})
    assert found == []
    assert (visits["bank"], visits["mode"]) == ([None] * 4, [None] * 4)
    assert visits["remark"] == ["无", None, "不详", None]
    enterprises, found = read("enterprises", {"统一社会信用代码": cells, "县（市、区）": cells, "行业门类": cells})
    assert found == []
    assert [enterprises[name] for name in ("credit_code", "region_1", "industry_1")] == [[None] * 4] * 3
    assert read("decisions", {"推荐编号": cells})[0]["recommendation_id"] == [None] * 4


def test_places_are_read_together(read):
    cells = {"县（市、区）": ["赤坎区", None, "霞山区"], "镇街": ["中华街道", "寸金街道", "中华街道"]}
    values, found = read("enterprises", cells)
    assert values["region_1"] == ["440802", "440802", "440803"]
    assert values["region_2"] == ["440802001", "440802002", None]
    assert found == [("region_elsewhere", "region_2", [2])]


def test_a_level_without_any_known_place_is_left_out_and_pointed_out(read):
    values, found = read("enterprises", {"县（市、区）": ["赤坎区"], "村居网格": ["某某社区"]})
    assert values["region_3"] == [None]
    assert found == [("level_unknown", "region_3", [0])]


def test_columns_the_sheet_lacks_are_empty_and_typed(read):
    values, _ = read("visits", {"走访日期": ["2025-05-03"]})
    assert set(values) == {column.name for column in TABLES["visits"].columns}
    assert values["need_amount"] == [None]
