"""Medians, gaps and coverage say their value where they stand, though no row counts them."""

import re
from dataclasses import replace
from datetime import date

import pytest

from components.filters import Filters
from components.origins import Place
from data_access.queries.history import durations
from data_access.selection import Attribution, Scope, Selection
from metrics.survival import kaplan_meier
from tests.page.reading import problems
from tests.page.test_lineage import ask, shown

LAST_ON = date(2025, 6, 13)


def value(app) -> str:
    return re.search(r'class="zr-origin-value"><strong>(.*?)</strong>', shown(app))[1]


def percent(app, origin: str) -> float:
    return float(re.search(r"-?[\d.]+", value(ask(app, origin)).replace("−", "-"))[0])


def test_a_gap_is_the_rate_less_the_schedule_of_the_same_place(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang)
    at = ";region_1=440881;at=2025-05-31"
    rate, due, gap = (percent(app, key + at) for key in ("visit_rate", "schedule", "pace_gap"))
    assert gap == pytest.approx(rate - due, abs=0.011)
    assert problems(app) == []
    assert percent(app, "pace_gap") != gap


def test_a_median_is_that_of_the_cell(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "banks")
    frame = durations(
        demo_store, Scope.everything(), replace(Selection(LAST_ON), banks=("B05",)), "recommended_on", "decided_on"
    )
    days = kaplan_meier(frame).quantile(0.5).days
    assert value(ask(app, "days_to_decision;bank=B05")).startswith(f"{days:g}")


def test_coverage_is_that_of_its_page(open_page, demo_store, zhanjiang):
    whole = percent(open_page(demo_store, zhanjiang, "campaigns"), "assistant_coverage")
    inside = open_page(demo_store, zhanjiang, "campaigns", region="440881")
    assert 0 < whole <= 100
    assert percent(inside, "assistant_coverage") == percent(
        open_page(demo_store, zhanjiang, "campaigns"), "assistant_coverage;region_1=440881"
    )


def test_the_rank_is_the_published_one(open_page, demo_store, zhanjiang):
    assert value(ask(open_page(demo_store, zhanjiang), "provincial_rank;at=2025-06-13")) == "2 位"


@pytest.mark.parametrize("place", [
    Place((("region_1", ""),)), Place((("kind", "assistant"),)), Place(start=date(2025, 1, 1)),
    Place(rule=Attribution.FIRST), Place((("region_3", "nowhere"),)),
])  # fmt: skip
def test_a_place_that_no_filter_says_has_no_such_value(build_context_for, demo_store, zhanjiang, place):
    assert place.filters(build_context_for(demo_store, zhanjiang)) is None


def test_a_place_becomes_filters(build_context_for, demo_store, zhanjiang):
    own = Filters(as_of=LAST_ON, industries=("C",), banks=("B01",))
    context = replace(build_context_for(demo_store, zhanjiang), filters=own)
    town = next(node for node in zhanjiang.regions if node.level == 2)
    cell = (("region_2", town.code), ("entity_type", "company"))
    place = Place(cell, at=date(2025, 5, 31), only=(("bank", "B05"),))
    assert place.filters(context) == Filters(
        as_of=date(2025, 5, 31), path=(town.parent, town.code), industries=("C",), entity_types=("company",),
        banks=("B05",),
    )  # fmt: skip
    assert Place(is_alone=True).filters(context) == Filters(as_of=LAST_ON)
