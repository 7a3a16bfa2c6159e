"""The industries under every condition a reader may meet them in."""

import re
from dataclasses import replace

import pytest

from components.industries.industryview import MEASURES, SHOWN, chains, profile_rows
from components.reads import rules
from data_access.queries.distributions import credit_spread
from data_access.queries.progress import progress_by
from data_access.store import open_store
from tests.page.reading import pieces, problems, text

CHINESE = r"[\u4e00-\u9fff]{2,}"


def heat(app) -> str:
    return next(piece for piece in pieces(app) if "zr-heat" in piece)


def test_every_industry_meets_every_county_with_its_n(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "industries")
    assert problems(app) == []
    table = heat(app)
    for node in zhanjiang.children():
        assert node.label.short("zh") in table
    assert "未分类" in table
    assert "合计" in table
    cells = re.findall(r"<td[^>]*>(.*?)</td>", table)
    assert all("n=" in cell or cell == "—" for cell in cells)


@pytest.mark.parametrize("key", SHOWN)
@pytest.mark.parametrize("effect", ["region", "month"])
def test_every_metric_and_split_can_be_shown(open_page, demo_store, zhanjiang, key, effect):
    app = open_page(demo_store, zhanjiang, "industries", show=key, effect=effect)
    assert problems(app) == []
    assert re.search("行业结构 [+−]", text(app))
    assert len(app.get("plotly_chart")) == 1


def test_shrinking_changes_colours_and_no_number(open_page, demo_store, zhanjiang):
    raw, shrunk = (heat(open_page(demo_store, zhanjiang, "industries", shrink=on)) for on in ("", "1"))
    assert raw != shrunk
    strip = r'(style|class)="[^"]*"'
    assert re.sub(strip, "", raw) == re.sub(strip, "", shrunk)


def test_a_section_drills_to_its_divisions_and_back(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "industries", industry="C", region="440881")
    assert problems(app) == []
    table = heat(app)
    divisions = [node.label.short("zh") for node in zhanjiang.industries if node.parent == "C"]
    assert sum(name in table for name in divisions) > 3
    assert zhanjiang.children("440881")[0].label.short("zh") in table
    assert any("全部行业" in piece and 'data-act="industry:"' in piece for piece in pieces(app))


def test_local_chains_are_a_second_grouping(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "industries", by="chain")
    assert problems(app) == []
    chains = [code for code in zhanjiang.codes["tag"] if code.attributes.get("kind") == "chain"]
    assert sum(code.label.text("zh") in text(app) for code in chains) > 3
    assert "各链不可相加" in text(app)


def test_it_speaks_english_throughout(open_page, demo_store, zhanjiang):
    for parameters in ({}, {"by": "chain", "effect": "month", "shrink": "1"}, {"show": SHOWN[-1], "industry": "C"}):
        app = open_page(demo_store, zhanjiang, "industries", lang="en", **parameters)
        assert problems(app) == []
        assert re.findall(CHINESE, text(app)) == []


@pytest.mark.parametrize(
    "parameters", [{"region": "440881"}, {"bank": "B01"}, {"period": "30d"}, {"date": "2024-12-05"}]
)
def test_a_narrower_selection_is_shown_as_well(open_page, demo_store, zhanjiang, parameters):
    app = open_page(demo_store, zhanjiang, "industries", **parameters)
    assert problems(app) == []
    assert app.session_state["finished"]


def test_nobody_selected_offers_the_way_out(open_page, demo_store, zhanjiang):
    narrow = {"region": "440802", "industry": "B", "size": "large", "type": "family_farm"}
    app = open_page(demo_store, zhanjiang, "industries", **narrow)
    assert problems(app) == []
    assert "没有符合筛选条件的经营主体" in text(app)


def test_unknown_values_in_the_url_are_ignored(open_page, demo_store, zhanjiang):
    odd = {"show": "x", "by": "<b>", "effect": "y", "other": "?", "versus": "!", "industry": "ZZ", "shrink": "2"}
    app = open_page(demo_store, zhanjiang, "industries", **odd)
    assert problems(app) == []
    assert app.session_state["finished"]


def test_an_empty_store_says_what_to_do(open_page, duckdb_url, zhanjiang):
    app = open_page(open_store(duckdb_url), zhanjiang, "industries")
    assert problems(app) == []
    assert "还没有数据" in text(app)


def test_another_country_shows_the_metrics_it_reports(open_page, foreign_store, foreign):
    app = open_page(foreign_store, foreign, "industries")
    assert problems(app) == []
    assert app.session_state["finished"]
    assert "未报送" in text(app) or "户均授信" in text(app)


def test_a_chain_filters_and_then_stands_alone(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "industries", by="chain")
    table = next(piece for piece in pieces(app) if "本地产业链" in piece and "zr-table" in piece)
    first, second = re.findall(r'<tr data-act="tag:(\w+)"', table)[:2]
    app = open_page(demo_store, zhanjiang, "industries", by="chain", tag=first)
    assert problems(app) == []
    table = next(piece for piece in pieces(app) if "本地产业链" in piece and "zr-table" in piece)
    assert f'data-act="tag:{first}"' in table
    assert f'data-act="tag:{second}"' not in table


@pytest.mark.parametrize(("county", "banks"), [((), ()), (("440882",), ()), ((), ("B05",))])
def test_a_chains_figures_are_those_of_the_enterprises_that_have_its_tag(
    build_context_for, demo_store, zhanjiang, county, banks
):
    """They are added up from every combination of tags; here each is read by itself."""
    context = build_context_for(demo_store, zhanjiang)
    context = replace(context, filters=replace(context.filters, path=county, banks=banks))
    rows = profile_rows(context, chains(context), None).set_index("code")
    assert len(rows) > 3
    for code in rows.index:
        alone = replace(context.selection, tags=(code,))
        counted = progress_by(demo_store, context.scope, alone, (), MEASURES, rules(context)).iloc[0]
        assert rows.loc[code, list(MEASURES)].tolist() == pytest.approx(counted.tolist(), nan_ok=True)
        spread = credit_spread(demo_store, context.scope, alone).iloc[0]
        assert rows.loc[code, ["n", "amount", "squares"]].tolist() == pytest.approx(spread.tolist())
