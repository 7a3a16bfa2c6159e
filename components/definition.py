"""A metric's definition as readers see it: formula, numerator, denominator, source and pitfalls, from the catalogue."""

from collections.abc import Sequence
from html import escape

from components.numbers import Numbers
from components.origins import SOURCE, Origin
from components.panel import mark
from locales import Translator
from metrics.catalogue import Metric, Term, load_terms, metric
from metrics.figures import Figure


def definition_markdown(keys: Sequence[str], numbers: Numbers) -> str:
    """Return the definitions of several metrics as Markdown: name, formula, pitfalls."""
    entries, lang = [metric(key) for key in keys], numbers.lang
    return "\n\n".join(
        f"**{e.id} {numbers.name(e)}**  \n{numbers.formula(e)}  \n:gray[{e.pitfalls.text(lang)}]" for e in entries
    )


def definition_pop(
    figure: Figure, numbers: Numbers, *, title: str, notes: Sequence[str] = (), origin: Origin | None = None
) -> str:
    """Return the definition behind a card as HTML: opened by its button, with this figure's own numbers.

    With an ``origin`` it leads on to where the figure comes from.
    """
    t, lang, entry = numbers.t, numbers.lang, figure.metric
    rows = [(t("公式"), numbers.formula(entry))]
    rows += _parts(figure, numbers)
    rows += [(t("注意"), entry.pitfalls.text(lang)), (t("来源"), sources(entry, lang, t))]
    rows += [(t("说明"), note) for note in notes]
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows if text)
    label = escape(t("{name}的口径").format(name=title))
    more = escape(t("在指标口径中查看"))
    link = f'<a href="definitions?find={entry.id}&lang={lang}" target="_blank">{more}</a>'
    if origin:
        words = escape(t("来源与明细"))
        link = f'<span class="zr-link" {mark(SOURCE, origin.text())}>{words}</span>　{link}'
    return (
        f'<details class="zr-pop"><summary title="{label}" aria-label="{label}">ⓘ</summary>'
        f"<div><h4>{escape(entry.id)} {escape(numbers.name(entry))}</h4><dl>{listed}</dl><p>{link}</p></div></details>"
    )


def _parts(figure: Figure, numbers: Numbers) -> list[tuple[str, str]]:
    """Return this figure's numerator and denominator, with their names and values."""
    t, entry = numbers.t, figure.metric
    pairs = [(t("分子"), entry.numerator_words, figure.numerator, entry.numerator)]
    if entry.is_ratio:
        pairs.append((t("分母"), entry.denominator_words, figure.denominator, entry.denominator))
    return [(side, _part(words, value, measures, numbers)) for side, words, value, measures in pairs]


def _part(words: Term, value: float | None, measures: Sequence[str], numbers: Numbers) -> str:
    text = words.text(numbers.lang)
    if value is None or not measures:
        return text
    unit = load_terms().measure[measures[0]].unit
    return f"{text} = {numbers.value(value, unit).joined}"


def sources(entry: Metric, lang: str, t: Translator) -> str:
    """Return where a definition comes from and how certain that is."""
    terms = load_terms()
    said = [terms.source[code] for code in entry.sources]
    words = t("{source}（{certainty}）")
    marks = [words.format(source=s.text(lang), certainty=terms.certainty[s.certainty].text(lang)) for s in said]
    return t("；").join(marks)
