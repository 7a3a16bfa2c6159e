"""Products and outlets under every condition a reader may meet them in."""

import re

import pytest

from components.products.catalogue import SHOWN
from data_access.store import open_store
from tests.page.reading import pieces, problems, text

CHINESE = r"[\u4e00-\u9fff]{2,}"
# What banks and offices call themselves stays as it is registered.
NAMES = r"\S*演示\S*|\S+·\S+|\S+办公室|工作日"
NEED = {"amount": "800000", "term": "24", "rate": "4.2", "guarantee": "unsecured", "audience": "sole_trader"}


def listed(app):
    return next(piece for piece in pieces(app) if "最高额度" in piece)


def test_the_catalogue_with_its_use(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "products")
    assert problems(app) == []
    assert re.search(
        r"目录共 125 个产品、23 家银行，在办 117 个；\d+ 个有过放款（[\d.]+%），\d+ 个从未使用；8 个已到期。", text(app)
    )
    assert listed(app).count("<tr") == 118
    assert "与需求相比" not in text(app)
    assert "120 个对接网点" in text(app)


@pytest.mark.parametrize("narrowed", [{"region": "440882"}, {"period": "month"}, {"type": "company"}])
def test_what_is_not_lent_in_a_part_is_not_called_never_lent(open_page, demo_store, zhanjiang, narrowed):
    app = open_page(demo_store, zhanjiang, "products", part="banks", **narrowed)
    assert problems(app) == []
    assert "从未使用" not in text(app)
    assert re.search(r"\d+ 个在所选范围内有放款（[\d.]+%），\d+ 个没有", text(app))
    assert "分属" in text(app)


def test_a_need_orders_the_products_and_gives_reasons(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "products", **NEED)
    assert problems(app) == []
    rows = re.findall(r"<tr >(.*?)</tr>", listed(app))
    assert rows
    for row in rows:
        assert "✕" not in row
        for words in ("适用对象：", "需要 80.00 万元", "需要 24 个月", "可提供：信用", "上限 4.20%", "有效期至："):
            assert words in row
    everything = open_page(demo_store, zhanjiang, "products", offer="all", **NEED)
    assert "✕" in listed(everything)
    assert listed(everything).count("<tr") == 126


def test_the_form_writes_the_need_into_the_address_and_clears_it(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "products")
    app.number_input(key="products.amount").set_value(80.0).run()
    assert problems(app) == []
    assert app.query_params["amount"] == "800000"
    assert "需要 80.00 万元" in text(app)
    app.button(key="products.clear").click().run()
    assert "amount" not in app.query_params


@pytest.mark.parametrize("state", [state for state in SHOWN if state not in {"valid", "all"}])
def test_every_choice_of_products_can_be_shown(open_page, demo_store, zhanjiang, state):
    app = open_page(demo_store, zhanjiang, "products", offer=state)
    assert problems(app) == []
    assert app.session_state["finished"]


def test_the_catalogue_is_searched(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "products", find="冷链")
    names = re.findall(r'<td class="name">(.*?)</td>', listed(app))
    assert names
    assert all("冷链" in name for name in names)
    assert "没有这样的产品" in text(open_page(demo_store, zhanjiang, "products", find="[("))


def test_numbers_that_are_not_published_are_masked(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "products", part="offices")
    assert problems(app) == []
    said = text(app)
    assert re.search(r"100\*{4}0004 未公开", said)
    assert "10090000002" in said
    assert "演示联络员" not in said
    assert "无法拨通" in said


def test_outlets_of_a_county_are_searched(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "products", region="440881", q="演示路")
    assert problems(app) == []
    assert re.search(r"\d+ 个对接网点，廉江最多", text(app))


def test_it_speaks_english_throughout(open_page, demo_store, zhanjiang):
    for parameters in ({}, NEED, {"part": "offices"}, {"part": "banks"}):
        app = open_page(demo_store, zhanjiang, "products", lang="en", **parameters)
        assert problems(app) == []
        assert re.findall(CHINESE, re.sub(NAMES, "", text(app))) == []


@pytest.mark.parametrize(
    "parameters",
    [{"bank": "B02", "part": "banks"}, {"date": "2024-12-05"}, {"amount": "x", "term": "-1", "rate": "nan"}],
)
def test_a_narrower_selection_and_odd_values_are_shown_as_well(open_page, demo_store, zhanjiang, parameters):
    app = open_page(demo_store, zhanjiang, "products", **parameters)
    assert problems(app) == []
    assert app.session_state["finished"]


def test_an_empty_store_says_what_to_do(open_page, duckdb_url, zhanjiang):
    app = open_page(open_store(duckdb_url), zhanjiang, "products")
    assert problems(app) == []
    assert "还没有数据" in text(app)


def test_another_country_that_reports_none_says_so(open_page, foreign_store, foreign):
    for part, missing in (("outlets", "银行网点未报送"), ("offices", "专班联系方式未报送")):
        app = open_page(foreign_store, foreign, "products", part=part)
        assert problems(app) == []
        assert "贷款产品未报送" in text(app)
        assert missing in text(app)


def test_every_frame_turns_into_its_table(open_page, demo_store, zhanjiang):
    for part, frame in (("outlets", "outlets"), ("offices", "contacts"), ("banks", "product-banks")):
        app = open_page(demo_store, zhanjiang, "products", part=part, **NEED)
        app.session_state["frame.products.table"] = app.session_state[f"frame.{frame}.table"] = True
        app.run()
        assert problems(app) == []
        assert len(app.dataframe) == 2
        assert app.dataframe[0].value["与需求相比"].str.contains("✓").all()
