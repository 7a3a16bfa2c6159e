"""The ledger in a real browser: search, open an enterprise, go back, turn the page, take the rows out as a file."""

import csv

import pytest


def asked(page, parameter, there=True):
    page.wait_for_function(
        f"new URLSearchParams(location.search).has('{parameter}') === {str(there).lower()}", timeout=20_000
    )


def test_from_a_search_to_an_enterprise_and_back_and_out_as_a_file(visit, tmp_path):
    reader = visit()
    page = reader.open("ledger?type=company")
    page.get_by_placeholder("名称、编号、信用代码或地址").fill("水产")
    page.keyboard.press("Enter")
    asked(page, "q")
    reader.settle()
    first = page.locator(".zr-ledger td.name a").first
    name = first.inner_text()
    assert "水产" in page.locator(".zr-ledger").inner_text()
    first.focus()
    page.keyboard.press("Enter")
    asked(page, "enterprise")
    page.locator(".zr-firm h2", has_text=name).wait_for()
    assert page.locator(".zr-five li").count() == 5
    page.go_back()
    asked(page, "enterprise", there=False)
    page.locator(".zr-ledger td.name a", has_text=name).first.wait_for()
    page.get_by_role("button", name="下一页").click()
    asked(page, "after")
    reader.settle()
    assert page.locator(".zr-ledger td.name a").first.inner_text() != name
    page.get_by_role("button", name="导出").click()
    page.get_by_role("button", name="CSV").click()
    with page.expect_download(timeout=60_000) as download:
        page.locator(".zr-download").click(timeout=60_000)
    look = "link => [getComputedStyle(link).color, getComputedStyle(link.closest('[data-testid]')).color]"
    link, words = page.locator(".zr-download").evaluate(look)
    assert link not in ("rgb(0, 0, 238)", words)  # the product's colour of links, in a popover too
    path = tmp_path / "rows.csv"
    download.value.save_as(path)
    rows = [row for row in csv.reader(path.read_text("utf-8-sig").splitlines()) if row and row[0].startswith("E0")]
    assert len(rows) > 100
    assert all("演" in row[1] for row in rows)
    assert reader.complaints == []
    assert reader.outside() == []


@pytest.mark.parametrize("path", ["ledger", "ledger?list=overdue"])
def test_on_a_phone_rows_are_cards_that_fit(stay, path):
    page = stay(390, 844).turn(path)
    page.locator(".zr-ledger td.name").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".zr-ledger thead").is_hidden()
