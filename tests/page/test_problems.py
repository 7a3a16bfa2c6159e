"""The problems under every condition a reader may meet them in."""

import re
from datetime import date

import pytest

from components.office import outcomes
from components.problems.listing import STATES
from data_access.queries.problems import problem_page
from data_access.selection import Scope, Selection
from data_access.store import open_store
from metrics.quality import Outcome, load_checks
from tests.page.reading import cards, pieces, problems, text

CHINESE = r"[\u4e00-\u9fff]{2,}"
NAMES = r"演示[\u4e00-\u9fff]+|演\*"  # names of enterprises stay as they are registered


def shown(app, part):
    return next(piece for piece in pieces(app) if part in piece)


def test_it_says_what_is_stuck_with_whom(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "problems")
    assert problems(app) == []
    found = cards(app)
    assert found["问题收集数"] == "272 件"
    assert int(found["超期未办件数"].split()[0]) > 0
    assert re.search(r"超期未办 \d+ 件，\S+最多", text(app))
    assert "95% 区间" in text(app)
    part, whole = (int(n) for n in re.search(r"现场解决除外 [\d.]+%（(\d+) / (\d+) 件）", text(app)).groups())
    on_time, due = (int(n) for n in re.search(r"限时办结率.*? (\d+) / (\d+) 件", text(app)).groups())
    assert due - whole == on_time - part > 0  # what was solved on the spot was due and in time
    assert len(app.get("plotly_chart")) == 2
    for node in zhanjiang.children():
        assert node.label.short("zh") in text(app)


def test_a_failing_check_marks_the_cards_it_touches(open_page, demo_store, zhanjiang, monkeypatch):
    found = {"problem_on_time_rate": (Outcome(load_checks()["unassigned_problems"], 100.0, 9.0, 0.05),)}
    monkeypatch.setattr(outcomes, "badges", lambda _context: found)
    grid = shown(open_page(demo_store, zhanjiang, "problems"), "zr-cards")
    assert re.search(r"限时办结率 <a class=\"zr-flag\"", grid)
    assert grid.count("zr-flag") == 1


def test_a_department_narrows_everything_but_its_own_table(open_page, demo_store, zhanjiang):
    whole = open_page(demo_store, zhanjiang, "problems")
    app = open_page(demo_store, zhanjiang, "problems", department="industry")
    assert problems(app) == []
    assert cards(app)["问题收集数"] != cards(whole)["问题收集数"]
    table = shown(app, 'data-act="department:tax"')
    assert 'data-act="department:" role="button" tabindex="0" aria-label="工信局" class="chosen"' in table


@pytest.mark.parametrize("state", [state for state in STATES if state not in {"overdue", "reopened", "problems"}])
def test_every_state_can_be_listed(open_page, demo_store, zhanjiang, state):
    app = open_page(demo_store, zhanjiang, "problems", state=state)
    assert problems(app) == []
    assert app.session_state["finished"]


def test_the_list_turns_and_comes_back(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "problems", state="problems")
    first = re.findall(r"case:(WT\d+)", shown(app, "case:WT"))
    app.button(key="problems.next").click().run()
    second = re.findall(r"case:(WT\d+)", shown(app, "case:WT"))
    assert problems(app) == []
    assert not set(first) & set(second)
    app.button(key="problems.back").click().run()
    assert re.findall(r"case:(WT\d+)", shown(app, "case:WT")) == first


def test_a_case_shows_its_history_and_its_enterprise_masked(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "problems", state="reopened")
    (number,) = re.findall(r"case:(WT\d+)", shown(app, "case:WT"))[:1]
    app = open_page(demo_store, zhanjiang, "problems", state="reopened", case=number)
    assert problems(app) == []
    case = shown(app, "zr-case")
    assert number in case
    assert 'href="ledger?enterprise=E' in case
    for step in ("提出", "办结", "重开"):
        assert step in case


