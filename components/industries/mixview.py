"""How much of the difference between two regions or two months is industry mix, and how much is performance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd
import plotly.graph_objects as go

from charts.effects import Effect, effects_figure
from components.context import Context
from components.dimensions import Dimension, month_name
from components.industries.industryview import CREDIT, Sides, by_side, cells, measures, sides
from components.numbers import signed
from components.origins import NOWHERE, Origin, Origins, Place, grouped, modelled, month
from components.reads import remember
from components.sheet import Column, Sheet
from components.situation import LIST_TABLES
from components.smallcells import told_cells, told_parts
from components.tables import note_html
from data_access.queries.cohorts import month_end
from metrics.catalogue import metric
from metrics.decomposition import Decomposition, decompose

REGIONS, MONTHS = "region", "month"
# More industries than this are drawn as one.
NAMED = 12
# In place of a code: the industries with too few enterprises for the reader, as one.
REST = "*"


@dataclass(frozen=True)
class Split:
    """The difference of a metric between two sides, split by industry; ``places`` are where either side stands."""

    key: str
    names: tuple[str, str]
    rows: Dimension
    parts: Decomposition
    places: tuple[Place, Place]


def months(context: Context) -> dict[str, str]:
    """Return the months of the programme that have data, by "YYYY-MM", oldest first."""
    last = context.as_of(*LIST_TABLES, "visits") or context.filters.as_of
    first = (context.selection.start or context.profile.programme_start).replace(day=1)
    found = pd.period_range(first, last, freq="M")
    return {str(month): month_name(context, month.start_time.date()) for month in found}


def regions(context: Context, rows: Dimension, columns: Dimension | None, key: str) -> dict[str, str]:
    """Return the regions that can be compared by code, from the highest to the lowest value of the metric."""
    if columns is None:
        return {}
    s = sides(key)
    frame = by_side(context, rows, columns, "column")
    known = frame[(frame["column"] != "") & (frame[s.whole] > 0)]
    ordered = known.assign(value=known[s.part] / known[s.whole]).sort_values("value", ascending=False)
    return {str(code): columns.name(str(code), "") for code in ordered["column"]}


def split(
    context: Context, key: str, kind: str, pair: tuple[str, str], rows: Dimension, columns: Dimension | None,
    names: Mapping[str, str],
) -> Split:  # fmt: skip
    """Return the split of the difference between the two regions or months of ``pair``."""
    build = (lambda: _of_months(context, key, pair, rows)) if kind == MONTHS else (
        lambda: _of_regions(context, key, pair, rows, columns)
    )  # fmt: skip
    parts = remember(context, "industries.split", build, key, kind, pair, rows.column)
    column = columns.column if columns else ""
    first, second = (month(code) if kind == MONTHS else Place(((column, code),)) for code in pair)
    return Split(key, (names[pair[0]], names[pair[1]]), rows, parts, (first, second))


def _of_regions(
    context: Context, key: str, pair: tuple[str, str], rows: Dimension, columns: Dimension | None
) -> Decomposition:
    frame, s = cells(context, rows, columns), sides(key)
    told = told_cells(context, frame, ("row", "column"), (s.part, s.whole, "approved"))
    known, shown = ([f[f["column"] == code].set_index("row") for code in pair] for f in (frame, told))
    return _decomposed(s, known, shown)


def _of_months(context: Context, key: str, pair: tuple[str, str], rows: Dimension) -> Decomposition:
    s = sides(key)
    both = [
        measures(context, replace(context.selection, start=start, as_of=end), (rows.column,)).set_index(rows.column)
        for start, end in map(_month, pair)
    ]
    return _decomposed(s, both, [told_parts(context, frame) for frame in both])


def _decomposed(s: Sides, known: Sequence[pd.DataFrame], told: Sequence[pd.DataFrame]) -> Decomposition:
    """Return the decomposition of what is ``known``, the industries with counts that are not ``told`` as one."""
    names = list({s.part, s.whole})
    hidden = [(shown[names].isna() & full[names].notna()).any(axis=1) for full, shown in zip(known, told, strict=True)]
    untold = sorted({str(code) for side in hidden for code in side.index[side]})
    return decompose(known[0], known[1], s.part, s.whole, s.scale).together(untold, REST)


def _month(name: str) -> tuple[date, date]:
    start = date.fromisoformat(f"{name}-01")
    return start, month_end(start)


def default_months(known: Mapping[str, str], last_on: date) -> tuple[str, str]:
    """Return the last complete month and the one before it, or the two ends of what there is."""
    complete = [name for name in known if _month(name)[1] <= last_on + timedelta(days=1)]
    chosen = complete[-2:] if len(complete) > 1 else list(known)[-2:]
    return chosen[-1], chosen[0]


def effects(context: Context, found: Split) -> pd.DataFrame:
    """Return the industries by the size of their effects, the rest as one: ``name``, ``code``, the parts' columns."""
    t, parts = context.t, found.parts.parts
    codes = [str(code) if str(code) in found.rows.names else "" for code in parts.index]
    named = parts.assign(name=_names(context, found), code=codes)
    size = (named["mix"].abs() + named["performance"].abs()).sort_values(ascending=False)
    ordered = named.loc[size.index]
    if len(ordered) <= NAMED:
        return ordered
    rest = ordered.iloc[NAMED - 1 :]
    sums = rest[["share_1", "share_2", "mix", "performance"]].sum()
    other = pd.DataFrame([{**sums.to_dict(), "name": t("其余 {n} 个行业").format(n=len(rest)), "code": ""}])
    return pd.concat([ordered.iloc[: NAMED - 1], other], ignore_index=True)


