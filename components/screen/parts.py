"""The pieces of the wall screen as HTML: cards, pace, rankings, funnel, tables; small cells are withheld."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

import pandas as pd

from components.cards import SHAPE, TONE, light_word
from components.funnelview import STAGES, stage_counts, stage_origins
from components.numbers import MONEY_UNITS, Shown, count
from components.office.outcomes import mark_html
from components.origins import Origin, Place, situated
from components.panel import figure_html
from components.situation import PACED, Situation, records
from components.smallcells import withheld_counts
from locales import N_
from metrics.catalogue import load_terms, metric
from metrics.derived import rank
from metrics.figures import WITHHELD, Figure, State, bases, figure
from metrics.suppression import TOTAL

# The headline cards, and what they are called on the screen: names short enough to be read from afar.
CARDS: Mapping[str, str] = {
    "visited": N_("走访户数"),
    PACED: N_("走访率"),
    "list_coverage": N_("清单内覆盖率"),
    "applied": N_("申报户数"),
    "recommended": N_("推荐户数"),
    "approved": N_("授信户数"),
    "approved_amount": N_("授信金额"),
    "loan_amount": N_("放款金额"),
}
COUNTY_COLUMNS = ("visited", PACED, "list_coverage", "applied", "recommended", "approved", "approved_amount", "overdue")
BANK_COLUMNS = ("approved_amount", "approved", "on_time_rate", "overdue")
COLUMN_NAMES: Mapping[str, str] = {**CARDS, "on_time_rate": N_("{days}日决定率"), "overdue": N_("超期未决")}


def measures(keys: Sequence[str]) -> tuple[str, ...]:
    """Return the measures that ``keys`` need on a shared screen: those of their formulas and those they rest on."""
    known = load_terms().measure
    named = [name for key in keys for name in metric(key).measures]
    return tuple(dict.fromkeys([*named, *(known[name].basis for name in named)]))


@dataclass(frozen=True)
class Banks:
    """The measures of every bank by its code, in order, and the banks whose counts a shared screen may not show."""

    rows: Mapping[str, Mapping[str, float]]
    withheld: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, s: Situation, frame: pd.DataFrame) -> "Banks":
        """Return the banks of a frame of measures with their codes as its index."""
        return cls(records(frame), withheld_counts(s.context, frame))


def shown(s: Situation, row: "Mapping[str, float] | pd.Series[float]", key: str) -> Figure:
    """Return a figure as a shared screen may show it."""
    return figure(row, key, s.context.reported, smallest=s.context.small_cell)


def whole(s: Situation, key: str) -> Figure:
    """Return a figure of the whole as a shared screen may show it."""
    return kept_back(shown(s, whole_row(s, key), key), s.withheld[_family(key)], TOTAL)


def part(s: Situation, key: str, code: str) -> Figure:
    """Return a part's figure as a shared screen may show it; a part the store knows nothing of has none."""
    row = s.rows[_family(key)].get(code)
    if row is None:
        return Figure(metric(key), State.UNDEFINED)
    return kept_back(shown(s, row, key), s.withheld[_family(key)], code)


def kept_back(found: Figure, withheld: Mapping[str, frozenset[str]], code: str) -> Figure:
    """Return a figure without its value where a count it rests on would tell a small one of another part."""
    if found.state is not State.OK or not any(code in withheld.get(name, ()) for name in bases(found.metric)):
        return found
    return Figure(found.metric, State.SUPPRESSED)


def values(s: Situation, key: str) -> "pd.Series[float]":
    """Return a metric of every part by code as far as a shared screen may show it, the largest first, NaN last."""
    codes = [str(code) for code in s.parts[_family(key)].index if code]
    told = {code: part(s, key, code).value for code in codes}
    return pd.Series(told, dtype=float).sort_values(ascending=False, na_position="last")


def cards_html(s: Situation) -> str:
    """Return the headline cards."""
    return "".join(_card(s, key, name) for key, name in CARDS.items())


def _card(s: Situation, key: str, name: str) -> str:
    found = whole(s, key)
    text = s.context.numbers.figure(found, decimals=2 if key == PACED else 1)
    text = Shown(text.joined) if text.unit == "%" else text
    kind = "" if any(map(str.isdigit, text.text)) else ' class="words"'
    # English names say what is counted; Chinese ones take the unit beside them.
    unit = "" if s.context.lang != "zh" and text.unit == s.context.numbers.unit("enterprise") else text.unit
    named = s.context.t(name)
    title = f"<span>{escape(named)}<i>{escape(unit)}</i>{mark_html(s.context, key)}</span>"
    # What a shared screen withholds leads nowhere.
    origin = Origin(key, situated(s, key)) if found.state is State.OK else None
    number = figure_html(escape(text.text), origin, label=named)
    return f'<div class="zr-s-card">{title}<b{kind}>{number}</b></div>'


