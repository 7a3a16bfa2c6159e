"""Meetings, officers and publicity under every condition a reader may meet them in."""

import re
from dataclasses import replace

import pytest

from components import url_state
from components.campaigns import outcomes, places, reach
from components.campaigns.reading import Asked, held
from data_access.access.identity import Access
from data_access.access.roles import ROLES
from data_access.selection import Scope
from data_access.store import open_store
from pages.services.campaigns import PARTS
from tests.page.reading import cards, pieces, problems, text

CHINESE = r"[\u4e00-\u9fff]{2,}"
# What stays Chinese in any language: titles, organisers and quotations of the register, names of enterprises.
KEPT = r'演示\S*|演\*|<span class="zr-event">[^<]*|<td class="(name|text) wrap">[^<]*|<blockquote>.*?</blockquote>'


def said(app) -> str:
    """Return what is shown without what stays Chinese in any language."""
    left = " ".join(re.sub(KEPT, " ", piece, flags=re.DOTALL) for piece in pieces(app))
    return re.sub(r"<[^>]*>", " ", re.sub(r'(title|aria-label)="[^"]*"', "", left))


@pytest.mark.parametrize("part", list(PARTS))
def test_every_part_can_be_shown_in_both_languages(open_page, demo_store, zhanjiang, part):
    assert problems(open_page(demo_store, zhanjiang, "campaigns", part=part)) == []
    app = open_page(demo_store, zhanjiang, "campaigns", part=part, lang="en")
    assert problems(app) == []
    assert app.session_state["finished"]
    assert re.findall(CHINESE, said(app)) == []


@pytest.mark.parametrize("by", ["event", "theme", "kind", "region"])
def test_meetings_are_grouped_and_nobody_counts_twice(open_page, demo_store, zhanjiang, by):
    app = open_page(demo_store, zhanjiang, "campaigns", by=by)
    assert problems(app) == []
    assert "合计（每户计一次）" in text(app)
    assert "三个金额不相加" in text(app)
    assert "①意向计全部参会企业；②授信、③放款只计中小微企业" in text(app)


def test_the_total_of_the_intents_is_that_of_their_column(build_context_for, demo_store, zhanjiang):
    """For one bank too: a meeting stands with what it registered, though the bank's own guests intend less."""
    whole = build_context_for(demo_store, zhanjiang)
    scope = replace(whole.scope, banks=("B05",))
    context = replace(whole, access=Access(None, ROLES["bank"], scope))
    question = Asked("any", "any")
    stated = held(context, question)["intent_amount"]
    shown = outcomes.table_rows_html(context, question, "event", "")
    total = re.sub(r"<[^>]+>", " ", shown.partition('class="total"')[2])
    assert stated.notna().sum() > 1
    assert context.numbers.value(float(stated.sum()), "yuan").joined in total
    assert float(outcomes.whole(context, question)["intent_all"]) < float(stated.sum())


@pytest.mark.parametrize(("by", "row", "held"), [("theme", "外贸", "3"), ("kind", "现场办公会", "2")])
def test_a_meeting_without_a_list_of_attendants_counts_as_held(open_page, demo_store, zhanjiang, by, row, held):
    shown = text(open_page(demo_store, zhanjiang, "campaigns", by=by))
    assert f" {row} {held} " in shown
    assert "合计（每户计一次） 18 " in shown


def test_the_cards_keep_the_published_figures_and_the_three_amounts_apart(open_page, demo_store, zhanjiang):
    found = cards(open_page(demo_store, zhanjiang, "campaigns"))
    assert found["活动场次"] == "18 场次"
    assert found["① 意向金额"] == "27.60 亿元"
    assert list(found) == ["活动场次", "参会企业", "① 意向金额", "② 90天内授信", "③ 90天内放款", "意向转授信率（90天）"]


