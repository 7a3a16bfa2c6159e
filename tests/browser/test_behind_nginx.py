"""The dashboard behind the sample nginx, in a real browser that holds every page to the content security policy."""

import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from pages import PAGES
from tests.browser.conftest import ARGUMENTS, Watched, serving, watched
from tests.nginx import NAME, Gateway, running


@pytest.fixture(scope="module")
def gateway(demo_file, tmp_path_factory) -> Iterator[Gateway]:
    """Yield nginx in front of a server of the small demo city."""
    folder = tmp_path_factory.mktemp("behind-nginx")
    store = shutil.copy(demo_file, folder / "store.duckdb")
    settings = {"ZHANRONG_OPEN": "yes", "ZHANRONG_ACCESS": f"sqlite:///{folder}/access.db"}
    with serving(f"duckdb:///{store}", **settings) as address, running(folder, urlsplit(address).port or 0) as started:
        yield started


@pytest.fixture(scope="module")
def window(browser: Browser, chromium: str) -> Iterator[Browser]:
    """Yield a Chromium that takes the sample's name for this machine."""
    here = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
    launched = browser.browser_type.launch(executable_path=chromium, headless=True, args=[*ARGUMENTS, here])
    yield launched
    launched.close()


@pytest.fixture
def reader(window: Browser, gateway: Gateway) -> Iterator[Watched]:
    context = window.new_context(
        viewport={"width": 1440, "height": 900}, color_scheme="light", locale="zh-CN", ignore_https_errors=True
    )
    yield watched(context.new_page(), gateway.address)
    context.close()


# What each page draws with its largest script.
DRAWN = {
    "overview": '[data-testid="stDeckGlJsonChart"] canvas',
    "districts": '[data-testid="stDeckGlJsonChart"] canvas',
    "banks": ".js-plotly-plot .main-svg",
    "funnel": ".js-plotly-plot .main-svg",
    "industries": ".js-plotly-plot .main-svg",
    "screen": ".zr-screen .zr-s-stage svg",
    "data": '[data-testid="stFileUploader"]',
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
def test_a_page_works_within_the_content_security_policy(reader, page):
    shown = reader.page
    shown.goto(f"{reader.address}/{page.url_path if page is not PAGES[0] else ''}")
    shown.wait_for_selector(DRAWN.get(page.key, ".zr-head h1"), timeout=60_000, state="attached")
    reader.settle()
    reader.quiet()
    assert shown.locator('[role="dialog"], [role="alert"].zr-empty').count() == 0
    assert reader.complaints == []
    assert reader.outside() == []
    assert any(url.startswith("wss://") and url.endswith("/_stcore/stream") for url in reader.requests)


def test_the_policy_is_enforced(reader):
    page = reader.page
    page.goto(reader.address)
    page.wait_for_selector(".zr-head h1")
    ran = page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.injected = 1';"
        " document.body.append(s); return window.injected ?? null; }"
    )
    assert ran is None
    assert any("Content Security Policy" in complaint for complaint in reader.complaints)


def test_a_script_is_sent_compressed(reader):
    page = reader.page
    with page.expect_response(lambda answer: "/static/js/index." in answer.url) as found:
        page.goto(reader.address)
    assert found.value.headers["content-encoding"] == "gzip"
