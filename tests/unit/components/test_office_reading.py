"""What a person types about a published figure: what is taken, and what is asked back."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from components.numbers import Numbers
from components.office.reading import Draft, enterable, read_draft
from data_access.entered import Entered
from locales import translator

TODAY = date(2025, 7, 1)
DRAFT = Draft("visited", "", "走访企业42.14万户", date(2025, 5, 31), "简报第14期")


@pytest.fixture
def context(zhanjiang):
    """The parts of a page's context that reading a draft needs."""
    numbers = Numbers("zh", zhanjiang.currency, 30)
    return SimpleNamespace(t=translator("zh"), lang="zh", numbers=numbers, profile=zhanjiang)


def problems(context, **changes):
    read = read_draft(context, replace(DRAFT, **changes), [], TODAY)
    return read if isinstance(read, list) else []


def test_a_printed_figure_becomes_an_entry(context):
    read = read_draft(context, DRAFT, [], TODAY)
    assert isinstance(read, Entered)
    assert (read.metric, read.value, read.step, read.unit) == ("visited", 421_400, 100, "enterprise")


def test_the_slip_of_the_seed_is_asked_back_with_what_it_probably_means(context):
    (problem,) = problems(context, raw_text="走访企业421404万户")
    assert "421404万户" in problem
    assert "520,000" in problem
    assert "421404，" in problem
    (reason,) = problems(context, raw_text="走访企业421404万户", corrected=421_404)
    assert "理由" in reason
    read = read_draft(context, replace(DRAFT, raw_text="走访企业421404万户", corrected=421_404, note="误写"), [], TODAY)
    assert isinstance(read, Entered)
    assert (read.value, read.step, read.raw_text) == (421_404, 0, "走访企业421404万户")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"raw_text": " "}, "照抄原文"),
        ({"source": ""}, "来源"),
        ({"as_of": date(2024, 1, 1)}, "截止日期"),
        ({"as_of": date(2026, 1, 1)}, "截止日期"),
        ({"raw_text": "没有"}, "没有数字"),
        ({"raw_text": "走访54万户次"}, "不可混用"),
        ({"raw_text": "3.34万户、3.31万户"}, "只抄一个"),
        ({"corrected": 1e9, "note": "x"}, "最大值"),
    ],
)
def test_what_is_wrong_is_said(context, changes, said):
    assert any(said in problem for problem in problems(context, **changes))


def test_a_cumulative_figure_that_falls_needs_a_note(context):
    earlier = [
        Entered("visited", "50万户", 500_000.0, "enterprise", 0.0, date(2025, 4, 30), "简报", entry_id=1),
    ]  # fmt: skip
    read = read_draft(context, DRAFT, earlier, TODAY)
    assert isinstance(read, list)
    assert "500,000" in read[0]
    assert isinstance(read_draft(context, replace(DRAFT, note="清单去重"), earlier, TODAY), Entered)
    assert isinstance(read_draft(context, replace(DRAFT, replaces=1), earlier, TODAY), Entered)


def test_the_rank_in_the_province_can_be_entered_for_the_whole_city_only(context):
    rank = {"metric": "provincial_rank", "raw_text": "走访率位居全省第3"}
    read = read_draft(context, replace(DRAFT, **rank), [], TODAY)
    assert isinstance(read, Entered)
    assert (read.value, read.unit, read.step) == (3, "rank", 0)
    assert problems(context, **rank, region="440802") == ["位次属于全市，地区请选“湛江市”。"]
    assert "provincial_rank" in {entry.key for entry in enterable()}


def test_only_metrics_that_texts_print_can_be_entered():
    keys = {entry.key for entry in enterable()}
    assert {"visited", "visit_rate", "approved_amount"} <= keys
    assert not {"schedule", "days_to_decision", "average_rate_gap"} & keys