def test_young_meetings_are_hatched_and_stay_out_of_the_rates(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "campaigns")
    table = next(piece for piece in pieces(app) if "zr-event" in piece)
    assert table.count('class="young"') == 11
    assert "未满90天（第8天）" in table
    early = text(open_page(demo_store, zhanjiang, "campaigns", date="2025-01-31"))
    assert "有意向的活动都未满 90 天" in early


def test_an_outlier_is_explained_and_quoted(open_page, demo_store, zhanjiang):
    shown = text(open_page(demo_store, zhanjiang, "campaigns", event="HD05"))
    assert "雷州14家银行对接企业119家,授信意向额度21.33亿元" in shown
    assert "均值 1,792.44 万元，中位数" in shown
    assert "户不是中小微企业，占意向的" in shown
    assert "公开报道原文" in shown


def test_participants_are_masked_paged_and_lead_to_the_ledger(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "campaigns", event="HD15")
    table = next(piece for piece in pieces(app) if "ledger?enterprise=" in piece)
    traders = [name for name in re.findall(r"lang=zh\"[^>]*>([^<]*)</a>", table) if "*" in name]
    assert all(re.fullmatch(r".\*", name) for name in traders)
    assert table.count("ledger?enterprise=") == 15
    app.button(key="meeting.next").click().run()
    assert app.session_state[url_state.STATE]["leaf"] == "1"
    later = next(piece for piece in pieces(app) if "ledger?enterprise=" in piece)
    assert later != table


def test_an_unknown_meeting_theme_or_part_is_ignored(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "campaigns", event="nobody", theme="x", kind="<b>", part="no", leaf="x")
    assert problems(app) == []
    assert cards(app)["活动场次"] == "18 场次"


def test_a_theme_narrows_meetings_and_their_participants(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "campaigns", theme="marine")
    assert cards(app)["活动场次"] == "2 场次"
    none = open_page(demo_store, zhanjiang, "campaigns", theme="pineapple", kind="roadshow")
    assert problems(none) == []
    assert "没有符合条件的活动" in text(none)


@pytest.mark.parametrize("part", list(PARTS))
def test_a_county_or_a_town_can_be_in_view(open_page, demo_store, zhanjiang, part):
    region = "440882" if part in {"effect", "places"} else zhanjiang.children("440882")[0].code
    assert problems(open_page(demo_store, zhanjiang, "campaigns", part=part, region=region)) == []


def test_a_comparison_is_called_descriptive_or_refused(open_page, demo_store, zhanjiang):
    shown = text(open_page(demo_store, zhanjiang, "campaigns", part="effect"))
    assert "对照为描述性，非因果结论" in shown
    assert "Iacus、King、Porro（2012）" in shown
    assert "对照户次" in shown  # one that did not attend stands beside attendants of several dates
    assert "对照户数" not in shown
    app = open_page(demo_store, zhanjiang, "campaigns", part="effect", theme="tech")
    assert "不作比较：可匹配的参会企业只有 0 户，少于 30 户" in text(app)
    balance = open_page(demo_store, zhanjiang, "campaigns", part="effect", view="balance")
    assert problems(balance) == []
    assert len(balance.get("plotly_chart")) == 1
    few = open_page(demo_store, zhanjiang, "campaigns", part="effect", view="balance", theme="tech")
    assert not few.get("plotly_chart")


def test_coming_meetings_are_listed_and_not_counted(open_page, demo_store, zhanjiang):
    shown = text(open_page(demo_store, zhanjiang, "campaigns", part="places"))
    assert "菠萝加工企业政银企座谈会" in shown
    assert "已举办 18 场" in shown
    assert "只描述先后，不说明因果" in shown


def test_one_county_in_view_is_not_called_the_one_with_most(open_page, demo_store, zhanjiang):
    shown = text(open_page(demo_store, zhanjiang, "campaigns", part="places", region="440823"))
    assert re.search(r"遂溪参会企业 \d+ 户", shown)
    assert "参会企业最多" not in shown


def test_officers_and_their_gaps(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "campaigns", part="officers")
    found = cards(app)
    assert "累计派驻 2,085 人" in text(app)
    assert found["金融助理员配备率"].endswith("%")
    assert "个镇街没有金融助理员" in text(app)
    assert "没有统一定义" in text(app)


