"""The city profile: everything that is one city's and not the product's, read from a folder.

A profile folder holds ``profile.toml`` and the CSV and GeoJSON files named in ``docs/profile.md``. Nothing in the
code knows a county, a bank or a target; another city, with other levels and another industry classification, loads
by pointing ``ZHANRONG_PROFILE`` at another folder.
"""

import json
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from data_access.profile_files import ProfileError, checked, rows

MAX_REGION_LEVELS = 3
MAX_INDUSTRY_LEVELS = 2

# Codes the product itself gives meaning to: a profile names and labels them, but cannot add others to these lists.
FIXED_CODES: Mapping[str, frozenset[str]] = {
    "status": frozenset({"active", "deregistered", "revoked", "moved"}),
    "visit_mode": frozenset({"onsite", "phone", "wechat", "online"}),
    "visit_result": frozenset({"met_owner", "met_staff", "unreachable", "closed", "refused"}),
    "application_status": frozenset({"pending", "passed", "returned", "withdrawn"}),
    "recommendation_status": frozenset({"open", "decided", "returned", "withdrawn"}),
    "decision_outcome": frozenset({"approved", "rejected", "withdrawn", "transferred"}),
    "approval_kind": frozenset({"new", "renewal", "increase"}),
    "guarantee": frozenset({"unsecured", "guaranteed", "mortgage", "pledge", "mixed"}),
}


@dataclass(frozen=True, slots=True)
class Label:
    """A name in both interface languages, with an optional short form for charts."""

    zh: str
    en: str
    short_zh: str = ""
    short_en: str = ""

    def text(self, lang: str) -> str:
        """Return the name in ``lang`` ("zh" or "en"); a missing English name falls back to Chinese."""
        return self.zh if lang == "zh" else self.en or self.zh

    def short(self, lang: str) -> str:
        """Return the short name in ``lang``, or the full one if there is none."""
        return (self.short_zh if lang == "zh" else self.short_en) or self.text(lang)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the region or industry tree: its id and what it is called."""

    id: str
    label: Label


@dataclass(frozen=True, slots=True)
class Node:
    """A region or an industry: its code, its parent's code ("" at the top), its level and names."""

    code: str
    parent: str
    level: int
    label: Label
    kind: str = ""
    population: float | None = None
    lon: float | None = None
    lat: float | None = None
    approximate: bool = False
    note: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank of the task force: code, names, class (a code of ``bank_class``) and whether it is a policy bank."""

    code: str
    label: Label
    bank_class: str
    is_policy: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a code list, with the spellings that workbooks use for it; further keys are ``attributes``.

    A yes or no among the attributes reads "true" or "false".
    """

    code: str
    label: Label
    synonyms: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """A dated target of one metric: ``value`` in the metric's unit, due at ``ends_on``; region "" is the city."""

    metric: str
    region: str
    value: float
    starts_on: date
    ends_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Published:
    """A figure that was published: the words it was printed in, the value we read, its rounding step and date.

    ``metric`` is a key of the metric catalogue or a measure of ``progress_by``, or empty where nothing in the store
    computes it; ``step`` is the size of the last printed digit (0 = exact); ``note`` explains a correction, ``note_en``
    says it in English.
    """

    id: str
    label: Label
    metric: str
    raw_text: str
    value: float
    unit: str
    step: float
    as_of: date | None
    source: str
    note: str = ""
    note_en: str = ""

    def noted(self, lang: str) -> str:
        """Return the note in ``lang``; one without a translation as it was written."""
        return Label(self.note, self.note_en).text(lang)


@dataclass(frozen=True, slots=True)
class Currency:
    """The currency: ISO code and the scales of amounts, largest first: factor, Chinese name, English name.

    Languages count in different steps; a scale without a name in a language ("") is not used in it: (1e8, "亿元", "").
    """

    code: str
    units: tuple[tuple[float, str, str], ...]


