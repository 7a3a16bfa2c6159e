"""Where a figure comes from: its definition, its own numbers, its filters, its import batches, and its rows.

Nothing of this is computed before somebody asks: a click on a number puts its origin into the session, and the run
that follows opens this dialog.
"""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from itertools import combinations
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from components import url_state
from components.access.guard import dialog
from components.context import Context
from components.definition import sources
from components.filters import Filters, describe
from components.inputs import MEETINGS, title_of, told_by
from components.ledger.columns import STAGE_TITLES
from components.meanings import meaning_of
from components.numbers import DASH
from components.office.computed import computed_figure
from components.office.outcomes import check_address
from components.origins import WHOLE, Origin, Place, asked
from components.published import RANK, published_rank
from components.rights import may_list
from components.sides import Side, batches, cells_beside, first_rows, measured
from components.smallcells import fewest_shown, is_given_away
from components.tables import note_html, row_html, table_html
from data_access.access.roles import Ability
from data_access.importing.tables import TABLES
from data_access.queries.ledger import GRAINS
from data_access.queries.lineage import listed_as
from data_access.queries.measures import MEASURES
from data_access.queries.progress import of_banks
from data_access.queries.records import REGISTERS
from data_access.queries.rowsets import ROWSETS
from data_access.selection import Attribution
from locales import N_
from metrics.catalogue import Metric, load_catalogue, metric
from metrics.figures import Figure, figure, figure_of
from metrics.quality import load_checks

RULES = {
    Attribution.ANY: N_("凡接触过的银行均计"),
    Attribution.FIRST: N_("首次接触的银行"),
    Attribution.LAST: N_("申报前最后接触的银行"),
    Attribution.FRACTIONAL: N_("各接触银行均分"),
}
# How many rows the dialog shows itself; the ledger shows them all.
_SHOWN = 20
# What the rows' own values are, where they are not what is added up.
_VALUE_UNITS = {"rates": "percent", "span.cases": "day", "span.ended": "day"}
# What a cell of a row set can name beside regions and industries: the title, and the profile's list of its codes.
_MARKS = {
    "bank": (N_("银行"), ""), "entity_type": (N_("主体类型"), "entity_type"), "type": (N_("主体类型"), "entity_type"),
    "size_class": (N_("规模"), "size_class"), "size": (N_("规模"), "size_class"), "tier": (N_("走访批次"), "tier"),
    "tag": (N_("重点领域"), "tag"), "department": (N_("责任部门"), "department"),
    "category": (N_("问题类别"), "problem_category"), "level": (N_("问题难度"), "problem_level"),
    "source": (N_("来源"), "problem_source"), "entry": (N_("起步"), ""), "window": (N_("观察期（天）"), ""),
    "month": (N_("月份"), ""), "upto": (N_("截至批次"), ""), "stage": (N_("阶段"), ""), "status": (N_("状态"), ""),
    "watched": (N_("观察天数至少"), ""), "from": (N_("起于"), ""), "to": (N_("止于"), ""),
    "reason": (N_("原因"), "reject_reason"), "code": (N_("原因"), "reject_reason"),
    "kind": (N_("类别"), "officer_kind"), "channel": (N_("渠道"), "publicity_channel"),
    "product_id": (N_("产品"), ""), "event_id": (N_("活动"), ""), "theme": (N_("主题"), "theme"),
    "event_type": (N_("活动类型"), "event_type"),
}  # fmt: skip
_STATUSES = ("visit_result", "application_status", "recommendation_status", "decision_outcome")
_ENTRIES = {
    "visit": N_("走访"), "walk_in": N_("直接申报"), "application": N_("申报"), "recommendation": N_("推荐"),
    "decision": N_("授信决定"),
}  # fmt: skip


def show_asked(context: Context) -> None:
    """Open the origin of the figure that was asked for, if any was."""
    found = asked()
    if found:
        name = _name(context, found)
        dialog(context, context.t("{name}：来源与明细").format(name=name), _show)(context, found)


def _name(context: Context, origin: Origin) -> str:
    if origin.key in load_catalogue():
        return context.numbers.name(metric(origin.key))
    words = [title_of(name, context.t, context.lang) for name in origin.key.split("/")]
    return " ÷ ".join(words)


