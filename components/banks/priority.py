"""Priority enterprises and the balance between counties: whom the credit is meant to reach first."""

from dataclasses import replace

import pandas as pd

from components.banks.desk import Desk
from components.context import Context
from components.numbers import DASH
from components.origins import Place
from components.reads import progress
from components.sheet import Column, Sheet
from data_access.queries.priority import by_tag
from metrics.balance import county_balance, priority_approved_amount, priority_visited

METRICS = ("priority_visited", "priority_approved_amount")
KIND = "priority"


def priority_sheet(desk: Desk, bank: str) -> Sheet:
    """Return visits and credit by priority tag, of one bank ("" = of all the reader may see)."""
    context = desk.context
    t, tags = context.t, _tags(context)
    selection = replace(context.selection, banks=(bank,) if bank else ())
    rows = by_tag(context.store, context.scope, selection, tuple(tags))
    table = rows.set_index("tag").assign(
        visited=priority_visited(rows), amount=priority_approved_amount(rows), name=pd.Series(tags)
    )
    columns = (
        Column("name", t("重点领域")), Column("visited", t("累计走访户数"), "enterprise", "visited"),
        Column("approved", t("获授信户数"), "enterprise", "approved"),
        Column("amount", t("累计授信"), "yuan", "approved_amount"),
    )  # fmt: skip
    notes = (t("一户可有几个标签，各行不能相加"),)
    first = table.sort_values("amount", ascending=False)
    only = (("bank", bank),) if bank else ()
    places = tuple(Place(only=(("tag", str(tag)), *only)) for tag in first.index)
    return Sheet("priority", first, columns, METRICS, notes, places)


def balance_said(context: Context) -> str:
    """Return a sentence on how evenly the counties' lists are covered."""
    t = context.t
    if not {"visits", "visit_targets"} <= context.reported:
        return t("县域均衡度：未报送")
    everyone = context.seeing(replace(context.scope, banks=None))
    rows = progress(everyone, ("region_1",), ("listed", "visited_listed"), at=context.as_of("visits"))
    rows = rows[rows["region_1"] != ""]
    coverage = rows["visited_listed"] / rows["listed"].where(rows["listed"] > 0)
    found = county_balance(coverage)
    value = DASH if pd.isna(found) else f"{found:.3f}"
    return t("县域均衡度 {value}（各县清单内覆盖率的标准差 ÷ 平均值，0 为完全均衡）").format(value=value)


def _tags(context: Context) -> dict[str, str]:
    codes = context.profile.codes.get("tag", ())
    return {c.code: c.label.text(context.lang) for c in codes if c.attributes.get("kind") == KIND}
