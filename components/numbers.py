"""Numbers and dates as readers see them: separators, scales of money, decimals, and the words for what is missing."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from data_access.profile import Currency
from locales import Translator, translator
from metrics.catalogue import DECISION_DAYS, Metric, load_terms
from metrics.figures import Figure, State

DASH = "—"
LARGEST_SHARED = 1e8
MONEY_UNITS = frozenset({"yuan", "yuan_per_enterprise"})
RATE_UNITS = frozenset({"percent", "percentage_point"})
# Units whose values are counts: whole numbers with separators.
WHOLE_UNITS = frozenset(
    {"enterprise", "event", "case", "person", "rank", "place", "issue", "session", "record", "product", "percent_yuan"}
    | {"copy", "article", "view", "attendance", "item"}
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A number ready to be shown: its text, and its unit ("" where the text says it all)."""

    text: str
    unit: str = ""
    # What of the unit stands before the number in a sentence: the currency, where its scale is a word behind it.
    lead: str = ""

    @property
    def joined(self) -> str:
        """Text and unit in one: "359.35 亿元", "103.7%", "CNY 35.94 bn", "−EUR 120"."""
        if self.lead:
            number = self.text.lstrip("+−")
            sign = self.text.removesuffix(number)
            return f"{sign}{self.lead} {number} {self.unit.removeprefix(self.lead).strip()}".rstrip()
        return f"{self.text}{self.unit}" if self.unit in {"%", ""} else f"{self.text} {self.unit}"


@dataclass(frozen=True, slots=True)
class Numbers:
    """How numbers are written for one reader, and what they are called.

    ``lang`` is the language, ``currency`` the city's with its scales, ``days`` its term for a bank's decision.
    """

    lang: str
    currency: Currency
    days: int = DECISION_DAYS

    @property
    def t(self) -> Translator:
        """The reader's translator."""
        return translator(self.lang)

    def name(self, entry: Metric) -> str:
        """Return what a metric is called, with the city's term where the name speaks of it."""
        return entry.name.text(self.lang, self.days)

    def formula(self, entry: Metric) -> str:
        """Return a metric's formula in words, likewise."""
        return entry.formula.text(self.lang, self.days)

    def figure(self, figure: Figure, *, decimals: int = 1) -> Shown:
        """Return a figure's value, or the words for its absence; ``decimals`` are those of a rate."""
        if figure.state is State.NOT_REPORTED:
            return Shown(self.t("未报送"))
        if figure.value is None:
            return Shown(figure.mark)
        return self.value(figure.value, figure.unit, decimals=decimals)

    def value(self, value: float, unit: str, *, decimals: int = 1) -> Shown:
        """Return ``value`` in the unit's customary form; NaN is "—". ``unit`` is a unit of the catalogue."""
        if math.isnan(value):
            return Shown(DASH)
        if unit in MONEY_UNITS:
            return self.money(value, per=unit != "yuan")
        if unit in WHOLE_UNITS:
            text = count(value)
            return Shown(text, load_terms().unit[unit].beside(text, self.lang))
        if unit in RATE_UNITS:
            return Shown(rate(value, decimals), self.unit(unit))
        return Shown(rate(value), self.unit(unit))

    def unit(self, unit: str) -> str:
        """Return the name of a unit of the catalogue; money is in the city's own currency."""
        if unit in MONEY_UNITS:
            name = next((name for factor, name in self.scales() if factor == 1), self.currency.code)
            return name if unit == "yuan" else self.per_enterprise(name)
        return load_terms().unit[unit].text(self.lang)

    def money(self, value: float, *, per: bool = False) -> Shown:
        """Return an amount with two decimals in the largest scale that keeps it at 1 or more ("per enterprise")."""
        if math.isnan(value):
            return Shown(DASH)
        factor, name = self._fitting(value, self.scales())
        digits = 2 if factor > 1 else 0
        return self.amount(rate(value / factor, digits), self.per_enterprise(name) if per else name)

    def amount(self, text: str, unit: str) -> Shown:
        """Return an amount that is written out already, in a scale (and per what) called ``unit``."""
        code = self.currency.code
        return Shown(text, unit, code if unit == code or unit.startswith(f"{code} ") else "")

    def per_enterprise(self, name: str) -> str:
        """Return the unit of an amount per enterprise, from the ``name`` of its scale."""
        return self.t("{unit}/户").format(unit=name)

    def scale(self, value: float) -> tuple[float, str]:
        """Return the scale (factor, name) of amounts that share one, in a column or on an axis, up to ``value``.

        Two decimals of a billion would hide millions, so the largest scale here is ``LARGEST_SHARED``.
        """
        scales = self.scales()
        return self._fitting(value, [one for one in scales if one[0] <= LARGEST_SHARED] or scales)

    def scales(self) -> list[tuple[float, str]]:
        """Return the scales that have a name in the reader's language, the largest first."""
        named = [(factor, zh if self.lang == "zh" else en) for factor, zh, en in self.currency.units]
        return [one for one in named if one[1]] or [(1.0, self.currency.code)]

    @staticmethod
    def _fitting(value: float, scales: Sequence[tuple[float, str]]) -> tuple[float, str]:
        return next((one for one in scales if abs(value) >= one[0]), scales[-1])

    def change(self, difference: float, unit: str) -> Shown:
        """Return a difference with its sign; differences of rates are in percentage points, two decimals."""
        if math.isnan(difference):
            return Shown(DASH)
        unit = "percentage_point" if unit == "percent" else unit
        shown = self.value(abs(difference), unit, decimals=2)
        sign = "" if not shown.text.strip("0.,") else "+" if difference > 0 else "−"
        return Shown(f"{sign}{shown.text}", self.t("百分点") if unit == "percentage_point" else shown.unit, shown.lead)

    def day(self, day: date | None) -> str:
        """Return a date: 2025年5月31日, or 31 May 2025."""
        if day is None:
            return DASH
        if self.lang == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def short_day(self, day: date | None) -> str:
        """Return a date without its year: 5月31日, or 31 May."""
        if day is None:
            return DASH
        return f"{day.month}月{day.day}日" if self.lang == "zh" else f"{day.day} {_MONTHS[day.month - 1]}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def count(value: float) -> str:
    """Return a whole number with separators; NaN is "—"."""
    return DASH if math.isnan(value) else _minus(f"{value:,.0f}")


def rate(value: float, decimals: int = 2) -> str:
    """Return a percentage without its sign; NaN is "—"."""
    return DASH if math.isnan(value) else _minus(f"{value:,.{decimals}f}")


def signed(value: float, decimals: int = 2) -> str:
    """Return a difference with its sign, "+" or "−"; NaN is "—"."""
    return DASH if math.isnan(value) else _minus(f"{value:+,.{decimals}f}")


def _minus(text: str) -> str:
    """Write the minus sign as one: as wide as a plus, where a hyphen is easily overlooked."""
    return text.replace("-", "−")
