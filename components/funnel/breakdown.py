"""A step of the funnel for every part of the selection: rate with interval, the numbers behind, a row filters."""

import math
from collections.abc import Sequence
from html import escape

import pandas as pd
import plotly.graph_objects as go

from charts.cohorts import Cohort, cohort_figure
from charts.intervals import interval_bar
from components.context import Context
from components.dimensions import MONTH, Dimension
from components.funnel.conversion import (
    STAGES,
    Step,
    View,
    breakdown,
    cohort_key,
    cohort_place,
    read_whole,
    stage_reported,
    step_key,
)
from components.numbers import count, rate
from components.origins import NOWHERE, Origin, Origins, Place, grouped
from components.panel import figure_html, mark
from components.reads import remember
from components.sheet import Column, Sheet
from components.tables import note_html, table_html
from locales import N_
from metrics.proportions import CHANCE, chance_of_unlikeness, wilson

STAGE_NAMES = {
    "visited": N_("已走访"),
    "needing": N_("有融资需求"),
    "applied": N_("申报"),
    "recommended": N_("推荐"),
    "approved": N_("获授信"),
    "borrowers": N_("放款"),
    "pushes_decided": N_("已决定推送"),
    "pushes_backfilled": N_("补录推送"),
}
# Rates of fewer enterprises than this are not named as the highest or lowest.
FEWEST = 30


def rows(context: Context, view: View, dimension: Dimension, step: str) -> pd.DataFrame:
    """Return the breakdown, remembered."""
    return remember(
        context, "funnel.breakdown", lambda: breakdown(context, view, dimension, step), view, dimension.key, step
    )


def part_places(context: Context, view: View, dimension: Dimension, codes: Sequence[str]) -> Sequence[Place | None]:
    """Return where the figures of each part stand; None in a cohort while no month is mature."""
    if not view.is_cohort:
        return grouped(dimension.column, codes, Place(rule=view.rule))
    if dimension.key == MONTH:
        window = ("window", str(view.window))
        return [Place((window, ("month", code)), rule=view.rule) for code in codes]
    place = cohort_place(read_whole(context, view, dimension), view)
    return grouped(dimension.column, codes, place) if place else [None] * len(codes)


def breakdown_html(context: Context, view: View, dimension: Dimension, step: str, whole: "pd.Series[float]") -> str:
    """Return the breakdown as an HTML table with the whole as its last row; rows of known parts set their filter."""
    t, frame, chosen = context.t, rows(context, view, dimension, step), view.steps[step]
    if frame.empty:
        missing = math.isnan(whole[chosen.whole]) or math.isnan(whole[chosen.part])
        return note_html(t("未报送") if missing else t("没有可分组的记录"))
    axis = _axis(frame)
    total = 100.0 * whole[chosen.part] / whole[chosen.whole] if whole[chosen.whole] > 0 else float("nan")
    heads = [("name", dimension.title), ("wide", t(STAGE_NAMES[chosen.whole])), ("", t(STAGE_NAMES[chosen.part]))]
    heads += [
        ("", t(chosen.name)),
        ("text", f"{axis[0]:.0f}–{axis[1]:.0f}%" if axis[0] else ""),
        ("wide", t("95% 区间")),
    ]
    places = part_places(context, view, dimension, [str(code) for code in frame["code"]])
    drawn = [
        _row(context, view, dimension, row, chosen, axis, total, place)
        for row, place in zip(_records(frame), places, strict=True)
    ]
    everyone = cohort_place(read_whole(context, view, dimension), view) if view.is_cohort else Place(rule=view.rule)
    return table_html(heads, [*drawn, _total(context, view, whole, chosen, axis, everyone)])


def _axis(frame: pd.DataFrame) -> tuple[float, float]:
    """Return where the scale begins and ends: at 0, unless all rates lie in its upper half."""
    top = max(float(frame["high"].max()), float(frame["rate"].max()), 1e-9)
    least = float(frame["low"].min())
    return (math.floor(least / 5.0) * 5.0 if least > top / 2 else 0.0), top


