"""What moved since the month-end before, and what is overdue and whose it is: lists of a few lines each."""

import math
from html import escape

import pandas as pd

from components.cards import change_html
from components.context import Context
from components.filters import address
from components.numbers import count
from components.origins import Origin, Place, grouped, situated, varying
from components.panel import figure_html, mark
from components.ranking import Row, brief, rows
from components.reads import progress
from components.sheet import Column, Sheet
from components.situation import PACED, Situation
from metrics.figures import State

WATCHED = (
    "visit_rate", "list_coverage", "applied", "recommended", "approved", "approved_amount", "loan_amount",
    "average_rate", "on_time_rate", "backfill_rate",
)  # fmt: skip
NAMED = 9
_OVERDUE = ("overdue", "pushes_overdue", "pushes_matured")


def changes_html(s: Situation) -> str:
    """Return the watched metrics with their value and change as a table; those without either date are left out."""
    numbers, t = s.context.numbers, s.context.t
    lines = []
    for key in WATCHED:
        now, before = s.figure(key), s.figure(key, before=True)
        change = change_html(now.value, before.value, now.metric, numbers, "")
        if change:
            name, shown = escape(numbers.name(now.metric)), escape(numbers.figure(now, decimals=2).joined)
            shown = figure_html(shown, Origin(key, situated(s, key)), label=f"{name} {shown}")
            lines.append(f'<tr><td class="name">{name}</td><td>{shown}</td><td>{change}</td></tr>')
    if not lines:
        nothing = escape(t("没有可以比较的上期"))
        return f'<p class="zr-note">{nothing}</p>'
    heads = ((t("指标"), "name"), (t("本期"), ""), (t("增减"), ""))
    head = "".join(f'<th class="{kind}" scope="col">{escape(text)}</th>' for text, kind in heads)
    table = f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody>"
    return f'<div class="zr-table-wrap"><table class="zr-table fold">{table}</table></div>'


def changes_headline(s: Situation) -> str:
    """Return who rose and who fell most among the parts, by the visit rate."""
    t, ranked = s.context.t, rows(s, PACED, "rank")
    if s.figure(PACED).state is State.NOT_REPORTED:
        return t("走访率未报送")
    if all(row.risen is None for row in ranked):
        return t("没有可以比较的上期位次")
    found = [row for row in ranked if row.risen]
    risen = max(found, key=_climb, default=None)
    fallen = min(found, key=_climb, default=None)
    said = []
    if risen and _climb(risen) > 0:
        said.append(t("{unit}上升 {n} 位").format(unit=risen.name, n=_climb(risen)))
    if fallen and _climb(fallen) < 0:
        said.append(t("{unit}下降 {n} 位").format(unit=fallen.name, n=-_climb(fallen)))
    return t("走访率位次：{said}").format(said=t("，").join(said)) if said else t("走访率位次没有变化")


def _climb(row: Row) -> int:
    return row.risen or 0


def changes_sheet(s: Situation) -> Sheet:
    """Return the watched metrics as a table of texts: now, before, change."""
    t, numbers = s.context.t, s.context.numbers
    table = []
    for key in WATCHED:
        now, before = s.figure(key), s.figure(key, before=True)
        moved = (
            ""
            if now.value is None or before.value is None
            else numbers.change(now.value - before.value, now.unit).joined
        )
        table.append((numbers.name(now.metric), numbers.figure(now, decimals=2).joined,
                      numbers.figure(before, decimals=2).joined, moved, str(s.compared_with(key) or "")))  # fmt: skip
    names = ("metric", "now", "before", "change", "since")
    titles = (t("指标"), t("本期"), t("上期"), t("较上期增减"), t("上期截止"))
    columns = tuple(Column(name, title) for name, title in zip(names, titles, strict=True))
    places = tuple(varying(situated(s, key), {"now": key, "change": key}) for key in WATCHED)
    return Sheet("changes", pd.DataFrame(table, columns=list(names)), columns, WATCHED, places=places)