def _show(context: Context, origin: Origin) -> None:
    entry = load_catalogue().get(origin.key)
    context = standing(context, origin.place)
    known = measured(context, origin)
    if _is_small(context, known) or _is_withheld(context, origin):
        st.html(note_html(context.t("涉及的经营主体少于 {n} 户，不显示").format(n=context.small_cell)))
        return
    st.html(
        f'<div class="zr-origin">{_value_html(context, origin, known)}{_sides_html(context, origin, known)}'
        f"{_facts_html(context, origin, entry, known)}{_batches_html(context, batches(context, origin))}</div>"
    )


def _is_small(context: Context, sides: Sequence[Side]) -> bool:
    """Whether a side, or what one leaves of another, rests on fewer rows than the reader may be told of."""
    limit, counts = fewest_shown(context), [0, *(side.rows for side in sides if side.value is not None)]
    return any(0 < abs(one - other) < limit for one, other in combinations(counts, 2))


def _is_withheld(context: Context, origin: Origin) -> bool:
    """Whether a figure is hidden where it stands among others because it would give one of them away."""
    names = tuple(name for name in origin.source.keys if name in MEASURES)
    if not fewest_shown(context) or not names or not origin.cell:
        return False
    return any(is_given_away(context, cells_beside(context, origin, names), origin.cell, by) for by in origin.cell)


# ---- how it is shown ----------------------------------------------------------------------------------------------


def _figure(context: Context, origin: Origin, sides: Sequence[Side]) -> Figure | None:
    source = origin.source
    if origin.key not in load_catalogue():
        return None
    if origin.key == RANK:
        rank = published_rank(context)
        return figure_of(RANK, rank.value) if rank else None
    if not source.numerator:
        return computed_figure(context, origin)
    row = {side.key: float("nan") if side.value is None else side.value for side in sides}
    if metric(origin.key).numerator:
        return figure(row, origin.key, context.reported)
    above = row[source.numerator[0]]
    below = row[source.denominator[0]] if source.denominator else None
    scale = 100.0 if metric(origin.key).unit == "percent" else 1.0
    value = above if below is None else scale * above / below if below else float("nan")
    return figure_of(origin.key, value, context.reported, numerator=above, denominator=below)


def _value_html(context: Context, origin: Origin, sides: Sequence[Side]) -> str:
    found, numbers = _figure(context, origin, sides), context.numbers
    if found is not None:
        text = numbers.figure(found, decimals=2).joined
    elif origin.source.denominator:
        text = numbers.value(_share(*sides[:2]), "percent", decimals=2).joined
    elif origin.source.numerator:
        text = _side_value(context, sides[0])
    else:
        return ""
    text = context.t("依据合计 {value}").format(value=text) if origin.place.is_model else text
    place = "　".join(f"{title} {value}" for title, value in cell_words(context, origin.place))
    return f'<p class="zr-origin-value"><strong>{escape(text)}</strong> <span>{escape(place)}</span></p>'


def _share(part: Side, whole: Side) -> float:
    return 100.0 * part.value / whole.value if part.value is not None and whole.value else float("nan")


def _side_value(context: Context, side: Side) -> str:
    return context.t("未报送") if side.value is None else context.numbers.value(side.value, side.unit).joined


def _sides_html(context: Context, origin: Origin, sides: Sequence[Side]) -> str:
    """Return numerator and denominator, each with the rows it counts and the way to them."""
    t, by_key, source = context.t, {side.key: side for side in sides}, origin.source
    said = ""
    if origin.place.is_model:
        said = note_html(t("此数由模型或比较得出，不是记录的合计；下面是它所依据的记录及其合计。"))
    if not source.numerator:
        text = t("此指标不是记录的简单合计，由下列记录计算；可逐条查看。")
        said += note_html(text) + ("" if source.inputs else _inputs(context, origin))
    titles = ((t("分子"), source.numerator), (t("分母"), source.denominator), (t("依据"), source.inputs))
    lines = [_side_html(context, origin, title, by_key[key]) for title, keys in titles for key in keys]
    listed = f'<ul class="zr-list zr-origin-sides">{"".join(lines)}</ul>' if lines else ""
    return said + listed + "".join(_rows_html(context, origin, side) for side in sides)


