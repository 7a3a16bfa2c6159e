"""Industries: the heat map of regions and industries, and every industry's rates with their intervals."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from charts.heatmap import Cell, Row, heatmap_html
from charts.scale import ColourScale, colour_scale
from components.context import Context
from components.dimensions import Dimension, dimensions
from components.numbers import DASH, count, rate
from components.origins import SOURCE, Origin, Place, grouped
from components.panel import figure_html, mark
from components.reads import remember, rules
from components.sheet import Column, Sheet
from components.smallcells import told_cells, told_parts, told_whole, untold
from components.tables import row_html, table_html
from data_access.queries.distributions import credit_spread
from data_access.queries.progress import progress_by
from data_access.selection import Selection
from metrics.catalogue import metric
from metrics.compute import ratio
from metrics.proportions import mean_interval, wilson
from metrics.shrinkage import shrunken

# What the heat map and the split of a difference can show, the first by default.
SHOWN = (
    "industry_penetration", "need_rate", "application_rate", "approval_rate_recommended", "credit_per_enterprise",
)  # fmt: skip
CREDIT = "credit_per_enterprise"
MEASURES = ("listed", "visited", "needing", "applied", "recommended", "approved", "approved_amount")
# The rates of an industry's row, by the metric that defines them.
RATES = ("industry_penetration", "need_rate", "approval_rate_recommended")


@dataclass(frozen=True, slots=True)
class Sides:
    """The two measures a metric divides, and what it is multiplied by."""

    part: str
    whole: str
    scale: float


def sides(key: str) -> Sides:
    """Return what a metric of ``SHOWN`` divides."""
    entry = metric(key)
    return Sides(entry.numerator[0], entry.denominator[0], entry.scale)


def shown(context: Context) -> tuple[str, ...]:
    """Return the metrics of ``SHOWN`` whose tables are reported."""
    return tuple(key for key in SHOWN if set(metric(key).needs) <= context.reported)


def reaches_anyone(context: Context, rows: Dimension, columns: Dimension | None) -> bool:
    """Return whether the selection holds anyone on the list, visited or approved."""
    return bool(by_side(context, rows, columns, "row")[["listed", "visited", "approved"]].sum().sum() > 0)


def cells(context: Context, rows: Dimension, columns: Dimension | None) -> pd.DataFrame:
    """Return the measures of every industry in every region: columns ``row``, ``column`` and ``MEASURES``."""
    by = (rows.column, columns.column) if columns else (rows.column,)
    frame = measures(context, context.selection, by)
    named = frame.rename(columns={rows.column: "row"})
    return named.rename(columns={columns.column: "column"}) if columns else named.assign(column="")


def by_side(context: Context, rows: Dimension, columns: Dimension | None, side: str) -> pd.DataFrame:
    """Return the measures added up by "row" or "column": an enterprise has one industry and one place."""
    return remember(
        context, "industries.sides", lambda: told_parts(context, _added(cells(context, rows, columns), side)),
        rows.column, columns.column if columns else "", side,
    )  # fmt: skip


def _added(frame: pd.DataFrame, side: str) -> pd.DataFrame:
    # A measure that was never reported is NaN throughout, and stays so.
    return frame.groupby(side)[list(MEASURES)].sum(min_count=1).reset_index()


def measures(context: Context, selection: Selection, by: tuple[str, ...]) -> pd.DataFrame:
    """Return ``MEASURES`` of a selection, remembered."""
    return remember(
        context, "industries.measures",
        lambda: progress_by(context.store, context.scope, selection, by, MEASURES, rules(context)), selection, by,
    )  # fmt: skip


# ---- heat map -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heat:
    """The heat map of one metric: its cells with ``value`` and ``colour``, the scale, and row and column totals."""

    key: str
    rows: Dimension
    columns: Dimension
    frame: pd.DataFrame
    by_row: pd.DataFrame
    by_column: pd.DataFrame
    whole: "pd.Series[float]"
    scale: ColourScale
    unit: tuple[float, str]  # what values are divided by to be shown, and the unit's name


def build_heat(context: Context, rows: Dimension, columns: Dimension, key: str, *, shrink: bool) -> Heat:
    """Return the heat map; with ``shrink`` its colours are shrunken towards the industry, its numbers never are."""
    frame, s = cells(context, rows, columns), sides(key)
    known = frame[frame[s.whole] > 0].reset_index(drop=True)
    frame = _valued(told_cells(context, known, ("row", "column"), (s.part, s.whole, "approved")), s)
    shrinks = shrink and key != CREDIT
    raw = frame["value"].where(_large(context, frame, s))
    frame["colour"] = shrunken(frame, s.part, s.whole, ["row"]) if shrinks else raw
    by_row, by_column = (_summed(context, known, side, s) for side in ("row", "column"))
    by_row = by_row.sort_values([s.whole, "row"], ascending=[False, True], ignore_index=True)
    by_row = by_row.iloc[(by_row["row"] == "").argsort(kind="stable")].reset_index(drop=True)
    return Heat(
        key, rows, columns, frame, by_row, by_column, _whole(context, known),
        _scale(frame), _unit(context, key, by_row["value"]),
    )  # fmt: skip


def _summed(context: Context, frame: pd.DataFrame, side: str, s: Sides) -> pd.DataFrame:
    return _valued(told_parts(context, _added(frame, side)), s)


def _whole(context: Context, frame: pd.DataFrame) -> "pd.Series[float]":
    """Return everything added up, without what would tell a hidden total of a row or column."""
    whole = frame[list(MEASURES)].sum(min_count=1).to_frame().T
    for side in ("row", "column"):
        whole = told_whole(context, whole, _added(frame, side))
    return whole.iloc[0]


def _scale(frame: pd.DataFrame) -> ColourScale:
    """Return classes that span the middle nine tenths of the coloured cells; the others fall into the outer ones."""
    known = frame["colour"].dropna()
    return colour_scale([float(limit) for limit in known.quantile([0.05, 0.95])])


def _unit(context: Context, key: str, values: "pd.Series[float]") -> tuple[float, str]:
    if key != CREDIT:
        return 1.0, "%"
    # A tenth: with one decimal the largest cell has at least three digits.
    factor, name = context.numbers.scale(float(values.max()) / 10 if len(values) else 0.0)
    return factor, context.numbers.per_enterprise(name)


def _valued(frame: pd.DataFrame, s: Sides) -> pd.DataFrame:
    values = ratio(frame[s.part].to_numpy(dtype=np.float64), frame[s.whole].to_numpy(dtype=np.float64), s.scale)
    return frame.assign(value=values)


def _large(context: Context, frame: pd.DataFrame, s: Sides) -> "pd.Series[bool]":
    """Whether a cell has enough enterprises for its raw rate to be coloured."""
    return frame[s.whole] >= context.small_cell


def heat_html(context: Context, heat: Heat) -> str:
    """Return the heat map: industries down, regions across, a total row and column; every cell with its n."""
    t, s = context.t, sides(heat.key)
    order = _column_order(context, heat)
    found = {(row["row"], row["column"]): row for row in heat.frame.to_dict("records")}
    rows = [
        _row(context, heat, row, [found.get((row["row"], code)) for code in order])
        for row in heat.by_row.to_dict("records")
    ]
    totals = {row["column"]: row for row in heat.by_column.to_dict("records")}
    whole = {**heat.whole.to_dict(), "value": _share(heat.whole, s)}
    last = [_cell(heat, totals[code], plain=True) for code in order]
    rows.append(Row(t("合计"), [*last, _cell(heat, whole, plain=True)], is_total=True))
    heads = [
        Cell(np.nan, heat.columns.name(code, t("未分类")), attributes=_leads(heat.columns, code)) for code in order
    ] + [Cell(np.nan, t("合计"))]  # fmt: skip
    return heatmap_html(heat.rows.title, heads, rows, heat.scale)


def _column_order(context: Context, heat: Heat) -> list[str]:
    present = set(heat.by_column["column"])
    statutory = [node.code for node in context.profile.children(context.filters.region) if node.code in present]
    return statutory + sorted(present - set(statutory), key=lambda code: (code == "", code))


def _row(
    context: Context, heat: Heat, whole: Mapping[Hashable, Any], found: list[Mapping[Hashable, Any] | None]
) -> Row:
    code = str(whole["row"])
    drawn = [Cell(np.nan, DASH) if cell is None else _cell(heat, cell) for cell in found]
    name = heat.rows.name(code, context.t("未分类"))
    return Row(name, [*drawn, _cell(heat, whole, plain=True)], attributes=_leads(heat.rows, code))


def _cell(heat: Heat, row: Mapping[Hashable, Any], *, plain: bool = False) -> Cell:
    """Return one cell: the raw value, n, and a mark that filters; totals are ``plain``: not coloured."""
    s, value = sides(heat.key), float(row["value"])
    text = _text(heat, value)
    place = "" if plain else f"{row['column']}|{row['row']}"
    hint = f"{count(float(row[s.part]))} / {count(float(row[s.whole]))}" if heat.key != CREDIT else ""
    attributes = mark("cell", place, label=text) if place.strip("|") and "" not in place.split("|") else ""
    lead = f'class="zr-figure" {mark(SOURCE, Origin(heat.key, _heat_place(heat, row)).text(), label=text)}'
    colour = np.nan if plain else float(row["colour"])
    return Cell(colour, text, f"n={count(float(row[s.whole]))}", hint, attributes, lead)


def _heat_place(heat: Heat, row: Mapping[Hashable, Any]) -> Place:
    """Return where a cell stands; a total is of one side or of neither."""
    sides_of = (("row", heat.rows.column), ("column", heat.columns.column))
    return Place(tuple((column, str(row[side])) for side, column in sides_of if side in row))


def _text(heat: Heat, value: float) -> str:
    if np.isnan(value):
        return DASH
    return f"{rate(value, 1)}%" if heat.key != CREDIT else f"{value / heat.unit[0]:,.1f}"


def _said(heat: Heat, value: float) -> str:
    return _text(heat, value) if heat.key != CREDIT else f"{_text(heat, value)} {heat.unit[1]}"


def _share(row: "pd.Series[float]", s: Sides) -> float:
    return s.scale * float(row[s.part]) / float(row[s.whole]) if row[s.whole] > 0 else float("nan")


def _leads(dimension: Dimension, code: str) -> str:
    return mark(dimension.filter, code, label=dimension.name(code, "")) if code in dimension.names else ""


def heat_headline(context: Context, heat: Heat) -> str:
    """Return the industries with the highest and the lowest value among those with at least 100 enterprises."""
    t, s = context.t, sides(heat.key)
    known = heat.by_row[(heat.by_row["row"] != "") & (heat.by_row[s.whole] >= 100) & heat.by_row["value"].notna()]
    name = context.numbers.name(metric(heat.key))
    if len(known) < 2:
        return t("{metric}：按{rows}与{columns}").format(metric=name, rows=heat.rows.title, columns=heat.columns.title)
    best, worst = known.iloc[int(known["value"].argmax())], known.iloc[int(known["value"].argmin())]
    return t("{metric}：{best}最高（{high}），{worst}最低（{low}）").format(
        metric=name, best=heat.rows.name(str(best["row"]), ""), high=_said(heat, float(best["value"])),
        worst=heat.rows.name(str(worst["row"]), ""), low=_said(heat, float(worst["value"])),
    )  # fmt: skip


def heat_sheet(context: Context, heat: Heat) -> Sheet:
    """Return the cells as a table: raw values, with numerator and denominator."""
    t, s, entry = context.t, sides(heat.key), metric(heat.key)
    frame = heat.frame.assign(
        industry=[heat.rows.name(str(code), t("未分类")) for code in heat.frame["row"]],
        region=[heat.columns.name(str(code), t("未分类")) for code in heat.frame["column"]],
    ).sort_values(["row", "column"])
    unit = "yuan" if heat.key == CREDIT else "enterprise"
    columns = (
        Column("industry", heat.rows.title), Column("region", heat.columns.title),
        Column(s.part, entry.numerator_words.text(context.lang), unit, s.part),
        Column(s.whole, entry.denominator_words.text(context.lang), "enterprise", s.whole),
        Column("value", context.numbers.name(entry), entry.unit, heat.key),
    )  # fmt: skip
    pairs = zip(frame["row"], frame["column"], strict=True)
    cells = [((heat.rows.column, str(row)), (heat.columns.column, str(column))) for row, column in pairs]
    return Sheet("industries", frame, columns, (heat.key,), places=tuple(Place(cell) for cell in cells))


# ---- rates of every industry ----------------------------------------------------------------------------------------


def chains(context: Context) -> Dimension | None:
    """Return the local chains in view: tags the profile calls chains (``kind = "chain"``); None if it has none."""
    tags = [code for code in context.profile.codes.get("tag", ()) if code.attributes.get("kind") == "chain"]
    names = {code.code: code.label.text(context.lang) for code in tags}
    if chosen := [code for code in context.filters.tags if code in names]:
        names = {code: names[code] for code in chosen}
    return Dimension("chain", "tags", "tag", context.t("本地产业链"), names) if names else None


# What credit spread is made of, and the count of enterprises each rests on.
_SPREAD = dict.fromkeys(("n", "amount", "squares"), "n")


def profile_rows(context: Context, group: Dimension, columns: Dimension | None) -> pd.DataFrame:
    """Return every group's measures and its mean credit: ``code``, ``MEASURES``, ``mean``, ``low`` and ``high``."""
    return remember(context, "industries.rows", lambda: _profile_rows(context, group, columns), group.key, group.column)


