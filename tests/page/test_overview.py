"""The overview under every condition a reader may meet it in."""

import re

import pytest

from components import url_state
from components.office import outcomes
from data_access.store import open_store
from metrics.quality import Outcome, load_checks
from tests.page.reading import cards, pieces, problems, text


def test_it_shows_every_card_the_map_the_ranking_and_the_charts(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang)
    assert problems(app) == []
    assert app.session_state["finished"]
    assert list(cards(app)) == [
        "累计走访户数", "申报清单", "推荐清单", "获授信户数", "累计授信金额", "累计放款金额", "加权平均利率",
        "超期未决", "走访率全省位次",
    ]  # fmt: skip
    assert len(app.get("deck_gl_json_chart")) == 1
    assert len(app.get("plotly_chart")) == 2
    assert text(app).count("达标") + text(app).count("预警") + text(app).count("滞后") >= 10


def test_every_card_leads_to_its_definition_with_its_own_numbers(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang)
    grid = next(piece for piece in pieces(app) if "zr-cards" in piece)
    assert grid.count('<details class="zr-pop">') == grid.count('<section class="zr-card')
    assert re.search(r"<dt>分子</dt><dd>[^<]*= [\d,]+ 户</dd><dt>分母</dt><dd>[^<]*= [\d,]+ 户</dd>", grid)


def test_visits_and_lists_carry_their_own_dates(open_page, demo_store, zhanjiang):
    shown = text(open_page(demo_store, zhanjiang))
    assert "走访 2025年5月31日" in shown
    assert "清单与授信 2025年6月13日" in shown
    assert "口径日期不一致" in shown
    assert "较4月30日" in shown
    assert "较5月31日" in shown


def test_synthetic_data_says_so(open_page, demo_store, zhanjiang):
    assert "演示数据" in text(open_page(demo_store, zhanjiang))


def test_it_speaks_english_throughout(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, lang="en")
    assert problems(app) == []
    # What was printed in Chinese stays as it was printed.
    shown = re.sub(r"As printed: [^)]*\)|Source[: ]+\S+|来源[^<]*|省要求[^<]*", "", text(app))
    quoted = {p.source for p in zhanjiang.published} | {t.source for t in zhanjiang.targets}
    for words in quoted:
        shown = shown.replace(words, "")
    assert re.findall(r"[\u4e00-\u9fff]{2,}", shown) == []


@pytest.mark.parametrize(
    "parameters", [{"region": "440881"}, {"bank": "B01"}, {"period": "month"}, {"date": "2025-01-15"}]
)
def test_a_narrower_selection_is_shown_as_well(open_page, demo_store, zhanjiang, parameters):
    whole, narrow = open_page(demo_store, zhanjiang), open_page(demo_store, zhanjiang, **parameters)
    assert problems(narrow) == []
    assert cards(narrow)["累计走访户数"] != cards(whole)["累计走访户数"] or "bank" in parameters


def test_a_county_shows_its_towns_and_the_way_back(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, region="440881")
    county = zhanjiang.region_by_code["440881"].label.text("zh")
    town = zhanjiang.children("440881")[0].label.text("zh")
    assert town in text(app)
    assert any(
        'class="zr-crumbs"' in piece and 'data-act="region:"' in piece and county in piece for piece in pieces(app)
    )


def test_a_town_can_be_shown(open_page, demo_store, zhanjiang):
    town = zhanjiang.children("440881")[0].code
    app = open_page(demo_store, zhanjiang, region=town)
    assert problems(app) == []
    assert len(app.selectbox(key="filters.region_2").options) == len(zhanjiang.children("440881"))


def test_a_selection_without_enterprises_offers_the_way_out(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, region="440802", industry="B", size="large", type="family_farm")
    assert problems(app) == []
    assert "没有符合筛选条件的经营主体" in text(app)
    app.button(key="empty.reset").click().run()
    assert app.query_params == {}
    assert "累计走访户数" in text(app)


def test_unknown_values_in_the_url_are_ignored(open_page, demo_store, zhanjiang):
    odd = {"region": "<b>", "bank": "nobody", "date": "yesterday", "industry": "ZZ,C", "show": "x", "lang": "xx"}
    app = open_page(demo_store, zhanjiang, **odd)
    assert problems(app) == []
    assert app.multiselect(key="filters.industry_1").value == ["C"]
    assert app.selectbox(key="filters.region_1").value is None


def test_filters_go_to_the_url_as_codes_and_back(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang)
    app.selectbox(key="filters.region_1").select("440823").run()
    assert dict(app.query_params) == {"region": "440823"}
    app.multiselect(key="filters.type").select("company").run()
    assert dict(app.query_params) == {"region": "440823", "type": "company"}
    again = open_page(demo_store, zhanjiang, region="440823", type="company")
    assert cards(again) == cards(app)
    app.button(key="filters.reset").click().run()
    assert dict(app.query_params) == {}


def test_widgets_keep_their_value_when_the_language_changes(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, region="440881", type="company")
    app.session_state[url_state.STATE] = {**app.session_state[url_state.STATE], "lang": "en"}
    app.query_params["lang"] = "en"
    app.run()
    assert app.selectbox(key="filters.region_1").value == "440881"
    assert app.multiselect(key="filters.type").value == ["company"]
    assert "Enterprises visited" in cards(app)


def test_every_metric_of_the_switch_can_be_shown(open_page, demo_store, zhanjiang):
    from pages.progress.overview import SHOWN  # noqa: PLC0415 - the page's own list

    for key in SHOWN:
        app = open_page(demo_store, zhanjiang, show=key)
        assert problems(app) == [], key


def test_an_empty_store_says_what_to_do(open_page, duckdb_url, zhanjiang):
    app = open_page(open_store(duckdb_url), zhanjiang)
    assert problems(app) == []
    assert "还没有数据" in text(app)


def test_another_country_has_its_own_levels_and_currency(open_page, foreign_store, foreign):
    app = open_page(foreign_store, foreign, lang="en")
    assert problems(app) == []
    assert foreign.currency.code in cards(app)["Credit approved"]
    assert app.selectbox(key="filters.region_1").label == foreign.region_levels[0].label.en
    below = open_page(foreign_store, foreign, region=foreign.children()[0].code)
    assert problems(below) == []


def test_what_was_never_reported_reads_so_and_is_not_zero(open_page, foreign_store, foreign):
    shown = cards(open_page(foreign_store, foreign))
    assert shown["累计走访户数"] == shown["申报清单"] == shown["推荐清单"] == "未报送"
    assert shown["累计授信金额"] != "未报送"


def test_a_failing_check_marks_every_figure_of_a_card_that_it_touches(open_page, demo_store, zhanjiang, monkeypatch):
    found = {
        key: (Outcome(load_checks()["back_filled"], 100.0, 5.0, 0.03),)
        for key in ("visit_rate", "off_list_visited", "drawdown_ratio", "on_time_rate")
    }
    monkeypatch.setattr(outcomes, "badges", lambda _context: found)
    grid = next(p for p in pieces(open_page(demo_store, zhanjiang, "overview")) if "zr-cards" in p)
    for name in ("走访率（上报口径）", "清单外走访", "用信率（放款/授信）", "30日内决定率"):
        assert re.search(rf"{re.escape(name)}(<[^>]*>|[\s\d,.%户])*<a class=\"zr-flag\"", grid), name
    assert grid.count("zr-flag") == 4
