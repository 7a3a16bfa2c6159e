"""The overview in a real browser: open, filter, click the map, change language and theme, reload."""

import urllib.parse
from pathlib import Path

import pytest

from tests.browser.conftest import MAP, TIP

LARGEST_COUNTY = (0.38, 0.65)  # where the demo city's largest county lies on its map, in shares of the map's size


def query(page):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))


def title_value(page):
    return page.inner_text(".zr-card.hero .zr-value strong")


def test_it_opens_with_the_published_figures_a_map_and_definitions_and_asks_nobody_else(visit):
    reader = visit()
    page = reader.open()
    page.wait_for_selector(".js-plotly-plot .main-svg")
    shown = page.inner_text(".zr-cards")
    for figure in ("421,404", "103.7%", "33,400", "33,100", "30,800", "359.35", "第 2 位"):
        assert figure in shown
    assert "103.68%" in page.inner_text(".zr-conclusion")
    page.locator(".zr-card.hero .zr-pop summary").click()
    defined = page.locator(".zr-card.hero .zr-pop > div")
    assert "421,404" in defined.inner_text()
    assert "406,447" in defined.inner_text()
    page.keyboard.press("Escape")
    defined.wait_for(state="hidden")
    reader.point_at(*LARGEST_COUNTY)
    said = page.evaluate(TIP)
    assert "走访率" in said
    assert "<" not in said
    assert len(page.locator(MAP).first.screenshot()) > 8_000  # an empty canvas compresses to next to nothing
    reader.quiet()
    assert reader.outside() == []
    assert reader.complaints == []


def test_a_click_on_the_map_drills_into_the_county(visit):
    reader = visit(1440, 1300)
    page = reader.open()
    before = title_value(page)
    page.mouse.click(*reader.point_at(*LARGEST_COUNTY))
    page.wait_for_selector(".zr-crumbs", timeout=30_000)
    reader.settle()
    assert query(page)["region"] == "440882"
    assert title_value(page) != before
    assert reader.complaints == []


def test_a_row_of_the_ranking_drills_with_the_mouse_and_the_keyboard(visit):
    reader = visit()
    page = reader.open()
    page.locator('.zr-table tr[data-act="region:440825"]').click()
    page.wait_for_selector(".zr-crumbs")
    reader.settle()
    assert query(page)["region"] == "440825"
    page.locator('.zr-crumbs [data-act="region:"]').focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".zr-crumbs", state="detached")
    assert "region" not in query(page)


def test_a_reload_shows_the_same_view(visit):
    reader = visit()
    page = reader.open("?region=440881&show=approved_amount&order=statutory&type=company")
    value, url = title_value(page), page.url
    assert "approved_amount" in url
    page.reload()
    page.wait_for_selector(".zr-crumbs")
    reader.settle()
    assert page.url == url
    assert title_value(page) == value


def test_a_filter_goes_into_the_url_and_every_page_carries_it(visit):
    reader = visit()
    page = reader.open()
    page.locator(".st-key-filters-region_1 input").click()
    page.get_by_role("option", name="遂溪县").click()
    page.wait_for_selector(".zr-crumbs")
    reader.settle()
    assert query(page) == {"region": "440823"}
    page.get_by_text("会议与数据").click()
    page.get_by_role("menuitem", name="指标口径").click()
    page.wait_for_selector(".zr-entry")
    reader.settle()
    assert query(page) == {"region": "440823"}
    page.go_back()
    page.wait_for_selector(".zr-card")
    reader.settle()
    assert query(page) == {"region": "440823"}
    assert "遂溪县" in page.inner_text(".zr-crumbs")


def test_the_language_changes_and_stays(visit):
    reader = visit()
    page = reader.open("?region=440881")
    page.get_by_role("radio", name="English").or_(page.get_by_text("English", exact=True)).first.click()
    page.wait_for_function("document.querySelector('.zr-head h1')?.innerText === 'Overview'")
    reader.settle()
    assert query(page) == {"lang": "en", "region": "440881"}
    assert page.evaluate("document.documentElement.lang") == "en"
    page.reload()
    page.wait_for_function("document.querySelector('.zr-head h1')?.innerText === 'Overview'")
    assert "Lianjiang" in page.inner_text(".zr-crumbs")


@pytest.mark.parametrize("dark", [False, True])
def test_the_theme_changes_and_stays_on_every_page(visit, dark):
    reader = visit(dark=dark)
    page = reader.open("?region=440881")
    page.wait_for_selector(f'.zr-theme[data-theme="{"dark" if dark else "light"}"]')
    page.locator(".zr-theme").click()
    other = "light" if dark else "dark"
    page.wait_for_selector(f'.zr-theme[data-theme="{other}"]', timeout=20_000)
    assert query(page)["region"] == "440881"
    for path in ("data", "definitions"):
        reader.open(path)
        page.wait_for_selector(f'.zr-theme[data-theme="{other}"]')
    assert reader.complaints == []


def test_the_data_behind_a_chart_can_be_seen_and_downloaded(visit):
    reader = visit()
    page = reader.open()
    frame = page.locator(".st-key-zr-frame-ranking")
    frame.locator(".st-key-frame-ranking-switch button").first.click()
    frame.locator('[data-testid="stDataFrame"]').wait_for()
    frame.locator(".st-key-frame-ranking-more button").first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 CSV").first.click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert "雷州" in text
    assert "演示数据" in text
    assert "走访率" in text


def test_a_phone_has_one_column_without_sideways_scrolling(stay):
    page = stay(390, 844).turn("")
    cards, map_frame = page.locator(".zr-card.hero").bounding_box(), page.locator(".st-key-zr-frame-map").bounding_box()
    assert cards["y"] < map_frame["y"]
    assert map_frame["width"] > 330
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 390


@pytest.mark.parametrize("size", [(390, 844), (1024, 768)], ids=["phone", "tablet"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_small_window_shows_rankings_and_changes_whole(stay, lang, size):
    page = stay(*size).turn(f"?lang={lang}")
    page.wait_for_selector(".zr-table.fold")
    beyond = page.evaluate(
        """() => [...document.querySelectorAll('.st-key-zr-frame-ranking .zr-table-wrap, .zr-table-wrap:has(.fold)')]
          .map(e => e.scrollWidth - e.clientWidth)"""
    )
    assert len(beyond) == 2
    assert max(beyond) <= 0


def test_the_overview_answers_at_its_own_name_too(visit):
    reader = visit()
    page = reader.open("overview?region=440881")
    page.wait_for_selector(".zr-crumbs")
    assert query(page) == {"region": "440881"}
    assert page.locator('[role="dialog"]').count() == 0
    page.locator('[data-testid="stTopNavSection"]').first.click()
    page.locator('[data-testid="stTopNavDropdownLink"]').first.click()
    page.wait_for_url(f"{reader.address}/?*")
    assert query(page) == {"region": "440881"}  # from its own name to the bare address: the same view
    reader.open("data")
    page.go_back()
    page.wait_for_selector(".zr-crumbs")
    assert page.locator('[role="dialog"]').count() == 0