@dataclass(frozen=True)
class Profile:
    """A city, read-only: its regions, industries, banks, code lists, targets, thresholds and published figures."""

    folder: Path
    id: str
    label: Label
    is_demo: bool
    currency: Currency
    region_levels: tuple[Level, ...]
    industry_levels: tuple[Level, ...]
    regions: tuple[Node, ...]
    industries: tuple[Node, ...]
    banks: tuple[Bank, ...]
    codes: Mapping[str, tuple[Code, ...]]
    targets: tuple[Target, ...]
    published: tuple[Published, ...]
    holidays: frozenset[date]
    makeup_workdays: frozenset[date]
    quiet_periods: tuple[tuple[date, date], ...]
    programme_start: date
    settings: Mapping[str, Any]
    map_attribution: Label

    @cached_property
    def region_by_code(self) -> Mapping[str, Node]:
        """Every region of the profile by its code."""
        return {node.code: node for node in self.regions}

    @cached_property
    def industry_by_code(self) -> Mapping[str, Node]:
        """Every industry of the profile by its code."""
        return {node.code: node for node in self.industries}

    @cached_property
    def bank_by_code(self) -> Mapping[str, Bank]:
        """Every bank of the profile by its code."""
        return {bank.code: bank for bank in self.banks}

    def children(self, parent: str = "") -> tuple[Node, ...]:
        """Return the regions right below ``parent`` ("" for the top level), in the profile's order."""
        return tuple(node for node in self.regions if node.parent == parent)

    def code_label(self, codes: str, code: str) -> Label | None:
        """Return the names of ``code`` in the list ``codes``, or None if the list has no such code."""
        return next((c.label for c in self.codes.get(codes, ()) if c.code == code), None)

    @cached_property
    def boundaries(self) -> Mapping[str, Any] | None:
        """The level-1 boundaries as GeoJSON, exterior rings clockwise; None where the profile has none."""
        path = self.folder / "boundaries.geojson"
        return json.loads(path.read_text("utf-8")) if path.exists() else None

    @cached_property
    def tile_grid(self) -> Mapping[str, tuple[int, int]]:
        """Column and row of every level-1 region in the tile-grid map; empty where the profile has none."""
        return {r["code"]: (int(r["col"]), int(r["row"])) for r in rows(self.folder, "tilegrid.csv", optional=True)}


def load_profile(folder: Path) -> Profile:
    """Read the profile in ``folder``; raise ``ProfileError`` naming file, row, column and value if it is not usable."""
    path = folder / "profile.toml"
    if not path.exists():
        raise ProfileError(f"{path}: 没有这个文件。请把 ZHANRONG_PROFILE 指向含 profile.toml 的文件夹")
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
        profile = _build(folder, raw)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{path}: {error}") from error
    except KeyError as error:
        raise ProfileError(f"{path}: 缺少 {error.args[0]}") from error
    _check(profile)
    return profile


def _check(profile: Profile) -> None:
    """Refuse what refers to nothing: a bank's class, a target's region, and boundaries that cannot be read."""
    classes = {code.code for code in profile.codes.get("bank_class", ())}
    for number, bank in enumerate(profile.banks, start=2):
        if bank.bank_class not in classes:
            where = f"{profile.folder / 'banks.csv'}: 第 {number} 行 bank_class={bank.bank_class}"
            raise ProfileError(f"{where}：codes.bank_class 中没有这个编码")
    for number, target in enumerate(profile.targets, start=2):
        if target.region and target.region not in profile.region_by_code:
            where = f"{profile.folder / 'targets.csv'}: 第 {number} 行 region={target.region}"
            raise ProfileError(f"{where}：regions.csv 中没有这个编码")
    try:
        _ = profile.boundaries
    except ValueError as error:
        raise ProfileError(f"{profile.folder / 'boundaries.geojson'}: {error}") from error


def check_targets(profile: Profile, metrics: Collection[str]) -> None:
    """Raise ``ProfileError`` if a target is set for a metric that is not among ``metrics`` (ids and keys)."""
    for number, target in enumerate(profile.targets, start=2):
        if target.metric not in metrics:
            where = f"{profile.folder / 'targets.csv'}: 第 {number} 行 metric={target.metric}"
            raise ProfileError(f"{where}：没有这个指标，见 docs/metrics.md")


def _build(folder: Path, raw: Mapping[str, Any]) -> Profile:
    region_levels, industry_levels = _levels(raw["region_levels"]), _levels(raw["industry_levels"])
    if len(region_levels) > MAX_REGION_LEVELS or len(industry_levels) > MAX_INDUSTRY_LEVELS:
        raise ProfileError(f"{folder}/profile.toml: 最多 {MAX_REGION_LEVELS} 级区域、{MAX_INDUSTRY_LEVELS} 级行业")
    calendar, drawn = raw.get("calendar", {}), raw.get("map", {})
    return Profile(
        folder=folder,
        id=raw["id"],
        label=_label(raw),
        is_demo=bool(raw.get("is_demo", False)),
        currency=Currency(
            raw["currency"]["code"],
            tuple((float(u["value"]), u.get("zh", ""), u.get("en", "")) for u in raw["currency"]["units"]),
        ),
        region_levels=region_levels,
        industry_levels=industry_levels,
        regions=_nodes(folder, "regions.csv"),
        industries=_nodes(folder, "industries.csv"),
        banks=_banks(folder),
        codes={name: _codes(folder, name, entries) for name, entries in raw.get("codes", {}).items()},
        targets=_targets(folder),
        published=_published(folder),
        holidays=frozenset(calendar.get("holidays", ())),
        makeup_workdays=frozenset(calendar.get("makeup_workdays", ())),
        quiet_periods=tuple((period["first"], period["last"]) for period in calendar.get("quiet", ())),
        programme_start=raw["programme_start"],
        settings=raw.get("settings", {}),
        map_attribution=Label(drawn.get("attribution_zh", ""), drawn.get("attribution_en", "")),
    )


