"""The district map under every condition a reader may meet it in."""

import json
import re

import pytest

from components.context import Context
from components.districts import history
from data_access.profile import Level
from data_access.store import open_store
from metrics.catalogue import load_catalogue
from tests.page.reading import pieces, problems, text

DISTRICTS = "districts"


def decks(app):
    return [json.loads(element.proto.json) for element in app.get("deck_gl_json_chart")]


def ranking(app):
    return next(piece for piece in pieces(app) if "zr-table" in piece)


def test_it_shows_map_ranking_and_months(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, DISTRICTS)
    assert problems(app) == []
    assert len(decks(app)) == 1
    assert ranking(app).count('data-act="region:') == 10
    assert len(app.select_slider[0].options) == 8
    shown = text(app)
    for words in ("审图号", "边界为示意", "图形外代管的地方", "走访率（上报口径）"):
        assert words in shown


@pytest.mark.parametrize("key", [entry.key for entry in load_catalogue().values() if entry.numerator])
def test_any_metric_of_the_catalogue_can_be_shown(open_page, demo_store, zhanjiang, key):
    app = open_page(demo_store, zhanjiang, DISTRICTS, show=key)
    assert problems(app) == []
    assert app.selectbox(key="districts.show").value == key
    assert len(decks(app)) == 1


def test_what_a_month_sends_holds_no_shapes(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, DISTRICTS, month="2025-01-31")
    deck = app.get("deck_gl_json_chart")[0].proto.json
    assert "coordinates" not in deck
    assert len(deck) < 6_000
    assert "截至 2025年1月31日" in text(app)


def test_map_and_ranking_go_to_the_month_together(open_page, demo_store, zhanjiang):
    now = open_page(demo_store, zhanjiang, DISTRICTS)
    then = open_page(demo_store, zhanjiang, DISTRICTS, month="2024-11-30")
    assert problems(then) == []
    assert ranking(then) != ranking(now)
    assert text(then).count("截至 2024年11月30日") == 2


def test_a_colour_means_the_same_in_every_month(open_page, demo_store, zhanjiang):
    legends = []
    for month in ("2024-12-31", "2025-04-30"):
        app = open_page(demo_store, zhanjiang, DISTRICTS, month=month, colour="value")
        piece = next(piece for piece in pieces(app) if "zr-legend" in piece)
        legends.append(re.findall(r"</i>([^<]*)</span>", piece))
    assert legends[0] == legends[1]


def test_playing_goes_through_the_months_and_stops_at_the_last(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, DISTRICTS)
    app.button(key="history.play").click().run()
    assert problems(app) == []
    assert app.session_state[history.PLAYING]
    for _ in range(12):
        app.run()
    assert not app.session_state[history.PLAYING]
    assert problems(app) == []


@pytest.mark.parametrize("form", ["relief", "tiles", "province"])
def test_the_other_forms_of_the_map(open_page, demo_store, zhanjiang, form):
    app = open_page(demo_store, zhanjiang, DISTRICTS, view=form)
    assert problems(app) == []
    assert len(app.get("plotly_chart")) == (1 if form == "tiles" else 0)
    assert len(decks(app)) == (0 if form == "tiles" else 1)


def test_the_province_is_compared_and_not_ranked(open_page, demo_store, zhanjiang):
    shown = text(open_page(demo_store, zhanjiang, DISTRICTS, view="province", show="visited"))
    assert "不排名" in shown
    assert "21 个市中找到 3 个公布的累计走访户数" in shown
    assert "2025-01-22" in shown
    assert "未公布：" in shown
    assert "位次" not in shown


def test_a_place_of_the_province_shows_all_it_published(open_page, demo_store, zhanjiang):
    every = open_page(demo_store, zhanjiang, DISTRICTS, view="province", show="visited")
    assert any('data-act="place:440300"' in piece for piece in pieces(every))
    one = open_page(demo_store, zhanjiang, DISTRICTS, view="province", show="visited", place="440300")
    assert problems(one) == []
    table = next(piece for piece in pieces(one) if "全部地方" in piece)
    assert "深圳市公布了 2 项指标" in text(one)
    assert "3,049" in table
    assert "2025-01-22" in table
    assert "中山" not in table
    none = open_page(demo_store, zhanjiang, DISTRICTS, view="province", place="440200")
    assert "韶关市公布了 0 项指标" in text(none)
    unknown = open_page(demo_store, zhanjiang, DISTRICTS, view="province", place="nowhere")
    assert problems(unknown) == []
    assert "各地公布的" in text(unknown)


