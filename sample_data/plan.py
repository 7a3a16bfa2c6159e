"""What the generator aims at: totals and the shape of the invented history, read from the profile's ``demo.toml``.

The file is a part of the city profile because everything in it is one city's: which county is slow, which bank
writes thin reasons. The product itself never reads it.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_access.profile import Profile
from data_access.profile_files import ProfileError

PLAN_FILE = "demo.toml"


@dataclass(frozen=True, slots=True)
class Totals:
    """How many of each thing there are at full size; money in yuan."""

    enterprises: int
    listed: int
    removed: int
    visited: int
    repeat_visits: int
    failed_visits: int
    need_rate: float
    applied: int
    walk_ins: int
    recommended: int
    approved: int
    approved_amount: int
    grids: int
    problems: int

    def scaled(self, scale: float) -> "Totals":
        """Return the totals at another size; the grids stay, for they are places."""
        fixed = {"need_rate", "grids"}
        values = {name: getattr(self, name) for name in self.__slots__}
        return Totals(**{name: v if name in fixed else round(v * scale) for name, v in values.items()})


@dataclass(frozen=True, slots=True)
class County:
    """A level-1 region's temperament; what each number does is said in ``demo.toml``."""

    code: str
    weight: float
    urban: float
    listed: float
    rate: float
    coverage: float
    early: float
    late: float
    phone: float
    backlog: float
    need: float
    back_filled: float
    overdue: float
    closing: float


@dataclass(frozen=True, slots=True)
class BankPlan:
    """A bank's size and temperament; what each number does is said in ``demo.toml``."""

    code: str
    loans: float
    inclusive: float
    deposits: float
    outlets: int
    managers: int
    reach: str | list[str]
    visits: float
    credit: float
    ticket: float
    apply: float
    approve: float
    days: float
    style: str
    back_filled: float
    overdue: float
    drawn: float
    rate: float
    unsecured: float
    visitors: int
    products: int
    plan: float
    care: float = 0.5


@dataclass(frozen=True, slots=True)
class EntityType:
    """A kind of enterprise: its share, how it leans to towns, and the start of its credit codes ("" = has none)."""

    code: str
    share: float
    urban: float
    credit_prefix: str
    credit: float
    need: float


@dataclass(frozen=True, slots=True)
class Chain:
    """A local chain of trades: the tag, the divisions it takes part of, and how far regions lean to it."""

    tag: str
    divisions: list[str]
    regions: Mapping[str, float]
    share: float


@dataclass(frozen=True, slots=True)
class ListVersion:
    """An issue of the visit list and the share of enterprises that joined with it."""

    version: str
    issued_on: date
    share: float


@dataclass(frozen=True, slots=True)
class Meeting:
    """An event; ``participants`` of its firms are drawn from the synthetic enterprises. Money in yuan.

    ``follows`` is how much likelier a firm is to be there if credit followed.
    """

    id: str
    title: str
    type: str
    theme: str
    held_on: date
    region: str
    organiser: str
    banks: int
    firms: int
    participants: int
    investors: int | None = None
    intent: int | None = None
    tags: tuple[str, ...] = ()
    published: bool = False
    msme: float = 1.0
    follows: float = 9.0
    text: str = ""


@dataclass(frozen=True)
class Plan:
    """Everything the generator is told."""

    profile: Profile
    notice: tuple[str, str]
    visits_until: date
    lists_until: date
    register_until: date
    bank_sizes_on: date
    credit_region: str
    phone_prefix: str
    totals: Totals
    shares: Mapping[str, float]
    rhythm: Mapping[str, Any]
    versions: tuple[ListVersion, ...]
    counties: tuple[County, ...]
    banks: tuple[BankPlan, ...]
    entity_types: tuple[EntityType, ...]
    sections: Mapping[str, Mapping[str, float]]
    divisions: Mapping[str, float]
    chains: tuple[Chain, ...]
    needs: Mapping[str, float]
    tickets: Mapping[str, float]
    events: tuple[Meeting, ...]
    officers: Mapping[str, Any]
    outlets: int
    publicity: Mapping[str, Any]
    reasons: Mapping[str, Any]
    problems: Mapping[str, Any]
    words: Mapping[str, Any]

    def scaled(self, scale: float) -> "Plan":
        """Return the plan of a city of another size."""
        return replace(self, totals=self.totals.scaled(scale))

    def county_index(self, code: str) -> int:
        """Return the place of a county among the counties; raise ``ValueError`` if there is none of that code."""
        return [county.code for county in self.counties].index(code)


def column(rows: Sequence[Any], name: str) -> NDArray[np.float64]:
    """Return one number of every county, bank or entity type as an array."""
    return np.array(list(map(attrgetter(name), rows)), dtype=np.float64)


def load_plan(profile: Profile) -> Plan:
    """Read ``demo.toml`` of a profile; raise ``ProfileError`` if it is missing or does not fit the profile."""
    path = profile.folder / PLAN_FILE
    if not path.exists():
        raise ProfileError(f"{path}: 没有这个文件，不能生成演示数据")
    raw = tomllib.loads(path.read_text("utf-8"))
    plan = Plan(
        profile=profile,
        notice=(raw["notice_zh"], raw["notice_en"]),
        **{key: raw[key] for key in ("visits_until", "lists_until", "register_until", "bank_sizes_on")},
        **{key: raw[key] for key in ("credit_region", "phone_prefix", "shares", "rhythm", "sections", "divisions")},
        **{key: raw[key] for key in ("needs", "tickets", "officers", "publicity", "reasons", "problems", "words")},
        totals=Totals(**raw["totals"]),
        outlets=raw["outlets"]["count"],
        versions=tuple(ListVersion(**entry) for entry in raw["list_versions"]),
        counties=tuple(County(**entry) for entry in raw["counties"]),
        banks=tuple(BankPlan(**entry) for entry in raw["banks"]),
        entity_types=tuple(EntityType(**entry) for entry in raw["entity_types"]),
        chains=tuple(Chain(**entry) for entry in raw["chains"]),
        events=tuple(Meeting(**entry) for entry in raw["events"]),
    )
    _check_codes(plan)
    return plan


def _check_codes(plan: Plan) -> None:
    """Raise ``ProfileError`` unless counties and banks are the profile's, in its order."""
    pairs = (
        ("counties", plan.counties, plan.profile.children()),
        ("banks", plan.banks, plan.profile.banks),
    )
    for name, planned, known in pairs:
        if [entry.code for entry in planned] != [entry.code for entry in known]:
            raise ProfileError(f"{plan.profile.folder / PLAN_FILE}: {name} 与档案的编码或次序不一致")
