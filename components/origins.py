"""Where a figure stands: which metric or measure, in which cell, at which day. What leads from it to its rows.

A figure's origin travels through the browser as a short text: an attribute of a number on the page, a parameter of
an address. Coming back it is text from outside, and only what the catalogue and the schema know is taken from it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

import streamlit as st

from components.dimensions import MONTH, narrowed
from components.filters import Filters, region_path
from components.inputs import MARKS, Source, is_known, marks_of, source_of
from components.situation import VISIT_TABLES
from data_access.selection import Attribution, Selection
from metrics.catalogue import metric

if TYPE_CHECKING:
    from components.context import Context
    from components.situation import Situation

SOURCE = "source"  # the verb of a mark that leads to a figure's origin
_ASKED = "zr.source"
_ONLY = "only."
# The filter that says what a cell, or a filter of a figure's own, names; a region or industry of any level.
_FILTERS: Mapping[str, str] = {
    "region": "path", "industry": "industries", "bank": "banks", "tier": "tiers", "tag": "tags",
    **dict.fromkeys(("entity_type", "type"), "entity_types"), **dict.fromkeys(("size_class", "size"), "size_classes"),
}  # fmt: skip
_REPLACED = frozenset(_ONLY + name for name in ("region", "industry", "type", "size", "tier", "bank", "tag"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a table a row of figures stands.

    ``cell`` names the value of each dimension it was grouped by ("" is the unclassified). ``at`` and ``start`` are
    its own days and ``rule`` its attribution, if they are not those of the page; ``only`` are filters that replace
    the page's. ``figures`` says for columns whose figure differs from row to row which one stands here; a row that
    ``is_nowhere`` holds none that has rows of its own, a quartile of the others for instance. One that ``is_alone``
    leaves the reader's filters aside: it is of everything the reader may see, at the latest day. Where a figure
    ``is_model`` (a forecast, a fitted line, a comparison), the rows are those it was estimated from, not its sum.
    """

    cell: tuple[tuple[str, str], ...] = ()
    at: date | None = None
    start: date | None = None
    rule: Attribution | None = None
    only: tuple[tuple[str, str], ...] = ()
    figures: tuple[tuple[str, str], ...] = ()
    is_nowhere: bool = False
    is_alone: bool = False  # the reader's filters are left aside: everything the reader may see, at the latest day
    is_model: bool = False

    def text(self) -> str:
        """Return the place as text, "" for the whole selection; ``parse`` reads it."""
        pairs = [*self.cell, *((f"{_ONLY}{name}", code) for name, code in self.only)]
        pairs += [(name, day.isoformat()) for name, day in (("at", self.at), ("start", self.start)) if day]
        pairs += [("rule", str(self.rule))] if self.rule else []
        pairs += [(name, "1") for name, said in (("alone", self.is_alone), ("model", self.is_model)) if said]
        return ";".join(f"{name}={quote(value, safe='')}" for name, value in pairs)

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Return the place that ``text`` speaks of; what it cannot mean is left out."""
        pairs = parse_qsl(text.replace("+", "%2B"), keep_blank_values=True, separator=";")
        known = dict(pairs)
        rule = known.get("rule", "")
        return cls(
            cell=tuple((name, value) for name, value in pairs if name in MARKS),
            at=_day(known.get("at", "")),
            start=_day(known.get("start", "")),
            rule=Attribution(rule) if rule in {*Attribution} else None,
            only=tuple((n.removeprefix(_ONLY), v) for n, v in pairs if n in _REPLACED),
            is_alone=known.get("alone") == "1",
            is_model=known.get("model") == "1",
        )

    def for_key(self, key: str) -> "Place":
        """Return this place without what a figure cannot be narrowed by."""
        known = marks_of(key)
        return replace(self, cell=tuple((name, value) for name, value in self.cell if name in known))

    def selection(self, context: "Context") -> Selection:
        """Return the reader's selection as it is here."""
        found = Selection(context.last_on) if self.is_alone else context.selection
        for name, code in self.only:
            found = replace(found, tags=(code,)) if name == "tag" else narrowed(found, name, code)
        start = self.start if found.start is None or self.start is None else max(self.start, found.start)
        as_of = min(self.at, found.as_of) if self.at else found.as_of
        return replace(found, as_of=as_of, start=start or found.start, attribution=self.rule or found.attribution)

    def filters(self, context: "Context") -> Filters | None:
        """Return the reader's filters narrowed to this place; None where no filter says what it names."""
        known = Filters(as_of=context.last_on) if self.is_alone else context.filters
        found = replace(known, as_of=min(self.at, known.as_of) if self.at else known.as_of)
        for name, code in (*self.cell, *self.only):
            field = _FILTERS.get(name.rstrip("_123"), "")
            codes = region_path(context.profile, code) if field == "path" else (code,)
            if not field or not code or not codes:
                return None
            narrower: dict[str, Any] = {field: codes}
            found = replace(found, **narrower)
        return None if self.start or self.rule else found

    def within(self, other: "Place") -> "Place":
        """Return this place narrowed further by ``other``, whose days and rule come first."""
        return Place(
            (*self.cell, *other.cell), other.at or self.at, other.start or self.start, other.rule or self.rule,
            (*self.only, *other.only), (*self.figures, *other.figures), self.is_nowhere, self.is_alone,
            self.is_model or other.is_model,
        )  # fmt: skip

    def figure(self, column: str, usual: str) -> str:
        """Return which figure stands here in ``column``: its ``usual`` one, or the one this row has there."""
        return "" if self.is_nowhere else dict(self.figures).get(column, usual)


