"""The district map in a real browser: click and back, months without a flicker, a phone, nobody else asked."""

import urllib.parse

CANVAS = '[data-testid="stDeckGlJsonChart"] canvas'


def query(page):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))


def opened(reader, path="districts"):
    page = reader.open(path)
    page.locator(CANVAS).first.wait_for()
    page.wait_for_timeout(3500)
    return page


def inland(page):
    """Return a point of the map that lies in the demo city's largest county."""
    box = page.locator(CANVAS).first.bounding_box()
    middle = box["x"] + box["width"] / 2
    return middle - 47, box["y"] + box["height"] * 0.62


def test_a_click_on_the_map_drills_and_back_leads_back(visit):
    reader = visit(1440, 900)
    page = opened(reader)
    page.mouse.move(*inland(page))
    page.wait_for_timeout(500)
    assert "走访率" in page.locator(".zr-tips").inner_text()
    page.mouse.click(*inland(page))
    page.wait_for_url("**region=**", timeout=15_000)
    assert query(page) == {"region": "440882"}
    page.go_back()
    page.wait_for_function("!document.querySelector('.zr-crumbs')", timeout=15_000)
    assert query(page) == {}
    assert reader.outside() == []
    assert reader.complaints == []


def test_a_row_of_the_ranking_drills(visit):
    reader = visit(1440, 900)
    page = opened(reader)
    page.locator('tr[data-act="region:440825"]').click()
    page.wait_for_url("**region=**", timeout=15_000)
    assert query(page) == {"region": "440825"}


def test_the_months_play_on_one_canvas_and_fetch_no_shape_twice(visit):
    reader = visit(1440, 900)
    page = opened(reader)
    page.evaluate("document.querySelector('.stDeckGlJsonChart canvas').zrFirst = true")
    fetched = [url for url in reader.requests if "/media/" in url and url.endswith(".json")]
    page.get_by_role("button", name="播放").click()
    page.get_by_role("button", name="暂停").wait_for(timeout=15_000)
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
    page.wait_for_url("**region=**", timeout=15_000)
    assert query(page)["region"].startswith("4408")


def test_it_fits_a_phone(visit):
    reader = visit(390, 844)
    page = opened(reader)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator(CANVAS).first.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
