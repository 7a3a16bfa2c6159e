"""The headline cards of a region: how much was visited, listed, approved and lent, at what price, and its rank."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import escape

import numpy as np
import pandas as pd

from charts.sparkline import sparkline
from components.cards import Card, Gauge, cards_html, change_html, light_html
from components.definition import definition_pop
from components.header import badge
from components.numbers import Shown
from components.office.outcomes import mark_html
from components.origins import Origin, situated
from components.panel import figure_html
from components.published import Rank, published_rank
from components.reads import increments, progress
from components.situation import PACED, Situation, schedule_of
from data_access.profile import Target
from locales import N_
from metrics.compute import compute
from metrics.derived import rank
from metrics.figures import Figure, figure_of
from metrics.lights import light

# The cards that show one metric, the metric told in a line below it, and what its course is drawn from.
PLAIN_CARDS = (
    ("applied", N_("申报清单"), "application_rate", "applied"),
    ("recommended", N_("推荐清单"), "recommendation_rate", "recommended"),
    ("approved", N_("获授信户数"), "approval_rate_recommended", "approved"),
    ("approved_amount", N_("累计授信金额"), "credit_per_enterprise", "approved_amount"),
    ("loan_amount", N_("累计放款金额"), "drawdown_ratio", "loan_amount"),
    ("average_rate", N_("加权平均利率"), "unsecured_share", ""),
)
WEEKS = 16


def headline_html(situation: Situation) -> str:
    """Return all headline cards as HTML."""
    cards = [_visits(situation)]
    cards += [_plain(situation, *entry) for entry in PLAIN_CARDS]
    cards += [_overdue(situation), _rank(situation)]
    return cards_html([_flagged(situation, card) for card in cards])


def _flagged(s: Situation, card: Card) -> Card:
    """Return the card with the mark of the checks of the data that touch its figure."""
    return replace(card, flags=mark_html(s.context, card.origin.key)) if card.origin else card


def _visits(s: Situation) -> Card:
    numbers, t = s.context.numbers, s.context.t
    visited, reported, covered, off_list = (
        s.figure(k) for k in ("visited", PACED, "list_coverage", "off_list_visited")
    )
    lines = [_change(s, "visited")]
    lines += _pace(s, reported, s.due) or _towards(s, visited)
    lines.append(_beside(s, t("清单外走访"), off_list))
    # Both bars share one scale, so that a rate above 100 % is seen to pass the list.
    top = max(reported.value or 0.0, 100.0)
    due = s.due / top if s.due > 0 else None
    gauges = [
        Gauge(
            t("走访率（上报口径）"), numbers.figure(reported).joined, (reported.value or 0.0) / top, due,
            origin=_origin(s, PACED), flags=mark_html(s.context, PACED),
        ),
        Gauge(
            t("清单内覆盖率"), numbers.figure(covered).joined, (covered.value or 0.0) / top, due, soft=True,
            origin=_origin(s, "list_coverage"), flags=mark_html(s.context, "list_coverage"),
        ),
    ]  # fmt: skip
    notes = [_target_note(s, s.target, "percent"), _target_note(s, s.target_of("visited"), visited.unit)]
    pop = definition_pop(reported, numbers, title=t("走访率"), notes=notes, origin=_origin(s, PACED))
    weeks = t("近 {n} 周每周新增").format(n=WEEKS)
    return Card(
        title=t("累计走访户数"), shown=numbers.figure(visited), day=_day(s, s.visits_on), lines=lines, gauges=gauges,
        pop=pop, spark=_spark(s, "visited", s.visits_on, width=190, height=46), spark_note=weeks, hero=True,
        origin=_origin(s, "visited"),
    )  # fmt: skip


def _plain(s: Situation, key: str, title: str, companion: str, course: str) -> Card:
    numbers, t = s.context.numbers, s.context.t
    main, beside = s.figure(key), s.figure(companion)
    name = numbers.name(beside.metric)
    origin = _origin(s, key)
    target, on = s.target_of(key), s.on(key)
    lines = [_change(s, key), *_towards(s, main), _beside(s, name, beside)]
    pop = definition_pop(main, numbers, title=t(title), notes=[_target_note(s, target, main.unit)], origin=origin)
    mixed = t("口径日期不一致") if beside.value is not None and s.mixes_dates(companion) else ""
    hint = t("走访截至 {visits}，清单截至 {lists}，比率为近似值").format(
        visits=numbers.day(s.visits_on), lists=numbers.day(s.lists_on)
    )
    return Card(
        title=t(title), shown=numbers.figure(main, decimals=2 if key == "average_rate" else 1), day=_day(s, s.on(key)),
        lines=lines, pop=pop, spark=_spark(s, course, on),
        badge=badge(mixed, quiet=True, hint=hint) if mixed else "", origin=origin,
    )  # fmt: skip


def _towards(s: Situation, figure: Figure) -> list[str]:
    """Return the pace of a count or an amount towards a target of its own, if it has one."""
    key = figure.metric.key
    target, on = s.target_of(key), s.on(key)
    return _pace(s, figure, schedule_of(target).at(on)) if target and on else []


def _pace(s: Situation, figure: Figure, due: float) -> list[str]:
    """Return the light of a figure against what its schedule asks for today, and both in words."""
    numbers, t = s.context.numbers, s.context.t
    if not due > 0 or figure.value is None:
        return []
    share = 100.0 * figure.value / due
    said = t("序时进度 {due}，为其 {share}").format(
        due=numbers.value(due, figure.unit).joined, share=numbers.value(share, "percent", decimals=0).joined
    )
    return [f"{light_html(light(share, s.thresholds), t)} {escape(said)}"]


def _origin(s: Situation, key: str) -> Origin:
    return Origin(key, situated(s, key))


def _beside(s: Situation, name: str, beside: Figure) -> str:
    shown, key = s.context.numbers.figure(beside).joined, beside.metric.key
    leading = figure_html(f"<b>{escape(shown)}</b>", _origin(s, key), label=f"{name} {shown}")
    return f"{escape(name)} {leading}{mark_html(s.context, key)}"


def _overdue(s: Situation) -> Card:
    numbers, t = s.context.numbers, s.context.t
    overdue, pending, on_time = (s.figure(key) for key in ("overdue", "pending", "on_time_rate"))
    lines = [
        _change(s, "overdue"),
        _beside(s, t("待决"), pending),
        _beside(s, numbers.name(on_time.metric), on_time),
    ]
    origin = _origin(s, "overdue")
    pop = definition_pop(overdue, numbers, title=t("超期未决"), origin=origin)
    day = _day(s, s.on("overdue"))
    return Card(title=t("超期未决"), shown=numbers.figure(overdue), day=day, lines=lines, pop=pop, origin=origin)


def _rank(s: Situation) -> Card:
    """The city's rank as published; a region's own, computed among its neighbours."""
    numbers, t = s.context.numbers, s.context.t
    found = published_rank(s.context)
    place, of, line, day = _published_rank(s, found) if not s.context.filters.path else _own_rank(s)
    said = t("原文：{text}（{source}）")
    notes = [said.format(text=found.raw_text, source=found.source)] if found and not of else []
    # A region's own rank is made from the visit rate; the city's is published, by somebody else.
    origin = _origin(s, PACED if of else "provincial_rank")
    pop = definition_pop(figure_of("provincial_rank", place), numbers, title=t("位次"), notes=notes, origin=origin)
    shown = Shown(t("第 {n} 位").format(n=int(place))) if place else Shown(t("未报送"))
    title = t("走访率位次（本级共 {n}）").format(n=of) if of else t("走访率全省位次")
    return Card(title=title, shown=shown, day=day, lines=[line], pop=pop, origin=origin)


def _published_rank(s: Situation, found: Rank | None) -> tuple[float | None, int, str, str]:
    if found is None:
        return None, 0, "", ""
    t = s.context.t
    return found.value, 0, escape(t("来源 {source}").format(source=found.source)), _day(s, found.as_of)


def _own_rank(s: Situation) -> tuple[float | None, int, str, str]:
    context = s.context
    siblings = rank(sibling_rates(s))
    places = siblings[siblings.index == context.filters.region].dropna()
    line = escape(context.t("按走访率（上报口径）在同级中排名"))
    place = float(places.iloc[0]) if len(places) else None
    return place, int(siblings.notna().sum()), line, _day(s, s.visits_on)


def sibling_rates(s: Situation) -> "pd.Series[float]":
    """Return the visit rate of the region in view and of those beside it, by code."""
    context, depth = s.context, len(s.context.filters.path)
    parent = context.filters.path[-2] if depth > 1 else ""
    frame = progress(
        context, (f"region_{depth}",), ("listed", "visited"), at=s.visits_on, regions=(parent,) if parent else ()
    )
    return compute(frame.set_index(f"region_{depth}"), PACED)


def _change(s: Situation, key: str) -> str:
    now, before, on = s.figure(key), s.figure(key, before=True), s.on(key)
    if on is None:
        return ""
    since = s.context.t("较{day}").format(day=s.context.numbers.short_day(s.compared_with(key)))
    return change_html(now.value, before.value, now.metric, s.context.numbers, since)


def _day(s: Situation, day: date | None) -> str:
    return s.context.t("截至 {day}").format(day=s.context.numbers.short_day(day)) if day else ""


def _spark(s: Situation, measure: str, until: date | None, *, width: int = 84, height: int = 26) -> str:
    """Return the increments of the last weeks as a sparkline."""
    if not measure or until is None or s.figure(measure).value is None:
        return ""
    return sparkline(weekly(increments(s.context, measure), until), width=width, height=height)


def weekly(frame: pd.DataFrame, until: date, weeks: int = WEEKS) -> Sequence[float]:
    """Return the sums of the last ``weeks`` weeks that end with ``until``, oldest first."""
    days = frame["day"].to_numpy(dtype="datetime64[D]")
    week = (np.datetime64(until, "D") - days).astype(np.int64) // 7  # 0 is the week that ends with ``until``
    shown = (week >= 0) & (week < weeks)
    sums = np.bincount(week[shown], weights=frame["n"].to_numpy(dtype=np.float64)[shown], minlength=weeks)
    return [float(total) for total in sums[::-1]]


def _target_note(s: Situation, target: Target | None, unit: str) -> str:
    if target is None:
        return ""
    return s.context.t("目标 {value} 于 {day} 前完成；{source}").format(
        value=s.context.numbers.value(target.value, unit).joined,
        day=s.context.numbers.day(target.ends_on), source=target.source,
    )  # fmt: skip
