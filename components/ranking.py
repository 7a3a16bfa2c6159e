"""The ranking of the parts of a region: rank, light, gap, the numbers behind, a total row; a row drills down."""

from dataclasses import dataclass
from html import escape

import pandas as pd

from components.cards import light_html
from components.filters import address
from components.lineage import ledger_address
from components.numbers import DASH, Numbers, signed
from components.origins import Origin, situated
from components.panel import figure_html, mark
from components.sentences import capital
from components.sheet import Column, Sheet
from components.situation import PACED, Situation
from data_access.profile import Label
from metrics.catalogue import load_terms, metric
from metrics.derived import rank, rank_change
from metrics.figures import Figure

ORDERS = ("rank", "statutory")
_LONGEST_NAME = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One part: code, name, figure, rank and its change since the month-end before (positive: risen)."""

    code: str
    name: str
    figure: Figure
    rank: int | None
    risen: int | None


def rows(s: Situation, key: str, order: str) -> list[Row]:
    """Return the parts by rank, or in the profile's statutory order; parts the profile does not know come last."""
    now, before = s.values(key), s.values(key, before=True)
    polarity = metric(key).polarity
    ranked = _ranked(now)
    places, moved = rank(ranked, polarity), rank_change(rank(ranked, polarity), rank(_ranked(before), polarity))
    lang = s.context.lang
    names = {node.code: brief(node.label, lang) for node in s.context.profile.children(s.context.filters.region)}
    codes = [code for code in names if code in now.index] + [str(c) for c in now.index if c not in names]
    if order != "statutory":
        codes = sorted(codes, key=lambda code: _place(places, code) or len(now) + 1)
    unknown = s.context.t("未分类")
    return [
        Row(c, names.get(c, c or unknown), s.part_figure(key, c), _place(places, c), _place(moved, c)) for c in codes
    ]


def brief(label: Label, lang: str) -> str:
    """Return a name that fits a table's first column: the full one, or the short one if it is long."""
    return label.text(lang) if len(label.text(lang)) <= _LONGEST_NAME else label.short(lang)


def _ranked(values: "pd.Series[float]") -> "pd.Series[float]":
    """Leave the unclassified out of the ranking."""
    return values[values.index != ""]


def _place(places: "pd.Series[int]", code: str) -> int | None:
    value = places.get(code)
    return None if value is None or pd.isna(value) else int(value)


def ranking_html(s: Situation, key: str, order: str, *, drills: bool) -> str:
    """Return the ranking as an HTML table; rows of known regions drill if ``drills``."""
    t, found = s.context.t, rows(s, key, order)
    known = [row.figure.value for row in found if row.figure.value is not None]
    top = max([*known, *([s.due] if key == PACED and s.due > 0 else []), 1e-12])
    body = "".join(
        _row(s, row, key, top, drills=drills and row.code in s.context.profile.region_by_code) for row in found
    )
    heads = [t("位次"), t("单位"), s.context.numbers.name(metric(key)), "", *_extra_heads(s, key)]
    kinds = ["text", "name", "", "wide", *["" if key == PACED and i < 2 else "wide" for i in range(len(heads) - 4)]]
    head = "".join(
        f'<th class="{kind}" scope="col">{escape(text)}</th>' for text, kind in zip(heads, kinds, strict=True)
    )
    total = _total(s, key)
    return (
        f'<div class="zr-table-wrap"><table class="zr-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}{total}</tbody></table></div>"
    )


def _extra_heads(s: Situation, key: str) -> list[str]:
    t = s.context.t
    lights = [t("进度"), t("偏差（百分点）")] if key == PACED else []
    return [*lights, *(_words(s, names) for names in _sides(key))]


def _sides(key: str) -> list[tuple[str, ...]]:
    """Return what stands behind a metric: its numerator and denominator, or nothing beside a plain count."""
    entry = metric(key)
    return [entry.numerator, entry.denominator] if entry.is_ratio else []


def _lead(key: str, names: tuple[str, ...]) -> str:
    """Return which figure a side leads to: its measure, or the whole metric where it adds up several."""
    return names[0] if len(names) == 1 else key


def _words(s: Situation, names: tuple[str, ...]) -> str:
    measures = load_terms().measure
    return capital(" + ".join(measures[name].words.text(s.context.lang) for name in names))


