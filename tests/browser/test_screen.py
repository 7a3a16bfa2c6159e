"""The wall screen in a real browser: it fills the screen, turns, pauses, is legible and asks nobody else."""

from pathlib import Path

import pytest

from components.screen import view

SMALLEST = 26
TEXTS = """() => [...document.querySelectorAll('.zr-screen *')]
  .filter(e => !e.children.length && e.textContent.trim() && !e.closest('svg') && !e.closest('.note'))
  .map(e => parseFloat(getComputedStyle(e).fontSize))"""
# Of every list, the lengths of its bars' tracks.
TRACKS = """() => [...document.querySelectorAll('.zr-s-rows')].map(list =>
  [...new Set([...list.querySelectorAll('.bar')].map(bar => Math.round(bar.getBoundingClientRect().width)))])"""
# What lies over the map's shapes and its text at once: how far the map reaches below the top of its note.
UNDER_NOTE = """() => document.querySelector('.zr-s-map svg').getBoundingClientRect().bottom
  - document.querySelector('.zr-s-map .note').getBoundingClientRect().top"""
CUT_TEXTS = """() => [...document.querySelectorAll('.zr-s-panel.on .offices span')]
  .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"""
LEGEND_OF_MAP = """() => [...document.querySelectorAll('.zr-s-map svg text')].map(e =>
  parseFloat(getComputedStyle(e).fontSize) * e.ownerSVGElement.getScreenCTM().a)"""


def opened(reader, path="screen"):
    page = reader.page
    page.goto(f"{reader.address}/{path}")
    page.wait_for_selector(".zr-s-panel.on", timeout=60_000)
    page.wait_for_timeout(1500)
    return page


def shown(page):
    return page.locator(".zr-s-panel.on").get_attribute("data-id")


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160)])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_fills_the_screen_and_nothing_is_cut_off(visit, width, height, lang):
    reader = visit(width, height)
    page = opened(reader, f"screen?lang={lang}")
    scroll = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert scroll == [width, height]
    box = page.locator(".zr-board").bounding_box()
    assert (box["width"], box["height"]) == (width, height)
    for _ in range(4):
        cut = page.evaluate(
            "[...document.querySelectorAll('.zr-s-panel.on .zr-s-box, .zr-s-card')]"
            ".filter(e => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)"
            ".map(e => e.textContent.slice(0, 30))"
        )
        assert cut == []
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(900)
    assert reader.outside() == []
    assert reader.complaints == []


def test_words_in_the_place_of_a_figure_fit_their_card(visit):
    page = opened(visit(1920, 1080), "screen?lang=en")
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.zr-s-card b')].filter(b => {
          b.className = 'words'; b.textContent = 'Not reported';
          const card = b.parentElement, size = parseFloat(getComputedStyle(b).fontSize);
          return card.scrollWidth > card.clientWidth || size < 26;
        }).length"""
    )
    assert cut == 0


def test_every_text_is_large_enough_for_five_metres(visit):
    page = opened(visit(1920, 1080))
    assert min(page.evaluate(TEXTS)) >= SMALLEST
    assert min(page.evaluate(LEGEND_OF_MAP)) >= SMALLEST * 0.9


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_bars_of_a_list_can_be_compared_and_nothing_lies_over_the_map(visit, lang):
    page = opened(visit(1920, 1080), f"screen?lang={lang}")
    tracks = [widths for widths in page.evaluate(TRACKS) if widths]
    assert len(tracks) >= 4
    assert all(len(widths) == 1 for widths in tracks), tracks
    assert page.evaluate(UNDER_NOTE) <= 0
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(900)
    assert shown(page) == "watch"
    assert page.evaluate(CUT_TEXTS) == []


def test_marks_of_failing_checks_read_on_the_dark_ground(visit):
    page = opened(visit(1920, 1080))
    colours = page.evaluate("[...document.querySelectorAll('.zr-screen .zr-flag')].map(e => getComputedStyle(e).color)")
    assert set(colours) == {"rgb(242, 190, 75)"}


def test_it_turns_by_itself_and_pauses(visit):
    page = opened(visit(1920, 1080), "screen?dwell=2")
    first = shown(page)
    page.wait_for_timeout(3500)
    assert shown(page) != first
    page.keyboard.press(" ")
    paused = shown(page)
    page.wait_for_timeout(4000)
    assert shown(page) == paused
    assert page.locator('[data-part="state"]').inner_text() == "已暂停"
    page.keyboard.press("ArrowLeft")
    assert shown(page) != paused


def test_looking_for_new_data_changes_nothing_on_the_screen(visit):
    page = opened(visit(1920, 1080), "screen?refresh=0.5")
    page.evaluate("""() => {
      window.changes = 0;
      new MutationObserver(found => { window.changes += found.length; })
        .observe(document.querySelector('[data-part="stage"]'), {childList: true, subtree: true});
    }""")
    page.wait_for_timeout(4000)
    assert page.evaluate("window.changes") == 0


def test_it_is_dark_for_a_reader_of_the_light_theme_and_leads_out(visit):
    page = opened(visit(1920, 1080))
    assert page.evaluate("getComputedStyle(document.querySelector('.zr-screen')).backgroundColor") == "rgb(7, 16, 28)"
    assert page.locator(".stAppHeader:visible").count() == 0
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "/screen" not in url, timeout=30_000)
    page.wait_for_selector(".zr-head h1", timeout=30_000)
    assert page.locator('[role="dialog"]').count() == 0


def test_an_area_of_the_map_and_a_bar_lead_to_where_their_figure_comes_from(visit):
    page = opened(visit(1920, 1080))
    dialog = page.locator('[role="dialog"]')
    marks = (('.zr-s-map path[data-code="440881"]', "廉江"), (".zr-s-rows.funnel li:nth-child(3) .bar", "申报"))
    for mark, said in marks:
        page.locator(mark).first.click()
        dialog.filter(has_text=said).locator(".zr-origin-value").wait_for(timeout=30_000)
        page.keyboard.press("Escape")
        dialog.wait_for(state="detached", timeout=30_000)
    assert "/screen" in page.url


@pytest.fixture
def board(browser):
    """Yield a page with the screen's own markup and script alone, fed by the test, on a clock the test winds."""
    page = browser.new_page()
    page.clock.install()
    page.set_content(view.HTML)
    script = (Path(view.__file__).parent / "screen.js").read_text("utf-8")
    page.add_script_tag(content=script.replace("export default function", "window.zrShow = function"))
    yield page
    page.close()


def test_a_panel_of_old_data_is_passed_over_until_its_data_are_new(board):
    def send(*, stale):
        panels = [view.Panel("a", "A"), view.Panel("b", "<p class='zr-s-age'>B</p>", stale=stale), view.Panel("c", "C")]
        sent = view.Board("title", "", "", panels, "", "", dwell=2.0, words={"paused": "", "cut": ""}).sent()
        board.evaluate("data => window.zrShow({data, parentElement: document.body})", sent)

    def turned(times):
        seen = []
        for _ in range(times):
            board.clock.run_for(2_100)
            seen.append(shown(board))
        return seen

    send(stale=True)
    assert shown(board) == "a"
    assert set(turned(6)) == {"a", "c"}
    assert board.locator('[data-part="dots"] .old').count() == 1
    assert "old" in board.locator('[data-id="b"]').get_attribute("class")
    assert set(_by_key(board)) == {"a", "b", "c"}
    send(stale=False)
    assert set(turned(6)) == {"a", "b", "c"}


def _by_key(page):
    """Yield the panels that the arrow key goes through."""
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        yield shown(page)
