"""A headline card: value and unit, change, pace, course, as-of date, and its definition. Pure HTML."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from components.numbers import MONEY_UNITS, RATE_UNITS, Numbers, Shown
from components.origins import Origin
from components.panel import figure_html
from locales import Translator
from metrics.catalogue import Metric
from metrics.lights import Light

# From here on a percentage says less than the amount itself.
_TOO_MANY_TIMES = 10
TONE = {Light.GOOD: "good", Light.WARNING: "warn", Light.BEHIND: "bad"}
SHAPE = {Light.GOOD: "●", Light.WARNING: "▲", Light.BEHIND: "■"}


@dataclass(frozen=True, slots=True)
class Gauge:
    """A bar in a card: label, its words, the share of its length (0–1) and where the mark of what is due stands.

    ``origin`` is what its words lead to, ``flags`` marks of checks of the data that touch it.
    """

    label: str
    text: str
    share: float
    due: float | None = None
    soft: bool = False
    origin: Origin | None = None
    flags: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What a card shows. ``lines``, ``pop``, ``spark``, ``flags`` are HTML from escaped parts; the rest is text.

    ``origin`` is what the value leads to, ``flags`` marks of checks of the data that touch it.
    """

    title: str
    shown: Shown
    day: str
    lines: Sequence[str] = ()
    gauges: Sequence[Gauge] = ()
    pop: str = ""
    spark: str = ""
    spark_note: str = ""
    badge: str = ""
    hero: bool = False
    origin: Origin | None = None
    flags: str = ""


def cards_html(cards: Sequence[Card]) -> str:
    """Return the cards as one grid."""
    return f'<div class="zr-cards">{"".join(map(_card, cards))}</div>'


def _card(card: Card) -> str:
    absent = "" if card.shown.unit or any(map(str.isdigit, card.shown.text)) else " absent"
    value = f"<strong>{escape(card.shown.text)}</strong><span>{escape(card.shown.unit)}</span>"
    value = figure_html(value, card.origin, label=f"{card.title} {card.shown.joined}")
    lines = "".join(f'<div class="zr-line">{line}</div>' for line in card.lines)
    gauges = f'<div class="zr-gauges">{"".join(map(_gauge, card.gauges))}</div>' if card.gauges else ""
    note = f'<span class="zr-day">{escape(card.spark_note)}</span>' if card.spark_note and card.spark else ""
    head = f"<h3>{escape(card.title)} {card.badge}{card.flags}</h3>{card.pop}"
    return (
        f'<section class="zr-card{" hero" if card.hero else ""}">{head}'
        f'<div class="zr-value{absent}">{value}</div>{lines}{gauges}'
        f'<div class="zr-foot"><span class="zr-day">{escape(card.day)}</span>{note}{card.spark}</div></section>'
    )


def _gauge(gauge: Gauge) -> str:
    mark = "" if gauge.due is None else f'<em style="left:{100 * min(gauge.due, 1):.1f}%"></em>'
    kind = ' class="soft"' if gauge.soft else ""
    text = figure_html(f"<b>{escape(gauge.text)}</b>", gauge.origin, label=f"{gauge.label} {gauge.text}")
    width = 100 * min(max(gauge.share, 0.0), 1.0)
    return (
        f'<div><div class="zr-gauge-label"><span>{escape(gauge.label)}{gauge.flags}</span>{text}</div>'
        f'<div class="zr-gauge"><i{kind} style="width:{width:.1f}%"></i>{mark}</div></div>'
    )


def change_html(now: float | None, before: float | None, entry: Metric, numbers: Numbers, since: str) -> str:
    """Return a change since a date: an arrow, the amount (points for a rate, else with per cent), good or bad.

    The colour follows the metric's polarity, not the direction; where the direction alone could mislead, a word
    says it too. "" if either value is missing.
    """
    if now is None or before is None:
        return ""
    difference = now - before
    shown = numbers.change(difference, entry.unit)
    tone, word = judgement(difference if shown.text.startswith(("+", "−")) else 0.0, entry.polarity, numbers.t)
    arrow = "→" if tone == "flat" and word else "↑" if difference > 0 else "↓"
    amount = shown.text.lstrip("+−")
    if entry.unit in RATE_UNITS:
        amount = f"{amount} {shown.unit}"
    elif before and abs(difference) < _TOO_MANY_TIMES * abs(before):
        # An amount changes in per cent; a count shows how many as well.
        share = f"{abs(100 * difference / before):.1f}%"
        amount = share if entry.unit in MONEY_UNITS else numbers.t("{n}（{share}）").format(n=amount, share=share)
    elif entry.unit in MONEY_UNITS:
        amount = replace(shown, text=amount).joined
    if arrow == "→":
        amount = ""
    said = escape(" ".join(filter(None, (arrow, amount, word))))
    return f'{escape(since)} <b class="zr-{tone}">{said}</b>'


def judgement(difference: float, polarity: str, t: Translator) -> tuple[str, str]:
    """Return tone and word of a change; no word where more is plainly better, or where neither is."""
    if difference == 0:
        return "flat", t("持平")
    if polarity == "neutral":
        return "flat", ""
    if (difference > 0) == (polarity == "up"):
        return "good", "" if difference > 0 else t("向好")
    return "bad", t("转差")


def light_html(state: Light | None, t: Translator) -> str:
    """Return a light as shape and word; "—" where there is none."""
    if state is None:
        return "—"
    return f'<span class="zr-light {TONE[state]}">{SHAPE[state]} {escape(light_word(state, t))}</span>'


def light_word(state: Light, t: Translator) -> str:
    """Return the word of a light."""
    words = {Light.GOOD: t("达标"), Light.WARNING: t("预警"), Light.BEHIND: t("滞后")}
    return words[state]
