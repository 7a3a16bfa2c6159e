"""Problems and products in a real browser: narrow by a click, open a case, tell a need, and read them on a phone."""

import re
import urllib.parse

import pytest


def query(page):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))


def test_from_what_is_stuck_to_the_case(visit):
    reader = visit()
    page = reader.open("problems")
    page.wait_for_selector(".js-plotly-plot .main-svg")
    row = page.locator('tr[data-act="department:industry"]')
    row.click()
    page.wait_for_function("new URLSearchParams(location.search).get('department') === 'industry'")
    reader.settle()
    page.locator('tr[data-act="department:"].chosen').wait_for()
    case = page.locator('.st-key-zr-frame-problems-list tr[data-act^="case:"]').first
    number = case.get_attribute("data-act").partition(":")[2]
    case.click()
    page.locator(".zr-case h3", has_text=number).wait_for()
    reader.settle()
    assert query(page) == {"department": "industry", "case": number}
    assert page.locator(".zr-case a").get_attribute("href").startswith("ledger?enterprise=")
    page.go_back()
    page.locator(".zr-case").wait_for(state="detached")
    assert reader.outside() == []
    assert reader.complaints == []


def test_a_need_is_told_and_answered(visit):
    reader = visit()
    page = reader.open("products")
    page.get_by_label("需要金额（万元）").fill("80")
    page.keyboard.press("Enter")
    page.wait_for_function("new URLSearchParams(location.search).get('amount') === '800000'")
    reader.settle()
    page.locator(".zr-reason", has_text="需要 80.00 万元").first.wait_for()
    page.locator('tr[data-act="region:440881"]').click()
    page.wait_for_function("new URLSearchParams(location.search).get('region') === '440881'")
    reader.settle()
    assert query(page) == {"region": "440881", "amount": "800000"}
    assert reader.outside() == []
    assert reader.complaints == []


@pytest.mark.parametrize("path", ["problems?case=WT000314", "problems?part=times", "products?amount=800000&term=24"])
def test_a_phone_shows_it_in_one_column(stay, path):
    reader = stay(390, 844)
    page = reader.turn(path)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    assert reader.complaints == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", [
    "problems", "problems?part=subjects", "problems?case=WT000129", "products?amount=800000", "products?part=offices",
    "campaigns", "campaigns?event=HD05", "campaigns?part=effect", "campaigns?part=places", "campaigns?part=officers",
])  # fmt: skip
def test_a_phone_cuts_no_column_off(stay, path, lang):
    reader = stay(390, 844)
    page = reader.turn(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    page.locator(".zr-table td").first.wait_for()
    page.wait_for_timeout(500)
    cut = page.evaluate(
        "[...document.querySelectorAll('.zr-table-wrap, .zr-scroll')]"
        ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText.slice(0, 60))"
    )
    assert cut == []


@pytest.mark.parametrize("path", ["campaigns?lang=en", "campaigns?lang=en&event=HD05"])
def test_a_phone_keeps_every_amount_in_one_line(stay, path):
    page = stay(390, 844).turn(path)
    amounts = page.locator("[class*='st-key-zr-frame-meeting'] td:not(.name)", has_text="CNY")
    amounts.first.wait_for()
    heights = amounts.evaluate_all(
        "cells => cells.map(cell => { const r = document.createRange(); r.selectNodeContents(cell);"
        " return r.getBoundingClientRect().height; })"
    )
    assert len(heights) > 10
    assert max(heights) < 24


@pytest.mark.parametrize(("width", "said"), [(390, True), (1440, False)])
def test_a_phone_says_below_a_product_what_its_columns_leave_out(visit, width, said):
    page = visit(width, 900).open("products")
    first = page.locator(".st-key-zr-frame-products td.name").first
    first.wait_for()
    assert (first.locator(".zr-slim").is_visible()) is said
    assert re.search(r"\S+ · [\d.]+ [万亿]元 · \d+ 个月 · \S+", first.locator(".zr-slim").text_content())


def test_a_bar_lists_its_problems_and_lets_go_of_them(visit):
    reader = visit(1440, 2000)
    page = reader.open("problems")
    bar = page.locator(".st-key-zr-frame-problems-ages .barlayer .trace:nth-child(2) .point").last
    bar.wait_for()
    bar.click(force=True)  # the layer that takes the mouse lies above it
    page.wait_for_function("new URLSearchParams(location.search).get('raised') === '91-'")
    reader.settle()
    page.locator('[data-act="raised:"]').click()
    page.wait_for_function("!new URLSearchParams(location.search).has('raised')")
    reader.settle()
    bar.click(force=True)  # the same bar can be chosen again
    page.wait_for_function("new URLSearchParams(location.search).get('raised') === '91-'")
    assert reader.complaints == []
