"""The district map in a real browser: click and back, months without a flicker, a phone, nobody else asked."""

import urllib.parse
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import ARGUMENTS, MAP, TIP

LARGEST_COUNTY = (0.4, 0.62)  # where the demo city's largest county lies on its map, in shares of the map's size
PENINSULA = (0.22, 0.79)  # of the province: the demo city


def query(page):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))


def test_a_click_on_the_map_drills_and_back_leads_back_on_one_canvas(visit):
    """Twice: an area that stayed chosen could not be chosen again. A new canvas would cost more than the page."""
    reader = visit(1440, 900)
    page = reader.open("districts")
    reader.point_at(*LARGEST_COUNTY)
    page.evaluate("document.querySelector('.stDeckGlJsonChart canvas').zrFirst = true")
    for _ in range(2):
        page.mouse.move(2, 2)  # what is told next is told by the map that is there now
        page.wait_for_function(f"!({TIP})", timeout=30_000)
        place = reader.point_at(*LARGEST_COUNTY)
        assert "走访率" in page.evaluate(TIP)
        page.mouse.click(*place)
        page.wait_for_url("**region=**", timeout=30_000)
        assert query(page) == {"region": "440882"}
        page.locator(".zr-crumbs").wait_for(timeout=30_000)
        page.go_back()
        page.wait_for_function("!document.querySelector('.zr-crumbs')", timeout=30_000)
        assert query(page) == {}
        reader.settle()
    assert page.evaluate("document.querySelector('.stDeckGlJsonChart canvas').zrFirst") is True
    assert page.get_by_role("button", name="Clear selection").count() == 0
    assert reader.outside() == []
    assert reader.complaints == []


def test_a_row_of_the_ranking_drills(visit):
    reader = visit(1440, 900)
    page = reader.open("districts")
    page.locator('tr[data-act="region:440825"]').click()
    page.wait_for_url("**region=**", timeout=30_000)
    assert query(page) == {"region": "440825"}


def test_the_months_play_on_one_canvas_and_fetch_no_shape_twice(visit):
    reader = visit(1440, 900)
    page = reader.open("districts")
    reader.point_at(*LARGEST_COUNTY)
    page.evaluate("document.querySelector('.stDeckGlJsonChart canvas').zrFirst = true")
    fetched = [url for url in reader.requests if "/media/" in url and url.endswith(".json")]
    page.get_by_role("button", name="播放").click()
    page.get_by_role("button", name="暂停").wait_for(timeout=30_000)
    page.get_by_role("button", name="播放").wait_for(timeout=40_000)
    assert page.evaluate("document.querySelector('.stDeckGlJsonChart canvas').zrFirst") is True
    assert [url for url in reader.requests if "/media/" in url and url.endswith(".json")] == fetched
    assert reader.complaints == []


def test_the_tiles_drill_too(visit):
    reader = visit(1440, 900)
    page = reader.open("districts?view=tiles")
    page.wait_for_selector(".js-plotly-plot .main-svg")
    page.wait_for_timeout(1500)
    box = page.locator(".js-plotly-plot .scatterlayer .point").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**region=**", timeout=30_000)
    assert query(page)["region"].startswith("4408")


def test_it_fits_a_phone(visit):
    reader = visit(390, 844)
    page = reader.open("districts")
    page.locator(MAP).first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator(MAP).first.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_the_map_of_the_province_is_whole_on_a_phone(visit):
    """Nothing is drawn at the map's edges: the province would be cut there if it were fitted into more room."""
    reader = visit(390, 844)
    page = reader.open("districts?view=province")
    reader.point_at(0.5, 0.5)
    picture = Image.open(BytesIO(page.locator(MAP).first.screenshot())).convert("RGB")
    width, height = picture.size
    assert len(picture.getcolors(width * height)) > 10
    for left in (0, width - 4):  # below the shadow of the page's head
        assert len(picture.crop((left, 40, left + 4, height)).getcolors(4 * height)) == 1


def test_a_click_on_a_place_of_the_province_opens_what_it_published(visit):
    reader = visit(1440, 900)
    page = reader.open("districts?view=province")
    page.mouse.click(*reader.point_at(*PENINSULA))
    page.wait_for_url("**place=440800**", timeout=30_000)
    page.locator(".zr-crumbs", has_text="湛江市").wait_for(timeout=30_000)
    page.go_back()
    page.wait_for_function("!document.querySelector('.zr-crumbs')", timeout=30_000)
    assert query(page) == {"view": "province"}
    page.locator('tr[data-act="place:440300"]').click()
    page.wait_for_url("**place=440300**", timeout=30_000)
    page.locator('.zr-crumbs [data-act="place:"]').click()
    page.wait_for_function("!document.querySelector('.zr-crumbs')", timeout=30_000)
    assert reader.complaints == []


@pytest.fixture(scope="module")
def without_webgl(browser, chromium):
    """Yield a Chromium that draws nothing with WebGL."""
    kept = [argument for argument in ARGUMENTS if "gl" not in argument and "swiftshader" not in argument]
    off = ("--disable-webgl", "--disable-webgl2", "--disable-3d-apis")
    launched = browser.browser_type.launch(executable_path=chromium, headless=True, args=[*kept, *off])
    yield launched
    launched.close()


@pytest.mark.parametrize("path", ["overview", "districts"])
def test_a_browser_without_webgl_gets_a_drawing_that_drills(without_webgl, server, path):
    page = without_webgl.new_page(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page.goto(f"{server}/{path}")
    page.locator('.zr-flatmap [data-act="map:440882"]').wait_for(timeout=60_000)
    assert "WebGL" in page.locator(".zr-note", has_text="WebGL").inner_text()
    # A page starts with WebGL, as nearly every browser has it, and hears of its absence from the browser.
    expect(page.locator('[data-testid="stDeckGlJsonChart"]')).to_have_count(0, timeout=30_000)
    page.locator('.zr-flatmap [data-act="map:440882"]').press("Enter")
    page.wait_for_url("**region=440882**", timeout=30_000)
    page.locator(".zr-flatmap circle").first.wait_for(timeout=30_000)
    page.close()
