"""Where a figure comes from: its definition, its own numbers, its filters, its import batches, and its rows.

Nothing of this is computed before somebody asks: a click on a number puts its origin into the session, and the run
that follows opens this dialog.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from components import url_state
from components.context import Context
from components.definition import sources
from components.filters import describe
from components.numbers import DASH
from components.origins import WHOLE, Origin, Place, asked
from components.reads import remember, rules
from components.tables import note_html, row_html, table_html
from data_access.importing.tables import TABLES
from data_access.queries.lineage import added_up, batches_behind, batches_of, listed_as
from data_access.queries.progress import of_banks, progress_by
from data_access.selection import Attribution
from locales import N_
from metrics.catalogue import Measure, Metric, load_catalogue, load_terms, metric
from metrics.figures import Figure, figure

RULES = {
    Attribution.ANY: N_("凡接触过的银行均计"),
    Attribution.FIRST: N_("首次接触的银行"),
    Attribution.LAST: N_("申报前最后接触的银行"),
    Attribution.FRACTIONAL: N_("各接触银行均分"),
}
# A sum of floats in another order may differ in its last places.
_CLOSE = 1e-6


@dataclass(frozen=True)
class Side:
    """One measure of a figure: its value (None: not reported), how many rows it has and what they add up to."""

    measure: Measure
    value: float | None
    rows: int
    total: float

    @property
    def agrees(self) -> bool:
        """Whether the rows add up to the value."""
        return self.value is not None and abs(self.value - self.total) <= _CLOSE * max(1.0, abs(self.value))


def show_asked(context: Context) -> None:
    """Open the origin of the figure that was asked for, if any was."""
    found = asked()
    if found:
        name = _name(context, found)
        st.dialog(context.t("{name}：来源与明细").format(name=name), width="large")(_show)(context, found)


def _name(context: Context, origin: Origin) -> str:
    if origin.key in load_catalogue():
        return context.numbers.name(metric(origin.key))
    words = [load_terms().measure[name].words.text(context.lang) for name in origin.key.split("/")]
    return " ÷ ".join(words)


def _show(context: Context, origin: Origin) -> None:
    entry = load_catalogue().get(origin.key)
    known = measured(context, origin)
    st.html(
        f'<div class="zr-origin">{_value_html(context, origin, known)}{_sides_html(context, origin, known)}'
        f"{_facts_html(context, origin, entry)}{_batches_html(context, batches(context, origin))}</div>"
    )


# ---- what is read ------------------------------------------------------------------------------------------------


def measured(context: Context, origin: Origin) -> list[Side]:
    """Return the measures of a figure with what their rows add up to, those above the line first."""
    names = tuple(dict.fromkeys((*origin.numerator, *origin.denominator)))
    return remember(context, "lineage.sides", lambda: _measured(context, origin, names), origin) if names else []


def _measured(context: Context, origin: Origin, names: Sequence[str]) -> list[Side]:
    scope, store = context.scope, context.store
    cell, selection = dict(origin.place.cell), origin.place.selection(context)
    frame = progress_by(store, scope, selection, tuple(cell), names, rules(context))
    for name, value in cell.items():
        frame = frame[frame[name] == value]
    row = {name: float(frame[name].iloc[0]) if len(frame) else 0.0 for name in names}
    found = []
    for name in names:
        if pd.isna(row[name]):
            found.append(Side(load_terms().measure[name], None, 0, 0.0))
        else:
            counted = added_up(store, scope, selection, name, cell, rules(context))
            found.append(Side(load_terms().measure[name], row[name], *counted))
    return found


def batches(context: Context, origin: Origin) -> pd.DataFrame:
    """Return the import batches behind a figure, as ``batches_behind``."""
    place, measures = origin.place, (*origin.numerator, *origin.denominator)
    selection, scope, store = place.selection(context), context.scope, context.store

    def read() -> pd.DataFrame:
        if measures:
            return batches_behind(store, scope, selection, measures, dict(place.cell), rules(context))
        return batches_of(store, scope, selection, [name for name in metric(origin.key).tables if name in TABLES])

    return remember(context, "lineage.batches", read, origin)


def batches_of_metrics(context: Context, keys: Sequence[str]) -> list[pd.DataFrame]:
    """Return the batches behind several metrics of the whole selection: of their measures, and of the other tables."""
    store, scope, selection = context.store, context.scope, context.selection
    entries = [metric(key) for key in keys]
    measures = tuple(dict.fromkeys(name for entry in entries for name in entry.measures))
    tables = dict.fromkeys(name for e in entries if not e.measures for name in e.tables if name in TABLES)
    found = []
    if measures:
        found.append(batches_behind(store, scope, selection, measures, None, rules(context)))
    if tables:
        found.append(batches_of(store, scope, selection, tables))
    return found


# ---- how it is shown ----------------------------------------------------------------------------------------------


def _figure(context: Context, origin: Origin, sides: Sequence[Side]) -> Figure | None:
    if origin.key not in load_catalogue() or not sides:
        return None
    row = {side.measure.name: float("nan") if side.value is None else side.value for side in sides}
    return figure(row, origin.key, context.reported)


def _value_html(context: Context, origin: Origin, sides: Sequence[Side]) -> str:
    found, numbers = _figure(context, origin, sides), context.numbers
    if found is not None:
        text = numbers.figure(found, decimals=2).joined
    elif len(sides) > 1:
        text = numbers.value(_share(*sides), "percent", decimals=2).joined
    elif sides:
        text = _side_value(context, sides[0])
    else:
        return ""
    place = "　".join(f"{title} {value}" for title, value in _cell_words(context, origin.place))
    return f'<p class="zr-origin-value"><strong>{escape(text)}</strong> <span>{escape(place)}</span></p>'


def _share(part: Side, whole: Side) -> float:
    return 100.0 * part.value / whole.value if part.value is not None and whole.value else float("nan")


def _side_value(context: Context, side: Side) -> str:
    return context.t("未报送") if side.value is None else context.numbers.value(side.value, side.measure.unit).joined


def _sides_html(context: Context, origin: Origin, sides: Sequence[Side]) -> str:
    """Return numerator and denominator, each with the rows it counts and the way to them."""
    t, by_name = context.t, {side.measure.name: side for side in sides}
    if not sides:
        said = t("此指标不是记录的简单合计，由下列批次的记录计算；可在台账中逐条查看。")
        return note_html(said) + _inputs(context, origin)
    lines = [_side_html(context, origin, t("分子"), by_name[name]) for name in origin.numerator]
    lines += [_side_html(context, origin, t("分母"), by_name[name]) for name in origin.denominator]
    return f'<ul class="zr-list zr-origin-sides">{"".join(lines)}</ul>'


def _side_html(context: Context, origin: Origin, title: str, side: Side) -> str:
    t, name = context.t, side.measure.words.text(context.lang)
    said = link = ""
    if side.value is not None:
        same = t("逐行合计与本数一致") if side.agrees else t("逐行合计与本数不一致")
        said = t("{n} 行明细，{same}").format(n=f"{side.rows:,}", same=same)
        href = escape(ledger_address(side.measure.name, origin.place))
        words = escape(t("在台账中查看"))
        link = f'<a href="{href}" target="_blank">{words}</a>'
    head = f"<small>{escape(title)}</small> {escape(name)} <b>{escape(_side_value(context, side))}</b>"
    return f"<li><span>{head}<br><small>{escape(said)}</small></span><span>{link}</span></li>"


def _inputs(context: Context, origin: Origin) -> str:
    """Return the ways to the records a computed figure is made from."""
    links = []
    for name in metric(origin.key).tables:
        if name in TABLES and TABLES[name].happened_on and "enterprise_id" in {c.name for c in TABLES[name].columns}:
            href = escape(_address({"rows": name}))
            links.append(f'<a href="{href}" target="_blank">{escape(_table_name(context, name))}</a>')
    return f"<p>{'　'.join(links)}</p>" if links else ""


def _facts_html(context: Context, origin: Origin, entry: Metric | None) -> str:
    t, lang, numbers = context.t, context.lang, context.numbers
    rows = []
    if entry is not None:
        rows = [(t("公式"), numbers.formula(entry)), (t("注意"), entry.pitfalls.text(lang))]
    rows += [*place_words(context, origin.place)]
    if entry is not None:
        rows.append((t("口径来源"), sources(entry, lang, t)))
    rows.append((t("数据版本"), str(context.version)))
    listed = "".join(f"<dt>{escape(title)}</dt><dd>{escape(text)}</dd>" for title, text in rows if text)
    return f"<dl>{listed}</dl>"


def place_words(context: Context, place: Place = WHOLE) -> list[tuple[str, str]]:
    """Return what a figure was narrowed to, title and value: day, period, filters, cell, what the reader may see."""
    t, lang, profile = context.t, context.lang, context.profile
    selection = place.selection(context)
    said = describe(replace(context.filters, as_of=selection.as_of), profile, lang, t)
    if place.start and selection.start:
        said = [(a, f"{selection.start} – {selection.as_of}") if a == t("时段") else (a, b) for a, b in said]
    said += _cell_words(context, place)
    if of_banks(context.scope, selection, tuple(dict(place.cell))):
        said.append((t("归属规则"), t(RULES[selection.attribution])))
    return [*said, (t("数据权限"), scope_words(context))]


def scope_words(context: Context) -> str:
    """Return what the reader may see."""
    scope, lang = context.scope, context.lang
    if scope.regions is None and scope.banks is None:
        return context.t("全部数据")
    regions = [context.profile.region_by_code.get(code) for code in scope.regions or ()]
    banks = [context.profile.bank_by_code.get(code) for code in scope.banks or ()]
    return context.t("、").join(found.label.text(lang) for found in (*regions, *banks) if found) or DASH


def _cell_words(context: Context, place: Place) -> list[tuple[str, str]]:
    t = context.t
    titles = {"region": t("范围"), "industry": t("行业"), "bank": t("银行"), "entity_type": t("主体类型")}
    titles |= {"size_class": t("规模"), "tier": t("走访批次"), "type": t("主体类型"), "size": t("规模")}
    titles["tag"] = t("重点领域")
    said = []
    for name, code in (*place.cell, *place.only):
        kind = name.partition("_")[0] if name.startswith(("region", "industry")) else name
        said.append((titles[kind], _code_name(context, kind, code) if code else t("未分类")))
    return said


def _code_name(context: Context, kind: str, code: str) -> str:
    profile = context.profile
    listed = {"type": "entity_type", "size": "size_class"}.get(kind, kind)
    node = {"region": profile.region_by_code, "industry": profile.industry_by_code}.get(kind, {}).get(code)
    found = profile.bank_by_code.get(code) if kind == "bank" else node
    label = found.label if found else profile.code_label(listed, code)
    return label.text(context.lang) if label else code


def _batches_html(context: Context, frame: pd.DataFrame) -> str:
    t = context.t
    if frame.empty:
        return note_html(t("没有导入批次"))
    heads = [("name", t("数据表")), ("", t("批次")), ("", t("行数")), ("text", t("文件")), ("text wide", t("导入"))]
    rows = [row_html(heads, [escape(text) for text in cells]) for cells in batch_words(context, frame)]
    title = escape(t("来自这些导入批次"))
    return f"<h4>{title}</h4>{table_html(heads, rows)}"


def _table_name(context: Context, name: str) -> str:
    return TABLES[name].title if context.lang == "zh" else TABLES[name].title_en


def batch_words(context: Context, frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the batches in words: table, number, rows, files, and when and by whom they were brought in."""
    said: list[tuple[str, ...]] = []
    for row in frame.to_dict("records"):
        made = "" if pd.isna(row["created_at"]) else f"{row['created_at']:%Y-%m-%d %H:%M}"
        title = _table_name(context, str(row["table"]))
        who = " ".join(filter(None, (made, str(row["created_by"] or ""))))
        said.append((title, str(row["batch_id"]), f"{row['rows']:,}", str(row["files"]) or DASH, who or DASH))
    return said


# ---- the way to the ledger ----------------------------------------------------------------------------------------


def ledger_address(measure: str, place: Place = WHOLE) -> str:
    """Return the ledger's address for the rows of a measure: the reader's filters, the measure, and the cell."""
    return _address({"rows": listed_as(measure), "measure": measure, "cell": place.text()})


def _address(own: dict[str, str]) -> str:
    kept = {name: url_state.get(name) for name in ("lang", *url_state.FILTER_PARAMETERS)}
    return f"ledger?{urlencode({name: value for name, value in {**kept, **own}.items() if value})}"
