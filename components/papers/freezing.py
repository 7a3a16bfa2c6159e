"""What an edition freezes: every figure of the city, its counties, towns and banks, with names, definitions and words.

Texts are frozen in both languages, as they would have been said on that day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from charts.classes import diverging_scale
from charts.svgmap import Paper, Shape, svg_map
from components.banks.desk import Desk, desk_of
from components.banks.judging import QUESTIONS
from components.banks.sizes import measures
from components.banks.words import said
from components.context import Context
from components.definition import sources
from components.filters import Filters
from components.mapview import shapes
from components.numbers import Numbers
from components.papers.style import official
from components.papers.telling import told_city, told_figure, told_towns
from components.papers.words import SENTENCE_COLUMNS, sentences
from components.reads import increments, progress, rules
from components.situation import LIST_TABLES, PACED, Situation, build_situation, month_end_before
from components.smallcells import told_days
from data_access.importing.tables import TABLES
from data_access.queries.banks import overdue_pushes
from data_access.queries.history import daily
from data_access.queries.measures import MEASURES
from data_access.queries.revisions import last_batch, revisions
from locales import translator
from metrics.catalogue import Metric, load_catalogue, load_terms, metric
from metrics.figures import Figure, State, figure, figure_of
from reports.edition import BANK, CITY, FRAMES, REGION, TOWN

LANGS = ("zh", "en")
WEEKLY = ("visited", "applied", "approved", "approved_amount", "loan_amount")
PAPER = Paper(1000, 760, 26, "#FFFFFF", "#17212E", "#FFFFFF")
# Every overdue push is frozen; this many are more than any annex can print.
MOST_OVERDUE = 20_000


def freezable(context: Context) -> Context:
    """Return the context of what is frozen: everything in the reader's scope up to the as-of date, no other filter."""
    return replace(context, filters=Filters(as_of=context.filters.as_of))


def facts(context: Context) -> dict[str, Any]:
    """Return the city's names, currency and rules, and the dates its data reach, as JSON can hold them."""
    label, visits_on, lists_on = context.profile.label, context.as_of("visits"), context.as_of(*LIST_TABLES)
    return {
        "name_zh": label.zh,
        "name_en": label.en,
        "is_demo": context.profile.is_demo,
        "currency": context.profile.currency.code,
        "money_zh": _scale(context, "zh"),
        "money_en": _scale(context, "en"),
        "visits_on": visits_on.isoformat() if visits_on else "",
        "lists_on": lists_on.isoformat() if lists_on else "",
        "before_on": month_end_before(context.filters.as_of).isoformat(),
        "decision_days": context.decision_days,
        "last_batch": last_batch(context.store),
        **{f"frozen_{lang}": _numbers(context, lang).day(context.filters.as_of) for lang in LANGS},
        **{f"map_{lang}": context.profile.map_attribution.text(lang) for lang in LANGS},
        **size_facts(_desk(context)),
        "region_levels": {lang: [level.label.text(lang) for level in context.profile.region_levels] for lang in LANGS},
    }


def size_facts(desk: Desk | None) -> dict[str, Any]:
    """Return which size the banks' credit is compared with, and whether it is an amount."""
    if desk is None or not desk.sizes.credit:
        return {"size_is_money": False, "size_zh": "", "size_en": ""}
    code = desk.sizes.credit
    spoken = {lang: replace(desk, context=replace(desk.context, lang=lang)).measure(code) for lang in LANGS}
    is_money = code in measures(desk.context, money=True)
    return {"size_is_money": is_money, **{f"size_{lang}": name for lang, name in spoken.items()}}


def frames(context: Context, before: date | None = None, since: int | None = None) -> dict[str, pd.DataFrame]:
    """Return the tables of an edition of ``freezable(context)``; their columns are those of ``FRAMES``.

    ``before`` is the day of the edition before, whose figures are read once more; ``since`` the last import it knew.
    """
    situation = build_situation(context)
    desk = _desk(context)
    rows: Mapping[str, Iterator[tuple[Any, ...]]] = {
        "values": _values(context, situation),
        "names": _names(context),
        "definitions": _definitions(context, situation),
        "findings": _findings(desk) if desk else iter(()),
        "weekly": _weekly(context),
        "overdue": _overdue(context),
        "sizes": _sizes(desk) if desk else iter(()),
        "pictures": _pictures(situation),
        "revisited": _revisited(context, before) if before else iter(()),
        "revisions": _revisions(context, before, since) if before and since is not None else iter(()),
    }
    made = {name: pd.DataFrame(list(found), columns=list(FRAMES[name])) for name, found in rows.items()}
    made["sentences"] = pd.DataFrame(sentences(context, situation, desk), columns=list(SENTENCE_COLUMNS))
    return made


def _desk(context: Context) -> Desk | None:
    return desk_of(context) if context.reported & {"decisions", "visits"} else None


def _scale(context: Context, lang: str) -> tuple[float, str]:
    """Return the scale that tables write amounts in: the largest the currency has."""
    return replace(context, lang=lang).numbers.scale(1e9)


