"""The funnel and the industries in a real browser: switch, drill by a click, go back, and read them on a phone."""

import urllib.parse

import pytest


def query(page):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))


def press(reader, name, **expected):
    """Press the button of a switch that says ``name`` and wait until the address says what is expected."""
    reader.page.get_by_role("radio", name=name, exact=True).first.click()
    for parameter, value in expected.items():
        reader.page.wait_for_function(f"new URLSearchParams(location.search).get('{parameter}') === '{value}'")
    reader.settle()


def test_the_published_stages_and_then_the_cohorts(visit):
    reader = visit()
    page = reader.open("funnel")
    stages = page.locator(".st-key-zr-frame-funnel")
    stages.locator(".main-svg").first.wait_for()
    for figure in ("421,404", "33,400", "33,100", "30,800"):
        assert figure in stages.inner_text()
    press(reader, "分析口径（队列）", version="cohort")
    assert query(page) == {"version": "cohort"}
    page.wait_for_function("document.querySelector('.st-key-zr-frame-funnel h2').innerText.includes('60 天内')")
    press(reader, "90 天", days="90")
    assert query(page) == {"version": "cohort", "days": "90"}
    page.wait_for_function("document.querySelector('.st-key-zr-frame-funnel h2').innerText.includes('90 天内')")
    assert reader.complaints == []


def test_a_row_of_the_breakdown_filters_and_the_back_button_undoes_it(visit):
    reader = visit()
    page = reader.open("funnel")
    row = page.locator('.st-key-zr-frame-breakdown tr[data-act="region:440881"]')
    row.wait_for()
    row.locator("td.name").click()
    page.wait_for_selector(".zr-crumbs")
    reader.settle()
    assert query(page)["region"] == "440881"
    page.go_back()
    page.wait_for_selector('.st-key-zr-frame-breakdown tr[data-act="region:440881"]')
    reader.settle()
    assert "region" not in query(page)
    assert reader.complaints == []


def test_a_chart_turns_into_its_table(visit):
    reader = visit()
    page = reader.open("funnel")
    frame = page.locator(".st-key-zr-frame-stage-times")
    frame.locator(".main-svg").first.wait_for()
    frame.locator("button").first.click()
    frame.locator('[data-testid="stDataFrame"]').wait_for()
    assert reader.complaints == []


def test_a_cell_of_the_heat_map_drills_into_place_and_industry(visit):
    reader = visit()
    page = reader.open("industries")
    cell = page.locator('.zr-heat td[data-act="cell:440881|C"]')
    cell.wait_for()
    cell.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("new URLSearchParams(location.search).get('industry') === 'C'")
    reader.settle()
    assert query(page) == {"region": "440881", "industry": "C"}
    page.locator(".zr-crumbs", has_text="全部行业").locator('[data-act="industry:"]').click()
    page.wait_for_function("!new URLSearchParams(location.search).has('industry')")
    reader.settle()
    assert query(page) == {"region": "440881"}
    assert reader.complaints == []


def test_a_bar_of_the_split_leads_to_the_figure_of_its_industry(visit):
    reader = visit()
    page = reader.open("industries")
    bars = page.locator(".st-key-zr-frame-split .barlayer .trace").nth(1).locator(".point")
    bars.first.wait_for()
    page.wait_for_timeout(800)
    bars.first.scroll_into_view_if_needed()
    box = bars.first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    place = page.locator('[role="dialog"] .zr-origin-value span')
    place.wait_for()
    assert place.inner_text().startswith("行业")
    assert query(page) == {}
    assert reader.complaints == []


def test_an_industry_drills_and_the_back_button_undoes_it(visit):
    reader = visit()
    page = reader.open("industries")
    page.locator('[data-act^="industry:"]').first.click()
    page.wait_for_function("(new URLSearchParams(location.search).get('industry') || '').length === 1")
    reader.settle()
    page.locator(".zr-crumbs", has_text="全部行业").wait_for()
    page.go_back()
    page.wait_for_function("!document.querySelector('.zr-crumbs')")
    assert query(page) == {}
    assert reader.complaints == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_verdicts_of_a_comparison_are_not_cut_off(stay, lang):
    page = stay(1440, 900).turn(f"funnel?part=compare&against=region&versus=440882&lang={lang}")
    table = page.locator(".st-key-zr-frame-comparison .zr-table-wrap")
    table.wait_for()
    assert table.evaluate("e => e.scrollWidth - e.clientWidth") <= 0


OVERFLOWING = "[...document.querySelectorAll('.zr-table-wrap')].filter(e => e.scrollWidth > e.clientWidth).length"
COMPARED = "funnel?part=compare&against=region&versus=440882&lang=en"


@pytest.mark.parametrize(
    "path",
    [
        "funnel",
        "funnel?part=reasons",
        "funnel?part=unserved&version=cohort",
        COMPARED,
        "funnel?lang=en",
        "industries?lang=en",
        "districts?view=province&lang=en",
    ],
)
def test_a_phone_shows_it_in_one_column(stay, path):
    reader = stay(390, 844)
    page = reader.turn(path)
    page.wait_for_timeout(800)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    assert page.evaluate(OVERFLOWING) == 0
    assert reader.complaints == []
