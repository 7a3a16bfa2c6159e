"""What the wall screen shows of a city: its panels with their ages, its cards, and the line that runs below."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from html import escape

import pandas as pd

from charts.classes import diverging_scale
from charts.scale import ColourScale
from charts.svgmap import Paper, Shape, svg_map
from components.context import Context
from components.filters import child_level
from components.mapview import shapes
from components.numbers import count
from components.origins import SOURCE, Origin, situated
from components.reads import progress
from components.screen import parts
from components.screen.view import Board, Panel, age
from components.sentences import late_parts, speaker
from components.situation import PACED, Situation
from components.trendview import Course, course_headline
from data_access.profile import Node
from data_access.queries.bulletin import last_event, latest_events, overdue_problems
from metrics.figures import State
from metrics.highlights import shortfall_facts

PAPER = Paper(776, 690, 26, "#8FA6C4", "#FFFFFF", "#07101C")
# Worst to best on the dark ground: each reads against it and carries white text with a dark edge.
ON_DARK = ("#B4492B", "#D98A5B", "#7D8898", "#4F8AD0", "#2359A8")
UNKNOWN = "#2A3A50"
DWELL, STALE_DAYS, REFRESH = 25.0, 45, 5.0


def today(context: Context) -> date:
    """Return the day ages are counted from: the last day with data in a synthetic city, whose time stands still."""
    return context.last_on if context.profile.is_demo else datetime.now(UTC).astimezone().date()


def build_board(s: Situation, course: Course | None, title: str) -> Board:
    """Return the whole screen."""
    context = s.context
    t, settings = context.t, context.profile.settings.get("screen", {})
    limit = int(settings.get("stale_days", STALE_DAYS))
    banks = _banks(s)
    events = latest_events(context.store, context.scope, context.selection, 7) if "events" in context.reported else None
    problems = (
        overdue_problems(context.store, context.scope, context.selection) if "problems" in context.reported else None
    )
    synthetic = escape(t("演示数据"))
    badge = f'<span class="badge">{synthetic}</span>' if context.profile.is_demo else ""
    visits_age = age(s.visits_on, today(context))
    lists_age = age(s.lists_on, today(context))
    watch_on = [day for day in (s.lists_on, last_event(events) if events is not None else None) if day]
    panels = [
        _panel(s, "overall", _overall(s, course, banks), visits_age, limit),
        _panel(s, "counties", parts.box(_detail_title(s), parts.county_table(s)), visits_age, limit),
        _panel(s, "banks", _bank_panel(s, banks), lists_age, limit),
        _panel(s, "watch", _watch(s, events, problems), age(max(watch_on, default=None), today(context)), limit),
    ]
    return Board(
        title=f"{escape(title)}{badge}", dates=_dates(s), cards=parts.cards_html(s), panels=panels,
        label=escape(t("动态")), ticker=_ticker(s, events, problems), dwell=float(settings.get("dwell_seconds", DWELL)),
        words={"paused": escape(t("已暂停")), "cut": escape(t("连接中断，正在重连"))},
    )  # fmt: skip


def refresh_seconds(context: Context) -> float:
    """Return how often the screen looks whether the store has changed."""
    return float(context.profile.settings.get("screen", {}).get("refresh_seconds", REFRESH))


def _panel(s: Situation, name: str, html: str, days: int | None, limit: int) -> Panel:
    """Return a panel; one that is older than the limit says so above everything else."""
    if days is None or days <= limit:
        return Panel(name, html)
    said = s.context.t("本画面的数据已 {n} 天未更新").format(n=days)
    return Panel(name, f'<p class="zr-s-age">{escape(said)}</p>{html}', stale=True)


def _dates(s: Situation) -> str:
    t, numbers = s.context.t, s.context.numbers
    said = [t("走访数据截至 {day}").format(day=numbers.day(s.visits_on))] if s.visits_on else []
    said += [t("清单与授信截至 {day}").format(day=numbers.day(s.lists_on))] if s.lists_on else []
    return "<br>".join(map(escape, said))


def _banks(s: Situation) -> parts.Banks:
    """Return the measures of every bank, the largest credit first."""
    frame = progress(s.context, ("bank",), parts.measures(parts.BANK_COLUMNS)).set_index("bank")
    return parts.Banks.of(s, frame[frame.index != ""].sort_values("approved_amount", ascending=False))


# ---- panels -------------------------------------------------------------------------------------------------------


def _overall(s: Situation, course: Course | None, banks: parts.Banks) -> str:
    outlook = course_headline(s, course) if course else ""
    left = f'<div class="zr-s-stack">{parts.pace_html(s, outlook)}{parts.county_ranking(s)}</div>'
    right = f'<div class="zr-s-stack">{parts.funnel(s)}{parts.bank_ranking(s, banks)}</div>'
    return f'<div class="zr-s-cols overall">{left}{map_html(s)}{right}</div>'


def _detail_title(s: Situation) -> str:
    level = child_level(s.context.profile, s.context.filters)
    return s.context.t("各{level}明细").format(level=level.label.text(s.context.lang) if level else "")


def map_html(s: Situation) -> str:
    """Return the map in the middle: visit rates against the whole's, with the legend in words."""
    t, context = s.context.t, s.context
    whole = parts.whole(s, PACED).value
    values = parts.values(s, PACED)
    scale = diverging_scale([float(v) for v in values], float("nan") if whole is None else whole)
    scale = ColourScale(scale.limits, ON_DARK if scale.colours else ())
    found = [_shape(s, node, float(values.get(node.code, float("nan"))), scale) for node in context.profile.children()]
    title = t("各地走访率与整体比")
    drawn = svg_map(shapes(context.profile), found, PAPER, title)
    note = context.profile.map_attribution.text(context.lang)
    said = "" if whole is None else t("整体 {rate}").format(rate=context.numbers.value(whole, "percent").joined)
    head = f"<h2>{escape(title)}<small>{escape(said)}</small></h2>"
    foot = f'<div class="note">{escape(note)}</div>'
    return f'<div class="zr-s-box zr-s-map">{head}{drawn}{_legend(s, scale)}{foot}</div>'


