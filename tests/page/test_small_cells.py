"""A reader who may not see rows walks all pages of a city whose limit is raised: no small count shows anywhere.

The limit is raised rather than the city made small, so that the counts below it are numbers that nothing else has.
"""

import base64
import html
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from components.context import latest_day
from components.memory import memory
from components.sheet import displayed
from components.situation import build_situation
from data_access.access.identity import Access
from data_access.access.roles import ROLES
from data_access.queries.measures import MEASURES
from data_access.queries.progress import progress_by
from data_access.selection import Scope, Selection
from metrics.catalogue import load_terms
from metrics.figures import State
from pages import PAGES
from tests.page import test_every_page
from tests.page.reading import pieces, problems
from tests.page.test_every_page import framed  # noqa: F401 - a fixture
from tests.page.test_roles import walk  # noqa: F401 - a fixture

LIMIT = 150
VIEWS = {**test_every_page.VIEWS, "funnel": [
    {}, {"version": "cohort"}, *({"by": by} for by in ("industry", "bank", "month")), {"part": "reasons"},
    {"part": "compare", "against": "region", "versus": "440881"},
], "industries": [{}, {"show": "approval_rate_recommended"}, {"by": "chain"}]}  # fmt: skip
GROUPS = (("region_1",), ("industry_1",), ("bank",), ("region_1", "industry_1"))
# What tells no counts of enterprises of the store: addresses of outlets and sizes of catalogues, ids and texts of
# definitions, officers, what other cities published. Their files are looked at all the same.
APART = {("products", ""), ("definitions", ""), ("campaigns", "officers"), ("districts", "province")}


@pytest.fixture
def city(zhanjiang):
    return replace(zhanjiang, settings={**zhanjiang.settings, "small_cell": LIMIT})


def few(store, city):
    """Return the counts below the limit that say three figures of their own: no share, day or code looks like them."""
    terms, found = load_terms().measure, set()
    for by in GROUPS:
        frame = progress_by(store, Scope.everything(), Selection(latest_day(city, store.coverage())), by, MEASURES)
        for name in (name for name in MEASURES if terms[name].unit == "enterprise"):
            found |= {int(n) for n in frame[name].dropna() if 100 < n < LIMIT and n == int(n)}
    return found


def shown(app):
    """Return every number an element holds: of HTML, charts, decks and tables; those in attributes of drawings not."""
    said = " ".join(re.sub(r'(?<!title)(?<!label)="[^"]*"', " ", html.unescape(piece)) for piece in pieces(app))
    said += " ".join(str(element.value) for element in app.markdown)
    said += " ".join(element.value.to_csv() for element in app.get("dataframe"))
    numbers = {int(n) for n in re.findall(r"(?<![\w.,:/\-–第])(\d{3})(?![\w,:\-]|\.\d|%)", said)}
    for element in app.get("plotly_chart"):
        for trace in json.loads(element.proto.spec)["data"]:
            counts = trace.get("x" if trace.get("orientation") == "h" else "y")
            numbers |= {n for values in (counts, trace.get("customdata")) for n in _numbers(values)}
            numbers |= {int(n) for n in re.findall(r"(?<![\w.,])(\d{3})(?![\w,]|\.\d|%)", str(trace.get("text", "")))}
    return numbers


def _numbers(values):
    if isinstance(values, dict):
        values = np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"]).tolist()
    flat = values if isinstance(values, list) else []
    return {int(n) for n in flat if isinstance(n, (int, float)) and float(n).is_integer()}


@pytest.mark.parametrize("page", [page.key for page in PAGES if page.needs in ROLES["leader"].abilities])
def test_no_page_and_no_file_tells_a_small_count(walk, framed, open_city, demo_store, city, page):  # noqa: F811 - the fixtures
    open_city(demo_store, city)
    spec = next(spec for spec in PAGES if spec.key == page)
    small = few(demo_store, city)
    assert len(small) > 10
    for view in ({}, *VIEWS.get(page, ())):
        memory.clear()
        app = walk(spec.url_path, "leader", **view)
        assert problems(app) == []
        if (page, view.get("part") or view.get("view", "")) not in APART and (page, "") not in APART:
            assert not shown(app) & small, view
    for one in framed:
        sheet = one.sheet()
        table = displayed(sheet, one.context)
        for place, column in enumerate(sheet.columns):
            if column.unit == "enterprise" and one.key != "coverage":  # banks tell how many their officers served
                values = table.iloc[:, place].dropna()
                assert not ((values > 0) & (values < LIMIT)).any(), (one.key, column.name)


@pytest.mark.parametrize("role", ["leader", "department"])
def test_what_is_hidden_is_not_what_the_others_leave(build_context_for, demo_store, city, role):
    """The parts a column hides are never one alone, unless their total is hidden with them."""
    context = replace(build_context_for(demo_store, city), access=Access(None, ROLES[role], Scope.everything()))
    memory.clear()
    s = build_situation(context)
    some = 0
    for name in ("visits", "lists"):
        for measure in s.told[name]:
            hidden = (s.told[name][measure].isna() & s.parts[name][measure].gt(0)).sum()
            some += hidden > 0
            assert hidden != 1 or np.isnan(s.told_wholes[name][measure]), measure
    assert some


def test_who_sees_rows_sees_every_count(build_context_for, demo_store, city):
    context = replace(build_context_for(demo_store, city), access=Access(None, ROLES["task_force"], Scope.everything()))
    s = build_situation(context)
    assert s.told["lists"] is s.parts["lists"]
    assert all(s.part_figure("approved", str(code)).state is not State.SUPPRESSED for code in s.parts["lists"].index)
