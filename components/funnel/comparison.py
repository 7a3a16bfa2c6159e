"""Two selections side by side: every step of the funnel, the difference, and whether chance alone would give it."""

import math
from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from charts.pairs import Pair, pairs_figure
from components.context import Context
from components.dimensions import Dimension, narrowed
from components.funnel.conversion import STEPS, Step, View, read, read_whole, told_part, totals
from components.numbers import DASH, count, rate, signed
from components.origins import WHOLE, Origin, Origins, Place, varying
from components.panel import figure_html
from components.reads import remember
from components.sheet import Column, Sheet
from components.smallcells import fewest_shown
from components.tables import row_html, table_html
from metrics.compute import ratio
from metrics.proportions import difference, wilson


def compared(context: Context, view: View, dimension: Dimension, code: str) -> pd.DataFrame:
    """Return the steps of the selection beside those of the one narrowed to the part ``code`` of ``dimension``.

    Columns ``step``, ``name``, then ``n``, ``x``, ``rate``, ``low``, ``high`` of the first and (with ``_2``) of the
    second, and ``gap``, ``gap_low``, ``gap_high`` in percentage points. The two are taken as independent.
    """
    return remember(
        context, "funnel.compared", lambda: _compared(context, view, dimension, code), view, dimension.key, code
    )


def _compared(context: Context, view: View, dimension: Dimension, code: str) -> pd.DataFrame:
    first, second = _sides(context, view, dimension, code)
    steps = [(key, step) for key, step in STEPS.items() if key != "overall"]
    sides = [
        {"x": [float(s[p.part]) for _, p in steps], "n": [float(s[p.whole]) for _, p in steps]} for s in (first, second)
    ]
    frame = pd.DataFrame({"step": [key for key, _ in steps], "name": [context.t(p.name) for _, p in steps]})
    for side, suffix in zip(sides, ("", "_2"), strict=True):
        one = pd.DataFrame(side, dtype="float64")
        low, high = wilson(one["x"], one["n"])
        rates = ratio(one["x"].to_numpy(), one["n"].to_numpy(), 100.0)
        found = one.assign(rate=rates, low=low, high=high).add_suffix(suffix)
        frame = pd.concat([frame, found], axis=1)
    gap, low, high = difference(frame["x"], frame["n"], frame["x_2"], frame["n_2"])
    return frame.assign(gap=gap, gap_low=low, gap_high=high)


def _sides(
    context: Context, view: View, dimension: Dimension, code: str
) -> tuple["pd.Series[float]", "pd.Series[float]"]:
    """Return the stages of both selections without what the reader may not see.

    A count that is hidden in the breakdown for the sake of a smaller one is hidden here, too.
    """
    whole = read_whole(context, view, dimension)
    other = totals(context, read(context, view, (), narrowed(context.selection, dimension.key, code)), view)
    told = told_part(context, view, dimension, code) if fewest_shown(context) else None
    if told is not None:
        other = other.where(told.reindex(other.index).notna())
    return totals(context, whole, view), other


def pair_figure(frame: pd.DataFrame, names: tuple[str, str]) -> go.Figure:
    """Return the steps as pairs of points."""
    pairs = [
        Pair(
            str(row["name"]), (row["rate"], row["low"], row["high"]), (row["rate_2"], row["low_2"], row["high_2"]),
            (_said(names[0], row, ""), _said(names[1], row, "_2")),
        )
        for row in frame.to_dict("records")
    ]  # fmt: skip
    return pairs_figure(pairs, names)


def _said(name: str, row: Mapping[Hashable, Any], suffix: str) -> str:
    numbers = f"{count(row['x' + suffix])} / {count(row['n' + suffix])}"
    return f"{name}<br>{row['name']} <b>{rate(row['rate' + suffix])}%</b><br>{numbers}"


def verdict(context: Context, low: float, high: float) -> str:
    """Return whether a difference is more than chance: higher, lower, or not to be told apart."""
    t = context.t
    if math.isnan(low):
        return DASH
    if low > 0:
        return t("明显较高")
    return t("明显较低") if high < 0 else t("难以区分")


