"""Imports on both engines: what goes in, what is held, and that the store agrees with itself afterwards."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from data_access.importing import ImportCancelledError, import_files, list_batches, list_held
from data_access.importing.messages import Describer
from data_access.schema import activity, enterprise_progress, import_tables
from data_access.selection import Scope
from tests.unit.data_access.importing.files import (
    credit_code,
    enterprise,
    table_file,
    table_rows,
    visit,
    workbook,
)

CODE = credit_code("92990000MA000001")
OTHER_CODE = credit_code("92990000MA000002")


@pytest.fixture
def load(store, zhanjiang, tmp_path):
    """Return a function that writes rows of tables to one workbook and imports it."""
    numbers = iter(range(100))

    def run(**tables):
        sheets = {name: table_rows(name, *rows) for name, rows in tables.items()}
        path = workbook(tmp_path / f"file{next(numbers)}.xlsx", sheets)
        return import_files(store, zhanjiang, [path], by="clerk")

    return run


def current(store, table, *columns):
    """Return the current rows of a table, sorted."""
    t = import_tables[table]
    with store.connect() as connection:
        query = select(*(t.c[c] for c in columns)).where(t.c.superseded_by.is_(None))
        return sorted(tuple(row) for row in connection.execute(query))


def held(store, batch):
    """Return the held cells of a batch as (row number, column, value, rule)."""
    found = list_held(store, Scope.everything(), batch)
    return list(found[["row_number", "column_name", "value", "rule"]].itertuples(index=False, name=None))


def counts(report):
    """Return rows read, added, changed, unchanged and held."""
    c = report.counts
    return c.read, c.added, c.changed, c.unchanged, c.held


def test_good_rows_go_in_and_everything_derived_agrees(store, load):
    report = load(enterprises=[enterprise(1), enterprise(2)], visits=[visit(1), visit(2, enterprise_id="E2")])
    assert counts(report) == (4, 4, 0, 0, 0)
    assert (report.batch_id, report.refusals, report.notices) == (1, (), ())
    with store.connect() as connection:
        visited = connection.execute(select(enterprise_progress.c.enterprise_id, enterprise_progress.c.first_visit_on))
        assert sorted(map(tuple, visited)) == [("E1", date(2025, 1, 2)), ("E2", date(2025, 1, 3))]
        assert len(connection.execute(select(activity)).all()) == 2
    assert store.coverage()["visits"].rows == 2
    assert store.version() == 1


def test_values_are_stored_in_their_own_types(store, load):
    load(
        enterprises=[enterprise(1, credit_code=CODE.lower(), revenue="1.5万", tags="菠萝、水产", has_tax="√")],
        decisions=[
            {"decision_id": "D1", "enterprise_id": "E1", "bank": "玄鸟", "decided_on": "2025.5.3", "outcome": "同意",
             "approved_amount": "50万元", "term_months": "1年"},
        ],
    )  # fmt: skip
    assert current(store, "enterprises", "credit_code", "revenue", "tags", "has_tax", "region_1", "employees") == [
        (CODE, Decimal("15000.00"), ";aquatic;pineapple;", True, "440802", None)
    ]
    assert current(store, "decisions", "bank", "decided_on", "outcome", "approved_amount", "term_months") == [
        ("B02", date(2025, 5, 3), "approved", Decimal("500000.00"), 12)
    ]


def test_bad_rows_are_held_with_their_place_and_reason_and_the_others_go_in(store, load):
    rows = [
        visit(1),
        visit(2, visited_on="2025-02-30"),
        visit(3, mode="瞬移", result=None),
        visit(4, visited_on="2999-01-01"),
        visit(5, enterprise_id="E9"),
        visit(6, recorded_on="2024-12-01"),
    ]
    report = load(enterprises=[enterprise(1)], visits=rows)
    assert counts(report) == (7, 2, 0, 0, 5)
    assert held(store, 1) == [
        (3, "visited_on", "2025-02-30", "date_impossible"),
        (4, "mode", "瞬移", "code_unknown"),
        (4, "result", "", "required"),
        (5, "visited_on", "2999-01-01", "date_in_future"),
        (6, "enterprise_id", "E9", "reference_unknown"),
        (7, "recorded_on", "2024-12-01", "date_before"),
    ]
    assert current(store, "visits", "visit_id") == [("V1",)]


def test_each_rule_of_a_column_holds_the_row(store, load):
    wrong = [
        ({"credit_code": CODE[:-1]}, "credit_code_length"),
        ({"credit_code": CODE[:-1] + "S"}, "credit_code_character"),
        ({"credit_code": CODE[:-1] + OTHER_CODE[-1]}, "credit_code_check"),
        ({"employees": "-1"}, "number_too_small"),
        ({"employees": "421404万人"}, "number_unreadable"),
        ({"revenue": "421404亿"}, "number_too_large"),
        ({"region_1": "不存在区"}, "region_unknown"),
        ({"industry_2": "农业", "industry_1": "制造业"}, "industry_elsewhere"),
        ({"enterprise_id": "1.23457E+17"}, "digits_lost"),
        ({"name": " #N/A"}, "sheet_error"),
        ({"has_tax": "大概"}, "boolean_unreadable"),
        ({"entity_type": None}, "required"),
    ]
    report = load(enterprises=[enterprise(number) | row for number, (row, _) in enumerate(wrong)])
    assert report.counts.held == len(wrong)
    assert [(n, column, rule) for n, column, _, rule in held(store, 1)] == [
        (number, next(iter(row)), rule) for number, (row, rule) in enumerate(wrong, start=2)
    ]


def test_a_formula_without_a_result_holds_the_row(store, zhanjiang, tmp_path):
    visits = table_rows("visits", *(visit(n, need_amount=5, recorded_on="2025-06-01") for n in range(1, 6)))
    at = {header: number for number, header in enumerate(visits[0])}
    visits[2][at["需求金额"]] = "#DIV/0!"
    visits[3][at["走访日期"]] = "#N/A"
    visits[4][at["录入日期"]] = "=TODAY()"
    visits[5].append("=1/0")  # in a column without a header
    sheets = {"经营主体": table_rows("enterprises", enterprise(1)), "走访记录": [["走访台账"], [], *visits]}
    report = import_files(store, zhanjiang, [workbook(tmp_path / "a.xlsx", sheets)], by="clerk")
    assert counts(report) == (6, 3, 0, 0, 3)
    assert held(store, 1) == [
        (5, "need_amount", "#DIV/0!", "sheet_error"),
        (6, "visited_on", "#N/A", "sheet_error"),
        (7, "recorded_on", "#FORMULA!", "formula_uncalculated"),
    ]
    assert current(store, "visits", "visit_id") == [("V1",), ("V5",)]


def test_rules_of_decisions_loans_and_products(store, load):
    decision = {"enterprise_id": "E1", "bank": "B02", "decided_on": "2025-03-01"}
    loan = {"enterprise_id": "E1", "bank": "B02", "drawn_on": "2025-03-05", "amount": "10万", "annual_rate": "3.5"}
    report = load(
        enterprises=[enterprise(1)],
        decisions=[
            decision | {"decision_id": "D1", "outcome": "批准", "approved_amount": None},
            decision | {"decision_id": "D2", "outcome": "批准", "approved_amount": "0"},
            decision | {"decision_id": "D3", "outcome": "不予授信"},
            decision | {"decision_id": "D4", "outcome": "批准", "approved_amount": "5万", "bank": "某行"},
        ],
        loans=[
            loan | {"loan_id": "L1", "annual_rate": "36"},
            loan | {"loan_id": "L2", "amount": "0"},
            loan | {"loan_id": "L3", "due_on": "2025-01-01"},
            loan | {"loan_id": "L4", "due_on": "2030-01-01", "annual_rate": 0.035},
        ],
        products=[{"product_id": "P1", "bank": "B02", "name": "甲", "rate_min": 5, "rate_max": 4}],
    )
    assert [rule for *_, rule in held(store, report.batch_id)] == [
        "number_below",
        "not_positive",
        "not_positive",
        "bank_unknown",
        "number_too_large",
        "number_too_small",
        "date_before",
    ]
    assert [(n.column, n.rule, n.rows) for n in report.notices] == [("annual_rate", "rate_as_fraction", 1)]
    assert current(store, "loans", "loan_id", "annual_rate") == [("L4", Decimal("3.5000"))]


def test_titles_totals_notes_and_blank_lines_are_no_data_and_numbers_stay_right(store, zhanjiang, tmp_path):
    headers, good, bad = table_rows("visits", visit(1), visit(2, mode="瞬移"))
    rows = [
        ["走访台账（二〇二五年五月）"], [], headers, good, [], ["小计", None, "1"], headers, bad, ["合  计", None, "2"],
        ["填表人：某某", None, "审核："], ["注：以上为演示数据"],
    ]  # fmt: skip
    register = table_file(tmp_path / "e.xlsx", "enterprises", enterprise(1))
    path = workbook(tmp_path / "v.xlsx", {"说明": [["请按要求填写"]], "五月": rows})
    first = import_files(store, zhanjiang, [register, path], by="x")
    sheet = next(sheet for sheet in first.sheets if sheet.table == "visits")
    assert (sheet.counts.read, sheet.counts.added, sheet.counts.held, sheet.skipped) == (2, 1, 1, 6)
    assert [row for row, *_ in held(store, 1)] == [8]
    assert first.refusals == ()


def test_importing_the_same_file_twice_changes_nothing(store, zhanjiang, tmp_path):
    path = workbook(
        tmp_path / "a.xlsx",
        {
            "e": table_rows("enterprises", enterprise(1), enterprise(2)),
            "v": table_rows("visits", visit(1), visit(2, mode="?")),
        },
    )
    first = import_files(store, zhanjiang, [path], by="x")
    again = import_files(store, zhanjiang, [path], by="x")
    assert counts(first) == (4, 3, 0, 0, 1)
    assert (again.batch_id, counts(again)) == (None, (4, 0, 0, 3, 1))
    assert len(list_batches(store, Scope.everything())) == 1
    assert store.version() == 1


def test_a_changed_row_supersedes_and_an_old_file_does_not_bring_it_back(store, load, zhanjiang, tmp_path):
    old = table_file(tmp_path / "old.xlsx", "enterprises", enterprise(1), enterprise(2))
    import_files(store, zhanjiang, [old], by="x")
    report = load(enterprises=[enterprise(1, name="新名称"), enterprise(2), enterprise(3)])
    assert counts(report) == (3, 1, 1, 1, 0)
    again = import_files(store, zhanjiang, [old], by="x")
    assert (again.batch_id, counts(again)) == (None, (2, 0, 0, 2, 0))
    assert current(store, "enterprises", "enterprise_id", "name", "batch_id") == [
        ("E1", "新名称", 2), ("E2", "演示商行2号", 1), ("E3", "演示商行3号", 2),
    ]  # fmt: skip


def test_enterprises_may_be_named_by_their_credit_code(store, load):
    load(enterprises=[enterprise(1, credit_code=CODE)])
    report = load(visits=[visit(1, enterprise_id=CODE.lower()), visit(2, enterprise_id=OTHER_CODE), visit(3)])
    assert current(store, "visits", "visit_id", "enterprise_id") == [("V1", "E1"), ("V3", "E1")]
    assert held(store, report.batch_id) == [(3, "enterprise_id", OTHER_CODE, "reference_unknown")]


def test_held_rows_go_in_when_the_same_file_comes_again_after_the_register(store, load, zhanjiang, tmp_path):
    visits = table_file(tmp_path / "v.xlsx", "visits", visit(1), visit(2, mode="?"))
    first = import_files(store, zhanjiang, [visits], by="x")
    assert counts(first) == (2, 0, 0, 0, 2)
    load(enterprises=[enterprise(1)])
    again = import_files(store, zhanjiang, [visits.rename(tmp_path / "v (1).xlsx")], by="x")
    assert counts(again) == (2, 1, 0, 0, 1)
    batches = list_batches(store, Scope.everything()).set_index("batch_id")
    assert batches["open_held"].to_dict() == {1: 0, 2: 0, 3: 1}
    assert batches.loc[3, "files"] == "v (1).xlsx"


def test_a_held_row_is_settled_when_another_file_brings_its_key(store, load):
    load(enterprises=[enterprise(1)], visits=[visit(1, mode="?"), visit(2, mode="?")])
    load(visits=[visit(1)])
    assert [row for row, *_ in held(store, 1)] == [3]


def test_orphans_are_kept_and_pointed_out_but_a_strangers_row_is_held(store, load):
    push = {"enterprise_id": "E1", "bank": "B02", "pushed_on": "2025-03-01", "status": "对接中"}
    decision = {"bank": "B02", "outcome": "不予授信", "decided_on": "2025-03-02"}
    report = load(
        enterprises=[enterprise(1), enterprise(2)],
        recommendations=[push | {"recommendation_id": "R1"}],
        decisions=[
            decision | {"decision_id": "D1", "enterprise_id": "E1", "recommendation_id": "R1"},
            decision | {"decision_id": "D2", "enterprise_id": "E1", "recommendation_id": "R9"},
            decision | {"decision_id": "D3", "enterprise_id": "E2", "recommendation_id": "R1"},
            decision
            | {"decision_id": "D4", "enterprise_id": "E1", "recommendation_id": "R1", "decided_on": "2025-02-01"},
            decision | {"decision_id": "D5", "enterprise_id": "E1", "decided_on": "2024-10-01"},
        ],
    )
    assert held(store, 1) == [(4, "recommendation_id", "R1", "reference_mismatch")]
    assert [(n.column, n.rule, n.rows) for n in report.notices] == [
        ("decided_on", "date_before_start", 1),
        ("recommendation_id", "reference_orphan", 1),
        ("recommendation_id", "before_reference", 1),
    ]


def test_rows_that_occur_twice(store, load):
    report = load(
        enterprises=[enterprise(1), enterprise(1), enterprise(1, name="别的名称")],
        visits=[visit(1), visit(2, visited_on="2025-01-02"), visit(3, visited_on="2025-01-02", mode="电话")],
    )
    assert counts(report) == (6, 3, 0, 1, 2)
    assert [(column, rule) for _, column, _, rule in held(store, 1)] == [
        ("enterprise_id", "key_twice"),
        ("visited_on", "event_twice"),
    ]
    assert list_held(store, Scope.everything(), 1)["detail"][0] == {
        "file": "file0.xlsx",
        "sheet": "enterprises",
        "row": "2",
    }
    later = load(visits=[visit(9, visited_on="2025-01-02"), visit(1, visited_on="2025-01-02", remark="同一条")])
    assert counts(later) == (2, 0, 1, 0, 1)
    assert held(store, 2) == [(2, "visited_on", "2025-01-02", "event_twice")]


def test_a_credit_code_belongs_to_one_enterprise_and_two_may_be_exchanged(store, load):
    load(enterprises=[enterprise(1, credit_code=CODE), enterprise(2, credit_code=OTHER_CODE), enterprise(3)])
    report = load(enterprises=[enterprise(3, credit_code=CODE), enterprise(4, credit_code=None)])
    assert held(store, 2) == [(2, "credit_code", CODE, "value_taken")]
    assert counts(report) == (2, 1, 0, 0, 1)
    swapped = load(enterprises=[enterprise(1, credit_code=OTHER_CODE), enterprise(2, credit_code=CODE)])
    assert counts(swapped) == (2, 0, 2, 0, 0)
    third = credit_code("92990000MA000009")
    twice = load(enterprises=[enterprise(5, credit_code=third), enterprise(6, credit_code=third)])
    assert counts(twice) == (2, 1, 0, 0, 1)


def test_the_other_row_is_named(store, load, zhanjiang):
    def told(report):
        found = list_held(store, Scope.everything(), report.batch_id).to_dict("records")
        return [Describer(zhanjiang, "zh").message(f["rule"], f["detail"], f["table_name"]).problem for f in found]

    same_day = {"visited_on": "2025-01-02"}
    one, other = enterprise(1, credit_code=CODE), enterprise(2, credit_code=CODE)
    first = load(enterprises=[one, other], visits=[visit(1), visit(2, **same_day), visit(3)])
    assert told(first) == [
        "与 file0.xlsx“enterprises”第 2 行重复，应当唯一",
        "与 file0.xlsx“visits”第 2 行是同一件事（主体编号、走访日期、参与银行、走访方式 都相同）",
    ]
    later = load(enterprises=[other], visits=[visit(2, **same_day)])
    assert told(later) == [
        "与已导入的 E1（批次 1，file0.xlsx）重复，应当唯一",
        "与已导入的 V1（批次 1，file0.xlsx）是同一件事（主体编号、走访日期、参与银行、走访方式 都相同）",
    ]


def test_files_of_one_batch_are_loaded_in_the_order_their_references_need(store, zhanjiang, tmp_path):
    grid = {"code": "G1", "name": "演示社区", "region_1": "赤坎区", "region_2": "中华街道"}
    paths = [
        table_file(tmp_path / "1.xlsx", "visits", visit(1)),
        table_file(tmp_path / "2.xlsx", "enterprises", enterprise(1, region_2="中华街道", region_3="演示社区")),
        table_file(tmp_path / "3.xlsx", "grids", grid),
    ]
    report = import_files(store, zhanjiang, paths, by="x")
    assert counts(report) == (3, 3, 0, 0, 0)
    assert current(store, "enterprises", "region_2", "region_3") == [("440802001", "G1")]


def test_what_is_refused_does_not_stop_the_others(store, zhanjiang, tmp_path):
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"no workbook")
    unknown = workbook(tmp_path / "unknown.xlsx", {"一": [["甲", "乙"], [1, 2]]})
    good = table_file(tmp_path / "good.xlsx", "enterprises", enterprise(1))
    report = import_files(store, zhanjiang, [bad, unknown, good], by="x")
    refused = [(refusal.file, refusal.rule) for refusal in report.refusals]
    assert refused == [("bad.xlsx", "file_damaged"), ("unknown.xlsx", "header_missing")]
    assert report.counts.added == 1
    nothing = import_files(store, zhanjiang, [bad], by="x")
    assert (nothing.batch_id, nothing.sheets) == (None, ())


def test_cancelling_at_any_step_leaves_nothing_behind(store, zhanjiang, tmp_path):
    path = table_file(tmp_path / "e.xlsx", "enterprises", enterprise(1), enterprise(2, region_1="?"))
    for steps in range(5):
        answers = iter([False] * steps + [True])
        with pytest.raises(ImportCancelledError):
            import_files(store, zhanjiang, [path], by="x", cancelled=lambda asked=answers: next(asked))
    assert current(store, "enterprises", "enterprise_id") == []
    assert list_batches(store, Scope.everything()).empty
    assert list_held(store, Scope.everything(), 1).empty
    assert store.version() == 0
    assert import_files(store, zhanjiang, [path], by="x").counts.added == 1


def test_an_error_leaves_nothing_behind(store, zhanjiang, tmp_path, monkeypatch):
    def broken(*_arguments):
        raise RuntimeError("out of order")

    path = table_file(tmp_path / "e.xlsx", "enterprises", enterprise(1), enterprise(2, region_1="?"))
    with monkeypatch.context() as patched:
        patched.setattr("data_access.derivation.rebuild", broken)
        with pytest.raises(RuntimeError):
            import_files(store, zhanjiang, [path], by="x")
    assert current(store, "enterprises", "enterprise_id") == []
    assert list_held(store, Scope.everything(), 1).empty


def test_progress_grows_to_one(store, zhanjiang, tmp_path):
    path = workbook(
        tmp_path / "a.xlsx",
        {"e": table_rows("enterprises", enterprise(1)), "v": table_rows("visits", visit(1))},
    )
    seen = []
    import_files(store, zhanjiang, [path], by="x", progress=lambda share, step: seen.append((share, step)))
    shares = [share for share, _ in seen]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    steps = list(dict.fromkeys(step for _, step in seen))
    assert [step.code for step in steps] == ["reading", *["checking", "loading"] * 2, "deriving", "done"]


def test_another_country_with_other_levels_and_another_currency(store, foreign):
    report = import_files(store, foreign, sorted((foreign.folder / "files").iterdir()), by="x")
    assert report.refusals == ()
    assert report.counts.held == 0
    assert report.counts.added == report.counts.read > 0
    (amount,) = current(store, "loans", "loan_id", "amount")[:1]
    assert amount[1] >= 1000