# ---- figures ---------------------------------------------------------------------------------------------------------


def _values(context: Context, s: Situation) -> Iterator[tuple[Any, ...]]:
    numbers = [replace(context, lang=lang).numbers for lang in LANGS]
    for part, code, known in _figures(context, s):
        found = told_figure(context, known)
        texts = [_written(n, found) for n in numbers]
        blank = float("nan")
        sides = (blank if found.numerator is None else found.numerator,
                 blank if found.denominator is None else found.denominator)  # fmt: skip
        value = blank if found.value is None else found.value
        yield (part, code, found.metric.key, found.state.value, value, *sides, *texts)


def _revisited(context: Context, before: date) -> Iterator[tuple[Any, ...]]:
    """Yield the figures of an earlier day as the store has them now."""
    then = replace(context, filters=replace(context.filters, as_of=before))
    for part, code, known in _figures(then, build_situation(then)):
        if part in {CITY, REGION}:
            found = told_figure(context, known)
            yield (part, code, found.metric.key, float("nan") if found.value is None else found.value)


def _revisions(context: Context, before: date, since: int) -> Iterator[tuple[Any, ...]]:
    """Yield the records that came in since for the time up to the earlier day, by table and county."""
    found = revisions(context.store, context.scope, replace(context.selection, as_of=before), since)
    yield from found.itertuples(index=False, name=None)


def _written(numbers: Numbers, found: Figure) -> str:
    return numbers.figure(found, decimals=2).joined


def _figures(context: Context, s: Situation) -> Iterator[tuple[str, str, Figure]]:
    keys = [entry.key for entry in load_catalogue().values() if entry.numerator]
    whole = {str(name): float(value) for name, value in told_city(context).items()}
    yield from ((CITY, "", figure(whole, key, context.reported)) for key in keys)
    yield from ((CITY, "", found) for found in _paced(s, s.wholes["visits"]))
    for part, column in ((REGION, "region_1"), (TOWN, "region_2"), (BANK, "bank")):
        if column.startswith("region") and int(column[-1]) > len(context.profile.region_levels):
            continue
        found = told_towns(context) if part == TOWN else progress(context, (column,), MEASURES)
        for row in found.to_dict("records"):
            code = str(row[column])
            cells = {str(name): float(value) for name, value in row.items() if name != column}
            if part == BANK:
                # At a bank an enterprise is overdue whose push to it waits, whatever other banks decided.
                cells["overdue"] = cells["pushes_overdue"]
            yield from ((part, code, figure(cells, key, context.reported)) for key in _of(part, keys))
            if part == REGION:
                yield from ((part, code, found) for found in _paced(s, pd.Series(cells)))


def _of(part: str, keys: list[str]) -> list[str]:
    """Return the metrics that can be told of a part: a bank has no visit list."""
    if part != BANK:
        return keys
    return [key for key in keys if "visit_targets" not in load_catalogue()[key].tables]


def _paced(s: Situation, row: "pd.Series[float]") -> Iterator[Figure]:
    """Return the schedule and the gap to it, where a dated target applies."""
    if not s.due > 0:
        return
    rate = figure(row, "visit_rate", s.context.reported)
    yield figure_of("schedule", s.due, s.context.reported)
    if rate.state is State.OK and rate.value is not None:
        yield figure_of("pace_gap", rate.value - s.due, s.context.reported)


# ---- names and definitions -------------------------------------------------------------------------------------------


def _names(context: Context) -> Iterator[tuple[Any, ...]]:
    profile = context.profile
    yield (CITY, "", "", 0.0, "", *_label(profile.label))
    for place, node in enumerate(profile.regions):
        if node.level <= 2:  # grids are too many for a paper
            part = REGION if node.level == 1 else TOWN
            yield (part, node.code, node.parent, float(place), "", *_label(node.label))
    for part in (REGION, TOWN):
        yield (part, "", "", float(len(profile.regions)), "", *[t("未分类") for t in _translators(context)] * 2)
    for place, bank in enumerate(profile.banks):
        kind = "policy" if bank.is_policy else bank.bank_class
        yield (BANK, bank.code, "", float(place), kind, *_label(bank.label))


def _label(label: Any) -> tuple[str, str, str, str]:  # noqa: ANN401 - a label of the profile, whichever it is
    return label.zh, label.en, label.short("zh"), label.short("en")


def _translators(context: Context) -> list[Any]:
    return [replace(context, lang=lang).t for lang in LANGS]


def _definitions(context: Context, s: Situation) -> Iterator[tuple[Any, ...]]:
    terms = load_terms()
    for entry in load_catalogue().values():
        unit = terms.unit[entry.unit]
        on = s.on(entry.key) if entry.tables else None
        yield (
            entry.key, entry.id, entry.unit, entry.polarity, _adds_up(entry),
            *[_numbers(context, lang).name(entry) for lang in LANGS], unit.zh, unit.en,
            *[_numbers(context, lang).formula(entry) for lang in LANGS], entry.pitfalls.zh, entry.pitfalls.en,
            on.isoformat() if on else "", *[_data(entry, lang) for lang in LANGS],
            *[sources(entry, lang, translator(lang)) for lang in LANGS],
        )  # fmt: skip


