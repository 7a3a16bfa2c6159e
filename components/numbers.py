"""Numbers and dates as readers see them: separators, scales of money, decimals, and the words for what is missing."""

import math
from dataclasses import dataclass
from datetime import date

from data_access.profile import Currency
from locales import Translator, translator
from metrics.catalogue import DECISION_DAYS, Metric, load_terms
from metrics.figures import Figure, State

DASH = "—"
MONEY_UNITS = frozenset({"yuan", "yuan_per_enterprise"})
RATE_UNITS = frozenset({"percent", "percentage_point"})
# Units whose values are counts: whole numbers with separators.
WHOLE_UNITS = frozenset(
    {"enterprise", "event", "case", "person", "rank", "place", "issue", "session", "record", "product", "percent_yuan"}
    | {"copy", "article", "view"}
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A number ready to be shown: its text, and its unit ("" where the text says it all)."""

    text: str
    unit: str = ""

    @property
    def joined(self) -> str:
        """Text and unit in one: "359.35 亿元", "103.7%"."""
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
            return Shown(count(value), self.unit(unit))
        if unit in RATE_UNITS:
            return Shown(f"{value:,.{decimals}f}", self.unit(unit))
        return Shown(f"{value:,.2f}", self.unit(unit))

    def unit(self, unit: str) -> str:
        """Return the name of a unit of the catalogue."""
        return load_terms().unit[unit].text(self.lang)

    def money(self, value: float, *, per: bool = False) -> Shown:
        """Return an amount with two decimals in the largest scale that keeps it at 1 or more ("per enterprise")."""
        if math.isnan(value):
            return Shown(DASH)
        factor, name = self.scale(value)
        digits = 2 if factor > 1 else 0
        return Shown(f"{value / factor:,.{digits}f}", f"{name}/{self.unit('enterprise')}" if per else name)

    def scale(self, value: float) -> tuple[float, str]:
        """Return the scale (factor, name) in which the currency writes an amount as large as ``value``."""
        units = self.currency.units or ((1.0, self.currency.code, self.currency.code),)
        fitting = next((u for u in units if abs(value) >= u[0]), units[-1])
        return fitting[0], fitting[1] if self.lang == "zh" else fitting[2]

    def change(self, difference: float, unit: str) -> Shown:
        """Return a difference with its sign; differences of rates are in percentage points, two decimals."""
        if math.isnan(difference):
            return Shown(DASH)
        unit = "percentage_point" if unit == "percent" else unit
        shown = self.value(abs(difference), unit, decimals=2)
        sign = "" if not shown.text.strip("0.,") else "+" if difference > 0 else "−"
        return Shown(f"{sign}{shown.text}", self.t("百分点") if unit == "percentage_point" else shown.unit)

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
    return DASH if math.isnan(value) else f"{value:,.0f}"


def rate(value: float, decimals: int = 2) -> str:
    """Return a percentage without its sign; NaN is "—"."""
    return DASH if math.isnan(value) else f"{value:,.{decimals}f}"
