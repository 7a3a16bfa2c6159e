"""The catalogue of definitions, as readers search it."""

import pytest

from data_access.store import open_store
from metrics.catalogue import load_catalogue
from tests.page.reading import pieces, problems, text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_holds_every_metric(open_page, demo_store, zhanjiang, lang):
    app = open_page(demo_store, zhanjiang, "definitions", lang=lang)
    assert problems(app) == []
    shown = text(app)
    for entry in load_catalogue().values():
        assert f" {entry.id} " in shown
        assert entry.name.text(lang).replace("  ", " ") in shown


def test_a_search_is_kept_in_the_url(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "definitions")
    app.text_input(key="definitions.find").input("序时进度").run()
    assert app.query_params["find"] == "序时进度"
    assert "M07" in text(app)
    assert "M43" not in text(app)


def test_a_link_opens_the_metric_it_names(open_page, demo_store, zhanjiang):
    shown = text(open_page(demo_store, zhanjiang, "definitions", find="M04"))
    assert "走访率" in shown
    assert "M05" not in shown


def test_a_search_without_result_says_so(open_page, demo_store, zhanjiang):
    assert "没有找到这样的指标" in text(open_page(demo_store, zhanjiang, "definitions", find="xyzzy"))


@pytest.mark.parametrize("name", ["M05", "list_coverage"])
def test_an_address_opens_one_metric_above_the_rest(open_page, demo_store, zhanjiang, name):
    app = open_page(demo_store, zhanjiang, "definitions", metric=name)
    assert problems(app) == []
    first = next(piece for piece in pieces(app) if "zr-entry" in piece)
    assert 'id="M05" open' in first
    assert "96.1" in first  # its value for the city, about that of the full-size one
    assert ">指挥总览</a>" in first
    app.button(key="definitions.close").click().run()
    assert "metric" not in app.query_params


def test_an_unknown_metric_in_the_address_is_passed_over(open_page, demo_store, zhanjiang):
    assert problems(open_page(demo_store, zhanjiang, "definitions", metric="M999")) == []


def test_what_is_not_reported_says_so(open_page, duckdb_url, zhanjiang):
    store = open_store(duckdb_url)
    shown = text(open_page(store, zhanjiang, "definitions"))
    assert "未报送" in shown
    store.close()


def test_medians_and_counts_of_rows_have_a_value_for_the_city(open_page, demo_store, zhanjiang):
    """What is no quotient of sums is told as well, and leads to its rows."""
    shown = " ".join(pieces(open_page(demo_store, zhanjiang, "definitions")))
    for key in ("days_to_decision", "rate_median", "application_rate_cohort", "problem_on_time_rate", "products"):
        assert f"source:{key};alone=1" in shown


def test_the_rank_that_a_bulletin_published_is_the_current_one_with_the_bulletins_day(open_page, demo_store, zhanjiang):
    shown = text(open_page(demo_store, zhanjiang, "definitions", metric="M17"))
    assert "2 位 （湛江市，截至 2025年5月31日）" in shown
