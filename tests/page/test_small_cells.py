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

from components.campaigns.places import around
from components.campaigns.reading import ANY, Asked
from components.context import latest_day
from components.dimensions import dimensions, industries
from components.funnel.comparison import compared
from components.funnel.conversion import PERIOD, View, breakdown, read_parts
from components.funnel.stagetimes import PUSHED, spans
from components.industries.mixview import MONTHS, REGIONS, REST, months, regions, split, split_sheet
from components.memory import memory
from components.origins import NOWHERE
from components.sheet import displayed
from components.situation import build_situation
from data_access.access.identity import Access
from data_access.access.roles import ROLES
from data_access.queries.cohorts import USUAL_WINDOW
from data_access.queries.measures import MEASURES
from data_access.queries.progress import progress_by
from data_access.selection import Attribution, Scope, Selection
from metrics.catalogue import load_terms
from metrics.figures import State
from pages import PAGES
from tests.page import test_every_page
from tests.page.reading import pieces, problems
from tests.page.test_every_page import framed  # noqa: F401 - a fixture
from tests.page.test_roles import walk  # noqa: F401 - a fixture

LIMIT = 150
USUAL = "approval_rate_recommended"
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


@pytest.fixture
def leader(build_context_for, demo_store, city):
    """Return the context of the city's leader where counts below the raised limit are small."""
    memory.clear()
    return replace(build_context_for(demo_store, city), access=Access(None, ROLES["leader"], Scope.everything()))


def everything(leader):
    """Return the same for a reader who sees the rows."""
    return replace(leader, access=Access(None, ROLES["task_force"], Scope.everything()))


def test_a_part_beside_the_whole_tells_no_more_than_among_the_parts(leader):
    """What a breakdown hides for the sake of a smaller part stays hidden when it is picked out."""
    view = View(PERIOD, USUAL_WINDOW, Attribution.ANY)
    known = {key: read_parts(leader, view, dimension) for key, dimension in dimensions(leader).items() if key != "bank"}
    approved = {key: parts[parts["approved"] > 0].set_index("code")["approved"] for key, parts in known.items()}
    key, counts = next((key, n.sort_values()) for key, n in approved.items() if "" not in n.index and n.nunique() > 2)
    dimension, smallest = dimensions(leader)[key], counts.index[0]
    settings = {**leader.profile.settings, "small_cell": counts[smallest] + 1}
    reader = replace(leader, profile=replace(leader.profile, settings=settings))
    memory.clear()
    told = breakdown(reader, view, dimension, "approve").set_index("code")["approved"]
    (second,) = set(told.index[told.isna()]) - {smallest}
    alone = compared(reader, view, dimension, smallest).set_index("step")
    beside = compared(reader, view, dimension, second).set_index("step")
    assert counts[second] > counts[smallest]  # so that it is hidden for the other's sake alone
    assert np.isnan(alone.loc["approve", "x_2"])
    assert np.isnan(beside.loc["approve", ["x_2", "rate_2", "gap"]].astype(float)).all()
    largest = compared(reader, view, dimension, counts.index[-1]).set_index("step")
    assert largest.loc["approve", "x_2"] == counts.iloc[-1]


def test_no_meeting_has_a_small_count_before_or_after_it(leader):
    asked = Asked(ANY, ANY)
    full, told = around(everything(leader), asked), around(leader, asked)
    few_there = (full[["before", "after"]] > 0) & (full[["before", "after"]] < LIMIT)
    assert few_there.to_numpy().any()
    assert told[["before", "after"]].isna().equals(few_there)
    assert told.loc[few_there.any(axis=1), "change"].isna().all()
    assert told["days_before"].equals(full["days_before"])


@pytest.mark.parametrize("kind", [REGIONS, MONTHS])
def test_a_split_names_no_industry_whose_counts_are_hidden(leader, kind):
    rows, columns = industries(leader), dimensions(leader)["region"]
    names = regions(everything(leader), rows, columns, USUAL) if kind == REGIONS else months(leader)
    pair = tuple(list(names)[-2:])
    full, told = (split(context, USUAL, kind, pair, rows, columns, names) for context in (everything(leader), leader))
    assert REST in told.parts.parts.index
    assert len(told.parts.parts) < len(full.parts.parts) - 1  # never a single one
    effects = ["share_1", "share_2", "mix", "performance"]
    assert told.parts.parts[effects].sum().tolist() == pytest.approx(full.parts.parts[effects].sum().tolist())
    assert told.parts.difference == full.parts.difference
    assert told.parts.parts.loc[REST, ["rate_1", "rate_2"]].isna().all()
    kept = told.parts.parts.drop(REST)
    assert kept.equals(full.parts.parts.loc[kept.index])
    sheet = split_sheet(leader, told)
    assert sheet.places[-1] == NOWHERE
    assert "户数过少的行业" in set(sheet.frame["name"])


def test_the_steps_of_stage_times_tell_of_no_few(leader):
    found = spans(leader, leader.selection, PUSHED)
    assert any(len(span.drawn.days) for span in found)
    for span in (span for span in found if len(span.drawn.days)):
        drawn, whole = span.drawn, span.curve
        assert set(drawn.days) < set(whole.days)
        left, at = whole.at_risk - whole.ended, np.searchsorted(whole.days, drawn.days)
        assert (left[at] >= LIMIT).all()
        assert (np.diff(np.cumsum(whole.ended)[at], prepend=0.0) >= LIMIT).all()
        assert np.array_equal(drawn.survival, whole.survival[at])
    full = spans(everything(leader), leader.selection, PUSHED)
    assert all(np.array_equal(span.drawn.days, span.curve.days) for span in full)
