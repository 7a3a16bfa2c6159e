"""Figures as they are printed: “3.34万户” read as a value in its unit, with the size of its last digit.

A printed figure is only as exact as its last digit, and its unit can be wrong: “421404万户” is 4.2 billion enterprises
in a city of half a million.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

# How much a word behind a number multiplies it. The longest is tried first.
_SCALES: Mapping[str, int] = {"万亿": 10**12, "亿": 10**8, "万": 10**4, "千": 10**3, "billion": 10**9, "million": 10**6}
# What may follow the scale, and the unit of the catalogue it stands for; the longer word first.
_UNITS: Sequence[tuple[str, str]] = (
    ("户次", "event"), ("家次", "event"), ("家(次)", "event"), ("人次", "event"), ("户", "enterprise"),
    ("家", "enterprise"), ("笔", "case"), ("元", "yuan"), ("%", "percent"), ("个百分点", "percentage_point"),
    ("个", "place"), ("名", "person"), ("人", "person"), ("位", "rank"), ("件", "issue"), ("场次", "session"),
    ("场", "session"), ("期", "article"), ("份", "copy"), ("天", "day"), ("enterprises", "enterprise"),
    ("yuan", "yuan"), ("CNY", "yuan"),
)  # fmt: skip
_NUMBER = re.compile(
    r"(?<![\d.])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*(余|多)?\s*(万亿|亿|万|千|billion|million)?\s*(余|多)?"
)


@dataclass(frozen=True, slots=True)
class Printed:
    """One figure read from a text: the words it stood in, its value, the size of its last digit, and its unit.

    ``unit`` is a unit of the catalogue or "" if the text names none; ``scale`` is what its words multiply the digits
    by; ``at_least`` marks “余” and “多”.
    """

    text: str
    value: float
    step: float
    unit: str
    scale: int = 1
    at_least: bool = False

    @property
    def unscaled(self) -> float:
        """The value if the word behind the digits (万, 亿) is one too many."""
        return float(Decimal(repr(self.value)) / self.scale)


def read_printed(text: str) -> tuple[Printed, ...]:
    """Return every figure printed in ``text``, in order; full-width digits and separators are read as they mean.

    A whole number without a scale is taken as exact (``step`` 0), as is a year or a number without a unit.
    """
    plain = unicodedata.normalize("NFKC", text)
    return tuple(_printed(plain, match) for match in _NUMBER.finditer(plain))


def _printed(text: str, match: re.Match[str]) -> Printed:
    whole, fraction, before, scale_word, after = match.groups()
    digits = Decimal(whole.replace(",", "") + (fraction or ""))
    scale = _SCALES.get(scale_word or "", 1)
    rest = text[match.end() :].lstrip()
    word, unit = next(((word, unit) for word, unit in _UNITS if rest.startswith(word)), ("", ""))
    if not unit and text[: match.start()].rstrip().endswith("第"):  # 第 2, with or without 位
        unit = "rank"
    # A whole number without a scale has no rounding; 3.34 万 is rounded to a hundred.
    step = Decimal(10) ** -len((fraction or ".")[1:]) * scale if fraction or scale > 1 else Decimal(0)
    said = match.group().strip() + word
    return Printed(said, float(digits * scale), float(step), unit, scale, bool(before or after))


def implausible(value: float, unit: str, bounds: Mapping[str, float]) -> float | None:
    """Return the bound that ``value`` passes, None if it is plausible or the city sets no bound for the unit."""
    bound = bounds.get(unit)
    return float(bound) if bound is not None and abs(value) > float(bound) else None


def likely(figure: Printed, bounds: Mapping[str, float]) -> float | None:
    """Return what an implausible figure probably means: its digits without the scale word, if those are plausible."""
    if figure.scale == 1 or implausible(figure.value, figure.unit, bounds) is None:
        return None
    return figure.unscaled if implausible(figure.unscaled, figure.unit, bounds) is None else None
