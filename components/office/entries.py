"""The catalogue of definitions as HTML: one entry a metric, with its value for the city and the pages that show it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape

from components.context import Context
from components.definition import sources
from components.inputs import source_of
from components.office.outcomes import check_address
from components.origins import Origin
from components.origins import Place as Spot
from components.panel import figure_html
from components.published import RANK, Rank
from metrics.catalogue import Metric, load_terms
from metrics.figures import Figure, State
from metrics.quality import Outcome, load_checks


@dataclass(frozen=True, slots=True)
class Place:
    """A page that shows a metric: its address and its title in the reader's language."""

    address: str
    title: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the entries tell beside the definitions: values, pages and failing checks by metric key, the city's rank."""

    figures: Mapping[str, Figure]
    places: Mapping[str, tuple[Place, ...]]
    failing: Mapping[str, tuple[Outcome, ...]]
    rank: Rank | None = None


def family_html(context: Context, title: str, entries: Iterable[Metric], known: Knowledge, opened: str = "") -> str:
    """Return the entries of one family under its title; the one with the id ``opened`` is open."""
    found = "".join(entry_html(context, entry, known, is_open=entry.id == opened) for entry in entries)
    return f'<h2 class="zr-family">{escape(title)}</h2>{found}'


def entry_html(context: Context, entry: Metric, known: Knowledge, *, is_open: bool = False) -> str:
    """Return one metric's definition, folded unless ``is_open``."""
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{html}</dd>" for name, html in _rows(context, entry, known) if html)
    figure = known.figures.get(entry.key)
    value = escape(context.numbers.figure(figure, decimals=2).joined) if figure else ""
    absent = " absent" if figure is None or figure.state is not State.OK else ""
    return (
        f'<details class="zr-entry" id="{escape(entry.id)}"{" open" if is_open else ""}>'
        f"<summary><span>{escape(entry.id)}</span><b>{escape(context.numbers.name(entry))}</b>"
        f'<em>{escape(context.numbers.formula(entry))}</em><i class="zr-now{absent}">{value}</i></summary>'
        f"<dl>{listed}</dl></details>"
    )


def _rows(context: Context, entry: Metric, known: Knowledge) -> list[tuple[str, str]]:
    t, lang, terms = context.t, context.lang, load_terms()
    other = entry.name.text("en" if lang == "zh" else "zh", context.decision_days)
    texts = [
        (t("公式"), context.numbers.formula(entry)),
        (t("分子"), entry.numerator_words.text(lang)),
        (t("分母"), entry.denominator_words.text(lang)),
        (t("单位"), terms.unit[entry.unit].text(lang)),
        (t("汇总"), terms.additivity[entry.additivity].text(lang)),
        (t("好坏"), terms.polarity[entry.polarity].text(lang)),
        (t("缺失"), terms.null_rule[entry.null_rule].text(lang)),
        (t("注意"), entry.pitfalls.text(lang)),
        (t("来源"), sources(entry, lang, t)),
        (t("英文名") if lang == "zh" else t("中文名"), other),
    ]
    linked = [
        (t("当前值"), _value(context, entry, known)),
        (t("显示于"), _places(context, known.places.get(entry.key, ()))),
        (t("数据检查"), _checks(context, entry, known)),
    ]
    return [*((name, escape(text)) for name, text in texts if text), *linked]


def _value(context: Context, entry: Metric, known: Knowledge) -> str:
    t, figure = context.t, known.figures.get(entry.key)
    if figure is None:
        return escape(t("需按页面上的分组或方法计算，见所显示的页面"))
    shown = escape(context.numbers.figure(figure, decimals=2).joined)
    if figure.state is State.NOT_REPORTED:
        return f"<b>{shown}</b>"
    day = context.numbers.day(_reaches(context, entry, known))
    place = context.profile.label.text(context.lang)
    said = escape(t("（{place}，截至 {day}）").format(place=place, day=day))
    origin = Origin(entry.key, Spot(is_alone=True)) if source_of(entry.key).keys else None
    return f"{figure_html(f'<b>{shown}</b>', origin, label=entry.id)} {said}"


def _reaches(context: Context, entry: Metric, known: Knowledge) -> date:
    """Return the day of a metric's value: that of its tables, or of the bulletin that printed it."""
    if known.rank and entry.key == RANK:
        return known.rank.as_of
    return context.as_of(*(name.partition(".")[0] for name in entry.needs)) or context.last_on


def _places(context: Context, places: Iterable[Place]) -> str:
    links = [f'<a href="{escape(p.address)}?lang={context.lang}" target="_self">{escape(p.title)}</a>' for p in places]
    return "　".join(links) or escape(context.t("目前没有页面单独显示"))


def _checks(context: Context, entry: Metric, known: Knowledge) -> str:
    """Return the checks whose failing rows would distort the metric; those that fail are marked."""
    failing = {outcome.check.id for outcome in known.failing.get(entry.key, ())}
    links = []
    for check in load_checks().values():
        if entry.key in check.metrics:
            mark = '<span class="zr-flag">⚑</span>' if check.id in failing else ""
            name = escape(check.name.text(context.lang))
            links.append(f'{mark}<a href="{check_address(check.id, context.lang)}" target="_self">{name}</a>')
    return "　".join(links)