def _data(entry: Metric, lang: str) -> str:
    """Return the tables a metric is counted from."""
    tables = [TABLES[name] for name in entry.tables if name in TABLES]
    return translator(lang)("、").join(table.title if lang == "zh" else table.title_en for table in tables)


def _adds_up(entry: Metric) -> bool:
    """Whether the counties' values add up to the city's: every enterprise lies in one county."""
    return (
        bool(entry.numerator) and not entry.is_ratio and all(load_terms().measure[m].additive for m in entry.measures)
    )


def _numbers(context: Context, lang: str) -> Numbers:
    return replace(context, lang=lang).numbers


# ---- banks, course, cases --------------------------------------------------------------------------------------------


def _findings(desk: Desk) -> Iterator[tuple[Any, ...]]:
    spoken = [replace(desk, context=replace(desk.context, lang=lang)) for lang in LANGS]
    for bank in desk.peers:
        for question in QUESTIONS:
            measure, low, middle, high = _band(desk, bank, question)
            chinese, english = (said(d, bank, question) for d in spoken)
            yield (bank, question, desk.light(bank, question), measure, low, middle, high, official(chinese), english)


def _band(desk: Desk, bank: str, question: str) -> tuple[float, float, float, float]:
    """Return a bank's measure and the quartiles of its peers', none of which it can tell the name of."""
    values = {
        "visits": lambda: desk.now.visits.rows["ratio"],
        "applications": lambda: desk.now.shares.rows["adjusted"],
        "credit": lambda: desk.ratio["ratio"],
        "reasons": lambda: desk.now.quality["empty"],
    }[question]()
    others = values.drop(bank, errors="ignore").dropna()
    own = float(values.get(bank, float("nan")))
    low, middle, high = (float(others.quantile(q)) if len(others) else float("nan") for q in (0.25, 0.5, 0.75))
    return own, low, middle, high


def _sizes(desk: Desk) -> Iterator[tuple[Any, ...]]:
    """Yield what the credit question compares: every commercial bank's size and its credit."""
    size, credit = desk.sizes.of(desk.sizes.credit), desk.now.progress["approved_amount"]
    for bank in desk.peers:
        yield (bank, float(size.get(bank, float("nan"))), float(credit.get(bank, float("nan"))))


def _pictures(s: Situation) -> Iterator[tuple[Any, ...]]:
    """Yield the map of the visit rate, each county by its distance from the whole city's rate."""
    found = shapes(s.context.profile)
    if not found or s.figure(PACED).value is None:
        return
    yield ("visit_rate", *[_map(replace(s, context=replace(s.context, lang=lang)), found) for lang in LANGS])


def _map(s: Situation, found: Mapping[str, Mapping[str, Any]]) -> str:
    values, whole = s.values(PACED).drop("", errors="ignore"), s.figure(PACED).value or 0.0
    scale = diverging_scale([float(v) for v in values], whole)
    lang, numbers = s.context.lang, s.context.numbers
    areas = [
        Shape(
            node.code, scale.colour(float(values.get(node.code, float("nan")))), node.label.short(lang),
            numbers.value(float(values.get(node.code, float("nan"))), "percent").joined, node.approximate,
        )
        for node in s.context.profile.children()
    ]  # fmt: skip
    return svg_map(found, areas, PAPER, numbers.name(metric(PACED)))


def _weekly(context: Context) -> Iterator[tuple[Any, ...]]:
    """Yield the weekly course of the city, and of each county that of its visits."""
    for key in WEEKLY:
        yield from ((CITY, "", key, day, n) for day, n in _weeks(increments(context, key)))
    if not increments(context, WEEKLY[0]).empty:
        frame = daily(context.store, context.scope, context.selection, WEEKLY[0], ("region_1",))
        for code, found in frame.groupby(frame["region_1"].fillna("")):
            told = told_days(context, found[["day", "n"]])
            yield from ((REGION, str(code), WEEKLY[0], day, n) for day, n in _weeks(told))


def _weeks(frame: pd.DataFrame) -> Iterator[tuple[str, float]]:
    """Yield the sum of each week by its Sunday."""
    if frame.empty:
        return
    days = pd.Series(frame["n"].to_numpy(), index=pd.DatetimeIndex(frame["day"]))
    weeks = days.resample("W-SUN").sum()
    yield from ((f"{day:%Y-%m-%d}", float(n)) for day, n in zip(weeks.index, weeks, strict=True))


def _overdue(context: Context) -> Iterator[tuple[Any, ...]]:
    if not {"recommendations", "decisions"} <= context.reported:
        return
    found = overdue_pushes(context.store, context.scope, context.selection, rules(context), MOST_OVERDUE)
    for row in found.to_dict("records"):
        yield (row["bank"], row["enterprise_id"], row["region_1"] or "", str(row["pushed_on"]), float(row["days"]))
