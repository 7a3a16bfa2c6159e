"""Every page under every role, through app.py itself: what a role may not open is refused, everything else is drawn."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from components import startup
from components.access import entry, guard, signin
from components.access.records import access_store
from components.access.switch import PERSON, demo_grants
from data_access.access.audit import Action, Asked, events
from data_access.access.identity import Grant, Person
from data_access.access.people import add_grants, revoke
from data_access.access.roles import ROLES, Ability
from pages import PAGES
from tests.page.conftest import ROOT
from tests.page.reading import pieces, problems, text

DAY = date(2025, 1, 1)
DEMO_PEOPLE = ("leader", "task-force", "department-1", "county-1", "bank-1", "clerk", "auditor", "administrator")


@pytest.fixture
def walk(open_city, demo_store, zhanjiang):
    """Return a function that opens a page's own address in the shoes of one of the demo's people ("": nobody's)."""
    open_city(demo_store, zhanjiang)

    def run(page: str, person: str = "", **parameters: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        app._page_hash = calc_hash(page)
        app.session_state[PERSON] = f"demo-{person}" if person else ""
        for name, value in parameters.items():
            app.query_params[name] = value
        return app.run()

    return run


def recorded(action):
    return events(access_store(), Asked(actions=(action,)))


@pytest.fixture
def signed_in(walk, monkeypatch):
    """Return a function that signs somebody in, with grants of ``(role, regions, valid_until)``, and opens a page."""
    monkeypatch.setenv("ZHANRONG_SIGN_IN", "header")
    monkeypatch.setattr(signin, "check", lambda *_: None)
    monkeypatch.setattr(guard, "SECONDS", 0.0)
    startup._CHECKED.clear()
    ann = Person("p1", "安", "header")
    monkeypatch.setattr(signin, "person", lambda _settings: ann)

    def run(*given, page="funnel", **parameters):
        grants = [Grant("", "p1", "安", role, regions, (), (), DAY, until) for role, regions, until in given]
        add_grants(access_store(), grants, ann)
        return walk(page, **parameters)

    return run


def test_there_is_a_demo_person_for_every_role(zhanjiang):
    known = {grant.subject.removeprefix("demo-"): grant.role for grant in demo_grants(zhanjiang)}
    assert [known[person] for person in DEMO_PEOPLE] == list(ROLES)


@pytest.mark.parametrize("person", DEMO_PEOPLE)
def test_every_page_is_drawn_or_refused_as_the_role_says(walk, zhanjiang, person):
    role = next(ROLES[grant.role] for grant in demo_grants(zhanjiang) if grant.subject == f"demo-{person}")
    for spec in PAGES[1:]:
        app = walk(spec.url_path, person)
        assert problems(app) == [], spec.key
        is_refused = "不能打开" in text(app)
        assert is_refused == (spec.needs not in role.abilities), spec.key
        assert not (is_refused and app.get("plotly_chart")), spec.key


@pytest.mark.parametrize(
    "person", [person for person in DEMO_PEOPLE if person not in ("clerk", "auditor", "administrator")]
)
def test_cases_are_listed_for_those_who_may_see_them(walk, zhanjiang, person):
    role = next(ROLES[grant.role] for grant in demo_grants(zhanjiang) if grant.subject == f"demo-{person}")
    assert ("看问题的汇总" in text(walk("problems", person))) == (Ability.CASES not in role.abilities)
    if Ability.ROWS in role.abilities:
        kinds = [
            kind for choice in walk("ledger", person, rows="problems").segmented_control for kind in choice.options
        ]
        assert ("问题" in kinds) == (Ability.CASES in role.abilities)


def test_who_sees_no_enterprises_is_told_why_intents_are_out_of_line_by_no_small_count(walk):
    told, full = text(walk("campaigns", "leader", event="HD05")), text(walk("campaigns", "task-force", event="HD05"))
    assert "均值由少数大额意向抬高" in told
    assert "户的意向合计" not in told
    assert "不是中小微企业" not in told
    assert "户的意向合计" in full
    # Five of seven would leave two.
    assert "均值由少数大额意向抬高" not in text(walk("campaigns", "leader", event="HD03"))


@pytest.mark.parametrize(("person", "is_masked"), [("", True), ("county-1", False), ("task-force", False)])
def test_names_are_called_masked_where_they_are(walk, person, is_masked):
    for page, parameters in (("problems", {}), ("campaigns", {"event": "HD01"})):
        assert ("名称已脱敏" in text(walk(page, person, **parameters))) == is_masked, page


@pytest.mark.parametrize("origin", ["visited", "problem.problems"])
def test_the_dialog_of_a_figure_leads_to_no_row_for_who_may_see_none(walk, origin):
    app = walk("overview" if origin == "visited" else "problems", "leader")
    app.session_state["zr.source"] = origin
    shown = next(piece for piece in pieces(app.run()) if "zr-origin" in piece and "zr-cards" not in piece)
    assert "ledger?" not in shown
    assert "enterprise=" not in shown


def test_a_refused_page_is_recorded_once_in_a_session(walk):
    app = walk("ledger", "leader")
    app.run()
    assert [(event.role, event.detail) for event in recorded(Action.REFUSED)] == [("leader", "ledger")]


def test_the_bare_address_leads_to_the_first_page_of_the_role(walk):
    assert "数据管理" in text(walk("", "clerk"))


def test_nobody_in_particular_is_served_by_default_and_nothing_is_recorded(walk):
    app = walk("ledger")
    assert "走访台账" in text(app)
    assert recorded(Action.SIGN_IN) == ()


def test_taking_another_person_empties_the_session_and_the_address(walk):
    app = walk("funnel", "county-1", region="440802", part="reasons", industry="C")
    app.session_state["typed"] = "of the county"
    app.run()
    assert app.query_params["region"] == "440802"
    app.selectbox(key="tools.person").select("demo-county-2").run()
    assert problems(app) == []
    assert "typed" not in app.session_state
    assert {"region", "part"} & {*app.query_params} == set()
    assert app.query_params["industry"] == "C"
    assert [(event.subject, event.scope) for event in recorded(Action.SIGN_IN)] == [
        ("demo-county-2", "regions=440803"), ("demo-county-1", "regions=440802"),
    ]  # fmt: skip


@pytest.mark.parametrize(("lang", "words"), [("zh", "您还不能使用本系统"), ("en", "You cannot use this system yet")])
def test_somebody_unknown_is_told_so_and_sees_nothing_else(signed_in, lang, words):
    app = signed_in(page="ledger", lang=lang)
    assert problems(app) == []
    assert words in text(app)
    assert not app.get("selectbox")
    assert "p1" in text(app)
    app.run()
    assert [(event.subject, event.detail) for event in recorded(Action.REFUSED)] == [("p1", "no grant")]


def test_somebody_whose_time_is_over_is_told_so(signed_in):
    assert "您的使用权限不在有效期内" in text(signed_in(("county", ("440802",), DAY)))


def test_nobody_is_sent_to_the_gateway(signed_in, monkeypatch):
    monkeypatch.setattr(signin, "person", lambda _settings: None)
    assert "请从单位门户进入" in text(signed_in(page="ledger"))


def test_one_of_several_roles_is_acted_in_at_a_time(signed_in):
    app = signed_in(("county", ("440802",), None), ("clerk", (), None), page="data")
    assert app.session_state[entry.TAKEN].role.key == "county"
    app.selectbox(key="tools.role").select("clerk").run()
    taken = app.session_state[entry.TAKEN]
    assert (taken.role.key, taken.scope.regions, len(taken.grants)) == ("clerk", None, 1)
    assert [event.role for event in recorded(Action.ROLE_CHOSEN)] == ["clerk"]
    assert len(recorded(Action.SIGN_IN)) == 1


def test_what_is_revoked_ends_with_the_next_run(signed_in):
    app = signed_in(("county", ("440802",), None))
    assert "走访漏斗" in text(app)
    taken = app.session_state[entry.TAKEN]
    assert guard.holds(taken)
    revoke(access_store(), taken.grants[0].grant_id, taken.person, reason="moved", on=DAY)
    assert not guard.holds(taken)
    app.run()
    assert "您的使用权限不在有效期内" in text(app)
    assert not app.get("plotly_chart")
    assert entry.TAKEN not in app.session_state


def test_a_store_that_is_not_the_demo_is_not_served_without_a_sign_in(open_city, foreign_store, foreign):
    startup._CHECKED.clear()
    open_city(foreign_store, foreign)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert "ZHANRONG_SIGN_IN" in text(app)
    assert len(pieces(app)) == 1


def test_it_is_served_where_the_settings_say_so(open_city, foreign_store, foreign, monkeypatch):
    monkeypatch.setenv("ZHANRONG_OPEN", "yes")
    open_city(foreign_store, foreign)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert problems(app) == []


def test_a_setting_that_cannot_be_used_closes_the_service(walk, monkeypatch):
    monkeypatch.setenv("ZHANRONG_SIGN_IN", "oauth")
    app = walk("ledger")
    assert not app.exception
    assert "ZHANRONG_SIGN_IN" in text(app)


def test_a_county_enters_published_figures_of_its_own_places_only(signed_in):
    app = signed_in(("county", ("440823",), None), page="data", tab="figures")
    assert problems(app) == []
    assert app.selectbox(key="figures.region").options == ["遂溪县"]
    assert "本范围还没有录入过数字" in text(app)
    assert "0 项一致" not in text(app)
    assert "范围：遂溪县" in text(signed_in(page="data", tab="quality", check="late_entry"))
