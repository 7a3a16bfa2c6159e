"""What a reader waits for: the overview in Chromium, from a fresh start, from a warm server, and after a click."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.results import Result, result
from benchmarks.server import Server

FRESH_VISITS = 5
WIDTH, HEIGHT = 1920, 1080
WAIT_MS = 60_000
QUIET_MS = 120
# Maps are drawn in software here, and nothing else is by what draws them: Debian's Chromium would, at thrice the cost.
ARGUMENTS = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--disable-gpu-rasterization")
# Every visible chart has drawn and nothing is running: Streamlit marks both in the page.
SETTLED = """quiet => {
  const busy = ['[data-test-script-state="running"]', '[data-stale="true"]', '[data-testid="stSkeleton"]'];
  const charts = document.querySelectorAll('[data-testid="stPlotlyChart"], [data-testid="stDeckGlJsonChart"]');
  const drawn = [...charts].every(chart => chart.querySelector('.main-svg, canvas'));
  const now = performance.now();
  if (document.querySelector(busy.join(',')) || !charts.length || !drawn) {
    window.__quietSince = null;
    return false;
  }
  window.__quietSince = window.__quietSince ?? now;
  return now - window.__quietSince >= quiet && window.__quietSince;
}"""
# The page marks what leads to a region; a click inside the page costs nothing but itself.
CLICK = """region => {
  window.__quietSince = null;
  const mark = document.querySelector(`[data-act="region:${region}"]`);
  const now = performance.now();
  mark.click();
  return now;
}"""
SHOWN = """region => (new URLSearchParams(location.search).get('region') ?? '') === region"""
LARGEST_PAINT = """() => new Promise(done => new PerformanceObserver(
  list => done(list.getEntries().at(-1).startTime)).observe({type: 'largest-contentful-paint', buffered: true}))"""


def measure(server: Server, regions: list[str], engine: str, size: int) -> Iterator[Result]:
    """Yield the waits in Chromium; the first visit is the server's first, so ``server`` must be newly started."""
    with _chromium() as browser:
        painted, settled = _visit(browser, server)
        yield result("browser, after process start: LCP", engine, size, [painted])
        yield result("browser, after process start: settled", engine, size, [settled])
        warm = [_visit(browser, server)[1] for _ in range(FRESH_VISITS)]
        yield result("browser, fresh, warm server: settled", engine, size, warm)
        yield result("browser, click to settled", engine, size, _clicks(browser, server, regions))


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))
        yield browser
        browser.close()


def _visit(browser: Browser, server: Server) -> tuple[float, float]:
    """Return milliseconds until the largest paint and until everything is drawn, in a browser without a cache."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    page = context.new_page()
    page.goto(server.url)
    settled = _settled(page)
    painted = float(page.evaluate(LARGEST_PAINT))
    context.close()
    return painted, settled


def _settled(page: Page) -> float:
    """Return at how many milliseconds of the page's own clock it had settled."""
    return float(page.wait_for_function(SETTLED, arg=QUIET_MS, timeout=WAIT_MS, polling="raf").json_value())


def _clicks(browser: Browser, server: Server, regions: list[str]) -> list[float]:
    """Return the waits after clicks on one region after the other; the way back to the city is not counted."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    page.goto(server.url)
    _settled(page)
    times = []
    for region in regions:
        times.append(_click(page, region))
        _click(page, "")
    page.close()
    return times


def _click(page: Page, region: str) -> float:
    clicked = float(page.evaluate(CLICK, region))
    page.wait_for_function(SHOWN, arg=region, timeout=WAIT_MS)
    return _settled(page) - clicked