def whole_row(s: Situation, key: str) -> "pd.Series[float]":
    """Return the measures of the whole that belong to a metric's own reporting date."""
    return s.wholes[_family(key)]


def _family(key: str) -> str:
    return "visits" if key in {"visited", PACED, "list_coverage"} else "lists"


def pace_html(s: Situation, outlook: str) -> str:
    """Return where the whole stands against its schedule, and where it is heading."""
    t, numbers, rate = s.context.t, s.context.numbers, whole(s, PACED)
    said = numbers.figure(rate, decimals=2)
    lines = []
    top = max(rate.value or 0.0, 100.0)
    bar = f'<i style="width:{100 * (rate.value or 0.0) / top:.1f}%"></i>'
    if s.due > 0 and rate.value is not None:
        bar += f'<em style="left:{100 * min(s.due / top, 1):.1f}%"></em>'
        state = s.light(rate.value)
        word = f'<span class="{TONE[state]}">{SHAPE[state]} {escape(light_word(state, t))}</span>' if state else ""
        due = t("序时进度 {due}").format(due=numbers.value(s.due, "percent").joined)
        lines.append(f"<p>{word}　{escape(due)}</p>")
    lines.append(f"<p>{escape(outlook)}</p>" if outlook else "")
    title = escape(t("走访进度"))
    number = figure_html(escape(said.joined), Origin(PACED, situated(s, PACED)) if rate.state is State.OK else None)
    head = f"<h2>{title}<small>{escape(metric(PACED).name.text(s.context.lang))}</small></h2>"
    return f'<div class="zr-s-box zr-s-pace">{head}<b>{number}</b><div class="bar">{bar}</div>{"".join(lines)}</div>'


def county_ranking(s: Situation) -> str:
    """Return the parts by visit rate, with their lights."""
    told = values(s, PACED)
    places, top = rank(told), float(told.max()) if told.notna().any() else 0.0
    names = {n.code: n.label.short(s.context.lang) for n in s.context.profile.children(s.context.filters.region)}
    rows = []
    for code, value in told.head(12).items():
        state = s.light(float(value))
        light = f'<span class="{TONE[state]}">{SHAPE[state]}</span>' if state else "<span></span>"
        number = places.get(str(code))
        place = "—" if number is None or pd.isna(number) else str(int(number))
        said = part_html(s, PACED, str(code))
        rows.append(row_html(place, names.get(str(code), str(code)), share(float(value), top), said, light))
    title = s.context.t("走访率排名")
    return box(title, f'<ol class="zr-s-rows rank{_lang(s)}">{"".join(rows)}</ol>')


def funnel(s: Situation) -> str:
    """Return the stages as bars: cumulative totals of a date, not one cohort."""
    t, counts = s.context.t, {stage: _stage_count(s, stage, value) for stage, value in stage_counts(s).items()}
    top = max([value for value, _ in counts.values() if value == value] or [0.0])  # noqa: PLR0124 - NaN
    rows, origins = [], dict(zip(STAGES, stage_origins(s)[0], strict=True))
    for stage, (value, said) in counts.items():
        bar = f'<span class="bar"><i style="width:{100 * share(value, top):.1f}%"></i></span>'
        name, number = t(STAGES[stage]), figure_html(escape(said), origins[stage] if value > 0 else None)
        rows.append(f'<li><span>{escape(name)}</span>{bar}<span class="v">{number}</span></li>')
    body = f'<ol class="zr-s-rows funnel{_lang(s)}">{"".join(rows)}</ol>'
    return box(t("各阶段户数"), body, t("累计量，非同一批企业"))


def _stage_count(s: Situation, stage: str, value: float) -> tuple[float, str]:
    """Return the length of a stage's bar (NaN: none) and what stands beside it."""
    if 0 < value < s.context.small_cell:
        return float("nan"), f"<{s.context.small_cell}"
    if TOTAL in s.withheld["lists"].get(stage, ()):
        return float("nan"), WITHHELD
    return value, s.context.t("未报送") if value != value else count(value)  # noqa: PLR0124 - NaN


