"""What the analyses say about numbers made up to have one plain answer."""

import pandas as pd
import pytest

from components.context import Context
from components.filters import Filters
from components.funnel.comparison import verdict
from components.funnel.dropoffs import reasons_headline, reasons_html
from components.masks import masked_name
from components.numbers import DASH
from data_access.access.identity import Access
from data_access.store import open_store

NAN = float("nan")
NAMES = ["stage", "title", "name", "repairable", "department", "fix", "n"]


@pytest.fixture
def context(duckdb_url, zhanjiang):
    store, day = open_store(duckdb_url), zhanjiang.programme_start
    yield Context(store, zhanjiang, 0, {}, "zh", Access.open(), Filters(as_of=day), day)
    store.close()


@pytest.mark.parametrize(
    ("limits", "said"),
    [((0.1, 2.0), "明显较高"), ((-2.0, -0.1), "明显较低"), ((-1.0, 1.0), "难以区分"), ((NAN, NAN), DASH)],
)
def test_a_difference_is_only_called_one_beyond_chance(context, limits, said):
    assert verdict(context, *limits) == said


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("张三小吃店", "sole_trader", "张*"),
        ("李四家庭农场", "family_farm", "李*"),
        ("某某有限公司", "company", "某某有限公司"),
        ("某某合作社", "cooperative", "某某合作社"),
        ("王五", "", "王*"),
        ("王五", "unheard_of", "王*"),
        ("", "sole_trader", ""),
    ],
)
def test_a_name_that_may_be_a_persons_is_masked(context, name, kind, shown):
    assert masked_name(context, name, kind) == shown


def test_refusals_say_how_much_can_be_mended_and_who_leads_most(context):
    rows = [
        ("decision", "未获授信", "征信", True, "人行", "结清", 30.0),
        ("decision", "未获授信", "证照", True, "市监", "补齐", 20.0),
        ("decision", "未获授信", "评分", False, "", "", 50.0),
        ("visit", "走访未成", "失联", None, "", "", 900.0),
    ]
    frame = pd.DataFrame(rows, columns=NAMES).assign(status="rejected", reason="x")
    assert reasons_headline(context, frame) == "不予授信的 50.0% 可修复，人行牵头的最多（30 户）"
    html = reasons_html(context, frame)
    assert html.index("失联") < html.index("征信")
    assert "人行牵头：结清" in html


def test_no_stops_say_so(context):
    empty = pd.DataFrame([], columns=NAMES)
    assert "没有记录到中途退出" in reasons_html(context, empty)
    assert reasons_headline(context, empty) == "各阶段退出原因"