def _records(frame: pd.DataFrame) -> list[dict[str, float | str | bool]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _row(  # noqa: PLR0913, PLR0917 - what a row is made of
    context: Context,
    view: View,
    dimension: Dimension,
    row: dict[str, float | str | bool],
    step: Step,
    axis: tuple[float, float],
    total: float,
    place: Place | None,
) -> str:
    part, whole = step.part, step.whole
    t, code = context.t, str(row["code"])
    name = dimension.name(code, t("未分类"))
    known = dimension.filter and code in dimension.names
    leads = mark(dimension.filter, code, label=t("查看{name}").format(name=name)) if known else ""
    left_out = escape(t("观察期未满，不计入合计"))
    young = "" if row["mature"] else f' class="young" title="{left_out}"'
    value, low, high = (float(row[key]) for key in ("rate", "low", "high"))
    said = f"{rate(low, 1)}–{rate(high, 1)}" if row["mature"] else t("观察期未满")
    limits = (low, high) if row["mature"] else (float("nan"),) * 2
    bar = interval_bar(value, *limits, axis[1], mark=total, base=axis[0])
    texts = (count(float(row[whole])), count(float(row[part])), f"<b>{rate(value)}%</b>")
    numbers = dict(zip(_keys(view, step), texts, strict=True))
    shown = [figure_html(text, Origin(key, place) if place else None, label=name) for key, text in numbers.items()]
    return (
        f'<tr {leads}{young}><td class="name">{escape(name)}</td><td class="wide">{shown[0]}</td>'
        f"<td>{shown[1]}</td><td>{shown[2]}</td><td>{bar}</td>"
        f'<td class="wide">{escape(said)}</td></tr>'
    )


def _keys(view: View, step: Step) -> tuple[str, str, str]:
    """Return the figures of a row: the stage a step begins with, the one it reaches, and the share."""
    share = step_key(view, step)
    part, _, whole = share.partition("/")
    return whole, part, share


def _total(
    context: Context, view: View, whole: "pd.Series[float]", step: Step, axis: tuple[float, float], place: Place | None
) -> str:
    x, n = float(whole[step.part]), float(whole[step.whole])
    low, high = (float(limit) for limit in wilson(x, n))
    value, name = 100.0 * x / n if n > 0 else float("nan"), escape(context.t("合计"))
    numbers = dict(zip(_keys(view, step), (count(n), count(x), f"{rate(value)}%"), strict=True))
    shown = [figure_html(text, Origin(key, place) if place else None, label=name) for key, text in numbers.items()]
    return (
        f'<tr class="total"><td class="name">{name}</td><td class="wide">{shown[0]}</td>'
        f"<td>{shown[1]}</td><td>{shown[2]}</td><td>{interval_bar(value, low, high, axis[1], base=axis[0])}</td>"
        f'<td class="wide">{rate(low, 1)}–{rate(high, 1)}</td></tr>'
    )


def breakdown_headline(context: Context, view: View, dimension: Dimension, step: str) -> str:
    """Return which parts have the highest and the lowest rate, or that they cannot be told apart."""
    t, frame, name = context.t, rows(context, view, dimension, step), context.t(view.steps[step].name)
    known = frame[(frame["code"] != "") & frame["mature"] & frame["rate"].notna()]
    if dimension.key == MONTH and len(known) > 1:
        first, last = known.iloc[0], known.iloc[-1]
        return t("{step}：{first} 为 {a}%，{last} 为 {b}%").format(
            step=name,
            first=dimension.name(first["code"], ""),
            a=rate(first["rate"], 1),
            last=dimension.name(last["code"], ""),
            b=rate(last["rate"], 1),
        )
    known = known[known[view.steps[step].whole] >= FEWEST]
    if len(known) < 2:
        return t("{step}：按{dimension}").format(step=name, dimension=dimension.title)
    # By their limits, so that a lucky handful is not called the best.
    best, worst = known.iloc[int(known["low"].argmax())], known.iloc[int(known["high"].argmin())]
    if best["low"] <= worst["high"]:
        return _undecided(context, view.steps[step], known).format(step=name, dimension=dimension.title)
    return t("{step}：{best}较高（{high}%），{worst}较低（{low}%）").format(
        step=name, best=dimension.name(best["code"], t("未分类")), high=rate(best["rate"], 1),
        worst=dimension.name(worst["code"], t("未分类")), low=rate(worst["rate"], 1),
    )  # fmt: skip


def _undecided(context: Context, step: Step, known: pd.DataFrame) -> str:
    """Return what is said where no part stands out: that they differ all the same, if chance does not explain it."""
    if chance_of_unlikeness(known[step.part], known[step.whole]) < CHANCE:
        return context.t("{step}：各{dimension}之间有差异，但分不出谁最高、谁最低")
    return context.t("{step}：各{dimension}的差异不超出随机波动")


def breakdown_sheet(context: Context, view: View, dimension: Dimension, step: str) -> Sheet:
    """Return the breakdown as a table with every stage."""
    t, chosen = context.t, view.steps[step]
    frame = rows(context, view, dimension, step)
    named = [dimension.name(str(code), t("未分类")) for code in frame["code"]]
    frame = frame.assign(name=named, state=[t("已满") if m else t("观察期未满") for m in frame["mature"]])
    counts = [
        stage for stage in (*STAGES, chosen.part, chosen.whole) if stage in frame and stage_reported(context, stage)
    ]
    columns = [Column("name", dimension.title)]
    columns += [
        Column(
            stage,
            t(STAGE_NAMES[stage]),
            "case" if stage.startswith("pushes") else "enterprise",
            cohort_key(stage) if view.is_cohort else stage,
        )
        for stage in dict.fromkeys(counts)
    ]
    columns += [
        Column("rate", t(chosen.name), "percent", step_key(view, chosen)),
        Column("low", t("下限"), "percent"),
        Column("high", t("上限"), "percent"),
    ]
    columns += [Column("state", t("观察期"))] if view.is_cohort else []
    found = part_places(context, view, dimension, [str(code) for code in frame["code"]])
    places = tuple(place or NOWHERE for place in found)
    return Sheet("breakdown", frame, tuple(columns), view.metrics(step), (t("区间为 95% Wilson 区间"),), places)


def month_figure(context: Context, view: View, dimension: Dimension, step: str) -> go.Figure:
    """Return the months of a step as bars: cohorts that are not mature hatched."""
    t, frame, chosen = context.t, rows(context, view, dimension, step), view.steps[step]
    bars = [_bar(dimension, row, chosen.part, chosen.whole) for row in _records(frame)]
    mature = t("首次走访满 {n} 天的批次").format(n=view.window) if view.is_cohort else t("当月新增户数之比")
    return cohort_figure([bar for bar in bars if bar.rate == bar.rate], mature=mature, young=t("观察期未满"))


def month_origins(context: Context, view: View, dimension: Dimension, step: str) -> Origins:
    """Return what the bars of the months lead to."""
    frame, chosen = rows(context, view, dimension, step), view.steps[step]
    codes = [str(code) for code in frame.loc[frame["rate"].notna(), "code"]]
    places = part_places(context, view, dimension, codes)
    return {0: [Origin(step_key(view, chosen), place) for place in places if place]}


def _bar(dimension: Dimension, row: dict[str, float | str | bool], part: str, whole: str) -> Cohort:
    value, low, high = (float(row[key]) for key in ("rate", "low", "high"))
    name = dimension.name(str(row["code"]), "")
    said = f"{name} <b>{rate(value)}%</b><br>{count(float(row[part]))} / {count(float(row[whole]))}"
    return Cohort(name, value, low, high, bool(row["mature"]), said)