WHOLE = Place()
NOWHERE = Place(is_nowhere=True)


@dataclass(frozen=True, slots=True)
class Origin:
    """One figure: ``key`` names a metric of the catalogue, a measure, a row set, or a share "part/whole" of two."""

    key: str
    place: Place = WHOLE

    def text(self) -> str:
        """Return the origin as text; ``parse`` reads it."""
        return f"{self.key};{self.place.text()}"

    @classmethod
    def parse(cls, text: str) -> "Origin | None":
        """Return the origin that ``text`` speaks of, None if there is no such figure."""
        key, _, place = text.partition(";")
        return cls(key, Place.parse(place).for_key(key)) if is_known(key) else None

    @property
    def source(self) -> Source:
        """What the figure is made from."""
        return source_of(self.key)

    @property
    def cell(self) -> dict[str, str]:
        """The cell its rows are in."""
        return {**dict(self.place.cell), **dict(self.source.cell)}


# What the points of a chart lead to: by the number of the trace (negative: from the last), in the order of its points.
Origins = Mapping[int, Sequence[Origin | None]]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def ask(origin: str) -> None:
    """Ask for the origin of a figure; the run that follows shows it."""
    st.session_state[_ASKED] = origin


def is_asked() -> bool:
    """Whether the origin of a figure was asked for and is not shown yet."""
    return _ASKED in st.session_state


def asked() -> Origin | None:
    """Return the figure whose origin was asked for, once."""
    return Origin.parse(str(st.session_state.pop(_ASKED, "")))


# ---- the places that pages use most ------------------------------------------------------------------------------


def situated(s: "Situation", key: str, code: str | None = None, *, before: bool = False) -> Place:
    """Return the place of a metric of a situation: the region in view, or its part ``code``."""
    cell = () if code is None else ((f"region_{len(s.context.filters.path) + 1}", code),)
    asked_on = s.visits_on if set(metric(key).tables) <= VISIT_TABLES else None
    return Place(cell, at=s.compared_with(key) if before else asked_on or s.context.filters.as_of)


def of_region(s: "Situation", key: str, code: str) -> Place:
    """Return the place of a metric of a situation in any region a map shows, whatever its level."""
    node = s.context.profile.region_by_code.get(code)
    cell = ((f"region_{node.level}", code),) if node else ()
    return replace(situated(s, key, None if node else code), cell=cell) if node else situated(s, key, code)


def whole(context: "Context", key: str) -> Place:
    """Return the place of a metric of the whole selection: a rate of visits stands at the visits' own day."""
    return Place(at=context.as_of("visits")) if set(metric(key).tables) <= VISIT_TABLES else WHOLE


def grouped(column: str, codes: Iterable[object], place: Place = WHOLE) -> tuple[Place, ...]:
    """Return the place of every row of a table by ``column`` of the store (a month is a span of days)."""
    if column == MONTH:
        return tuple(month(str(code), place) for code in codes)
    return tuple(replace(place, cell=(*place.cell, (column, str(code)))) for code in codes)


def month(code: str, place: Place = WHOLE) -> Place:
    """Return the place of what happened in a month "YYYY-MM"."""
    first = date.fromisoformat(f"{code}-01")
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return replace(place, start=first, at=date.fromordinal(following.toordinal() - 1))


def day(on: date, place: Place = WHOLE) -> Place:
    """Return the place of what happened on one day."""
    return replace(place, start=on, at=on)


def modelled(place: Place = WHOLE) -> Place:
    """Return the place of a figure that a model made from the rows of ``place``."""
    return replace(place, is_model=True)


def varying(place: Place, figures: Mapping[str, str]) -> Place:
    """Return ``place`` for a row whose columns hold ``figures`` of their own."""
    return replace(place, figures=tuple(figures.items()))
