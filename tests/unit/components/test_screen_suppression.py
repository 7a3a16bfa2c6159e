"""Counts by county on the shared screen: a small one is hidden, and so is what would tell it."""

from types import SimpleNamespace

import pandas as pd
import pytest

from components.numbers import Numbers
from components.screen import parts
from locales import translator


@pytest.fixture
def situation(zhanjiang):
    def build(*counts):
        frame = pd.DataFrame({"approved": [float(n) for n in counts]}, index=list("ABC")[: len(counts)])
        context = SimpleNamespace(
            reported=frozenset({"recommendations", "decisions"}), t=translator("zh"),
            numbers=Numbers("zh", zhanjiang.currency),
        )  # fmt: skip
        return SimpleNamespace(parts={"lists": frame, "visits": frame}, context=context)

    return build


def said(situation, key="approved"):
    return ["＊" if "＊" in (text := parts.part_html(situation, key, code)) else pd.Series(text).str.replace(
        "<[^>]*>", "", regex=True).item().replace("&lt;", "<") for code in situation.parts["lists"].index]  # fmt: skip


def test_a_small_count_takes_another_with_it(situation):
    assert said(situation(3, 9, 40)) == ["<5", "＊", "40"]
    assert parts.is_withheld(situation(3, 9, 40), "approved", "A")
    assert parts.is_withheld(situation(3, 9, 40), "approved", "B")
    assert not parts.is_withheld(situation(3, 9, 40), "approved", "C")


def test_without_a_small_count_all_are_shown(situation):
    assert said(situation(0, 9, 40)) == ["0", "9", "40"]


def test_a_rate_hides_no_other(situation):
    assert parts.companions(situation(3, 9, 40), "on_time_rate") == frozenset()