def _label(row: Mapping[str, Any], prefix: str = "name_") -> Label:
    return Label(row[f"{prefix}zh"], row.get(f"{prefix}en") or "", row.get("short_zh") or "", row.get("short_en") or "")


def _levels(entries: Iterable[Mapping[str, str]]) -> tuple[Level, ...]:
    return tuple(Level(entry["id"], _label(entry)) for entry in entries)


def _code(entry: Mapping[str, Any]) -> Code:
    named = {"code", "zh", "en", "synonyms", "short_zh", "short_en"}
    label = Label(entry["zh"], entry.get("en", ""), entry.get("short_zh", ""), entry.get("short_en", ""))
    rest = {key: _attribute(value) for key, value in entry.items() if key not in named}
    return Code(entry["code"], label, tuple(entry.get("synonyms", ())), rest)


def _attribute(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _codes(folder: Path, name: str, entries: Iterable[Mapping[str, Any]]) -> tuple[Code, ...]:
    """Read a code list; a list the product gives meaning to may hold its codes only."""
    codes = tuple(map(_code, entries))
    fixed = FIXED_CODES.get(name)
    for code in codes:
        if fixed is not None and code.code not in fixed:
            raise ProfileError(
                f"{folder}/profile.toml: codes.{name} 没有 {code.code} 这个编码；可用：{'、'.join(sorted(fixed))}"
            )
    _no_repeats(f"{folder}/profile.toml: codes.{name}", [code.code for code in codes])
    return codes


def _no_repeats(where: str, codes: Iterable[str]) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise ProfileError(f"{where}: 编码 {code} 重复")
        seen.add(code)


def _aliases(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(filter(None, (row.get("aliases") or "").split(";")))


def _number(text: str | None) -> float | None:
    return float(text) if text else None


def _nodes(folder: Path, name: str) -> tuple[Node, ...]:
    def build(row: Mapping[str, str]) -> Node:
        return Node(
            code=row["code"],
            parent=row["parent"],
            level=int(row["level"]),
            label=_label(row),
            kind=row.get("kind") or "",
            population=_number(row.get("population")),
            lon=_number(row.get("lon")),
            lat=_number(row.get("lat")),
            approximate=row.get("approximate") == "true",
            note=row.get("note") or "",
            aliases=_aliases(row),
        )

    nodes = checked(folder, name, build)
    _no_repeats(str(folder / name), [node.code for node in nodes])
    levels = {node.code: node.level for node in nodes} | {"": 0}
    for number, node in enumerate(nodes, start=2):
        if node.parent not in levels:
            raise ProfileError(f"{folder / name}: 第 {number} 行 parent={node.parent}：没有这个编码的上级")
        if levels[node.parent] != node.level - 1:
            raise ProfileError(f"{folder / name}: 第 {number} 行 level={node.level}：应比上级大 1")
    return nodes


def _banks(folder: Path) -> tuple[Bank, ...]:
    def build(row: Mapping[str, str]) -> Bank:
        return Bank(row["code"], _label(row), row["bank_class"], row.get("is_policy") == "true", _aliases(row))

    banks = checked(folder, "banks.csv", build)
    _no_repeats(str(folder / "banks.csv"), [bank.code for bank in banks])
    return banks


def _targets(folder: Path) -> tuple[Target, ...]:
    def build(row: Mapping[str, str]) -> Target:
        starts, ends = date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"])
        return Target(row["metric"], row["region"], float(row["value"]), starts, ends, row["source"])

    return checked(folder, "targets.csv", build, optional=True)


def _published(folder: Path) -> tuple[Published, ...]:
    def build(row: Mapping[str, str]) -> Published:
        return Published(
            id=row["id"],
            label=_label(row),
            metric=row["metric"],
            raw_text=row["raw_text"],
            value=float(row["value"]),
            unit=row["unit"],
            step=float(row["step"] or 0),
            as_of=date.fromisoformat(row["as_of"]) if row["as_of"] else None,
            source=row["source"],
            note=row.get("note") or "",
            note_en=row.get("note_en") or "",
        )

    return checked(folder, "published.csv", build, optional=True)
