"""The metric catalogue: every definition as data, read from ``definitions/*.toml``.

The interface shows it, ``docs/metrics.md`` is generated from it, and ``metrics.compute`` evaluates the measures it
names, so that the formula a reader sees is the formula that was computed.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

DEFINITIONS = Path(__file__).parent / "definitions"
# Within how many days banks are asked to decide where a city sets no other term; {days} in a definition's words.
DECISION_DAYS = 30
FAMILIES = ("visits", "lists", "credit", "loans", "banks", "services")


class CatalogueError(ValueError):
    """A definition file is wrong; the message names the metric, the field and what was found there."""


class UnknownMetricError(KeyError):
    """Nobody defined the metric that was asked for; the message names it and says where metrics are defined."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Term:
    """A word the catalogue uses (a unit, an additivity class …) in both interface languages."""

    zh: str
    en: str

    def text(self, lang: str, days: int = DECISION_DAYS) -> str:
        """Return the word in ``lang``: "zh", or English for anything else; ``days`` fills its place if it has one."""
        return (self.zh if lang == "zh" else self.en).replace("{days}", str(days))


@dataclass(frozen=True, slots=True)
class Unit(Term):
    """A unit: ``one`` is its English name beside the number 1 ("" where that is no other)."""

    one: str = ""

    def beside(self, number: str, lang: str) -> str:
        """Return the unit's name beside a number that is written out."""
        return self.one if lang != "zh" and number == "1" and self.one else self.text(lang)


@dataclass(frozen=True, slots=True)
class Scale(Term):
    """A unit in which large amounts are shown: divide yuan by ``factor``."""

    factor: float


@dataclass(frozen=True, slots=True)
class Source(Term):
    """Where a definition comes from: its kind (official, report, paper, practice, own) and how certain we are."""

    kind: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Measure:
    """An additive column of a progress frame: its unit, its words, and the import tables it is unknown without.

    ``basis`` is the measure that counts the enterprises behind it (what small-cell suppression looks at);
    ``additive`` is False for a distinct count over something else than enterprises, which a total cannot sum.
    """

    name: str
    unit: str
    words: Term
    tables: tuple[str, ...]
    basis: str
    additive: bool


@dataclass(frozen=True, slots=True)
class Metric:
    """The definition of one metric.

    ``id`` is its number in the dictionary ("M04"; "M35b" is a second figure of M35), ``key`` a stable English slug.
    ``numerator`` and ``denominator`` name the measures of a progress frame that are added up on either side; both
    are empty for a metric that ``computed_by`` (a dotted function name) computes from another input, and the latter
    is empty where no stage of the product computes it yet. The value is numerator ÷ denominator × ``scale``, or the
    numerator alone. ``unit``, ``display``, ``additivity``, ``polarity``, ``grain``, ``null_rule`` and ``sources``
    are codes whose words are in ``Terms``. ``needs`` lists the import tables, or columns of them (table.column),
    without which it is 未报送, and ``min_n`` the fewest cases below which it has no value (0: no limit).
    """

    id: str
    key: str
    family: str
    name: Term
    formula: Term
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    numerator_words: Term
    denominator_words: Term
    scale: float
    unit: str
    display: str
    additivity: str
    polarity: str
    grain: tuple[str, ...]
    null_rule: str
    pitfalls: Term
    sources: tuple[str, ...]
    needs: tuple[str, ...]
    min_n: int
    computed_by: str

    @property
    def tables(self) -> tuple[str, ...]:
        """The import tables it stands on, whichever of their columns it needs."""
        return tuple(dict.fromkeys(name.partition(".")[0] for name in self.needs))

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures of a progress frame that the metric reads, each once."""
        return tuple(dict.fromkeys((*self.numerator, *self.denominator)))

    @property
    def is_ratio(self) -> bool:
        """Whether the value is a numerator over a denominator, which may be zero."""
        return bool(self.denominator)


@dataclass(frozen=True, slots=True)
class Terms:
    """The words behind the catalogue's codes, by kind and code, and the measures of a progress frame."""

    unit: Mapping[str, Unit]
    display: Mapping[str, Scale]
    additivity: Mapping[str, Term]
    polarity: Mapping[str, Term]
    null_rule: Mapping[str, Term]
    grain: Mapping[str, Term]
    certainty: Mapping[str, Term]
    source_kind: Mapping[str, Term]
    source: Mapping[str, Source]
    measure: Mapping[str, Measure]


@cache
def load_terms() -> Terms:
    """Return the words and measures of ``definitions/terms.toml`` (read once)."""
    raw = _read("terms")
    plain = ("additivity", "polarity", "null_rule", "grain", "certainty", "source_kind")
    words = {kind: {code: _term(entry) for code, entry in raw[kind].items()} for kind in plain}
    return Terms(
        **words,
        unit={code: Unit(e["zh"], e["en"], e.get("one", "")) for code, e in raw["unit"].items()},
        display={code: Scale(e["zh"], e["en"], e["factor"]) for code, e in raw["display"].items()},
        source={code: Source(e["zh"], e["en"], e["kind"], e["certainty"]) for code, e in raw["source"].items()},
        measure={name: _measure(name, entry) for name, entry in raw["measure"].items()},
    )


