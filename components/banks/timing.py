"""Decision time: how much of what was pushed to a bank is decided by which day, and the cases that are overdue."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from charts.bankmarks import Axis
from charts.banks import decided_figure
from components.banks import leads
from components.banks.desk import Desk, bank_places, row_of
from components.banks.rules import decision_days, fewest_peers
from components.banks.views import View, nothing
from components.banks.words import percent
from components.numbers import count
from components.reads import rules
from components.sheet import Column, Sheet
from data_access.queries.banks import overdue_pushes, push_times
from metrics.banks.timing import decided_by, decision_times, on_time

LONGEST = 90
FEWEST = 20  # pushes, below which a bank is not called slow


def decided_view(desk: Desk, focus: str) -> View:
    """Return the share decided by day of every bank (one minus Kaplan–Meier), one in colour: in focus, or the slowest.

    The reader of one bank sees it beside all others together.
    """
    t, days = desk.context.t, decision_days(desk.context)
    pushed = _pushed(desk)
    if pushed.empty:
        return nothing(t("推荐清单未报送"), "decision_times")
    curves = decided_by(pushed, LONGEST)
    names = {bank: desk.name(str(bank)) if bank else t("其他银行") for bank in curves["bank"].unique()}
    curves["name"] = curves["bank"].map(names)
    start = t("材料收齐后天数") if rules(desk.context).from_documents else t("推送后天数")
    axes = Axis(start, count), Axis("", lambda v: percent(v, 0))
    table = decision_times(pushed)
    by_rule = _at(curves, days)
    told = focus if focus in names else _slowest(by_rule, table)
    figure = decided_figure(curves, (told,), days, *axes, t("其他银行"))
    head = t("各银行决定时长")
    if told and desk.sees(told):
        pattern = (
            t("{bank}：{n} 笔推送 {days} 天内有决定的占 {share}（95% 区间 {low}–{high}）") if told == focus
            else t("{bank}最慢：{n} 笔推送 {days} 天内有决定的只占 {share}（95% 区间 {low}–{high}）")
        )  # fmt: skip
        shares = {name: percent(value) for name, value in row_of(by_rule, told).items()}
        head = pattern.format(bank=names[told], days=days, n=count(table["cases"][told]), **shares)
    note = t("未决的按已等待天数计入（Kaplan–Meier）；竖线为 {days} 天").format(days=days)
    origins = leads.marks(figure, lambda bank: leads.behind(desk, bank, "pushes"))
    metrics = ("on_time_rate", "days_to_decision")
    shown = table.join(by_rule.add_prefix("by_rule_"))
    return View(head, note, figure, lambda: _times_sheet(desk, shown, names), metrics, origins)


def _at(curves: pd.DataFrame, days: int) -> pd.DataFrame:
    """Return by bank the share decided within the rule's days, ``share``, with its interval ``low`` to ``high``."""
    at = curves[curves["day"] == min(days, LONGEST)].set_index("bank")
    return at[["decided", "low", "high"]].set_axis(["share", "low", "high"], axis=1)


def _slowest(by_rule: pd.DataFrame, table: pd.DataFrame) -> str:
    """Return the bank with the least decided within the rule's days; "" without enough pushes.

    Not the one whose last tenth takes longest: a bank that never decides so many has no such day.
    """
    share = by_rule["share"][table["cases"].reindex(by_rule.index) >= FEWEST]
    return str(share.idxmin()) if len(share) else ""


def _pushed(desk: Desk) -> pd.DataFrame:
    """Return the days to a decision by bank; those the reader may not see are together "", if there are enough."""
    context = desk.context
    scope = replace(context.scope, banks=None)
    pushed = push_times(context.store, scope, context.selection, rules(context))
    hidden = ~pushed["bank"].isin(desk.own)
    if pushed.loc[hidden, "bank"].nunique() < fewest_peers(context):
        return pushed[~hidden]
    return (
        pushed.assign(bank=pushed["bank"].where(~hidden, "")).groupby(["bank", "days", "ended"], as_index=False).sum()
    )


def _times_sheet(desk: Desk, table: pd.DataFrame, names: Mapping[str, str]) -> Sheet:
    t = desk.context.t
    shares = on_time(desk.pushes["pushes_matured"], desk.pushes["pushes_on_time"])
    table = table.join(shares).assign(name=[names[str(b)] for b in table.index])
    shown = ("share", "low", "high", "by_rule_share", "by_rule_low", "by_rule_high")
    table = table.assign(**{name: 100 * table[name] for name in shown})
    columns = (
        Column("name", t("银行")), Column("cases", t("推送"), "case", "pushes"),
        Column("median", t("决定天数中位"), "day"),
        Column("p90", t("九成决定天数"), "day"), Column("n", t("满期推送"), "case", "pushes_matured"),
        Column("x", t("按期决定"), "case", "pushes_on_time"),
        Column("share", t("按期决定率"), "percent", "on_time_rate"),
        Column("low", t("按期决定率下限 95%"), "percent"), Column("high", t("按期决定率上限 95%"), "percent"),
        Column("by_rule_share", t("{days} 天内有决定（估计）").format(days=decision_days(desk.context)), "percent"),
        Column("by_rule_low", t("估计下限 95%"), "percent"), Column("by_rule_high", t("估计上限 95%"), "percent"),
    )  # fmt: skip
    table = table.sort_values("share")
    stand = bank_places(desk, table.index)
    return Sheet("decision_times", table, columns, ("on_time_rate", "days_to_decision"), places=stand)


def overdue_sheet(desk: Desk, bank: str) -> Sheet:
    """Return the overdue pushes of a bank ("" = of all), the oldest first, by enterprise number and not by name."""
    context = desk.context
    t, lang, profile = context.t, context.lang, context.profile
    selection = replace(context.selection, banks=(bank,) if bank else ())
    frame = overdue_pushes(context.store, context.scope, selection, rules(context))
    regions = {code: node.label.text(lang) for code, node in profile.region_by_code.items()}
    sections = {code: node.label.short(lang) for code, node in profile.industry_by_code.items()}
    types = {code.code: code.label.text(lang) for code in profile.codes.get("entity_type", ())}
    table = frame.assign(
        name=[desk.name(b) for b in frame["bank"]],
        region=[regions.get(r, r or t("未分类")) for r in frame["region_1"]],
        industry=[sections.get(i, i or t("未分类")) for i in frame["industry_1"]],
        kind=[types.get(k, k) for k in frame["entity_type"]],
    )
    columns = (
        Column("name", t("银行")), Column("enterprise_id", t("主体编号")),
        Column("region", profile.region_levels[0].label.text(lang)),
        Column("industry", t("行业")), Column("kind", t("主体类型")), Column("pushed_on", t("推送日期")),
        Column("days", t("已等待（天）")),
    )  # fmt: skip
    return Sheet("overdue_pushes", table, columns, ("overdue",))