def bank_ranking(s: Situation, banks: Banks, most: int = 8) -> str:
    """Return the banks with the most credit approved; a bank with too few approvals is withheld."""
    t, found = s.context.t, bank_figures(s, banks, "approved_amount")
    names = bank_names(s)
    top = max([f.value for _, f in found if f.value is not None] or [0.0])
    rows = [
        row_html(str(number), names.get(code, code), share(f.value or 0.0, top), _bank_html(s, f, code))
        for number, (code, f) in enumerate(found[:most], start=1)
    ]
    return box(t("银行授信排名"), f'<ol class="zr-s-rows bank{_lang(s)}">{"".join(rows)}</ol>', _scale(s)[1])


def overdue_ranking(s: Situation) -> str:
    """Return the parts by enterprises overdue for a decision, the most first."""
    t, told = s.context.t, values(s, "overdue")
    names = {n.code: n.label.short(s.context.lang) for n in s.context.profile.children(s.context.filters.region)}
    top = float(told.max()) if told.notna().any() else 0.0
    rows = []
    for code, value in told.head(11).items():
        said = part_html(s, "overdue", str(code))
        bar = f'<i style="width:{100 * share(float(value), top):.1f}%"></i>'
        name = escape(names.get(str(code), str(code)))
        rows.append(f'<li><span>{name}</span><span class="bar">{bar}</span><span class="v warn">{said}</span></li>')
    days = s.context.decision_days
    body = f'<ol class="zr-s-rows late{_lang(s)}">{"".join(rows)}</ol>'
    return box(t("超期未决（户）"), body, t("满 {n} 日").format(n=days))


def problem_ranking(s: Situation, problems: pd.DataFrame | None) -> str:
    """Return the departments with overdue problems: how many, and the earliest deadline missed."""
    t, context, title = s.context.t, s.context, s.context.t("超期问题（件）")
    if problems is None:
        missing = escape(t("未报送"))
        return box(title, f"<p>{missing}</p>")
    rows = []
    for row in problems[problems["overdue"] > 0].head(11).itertuples(index=False):
        day = context.numbers.day(pd.Timestamp(str(row.oldest_on)).date())
        name = escape(department(s, str(row.department)))
        number = figure_html(
            f"{row.overdue:,.0f}", Origin("problem.overdue", Place((("department", str(row.department)),)))
        )
        n = f'<span class="v warn">{number}</span>'
        rows.append(f'<li><span>{name}</span><span class="n">{escape(day)}</span>{n}</li>')
    return box(title, f'<ol class="zr-s-rows offices">{"".join(rows)}</ol>', t("最早应办结日"))


def department(s: Situation, code: str) -> str:
    """Return a department's name; the unassigned have none."""
    label = s.context.profile.code_label("department", code)
    return label.short(s.context.lang) if label else s.context.t("未分派")


def bank_figures(s: Situation, banks: Banks, key: str) -> list[tuple[str, Figure]]:
    """Return every bank's code and figure, the largest first, those without a value last."""
    found = [(code, bank_figure(s, banks, key, code)) for code in banks.rows if code]
    return sorted(found, key=lambda pair: -(pair[1].value if pair[1].value is not None else -1.0))


def bank_names(s: Situation) -> dict[str, str]:
    """Return what the banks are called on the screen, by code."""
    return {bank.code: bank.label.short(s.context.lang) for bank in s.context.profile.banks}


def bank_figure(s: Situation, banks: Banks, key: str, code: str) -> Figure:
    """Return a bank's figure as a shared screen may show it: what the banks share in, their amounts, adds up."""
    return kept_back(shown(s, banks.rows[code], key), banks.withheld, code)


def county_table(s: Situation) -> str:
    """Return every part with its main figures, in the profile's order of rank by visit rate, and the total."""
    t = s.context.t
    names = {n.code: n.label.short(s.context.lang) for n in s.context.profile.children(s.context.filters.region)}
    heads = "".join(_head(s, key) for key in COUNTY_COLUMNS)
    rows = []
    for number, (code, value) in enumerate(values(s, PACED).items(), start=1):
        state = s.light(float(value))
        light = f'<span class="{TONE[state]}">{SHAPE[state]} {escape(light_word(state, t))}</span>' if state else ""
        cells = "".join(f"<td>{part_html(s, key, str(code))}</td>" for key in COUNTY_COLUMNS)
        name = escape(names.get(str(code), str(code)))
        rows.append(f'<tr><td>{number}</td><td class="l">{name}</td><td class="l">{light}</td>{cells}</tr>')
    total = "".join(f"<td>{_withheld_html(s, whole(s, key), situated(s, key))}</td>" for key in COUNTY_COLUMNS)
    summed, unit, pace = (escape(word) for word in (t("合计"), t("单位"), t("进度")))
    rows.append(f'<tr class="total"><td></td><td class="l">{summed}</td><td></td>{total}</tr>')
    head = f'<tr><th></th><th class="l">{unit}</th><th class="l">{pace}</th>{heads}</tr>'
    return f'<table class="zr-s-table big{_lang(s)}"><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table>'


