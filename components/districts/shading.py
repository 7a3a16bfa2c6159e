"""How a metric colours a map: by its value, or by its distance from the schedule or from the whole city's value."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

import pandas as pd

from charts.classes import diverging_scale
from charts.scale import ColourScale, colour_scale
from components.numbers import RATE_UNITS, Numbers
from components.situation import PACED, Situation
from locales import N_
from metrics.catalogue import Metric, load_terms, metric
from metrics.shrinkage import prior

VALUE, TARGET, WHOLE, SHRUNKEN = "value", "target", "whole", "shrunken"
NAMES = {
    VALUE: N_("按数值"),
    TARGET: N_("与序时进度比"),
    WHOLE: N_("与整体比"),
    SHRUNKEN: N_("小样本收缩"),
}
# Coloured by how much, not by how far from something.
PLAIN = (VALUE, SHRUNKEN)


@dataclass(frozen=True)
class Shading:
    """The numbers a map is coloured by (by code), their scale, and what they are: one of ``NAMES``."""

    kind: str
    values: "pd.Series[float]"
    scale: ColourScale


def kinds(s: Situation, key: str) -> tuple[str, ...]:
    """Return the ways a metric can colour the map, the one that suits it best first.

    A rate with a dated target is compared with its schedule while some part falls short of it, any other ratio that
    has a better direction with the whole.
    """
    entry = metric(key)
    if not entry.is_ratio:
        return (VALUE,)
    shrinks = (SHRUNKEN,) if may_shrink(key) else ()
    if key == PACED and s.due > 0:
        short = bool((s.values(key) < s.due).any())
        return (TARGET, WHOLE, VALUE, *shrinks) if short else (WHOLE, TARGET, VALUE, *shrinks)
    return (VALUE, WHOLE, *shrinks) if entry.polarity == "neutral" else (WHOLE, VALUE, *shrinks)


def may_shrink(key: str) -> bool:
    """Whether a metric is a share of counted enterprises or cases, all of them among those it is a share of.

    The reported visit rate is none: it counts visits outside its denominator too.
    """
    entry, measures = metric(key), load_terms().measure
    counted = [name for name in entry.measures if measures[name].unit in {"enterprise", "case", "event"}]
    return entry.unit == "percent" and len(counted) == len(entry.measures) and key != PACED


def shading(s: Situation, key: str, kind: str, others: Sequence[Situation] = ()) -> Shading:
    """Return how ``key`` colours the parts of ``s``; with ``others`` (other months) one scale fits them all."""
    values = numbers_of(s, key, kind)
    known = [float(v) for one in (s, *others) for c, v in numbers_of(one, key, kind).items() if c]
    scale = colour_scale(known) if kind in PLAIN else diverging_scale(known, 0.0, metric(key).polarity)
    return Shading(kind, values, scale)


def numbers_of(s: Situation, key: str, kind: str) -> "pd.Series[float]":
    """Return the values of the parts, or their distances from what ``kind`` compares them with."""
    values = s.values(key)
    if kind == SHRUNKEN:
        return _shrunken(s, key)
    if kind == TARGET:
        return values - s.due
    if kind == WHOLE:
        whole = s.figure(key).value
        return values - (math.nan if whole is None else whole)
    return values


def _shrunken(s: Situation, key: str) -> "pd.Series[float]":
    """Return each part's share drawn towards that of all parts, the more the fewer cases it rests on."""
    figures = {str(code): s.part_figure(key, str(code)) for code in s.values(key).index}
    parts = [math.nan if f.numerator is None else f.numerator for f in figures.values()]
    wholes = [math.nan if f.denominator is None else f.denominator for f in figures.values()]
    drawn = prior(parts, wholes).shrink(parts, wholes)
    known = [value if f.value is not None else math.nan for value, f in zip(drawn, figures.values(), strict=True)]
    return pd.Series(known, index=list(figures), dtype="float64")


def legend_html(s: Situation, key: str, shade: Shading, *, flat: bool = True) -> str:
    """Return the classes of a map in words and numbers, the meaning of grey and of hatching, and the attribution.

    Only a ``flat`` map has hatching and points.
    """
    t, profile = s.context.t, s.context.profile
    words = _values(shade, s.context.numbers, metric(key)) if shade.kind in PLAIN else _distances(s, key, shade)
    pieces = [
        f'<span><i style="background:{colour}"></i>{escape(said)}</span>'
        for colour, said in zip(shade.scale.colours, words, strict=True)
    ]
    if shade.values.isna().any() or not pieces:
        unknown = escape(t("无数据"))
        pieces.append(f'<span><i class="none"></i>{unknown}</span>')
    if flat and any(node.approximate for node in profile.children()):
        schematic = escape(t("边界为示意"))
        pieces.append(f'<span><i class="hatch"></i>{schematic}</span>')
    if flat and not s.context.filters.path and profile.settings.get("map", {}).get("markers"):
        outside = escape(t("图形外代管的地方，示意"))
        pieces.append(f'<span><i class="spot"></i>{outside}</span>')
    title = escape(legend_title(s, key, shade.kind))
    if flat and len(s.context.filters.path) > 1:  # a map of where the town lies: its colours are no classes
        pieces, title = [], escape(t("深色为所在镇街"))
    attribution = escape(profile.map_attribution.text(s.context.lang))
    return (
        f'<div class="zr-legend"><b>{title}</b>{"".join(pieces)}</div><div class="zr-note">{attribution}</div>'
    )  # fmt: skip


def legend_title(s: Situation, key: str, kind: str) -> str:
    """Return what the colours stand for."""
    t, numbers, entry = s.context.t, s.context.numbers, metric(key)
    if kind == TARGET:
        due = numbers.value(s.due, "percent").joined
        return t("与序时进度 {due} 相差（百分点）").format(due=due)
    if kind == WHOLE:
        whole = numbers.figure(s.figure(key)).joined
        unit = numbers.unit("percentage_point" if entry.unit == "percent" else entry.unit)
        return t("与整体 {whole} 相差（{unit}）").format(whole=whole, unit=unit)
    name = s.context.numbers.name(entry)
    return t("{metric}，向整体收缩的估计（只用于着色）").format(metric=name) if kind == SHRUNKEN else name


def _values(shade: Shading, numbers: Numbers, entry: Metric) -> list[str]:
    limits = shade.scale.limits
    whole = all(float(limit).is_integer() for limit in limits)
    said = [numbers.value(limit, entry.unit, decimals=0 if whole else 1) for limit in limits]
    return [f"{low.text}–{high.joined}" for low, high in pairwise(said)]


def _distances(s: Situation, key: str, shade: Shading) -> list[str]:
    """Say the five classes: far below, below, about the same, above, far above."""
    t, limits = s.context.t, shade.scale.limits
    if not limits:
        return []
    money = metric(key).unit not in RATE_UNITS
    said = [_plain(s, key, abs(limit), money=money) for limit in limits]
    return [
        t("低 {n} 以上").format(n=said[1]),
        t("低 {a}–{b}").format(a=said[2], b=said[1]),
        t("相差不到 {n}").format(n=said[3]),
        t("高 {a}–{b}").format(a=said[3], b=said[4]),
        t("高 {n} 以上").format(n=said[4]),
    ]


def _plain(s: Situation, key: str, value: float, *, money: bool) -> str:
    if money:
        return s.context.numbers.value(value, metric(key).unit).text
    return f"{value:.10g}"