def pairs_headline(context: Context, frame: pd.DataFrame, names: tuple[str, str]) -> str:
    """Return the step at which the two differ most beyond chance."""
    t = context.t
    sure = frame[(frame["gap_low"] > 0) | (frame["gap_high"] < 0)]
    if sure.empty:
        return t("{first}与{second}：各步转化难以区分").format(first=names[0], second=names[1])
    widest = sure.iloc[int(sure["gap"].abs().argmax())]
    return t("{first}与{second}差距最大的一步是{step}：前者{verdict} {gap} 个百分点").format(
        first=names[0], second=names[1], step=widest["name"], gap=rate(abs(float(widest["gap"])), 1),
        verdict=verdict(context, float(widest["gap_low"]), float(widest["gap_high"])),
    )  # fmt: skip


def side_places(view: View, parameter: str, code: str) -> tuple[Place, Place] | None:
    """Return where either side's figures stand; None for cohorts, whose stages are not the sums of measures."""
    if view.is_cohort:
        return None
    return Place(rule=view.rule), Place(rule=view.rule, only=((parameter, code),))


def pairs_html(
    context: Context, frame: pd.DataFrame, names: tuple[str, str], places: tuple[Place, Place] | None = None
) -> str:
    """Return the numbers behind the points, each leading to where it comes from."""
    t = context.t
    heads = [("name", t("步骤")), ("", names[0]), ("", names[1]), ("", t("差（百分点）")), ("wide", t("95% 区间"))]
    heads.append(("text", t("判断")))
    return table_html(heads, (row_html(heads, _cells(context, row, places)) for row in frame.to_dict("records")))


def pair_origins(frame: pd.DataFrame, places: tuple[Place, Place] | None) -> Origins | None:
    """Return what the points of either side lead to: the second and third of the figure's traces."""
    steps = [STEPS[str(key)] for key in frame["step"]]
    return places and {n: [_share_of(step, place) for step in steps] for n, place in enumerate(places, start=1)}


def _share_of(step: Step, place: Place) -> Origin:
    return Origin(f"{step.part}/{step.whole}", place)


def _cells(context: Context, row: Mapping[Hashable, Any], places: tuple[Place, Place] | None) -> list[str]:
    sides, step = [], STEPS[str(row["step"])]
    for suffix, place in zip(("", "_2"), places or (None, None), strict=True):
        origin = _share_of(step, place) if place else None
        number = figure_html(f"{rate(row['rate' + suffix], 1)}%", origin, label=str(row["name"]))
        sides.append(f"{number} <small class='zr-note'>n={count(row['n' + suffix])}</small>")
    between = DASH if math.isnan(row["gap_low"]) else f"{signed(row['gap_low'])} ~ {signed(row['gap_high'])}"
    said = escape(verdict(context, row["gap_low"], row["gap_high"]))
    return [escape(str(row["name"])), *sides, signed(row["gap"]), between, said]


def pairs_sheet(
    context: Context, frame: pd.DataFrame, names: tuple[str, str], places: tuple[Place, Place] | None = None
) -> Sheet:
    """Return the comparison as a table."""
    t = context.t
    part, whole, share = t("分子"), t("分母"), t("转化率")
    columns = [Column("name", t("步骤"))]
    for name, suffix, place in zip(names, ("", "_2"), places or (WHOLE, WHOLE), strict=True):
        columns += [
            Column(f"x{suffix}", f"{name} {part}", "enterprise", place=place),
            Column(f"n{suffix}", f"{name} {whole}", "enterprise", place=place),
        ]
        columns += [Column(f"rate{suffix}", f"{name} {share}", "percent", place=place)]
    columns += [
        Column(key, title, "percentage_point")
        for key, title in (("gap", t("差")), ("gap_low", t("下限")), ("gap_high", t("上限")))
    ]
    steps = [STEPS[str(key)] for key in frame["step"]] if places else []
    rows = [varying(WHOLE, _figures(step)) for step in steps]
    return Sheet("comparison", frame, tuple(columns), tuple(dict.fromkeys(step.metric for step in STEPS.values())),
                 (t("差的区间为 Newcombe 法"),), tuple(rows))  # fmt: skip


def _figures(step: Step) -> dict[str, str]:
    kinds = {"x": step.part, "n": step.whole, "rate": f"{step.part}/{step.whole}"}
    return {f"{name}{suffix}": key for name, key in kinds.items() for suffix in ("", "_2")}


def side_name(context: Context, dimension: Dimension, code: str) -> str:
    """Return what the second selection is called."""
    return dimension.name(code, context.t("未分类"))
