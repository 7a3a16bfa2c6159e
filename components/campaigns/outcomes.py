"""What the meetings brought: headline cards and the table of meetings, themes, types or counties."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from charts.intervals import interval_bar
from components.campaigns.reading import (
    GROUPS,
    STATES,
    Asked,
    asked,
    group_names,
    held,
    is_narrowed,
    kind_name,
    place_name,
    records,
    register,
    summary,
    theme_name,
)
from components.cards import Card, cards_html
from components.context import Context
from components.definition import definition_pop
from components.header import badge
from components.inputs import MEETINGS
from components.numbers import DASH, count, rate
from components.origins import Origin, Place, grouped
from components.panel import figure_html, mark
from components.sheet import Column, Sheet
from components.tables import note_html, row_html, table_html
from locales import N_
from metrics.campaigns import State, out_of_line
from metrics.figures import figure_of
from metrics.proportions import CHANCE, chance_of_unlikeness, difference, wilson

FEWEST_TO_NAME = 20
_EMPTY: dict[str, float] = {}


def whole(context: Context, question: Asked) -> Mapping[str, float]:
    """Return the summary of all meetings asked for; empty where nobody attended or nothing was reported."""
    frame = summary(context, question)
    return _EMPTY if frame.empty else {str(k): float(v) for k, v in frame.iloc[0].items()}


# ---- conclusion and cards -------------------------------------------------------------------------------------------


def conclusion(context: Context, question: Asked) -> str:
    """Return what the meetings brought in one sentence."""
    t, n, events, total = context.t, context.numbers, held(context, question), whole(context, question)
    said = t("截至{day}举办活动 {n} 场").format(day=n.day(context.filters.as_of), n=len(events))
    if not total:
        return said + t("；参会企业名单未报送。") if "event_participants" not in context.reported else said + t("。")
    said += t("，{attendances} 户次、{firms} 户企业参加。").format(
        attendances=count(total["attendances"]), firms=count(total["firms"])
    )
    if not total["due"]:
        return said + t("有意向的活动都未满 90 天，转化率待满期后计算。")
    low, high = (float(x) for x in wilson(total["converted"], total["due"]))
    return said + t(
        "满 90 天的活动中，{due} 户有意向的中小微企业有 {converted} 户获参会银行授信"
        "（{rate}%，95% 区间 {low}–{high}%）；意向 {intent}，授信 {approved}，兑现 {fulfilment}%。"
    ).format(
        due=count(total["due"]), converted=count(total["converted"]), rate=rate(total["conversion"], 1),
        low=rate(low, 1), high=rate(high, 1), intent=n.value(total["due_intent"], "yuan").joined,
        approved=n.value(total["due_approved"], "yuan").joined, fulfilment=rate(total["fulfilment"], 1),
    )  # fmt: skip


def headline_html(context: Context, question: Asked) -> str:
    """Return the cards: meetings, participants, the three amounts apart, and the two rates."""
    total = whole(context, question)
    cards = [_sessions(context, question), _participants(context, total), _intent(context, question, total)]
    cards += [_approved(context, total), _loans(context, total), _rates(context, total)]
    return cards_html(cards)


def _card(
    context: Context, title: str, key: str, value: float | None, lines: Sequence[str], **more: float | None
) -> Card:
    numbers = context.numbers
    figure = figure_of(key, value, context.reported, **more)
    origin = Origin(key, asked(context).place)
    pop = definition_pop(figure, numbers, title=title, origin=origin)
    day = context.t("截至{day}").format(day=numbers.short_day(context.filters.as_of))
    said = [escape(line) for line in lines if line]
    return Card(title=title, shown=numbers.figure(figure), day=day, lines=said, pop=pop, origin=origin)


def _sessions(context: Context, question: Asked) -> Card:
    t, events = context.t, register(context, question)
    coming = int((events["state"] == State.COMING).sum())
    young = int((events["state"] == State.YOUNG).sum())
    lines = [t("未满90天 {n} 场").format(n=young), t("计划 {n} 场").format(n=coming) if coming else ""]
    return _card(context, t("活动场次"), "events", float(len(events) - coming), lines)


def _participants(context: Context, total: Mapping[str, float]) -> Card:
    t = context.t
    lines = [t("去重 {n} 户").format(n=count(total["firms"]))] if total else []
    if total and total["others"]:
        lines.append(t("其中非中小微 {n} 户，不计入转化").format(n=count(total["others"])))
    if total and total["unknown"]:
        lines.append(t("未注明规模 {n} 户，不计入转化").format(n=count(total["unknown"])))
    return _card(context, t("参会企业"), "event_participants", total.get("attendances"), lines)


def _intent(context: Context, question: Asked, total: Mapping[str, float]) -> Card:
    t, events = context.t, held(context, question)
    stated = events["intent_amount"]
    lines = [t("{n} 场登记了意向").format(n=int(stated.notna().sum()))]
    if total:
        small = context.numbers.value(total["intent"], "yuan").joined
        words = t("所选范围的中小微 {amount}") if is_narrowed(context) else t("其中中小微 {amount}")
        lines.append(words.format(amount=small))
    known = float(stated.sum()) if stated.notna().any() else None
    return _card(context, t("① 意向金额"), "intent_amount", known if len(events) else 0.0, lines)


def _approved(context: Context, total: Mapping[str, float]) -> Card:
    t = context.t
    lines = [t("{n} 户中小微企业获参会银行授信").format(n=count(total["approved"]))] if total else []
    if total and total["approved_others"]:
        other = context.numbers.value(total["approved_others"], "yuan").joined
        lines.append(t("非中小微另有 {amount}").format(amount=other))
    value = total.get("approved_amount") if "decisions" in context.reported else None
    return _card(context, t("② 90天内授信"), "event_approved_amount", value, lines)


def _loans(context: Context, total: Mapping[str, float]) -> Card:
    t = context.t
    lines = [t("{n} 户中小微企业获参会银行放款").format(n=count(total["borrowers"]))] if total else []
    lines.append(t("三个金额不相加"))
    value = total.get("loan_amount") if "loans" in context.reported else None
    return _card(context, t("③ 90天内放款"), "event_loan_amount", value, lines)


def _rates(context: Context, total: Mapping[str, float]) -> Card:
    t = context.t
    value = total.get("conversion")
    lines = []
    if total and total["due"]:
        lines = [
            t("{x} / {n} 户，仅满期活动").format(x=count(total["converted"]), n=count(total["due"])),
            t("意向兑现率（金额）{rate}%").format(rate=rate(total["fulfilment"], 1)),
        ]
    return _card(
        context, t("意向转授信率（90天）"), "intent_conversion", value, lines,
        numerator=total.get("converted"), denominator=total.get("due"),
    )  # fmt: skip


# ---- table ----------------------------------------------------------------------------------------------------------


def table(context: Context, question: Asked, group: str) -> pd.DataFrame:
    """Return the rows of the table: the summary by ``group``, for meetings with the register's own columns."""
    frame = summary(context, question, group)
    if group != "event":
        names, column = group_names(context, group), GROUPS[group][0]
        if group != "region":
            frame = _held_of(held(context, question), frame, column)
        if frame.empty:
            return frame
        return frame.assign(code=frame[column], name=[names.get(str(c), context.t("未分类")) for c in frame[column]])
    events = held(context, question)
    rows = events.merge(frame, on="event_id", how="left") if not frame.empty else events
    means = rows["intent_amount"] / rows["firms_count"]
    return rows.assign(code=rows["event_id"], name=rows["title"], unusual=out_of_line(means), mean=means)


