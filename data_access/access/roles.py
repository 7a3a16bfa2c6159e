"""What a person may do: abilities, and the roles that bundle them (``roles.toml``)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from data_access.profile import Label


class Ability(StrEnum):
    """One thing that a role may or may not do."""

    FIGURES = "figures"  # the pages of aggregates
    ROWS = "rows"  # the ledger, an enterprise's page, work lists, the rows behind a figure
    CASES = "cases"  # problem cases
    NAMES = "names"  # names, addresses and persons in full
    TEXTS = "texts"  # free texts in full
    UNMASK = "unmask"  # reveal one masked field, such as a telephone, with a reason
    EXPORT = "export"  # files of rows
    IMPORT = "import"
    FREEZE = "freeze"  # editions of the meeting papers
    ENTER = "enter"  # findings, commitments, notes
    AUDIT = "audit"
    ADMINISTER = "administer"


class Bound(StrEnum):
    """What a grant of a role names, and so which rows it opens."""

    CITY = "city"
    REGION = "region"
    BANK = "bank"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its key, its name in both languages, what it may do, and what its grants may be bound to."""

    key: str
    name: Label
    abilities: frozenset[Ability]
    bound_to: tuple[Bound, ...]
    synonyms: tuple[str, ...] = ()  # what workbooks call it, too


def _load() -> Mapping[str, Role]:
    entries = tomllib.loads(Path(__file__).with_name("roles.toml").read_text("utf-8"))
    return MappingProxyType({key: _role(key, entry) for key, entry in entries.items()})


def _role(key: str, entry: Mapping[str, object]) -> Role:
    name, abilities, bound_to = entry["name"], entry["abilities"], entry["bound_to"]
    if not isinstance(name, dict) or not isinstance(abilities, list) or not isinstance(bound_to, list):
        raise TypeError(key)
    label = Label(name["zh"], name["en"])
    synonyms = entry.get("synonyms", ())
    if not isinstance(synonyms, list | tuple):
        raise TypeError(key)
    return Role(key, label, frozenset(map(Ability, abilities)), tuple(map(Bound, bound_to)), tuple(synonyms))


ROLES: Mapping[str, Role] = _load()

# Where nobody signs in, nobody can be held to account for what is shown in full: everything is masked.
OPEN_ROLE = Role(
    "open",
    Label("未登录", "No sign-in"),
    frozenset(Ability) - {Ability.NAMES, Ability.TEXTS, Ability.UNMASK},
    (Bound.CITY,),
)
