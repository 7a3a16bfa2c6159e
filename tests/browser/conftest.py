"""A server of the demo city and a Chromium that tells of every request, console error and exception."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.nginx import free_port

ROOT = Path(__file__).resolve().parents[2]
# No sound, no GPU, nothing from outside; WebGL in software, so that the map draws. Debian lets the GPU draw the rest of
# a page too, which in software takes most of the time.
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-gpu-rasterization", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--use-gl=angle",
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
)  # fmt: skip
START_SECONDS, MAP_SECONDS = 90, 30
MAP = '[data-testid="stDeckGlJsonChart"] canvas'
# What the map tells of the place pointed at; a tip that is hidden still holds the text of every place.
TIP = "[...document.querySelectorAll('.zr-tips')].find(tip => tip.checkVisibility())?.innerText.trim() || ''"
# Go to an address as the back button does, and say whether the server was seen to run the page for it to its end.
TURN = """path => new Promise(done => {
  const app = document.querySelector('[data-testid="stApp"]');
  let ran = false;
  const look = new MutationObserver(() => {
    const running = app.getAttribute('data-test-script-state') !== 'notRunning';
    ran ||= running;
    if (!ran || running) return;
    look.disconnect();
    done(true);
  });
  look.observe(app, {attributes: true, attributeFilter: ['data-test-script-state']});
  history.pushState({}, '', path);
  dispatchEvent(new PopStateEvent('popstate', {state: {}}));
  setTimeout(() => done(false), 5000);
})"""
# Streamlit looks for its health address below a page's own address first; the 404 is part of its start.
EXPECTED_ERRORS = ("status of 404",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder as one that drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@dataclass
class Watched:
    """A page of the browser, with what it asked for and complained about."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "") -> Page:
        """Open an address of the server and wait until the page's content is there."""
        self.page.goto(f"{self.address}/{path}")
        self.page.wait_for_selector(".zr-head h1", timeout=30_000)
        self.settle()
        return self.page

    def turn(self, path: str) -> Page:
        """Go on to an address of the same page, or open it anew, and forget what was complained about before.

        Going on keeps the scripts: to load and start them is nearly all of the work of opening a page.
        """
        self.complaints.clear()
        to, shown = urlsplit(f"/{path}"), urlsplit(self.page.url)
        if shown.path == to.path and self.page.evaluate(TURN, f"/{path}"):
            self.settle()
        else:
            self.open(path)
        self.page.wait_for_url(lambda url: dict(parse_qsl(urlsplit(url).query)) == dict(parse_qsl(to.query)))
        return self.page

    def settle(self) -> None:
        """Wait until the server has answered everything."""
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=30_000)
        self.page.wait_for_timeout(250)

    def quiet(self) -> None:
        """Wait until nothing is fetched any more: what is loaded late has come, and has complained if it would."""
        self.page.wait_for_load_state("networkidle")

    def point_at(self, across: float, down: float) -> tuple[float, float]:
        """Move the mouse to a place of the first map, given in shares of its size, and return it on the page.

        Waits until the map tells what is there, which it can once it is drawn.
        """
        canvas = self.page.locator(MAP).first
        canvas.wait_for()
        canvas.scroll_into_view_if_needed()
        for _ in range(MAP_SECONDS * 4):
            box = canvas.bounding_box()
            assert box is not None
            place = box["x"] + box["width"] * across, box["y"] + box["height"] * down
            self.page.mouse.move(place[0] - 1, place[1])
            self.page.mouse.move(*place)
            self.page.wait_for_timeout(250)
            if self.page.evaluate(TIP):
                return place
        pytest.fail("the map tells nothing")

    def outside(self) -> list[str]:
        """Return the requests that left this machine."""
        here = (self.address, self.address.replace("http", "ws", 1), "data:", "blob:")
        return [url for url in self.requests if not url.startswith(here)]


@pytest.fixture(scope="session")
def server(full_store_url: str) -> Iterator[str]:
    """Yield the address of a running server of the demo city at full size."""
    with serving(full_store_url) as address:
        yield address


@contextmanager
def serving(store_url: str, *, port: int = 0, **settings: str) -> Iterator[str]:
    """Yield the address of a running server of a store, with further settings as environment variables."""
    port = port or free_port()
    environment = {**os.environ, "ZHANRONG_STORE": store_url, **settings}
    command = [sys.executable, "-m", "streamlit", "run", "asgi.py", "--server.port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/healthz", process)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(START_SECONDS * 4):
        assert process.poll() is None, "the server has stopped"
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    pytest.fail("the server did not start")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Yield a Chromium without a window."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, headless=True, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Callable[..., Watched]]:
    """Yield a function that opens a fresh reader's window: ``visit(width, height, dark=False)``."""
    contexts = []

    def fresh(width: int = 1440, height: int = 900, *, dark: bool = False) -> Watched:
        scheme = "dark" if dark else "light"
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, locale="zh-CN")
        contexts.append(context)
        return watched(context.new_page(), server)

    yield fresh
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def stay(browser: Browser, server: str) -> Iterator[Callable[[int, int], Watched]]:
    """Yield a function that returns the module's own window of a size, for what does not ask how one came there.

    Every test turns it to the address that it looks at.
    """
    windows: dict[tuple[int, int], Watched] = {}

    def window(width: int, height: int) -> Watched:
        if (width, height) not in windows:
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light", locale="zh-CN")
            windows[width, height] = watched(page, server)
        return windows[width, height]

    yield window
    for one in windows.values():
        one.page.close()


def watched(page: Page, address: str) -> Watched:
    """Return a page with everything that it asks for and complains about from now on."""
    found = Watched(page, address)
    page.on("request", lambda request: found.requests.append(request.url))
    page.on("websocket", lambda ws: found.requests.append(ws.url))
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    page.on("console", lambda message: _complain(found, message.type, message.text))
    return found


def _complain(watched: Watched, kind: str, text: str) -> None:
    if kind == "error" and not any(expected in text for expected in EXPECTED_ERRORS):
        watched.complaints.append(text)
