"""When and where: meetings on their dates, where attendants come from, and what followed in a county."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts.campaigns import Meeting, timeline_figure
from charts.maps import Area, CompactDeck, choropleth
from charts.scale import ColourScale, colour_scale
from components.campaigns.reading import (
    STATES,
    Asked,
    group_names,
    held,
    kind_name,
    place_name,
    records,
    register,
    sees_whole_city,
    summary,
    theme_name,
    watched_until,
)
from components.context import Context
from components.mapview import shapes
from components.numbers import DASH, count, rate, signed
from components.origins import Origin, Place, grouped
from components.panel import figure_html, mark
from components.reads import remember
from components.sheet import Column, Sheet
from components.smallcells import fewest_shown
from components.tables import note_html, row_html, table_html
from data_access.queries.history import daily
from metrics.campaigns import FOLLOW_UP_DAYS, State, before_and_after

SIZE = (520, 380)
CITY = ""
# With fewer days on either side, a change says more of single days than of the time.
FEWEST_DAYS = 30


# ---- timeline -------------------------------------------------------------------------------------------------------


def timeline(context: Context, question: Asked) -> go.Figure:
    """Return the meetings on their dates, one lane a theme."""
    events, t = register(context, question), context.t
    lanes = [theme_name(context, code) for code in dict.fromkeys(events["theme"])]
    order = [name for name in group_names(context, "theme").values() if name in lanes]
    order += [lane for lane in dict.fromkeys(lanes) if lane not in order]
    meetings = [_meeting(context, row) for row in records(events)]
    states = {str(code): t(name) for code, name in sorted(STATES.items(), reverse=True)}
    return timeline_figure(
        meetings, order, {k: states[k] for k in ("mature", "young", "coming")}, context.filters.as_of,
        t("截至{day}").format(day=context.numbers.short_day(context.filters.as_of)), FOLLOW_UP_DAYS,
    )  # fmt: skip


def _meeting(context: Context, row: Mapping[str, Any]) -> Meeting:
    firms = float(row["firms_count"])
    size = 0.0 if np.isnan(firms) else firms
    said = [f"<b>{escape(str(row['title']))}</b>", context.numbers.day(row["held_on"])]
    said.append(escape(f"{place_name(context, row['region_1'])} · {kind_name(context, row['event_type'])}"))
    said.append(escape(context.t("登记参会企业 {n} 户").format(n=count(firms))))
    return Meeting(
        str(row["event_id"]), theme_name(context, row["theme"]), row["held_on"], size, "<br>".join(said),
        str(row["state"]),
    )  # fmt: skip


def timeline_headline(context: Context, question: Asked) -> str:
    """Return how many meetings were held, which theme most often, and how many are to come."""
    t, events = context.t, held(context, question)
    if events.empty:
        return t("没有符合条件的活动")
    themes = events["theme"].value_counts()
    said = t("已举办 {n} 场").format(n=len(events))
    if len(themes) > 1:
        said += t("，{theme}最多（{n} 场）").format(theme=theme_name(context, themes.index[0]), n=int(themes.iloc[0]))
    coming = int((register(context, question)["state"] == State.COMING).sum())
    return said + (t("；计划举办 {n} 场").format(n=coming) if coming else "")


def timeline_sheet(context: Context, question: Asked) -> Sheet:
    """Return the register."""
    t, frame = context.t, register(context, question)
    frame = frame.assign(
        place=[place_name(context, x) for x in frame["region_1"]],
        kind=[kind_name(context, x) for x in frame["event_type"]],
        theme_name=[theme_name(context, x) for x in frame["theme"]],
        state_name=[t(STATES[State(x)]) for x in frame["state"]],
    )
    columns = (
        Column("title", t("活动")), Column("held_on", t("举办日期")), Column("place", t("地点")),
        Column("kind", t("活动类型")), Column("theme_name", t("主题")), Column("state_name", t("状态")),
        Column("organiser", t("主办单位")), Column("banks_count", t("参会银行"), "place"),
        Column("firms_count", t("参会企业"), "enterprise"), Column("intent_amount", t("登记的意向金额"), "yuan"),
        Column("source_text", t("公开报道原文")),
    )  # fmt: skip
    return Sheet("register_of_meetings", frame, columns, ("events", "intent_amount"))


def coming_html(context: Context, question: Asked) -> str:
    """Return the meetings to come as a list."""
    t, numbers = context.t, context.numbers
    events = register(context, question)
    rows = events[events["state"] == State.COMING].to_dict("records")
    if not rows:
        return note_html(t("登记簿中没有截止日之后的活动"))
    heads = [("name", t("日期")), ("text wrap", t("活动")), ("text", t("地点")), ("wide", t("拟邀企业"))]
    drawn = [
        row_html(heads, [
            escape(numbers.short_day(row["held_on"])), escape(str(row["title"])),
            escape(place_name(context, row["region_1"])), count(float(row["firms_count"])),
        ])
        for row in rows
    ]  # fmt: skip
    return table_html(heads, drawn)


# ---- map ------------------------------------------------------------------------------------------------------------


def counties(context: Context, question: Asked) -> Mapping[str, Mapping[str, float]]:
    """Return the summary of the enterprises of each county by its code."""
    frame = summary(context, question, "region")
    if frame.empty:
        return {}
    rows = frame.set_index("region_1").to_dict("index")
    return {str(code): {str(k): float(v) for k, v in row.items()} for code, row in rows.items()}


def map_deck(context: Context, question: Asked, size: tuple[int, int] = SIZE) -> tuple[CompactDeck, ColourScale] | None:
    """Return the map of where attendants come from; None for a city without shapes."""
    found, known = shapes(context.profile), counties(context, question)
    if not found:
        return None
    scale = colour_scale([row["firms"] for row in known.values() if row["firms"] >= 0] or [0.0])
    chosen = context.filters.path[0] if context.filters.path else ""
    areas = []
    for node in context.profile.children():
        row = known.get(node.code, {})
        areas.append(Area(
            node.code, node.label.short(context.lang), row.get("firms", float("nan")),
            _tip(context, node.label.text(context.lang), row, _held_in(context, question, node.code)),
            approximate=node.approximate, dimmed=bool(chosen) and node.code != chosen,
        ))  # fmt: skip
    return choropleth(found, areas, scale, size=size), scale


def attendants(question: Asked, code: str) -> Origin:
    """Return where the attendants of a county come from."""
    (place,) = grouped("region_1", [code], question.place)
    return Origin("event.firms", place)


def _held_in(context: Context, question: Asked, code: str) -> list[dict[str, Any]]:
    """Return the meetings held in a county, with what followed there where credit is reported."""
    events = held(context, question)
    if "decisions" in context.reported and len(events):
        events = events[["event_id", "region_1"]].merge(around(context, question), on="event_id")
    return records(events[events["region_1"] == code])


def _tip(context: Context, name: str, row: Mapping[str, float], sessions: Sequence[Mapping[str, Any]]) -> str:
    t = context.t
    lines = [f"<b>{escape(name)}</b>", escape(t("在此举办 {n} 场").format(n=len(sessions)))]
    lines += [_followed_there(context, meeting) for meeting in sessions]
    if row:
        lines.append(escape(t("参会企业 {n} 户").format(n=count(row["firms"]))))
        lines.append(escape(t("90天内获参会银行授信 {n} 户").format(n=count(row["approved"]))))
    return "<br>".join(lines)


def _followed_there(context: Context, meeting: Mapping[str, Any]) -> str:
    """Return a line on a meeting: its day, and the first approvals a day in the county before it and after it."""
    day = context.numbers.short_day(meeting["held_on"])
    if "days_after" not in meeting:
        return escape(day)
    words = {side: _per_day(meeting, side, context.t("（{n}天）")) for side in ("before", "after")}
    said = escape(context.t("当地日均获授信（户）"))
    return f"{escape(day)} {said} {words['before']} → {words['after']}"


def legend_html(context: Context, scale: ColourScale) -> str:
    """Return the classes of the map and its attribution."""
    pieces = [
        f'<span><i style="background:{colour}"></i>{low:,.0f}–{high:,.0f}</span>'
        for colour, low, high in zip(scale.colours, scale.limits, scale.limits[1:], strict=False)
    ]
    if any(node.approximate for node in context.profile.children()):
        approximate = escape(context.t("边界为示意"))
        pieces.append(f'<span><i class="hatch"></i>{approximate}</span>')
    attribution = escape(context.profile.map_attribution.text(context.lang))
    return f'<div class="zr-legend">{"".join(pieces)}</div><div class="zr-note">{attribution}</div>'


def map_headline(context: Context, question: Asked) -> str:
    """Return where most attendants come from, and which counties sent none."""
    t, known = context.t, counties(context, question)
    if not known:
        return t("参会企业名单未报送") if "event_participants" not in context.reported else t("没有参会企业")
    code = max(known, key=lambda c: known[c]["firms"])
    if context.filters.path:
        return t("{name}参会企业 {n} 户").format(name=place_name(context, code), n=count(known[code]["firms"]))
    none = [n.label.short(context.lang) for n in context.profile.children() if n.code not in known]
    said = t("{name}参会企业最多（{n} 户）").format(name=place_name(context, code), n=count(known[code]["firms"]))
    return said + (t("；{names}没有").format(names=t("、").join(none)) if none else "")


# ---- before and after -----------------------------------------------------------------------------------------------


def courses(context: Context) -> dict[str, pd.DataFrame]:
    """Return the daily first approvals (户) of each county, and of the whole city under "".

    Whatever the filters say of enterprises or period: what a county is compared with is itself.
    """
    return remember(context, "campaigns.courses", lambda: _courses(context))


def _courses(context: Context) -> dict[str, pd.DataFrame]:
    selection = type(context.selection)(as_of=context.filters.as_of)
    frame = daily(context.store, context.scope, selection, "approved", ("region_1",))
    found = {str(code): frame[frame["region_1"] == code] for code in frame["region_1"].unique()}
    return found | {CITY: frame.groupby("day", as_index=False)["n"].sum()}


def around(context: Context, question: Asked) -> pd.DataFrame:
    """Return for each meeting the approvals a day in its county before and after it, and the city's at the same time.

    Columns ``title``, ``held_on``, ``place``, ``state``, ``before``, ``after`` (户 in the days there were),
    ``days_before``, ``days_after``, and ``change`` and ``city_change``: the daily number after ÷ before, in per cent
    above it (NaN with fewer than ``FEWEST_DAYS`` on either side). Who does not see the whole city has no
    ``city_change``: it would be that of the reader's own enterprises.
    """
    return remember(context, "campaigns.around", lambda: _around(context, question), question.key)


def _around(context: Context, question: Asked) -> pd.DataFrame:
    known, until, start = courses(context), watched_until(context), context.profile.programme_start
    empty, compares = known[CITY].iloc[:0], sees_whole_city(context)
    rows = []
    for row in held(context, question).to_dict("records"):
        code = row["region_1"] if isinstance(row["region_1"], str) else CITY
        own = _told(context, before_and_after(known.get(code, empty), row["held_on"], start, until))
        city = _told(context, before_and_after(known[CITY], row["held_on"], start, until))
        said = {"event_id": row["event_id"], "title": row["title"], "held_on": row["held_on"], "state": row["state"]}
        change = {"change": _change(own), "city_change": _change(city) if code and compares else float("nan")}
        rows.append({**said, "code": code, "place": place_name(context, row["region_1"]), **own, **change})
    return pd.DataFrame(rows)


def _told(context: Context, found: Mapping[str, float]) -> Mapping[str, float]:
    """Return what happened around a meeting without the counts that are too small for the reader."""
    small = {side for side in ("before", "after") if 0 < found[side] < fewest_shown(context)}
    return {name: float("nan") if name in small else n for name, n in found.items()}


def _change(found: Mapping[str, float]) -> float:
    if min(found["days_before"], found["days_after"]) < FEWEST_DAYS or not found["before"] > 0:
        return float("nan")
    return 100.0 * (found["after"] / found["days_after"] / (found["before"] / found["days_before"]) - 1.0)


def around_html(context: Context, question: Asked) -> str:
    """Return what happened around each meeting as a table."""
    t, frame = context.t, around(context, question)
    if frame.empty:
        return note_html(t("没有符合条件的活动"))
    heads = [("name wrap", t("活动")), ("text wide", t("地点")), ("wide", t("此前日均（户）"))]
    heads += [("wide", t("此后日均（户）")), ("", t("变化"))]
    heads += [("", t("同期全市变化"))] if sees_whole_city(context) else []
    return table_html(heads, [_around_row(context, heads, row) for row in records(frame)])


def _around_row(context: Context, heads: list[tuple[str, str]], row: Mapping[str, Any]) -> str:
    t = context.t
    name = f"{escape(str(row['title']))} <small>{escape(context.numbers.short_day(row['held_on']))}</small>"
    told = (_per_day(row, side, t("（{n}天）")) for side in ("before", "after"))
    sides = [
        figure_html(text, None if text == DASH else Origin("approved", place))
        for text, place in zip(told, _sides_of(row), strict=True)
    ]
    young = ' class="young"' if row["state"] == State.YOUNG else ""
    changes = [DASH if np.isnan(row[k]) else f"{signed(row[k], 0)}%" for k in ("change", "city_change")]
    label = t("查看{name}").format(name=row["title"])
    attributes = f"{mark('event', str(row['event_id']), label=label)}{young}"
    return row_html(heads, [name, escape(str(row["place"])), *sides, *changes][: len(heads)], attributes)


def _sides_of(row: Mapping[str, Any]) -> tuple[Place, Place]:
    """Return where the approvals before a meeting and after it stand: its county, and the days that were counted."""
    place = Place((("region_1", row["code"]),) if row["code"] else (), is_alone=True)
    first, last = (timedelta(int(row[f"days_{side}"])) for side in ("before", "after"))
    held_on, one = row["held_on"], timedelta(1)
    return (
        replace(place, start=held_on - first, at=held_on - one),
        replace(place, start=held_on, at=held_on + last - one),
    )


def _per_day(row: Mapping[str, Any], side: str, days: str) -> str:
    length = float(row[f"days_{side}"])
    if not length:
        return DASH
    short = f" <small>{escape(days.format(n=int(length)))}</small>" if length < FOLLOW_UP_DAYS else ""
    return f"{rate(float(row[side]) / length, 1)}{short}"


def around_headline(context: Context, question: Asked) -> str:
    """Return in how many counties approvals rose more than the city's around a meeting."""
    t, frame = context.t, around(context, question)
    if not sees_whole_city(context):
        return t("活动前后您所见企业获授信的户数（只描述先后，不说明因果）")
    known = frame.dropna(subset=["change", "city_change"]) if len(frame) else frame
    known = known[known["state"] == State.MATURE] if len(known) else known
    if known.empty:
        return t("活动前后当地获授信户数：满期的县级活动太少，只作陈列")
    # As the table shows them, so that what reads alike is not called higher.
    more = int((known["change"].round() > known["city_change"].round()).sum())
    return t("满90天的 {n} 场县级活动中，{m} 场之后当地获授信的变化好于同期全市（只描述先后，不说明因果）").format(
        n=len(known), m=more
    )


def around_sheet(context: Context, question: Asked) -> Sheet:
    """Return the same as a table."""
    t = context.t
    columns = (
        Column("title", t("活动")), Column("held_on", t("举办日期")), Column("place", t("地点")),
        Column("before", t("此前获授信"), "enterprise"), Column("days_before", t("此前天数"), "day"),
        Column("after", t("此后获授信"), "enterprise"), Column("days_after", t("此后天数"), "day"),
        Column("change", t("日均变化"), "percent"),
        *([Column("city_change", t("同期全市变化"), "percent")] if sees_whole_city(context) else []),
    )  # fmt: skip
    frame = around(context, question)
    return Sheet("around_meetings", frame, columns if len(frame) else (), ("approved",), (around_note(context),))


def around_note(context: Context) -> str:
    """Return what the comparison of before and after is and is not."""
    t = context.t
    said = t(
        "数活动所在县（全市活动则为全市）首次获授信的全部企业，不限参会者；"
        "此前从机制启动日算起最多 90 天，不足的注明天数；任一侧不足 {n} 天的不算变化。"
    ).format(n=FEWEST_DAYS)
    return said if sees_whole_city(context) else said + t("只数您所见的企业，不与全市比较。")
