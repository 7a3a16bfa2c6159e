"""The marks of failing checks: none until they are counted, then a link to the first check that touches the figure."""

import time
from types import SimpleNamespace

import pytest

from components.office import outcomes
from data_access.selection import Scope
from locales import translator


@pytest.fixture
def context(demo_store, zhanjiang, monkeypatch):
    """What the marks need of a page's context, at a version no page has asked for; they are made without the wait."""
    monkeypatch.setattr(outcomes, "DELAY_SECONDS", 0.0)
    return SimpleNamespace(
        store=demo_store, profile=zhanjiang, version=demo_store.version() + 1000, scope=Scope.everything(), lang="zh",
        t=translator("zh"),
    )  # fmt: skip


def test_marks_appear_once_the_checks_are_counted(context):
    assert outcomes.mark_html(context, "backfill_rate") == ""
    for _ in range(200):
        if outcomes.badges(context):
            break
        time.sleep(0.1)
    mark = outcomes.mark_html(context, "backfill_rate", "visited")
    assert "check=back_filled" in mark
    assert "补录的推荐" in mark
    assert outcomes.mark_html(context, "no such metric") == ""
    assert "backfill_rate" in outcomes.marked(context)
    # Another version of the data is counted anew, and the marks of this one are not shown for it.
    later = SimpleNamespace(**{**vars(context), "version": context.version + 1})
    assert outcomes.mark_html(later, "backfill_rate") == ""