def _shape(s: Situation, node: Node, value: float, scale: ColourScale) -> Shape:
    fill = scale.colour(value) if value == value and scale.colours else UNKNOWN  # noqa: PLR0124 - NaN
    found = parts.part(s, PACED, node.code)
    act = f"{SOURCE}:{Origin(PACED, situated(s, PACED, node.code)).text()}" if found.state is State.OK else ""
    said = s.context.numbers.figure(found).joined
    return Shape(node.code, fill, node.label.short(s.context.lang), said, node.approximate, act)


def _legend(s: Situation, scale: ColourScale) -> str:
    if not scale.limits:
        return ""
    t = s.context.t
    words = (t("远低于"), t("低于"), t("接近"), t("高于"), t("远高于"))
    pieces = [
        f'<span><i style="background:{colour}"></i>{escape(word)}</span>'
        for colour, word in zip(scale.colours, words, strict=True)
    ]
    return f'<div class="legend">{"".join(reversed(pieces))}</div>'


def _bank_panel(s: Situation, banks: parts.Banks) -> str:
    codes = list(banks.rows)
    half = (len(codes) + 1) // 2
    t = s.context.t
    halves = ((1, codes[:half]), (half + 1, codes[half:]))
    boxes = [
        parts.box(t("银行授信与时效"), parts.bank_table(s, banks, first, rows, half)) for first, rows in halves if rows
    ]
    return f'<div class="zr-s-cols two">{"".join(boxes)}</div>'


def _watch(s: Situation, events: pd.DataFrame | None, problems: pd.DataFrame | None) -> str:
    t = s.context.t
    latest = parts.box(t("最近活动"), _list(event_lines(s, events, "<br>")))
    late = parts.overdue_ranking(s) + parts.problem_ranking(s, problems)
    return f'<div class="zr-s-cols three">{late}{latest}</div>'


def _list(lines: Sequence[str]) -> str:
    return f'<ul class="zr-s-list">{"".join(f"<li>{line}</li>" for line in lines)}</ul>'


def overdue_lines(s: Situation, problems: pd.DataFrame | None) -> list[str]:
    """Return who has overdue cases: parts of the region, then departments, the most first. No firms are named."""
    t, context = s.context.t, s.context
    names = {n.code: n.label.text(context.lang) for n in context.profile.children(context.filters.region)}
    lines = [escape(t("超期未决未报送"))] if s.figure("overdue").state is State.NOT_REPORTED else []
    lines += [
        t("{name}　超期未决 {n} 户").format(
            name=escape(names.get(str(code), str(code))),
            n=f"<b class='warn'>{parts.part_html(s, 'overdue', str(code))}</b>",
        )
        for code in [code for code in parts.values(s, "overdue").index if parts.is_some(s, "overdue", code)][:6]
    ]
    if problems is None:
        return [*lines, escape(t("问题台账未报送"))]
    for row in problems[problems["overdue"] > 0].head(5).itertuples(index=False):
        name = escape(parts.department(s, str(row.department)))
        lines.append(t("{name}　超期问题 {n} 件").format(name=name, n=f"<b class='warn'>{row.overdue:,.0f}</b>"))
    return lines or [escape(t("没有超期事项"))]


def event_lines(s: Situation, events: pd.DataFrame | None, separator: str = "　") -> list[str]:
    """Return the latest events: title, day, place, and how many banks and firms met; intents are called intents."""
    t, context = s.context.t, s.context
    if events is None:
        return [escape(t("活动未报送"))]
    lines = []
    for row in events.to_dict("records"):
        node = context.profile.region_by_code.get(str(row["region_1"]))
        facts = [context.numbers.short_day(pd.Timestamp(str(row["held_on"])).date())]
        facts += [node.label.short(context.lang)] if node else []
        if pd.notna(row["banks_count"]) and row["banks_count"]:
            facts.append(t("{n} 家银行").format(n=count(row["banks_count"])))
        few = 0 < float(row["firms_count"] or 0) < context.small_cell
        if pd.notna(row["firms_count"]) and row["firms_count"]:
            facts.append(t("{n} 户企业").format(n=f"<{context.small_cell}" if few else count(row["firms_count"])))
        if pd.notna(row["intent_amount"]) and row["intent_amount"] and not few:
            facts.append(t("意向 {amount}").format(amount=context.numbers.money(float(row["intent_amount"])).joined))
        title = escape(str(row["title"]))
        lines.append(f"<b>{title}</b>{separator}<small>{escape(' · '.join(facts))}</small>")
    return lines or [escape(t("近期没有活动"))]


def _ticker(s: Situation, events: pd.DataFrame | None, problems: pd.DataFrame | None) -> str:
    lines = [*_late(s), *overdue_lines(s, problems)[:8], *event_lines(s, events)[:4]]
    return "".join(f"<span>{line}</span>" for line in lines)


def _late(s: Situation) -> list[str]:
    """Say who is behind schedule, if anybody is."""
    late = late_parts(s)
    return [] if late is None else [escape(speaker(s).behind(shortfall_facts(late)))]