def _profile_rows(context: Context, group: Dimension, columns: Dimension | None) -> pd.DataFrame:
    if group.column == "tags":
        counts = _tagged(context, measures(context, context.selection, ("tags",)), group.names)
        found = credit_spread(context.store, context.scope, context.selection, ("tags",))
        credit = _tagged(context, found, group.names, _SPREAD)
    else:
        counts = by_side(context, group, columns, "row").rename(columns={"row": "code"})
        found = credit_spread(context.store, context.scope, context.selection, (group.column,))
        credit = told_parts(context, found, _SPREAD).rename(columns={group.column: "code"})
    frame = counts.merge(credit, on="code", how="left")
    untouched = ~frame["code"].isin(credit["code"])  # what is hidden is not nothing
    for name in _SPREAD:
        frame[name] = frame[name].mask(untouched, 0.0)
    mean, low, high = mean_interval(frame["n"], frame["amount"], frame["squares"])
    frame = frame.assign(mean=mean, low=low, high=high)
    last = frame.assign(last=frame["code"] == "")
    order = last.sort_values(["last", "listed", "visited"], ascending=[True, False, False]).index
    ordered = frame.loc[order]
    return ordered[_reached(ordered)].reset_index(drop=True)


def _reached(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Whether a group has anyone on the list, visited or approved, hidden ones included."""
    known = frame[["listed", "visited", "approved"]]
    return (known > 0).any(axis=1) | (known.isna().any(axis=1) & ~known.isna().all(axis=1))


def _tagged(
    context: Context, frame: pd.DataFrame, codes: Iterable[str], bases: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return the figures of each tag out of those of every combination of tags, told as ``told_whole`` does.

    An enterprise has one combination, so that they add up; the tags' own figures overlap and do not.
    """
    has = {code: frame["tags"].str.contains(f";{code};", regex=False) for code in codes}
    sums = pd.DataFrame({code: frame[rows].drop(columns="tags").sum(min_count=1) for code, rows in has.items()}).T
    return told_whole(context, sums.dropna(how="all").rename_axis("code").reset_index(), bases=bases)


def profile_html(context: Context, group: Dimension, columns: Dimension | None) -> str:
    """Return the groups' rates and mean credit, each with its interval; known industries lead to their own view."""
    t, lang, frame = context.t, context.lang, profile_rows(context, group, columns)
    factor, unit = _unit(context, CREDIT, frame["mean"].dropna())
    heads = [("name", group.title), ("", t("清单户数")), ("wide", t("获授信"))]
    heads += [("limits", metric(key).name.text(lang)) for key in RATES]
    heads.append(("limits", t("{name}（{unit}）").format(name=metric(CREDIT).name.text(lang), unit=unit)))
    return table_html(heads, (_profile_row(context, group, row, factor, heads) for row in frame.to_dict("records")))


def _profile_row(
    context: Context, group: Dimension, row: Mapping[Hashable, Any], factor: float, heads: list[tuple[str, str]]
) -> str:
    code = str(row["code"])
    mean = DASH if np.isnan(row["mean"]) else f"{row['mean'] / factor:,.1f}"
    between = "" if np.isnan(row["low"]) else f"<small>{row['low'] / factor:,.1f}–{row['high'] / factor:,.1f}</small>"
    (place,) = _places(group, pd.DataFrame({"code": [code]}))
    cells = [escape(group.name(code, context.t("未分类")))]
    cells += [_counted(context, row, name, place) for name in ("listed", "approved")]
    cells += [_with_limits(context, row, key, place) for key in RATES]
    credit = figure_html(f"<b>{mean}</b>", Origin(CREDIT, place))
    return row_html(heads, [*cells, f"{credit}{between}"], _leads(group, code) if group.filter else "")


def _counted(context: Context, row: Mapping[Hashable, Any], name: str, place: Place) -> str:
    number = float(row[name])
    return escape(untold(context, name)) if np.isnan(number) else figure_html(count(number), Origin(name, place))


def _with_limits(context: Context, row: Mapping[Hashable, Any], key: str, place: Place) -> str:
    s = sides(key)
    x, n = float(row[s.part]), float(row[s.whole])
    if np.isnan(x) or np.isnan(n):
        return escape(untold(context, s.whole if np.isnan(n) else s.part))
    if not n > 0:
        return DASH
    low, high = (float(limit) for limit in wilson(x, n))
    number = figure_html(f"<b>{rate(100 * x / n)}%</b>", Origin(key, place))
    return f"{number}<small>{rate(low, 1)}–{rate(high, 1)}</small>"


def profile_sheet(context: Context, group: Dimension, columns: Dimension | None) -> Sheet:
    """Return the same as a table of numbers."""
    t, lang, frame = context.t, context.lang, profile_rows(context, group, columns)
    frame = frame.assign(name=[group.name(str(code), t("未分类")) for code in frame["code"]])
    table = [Column("name", group.title), Column("listed", t("清单户数"), "enterprise", "listed")]
    table += [Column("visited", t("走访"), "enterprise", "visited")]
    table += [Column("approved", t("获授信"), "enterprise", "approved")]
    least, most = t("下限"), t("上限")
    for key in RATES:
        s, name = sides(key), metric(key).name.text(lang)
        low, high = wilson(frame[s.part], frame[s.whole])
        frame[f"{key}_low"], frame[f"{key}_high"] = low, high
        frame[key] = ratio(frame[s.part].to_numpy(), frame[s.whole].to_numpy(), 100.0)
        table += [Column(key, name, "percent", key), Column(f"{key}_low", f"{name} {least}", "percent")]
        table += [Column(f"{key}_high", f"{name} {most}", "percent")]
    mean = metric(CREDIT)
    titles = {"mean": mean.name.text(lang), "low": least, "high": most}
    table += [Column(name, title, mean.unit, CREDIT if name == "mean" else "") for name, title in titles.items()]
    notes = (t("比率为 95% Wilson 区间，户均授信为对数均值的 delta 法 95% 区间"),)
    return Sheet("industry_rates", frame, tuple(table), (*RATES, CREDIT), notes, _places(group, frame))


def _places(group: Dimension, frame: pd.DataFrame) -> tuple[Place, ...]:
    """Return where every group's figures stand; a chain is a tag, which enterprises may have several of."""
    if group.column == "tags":
        return tuple(Place(only=(("tag", str(code)),)) for code in frame["code"])
    return grouped(group.column, frame["code"])


def region_dimension(context: Context) -> Dimension | None:
    """Return the regions right below the one in view."""
    return dimensions(context).get("region")
