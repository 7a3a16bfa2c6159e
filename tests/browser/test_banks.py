"""The bank page in a real browser: choose a bank from the lights, change the size, read every part, on a phone too."""

import urllib.parse

import pytest


def query(page):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))


def test_it_opens_with_four_charts_and_asks_nobody_else(visit):
    reader = visit()
    page = reader.open("banks")
    page.wait_for_selector(".st-key-zr-frame-banks-reasons .main-svg")
    assert page.locator(".zr-conclusion").inner_text().startswith("连续两个月明显落后的有")
    for name in ("credit", "visits", "applications", "reasons", "weeks"):
        assert page.locator(f".st-key-zr-frame-banks-{name} .main-svg").count() > 0
    assert reader.outside() == []
    assert reader.complaints == []


def test_a_row_of_the_lights_opens_that_banks_card_and_the_back_button_undoes_it(visit):
    reader = visit()
    page = reader.open("banks")
    row = page.locator('.zr-lights tr[data-act="bank:B05"]')
    row.wait_for()
    row.focus()
    page.keyboard.press("Enter")
    card = page.locator(".st-key-zr-frame-banks-card")
    card.get_by_text("乘黄银行诊断卡").wait_for()
    reader.settle()
    assert query(page) == {"bank": "B05"}
    assert "同业中间一半" in card.inner_text()
    page.get_by_text("乘黄银行的清单").click()
    texts = page.locator(".st-key-zr-frame-banks-texts .zr-table")
    texts.wait_for()
    assert texts.locator('a[href*="enterprise="]').count() == texts.locator("tbody tr").count() > 20
    page.go_back()
    page.wait_for_function("!new URLSearchParams(location.search).has('bank')")
    reader.settle()
    assert reader.complaints == []


def test_the_total_score_appears_only_when_asked_for(visit):
    reader = visit()
    page = reader.open("banks")
    lights = page.locator(".st-key-zr-frame-banks-lights")
    assert "总分" not in lights.inner_text().replace("按总分排序", "")
    lights.get_by_text("按总分排序").click()
    lights.get_by_text("走访与规模 25%").wait_for()
    reader.settle()
    assert query(page) == {"score": "1"}
    assert "并列" in lights.inner_text()
    assert reader.complaints == []


def test_a_finding_on_the_card_leads_to_the_form_of_its_commitment(visit):
    reader = visit()
    page = reader.open("banks")
    findings = page.locator(".st-key-zr-frame-banks-card [data-act^='promise:']")
    asked = findings.last.get_attribute("data-act").partition(":")[2]
    findings.last.click()
    page.locator(".st-key-zr-frame-banks-commitments").wait_for()
    reader.settle()
    assert query(page)["part"] == "loop"
    assert query(page).get("figure") == asked
    names = {"visits": "走访 ÷", "applications": "走访后申报", "credit": "授信 ÷", "reasons": "未写明原因"}
    assert page.get_by_role("combobox", name="指标").input_value().startswith(names[asked])
    assert reader.complaints == []


@pytest.mark.parametrize(
    ("part", "frame"), [("决定时限", "decided"), ("其他指标", "further"), ("整改承诺", "commitments")]
)
def test_every_part_is_a_click_away(stay, part, frame):
    reader = stay(1440, 900)
    page = reader.turn("banks")
    page.get_by_role("radio", name=part, exact=True).click()
    page.locator(f".st-key-zr-frame-banks-{frame}").wait_for()
    reader.settle()
    assert reader.complaints == []


@pytest.mark.parametrize("path", ["banks", "banks?part=time", "banks?part=more", "banks?part=loop&lang=en"])
def test_a_phone_shows_it_in_one_column(stay, path):
    reader = stay(390, 844)
    page = reader.turn(path)
    page.wait_for_timeout(800)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    assert reader.complaints == []