def overdue_rows(s: Situation, by: str) -> pd.DataFrame:
    """Return overdue pushes by bank or part, most first: code, overdue (户), pushes_overdue, pushes_matured."""
    if by == "bank":
        frame = progress(s.context, (by,), _OVERDUE).rename(columns={by: "code"})
    else:
        frame = s.told["lists"][list(_OVERDUE)].rename_axis("code").reset_index()
    return frame[frame["pushes_overdue"] > 0].sort_values("pushes_overdue", ascending=False, ignore_index=True)


def overdue_html(s: Situation, by: str) -> str:
    """Return those with the most overdue pushes; each leads to its own view (a region drills, a bank filters)."""
    context = s.context
    frame = overdue_rows(s, by).head(NAMED)
    if frame.empty:
        said = context.t("没有超期未决的推送") if is_overdue_known(s) else context.t("未报送")
        return f'<p class="zr-note">{escape(said)}</p>'
    codes = [str(code) for code in frame["code"]]
    pushes, matured = (frame[name].to_numpy(dtype="float64") for name in ("pushes_overdue", "pushes_matured"))
    lines = [_overdue_line(context, by, *row) for row in zip(codes, pushes, matured, strict=True)]
    return f'<ul class="zr-list">{"".join(lines)}</ul>'


def _overdue_line(context: Context, by: str, code: str, pushes: float, matured: float) -> str:
    t = context.t
    name = _names(context, by).get(code, code or t("未分类"))
    verb, value = ("bank", code) if by == "bank" else ("region", address(context.profile, code))
    act = mark(verb, value, label=t("查看{name}").format(name=name))
    said = t("占满期推送 {share}%").format(share=f"{100 * pushes / matured:.1f}") if matured else ""
    place = Place(((by if by == "bank" else f"region_{len(context.filters.path) + 1}", code),))
    share = figure_html(escape(said), Origin("pushes_overdue/pushes_matured", place) if said else None, label=name)
    beside = f"<small>{escape(context.numbers.unit('case'))} · {share}</small>"
    number = figure_html(count(pushes), Origin("pushes_overdue", place), label=name)
    return f'<li><span class="zr-link" {act}>{escape(name)}</span><span class="n">{number} {beside}</span></li>'


def overdue_headline(s: Situation) -> str:
    """Return how many pushes are overdue, and how many enterprises wait for them."""
    t, whole = s.context.t, s.told_wholes["lists"]
    if not is_overdue_known(s):
        return _unknown_overdue(s)
    return t("{pushes} 笔推送、{n} 户超过 {days} 天未决").format(
        pushes=count(whole["pushes_overdue"]), n=count(whole["overdue"]),
        days=s.context.decision_days,
    )  # fmt: skip


def banks_headline(s: Situation) -> str:
    """Return what the list of banks with overdue pushes shows."""
    return s.context.t("超期未决推送最多的银行") if is_overdue_known(s) else _unknown_overdue(s)


def is_overdue_known(s: Situation) -> bool:
    """Whether all that says what is overdue was reported: without pushes or decisions nothing is known to be late."""
    return not math.isnan(s.wholes["lists"]["pushes_overdue"])


def _unknown_overdue(s: Situation) -> str:
    t = s.context.t
    return t("授信决定未报送") if "recommendations" in s.context.reported else t("推荐清单未报送")


def overdue_sheet(s: Situation, by: str) -> Sheet:
    """Return everyone with overdue pushes as a table."""
    t = s.context.t
    names = _names(s.context, by)
    frame = overdue_rows(s, by).assign(name=lambda f: [names.get(c, c or t("未分类")) for c in f["code"]])
    columns = (
        Column("name", t("单位")),
        Column("pushes_overdue", t("超期未决推送"), "case", "pushes_overdue"),
        Column("pushes_matured", t("满期推送"), "case", "pushes_matured"),
        Column("overdue", t("超期未决"), "enterprise", "overdue"),
    )
    column = by if by == "bank" else f"region_{len(s.context.filters.path) + 1}"
    return Sheet("overdue", frame, columns, ("overdue", "on_time_rate"), places=grouped(column, frame["code"]))


def _names(context: Context, by: str) -> dict[str, str]:
    if by == "bank":
        return {bank.code: bank.label.text(context.lang) for bank in context.profile.banks}
    return {code: brief(node.label, context.lang) for code, node in context.profile.region_by_code.items()}