def test_a_county_shows_its_towns_as_points_and_names_those_without(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, DISTRICTS, region="440882")
    assert problems(app) == []
    points = next(layer for layer in decks(app)[0]["layers"] if layer["id"] == "points")
    assert len(points["data"]) > 10
    assert "个镇街没有坐标" in text(app)
    assert "440882001" in ranking(app)


def test_a_town_shows_its_grids_by_name(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, DISTRICTS, region="440882001")
    assert problems(app) == []
    assert "region:" not in ranking(app)
    # There is nothing further down: a grid leads to its enterprises.
    found = re.search(r'class="name"><a class="zr-link" href="(ledger[^"]*)"[^>]*>雷城[^<]*\d', ranking(app))
    assert found
    assert "cell=region_3%3D440882001" in found[1]


def test_a_small_share_can_be_drawn_towards_the_whole_for_colour_alone(open_page, demo_store, zhanjiang):
    raw = open_page(demo_store, zhanjiang, DISTRICTS, show="need_rate", region="440882")
    drawn = open_page(demo_store, zhanjiang, DISTRICTS, show="need_rate", region="440882", colour="shrunken")
    assert "只用于着色" in text(drawn)
    assert ranking(raw) == ranking(drawn)
    assert decks(raw) != decks(drawn)


@pytest.mark.parametrize(
    "parameters",
    [{"bank": "B01"}, {"period": "month"}, {"date": "2024-11-25"}, {"tier": "1", "industry": "A"},
     {"show": "nonsense", "view": "nonsense", "colour": "nonsense", "month": "nonsense", "region": "nonsense"}],
)  # fmt: skip
def test_narrow_and_nonsensical_selections(open_page, demo_store, zhanjiang, parameters):
    app = open_page(demo_store, zhanjiang, DISTRICTS, **parameters)
    assert problems(app) == []
    assert app.session_state["finished"]


@pytest.mark.parametrize("form", ["flat", "tiles", "province"])
def test_it_speaks_english_throughout(open_page, demo_store, zhanjiang, form):
    shown = text(open_page(demo_store, zhanjiang, DISTRICTS, lang="en", view=form, show="visited"))
    if form == "province":  # sources and definition notes stay as they were written
        shown = shown[: shown.index("Published")]
    assert re.findall(r"[\u4e00-\u9fff]{2,}", shown) == []


def test_an_empty_store_says_so(open_page, zhanjiang, tmp_path):
    store = open_store(f"duckdb:///{(tmp_path / 'empty.duckdb').as_posix()}")
    app = open_page(store, zhanjiang, DISTRICTS)
    assert problems(app) == []
    assert "还没有数据" in text(app)
    store.close()


def test_a_city_without_boundaries_gets_tiles(open_page, foreign_store, foreign):
    app = open_page(foreign_store, foreign, DISTRICTS, lang="en")
    assert problems(app) == []
    assert len(app.get("plotly_chart")) + len(decks(app)) == 1
    assert isinstance(foreign.region_levels[0], Level)


def test_where_visits_are_not_reported_it_begins_with_a_metric_that_is(open_page, foreign_store, foreign):
    app = open_page(foreign_store, foreign, DISTRICTS)
    assert "visits" not in foreign_store.coverage()
    assert app.selectbox(key="districts.show").value == "approved"
    assert "未报送" not in ranking(app)
    asked = open_page(foreign_store, foreign, DISTRICTS, show="visit_rate")
    assert asked.selectbox(key="districts.show").value == "visit_rate"
    assert "未报送" in text(asked)


def test_it_begins_with_the_first_of_the_catalogue_where_neither_usual_metric_is_reported(
    open_page, demo_store, zhanjiang, monkeypatch
):
    whole, unknown = Context.reported.func, {"visits", "decisions", "visit_targets"}
    monkeypatch.setattr(Context, "reported", property(lambda self: frozenset(whole(self) - unknown)))
    first = next(e.key for e in load_catalogue().values() if e.numerator and not set(e.needs) & unknown)
    app = open_page(demo_store, zhanjiang, DISTRICTS)
    assert problems(app) == []
    assert app.selectbox(key="districts.show").value == first


def test_the_map_of_a_town_says_which_it_is_and_has_no_classes(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, DISTRICTS, region="440882001")
    points = next(layer for layer in decks(app)[0]["layers"] if layer["id"] == "points")["data"]
    fills = {point["code"]: tuple(point["f"]) for point in points}
    assert [code for code, fill in fills.items() if list(fills.values()).count(fill) == 1] == ["440882001"]
    assert "网格没有坐标" in text(app)
    assert "相差不到" not in text(app)