def _row(s: Situation, row: Row, key: str, top: float, *, drills: bool) -> str:
    label = s.context.t("查看{name}").format(name=row.name)
    act = f" {mark('region', address(s.context.profile, row.code), label=label)}" if drills else ""
    place = f"<b>{row.rank}</b>{_risen(row.risen)}" if row.rank else DASH
    name = escape(row.name)
    if not drills:  # the lowest level, or a place the profile does not know: its enterprises
        href = escape(ledger_address("enterprises", situated(s, key, row.code)))
        name = f'<a class="zr-link" href="{href}" target="_self" aria-label="{escape(label)}">{name}</a>'
    return (
        f'<tr{act}><td class="zr-rank text">{place}</td><td class="name">{name}</td>'
        f"{_cells(s, row.figure, key, top, row.code)}</tr>"
    )


def _cells(s: Situation, figure: Figure, key: str, top: float, code: str | None = None) -> str:
    numbers, value, place = s.context.numbers, figure.value, situated(s, key, code)
    shown = numbers.figure(figure, decimals=2)
    text = escape(shown.text if shown.unit in {"%", ""} or value is None else shown.joined)
    cells = f"<td>{figure_html(text, Origin(key, place))}</td>"
    cells += f'<td class="wide bar">{_bar(value, top, s.due if key == PACED else 0.0)}</td>'
    if key == PACED:
        gap = signed(float("nan") if value is None or not s.due > 0 else value - s.due)
        light = light_html(s.light(value if value is not None else float("nan")), s.context.t)
        cells += f"<td>{light}</td><td>{figure_html(gap, None if gap == DASH else Origin('pace_gap', place))}</td>"
    sides = [(_side(numbers, v, names), Origin(_lead(key, names), place)) for v, names in _parts(figure, key)]
    return cells + "".join(f'<td class="wide">{figure_html(text, origin)}</td>' for text, origin in sides)


def _parts(figure: Figure, key: str) -> list[tuple[float | None, tuple[str, ...]]]:
    return list(zip((figure.numerator, figure.denominator), _sides(key), strict=False)) if _sides(key) else []


def _side(numbers: Numbers, value: float | None, names: tuple[str, ...]) -> str:
    if value is None:
        return DASH
    shown = numbers.value(value, load_terms().measure[names[0]].unit)
    return escape(shown.text if shown.unit == numbers.unit("enterprise") else shown.joined)


def _risen(places: int | None) -> str:
    if not places:
        return ""
    return f' <small class="zr-good">↑{places}</small>' if places > 0 else f' <small class="zr-bad">↓{-places}</small>'


def _bar(value: float | None, top: float, due: float) -> str:
    if value is None or top <= 0:
        return ""
    mark_due = f'<em style="left:{100 * due / top:.1f}%"></em>' if due > 0 else ""
    return f'<span class="zr-bar"><i style="width:{100 * max(value, 0) / top:.1f}%"></i>{mark_due}</span>'


def _total(s: Situation, key: str) -> str:
    region = s.context.profile.region_by_code.get(s.context.filters.region)
    name = (region.label if region else s.context.profile.label).short(s.context.lang)
    total = escape(s.context.t("{name}合计").format(name=name))
    cells = _cells(s, s.figure(key), key, 0.0)
    return f'<tr class="total"><td></td><td class="name">{total}</td>{cells}</tr>'


def ranking_sheet(s: Situation, key: str, order: str) -> Sheet:
    """Return the ranking as a table: rank, unit, value, and what is behind it."""
    t, entry = s.context.t, metric(key)
    found = rows(s, key, order)
    data = {
        "rank": [row.rank for row in found],
        "unit": [row.name for row in found],
        "value": [row.figure.value for row in found],
    }
    columns = [
        Column("rank", t("位次"), "rank"),
        Column("unit", t("单位")),
        Column("value", s.context.numbers.name(entry), entry.unit, key),
    ]
    if key == PACED and s.due > 0:
        data["gap"] = [None if row.figure.value is None else row.figure.value - s.due for row in found]
        columns.append(Column("gap", t("进度偏差"), "percentage_point", "pace_gap"))
    for index, names in enumerate(_sides(key)):
        data[f"side{index}"] = [(row.figure.numerator, row.figure.denominator)[index] for row in found]
        unit = load_terms().measure[names[0]].unit
        columns.append(Column(f"side{index}", _words(s, names), unit, _lead(key, names)))
    frame = pd.DataFrame(data)
    numeric = [column.name for column in columns if column.unit]
    frame[numeric] = frame[numeric].astype("float64")
    places = tuple(situated(s, key, row.code) for row in found)
    return Sheet(f"ranking_{key}", frame, tuple(columns), (key,), places=places)