def bank_table(s: Situation, banks: Banks, first: int, rows: Sequence[str], lines_of_all: int) -> str:
    """Return banks ``rows`` (codes, in order) with their figures, numbered from ``first``.

    Empty lines fill it up to ``lines_of_all``, so that tables side by side have lines of one height.
    """
    t = s.context.t
    names = bank_names(s)
    heads = "".join(_head(s, key) for key in BANK_COLUMNS)
    lines = []
    for number, code in enumerate(rows, start=first):
        cells = "".join(f"<td>{_bank_html(s, bank_figure(s, banks, key, code), code)}</td>" for key in BANK_COLUMNS)
        lines.append(f'<tr><td>{number}</td><td class="l">{escape(names.get(code, code))}</td>{cells}</tr>')
    lines += ['<tr class="none"><td>&nbsp;</td></tr>'] * (lines_of_all - len(rows))
    bank = escape(t("银行"))
    head = f'<tr><th></th><th class="l">{bank}</th>{heads}</tr>'
    return f'<table class="zr-s-table{_lang(s)}"><thead>{head}</thead><tbody>{"".join(lines)}</tbody></table>'


def is_some(s: Situation, key: str, code: str) -> bool:
    """Whether a part has any of what a metric counts, shown or withheld."""
    found = part(s, key, code)
    return found.state is State.SUPPRESSED or bool(found.value)


def part_html(s: Situation, key: str, code: str) -> str:
    """Return a part's figure as a shared screen may show it."""
    return _withheld_html(s, part(s, key, code), situated(s, key, code))


def _bank_html(s: Situation, found: Figure, code: str) -> str:
    place = situated(s, found.metric.key)
    return _withheld_html(s, found, replace(place, cell=(*place.cell, ("bank", code))))


def _withheld_html(s: Situation, found: Figure, place: Place) -> str:
    """Return a figure that leads to its rows; what a shared screen withholds leads nowhere."""
    if found.state is not State.SUPPRESSED or found.smallest:
        return figure_html(_said(s, found), Origin(found.metric.key, place) if found.state is State.OK else None)
    reason = escape(s.context.t("为防止由合计推算出小于阈值的数字而隐去"))
    return f'<span title="{reason}">{WITHHELD}</span>'


def _head(s: Situation, key: str) -> str:
    """Return a column's title; amounts name their scale here, once, and share it."""
    name = escape(s.context.t(COLUMN_NAMES[key]).replace("{days}", str(s.context.decision_days)))
    return f"<th>{name}<br>{escape(_scale(s)[1])}</th>" if metric(key).unit in MONEY_UNITS else f"<th>{name}</th>"


def _scale(s: Situation) -> tuple[float, str]:
    """Return the scale all amounts of a table are written in: the one that suits the whole."""
    return s.context.numbers.scale(float(s.wholes["lists"]["approved_amount"]))


def _said(s: Situation, found: Figure) -> str:
    text: Shown = s.context.numbers.figure(found)
    if found.unit in MONEY_UNITS and found.value is not None:
        text = Shown(f"{found.value / _scale(s)[0]:,.2f}")
    unit = "" if text.unit == s.context.numbers.unit("enterprise") else text.unit
    joined = Shown(text.text, unit).joined
    warn = found.metric.key == "overdue" and bool(found.value)
    return f'<span class="warn">{escape(joined)}</span>' if warn else escape(joined)


def row_html(place: str, name: str, part: float, said: str, light: str = "") -> str:
    """Return one line of a ranking: place, name, bar, value and light; the last two are HTML."""
    bar = f'<span class="bar"><i style="width:{100 * part:.1f}%"></i></span>'
    return (
        f'<li><span class="n">{escape(place)}</span><span>{escape(name)}</span>{bar}'
        f'<span class="v">{said}</span>{light}</li>'
    )


def share(value: float, top: float) -> float:
    """Return a value as a share of the largest (0–1); 0 for NaN."""
    return value / top if top > 0 and value == value else 0.0  # noqa: PLR0124 - NaN


def box(title: str, body: str, note: str = "") -> str:
    """Return a titled box."""
    small = f"<small>{escape(note)}</small>" if note else ""
    return f'<div class="zr-s-box"><h2>{escape(title)}{small}</h2>{body}</div>'


def _lang(s: Situation) -> str:
    return "" if s.context.lang == "zh" else " en"
