"""What the breakdown of the funnel says of rates: that they differ only where chance does not explain it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from components.funnel import breakdown
from components.funnel.conversion import STEPS
from locales import translator
from metrics.proportions import wilson


def said(monkeypatch, applied, visited):
    frame = pd.DataFrame({"applied": applied, "visited": visited}, dtype="float64")
    low, high = wilson(frame["applied"], frame["visited"])
    frame = frame.assign(
        code=list("甲乙丙丁戊")[: len(frame)],
        mature=True,
        rate=100 * frame["applied"] / frame["visited"],
        low=low,
        high=high,
    )
    monkeypatch.setattr(breakdown, "rows", lambda *_: frame)
    context, view = SimpleNamespace(t=translator("zh")), SimpleNamespace(steps=STEPS)
    dimension = SimpleNamespace(key="region", title="区县", name=lambda code, _: code)
    return breakdown.breakdown_headline(context, view, dimension, "apply")


@pytest.mark.parametrize(
    ("applied", "visited", "headline"),
    [
        ([50, 20, 30], [100, 100, 100], "甲较高（50.0%），乙较低（20.0%）"),
        ([12, 10, 11], [40, 40, 40], "各区县的差异不超出随机波动"),
        # Each interval overlaps every other; five together are too unlike for chance.
        ([58, 42, 58, 42, 50], [100, 100, 100, 100, 100], "各区县之间有差异，但分不出谁最高、谁最低"),
        ([20, np.nan], [40, 40], "按区县"),
    ],
)
def test_parts_are_told_apart_where_chance_does_not_explain_them(monkeypatch, applied, visited, headline):
    assert headline in said(monkeypatch, applied, visited)
