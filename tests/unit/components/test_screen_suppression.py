"""What the shared screen shows by county and bank: a small count is hidden, and so is whatever would tell it."""

import re
from datetime import date
from html import unescape
from types import SimpleNamespace

import pandas as pd
import pytest

from components.numbers import Numbers
from components.screen import parts
from components.situation import Situation
from locales import translator
from metrics.compute import totals
from metrics.lights import Thresholds

TABLES = frozenset({"visits", "visit_targets", "recommendations", "decisions", "decisions.approved_amount", "loans"})


@pytest.fixture
def situation(zhanjiang):
    def build(smallest=5, **counts):
        frame = pd.DataFrame(counts, dtype=float)
        frame.index = list("ABC")[: len(frame)]
        context = SimpleNamespace(
            reported=TABLES, t=translator("zh"), numbers=Numbers("zh", zhanjiang.currency), small_cell=smallest,
            profile=zhanjiang, lang="zh", filters=SimpleNamespace(region="", path=(), as_of=date(2025, 6, 13)),
            decision_days=30,
        )  # fmt: skip
        both, wholes = {"lists": frame, "visits": frame}, {"lists": totals(frame), "visits": totals(frame)}
        return Situation(context, None, None, both, wholes, None, float("nan"), Thresholds(100.0, 90.0))

    return build


def said(s, key="approved"):
    return [unescape(re.sub("<[^>]*>", "", parts.part_html(s, key, code))) for code in s.parts["lists"].index]


def test_a_small_count_takes_another_with_it(situation):
    assert said(situation(approved=[3, 9, 40])) == ["<5", "＊", "40"]


def test_without_a_small_count_all_are_shown(situation):
    assert said(situation(approved=[0, 9, 40])) == ["0", "9", "40"]


def test_the_limit_is_the_profiles(situation):
    assert said(situation(3, approved=[3, 9, 40])) == ["3", "9", "40"]


def test_what_rests_on_a_hidden_count_is_hidden_with_it(situation):
    s = situation(approved=[3, 9, 40], approved_amount=[3e8, 9e8, 40e8])
    assert said(s, "approved_amount") == ["<5", "＊", "40.00"]


def test_overdue_cases_have_the_same_limit_and_come_without_a_bar(situation):
    s = situation(overdue=[3, 9, 40], approved_amount=[1, 1, 1])
    assert said(s, "overdue") == ["<5", "＊", "40"]
    assert re.findall(r"width:([0-9.]+)", parts.overdue_ranking(s)) == ["100.0", "0.0", "0.0"]


def test_a_total_that_would_tell_is_hidden(situation):
    s = situation(approved=[3])
    assert parts.whole(s, "approved").mark == "<5"
    s = situation(approved=[3, 4, 0])
    assert said(s) == ["<5", "<5", "0"] or parts.whole(s, "approved").mark in {"7", "＊"}


def test_a_rate_that_rests_on_few_leads_no_ranking(situation):
    s = situation(visited=[3, 90, 400], listed=[3, 100, 500])
    assert list(parts.values(s, "visit_rate").dropna().index) in (["C"], [])


def test_a_bank_with_few_approvals_keeps_its_amount_and_another_banks(situation):
    s = situation(approved=[52], approved_amount=[52e8])
    banks = pd.DataFrame({"approved": [3.0, 9, 40], "approved_amount": [3e8, 9e8, 40e8]}, index=list("XYZ"))
    found = dict(parts.bank_figures(s, parts.Banks.of(s, banks), "approved_amount"))
    assert {name: found[name].mark for name in "XYZ"} == {"X": "<5", "Y": "＊", "Z": ""}