@cache
def load_catalogue() -> Mapping[str, Metric]:
    """Return every metric by its key, in the order of the dictionary (read once).

    Raises ``CatalogueError`` naming metric and field if a definition lacks a field or uses an unknown word.
    """
    metrics = [_metric(entry, family) for family in FAMILIES for entry in _read(family)["metric"]]
    for name in ("id", "key"):
        _refuse_duplicates(name, [str(getattr(metric, name)) for metric in metrics])
    return MappingProxyType({metric.key: metric for metric in metrics})


def metric(id_or_key: str) -> Metric:
    """Return a metric by its id ("M04") or key ("visit_rate"); raise ``UnknownMetricError`` for any other name."""
    found = load_catalogue().get(id_or_key) or _by_id().get(id_or_key)
    if found is None:
        raise UnknownMetricError(f"no metric {id_or_key!r}; metrics are defined in {DEFINITIONS.name}/*.toml")
    return found


@cache
def _by_id() -> Mapping[str, Metric]:
    return {entry.id: entry for entry in load_catalogue().values()}


def _read(name: str) -> dict[str, Any]:
    path = DEFINITIONS / f"{name}.toml"
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path.name}: {error}") from error


def _term(entry: Mapping[str, str]) -> Term:
    return Term(entry["zh"], entry["en"])


def _measure(name: str, entry: Mapping[str, Any]) -> Measure:
    basis, additive = entry.get("basis", name), entry.get("additive", True)
    return Measure(name, entry["unit"], _term(entry), tuple(entry["tables"]), basis, additive)


def _metric(entry: Mapping[str, Any], family: str) -> Metric:
    try:
        built = _build(entry, family)
    except KeyError as error:
        raise CatalogueError(f"{family}.toml, {entry.get('id', '?')}: {error.args[0]} is missing") from error
    _check_words(built)
    return built


def _build(entry: Mapping[str, Any], family: str) -> Metric:
    numerator, denominator = tuple(entry.get("numerator", ())), tuple(entry.get("denominator", ()))
    _check_measures(entry["id"], (*numerator, *denominator))
    return Metric(
        id=entry["id"],
        key=entry["key"],
        family=family,
        name=_pair(entry, "name"),
        formula=_pair(entry, "formula"),
        numerator=numerator,
        denominator=denominator,
        numerator_words=_words(numerator) if numerator else _pair(entry, "numerator"),
        denominator_words=_words(denominator) if denominator else _pair(entry, "denominator", required=False),
        scale=entry.get("scale", 100.0 if entry["unit"] == "percent" else 1.0),
        unit=entry["unit"],
        display=entry.get("display", ""),
        additivity=entry["additivity"],
        polarity=entry["polarity"],
        grain=tuple(entry["grain"]),
        null_rule=entry["null_rule"],
        pitfalls=_pair(entry, "pitfalls"),
        sources=tuple(entry["source"]),
        needs=tuple(entry.get("needs", _tables((*numerator, *denominator)))),
        min_n=entry.get("min_n", 0),
        computed_by=entry.get("computed_by", "metrics.compute.compute" if numerator else ""),
    )


def _pair(entry: Mapping[str, Any], name: str, *, required: bool = True) -> Term:
    if not required and f"{name}_zh" not in entry:
        return Term("", "")
    return Term(entry[f"{name}_zh"], entry[f"{name}_en"])


def _words(measures: Sequence[str]) -> Term:
    """Return the names of measures that are added up, so that words and measures cannot drift apart."""
    words = [load_terms().measure[name].words for name in measures]
    return Term(" + ".join(word.zh for word in words), " + ".join(word.en for word in words))


def _tables(measures: Iterable[str]) -> tuple[str, ...]:
    known = load_terms().measure
    return tuple(dict.fromkeys(table for name in measures for table in known[name].tables))


def _check_measures(metric_id: str, measures: Iterable[str]) -> None:
    for name in measures:
        if name not in load_terms().measure:
            raise CatalogueError(f"{metric_id}: {name!r} is no measure of terms.toml")


def _check_words(entry: Metric) -> None:
    terms = load_terms()
    used = [("unit", entry.unit), ("additivity", entry.additivity), ("polarity", entry.polarity)]
    used += [("null_rule", entry.null_rule), *(("grain", code) for code in entry.grain)]
    used += [("source", code) for code in entry.sources]
    used += [("display", entry.display)] if entry.display else []
    for kind, code in used:
        if code not in getattr(terms, kind):
            raise CatalogueError(f"{entry.id}: {code!r} is no {kind} of terms.toml")


def _refuse_duplicates(name: str, values: Sequence[str]) -> None:
    repeated = {value for value in values if values.count(value) > 1}
    if repeated:
        raise CatalogueError(f"{name} used twice: {', '.join(sorted(repeated))}")
