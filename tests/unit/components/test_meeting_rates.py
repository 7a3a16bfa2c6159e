"""Which group of meetings is said to have led to credit oftest."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from components.campaigns import outcomes
from components.campaigns.reading import Asked
from locales import translator


def said(monkeypatch, converted, due):
    frame = pd.DataFrame({"converted": converted, "due": due}, dtype="float64")
    frame = frame.assign(conversion=100 * frame["converted"] / frame["due"], name=list("甲乙丙丁戊")[: len(frame)])
    monkeypatch.setattr(outcomes, "table", lambda *_: frame)
    return outcomes.table_headline(SimpleNamespace(t=translator("zh")), Asked("any", "any"), "event")


@pytest.mark.parametrize(
    ("converted", "due", "headline"),
    [
        # 6 of 7 lie apart from 6 of 46; seven are too few to be named.
        ([6, 6, 10, 32, 20], [46, 7, 40, 101, 58], "有差异，但有意向满 20 户的各组之间分不出高低"),
        # Intervals that overlap a little are no sign of chance.
        ([38, 20, 16], [108, 58, 86], "甲的意向转授信率较高（35.2%），丙较低（18.6%）"),
        ([12, 10, 11], [40, 40, 40], "差异不超出随机波动"),
        ([6, 6], [7, 46], "每户只计一次"),
        ([38, np.nan, 16], [108, 58, 86], "甲的意向转授信率较高（35.2%），丙较低（18.6%）"),
        ([], [], "每户只计一次"),
    ],
)
def test_rates_are_told_apart_where_chance_does_not_explain_them(monkeypatch, converted, due, headline):
    assert headline in said(monkeypatch, converted, due)
