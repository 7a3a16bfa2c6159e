"""An edition as the papers read it: figures by part and key, names, sentences, and who the paper is for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pandas as pd

# The parts figures are about, in the order papers list them.
CITY, REGION, TOWN, BANK = "city", "region", "town", "bank"
# The sections of a bulletin, in its order.
SECTIONS = ("overall", "regions", "banks", "problems", "next")
# The tables an edition holds, and their columns.
FRAMES: Mapping[str, tuple[str, ...]] = {
    # ``state`` is a metrics.figures.State; zh and en are the figure as written, its unit included
    "values": ("part", "code", "key", "state", "value", "numerator", "denominator", "zh", "en"),
    # ``parent`` is the code a town's county has; ``position`` the statutory order; ``kind`` a bank's class
    "names": ("part", "code", "parent", "position", "kind", "zh", "en", "short_zh", "short_en"),
    "definitions": (
        *("key", "id", "unit", "polarity", "adds", "zh", "en", "unit_zh", "unit_en"),
        *("formula_zh", "formula_en", "pitfalls_zh", "pitfalls_en", "as_of"),
        *("data_zh", "data_en", "source_zh", "source_en"),
    ),
    # whom a sentence is for (part, code), in which section, and in which order
    "sentences": ("part", "code", "section", "position", "zh", "en"),
    # the four questions: a bank's light and measure, and the band of its peers
    "findings": ("bank", "question", "light", "measure", "low", "middle", "high", "zh", "en"),
    # weekly increments of the city and of each county, by the week's last day
    "weekly": ("part", "code", "key", "day", "n"),
    # the size each bank is compared with, in the census named in the facts, and its credit
    "sizes": ("bank", "size", "credit"),
    # maps as SVG, drawn that day
    "pictures": ("name", "zh", "en"),
    # the figures of the edition before's day, as the store had them when this one was frozen
    "revisited": ("part", "code", "key", "value"),
    # records that came in since the edition before for the time up to its day, by table and county
    "revisions": ("table_name", "region", "late", "corrected"),
    "overdue": ("bank", "enterprise_id", "region", "pushed_on", "days"),
}


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a paper is for: the whole city, one county (``part`` "region") or one bank, whose peers stay unnamed."""

    part: str = CITY
    code: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of an edition; ``value`` is NaN where ``state`` is not "ok"."""

    key: str
    state: str
    value: float
    numerator: float
    denominator: float
    zh: str
    en: str

    def text(self, lang: str) -> str:
        """Return the figure as written on the day it was frozen."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Edition:
    """A frozen edition. ``facts`` hold the city's names, currency, rules, and the dates its data reach."""

    number: int
    title: str
    as_of: date
    frozen_at: datetime
    frozen_by: str
    data_version: int
    facts: Mapping[str, Any]
    frames: Mapping[str, pd.DataFrame]

    def cell(self, key: str, part: str = CITY, code: str = "") -> Cell | None:
        """Return a figure, None if the edition does not hold it."""
        return self._cells.get((part, code, key))

    @cached_property
    def _cells(self) -> Mapping[tuple[str, str, str], Cell]:
        names = ("key", "state", "value", "numerator", "denominator", "zh", "en")
        rows = records(self.frames["values"])
        return {(row["part"], row["code"], row["key"]): Cell(*[row[name] for name in names]) for row in rows}

    def codes(self, part: str, parent: str = "") -> list[str]:
        """Return the codes of a part in statutory order; of towns, those of one county."""
        names = self.frames["names"]
        kept = names[(names["part"] == part) & ((names["parent"] == parent) | (part != TOWN))]
        return [str(code) for code in kept.sort_values("position", kind="stable")["code"]]

    def name(self, part: str, code: str, lang: str, *, short: bool = False) -> str:
        """Return what a part was called; its code if the edition has no name for it."""
        found = self._names.get((part, code))
        return code if found is None else found[("zh", "en").index(lang) + (2 if short else 0)]

    @cached_property
    def _names(self) -> Mapping[tuple[str, str], tuple[str, str, str, str]]:
        names = ("zh", "en", "short_zh", "short_en")
        return {
            (row["part"], row["code"]): (row[names[0]], row[names[1]], row[names[2]], row[names[3]])
            for row in records(self.frames["names"])
        }

    def definition(self, key: str) -> Mapping[str, Any]:
        """Return the definition of a metric as it was: a row of ``definitions``. Raises ``KeyError``."""
        return self._definitions[key]

    @cached_property
    def _definitions(self) -> Mapping[str, Mapping[str, Any]]:
        return {row["key"]: row for row in records(self.frames["definitions"])}

    def sentences(self, audience: Audience, section: str, lang: str) -> list[str]:
        """Return what is said to an audience in a section, in order."""
        table = self.frames["sentences"]
        chosen = table[
            (table["part"] == audience.part) & (table["code"] == audience.code) & (table["section"] == section)
        ]
        return [str(text) for text in chosen.sort_values("position", kind="stable")["zh" if lang == "zh" else "en"]]

    def series(self, key: str, part: str = CITY, code: str = "") -> "pd.Series[float]":
        """Return the weekly increments of a measure by the week's last day."""
        table = self.frames["weekly"]
        chosen = table[(table["key"] == key) & (table["part"] == part) & (table["code"] == code)]
        return pd.Series(chosen["n"].to_numpy(), index=pd.DatetimeIndex(chosen["day"]), dtype="float64")


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as dictionaries by column."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def sources_of(entry: Mapping[str, Any], lang: str) -> tuple[str, str]:
    """Return the data a definition is counted from, and where the definition itself comes from."""
    return str(entry.get(f"data_{lang}", "")), str(entry.get(f"source_{lang}", ""))


def first_sentence(text: str, lang: str) -> str:
    """Return a text up to the end of its first sentence, without the stop: a headline. A decimal point is no stop."""
    return text.split("。" if lang == "zh" else ". ", maxsplit=1)[0].rstrip(".")