def _side_html(context: Context, origin: Origin, title: str, side: Side) -> str:
    t = context.t
    said = link = ""
    if side.value is not None:
        same = t("逐行合计与本数一致") if side.agrees else t("逐行合计与本数不一致")
        said = t("{n} 行明细，{same}").format(n=f"{side.rows:,}", same=same)
        if context.access.may(Ability.ROWS) and in_ledger(side.key) and may_list(context, rows_of(side.key)):
            place = replace(origin.place, cell=tuple(origin.cell.items()))
            href, words = escape(ledger_address(side.key, place)), escape(t("在台账中查看"))
            link = f'<a href="{href}" target="_blank">{words}</a>'
    head = f"<small>{escape(title)}</small> {escape(side.title)} <b>{escape(_side_value(context, side))}</b>"
    return f"<li><span>{head}<br><small>{escape(said)}</small></span><span>{link}</span></li>"


def _rows_html(context: Context, origin: Origin, side: Side) -> str:
    """Return the first rows of what the ledger does not list, or of what has a value of its own."""
    if side.key in MEASURES or not side.rows or not may_list(context, rows_of(side.key)):
        return ""
    frame = first_rows(context, origin, side.key, _SHOWN)
    has_value = bool(frame["value"].notna().any())
    if in_ledger(side.key) and not has_value:
        return ""
    t, unit = context.t, _VALUE_UNITS.get(side.key, side.unit) if has_value else side.unit
    heads = [("name", t("编号")), ("text", t("经营主体")), ("text", t("银行")), ("text", t("日期")), ("", t("数值"))]
    column, decimals = "value" if has_value else "weight", 0 if unit == "day" else 2
    rows = [
        row_html(heads, [
            escape(str(row["row_id"])), _enterprise(row["enterprise_id"]),
            escape(_code_name(context, "bank", str(row["bank"])) if row["bank"] else DASH),
            escape(_or_dash(row["happened_on"])),
            escape(context.numbers.value(float(row[column]), unit, decimals=decimals).joined),
        ])
        for row in frame.where(frame.notna(), None).to_dict("records")
    ]  # fmt: skip
    title = t("{name}：前 {n} 行，共 {total} 行").format(name=side.title, n=len(frame), total=f"{side.rows:,}")
    words = escape(title)
    return f"<h4>{words}</h4>{table_html(heads, rows)}"


def _enterprise(code: object) -> str:
    """Return an enterprise's id, leading to its page."""
    if code is None:
        return DASH
    return f'<a href="{escape(enterprise_address(str(code)))}" target="_blank">{escape(str(code))}</a>'


def _or_dash(value: object) -> str:
    return DASH if value is None else str(value)


def _inputs(context: Context, origin: Origin) -> str:
    """Return the ways to the records a computed figure is made from: rows, checks of the data, published figures."""
    links = [
        f'<a href="{check_address(check.id, context.lang)}" target="_blank">{escape(check.name.text(context.lang))}</a>'
        for check in load_checks().values() if origin.key in check.metrics
    ]  # fmt: skip
    if not any(name in TABLES for name in metric(origin.key).tables):
        words = escape(context.t("公布的数字与对账"))
        links.append(f'<a href="data?tab=figures&amp;lang={context.lang}" target="_blank">{words}</a>')
    for name in metric(origin.key).tables:
        if name in TABLES and TABLES[name].happened_on and "enterprise_id" in {c.name for c in TABLES[name].columns}:
            href = escape(_address({"rows": name}))
            links.append(f'<a href="{href}" target="_blank">{escape(_table_name(context, name))}</a>')
    return f"<p>{'　'.join(links)}</p>" if links else ""


def _facts_html(context: Context, origin: Origin, entry: Metric | None, sides: Sequence[Side]) -> str:
    t, lang, numbers = context.t, context.lang, context.numbers
    rows = [] if entry else _formula_of_sides(context, origin, sides)
    if entry is not None:
        rows = [(t("公式"), numbers.formula(entry)), (t("注意"), entry.pitfalls.text(lang))]
    rows += [*place_words(context, origin.place)]
    if entry is not None:
        rows.append((t("口径来源"), sources(entry, lang, t)))
    rows.append((t("数据版本"), str(context.version)))
    listed = "".join(f"<dt>{escape(title)}</dt><dd>{escape(text)}</dd>" for title, text in rows if text)
    return f"<dl>{listed}</dl>"