@pytest.mark.parametrize("raised", ["2025-01", "31-60", "91-"])
def test_the_list_is_narrowed_to_a_bar_and_its_count_agrees(open_page, demo_store, zhanjiang, raised):
    app = open_page(demo_store, zhanjiang, "problems", state="open", raised=raised)
    assert problems(app) == []
    (listed,) = re.findall(r"未办结 (\d+) 件(?=\W*(?:单位|$))", text(app)) or re.findall(
        r"#### 未办结 (\d+) 件", text(app)
    )
    lifts = next(piece for piece in pieces(app) if 'data-act="raised:"' in piece)
    assert "提出" in lifts
    app.session_state["frame.problems-list.table"] = True
    app.run()
    assert len(app.dataframe[0].value) == int(listed)


@pytest.mark.parametrize("by", ["level", "category"])
def test_times_are_told_by_every_mark(open_page, demo_store, zhanjiang, by):
    app = open_page(demo_store, zhanjiang, "problems", part="times", by=by)
    assert problems(app) == []
    assert "Kaplan–Meier" in text(app)


def test_it_speaks_english_throughout(open_page, demo_store, zhanjiang):
    for parameters in ({}, {"part": "times"}, {"part": "subjects", "level": "complex"}, {"case": "WT000001"}):
        app = open_page(demo_store, zhanjiang, "problems", lang="en", **parameters)
        assert problems(app) == []
        assert re.findall(CHINESE, re.sub(NAMES, "", text(app))) == []


@pytest.mark.parametrize(
    "parameters",
    [{"region": "440881", "bank": "B02"}, {"period": "30d"}, {"date": "2024-12-05", "part": "subjects"}],
)
def test_a_narrower_selection_is_shown_as_well(open_page, demo_store, zhanjiang, parameters):
    app = open_page(demo_store, zhanjiang, "problems", **parameters)
    assert problems(app) == []
    assert app.session_state["finished"]


def test_unknown_values_in_the_url_are_ignored(open_page, demo_store, zhanjiang):
    odd = {"department": "<b>", "level": "?", "state": "x", "case": "y", "after": "z", "part": "!", "by": "1"}
    app = open_page(demo_store, zhanjiang, "problems", **odd)
    assert problems(app) == []
    assert cards(app)["问题收集数"] == "272 件"


def test_nothing_in_the_selection_says_so(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "problems", region="440802", industry="B", size="large")
    assert problems(app) == []
    assert "没有登记问题" in text(app)


def test_an_empty_store_says_what_to_do(open_page, duckdb_url, zhanjiang):
    app = open_page(open_store(duckdb_url), zhanjiang, "problems")
    assert problems(app) == []
    assert "还没有数据" in text(app)


def test_another_country_that_reports_no_problems_says_so(open_page, foreign_store, foreign):
    app = open_page(foreign_store, foreign, "problems")
    assert problems(app) == []
    assert "问题台账未报送" in text(app)


def test_every_frame_turns_into_its_table(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "problems")
    frames = ("department", "region", "ages", "months", "list")
    for name in frames:
        app.session_state[f"frame.problems-{name}.table"] = True
    app.run()
    assert problems(app) == []
    tables = [frame.value for frame in app.dataframe]
    assert len(tables) == len(frames)
    listed = tables[-1]
    assert set(listed["名称"].str[:1]) == {"演"}
    assert listed["名称"].str.fullmatch(r"演\*").any()
    for part, name in (("times", "times"), ("subjects", "category")):
        app = open_page(demo_store, zhanjiang, "problems", part=part)
        app.session_state[f"frame.problems-{name}.table"] = True
        app.run()
        assert problems(app) == []
        assert len(app.dataframe) == 1


def test_a_case_that_is_suspended_now_says_so(open_page, demo_store, zhanjiang):
    """The days left are those of a clock that stands still."""
    cases = problem_page(demo_store, Scope.everything(), Selection(date(2025, 6, 13)), state="suspended", limit=400)
    held = cases.loc[cases["is_suspended"], "problem_id"]
    assert len(held)
    app = open_page(demo_store, zhanjiang, "problems", case=held.iloc[0])
    case = next(piece for piece in pieces(app) if "zr-case" in piece)
    assert "暂停中" in case
    assert "暂停办理" in case
