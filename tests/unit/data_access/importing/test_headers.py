"""Recognising tables and columns: title rows, units, merged headers, synonyms, and what is refused."""

from dataclasses import replace

import pytest

from data_access.importing.headers import Recogniser
from data_access.importing.report import RefusedError
from data_access.importing.tables import TABLES
from tests.unit.data_access.importing.files import grid

VISIT_HEADERS = ["走访编号", "主体编号", "走访日期", "走访方式", "走访结果"]


@pytest.fixture(scope="module")
def recogniser(zhanjiang):
    return Recogniser(TABLES.values(), zhanjiang)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("lang", ["header", "header_en", "name"])
def test_every_table_is_recognised_by_its_own_headers(recogniser, table, lang):
    headers = [getattr(column, lang) for column in TABLES[table].columns]
    layout = recogniser.recognise(grid(headers), "")
    assert layout.spec.name == table
    assert set(layout.sources) == {column.name for column in TABLES[table].columns}
    assert layout.ignored == ()


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_recognised_by_its_required_columns_alone(recogniser, table):
    headers = [column.header for column in TABLES[table].columns if column.required]
    assert recogniser.recognise(grid(headers), "").spec.name == table


@pytest.mark.parametrize("table", TABLES)
def test_no_header_means_two_columns_of_a_table(recogniser, table):
    for column in TABLES[table].columns:
        for name in (column.header, column.header_en, column.name, *column.synonyms):
            assert list(recogniser.matched(TABLES[table], [name])) == [column.name], name


def test_the_header_is_found_below_titles_with_its_unit_and_the_sheets(recogniser):
    rows = [
        ["二〇二五年五月授信情况表", None, None, None, None, None],
        [None, None, None, None, None, "单位：万元"],
        ["决定编号", "主体 编号*", "银行", "决定日期", "决定\n结果（必填）", "授信金额"],
        ["D1", "E1", "玄鸟银行", "2025-05-03", "批准", "50"],
    ]
    layout = recogniser.recognise(grid(*rows), "")
    assert (layout.spec.name, layout.first_row, layout.unit_note) == ("decisions", 3, "万元")
    assert layout.sources["approved_amount"].unit == ""
    assert layout.sources["outcome"].positions == (4,)


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("填报单位：赤坎区专班    单位：万元", "万元"),
        ("填报单位：赤坎区专班", ""),
        ("（单位：户、万元）", "万元"),
        ("计量单位:户/亿元", "亿元"),
        ("单位：人民币万元", "万元"),
        ("单位：户", ""),
    ],
)
def test_the_unit_of_the_sheet_is_found_among_whatever_else_is_called_unit(recogniser, title, unit):
    rows = [[title, None, None, None, None, None], ["决定编号", "主体编号", "银行", "决定日期", "决定结果", "授信金额"]]
    assert recogniser.recognise(grid(*rows), "").unit_note == unit


@pytest.mark.parametrize("header", ["授信金额（万元）", "授信金额(万元)", "授信金额（单位：万元）", "授信金额【万元】"])
def test_the_unit_is_taken_from_the_header(recogniser, header):
    headers = ["决定编号", "主体编号", "银行", "决定日期", "决定结果", header]
    assert recogniser.recognise(grid(headers), "").sources["approved_amount"].unit == "万元"


@pytest.mark.parametrize(("unit", "read"), [("亿元", "亿元"), ("元", "元"), ("CNY bn", "cnybn"), ("CNY m", "cnym")])
def test_the_units_of_either_language_are_known(recogniser, unit, read):
    headers = ["决定编号", "主体编号", "银行", "决定日期", "决定结果", f"授信金额（{unit}）"]
    assert recogniser.recognise(grid(headers), "").sources["approved_amount"].unit == read


def test_an_unknown_unit_is_not_taken_for_yuan(recogniser):
    headers = ["决定编号", "主体编号", "银行", "决定日期", "决定结果", "授信金额（美元）"]
    layout = recogniser.recognise(grid(headers), "")
    assert layout.ignored == ("授信金额（美元）",)


def test_headers_merged_over_two_rows(recogniser):
    rows = [
        ["走访编号", "主体编号", "走访情况", None, None],
        [None, None, "走访日期", "走访方式", "走访结果"],
        ["V1", "E1", "2025-05-03", "现场", "失联"],
    ]
    layout = recogniser.recognise(grid(*rows), "")
    assert (layout.first_row, set(layout.sources)) == (2, {"visit_id", "enterprise_id", "visited_on", "mode", "result"})


def test_an_enterprise_may_be_named_by_id_and_by_code(recogniser):
    layout = recogniser.recognise(grid(["统一社会信用代码", *VISIT_HEADERS, "序号"]), "")
    assert layout.sources["enterprise_id"].positions == (2, 0)
    assert layout.ignored == ("序号",)


def refusal(recogniser, *headers, place="", table=None):
    with pytest.raises(RefusedError) as refused:
        recogniser.recognise(grid(headers), place, table)
    return refused.value.rule, refused.value.detail


def test_what_is_refused(recogniser):
    assert refusal(recogniser, "甲", "乙")[0] == "header_missing"
    assert refusal(recogniser, "主体编号", "备注")[0] == "table_unknown"
    rule, detail = refusal(recogniser, *VISIT_HEADERS[:4])
    assert (rule, dict(detail)) == ("columns_missing", {"table": "visits", "columns": "result"})


