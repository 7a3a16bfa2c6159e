"""People come in by workbook: in the spellings offices use, all of it or nothing, with every mistake in its place."""

import io
from datetime import date

import openpyxl
import pytest

from data_access.access.audit import Action, Asked, count_events, verify
from data_access.access.identity import Person
from data_access.access.importing import column_title, describe_wrong, grants_template, import_grants
from data_access.access.people import all_grants, grants_of
from data_access.access.store import open_access

TODAY = date(2025, 6, 13)
SHELL = Person("root", "root", "shell")
HEADERS = ("登录身份", "姓名", "角色", "区域", "银行", "部门", "开始日期", "结束日期")


@pytest.fixture
def store(tmp_path):
    opened = open_access(f"sqlite:///{(tmp_path / 'access.db').as_posix()}")
    yield opened
    opened.close()


@pytest.fixture
def bring(store, zhanjiang, tmp_path):
    def bring(*rows, headers=HEADERS, today=TODAY):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "人员"
        for row in (headers, *rows):
            sheet.append(row)
        path = tmp_path / "people.xlsx"
        book.save(path)
        return import_grants(store, zhanjiang, [path], SHELL, today)

    return bring


def row(subject="lei", name="雷某", role="领导", **cells):
    places = (cells.get("region"), cells.get("bank"), cells.get("department"))
    return (subject, name, role, *places, cells.get("start"), cells.get("end"))


def test_places_are_understood_by_name_or_code_and_several_in_a_cell(bring, store, zhanjiang):
    counties, banks = zhanjiang.children(), zhanjiang.banks
    outcome = bring(
        row("c1", role="县专班", region=f"{counties[0].label.zh}、{counties[1].code}"),
        row("b1", role="bank", bank=f"{banks[0].label.zh}；{banks[1].label.short('zh')}"),
        row("d1", role="部门", department=zhanjiang.codes["department"][0].label.zh),
        row("k1", role="数据员", region=zhanjiang.children(counties[0].code)[0].label.zh),
        row("k2", role="数据员"),
    )
    assert outcome.is_in
    found = {subject: grants_of(store, subject, TODAY)[0] for subject in ("c1", "b1", "d1", "k1", "k2")}
    assert found["c1"].regions == tuple(sorted((counties[0].code, counties[1].code)))
    assert found["b1"].banks == tuple(sorted((banks[0].code, banks[1].code)))
    assert found["d1"].departments == (zhanjiang.codes["department"][0].code,)
    assert found["k1"].regions == (zhanjiang.children(counties[0].code)[0].code,)
    assert (found["k2"].regions, found["k2"].valid_from, found["k2"].valid_until) == ((), TODAY, None)
    assert count_events(store, Asked(actions=(Action.GRANT,))) == 5


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        ({"subject": None}, "subject", "required"),
        ({"name": " "}, "name", "required"),
        ({"role": None}, "role", "required"),
        ({"role": "皇帝"}, "role", "code_unknown"),
        ({"role": "县专班"}, "region", "grant_unbound"),
        ({"role": "县专班", "region": "-"}, "region", "grant_unbound"),
        ({"role": "县专班", "region": "亚特兰蒂斯"}, "region", "region_unknown"),
        ({"role": "银行", "bank": "没有的银行"}, "bank", "bank_unknown"),
        ({"role": "银行", "region": "赤坎区", "bank": "B01"}, "region", "grant_not_bound"),
        ({"role": "部门"}, "department", "grant_unbound"),
        ({"role": "部门", "department": "外星事务局"}, "department", "code_unknown"),
        ({"role": "领导", "region": "赤坎区"}, "region", "grant_not_bound"),
        ({"start": "2025-13-01"}, "valid_from", "date_impossible"),
        ({"end": "下个月"}, "valid_until", "date_unreadable"),
        ({"start": "2025-07-01", "end": "2025-06-30"}, "valid_until", "date_before"),
        ({"start": "2025-01-01", "end": "2025-06-12"}, "valid_until", "grant_over"),
    ],
)
def test_a_mistake_is_found_in_its_cell_and_keeps_the_whole_workbook_out(bring, store, zhanjiang, cells, column, rule):
    outcome = bring(row("good"), row(**cells))
    (wrong,) = outcome.wrong
    assert (wrong.file, wrong.sheet, wrong.row, wrong.column, wrong.rule) == ("people.xlsx", "人员", 3, column, rule)
    assert all_grants(store) == ()
    assert verify(store).rows == 0
    for lang in ("zh", "en"):
        message = describe_wrong(wrong, zhanjiang, lang)
        assert message.problem
        assert message.remedy
        assert "{" not in str(message)
        assert column_title(column, lang)


def test_every_mistake_is_told_at_once(bring):
    outcome = bring(row(subject=None, role="县专班", end="2025-06-12", start="2025-01-01"), row(role="x"))
    assert [(wrong.row, wrong.column) for wrong in outcome.wrong] == [
        (2, "subject"),
        (2, "region"),
        (2, "valid_until"),
        (3, "role"),
    ]


def test_a_message_names_the_role_and_what_may_be_chosen(bring, zhanjiang):
    unbound, unknown = bring(row(role="县专班"), row(role="皇帝")).wrong
    assert describe_wrong(unbound, zhanjiang, "zh").problem == "“角色”为“县（市、区）工作专班”时必填"
    assert "市领导" in describe_wrong(unknown, zhanjiang, "zh").remedy
    assert "City leader" in describe_wrong(unknown, zhanjiang, "en").remedy


def test_the_same_list_again_changes_nothing_and_a_longer_one_adds_the_rest(bring, store):
    first = bring(row("a"), row("a"), row("b", end="2026-01-01"))
    assert (len(first.added), first.unchanged) == (2, 1)
    again = bring(row("a"), row("b", end="2026-01-01"), row("c"), today=date(2025, 7, 1))
    assert ([grant.subject for grant in again.added], again.unchanged) == (["c"], 2)
    assert len(all_grants(store)) == 3


def test_one_person_may_have_several_roles(bring, store):
    bring(row("a", role="领导"), row("a", role="审计员"))
    assert {grant.role for grant in grants_of(store, "a", TODAY)} == {"leader", "auditor"}


def test_a_workbook_of_something_else_is_refused(bring, store):
    outcome = bring(("x", "y"), headers=("甲", "乙"))
    assert not outcome.is_in
    assert outcome.refusals[0].rule == "header_missing"
    assert bring(("x", "市领导"), headers=("登录身份", "角色")).refusals[0].rule == "columns_missing"
    assert all_grants(store) == ()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_template_filled_in_comes_in(store, zhanjiang, tmp_path, lang):
    book = openpyxl.load_workbook(io.BytesIO(grants_template(zhanjiang, lang)))
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    assert headers == [column_title(name, lang) for name in _NAMES]
    bank, role = zhanjiang.banks[0].label.text(lang), {"zh": "银行", "en": "Bank"}[lang]
    sheet.append(["li", "李某", role, None, bank, None, None, "2026-12-31"])
    path = tmp_path / "filled.xlsx"
    book.save(path)
    outcome = import_grants(store, zhanjiang, [path], SHELL, TODAY)
    assert outcome.is_in
    assert grants_of(store, "li", TODAY)[0].valid_until == date(2026, 12, 31)


_NAMES = ("subject", "name", "role", "region", "bank", "department", "valid_from", "valid_until")
