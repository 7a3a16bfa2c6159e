"""A city of another country in a real browser: what it reports is drawn, what it does not is said to be missing."""

import re

import pytest

from data_access.importing import import_files
from data_access.store import open_store
from tests.browser.conftest import serving, watched

CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
OVERFLOWING = """[...document.querySelectorAll(".zr-table-wrap")].filter(e => e.scrollWidth > e.clientWidth)
  .map(e => [e.closest("[class*=zr-frame]").className, e.scrollWidth - e.clientWidth])"""


@pytest.fixture(scope="module")
def abroad(tmp_path_factory, foreign):
    """Yield the address of a server of the foreign city, which reports enterprises, decisions and loans alone."""
    folder = tmp_path_factory.mktemp("abroad")
    url = f"duckdb:///{(folder / 'store.duckdb').as_posix()}"
    store = open_store(url)
    assert not import_files(store, foreign, sorted((foreign.folder / "files").iterdir()), by="tests").refusals
    store.close()
    access = f"sqlite:///{(folder / 'access.db').as_posix()}"
    named = {"ZHANRONG_PROFILE": str(foreign.folder), "ZHANRONG_ACCESS": access, "ZHANRONG_OPEN": "yes"}
    with serving(url, **named) as address:
        yield address


@pytest.mark.parametrize("width", [1440, 390])
def test_funnel_and_industries_of_another_country(browser, abroad, width):
    context = browser.new_context(viewport={"width": width, "height": 844}, locale="en-GB")
    reader = watched(context.new_page(), abroad)
    for path, said in (
        ("funnel?lang=en", ("Not reported", "Approved")),
        ("funnel?lang=en&part=compare&against=region", ("Parish",)),
        ("industries?lang=en", ("NACE section", "EUR")),
    ):
        page = reader.open(path)
        page.locator(".js-plotly-plot .main-svg .ytick, .zr-heat").first.wait_for()
        shown = page.locator('[data-testid="stMain"]').inner_text()
        assert [words for words in said if words.lower() not in shown.lower()] == []
        assert set(CHINESE.findall(shown)) <= {"中文"}  # the switch of the language
        assert "CNY" not in shown
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
        assert page.evaluate(OVERFLOWING) == []
    assert reader.outside() == []
    assert reader.complaints == []
    context.close()
