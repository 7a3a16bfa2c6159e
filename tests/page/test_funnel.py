"""The funnel under every condition a reader may meet it in."""

import re

import pytest

from data_access.store import open_store
from pages.progress.funnel import DETAILS, RULES
from tests.page.reading import pieces, problems, text

CHINESE = r"[\u4e00-\u9fff]{2,}"


def plain(app) -> str:
    """Return what is shown without what stays Chinese in any language: names of enterprises."""
    return re.sub(r"演示\S*|演\*", "", text(app))


def test_the_period_version_says_that_it_is_not_one_cohort(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "funnel")
    assert problems(app) == []
    shown = text(app)
    assert "阶段累计量，非同一批企业" in shown
    assert "补录率" in shown
    assert len(app.get("plotly_chart")) == 2  # stages and stage times
    for node in zhanjiang.children():
        assert node.label.short("zh") in shown


def test_the_cohort_version_leaves_young_cohorts_and_walk_ins_apart(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "funnel", version="cohort")
    assert problems(app) == []
    shown = text(app)
    assert "首次走访后 60 天内" in shown
    assert "未经走访直接申报（另列）" in shown
    assert "观察期未满，不计入" in shown
    longer = text(open_page(demo_store, zhanjiang, "funnel", version="cohort", days="90"))
    assert "首次走访后 90 天内" in longer


@pytest.mark.parametrize("version", ["period", "cohort"])
@pytest.mark.parametrize("by", ["region", "industry", "type", "size", "tier", "bank", "month"])
def test_every_breakdown_can_be_shown(open_page, demo_store, zhanjiang, version, by):
    app = open_page(demo_store, zhanjiang, "funnel", version=version, by=by)
    assert problems(app) == []
    assert app.session_state["finished"]
    assert len(app.get("plotly_chart")) == (3 if by == "month" else 2)


@pytest.mark.parametrize("rule", list(RULES))
def test_banks_say_by_which_rule_they_count(open_page, demo_store, zhanjiang, rule):
    app = open_page(demo_store, zhanjiang, "funnel", by="bank", rule=str(rule))
    assert problems(app) == []
    assert f"归属：{RULES[rule]}" in text(app)
    assert app.selectbox(key="funnel.rule").value == rule


@pytest.mark.parametrize("part", list(DETAILS))
def test_every_detail_can_be_shown_in_both_languages(open_page, demo_store, zhanjiang, part):
    assert problems(open_page(demo_store, zhanjiang, "funnel", part=part, versus="440881")) == []
    app = open_page(demo_store, zhanjiang, "funnel", part=part, versus="440881", lang="en", version="cohort")
    assert problems(app) == []
    assert re.findall(CHINESE, plain(app)) == []


def test_it_speaks_english_throughout(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "funnel", lang="en")
    assert re.findall(CHINESE, plain(app)) == []


def test_reasons_name_who_leads_the_mending(open_page, demo_store, zhanjiang):
    shown = text(open_page(demo_store, zhanjiang, "funnel", part="reasons"))
    assert "可修复" in shown
    assert "牵头：" in shown
    assert "走访未成" in shown


def test_names_of_sole_traders_are_masked_in_the_list_of_the_unserved(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "funnel", part="unserved", type="sole_trader")
    assert problems(app) == []
    table = next(piece for piece in pieces(app) if "已等待" in piece)
    names = re.findall(r'<td class="name">(.*?)</td>', table)
    assert names
    assert all(re.fullmatch(r".\*", name) for name in names)
    companies = open_page(demo_store, zhanjiang, "funnel", part="unserved", type="company")
    table = next(piece for piece in pieces(companies) if "已等待" in piece)
    assert any(len(name) > 4 for name in re.findall(r'<td class="name">(.*?)</td>', table))


def test_the_list_has_pages(open_page, demo_store, zhanjiang):
    first = open_page(demo_store, zhanjiang, "funnel", part="unserved")
    app = first.button(key="unserved.next").click().run()
    assert dict(app.query_params)["leaf"] == "1"
    assert problems(app) == []
    far = open_page(demo_store, zhanjiang, "funnel", part="unserved", leaf="999999")
    assert problems(far) == []
    assert far.button(key="unserved.next").disabled


def test_two_groups_are_compared_with_a_verdict(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "funnel", part="compare", against="type", versus="company")
    assert problems(app) == []
    assert re.search("明显较[高低]|难以区分", text(app))
    nothing = open_page(demo_store, zhanjiang, "funnel", part="compare")
    assert "请选择对比对象" in text(nothing)


def test_the_clock_of_the_decision_can_be_switched(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "funnel", clock="docs")
    assert problems(app) == []
    assert text(app) != text(open_page(demo_store, zhanjiang, "funnel"))


@pytest.mark.parametrize(
    "parameters", [{"region": "440881"}, {"bank": "B01"}, {"period": "30d"}, {"date": "2024-12-05"}]
)
def test_a_narrower_selection_is_shown_as_well(open_page, demo_store, zhanjiang, parameters):
    for version in ("period", "cohort"):
        app = open_page(demo_store, zhanjiang, "funnel", version=version, **parameters)
        assert problems(app) == []


def test_nobody_selected_offers_the_way_out(open_page, demo_store, zhanjiang):
    for version in ("period", "cohort"):
        app = open_page(
            demo_store,
            zhanjiang,
            "funnel",
            version=version,
            region="440802",
            industry="B",
            size="large",
            type="family_farm",
        )
        assert problems(app) == []
        assert "没有符合筛选条件的经营主体" in text(app)


def test_unknown_values_in_the_url_are_ignored(open_page, demo_store, zhanjiang):
    odd = {
        "version": "x",
        "by": "<b>",
        "step": "y",
        "part": "z",
        "days": "61",
        "rule": "w",
        "leaf": "-1",
        "versus": "?",
    }
    app = open_page(demo_store, zhanjiang, "funnel", **odd)
    assert problems(app) == []
    assert app.session_state["finished"]


def test_an_empty_store_says_what_to_do(open_page, duckdb_url, zhanjiang):
    app = open_page(open_store(duckdb_url), zhanjiang, "funnel")
    assert problems(app) == []
    assert "还没有数据" in text(app)


@pytest.mark.parametrize("part", list(DETAILS))
def test_another_country_without_visits_shows_what_it_reports(open_page, foreign_store, foreign, part):
    for version in ("period", "cohort"):
        app = open_page(foreign_store, foreign, "funnel", part=part, version=version)
        assert problems(app) == []
        assert app.session_state["finished"]
