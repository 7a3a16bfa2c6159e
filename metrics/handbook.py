"""The metric catalogue as a page of documentation: ``docs/metrics.md``, written by ``python -m metrics``."""

from collections.abc import Iterable, Iterator

from metrics.catalogue import FAMILIES, Measure, Metric, Term, load_catalogue, load_terms

_TITLES = {
    "visits": "Visits 走访 (M01–M17)",
    "lists": "Lists and time to decision 清单与时效 (M18–M30)",
    "credit": "Credit decisions 授信 (M31–M38)",
    "loans": "Loans, price and structure 放款、价格、结构 (M39–M51)",
    "banks": "Banks, structure and special lists 银行、结构、专项 (M52–M58)",
    "services": "Problems, events, staff, publicity, products, data 问题、活动、三员、宣传、产品、数据 (M59–M74)",
}

_INTRODUCTION = """\
# Metrics 指标口径

<!-- Written by `python -m metrics` from metrics/definitions/*.toml. Change those files, not this one. -->

Every figure of Zhanrong is defined here. The interface reads the same definitions, and `metrics.compute` evaluates the
measures they name, so the formula on the screen is the formula that was computed.

- A metric without another note counts everything from the start of the programme up to the as-of date.
- 户 are distinct enterprises, 户次 are events, 笔 are cases (loans, approvals, pushes). They are never mixed.
- The four amounts 意向 (intent), 授信 (credit approved), 放款 (disbursed) and 余额 (balance) are never added.
- Missing is not zero: “—” means that there is nothing to divide by, 未报送 that the data never arrived, and “<5” that
  a figure rests on too few enterprises for a shared screen.
- Amounts are kept in the currency's unit; “shown in” names the scale used on screen.
- Additivity: **A** additive · **S** semi-additive (over banks, not over time) · **D** distinct count, recomputed for
  a total · **R** ratio, recomputed from its parts, never averaged · **N** cannot be aggregated.
"""


def handbook() -> str:
    """Return the text of ``docs/metrics.md``: every metric by family, then the measures and the sources."""
    metrics = load_catalogue().values()
    parts = [_INTRODUCTION]
    for family in FAMILIES:
        members = [entry for entry in metrics if entry.family == family]
        parts += [f"## {_TITLES[family]}\n", _overview(members), *map(_section, members)]
    return "\n".join([*parts, _measures(), _sources()])


def _overview(metrics: Iterable[Metric]) -> str:
    terms = load_terms()
    rows = [
        (m.id, *_both(m.name), f"`{m.key}`", terms.unit[m.unit].zh, m.additivity, terms.polarity[m.polarity].en)
        for m in metrics
    ]
    return _table(("id", "名称", "name", "key", "单位", "add.", "direction"), rows)


def _both(term: Term) -> tuple[str, str]:
    return term.text("zh"), term.text("en")


def _section(entry: Metric) -> str:
    lines = "\n".join(f"- {title}: {text}" for title, text in _facts(entry) if text)
    return f"### {entry.id} {entry.name.text('zh')} · {entry.name.text('en')}\n\n{lines}\n"


def _facts(entry: Metric) -> Iterator[tuple[str, str]]:
    terms = load_terms()
    unit = terms.unit[entry.unit]
    shown = f" (shown in {terms.display[entry.display].zh})" if entry.display else ""
    yield "Formula", f"{entry.formula.text('en')}<br>{entry.formula.text('zh')}"
    yield "Numerator", _side(entry.numerator_words.en, entry.numerator_words.zh, entry.numerator)
    yield "Denominator", _side(entry.denominator_words.en, entry.denominator_words.zh, entry.denominator)
    yield "Unit", " ".join(filter(None, dict.fromkeys((unit.en, unit.zh)))) + shown
    yield "Additivity", f"{entry.additivity}. {terms.additivity[entry.additivity].en}"
    yield "Direction", terms.polarity[entry.polarity].en
    yield "Grain", ", ".join(terms.grain[code].en for code in entry.grain)
    yield "No value", terms.null_rule[entry.null_rule].en
    yield "Fewest cases", str(entry.min_n) if entry.min_n else ""
    yield "Pitfalls", f"{entry.pitfalls.en}<br>{entry.pitfalls.zh}"
    yield "Needs", ", ".join(f"`{table}`" for table in entry.needs)
    yield "Computed by", f"`{entry.computed_by}`" if entry.computed_by else "not computed yet"
    yield "Source", ", ".join(f"[{code}](#sources)" for code in entry.sources)


def _side(en: str, zh: str, measures: tuple[str, ...]) -> str:
    if not en:
        return ""
    named = f" = {' + '.join(f'`{name}`' for name in measures)}" if measures else ""
    return f"{en} · {zh}{named}"


def _measures() -> str:
    rows = [_measure(measure) for measure in load_terms().measure.values()]
    table = _table(("measure", "名称", "name", "单位", "unknown without"), rows)
    return f"## Measures\n\nThe columns of a progress frame, one row per group; NaN means not reported.\n\n{table}"


def _measure(measure: Measure) -> tuple[str, ...]:
    words, unit = measure.words, load_terms().unit[measure.unit].zh
    return f"`{measure.name}`", words.zh, words.en, unit, ", ".join(f"`{table}`" for table in measure.tables)


def _sources() -> str:
    terms = load_terms()
    rows = [
        (f"`{code}`", terms.source_kind[s.kind].en, terms.certainty[s.certainty].en, f"{s.en}<br>{s.zh}")
        for code, s in terms.source.items()
    ]
    return f"## Sources\n\n{_table(('code', 'kind', 'certainty', 'source'), rows)}"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
