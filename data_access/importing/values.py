"""Single cells into values: the spellings of dates, numbers and yes or no that occur in workbooks.

Every parser takes the text of one cell, already in normal form (``normal``), and returns the value, None for a
placeholder that stands for an empty cell, or ``Unreadable`` with the rule that was broken.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf, isfinite

# Written where there is nothing to write.
BLANKS = frozenset(("-", "--", "—", "——", "/", "\\", "null", "none", "nan", "n/a", "无", "未知", "不详", "暂无", "空"))
# In free text 无 may be what somebody said.
TEXT_BLANKS = BLANKS - {"无", "未知", "不详", "暂无", "空"}
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"\s+")
_PUNCTUATION = re.compile("([（），：；？！])")

_YES = frozenset(["是", "有", "√", "✓", "✔", "☑", "y", "yes", "true", "t", "1", "1.0", "对"])
_NO = frozenset(["否", "无", "不是", "没有", "×", "✗", "✘", "☐", "x", "n", "no", "false", "f", "0", "0.0", "错"])

_EXCEL_EPOCH = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 80_000  # 1927 to 2119; smaller numbers are no plausible dates
_EARLIEST = date(1900, 1, 1)
_DATE = re.compile(
    r"(\d{4})(?:年|[-/.])\s*(\d{1,2})(?:月|[-/.])\s*(\d{1,2})(?:日|号)?(?:[T ]?\d{1,2}[:时].*|\s.*)?", re.DOTALL
)
_DAY_MISSING = re.compile(r"\d{4}(?:年|[-/.])\d{1,2}月?")
_CHINESE_DATE = re.compile(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]"
)
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?")
_NOISE = re.compile(r"[,，'\s_]|人民币|rmb|cny|[¥￥$€£]")
# A comma that parts no thousands: 12,5 is 12.5 for some and 125 for nobody.
_STRAY_COMMA = re.compile(r"(?<!\d),|,(?!\d{3}(?!\d))|\.\d*,")
_COMPOUND = re.compile(r"(\d+(?:\.\d+)?)亿(\d+(?:\.\d+)?)万元?")
_COUNTED = re.compile(r"(人|户|家|个|份|次|天|名|场|位|件|笔)$")
_DURATION = re.compile(r"(.*?)(个月|月|months?|年|years?)$")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that could not be read, with the rule that says what is expected."""

    rule: str


def normal(text: str) -> str:
    """Return ``text`` in normal form: NFKC (full-width to half-width), no invisible characters, single spaces."""
    return _final(lambda t: _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", t))).strip(), text)


def tidy(text: str) -> str:
    """Return free text in normal form, but with the full-width punctuation that Chinese names are written with."""
    return _final(_tidied, text)


def key(text: str) -> str:
    """Return the form in which names are compared: normal, without any space, lower case."""
    return _final(lambda t: normal(t).replace(" ", "").casefold(), text)


def _tidied(text: str) -> str:
    parts = _PUNCTUATION.split(_INVISIBLE.sub("", text))
    parts[::2] = [unicodedata.normalize("NFKC", part) for part in parts[::2]]
    return _SPACES.sub(" ", "".join(parts)).strip()


def _final(form: Callable[[str], str], text: str) -> str:
    """Apply ``form`` until it changes nothing: an accent whose space is dropped joins the letter before it."""
    while (formed := form(text)) != text:
        text = formed
    return text


def as_date(text: str) -> date | Unreadable | None:
    """Read 2025-05-03, 2025/5/3, 2025.5.3, 2025年5月3日, 20250503, an Excel serial number, with or without a time."""
    if text.casefold() in BLANKS:
        return None
    if found := _DATE.fullmatch(text):
        return _day(*map(int, found.groups()))
    if re.fullmatch(r"\d{8}", text):
        return _day(int(text[:4]), int(text[4:6]), int(text[6:]))
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text) and _FIRST_SERIAL <= float(text) <= _LAST_SERIAL:
        return _EXCEL_EPOCH + timedelta(days=int(float(text)))
    if found := _CHINESE_DATE.fullmatch(text):
        year, month, day = found.groups()
        return _day(int(year.translate(_DIGITS)), _small_number(month), _small_number(day))
    return Unreadable("date_without_day" if _DAY_MISSING.fullmatch(text) else "date_unreadable")


def _day(year: int, month: int, day: int) -> date | Unreadable:
    try:
        found = date(year, month, day)
    except ValueError:
        return Unreadable("date_impossible")
    return found if found >= _EARLIEST else Unreadable("date_impossible")


def _small_number(text: str) -> int:
    """Read a Chinese numeral below one hundred: 三, 十, 十二, 二十, 二十一."""
    tens, ten, ones = text.rpartition("十")
    units = int(ones.translate(_DIGITS)) if ones else 0
    return units + (int(tens.translate(_DIGITS)) if tens else 1) * 10 if ten else units


def as_boolean(text: str) -> bool | Unreadable | None:
    """Read yes or no in the spellings that occur: 是/否, 有/无, √/×, Y/N, true/false, 1/0."""
    word = text.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    return None if word in BLANKS else Unreadable("boolean_unreadable")


def as_number(text: str) -> float | Unreadable | None:
    """Read a plain number: thousands separators, a currency sign and (123) for -123 are understood."""
    word = _NOISE.sub("", text.casefold())
    if text.casefold() in BLANKS:
        return None
    if _STRAY_COMMA.search(text):
        return Unreadable("number_unreadable")
    if word.startswith("(") and word.endswith(")"):
        word = f"-{word[1:-1]}"
    number = float(word) if _NUMBER.fullmatch(word) else inf
    return number if isfinite(number) else Unreadable("number_unreadable")


def as_count(text: str, *, in_months: bool = False, header_scale: float = 1.0) -> float | Unreadable | None:
    """Read a count with or without its measure word; a duration in years becomes months."""
    if in_months and (found := _DURATION.fullmatch(text.casefold())):
        months = as_number(found[1])
        return months * (12 if found[2][0] in "年y" else 1) if isinstance(months, float) else months
    number = as_number(_COUNTED.sub("", text))
    return number * header_scale if isinstance(number, float) else number


def as_money(text: str, units: Mapping[str, float], header_scale: float = 1.0) -> float | Unreadable | None:
    """Read an amount in yuan; a unit in the cell (万元, 亿元) counts before the unit of the header."""
    word = _NOISE.sub("", text.casefold())
    if _STRAY_COMMA.search(text):
        return Unreadable("number_unreadable")
    if found := _COMPOUND.fullmatch(word):
        return float(found[1]) * 1e8 + float(found[2]) * 1e4
    # The longest unit first, so that 万元 is not taken for 元.
    for unit in sorted(units, key=len, reverse=True):
        if word.endswith(unit) and len(word) > len(unit):
            number = as_number(word.removesuffix(unit))
            return number * units[unit] if isinstance(number, float) else number
    number = as_number(text)
    return number * header_scale if isinstance(number, float) else number


def as_rate(text: str) -> float | Unreadable | None:
    """Read a rate in per cent a year, with or without the sign."""
    if text.endswith("%"):
        return as_number(text[:-1])
    return as_number(text)
