"""The administrator's and the auditor's page: what they list, what they let happen, and that it is recorded."""

import io
from datetime import date

import openpyxl
import pytest

from components import export
from components.access import granting
from components.access.records import access_store
from data_access.access.audit import Action, Asked, events, record
from data_access.access.identity import Grant, Person
from data_access.access.importing import grants_template
from data_access.access.people import add_grants, all_grants
from tests.page.reading import pieces, problems, text

SHELL = Person("root", "root", "shell")


def given(subject, name, role="leader", *, regions=(), start=date(2025, 1, 1), end=None):
    return Grant("", subject, name, role, regions, (), (), start, end)


@pytest.fixture
def people(open_city, open_page, demo_store, zhanjiang):
    """Return a function that brings grants in and opens a page."""

    def run(page, *grants, **parameters):
        open_city(demo_store, zhanjiang)  # whose access store it is
        add_grants(access_store(), grants, SHELL)
        return open_page(demo_store, zhanjiang, page, **parameters)

    return run


def test_the_administrator_sees_who_holds_what_and_what_is_over(people, zhanjiang):
    county = zhanjiang.children()[0]
    grants = [
        given("a", "安某", "county", regions=(county.code,)),
        given("b", "白某", end=date(2025, 2, 1)),
        given("c", "程某", start=date(2199, 1, 1)),
    ]
    app = people("access", *grants)
    assert problems(app) == []
    shown = text(app)
    assert "1 人持有 1 项有效授权" in shown
    assert county.label.zh in shown
    assert "安某" in shown
    assert "白某" not in shown
    assert "程某" not in shown
    assert "白某" in text(people("access", held="over"))
    assert "程某" in text(people("access", held="later"))
    found = text(people("access", held="all", who="白"))
    assert "白某" in found
    assert "安某" not in found


def test_one_person_is_let_in_and_the_form_is_empty_again(people, zhanjiang):
    app = people("access")
    assert app.button(key="access.grant").disabled
    app.text_input(key="access.name.0").input("雷某")
    app.text_input(key="access.subject.0").input("lei")
    app = app.selectbox(key="access.role.0").select("county").run()
    app = app.button(key="access.grant").click().run()
    assert "必填" in app.error[0].value
    assert all_grants(access_store()) == ()
    code = zhanjiang.children()[1].code
    app = app.multiselect(key="access.region.0").select(code).run()
    app = app.button(key="access.grant").click().run()
    assert problems(app) == []
    (kept,) = all_grants(access_store())
    assert (kept.grant.subject, kept.grant.role, kept.grant.regions) == ("lei", "county", (code,))
    assert app.text_input(key="access.name.1").value == ""
    assert [event.action for event in events(access_store(), Asked())] == ["grant"]


def test_a_grant_is_ended_with_a_reason_but_never_the_last_administrator(people):
    app = people("access", given("a", "安某", "administrator"), given("b", "白某"))
    ids = {kept.grant.subject: kept.grant.grant_id for kept in all_grants(access_store())}
    app = app.selectbox(key="access.end_grant").select(ids["b"]).run()
    assert app.button(key="access.end_go").disabled
    app = app.text_input(key="access.end_reason").input("调离").run()
    app = app.button(key="access.end_go").click().run()
    assert "已终止" in app.success[0].value
    app = app.selectbox(key="access.end_grant").select(ids["a"]).run()
    app = app.button(key="access.end_go").click().run()
    assert "最后一位管理员" in app.error[0].value
    kept = {known.grant.subject: known for known in all_grants(access_store())}
    assert kept["a"].revoked_at is None
    assert kept["b"].reason == "调离"
    assert "调离" in text(people("access", held="over"))


def test_the_auditor_narrows_pages_and_checks(people):
    app = people("audit")
    assert "没有符合条件的记录" in text(app)
    for number in range(60):
        record(access_store(), Person(f"p{number % 2}", f"人{number % 2}", "oidc"), Action.EXPORT, rows=number)
    record(access_store(), None, Action.REFUSED, detail="<b>x</b>")
    app = app.run()
    assert problems(app) == []
    shown = text(app)
    assert "61 条记录" in shown
    assert "<b>x</b>" not in " ".join(pieces(app))
    assert shown.count("人1 p1") + shown.count("人0 p0") == 49
    app = app.button(key="audit.older").click().run()
    assert text(app).count("人1 p1") + text(app).count("人0 p0") == 11
    assert app.button(key="audit.older").disabled
    app = app.button(key="audit.newer").click().run()
    assert "&lt;b&gt;x" in " ".join(pieces(app))
    assert "30 条记录" in text(people("audit", actor="p1"))
    assert "1 条记录" in text(people("audit", act="refused,nonsense"))
    assert "0 条记录" in text(people("audit", last="2025-01-01"))
    assert "61 条记录" in text(people("audit", first="2025-01-01", last="x"))
    app = app.button(key="audit.verify").click().run()
    assert "61 条审计记录完整" in app.success[0].value
    app = app.text_input(key="audit.known").input("0" * 64).run()
    app = app.button(key="audit.verify").click().run()
    assert "被改动或缺失" in app.error[0].value


@pytest.mark.parametrize("address", ["9" * 400, "-1", "x", "0"])
def test_odd_places_in_the_address_are_ignored(people, address):
    for name in ("older", "newer", "first", "last"):
        app = people("audit", given("a", "安"), **{name: address})
        assert problems(app) == [], (name, address)


def test_the_audit_is_taken_out_as_a_file_and_that_is_recorded(people):
    app = people("audit", given("a", "=cmd()|x"), given("b", "白某", "county", regions=("440882",)))
    app = app.button(key="audit.export.csv").click().run()
    made = export.desk().find(app.session_state["audit.export"])
    assert made.done.wait(20)
    assert made.error is None
    lines = made.path.read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("序号,时间,人员,角色")
    assert len([line for line in lines if "授权" in line]) >= 2
    latest = events(access_store(), Asked())[0]
    assert (latest.action, latest.rows, latest.detail) == ("export", 2, "csv audit")


def test_a_workbook_is_taken_whole_or_its_mistakes_are_listed(people, build_context_for, demo_store, zhanjiang):
    app, context = people("access"), build_context_for(demo_store, zhanjiang)
    book = openpyxl.load_workbook(io.BytesIO(grants_template(zhanjiang, "zh")))
    sheet = book.worksheets[0]

    def bring(*row):
        sheet.append(row)
        file = io.BytesIO()
        book.save(file)
        app.session_state["access.outcome"] = granting._bring(context, "../名单.xlsx", file.getvalue())
        return app.run()

    app = bring("a", "安某", "市领导")
    assert "新增授权 1 项，已有 0 项" in app.success[0].value
    app = bring("b", "白某", "县专班")
    assert "没有写入任何授权" in app.error[0].value
    assert "区域" in text(app)
    assert "请写明看哪些" in text(app)
    assert [kept.grant.subject for kept in all_grants(access_store())] == ["a"]


@pytest.mark.parametrize("page", ["access", "audit"])
def test_both_speak_english(people, page):
    grants = [given("a", "Ann", "administrator"), given("b", "Bo", "county", regions=("440882",), end=date(2199, 1, 1))]
    app = people(page, *grants, lang="en")
    assert problems(app) == []
    words = [piece for piece in pieces(app) if any("一" <= sign <= "鿿" for sign in piece) and "zr-" not in piece]
    assert words in ([], ["中文"]) or all("中文" in word or "湛" in word for word in words), words