def _names(context: Context, found: Split) -> list[str]:
    t = context.t
    together = t("户数过少的行业")
    return [together if code == REST else found.rows.name(str(code), t("未分类")) for code in found.parts.parts.index]


def split_figure(context: Context, found: Split) -> go.Figure:
    """Return the effects of every industry as bars."""
    t, divisor, unit = context.t, *unit_of(context, found)
    mix, performance = t("行业结构"), t("自身表现")
    bars = [
        Effect(
            str(row["name"]), row["mix"] / divisor, row["performance"] / divisor,
            f"{row['name']}<br>{mix} <b>{signed(row['mix'] / divisor)}</b>"
            f"<br>{performance} <b>{signed(row['performance'] / divisor)}</b>",
        )
        for row in effects(context, found).to_dict("records")
    ]  # fmt: skip
    return effects_figure(bars, mix=mix, performance=performance, unit=unit)


def split_origins(context: Context, found: Split) -> Origins:
    """Return what the bars of either effect lead to: the metric of the industry, which both were worked out from."""
    codes = [str(code) for code in effects(context, found)["code"]]
    column = found.rows.column
    bars = [Origin(found.key, modelled(Place(((column, code),)))) if code else None for code in codes]
    return {0: bars, 1: bars}


def unit_of(context: Context, found: Split) -> tuple[float, str]:
    """Return what effects are divided by for display, and the name of the unit."""
    if found.key != CREDIT:
        return 1.0, context.numbers.unit("percentage_point")
    factor, name = context.numbers.scale(max(abs(found.parts.first), abs(found.parts.second)))
    return factor, name


def split_headline(context: Context, found: Split) -> str:
    """Return the difference and its two parts in a sentence."""
    t, parts = context.t, found.parts
    divisor, unit = unit_of(context, found)
    if parts.difference != parts.difference:
        return t("两者之一没有数据，无法分解")
    higher = t("高") if parts.difference >= 0 else t("低")
    return t("{first}比{second}{higher} {gap} {unit}：行业结构 {mix}，自身表现 {performance}").format(
        first=found.names[0], second=found.names[1], higher=higher, gap=f"{abs(parts.difference) / divisor:.2f}",
        unit=unit, mix=signed(parts.mix / divisor), performance=signed(parts.performance / divisor),
    )  # fmt: skip


def split_sentence(context: Context, found: Split) -> str:
    """Return what the split means for who must act."""
    t, parts = context.t, found.parts
    total = abs(parts.mix) + abs(parts.performance)
    if not total > 0:
        return ""
    if abs(parts.performance) >= 0.6 * total:
        return t("差距主要来自同行业内的表现，结构相同也会有差距。")
    if abs(parts.mix) >= 0.6 * total:
        return t("差距主要来自行业结构，同行业内的表现相近，不宜直接比较高低。")
    return t("行业结构与自身表现都有影响。")


def split_html(context: Context, found: Split) -> str:
    """Return the sentence under the chart."""
    return note_html(split_sentence(context, found))


def split_sheet(context: Context, found: Split) -> Sheet:
    """Return every industry's share, rate and effects on either side."""
    t, entry = context.t, metric(found.key)
    parts = found.parts.parts
    frame = parts.assign(name=_names(context, found))
    effect = "yuan_per_enterprise" if found.key == CREDIT else "percentage_point"
    columns, share = [Column("name", found.rows.title)], t("占比")
    for number, name in enumerate(found.names, start=1):
        columns += [Column(f"share_{number}", f"{name} {share}", "percent")]
        columns += [
            Column(
                f"rate_{number}",
                f"{name} {entry.name.text(context.lang)}",
                entry.unit,
                found.key,
                found.places[number - 1],
            )
        ]
    columns += [Column("mix", t("行业结构"), effect), Column("performance", t("自身表现"), effect)]
    notes = (t("分解按 Kitagawa（1955）：结构差按平均水平加权，表现差按平均占比加权，两者之和等于总差"),)
    codes = zip(frame.index, grouped(found.rows.column, frame.index), strict=True)
    places = tuple(NOWHERE if code == REST else place for code, place in codes)
    return Sheet("decomposition", frame, tuple(columns), (found.key,), notes, places)
