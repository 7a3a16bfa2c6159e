"""The wall screen: what it shows, what it withholds, and when a panel is too old."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from components.reads import memory
from components.screen import board as screenboard
from components.screen.board import build_board
from components.situation import build_situation
from data_access.store import open_store
from tests.page.reading import problems, text

SCREEN = "screen"


def board(app):
    return next(json.loads(e.proto.json) for e in app.get("bidi_component") if "panels" in e.proto.json)


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_it_shows_cards_four_panels_and_the_line_below(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, SCREEN)
    assert problems(app) == []
    shown = board(app)
    assert [panel["id"] for panel in shown["panels"]] == ["overall", "counties", "banks", "watch"]
    assert not any(panel["stale"] for panel in shown["panels"])
    assert shown["cards"].count("zr-s-card") == 8
    assert "演示数据" in shown["title"]
    assert "走访数据截至 2025年5月31日" in words(shown["dates"])
    assert "超期未决" in words(shown["ticker"])
    assert shown["dwell"] == 25


def test_map_in_the_middle_pace_left_funnel_and_banks_right(open_page, demo_store, zhanjiang):
    html = board(open_page(demo_store, zhanjiang, SCREEN))["panels"][0]["html"]
    assert html.index("走访进度") < html.index("<svg") < html.index("各阶段户数") < html.index("银行授信排名")
    assert "审图号" in html


def test_no_name_of_an_enterprise_is_shown(open_page, demo_store, zhanjiang, full_names):
    html = json.dumps(board(open_page(demo_store, zhanjiang, SCREEN)), ensure_ascii=False)
    assert [name for name in full_names if name in html] == []


@pytest.fixture
def full_names(demo_store):
    from sqlalchemy import select  # noqa: PLC0415 - the tests may speak SQL

    from data_access.schema import import_tables  # noqa: PLC0415 - as above

    column = import_tables["enterprises"].c.name
    with demo_store.connect() as connection:
        return [row[0] for row in connection.execute(select(column)) if row[0] and len(row[0]) > 5]


def test_too_few_enterprises_are_withheld(demo_store, zhanjiang, build_context_for):
    s = build_situation(build_context_for(demo_store, zhanjiang))
    few = s.parts["lists"].copy()
    few.loc[few.index[3], ["approved", "approvals"]] = 2.0
    html = build_board(replace(s, parts={**s.parts, "lists": few}), None, "t").panels[1].html
    assert "&lt;5" in html


def test_old_data_say_their_age_and_are_passed_over(demo_store, zhanjiang, build_context_for, monkeypatch):
    s = build_situation(build_context_for(demo_store, zhanjiang))
    monkeypatch.setattr(screenboard, "today", lambda _context: s.visits_on + timedelta(days=50))
    panels = {panel.id: panel for panel in build_board(s, None, "t").panels}
    assert panels["overall"].stale
    assert "本画面的数据已 50 天未更新" in panels["overall"].html
    assert not panels["banks"].stale  # lists are reported up to a later day


def test_a_real_city_is_judged_by_the_calendar(demo_store, zhanjiang, build_context_for):
    context = build_context_for(demo_store, zhanjiang)
    assert screenboard.today(context) == context.last_on
    real = replace(context, profile=replace(zhanjiang, is_demo=False))
    assert screenboard.today(real) > date(2025, 6, 13)


def test_new_data_are_shown_without_a_reload(open_page, demo_store, zhanjiang, monkeypatch):
    app = open_page(demo_store, zhanjiang, SCREEN)
    before = board(app)
    monkeypatch.setattr(type(demo_store), "version", lambda _self: 999)
    memory.clear()
    app.run()
    assert problems(app) == []
    assert board(app) == before  # nothing but the version changed


def test_an_empty_store_says_so(open_page, zhanjiang, tmp_path):
    store = open_store(f"duckdb:///{(tmp_path / 'empty.duckdb').as_posix()}")
    app = open_page(store, zhanjiang, SCREEN)
    assert problems(app) == []
    assert "还没有数据" in text(app)
    store.close()


def test_it_speaks_english_throughout(open_page, demo_store, zhanjiang):
    shown = board(open_page(demo_store, zhanjiang, SCREEN, lang="en"))
    parts = [shown["title"], shown["dates"], shown["cards"], *(p["html"] for p in shown["panels"][:3])]
    assert re.findall(r"[\u4e00-\u9fff]{2,}", words(" ".join(parts))) == []


def test_a_foreign_city_without_boundaries_visits_or_events(open_page, foreign_store, foreign):
    app = open_page(foreign_store, foreign, SCREEN, lang="en")
    assert problems(app) == []
    assert len(board(app)["panels"]) == 4


@pytest.mark.parametrize("asked", ["0.5", "x", ""])
def test_the_refresh_can_be_set_for_a_trial(open_page, demo_store, zhanjiang, asked):
    assert problems(open_page(demo_store, zhanjiang, SCREEN, refresh=asked)) == []
