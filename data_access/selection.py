"""What a page asks about (``Selection``) and what a person may see (``Scope``): frozen, hashable, applied in SQL."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum


class Attribution(StrEnum):
    """To which bank an enterprise touched by several banks counts (domain rule; printed under every bank figure)."""

    ANY = "any"  # every bank that touched it; bank totals then exceed the city's distinct count
    FIRST = "first"  # the bank that touched it first
    LAST = "last"  # the last bank before its application; so far, if it has not applied
    FRACTIONAL = "fractional"  # 1/k to each of k banks; adds up to the city


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows a figure counts: everything up to ``as_of``, from ``start`` if given, narrowed by the tuples.

    An empty tuple narrows nothing. ``regions`` and ``industries`` hold codes of any level. The value "" in
    ``industries``, ``tiers`` and the like selects the unclassified rows. ``region_level`` is the one level (from 1)
    that all of ``regions`` are at, where that is known: it spares the query the other levels.
    """

    as_of: date
    start: date | None = None
    regions: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    entity_types: tuple[str, ...] = ()
    size_classes: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    banks: tuple[str, ...] = ()
    attribution: Attribution = Attribution.ANY
    region_level: int | None = None

    def at(self, as_of: date) -> "Selection":
        """Return the same selection at another as-of date."""
        return replace(self, as_of=as_of)

    def within(self, *regions: str, level: int | None = None) -> "Selection":
        """Return the same selection narrowed to ``regions``, all of them at ``level`` if that is known."""
        return replace(self, regions=regions, region_level=level)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a person may see: rows of ``regions`` (any level) and of ``banks``; None = all, an empty tuple none.

    A bank sees the enterprises it touched, as far as it brought them itself. ``departments`` narrow the problem cases
    alone. ``region_level`` is the one level that all of ``regions`` are at, where that is known.
    """

    regions: tuple[str, ...] | None
    banks: tuple[str, ...] | None
    region_level: int | None = None
    departments: tuple[str, ...] | None = None

    @classmethod
    def everything(cls) -> "Scope":
        """Return the scope of the city's task force: every row."""
        return cls(None, None)

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self.regions is None and self.banks is None and self.departments is None
