"""From a figure to its rows: a card, a bar, a line and a cell each lead to their own numbers, and on to the ledger."""

import re

import pytest
from playwright.sync_api import expect

WAIT = 15_000
DIALOG = '[data-testid="stDialog"] .zr-origin'
# Where a point of a chart lies on the page: the chart, the number of the trace, and of the point.
POINT = """([chart, trace, point]) => {
  const drawn = document.querySelector(`${chart} .js-plotly-plot`);
  const found = drawn.calcdata[trace < 0 ? drawn.calcdata.length + trace : trace];
  const mark = found[point], face = found[0].trace, layout = drawn._fullLayout;
  const x = layout[(face.xaxis || "x").replace("x", "xaxis")], y = layout[(face.yaxis || "y").replace("y", "yaxis")];
  const box = drawn.getBoundingClientRect(), middle = face.type === "bar" ? (mark.s1 - mark.s0) / 2 : 0;
  const across = x.c2p(face.type === "bar" ? mark.p : mark.x), down = y.c2p(face.type === "bar" ? mark.s1 : mark.y);
  return [box.x + x._offset + across, box.y + y._offset + down + (middle ? 2 : 0)];
}"""


def number(text: str) -> int:
    """Return the first number of a text."""
    return int(re.search(r"\d[\d,]*", text)[0].replace(",", ""))


def opened(page):
    """Return the dialog that tells where a figure comes from, and see that its rows add up to it."""
    dialog = page.locator(DIALOG)
    expect(dialog).to_be_visible(timeout=WAIT)
    assert "不一致" not in dialog.inner_text()
    assert "来自这些导入批次" in dialog.inner_text()
    return dialog


def test_a_card_leads_to_its_numerator_its_denominator_and_the_rows_of_either(visit):
    watched = visit()
    page = watched.open("?region=440881")
    card = page.locator('.zr-value [data-act^="source:visit_rate;"]').first
    card.click()
    dialog = opened(page)
    shown = re.search(r"[\d.]+", dialog.locator(".zr-origin-value strong").inner_text())[0]
    sides = dialog.locator(".zr-origin-sides li").all()
    above, below = (number(side.locator("b").inner_text()) for side in sides)
    assert abs(100 * above / below - float(shown)) < 0.06
    for side, count in zip(sides, (above, below), strict=True):
        with page.context.expect_page() as found:
            side.get_by_role("link", name="在台账中查看").click()
        rows = found.value
        expect(rows.locator(".zr-measure")).to_contain_text(f"{count:,} 户", timeout=WAIT)
        expect(rows.locator(".st-key-zr-ledger-bar .zr-note")).to_contain_text(f"共 {count:,} 户", timeout=WAIT)
        rows.close()
    assert watched.complaints == []


@pytest.mark.parametrize("trace", [-2, -1], ids=["line", "bar"])
def test_a_day_of_a_chart_leads_to_what_it_counts(visit, trace):
    page = visit().open()
    page.wait_for_selector(".st-key-overview-course .js-plotly-plot .plot-container", timeout=WAIT)
    page.locator(".st-key-overview-course").scroll_into_view_if_needed()
    page.wait_for_timeout(1500)
    page.mouse.click(*page.evaluate(POINT, [".st-key-overview-course", trace, 120]))
    dialog = opened(page)
    assert "累计走访户数" in dialog.locator(".zr-origin-sides").inner_text()
    assert ("–" in dialog.locator("dl").inner_text().split("范围")[0]) == (trace == -1)  # one day, or all up to it


def test_a_cell_leads_to_its_place(visit):
    page = visit().open("industries")
    cell = page.locator('[data-act^="source:"][data-act*="industry_1=C"]').first
    cell.scroll_into_view_if_needed()
    cell.click()
    assert "制造业" in opened(page).inner_text()