def _held_of(events: pd.DataFrame, frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a row for each theme or type with all its meetings held, those without a list of attendants as well."""
    sessions = events.groupby(column).size().astype("float64").rename("sessions").reset_index()
    return sessions.merge(frame.drop(columns="sessions"), on=column, how="left") if not frame.empty else sessions


HEADS = {
    "sessions": N_("场次"),
    "firms": N_("参会企业"),
    "others": N_("非中小微"),
    "intent": N_("①意向"),
    "approved_amount": N_("②90天内授信"),
    "loan_amount": N_("③90天内放款"),
    "conversion": N_("转授信率"),
}


def table_rows_html(context: Context, question: Asked, group: str, chosen: str) -> str:
    """Return the table; a row of a meeting opens it, one of a theme, type or county filters by it."""
    t, frame = context.t, table(context, question, group)
    if frame.empty:
        return note_html(t("没有符合条件的活动"))
    top = float(np.nanmax([10.0, *_uppers(frame)]))
    title = {name: t(words) for name, words in HEADS.items()}
    heads = [("name", t(GROUPS[group][1]))]
    second = {"event": t("状态"), "region": t("参加场次")}.get(group, title["sessions"])
    heads += [("wide", second)]
    heads += [("wide", title["firms"]), ("wide", title["others"]), ("", title["intent"])]
    heads += [("", title["approved_amount"]), ("wide", title["loan_amount"])]
    heads += [("", title["conversion"]), ("text wide", f"0–{top:.0f}%")]
    rows = [_row(context, heads, row, group, top, chosen) for row in records(frame)]
    total, events = dict(whole(context, question)), held(context, question)
    if total and group == "event":  # a meeting stands with what it registered, whoever of its guests the reader may see
        total["intent_all"] = float(events["intent_amount"].sum())
    sessions = total.get("sessions", 0.0) if group == "region" else float(len(events))
    total_of = "" if group == "event" else count(sessions)
    last = _total(context, heads, total, total_of, top, group) if total and len(frame) > 1 else ""
    return table_html(heads, [*rows, last])


def _uppers(frame: pd.DataFrame) -> list[float]:
    if "due" not in frame:
        return []
    known = frame[frame["due"] > 0]
    return [float(x) for x in np.atleast_1d(wilson(known["converted"], known["due"])[1])]


def _row(
    context: Context, heads: list[tuple[str, str]], row: Mapping[str, Any], group: str, top: float, chosen: str
) -> str:
    young = row.get("state") == State.YOUNG
    name = _name(context, row, group)
    second = _state(context, row) if group == "event" else count(float(row["sessions"]))
    (place,) = grouped(GROUPS[group][0], [row["code"]], asked(context).place)
    cells = [name, second, *_cells(context, row, group, place), _conversion(context, row, place), _bar(row, top)]
    verb = {"event": "event", "theme": "theme", "kind": "kind", "region": "region"}[group]
    label = context.t("查看{name}").format(name=row["name"])
    classes = " ".join(filter(None, ("young" if young else "", "chosen" if row["code"] == chosen else "")))
    return row_html(heads, cells, f'{mark(verb, str(row["code"]), label=label)} class="{classes}"')


def _name(context: Context, row: Mapping[str, Any], group: str) -> str:
    if group != "event":
        return escape(str(row["name"]))
    day = context.numbers.short_day(row["held_on"])
    where = " · ".join((day, place_name(context, row["region_1"]), kind_name(context, row["event_type"])))
    t = context.t
    marks = badge(t("已公开报道"), quiet=True) if row["is_published"] else ""
    if row["unusual"]:
        hint = t("户均意向 {mean}，明显高于其他活动；点击看原因").format(
            mean=context.numbers.value(float(row["mean"]), "yuan").joined
        )
        marks += " " + badge(t("意向离群"), hint=hint)
    return f'<span class="zr-event">{escape(str(row["name"]))}<small>{escape(where)} {marks}</small></span>'


def _state(context: Context, row: Mapping[str, Any]) -> str:
    t = context.t
    if row["state"] == State.YOUNG:
        return escape(t("未满90天（第{n}天）").format(n=int(row["observed"])))
    return escape(t(STATES[State(row["state"])]))


def _cells(context: Context, row: Mapping[str, Any], group: str, place: Place) -> list[str]:
    """Return participants, those that are not small, and the three amounts, each leading to its rows."""
    numbers, known = context.numbers, not np.isnan(float(row.get("firms", np.nan)))
    firms = float(row["firms"]) if known else float(row.get("firms_count", np.nan))
    intent = float(row["intent_amount"] if group == "event" else row.get("intent_all", np.nan))
    amounts = [numbers.value(float(row[name]), "yuan").joined if known else DASH for name in _AMOUNTS]
    said = numbers.value(intent, "yuan").joined if intent > 0 else DASH
    texts = [count(firms), count(float(row["others"])) if known else DASH, said, *amounts]
    keys = ["firms", "others", "intent" if group == "event" else "intent_all", *_AMOUNTS]
    origins = [Origin(f"event.{key}", place) if known else None for key in keys]
    return [figure_html(text, origin) for text, origin in zip(texts, origins, strict=True)]


_AMOUNTS = ("approved_amount", "loan_amount")


def _conversion(context: Context, row: Mapping[str, Any], place: Place) -> str:
    due = float(row.get("due", np.nan))
    if due > 0:
        share = f"<b>{rate(float(row['conversion']), 1)}%</b>"
        return figure_html(
            f"{share} <small>{count(float(row['converted']))}/{count(due)}</small>", Origin("intent_conversion", place)
        )
    young = row.get("state") == State.YOUNG and float(row.get("stating", 0) or 0) > 0
    if young:
        so_far = f"{count(float(row['approved']))}/{count(float(row['stating']))}"
        why, word = escape(context.t("未满90天，不计入转化率")), escape(context.t("暂"))
        return f'<span title="{why}">{word} {so_far}</span>'
    return DASH


def _bar(row: Mapping[str, Any], top: float) -> str:
    due = float(row.get("due", np.nan))
    if due > 0:
        low, high = (float(x) for x in wilson(float(row["converted"]), due))
        return interval_bar(float(row["conversion"]), low, high, top)
    stating = float(row.get("stating", 0) or 0)
    if row.get("state") == State.YOUNG and stating > 0:
        return interval_bar(100.0 * float(row["approved"]) / stating, np.nan, np.nan, top)
    return ""


def _total(
    context: Context, heads: list[tuple[str, str]], total: Mapping[str, float], second: str, top: float, group: str
) -> str:
    numbers = context.numbers
    place = asked(context).place
    texts = {name: count(total[name]) for name in ("firms", "others")}
    amounts = {"intent" if group == "event" else "intent_all": total["intent_all"], **{n: total[n] for n in _AMOUNTS}}
    texts |= {name: numbers.value(value, "yuan").joined for name, value in amounts.items()}
    cells = [figure_html(text, Origin(f"event.{name}", place)) for name, text in texts.items()]
    cells = [escape(context.t("合计（每户计一次）")), second, *cells, _conversion(context, total, place)]
    return row_html(heads, [*cells, _bar(total, top)], 'class="total"')


def table_headline(context: Context, question: Asked, group: str) -> str:
    """Return which group's intents came to credit oftest, or that the groups cannot be told apart.

    Whether they differ at all is asked of every group; only those with enough enterprises are named.
    """
    t, frame = context.t, table(context, question, group)
    known = frame[(frame["due"] > 0) & frame["converted"].notna()] if "due" in frame else frame.iloc[:0]
    named = known[known["due"] >= FEWEST_TO_NAME]
    if len(named) < 2:
        return t("意向、授信、放款分列，每户只计一次")
    if chance_of_unlikeness(known["converted"], known["due"]) >= CHANCE:
        return t("满90天的各组转授信率差异不超出随机波动")
    best, worst = (named.iloc[int(k)] for k in (named["conversion"].argmax(), named["conversion"].argmin()))
    pairs = len(named) * (len(named) - 1) / 2  # the highest and the lowest were chosen among so many
    _, low, _ = difference(
        best["converted"], best["due"], worst["converted"], worst["due"], confidence=1.0 - CHANCE / pairs
    )
    if not low > 0:
        return t("满90天的各组转授信率有差异，但有意向满 {n} 户的各组之间分不出高低").format(n=FEWEST_TO_NAME)
    return t("{best}的意向转授信率较高（{a}%），{worst}较低（{b}%）").format(
        best=best["name"], a=rate(float(best["conversion"]), 1),
        worst=worst["name"], b=rate(float(worst["conversion"]), 1),
    )  # fmt: skip


def table_sheet(context: Context, question: Asked, group: str) -> Sheet:
    """Return the table with every count and amount."""
    t, frame = context.t, table(context, question, group)
    columns = [Column("name", t(GROUPS[group][1]))]
    if group == "event" and not frame.empty:
        frame = frame.assign(
            day=frame["held_on"], state_name=[t(STATES[State(s)]) for s in frame["state"]],
            kind_name=[kind_name(context, code) for code in frame["event_type"]],
            theme_name=[theme_name(context, code) for code in frame["theme"]],
        )  # fmt: skip
        columns += [Column("day", t("举办日期")), Column("kind_name", t("活动类型")), Column("theme_name", t("主题"))]
        columns += [
            Column("state_name", t("状态")),
            Column("intent_amount", t("登记的意向金额"), "yuan", "intent_amount"),
        ]
    titles = SHEET | ({"sessions": (N_("参加场次"), "session")} if group == "region" else {})
    columns += [Column(name, t(title), unit, _figure(name)) for name, (title, unit) in titles.items() if name in frame]
    notes = (
        t("授信、放款只计参会银行在活动后 90 天内的；非中小微企业不计入转化率。"),
        t("合计中每户企业、每笔授信只计一次，各行之和可以大于合计。"),
    )
    metrics = ("events", "intent_conversion", "intent_fulfilment")
    codes = frame.get("code", ())
    return Sheet("meetings", frame, tuple(columns), metrics, notes, grouped(GROUPS[group][0], codes, question.place))


def _figure(column: str) -> str:
    """Return the figure of a column of the sheet, "" where no row tells of it."""
    rates = {"conversion": "intent_conversion", "fulfilment": "intent_fulfilment"}
    return rates.get(column) or (f"event.{column}" if f"event.{column}" in MEETINGS else "")


SHEET = {
    "sessions": (N_("场次"), "session"),
    "attendances": (N_("参会户次"), "attendance"),
    "firms": (N_("参会企业"), "enterprise"),
    "others": (N_("非中小微"), "enterprise"),
    "unknown": (N_("未注明规模"), "enterprise"),
    "intent_all": (N_("名单意向金额"), "yuan"),
    "intent": (N_("中小微意向金额"), "yuan"),
    "stating": (N_("有意向的中小微"), "enterprise"),
    "approved": (N_("90天内获授信"), "enterprise"),
    "approved_amount": (N_("90天内授信金额"), "yuan"),
    "borrowers": (N_("90天内获放款"), "enterprise"),
    "loan_amount": (N_("90天内放款金额"), "yuan"),
    "due": (N_("满期的意向企业"), "enterprise"),
    "converted": (N_("其中获授信"), "enterprise"),
    "conversion": (N_("意向转授信率（90天）"), "percent"),
    "due_intent": (N_("满期的意向金额"), "yuan"),
    "due_approved": (N_("其中授信金额"), "yuan"),
    "fulfilment": (N_("意向兑现率（金额）"), "percent"),
}
