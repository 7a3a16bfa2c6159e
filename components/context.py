"""What a page is given: store, profile, reader, scope and selection, gathered once a run in app.py."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from components.filters import Filters, read_filters, town_asked
from components.memory import memory
from components.numbers import Numbers
from data_access.access.identity import Access
from data_access.access.roles import Ability
from data_access.importing.tables import TABLES
from data_access.profile import Node, Profile
from data_access.profile_scope import level_of, seen_profile
from data_access.queries.regions import grids
from data_access.selection import Scope, Selection
from data_access.store import Coverage, Store, reported
from locales import Translator, translator
from metrics.catalogue import DECISION_DAYS

SMALL_CELL = 5


@dataclass(frozen=True)
class Context:
    """One run of one page for one reader. ``version`` is the store's data version and part of every cache key."""

    store: Store
    profile: Profile
    version: int
    coverage: Mapping[str, Coverage]
    lang: str
    access: Access
    filters: Filters
    last_on: date
    city: Profile | None = None  # the whole profile, where ``profile`` is only what the reader's scope reaches of it

    @cached_property
    def scope(self) -> Scope:
        """The rows the reader may see."""
        scope = self.access.scope
        return scope if scope.regions is None else replace(scope, region_level=level_of(self.profile, scope))

    def seeing(self, scope: Scope) -> "Context":
        """Return the same context with the rows of ``scope``: for a figure that is not the reader's alone."""
        known = seen_profile(self.city or self.profile, scope)
        return replace(self, access=replace(self.access, scope=scope), profile=known)

    @property
    def may_see_names(self) -> bool:
        """Whether names, addresses and persons are shown in full; masked otherwise."""
        return self.access.may(Ability.NAMES)

    @property
    def may_see_texts(self) -> bool:
        """Whether free texts are shown as they were written; without telephone and identity numbers otherwise."""
        return self.access.may(Ability.TEXTS)

    @property
    def sight(self) -> tuple[bool, bool, bool]:
        """What the role may see of the rows in scope: part of the key of whatever was made to be looked at."""
        return self.may_see_names, self.may_see_texts, self.access.may(Ability.ROWS)

    @property
    def t(self) -> Translator:
        """The reader's translator."""
        return translator(self.lang)

    @property
    def numbers(self) -> Numbers:
        """How numbers are written for the reader."""
        return Numbers(self.lang, self.profile.currency, self.decision_days)

    @property
    def decision_days(self) -> int:
        """Within how many days the city asks its banks to decide."""
        return int(self.profile.settings.get("decision_days", DECISION_DAYS))

    @property
    def small_cell(self) -> int:
        """The fewest enterprises a figure may rest on where many see it; 0 where the city sets no limit."""
        return int(self.profile.settings.get("small_cell", SMALL_CELL))

    @property
    def selection(self) -> Selection:
        """The rows the reader asks about."""
        return self.filters.selection()

    @cached_property
    def reported(self) -> frozenset[str]:
        """The import tables that were ever reported, and their columns as "table.column"."""
        return reported(self.coverage)

    @property
    def has_data(self) -> bool:
        """Whether the store holds anything to show."""
        return bool(self.coverage)

    def as_of(self, *tables: str) -> date | None:
        """Return the day up to which a figure from ``tables`` speaks: the asked date, or their latest data if older.

        None if none of them was reported.
        """
        ends = [c.last_on for name in tables if (c := self.coverage.get(name)) and c.last_on]
        return min(self.filters.as_of, max(ends)) if ends else None


def build_context(store: Store, profile: Profile, lang: str, access: Access) -> Context:
    """Return the context of this run; the filters are those of the URL as far as the city knows them."""
    version, coverage = store.state()
    memory.follow((store.url, version))
    last_on = latest_day(profile, coverage)
    known = _seen(profile, access.scope)
    town = town_asked(known)
    if town and not known.children(town) and "grids" in coverage:
        key = ("town", store.url, version, access.scope, profile.folder, town)
        profile = memory.get(key, lambda: _with_grids(profile, grids(store, access.scope, town)))
        known = _seen(profile, access.scope)
    filters = read_filters(known, last_on, access.scope.regions)
    return Context(store, known, version, coverage, lang, access, filters, last_on, profile)


def _seen(profile: Profile, scope: Scope) -> Profile:
    """Return what a scope reaches of a profile; of one city there are few scopes and one profile."""
    if scope.is_everything:
        return profile
    # The profile is kept beside the answer, so that nothing else can come to its place in memory meanwhile.
    kept: tuple[Profile, Profile] = memory.get(
        ("profile", id(profile), scope), lambda: (profile, seen_profile(profile, scope))
    )
    return kept[1]


def _with_grids(profile: Profile, found: tuple[Node, ...]) -> Profile:
    """Return the profile with the grids of a town: there are too many of them to be part of it."""
    return replace(profile, regions=(*profile.regions, *found))


def latest_day(profile: Profile, coverage: Mapping[str, Coverage]) -> date:
    """Return the latest day any reported table reaches, the start of the programme if none does.

    A table that also holds what is planned says nothing about how far the data reaches.
    """
    days = [entry.last_on for name, entry in coverage.items() if entry.last_on and not _holds_plans(name)]
    return max([*days, profile.programme_start])


def _holds_plans(table: str) -> bool:
    spec = TABLES.get(table)
    return spec is not None and any(c.may_be_future for c in spec.columns if c.name == spec.happened_on)
