"""People by workbook: its template, how it is read, and all that is wrong with it by file, sheet, row and column.

A workbook of people is read like any other; but where a table of figures holds wrong rows and takes the others, here
one wrong row keeps the whole workbook out: half a list of who may see what is worse than none.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from data_access.access.identity import Access, Grant, Person
from data_access.access.people import Kept, add_grants, all_grants
from data_access.access.roles import ROLES, Bound
from data_access.access.store import AccessStore
from data_access.importing.headers import Recogniser
from data_access.importing.messages import Describer, Message
from data_access.importing.names import Books
from data_access.importing.report import Refusal
from data_access.importing.sheets import Sheet, read_sheets
from data_access.importing.specs import ColumnSpec, Kind, TableSpec
from data_access.importing.templates import template_workbook
from data_access.importing.values import Unreadable, as_date, normal
from data_access.profile import Code, Profile

_SEVERAL = "多个用顿号或分号隔开"
_SEVERAL_EN = "Several are parted by semicolons"
_C = ColumnSpec

GRANTS = TableSpec(
    "grants",
    "人员与授权",
    "People and roles",
    ("subject", "role"),
    (
        _C(
            "subject", "登录身份", "Sign-in identity", required=True, synonyms=("账号", "用户名", "工号", "subject"),
            note="统一身份系统给出的编号或账号，一字不差；同一人有几个角色时写几行",
            note_en="As the sign-in gives it, letter by letter; one row for each role of a person",
        ),
        _C("name", "姓名", "Name", required=True, note="显示在页面和导出文件上", note_en="Shown on pages and files"),
        _C("role", "角色", "Role", Kind.CODE, required=True, codes="role"),
        _C("region", "区域", "Regions", Kind.REGION, synonyms=("县区", "所在区域"), note=_SEVERAL, note_en=_SEVERAL_EN),
        _C("bank", "银行", "Banks", Kind.BANK, note=_SEVERAL, note_en=_SEVERAL_EN),
        _C(
            "department", "部门", "Departments", Kind.CODE, codes="department", note=_SEVERAL, note_en=_SEVERAL_EN,
        ),
        _C(
            "valid_from", "开始日期", "Valid from", Kind.DATE, may_be_future=True, synonyms=("生效日期",),
            note="留空为导入当天", note_en="Empty: the day of the import",
        ),
        _C(
            "valid_until", "结束日期", "Valid until", Kind.DATE, may_be_future=True, synonyms=("失效日期", "有效期至"),
            not_before=("valid_from",), note="当天仍有效；留空为长期", note_en="That day included; empty: no end",
        ),
    ),
    note="谁以什么身份看哪些数据",
    note_en="Who may see what, and in which role",
)  # fmt: skip
TABLES = {GRANTS.name: GRANTS}

# A comma may be part of a name in English, so a cell is looked up as it stands first.
_PARTS = re.compile(r"[;；、,，\n]")
_PLACES = {Bound.REGION: "region", Bound.BANK: "bank", Bound.DEPARTMENT: "department"}
Found = str | Unreadable | None
# The rule that is broken and its details; by column, those of one row.
_Rule = tuple[str, Mapping[str, str]]
Broken = dict[str, _Rule]


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one cell: where it stands, what it says, and the rule it breaks."""

    file: str
    sheet: str
    row: int
    column: str
    value: str
    rule: str
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a workbook: the grants that were added, how many stood already, and what kept it out."""

    added: tuple[Grant, ...] = ()
    unchanged: int = 0
    wrong: tuple[Wrong, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    @property
    def is_in(self) -> bool:
        """Whether the workbook was taken; otherwise nothing of it was."""
        return not self.wrong and not self.refusals


def with_roles(profile: Profile) -> Profile:
    """Return the profile with the roles as one more code list, so that a workbook may name them as it does others."""
    roles = tuple(Code(role.key, role.name, role.synonyms) for role in ROLES.values())
    return replace(profile, codes={**profile.codes, "role": roles})


def grants_template(profile: Profile, lang: str) -> bytes:
    """Return a blank workbook for people, with the roles, banks and departments to choose from."""
    return template_workbook(with_roles(profile), [GRANTS.name], lang, TABLES)


def import_grants(
    store: AccessStore, profile: Profile, paths: Sequence[Path], by: Access | Person, today: date
) -> Outcome:
    """Add the grants of the workbooks at ``paths``, all of them or, if anything is wrong, none.

    A row that says what stands already is counted and left alone, so that a list that was brought in can be completed
    and brought in again.
    """
    recogniser = Recogniser([GRANTS], with_roles(profile))
    reader = _Reader(Books(with_roles(profile)), today)
    given: list[Grant] = []
    refusals: list[Refusal] = []
    for path in paths:
        sheets, refused = read_sheets(path, recogniser, None)
        refusals += refused
        given += [grant for sheet in sheets for grant in reader.grants(sheet)]
    if reader.wrong or refusals:
        return Outcome(wrong=tuple(reader.wrong), refusals=tuple(refusals))
    return _added(store, given, by, today)


def read_grant(profile: Profile, cells: Mapping[str, str], today: date) -> tuple[Grant, tuple[Wrong, ...]]:
    """Return the grant that ``cells`` of the workbook's columns say, and what is wrong with it: use it only if nothing.

    A column that is absent is empty.
    """
    grant, broken = _Reader(Books(with_roles(profile)), today).grant({k: normal(text) for k, text in cells.items()})
    return grant, tuple(Wrong("", "", 0, column, cells.get(column, ""), *rule) for column, rule in broken.items())


def describe_wrong(found: Wrong | Refusal, profile: Profile, lang: str) -> Message:
    """Return in words what is wrong and what to do about it."""
    describe = Describer(with_roles(profile), lang, TABLES)
    return describe.message(found.rule, found.detail, GRANTS.name)


def column_title(column: str, lang: str) -> str:
    """Return the header of a column of the workbook."""
    spec = GRANTS.column(column)
    return spec.header if lang == "zh" else spec.header_en


def _added(store: AccessStore, given: Sequence[Grant], by: Access | Person, today: date) -> Outcome:
    standing = [kept for kept in all_grants(store) if kept.revoked_at is None]
    new = [
        grant
        for at, grant in enumerate(given)
        if grant not in given[:at] and not any(_says(kept, grant, today) for kept in standing)
    ]
    return Outcome(add_grants(store, new, by) if new else (), len(given) - len(new))


def _says(kept: Kept, grant: Grant, today: date) -> bool:
    """Whether a grant that stands says the same; one without a first day of its own began when it was brought in."""
    began = kept.grant.valid_from <= grant.valid_from == today or kept.grant.valid_from == grant.valid_from
    return began and replace(kept.grant, grant_id="", valid_from=grant.valid_from) == grant


class _Reader:
    """Reads rows into grants and collects what is wrong with them."""

    def __init__(self, books: Books, today: date) -> None:
        self._books, self._today = books, today
        self.wrong: list[Wrong] = []

    def grants(self, sheet: Sheet) -> Iterator[Grant]:
        """Yield the grants of the sheet's rows that nothing is wrong with."""
        columns = {name: texts.to_pylist() for name, texts in sheet.texts().items()}
        for at, row in enumerate(sheet.row_numbers.tolist()):
            cells = {name: normal(texts[at] or "") for name, texts in columns.items()}
            grant, broken = self.grant(cells)
            if broken:
                self.wrong += [
                    Wrong(sheet.file, sheet.name, row, column, cells.get(column, ""), rule, detail)
                    for column, (rule, detail) in broken.items()
                ]
            else:
                yield grant

    def grant(self, written: Mapping[str, str]) -> tuple[Grant, Broken]:
        """Return what a row says, and by column which rule it breaks: with any the grant is not to be used."""
        cells = {column.name: written.get(column.name, "") for column in GRANTS.columns}
        broken: Broken = {}
        for column in GRANTS.columns:
            if column.required and not cells[column.name]:
                broken[column.name] = ("required", {})
        role = self._one("role", self._books.code_list("role").find(cells["role"]), broken)
        places = {name: self._places(name, cells[name], broken) for name in _PLACES.values()}
        start = self._day("valid_from", cells, broken) or self._today
        end = self._day("valid_until", cells, broken)
        grant = Grant(
            "",
            cells["subject"],
            cells["name"],
            role,
            places["region"],
            places["bank"],
            places["department"],
            start,
            end,
        )
        for name, rule in self._rules(grant, {name for name in _PLACES.values() if places[name] or name in broken}):
            broken.setdefault(name, rule)
        return grant, broken

    def _rules(self, grant: Grant, filled: Collection[str]) -> Iterator[tuple[str, _Rule]]:
        """Yield what a row breaks whose cells can be read each by itself; ``filled`` are its columns of places."""
        role = ROLES.get(grant.role)
        if role is not None:
            detail = {"when": "role", "equals": role.key}
            bound = [_PLACES[kind] for kind in role.bound_to if kind in _PLACES]
            yield from ((name, ("grant_not_bound", detail)) for name in filled if name not in bound)
            if Bound.CITY not in role.bound_to and not any(name in filled for name in bound):
                yield bound[0], ("grant_unbound", detail)
        if grant.valid_until is not None and grant.valid_until < grant.valid_from:
            yield "valid_until", ("date_before", {"other": "valid_from"})
        if grant.valid_until is not None and grant.valid_until < self._today:
            yield "valid_until", ("grant_over", {})

    def _places(self, column: str, text: str, broken: Broken) -> tuple[str, ...]:
        """Return the codes that a cell lists, sorted."""
        if not text:
            return ()
        parts = [text] if isinstance(self._find(column, text), str) else _PARTS.split(text)
        found = [self._one(column, self._find(column, part.strip()), broken) for part in parts if part.strip()]
        return tuple(sorted(set(filter(None, found))))

    def _find(self, column: str, text: str) -> Found:
        match column:
            case "region":
                return self._region(text)
            case "bank":
                return self._books.banks.find(text)
            case _:
                return self._books.code_list("department").find(text)

    def _region(self, text: str) -> Found:
        levels = [level for level in (1, 2, 3) if self._books.regions.has_level(level)]
        found = self._books.regions.resolve([text, *[None] * (len(levels) - 1)])
        wrong = next((one for one in found if isinstance(one, Unreadable)), None)
        return wrong or next((code for code in reversed(found) if code), None)

    def _one(self, column: str, found: Found, broken: Broken) -> str:
        if isinstance(found, Unreadable):
            codes = GRANTS.column(column).codes
            broken.setdefault(column, (found.rule, {"codes": codes} if codes else {}))
        return found if isinstance(found, str) else ""

    def _day(self, column: str, cells: Mapping[str, str], broken: Broken) -> date | None:
        found = as_date(cells[column]) if cells[column] else None
        if isinstance(found, Unreadable):
            broken.setdefault(column, (found.rule, {}))
            return None
        return found