def _formula_of_sides(context: Context, origin: Origin, sides: Sequence[Side]) -> list[tuple[str, str]]:
    """Return the formula of a figure that is no metric itself, and the definitions of the metrics made of its sides."""
    t, lang, numbers = context.t, context.lang, context.numbers
    titles, values = [side.title for side in sides], [_side_value(context, side) for side in sides]
    said = t("{titles} = {values}").format(titles=" ÷ ".join(titles), values=" ÷ ".join(values))
    if not origin.source.denominator:
        said = t("{titles} = {values}，由 {n} 行逐行相加").format(
            titles=titles[0], values=values[0], n=f"{sides[0].rows:,}"
        )
    entries = dict.fromkeys(filter(None, map(told_by, origin.source.keys)))
    words = t("{name}：{formula}。{pitfalls}")
    meanings = [(side.title, t(meaning_of(side.key))) for side in sides if meaning_of(side.key)]
    return [(t("公式"), said), *meanings] + [
        (t("口径见 {id}").format(id=entry.id), words.format(
            name=numbers.name(entry), formula=numbers.formula(entry), pitfalls=entry.pitfalls.text(lang)
        ))
        for entry in entries
    ]  # fmt: skip


def standing(context: Context, place: Place) -> Context:
    """Return ``context`` as a figure that stands in ``place`` is read: without the filters, if it is alone."""
    return replace(context, filters=Filters(as_of=context.last_on)) if place.is_alone else context


def place_words(context: Context, place: Place = WHOLE) -> list[tuple[str, str]]:
    """Return what a figure was narrowed to, title and value: day, period, filters, cell, what the reader may see.

    A filter that the place replaces is not among them.
    """
    t, lang, profile = context.t, context.lang, context.profile
    selection = place.selection(context)
    replaced = {title for title, _ in cell_words(context, Place(only=place.only))}
    said = describe(replace(context.filters, as_of=selection.as_of), profile, lang, t)
    said = [(title, value) for title, value in said if title not in replaced]
    if place.start and selection.start:
        said = [(a, f"{selection.start} – {selection.as_of}") if a == t("时段") else (a, b) for a, b in said]
    said += cell_words(context, place)
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


def cell_words(context: Context, place: Place) -> list[tuple[str, str]]:
    """Return the values that a place names, title and value; the unclassified are called so."""
    t, said = context.t, []
    for name, code in (*place.cell, *place.only):
        kind = name.partition("_")[0] if name.startswith(("region", "industry")) else name
        title = {"region": t("范围"), "industry": t("行业")}.get(kind) or t(_MARKS.get(kind, ("", ""))[0])
        if title:
            said.append((title, _code_name(context, kind, code) if code else t("未分类")))
    return said


def _code_name(context: Context, kind: str, code: str) -> str:
    profile, lang = context.profile, context.lang
    node = {"region": profile.region_by_code, "industry": profile.industry_by_code}.get(kind, {}).get(code)
    if kind in {"entry", "stage"} and code in _ENTRIES:
        return context.t(_ENTRIES[code])
    if kind in {"from", "to"} and code in STAGE_TITLES:
        return context.t(STAGE_TITLES[code])
    if kind == "status":
        label = next(filter(None, (profile.code_label(listed, code) for listed in _STATUSES)), None)
        return label.text(lang) if label else code
    found = profile.bank_by_code.get(code) if kind == "bank" else node
    label = found.label if found else profile.code_label(_MARKS.get(kind, ("", ""))[1], code)
    return label.text(lang) if label else code


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


def in_ledger(key: str) -> bool:
    """Whether the ledger lists the rows of a measure, a row set or the rows of meetings."""
    return key in MEASURES or rows_of(key) in {*GRAINS, *REGISTERS}


def rows_of(key: str) -> str:
    """Return the kind of rows that a measure, a row set or a figure of meetings counts: the name of their table."""
    if key in MEETINGS:
        return MEETINGS[key][3]
    return ROWSETS[key].rows if key in ROWSETS else listed_as(key)


def ledger_address(key: str, place: Place = WHOLE) -> str:
    """Return the ledger's address for the rows of a measure or row set: the reader's filters, the key, and the cell."""
    rows = rows_of(key)
    return _address({"rows": rows, "measure": key, "cell": place.text()})


def enterprise_address(enterprise: str) -> str:
    """Return the address of an enterprise's own page, under the reader's filters."""
    return _address({"enterprise": enterprise})


def _address(own: dict[str, str]) -> str:
    kept = {name: url_state.get(name) for name in ("lang", *url_state.FILTER_PARAMETERS)}
    return f"ledger?{urlencode({name: value for name, value in {**kept, **own}.items() if value})}"