def test_two_headers_for_one_column_are_refused_unless_one_is_exact(recogniser):
    twice = [h for h in VISIT_HEADERS if h != "走访方式"]
    assert refusal(recogniser, *twice, "方式", "方式")[0] == "column_twice"
    layout = recogniser.recognise(grid([*VISIT_HEADERS, "方式"]), "")
    assert layout.sources["mode"].positions == (3,)
    assert layout.ignored == ("方式",)


def test_a_named_table_settles_what_the_headers_leave_open(recogniser):
    rule, _ = refusal(recogniser, *VISIT_HEADERS, table="loans")
    assert rule in {"columns_missing", "header_missing"}
    assert recogniser.recognise(grid(VISIT_HEADERS), "", "visits").spec.name == "visits"


def test_a_profiles_own_level_names_are_headers(foreign):
    recogniser = Recogniser(TABLES.values(), foreign)
    level = foreign.region_levels[0].label
    for name in {level.zh, level.en}:
        headers = ["Enterprise id", "Name", "Enterprise type", name]
        assert recogniser.recognise(grid(headers), "").sources["region_1"].positions == (3,)


PLAIN = ["决定编号", "主体编号", "银行", "决定日期", "决定结果"]


def test_a_group_title_and_the_titles_below_it_are_one_header(recogniser):
    rows = [
        ["授信情况表", *[None] * 7],
        [*PLAIN, "授信", None, None],
        [*[None] * 5, "金额（万元）", "类型", "备注"],
        ["D1", "E1", "玄鸟银行", "2025-05-03", "批准", "12", "新增", "x"],
    ]
    layout = recogniser.recognise(grid(*rows), "")
    assert layout.first_row == 3
    assert layout.headers == (*PLAIN, "授信金额（万元）", "授信类型", "备注")
    assert layout.sources["approved_amount"].unit == "万元"
    assert layout.sources["approval_kind"].positions == (6,)
    assert layout.ignored == ("备注",)


@pytest.mark.parametrize(
    ("group", "title", "unit"),
    [
        ("授信", "金额（万元）", "万元"),
        ("授信（万元）", "金额", "万元"),
        ("授信(单位：万元)", "金额", "万元"),
        ("授信（万元）", "金额（元）", "元"),
        ("授信情况（万元）", "授信金额", "万元"),
        ("授信情况", "金额", ""),
        ("其他", "授信金额", ""),
    ],
)
def test_the_unit_of_a_group_is_that_of_its_amounts(recogniser, group, title, unit):
    rows = [[*PLAIN, group, None, "担保方式"], [*[None] * 5, title, "期限（年）", None]]
    layout = recogniser.recognise(grid(*rows), "")
    assert (layout.sources["approved_amount"].unit, layout.sources["approved_amount"].positions) == (unit, (5,))
    assert (layout.sources["term_months"].unit, layout.sources["term_months"].positions) == ("年", (6,))
    assert layout.sources["guarantee"].positions == (7,)
    assert layout.unit_note == ""


def test_a_group_reaches_as_far_as_its_cell_is_merged(recogniser):
    rows = [[*PLAIN, "授信", None, None], [*[None] * 5, "金额", "类型", "编号"]]
    assert "授信编号" not in recogniser.recognise(replace(grid(*rows), merged={(0, 5): 6}), "").headers


def test_several_groups_stand_beside_each_other(recogniser):
    rows = [
        ["放款编号", "主体编号", "银行", "放款", None, "贷款", None],
        [None, None, None, "日期", "金额（万元）", "产品", "余额（元）"],
        ["L1", "E1", "玄鸟银行", "2025-05-03", "12", "P1", "0"],
    ]
    layout = recogniser.recognise(grid(*rows), "")
    assert (layout.spec.name, layout.first_row, layout.ignored) == ("loans", 2, ())
    assert {name: source.unit for name, source in layout.sources.items() if source.unit} == {
        "amount": "万元",
        "balance": "元",
    }


@pytest.mark.parametrize("table", TABLES)
def test_a_header_of_one_row_is_read_by_itself(recogniser, table):
    headers = [column.header for column in TABLES[table].columns]
    for data in (["x"] * len(headers), [None] * len(headers), headers):
        layout = recogniser.recognise(grid([f"{TABLES[table].title}", *[None] * (len(headers) - 1)], headers, data), "")
        assert (layout.first_row, layout.headers) == (2, tuple(headers))


@pytest.mark.parametrize("unit", ["万元", "（万元）", "单位：万元"])
def test_a_unit_alone_below_the_header_belongs_to_its_column(recogniser, unit):
    rows = [
        ["授信情况表", *[None] * 5],
        [*PLAIN, "授信金额"],
        [*[None] * 5, unit],
        ["D1", "E1", "玄鸟银行", "2025-05-03", "批准", "12"],
    ]
    layout = recogniser.recognise(grid(*rows), "")
    assert (layout.first_row, layout.sources["approved_amount"].unit) == (3, "万元")


def test_a_first_row_of_data_is_no_row_of_units(recogniser):
    rows = [[*PLAIN, "授信金额"], [*[None] * 5, "12"], ["D1", "E1", "玄鸟银行", "2025-05-03", "批准", "12"]]
    layout = recogniser.recognise(grid(*rows), "")
    assert (layout.first_row, layout.header_rows) == (1, ())
