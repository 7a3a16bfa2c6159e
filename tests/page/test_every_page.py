"""What holds on every page of the registry: each chart stands in a whole frame, and each link leads somewhere."""

import html
import re
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components import frame, url_state
from components.context import Context
from components.sheet import Sheet, csv_bytes
from metrics.catalogue import load_catalogue, load_terms
from pages import PAGES
from tests.page.reading import pieces, problems

# The views of pages that have more than one, besides the first.
VIEWS: dict[str, Sequence[dict[str, str]]] = {
    "overview": [{"region": "440882"}],
    "districts": [{"view": "tiles"}, {"view": "province"}, {"region": "440882"}],
    "funnel": [{"part": part, "versus": "440881"} for part in ("reasons", "unserved", "compare")],
    "industries": [{"effect": "months", "by": "chain"}],
    "banks": [{"part": part} for part in ("time", "more", "loop")],
    "campaigns": [{"part": part} for part in ("effect", "places", "officers", "publicity")],
    "problems": [{"part": part} for part in ("times", "subjects")],
}
ASKED = [(page.key, {}) for page in PAGES] + [(page, view) for page, views in VIEWS.items() for view in views]
UNIT = re.compile(r"单位|[户笔件场个行人家份篇%]")
AS_OF = re.compile(r"截至|至 \d{4}|\d{4}[-年]\d")
# Figures of many places, each with a date of its own beside it; and lists of addresses.
OWN_DATES = {"province-map", "province-table", "outlets"}
# What a mark may report besides a parameter of the URL: the origin of a figure, a cell of two parameters, an anchor.
FURTHER_VERBS = {"promise", "source", "cell"}


@dataclass(frozen=True)
class Framed:
    """What a page gave to one frame."""

    context: Context
    key: str
    head: str
    sheet: Callable[[], Sheet]
    metrics: Sequence[str]


@pytest.fixture
def framed(monkeypatch: pytest.MonkeyPatch) -> list[Framed]:
    """Return the list that every frame drawn from now on is added to."""
    found: list[Framed] = []
    body = frame._body

    def draw(context: Context, key: str, head: str, content: Any, sheet: Any, metrics: Any) -> None:
        found.append(Framed(context, key, head, sheet, metrics))
        body(context, key, head, content, sheet, metrics)

    monkeypatch.setattr(frame, "_body", draw)
    return found


def faults(one: Framed) -> list[str]:
    """Return what a frame lacks."""
    headline, note = re.search(r"<h2>(.*?)</h2><p>(.*?)</p>", one.head, re.DOTALL).groups()
    sheet, known = one.sheet(), {**load_catalogue(), **load_terms().measure}
    found = {
        "no headline": not headline.strip(),
        f"no unit: {note}": not UNIT.search(note) and one.key not in OWN_DATES,
        f"no as-of: {note}": not AS_OF.search(note) and one.key not in OWN_DATES,
        "no columns": not sheet.columns and not sheet.frame.empty,
        "no file": not csv_bytes(sheet, one.context),
        f"no definition of {one.metrics}": not all(name in known for name in (*one.metrics, *sheet.metrics)),
    }
    return [f"{one.key}: {fault}" for fault, is_so in found.items() if is_so]


def charts(app: AppTest) -> int:
    return len(app.get("plotly_chart")) + len(app.get("deck_gl_json_chart"))


def dead(app: AppTest, codes: set[str]) -> set[str]:
    """Return the links and marks of a run that lead to no page, parameter or region."""
    shown, found = " ".join(pieces(app)), set()
    for act in map(html.unescape, re.findall(r'data-act="([^"]*)"', shown)):
        verb, _, value = act.partition(":")
        unknown = verb not in url_state.PARAMETERS and verb not in FURTHER_VERBS
        if unknown or (verb == "region" and value not in codes):
            found.add(act)
    for href in map(html.unescape, re.findall(r'href="([^"]*)"', shown)):
        link = urllib.parse.urlsplit(href)
        wrong = {name for name, _ in urllib.parse.parse_qsl(link.query) if name not in url_state.PARAMETERS}
        if wrong or link.path.removeprefix("./") not in {"", ".", *(page.url_path for page in PAGES)}:
            found.add(href)
    return found


@pytest.mark.parametrize(("page", "view"), ASKED, ids=lambda value: value if isinstance(value, str) else str(value))
def test_every_chart_is_in_a_whole_frame_and_every_link_leads_somewhere(
    open_page, demo_store, zhanjiang, framed, page, view
):
    app = open_page(demo_store, zhanjiang, page, **view)
    assert problems(app) == []
    assert dead(app, {"", *zhanjiang.region_by_code}) == set()
    drawn = {one.key: one for one in framed}
    assert [fault for one in drawn.values() for fault in faults(one)] == []
    for key in drawn:
        app.session_state[f"frame.{key}.table"] = True
    app.run()
    assert problems(app) == []
    assert charts(app) == 0
