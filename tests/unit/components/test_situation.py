"""Where a region stands: dates of its own, pace, ranking and what is said about it, on four hand-made counties."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from components import ranking
from components.context import Context
from components.filters import Filters
from components.overview.headline import weekly
from components.sentences import conclusion, ends_headline, late_parts, ranking_headline
from components.situation import Situation, find_target, month_end_before, thresholds
from data_access.access.identity import Access
from data_access.access.roles import ROLES
from data_access.profile import Label, Node, Profile, Target, load_profile
from data_access.selection import Scope
from data_access.store import Coverage
from metrics.compute import totals
from metrics.figures import State
from metrics.lights import Light
from tests.architecture.tree import ROOT

VISITS_ON, LISTS_ON = date(2025, 5, 31), date(2025, 6, 13)
CODES = ("a", "b", "c", "")
TABLES = ("enterprises", "visit_targets", "visits", "applications", "recommendations", "decisions", "loans")


@pytest.fixture(scope="module")
def profile() -> Profile:
    real = load_profile(ROOT / "sample_data" / "zhanjiang")
    nodes = tuple(Node(code, "", 1, Label(f"{code}县", f"County {code}")) for code in CODES if code)
    target = Target("visit_rate", "", 70.0, date(2024, 11, 21), date(2025, 6, 30), "test")
    return replace(real, regions=nodes, targets=(target,), published=())


def measures(visited, listed=(100.0, 100.0, 100.0, 10.0), **more):
    size = len(CODES)
    frame = pd.DataFrame({"visited": visited, "listed": listed}, index=pd.Index(CODES), dtype="float64")
    zeros = (
        *("enterprises", "visited_listed", "visited_off_list", "applied", "recommended", "approved", "approved_amount"),
        *("overdue", "pushes_overdue", "pushes_matured", "pushes_on_time"),
    )
    return frame.assign(**(dict.fromkeys(zeros, np.zeros(size)) | more))


@pytest.fixture
def situation(profile):
    days = {"visits": VISITS_ON, "visit_targets": VISITS_ON}
    coverage = {name: Coverage(1, VISITS_ON, days.get(name, LISTS_ON)) for name in TABLES}
    context = Context(
        None, profile, 1, MappingProxyType(coverage), "zh", Access.open(), Filters(as_of=LISTS_ON), LISTS_ON
    )
    parts = {
        "visits": measures([103.0, 58.0, 30.0, 5.0]),
        "visits_before": measures([60.0, 55.0, 40.0, 5.0]),
        "lists": measures([103.0, 58.0, 30.0, 5.0], overdue=[0.0, 3.0, 0.0, 0.0]),
        "lists_before": measures([103.0, 58.0, 30.0, 5.0]),
    }
    wholes = {name: totals(frame) for name, frame in parts.items()}
    target = find_target(profile, "visit_rate", (), VISITS_ON)
    return Situation(context, VISITS_ON, LISTS_ON, parts, wholes, target, 60.5, thresholds(profile))


def test_every_metric_has_the_date_of_its_own_data(situation):
    assert situation.on("visit_rate") == VISITS_ON
    assert situation.on("applied") == LISTS_ON
    assert situation.compared_with("visit_rate") == date(2025, 4, 30)
    assert situation.compared_with("applied") == VISITS_ON


def test_a_ratio_of_two_dates_is_known(situation):
    assert situation.mixes_dates("application_rate")
    assert not situation.mixes_dates("visit_rate")
    assert not situation.mixes_dates("recommendation_rate")


def test_the_total_is_recomputed_not_averaged(situation):
    assert situation.figure("visit_rate").value == pytest.approx(100 * 196 / 310)


def test_lights_follow_the_schedule(situation):
    assert [situation.light(rate) for rate in (103.0, 58.0, 30.0)] == [Light.GOOD, Light.WARNING, Light.BEHIND]
    assert situation.light(float("nan")) is None


def test_an_unknown_part_has_no_value(situation):
    assert situation.part_figure("visit_rate", "nowhere").state is State.UNDEFINED


def test_the_ranking_puts_the_unclassified_last_and_knows_who_moved(situation):
    rows = ranking.rows(situation, "visit_rate", "rank")
    assert [(row.code, row.rank) for row in rows] == [("a", 1), ("b", 2), ("c", 3), ("", None)]
    assert [row.risen for row in rows[:3]] == [0, 0, 0]
    statutory = ranking.rows(situation, "visit_rate", "statutory")
    assert [row.code for row in statutory] == ["a", "b", "c", ""]


def test_the_table_has_a_total_row_and_rows_that_drill(situation):
    html = ranking.ranking_html(situation, "visit_rate", "rank", drills=True)
    assert html.count("<tr data-act") == 3
    assert 'class="total"' in html
    assert "−30.50" in html
    assert "滞后" in html


def test_the_sheet_holds_numerator_and_denominator(situation):
    sheet = ranking.ranking_sheet(situation, "visit_rate", "rank")
    assert sheet.frame["side0"].tolist()[:3] == [103.0, 58.0, 30.0]
    assert sheet.frame["gap"].iloc[0] == pytest.approx(42.5)


def test_the_conclusion_names_who_is_behind_and_by_how_much(situation):
    sentence, tone = conclusion(situation, None)
    assert sentence.startswith("截至5月31日，")
    assert "b县、c县" in sentence or "c县" in sentence
    assert "未达序时进度" in sentence
    assert sentence.endswith("。")
    assert tone == "warn"


def test_the_headline_names_both_ends(situation):
    assert ends_headline(situation, "visit_rate").startswith("走访率（上报口径）：领先：a县 103.0%")


def test_no_sentence_names_the_unclassified(situation):
    from dataclasses import replace  # noqa: PLC0415 - only here

    parts = {**situation.parts, "visits": measures([103.0, 58.0, 30.0, 11.5])}
    ahead = replace(situation, parts=parts)
    assert "未分类" not in ends_headline(ahead, "visit_rate")
    behind = replace(situation, parts={**parts, "visits": measures([103.0, 58.0, 30.0, 0.0])})
    assert list(late_parts(behind).index) == ["c", "b"]


def test_nobody_is_on_schedule_without_a_rate(situation):
    from dataclasses import replace  # noqa: PLC0415 - only here

    parts = {**situation.parts, "visits": measures([103.0, 58.0, 30.0, 5.0], listed=[np.nan] * len(CODES))}
    unknown = replace(situation, parts=parts, wholes={name: totals(frame) for name, frame in parts.items()})
    assert late_parts(unknown) is None
    assert "序时进度" not in conclusion(unknown, None)[0]
    assert ranking_headline(unknown, "visit_rate").endswith("排名")


def test_a_month_end_before_is_never_the_day_itself():
    assert month_end_before(date(2025, 5, 31)) == date(2025, 4, 30)
    assert month_end_before(date(2025, 3, 1)) == date(2025, 2, 28)


def test_the_nearest_target_applies(profile):
    from dataclasses import replace  # noqa: PLC0415 - only here

    own = Target("visit_rate", "a", 80.0, date(2024, 11, 21), date(2025, 6, 30), "own")
    more = replace(profile, targets=(*profile.targets, own))
    assert find_target(more, "visit_rate", ("a",), VISITS_ON).value == 80.0
    assert find_target(more, "visit_rate", ("b",), VISITS_ON).value == 70.0
    assert find_target(more, "visit_rate", (), date(2024, 1, 1)) is None


def test_weeks_end_with_the_last_day():
    days = pd.DataFrame({"day": pd.to_datetime(["2025-05-31", "2025-05-25", "2025-05-24"]), "n": [1.0, 2.0, 4.0]})
    assert weekly(days, VISITS_ON, weeks=3) == [0.0, 4.0, 3.0]


def test_a_small_count_of_the_earlier_date_is_not_told_and_nothing_that_gives_it_away(situation):
    leader = replace(situation.context, access=Access(None, ROLES["leader"], Scope.everything()))
    lists = {"lists": measures([9.0] * 4, applied=[20.0, 30.0, 40.0, 50.0]),
             "lists_before": measures([9.0] * 4, applied=[2.0, 12.0, 30.0, 40.0])}  # fmt: skip
    told = replace(situation, context=leader, parts={**situation.parts, **lists})
    assert told.values("applied").notna().all()
    assert told.values("applied", before=True).isna().tolist() == [True, True, False, False]