def test_the_towns_of_a_county_without_an_assistant_are_named(open_page, demo_store, zhanjiang):
    shown = text(open_page(demo_store, zhanjiang, "campaigns", part="officers", region="440882"))
    said = re.search(r"(\d+) 个镇街没有金融助理员：(\S+)", shown)
    towns = {town.label.short("zh") for town in zhanjiang.children("440882")}
    named = said[2].removesuffix("等").split("、")
    assert set(named) < towns
    assert len(named) == min(int(said[1]), 6)
    assert "最多（1 个）" not in shown


def test_reach_is_not_coverage(open_page, demo_store, zhanjiang):
    shown = text(open_page(demo_store, zhanjiang, "campaigns", part="publicity"))
    assert "触达不等于覆盖" in shown
    assert "30,000" in shown


@pytest.fixture
def as_county(build_context_for, demo_store, zhanjiang):
    """Return the page's context of somebody who sees one county."""
    whole = build_context_for(demo_store, zhanjiang)
    return replace(whole, access=Access(None, ROLES["county"], Scope(("440823",), None)))


def test_the_city_is_not_compared_with_one_part_of_it(as_county, build_context_for, demo_store, zhanjiang):
    """What a county sees around a meeting is its own: beside it, "the whole city" would be the county again."""
    question, whole = Asked("any", "any"), build_context_for(demo_store, zhanjiang)
    assert places.around(whole, question)["city_change"].notna().any()
    assert "同期全市变化" in places.around_html(whole, question)
    assert places.around(as_county, question)["city_change"].isna().all()
    assert "全市变化" not in places.around_html(as_county, question)
    assert "好于同期全市" not in places.around_headline(as_county, question)
    assert "city_change" not in [column.name for column in places.around_sheet(as_county, question).columns]


def test_the_handbooks_of_the_city_are_not_set_against_the_visits_of_a_part(
    as_county, open_page, demo_store, zhanjiang
):
    assert "户数的" not in reach.cards(as_county) + reach.headline(as_county)
    assert "户数的" not in text(open_page(demo_store, zhanjiang, "campaigns", part="publicity", region="440882"))
    assert "户数的" in text(open_page(demo_store, zhanjiang, "campaigns", part="publicity"))


def test_a_town_without_an_officer_of_one_bank_is_not_called_without_any(open_page, demo_store, zhanjiang):
    shown = text(open_page(demo_store, zhanjiang, "campaigns", part="officers", bank="B05"))
    assert "没有所看银行" in shown
    assert "没有金融助理员" not in shown
    assert "空白处可能有其他银行的" in shown


def test_the_intents_of_a_part_are_told_from_those_of_the_meeting(open_page, demo_store, zhanjiang):
    shown = text(open_page(demo_store, zhanjiang, "campaigns", region="440882"))
    assert "①意向为整场活动登记的金额" in shown
    assert "所选范围的中小微" in shown
    assert "其中中小微" in text(open_page(demo_store, zhanjiang, "campaigns"))


def test_what_is_published_is_not_counted_in_problems(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "campaigns", part="publicity", lang="en")
    assert cards(app)["Bulletin"] == "13 items"
    assert "problems" not in " ".join(cards(app).values())


@pytest.mark.parametrize("part", list(PARTS))
def test_a_city_without_meetings_says_not_reported(open_page, foreign_store, foreign, part):
    app = open_page(foreign_store, foreign, "campaigns", part=part, lang="en")
    assert problems(app) == []
    assert "not reported" in text(app).lower()


def test_an_empty_store_says_what_to_do(open_page, zhanjiang, tmp_path):
    store = open_store(f"duckdb:///{(tmp_path / 'empty.duckdb').as_posix()}")
    app = open_page(store, zhanjiang, "campaigns")
    assert problems(app) == []
    assert "还没有数据" in text(app)
    store.close()
