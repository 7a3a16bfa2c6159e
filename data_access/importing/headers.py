"""Which row of a grid is the header, which table the sheet holds, and which column each header names."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from data_access.importing.names import money_units
from data_access.importing.reading import Grid
from data_access.importing.report import RefusedError
from data_access.importing.specs import ColumnSpec, Kind, TableSpec
from data_access.importing.values import key
from data_access.profile import Level, Profile
from locales import N_, languages, translator

# A header below more title rows than this is not looked for.
ROWS_SEARCHED = 30
# Headers of a returned workbook: why a row was held, and which held row it is. Never a column of a table.
HELD_REASON, HELD_BATCH, HELD_ROW = N_("错误说明"), N_("退回批次（请勿修改）"), N_("退回行号（请勿修改）")
_HELD_HEADERS = {translator(lang)(name): name for name in (HELD_REASON, HELD_BATCH, HELD_ROW) for lang in languages()}

_UNITS = frozenset(("%", "月", "个月", "年", "户", "家", "人", "个", "天", "日", "份", "次", "场", "months", "years"))
# 单位：户、万元 names two units; 填报单位：… before it in the same cell names none.
_UNIT_NOTE = re.compile(r"单位[:：]\s*([^\s)）]+)")
_BETWEEN_UNITS = re.compile(r"[,，、;；/和及]")
# 授信情况 above 金额 is 授信金额.
_GROUP_WORDS = re.compile(r"(情况|信息|结果)$")
_BRACKET = re.compile(r"^(.+?)[(\[【](?:单位)?([^()\[\]]*)[)\]】]$")

_REQUIRED = re.compile(r"[*:：]|\((?:必填|选填|required|optional)\)")

Cells = Sequence[str | None]
Merged = Mapping[tuple[int, int], int]
# For every column what its header may be called, best first; nothing for a column without a header.
Wordings = Sequence[tuple[str, ...]]


# Every sheet is held against the same thousand wordings of the tables' columns.
@lru_cache(maxsize=8192)
def _bare(text: str) -> str:
    """Return a header's comparable name without marks of required cells."""
    return _REQUIRED.sub("", key(text))


@dataclass(frozen=True, slots=True)
class Header:
    """A header in the form in which headers are compared, and the unit it carried ("" for none)."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a column's cells are: positions in the grid, the first that is filled counts, and the header's unit."""

    positions: tuple[int, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What may be the header: how many columns of a table it names, and the texts that stand above as titles.

    ``rows`` are the two rows of a header of two, as they stand; ``has_units`` says that the second holds only units.
    """

    found: int = 0
    first_row: int = 0
    wordings: Wordings = ()
    titles: Sequence[str] = ()
    rows: tuple[Cells, ...] = ()
    has_units: bool = False

    def is_better(self, other: "_Candidate") -> bool:
        """Tell whether it names more columns, or as many with a row of units below that would be taken for data."""
        return (self.found, self.has_units) > (other.found, other.has_units)


@dataclass(frozen=True, slots=True)
class Layout:
    """A recognised sheet: its table, where each column is, the header texts, and where the data begins.

    ``header_rows`` are the rows of a header of two rows, which may come again further down.
    """

    spec: TableSpec
    sources: Mapping[str, Source]
    headers: tuple[str, ...]
    first_row: int
    unit_note: str
    held_batch: int | None = None
    held_row: int | None = None
    header_rows: tuple[Cells, ...] = ()

    @property
    def kept_headers(self) -> tuple[str, ...]:
        """The headers with which a held row is kept, "" for what a returned workbook added to them.

        An amount's header carries the unit that a title row gave the sheet.
        """
        bare = {
            source.positions[0]
            for name, source in self.sources.items()
            if self.unit_note and not source.unit and self.spec.column(name).kind is Kind.MONEY
        }
        marked = [f"{h}（{self.unit_note}）" if i in bare else h for i, h in enumerate(self.headers)]
        return tuple("" if header in _HELD_HEADERS else header for header in marked)

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headers that are no column of the table."""
        used = {p for source in self.sources.values() for p in source.positions}
        return tuple(h for i, h in enumerate(self.headers) if i not in used and h and h not in _HELD_HEADERS)


class Recogniser:
    """Knows the headers of every table, including the profile's own names for its region and industry levels."""

    def __init__(self, specs: Iterable[TableSpec], profile: Profile) -> None:
        self._specs = tuple(specs)
        self._units = money_units(profile).keys() | _UNITS
        self._money_units = money_units(profile)
        levels = (profile.region_levels, profile.industry_levels)
        self._columns = {spec.name: self._vocabulary(spec, *levels) for spec in self._specs}

    def _vocabulary(
        self, spec: TableSpec, regions: Sequence[Level], industries: Sequence[Level]
    ) -> Mapping[str, ColumnSpec]:
        found: dict[str, ColumnSpec] = {}
        for column in spec.columns:
            levels = {Kind.REGION: regions, Kind.INDUSTRY: industries}.get(column.kind, ())
            own = [level.label for level in levels[column.level - 1 : column.level]]
            names = (*column.synonyms, *(name for label in own for name in (label.zh, label.en)))
            for name in (column.header, column.header_en, column.name, *names):
                if name:
                    found.setdefault(self.read(name).name, column)
        return found

    def read(self, text: str) -> Header:
        """Return a header's comparable name and unit: 授信金额（万元） → 授信金额, 万元; marks of required cells go."""
        name = _bare(text)
        found = _BRACKET.match(name)
        if found and found[2] in self._units:
            return Header(found[1], found[2])
        return Header(name, "")

    def recognise(self, grid: Grid, place: str, table: str | None = None) -> Layout:
        """Return the layout of ``grid``; ``place`` (file and sheet name) settles a tie, ``table`` the question.

        Raises ``RefusedError`` where no header row is found, required columns are missing, or two tables fit.
        """
        specs = [spec for spec in self._specs if table in (None, spec.name)]
        if grid.names is not None:
            return self._choose(specs, _alone(grid.names), 0, "", place)
        head = grid.head(ROWS_SEARCHED)
        one, two = self._one_row(specs, head), self._two_rows(specs, head, grid.merged)
        best = two if two.is_better(one) else one
        if best.found < 2:
            raise RefusedError("header_missing")
        unit = self._noted_unit(" ".join(best.titles))
        return replace(self._choose(specs, best.wordings, best.first_row, unit, place), header_rows=best.rows)

    def _noted_unit(self, titles: str) -> str:
        """Return the unit of money that the title rows give for the whole sheet, "" if they give none."""
        noted = (key(part) for note in _UNIT_NOTE.findall(titles) for part in _BETWEEN_UNITS.split(note))
        return next((unit for part in noted if (unit := part.removeprefix("人民币")) in self._money_units), "")

    def _one_row(self, specs: Sequence[TableSpec], head: Sequence[Cells]) -> _Candidate:
        """Return the row that holds most columns of a table."""
        scores = [self._most(specs, _alone(row)) for row in head]
        best = max(scores, default=0)
        if not best:
            return _Candidate()
        at = scores.index(best)
        return _Candidate(best, at + 1, _alone(_filled(head, at)), _texts(head[:at]))

    def _two_rows(self, specs: Sequence[TableSpec], head: Sequence[Cells], merged: Merged) -> _Candidate:
        """Return the two rows, the upper with titles of groups of columns, that hold most columns together."""
        best = _Candidate()
        for at, (upper, lower) in enumerate(pairwise(head)):
            has_units = self._holds_units(lower)
            if has_units:
                wordings = _alone([f"{a or ''}{self._bracketed(b)}" for a, b in zip(upper, lower, strict=True)])
            else:
                wordings = [self._wordings(*cells) for cells in _grouped(upper, lower, at, merged)]
            found = _Candidate(self._most(specs, wordings), at + 2, wordings, (), (upper, lower), has_units)
            if found.is_better(best):
                # A unit behind a group's title is that of the group, not of the sheet.
                beside = [cell for cell in upper if cell and not self.read(cell).unit]
                best = replace(found, titles=[*_texts(head[:at]), *([] if has_units else beside)])
        return best

    def _holds_units(self, cells: Cells) -> bool:
        """Tell whether a row holds nothing but units: 万元 or （万元） below 授信金额, the other cells empty."""
        units = [self._unit(cell) for cell in cells if cell]
        return bool(units) and all(units)

    def _unit(self, cell: str) -> str:
        """Return the unit that is all a cell says, "" if it says more."""
        plain = re.sub(r"^(?:单位)?[:：]?", "", key(cell).strip("()[]【】"))
        return plain if plain in self._units else ""

    def _bracketed(self, cell: str | None) -> str:
        return f"（{self._unit(cell)}）" if cell and self._unit(cell) else ""

    def _most(self, specs: Sequence[TableSpec], wordings: Wordings) -> int:
        return max((len(self.matched(spec, self._worded(spec, wordings))) for spec in specs), default=0)

    def _wordings(self, group: str, title: str) -> tuple[str, ...]:
        """Return what the header may be called below the title of a group: 授信 + 金额 is 授信金额, or just 金额.

        A unit of money in the group's title goes behind that of the column, if it has none itself.
        """
        if not group or not title:
            return (title,) if title else ()
        read = self.read(group)
        bare = read.name if read.unit else group.strip()
        names = [f"{bare}{title}", f"{_GROUP_WORDS.sub('', bare)}{title}", title]
        if read.unit in self._money_units and not self.read(title).unit:
            names = [name for plain in names for name in (f"{plain}（{read.unit}）", plain)]
        return tuple(names)

    def _worded(self, spec: TableSpec, wordings: Wordings) -> list[str | None]:
        """Return the header of every column: the first wording that ``spec`` knows, otherwise the last."""
        return [next((w for w in words if self._knows(spec, w)), words[-1] if words else None) for words in wordings]

    def _knows(self, spec: TableSpec, wording: str) -> bool:
        read = self.read(wording)
        column = self._columns[spec.name].get(read.name)
        return column is not None and (column.kind is Kind.MONEY or read.unit not in self._money_units)

    def matched(self, spec: TableSpec, cells: Sequence[str | None]) -> dict[str, list[int]]:
        """Return the positions of every column of ``spec`` among ``cells``."""
        vocabulary = self._columns[spec.name]
        found: dict[str, list[int]] = {}
        for position, cell in enumerate(cells):
            if cell and (column := vocabulary.get(self.read(cell).name)):
                found.setdefault(column.name, []).append(position)
        return found

    def _choose(self, specs: Sequence[TableSpec], wordings: Wordings, first_row: int, note: str, place: str) -> Layout:
        cells = {spec.name: self._worded(spec, wordings) for spec in specs}
        matches = {spec.name: self.matched(spec, cells[spec.name]) for spec in specs}
        complete = [spec for spec in specs if not _missing(spec, matches[spec.name])]
        if not complete:
            raise _nearest(specs, matches)
        most = max(len(matches[spec.name]) for spec in complete)
        fitting = [spec for spec in complete if len(matches[spec.name]) == most]
        named = [spec for spec in fitting if spec.title in place or spec.name in place]
        if len(fitting) > 1 and len(named) != 1:
            raise RefusedError("table_ambiguous", tables=",".join(spec.name for spec in fitting))
        spec = (named if len(fitting) > 1 else fitting)[0]
        return self._layout(spec, matches[spec.name], cells[spec.name], first_row, note)

    def _layout(
        self, spec: TableSpec, found: Mapping[str, list[int]], cells: Sequence[str | None], first_row: int, note: str
    ) -> Layout:
        headers = _distinct([cell or "" for cell in cells])
        sources = {
            name: self._source(spec.name, spec.column(name), positions, cells) for name, positions in found.items()
        }
        held = {_HELD_HEADERS[header]: at for at, header in enumerate(headers) if header in _HELD_HEADERS}
        return Layout(spec, sources, headers, first_row, note, held.get(HELD_BATCH), held.get(HELD_ROW))

    def _source(self, table: str, column: ColumnSpec, positions: Sequence[int], cells: Sequence[str | None]) -> Source:
        read = {p: self.read(cells[p] or "") for p in positions}
        exact = [p for p in positions if read[p].name == self.read(column.header).name]
        if len(positions) > 1 and column.kind is not Kind.REFERENCE:
            if len(exact) != 1:
                names = "、".join(cells[p] or "" for p in positions)
                raise RefusedError("column_twice", table=table, column=column.name, headers=names)
            positions = exact
        ordered = sorted(positions, key=lambda p: p not in exact)
        return Source(tuple(ordered), read[ordered[0]].unit)


def _missing(spec: TableSpec, found: Mapping[str, object]) -> list[ColumnSpec]:
    return [column for column in spec.columns if column.required and column.name not in found]


def _nearest(specs: Sequence[TableSpec], matches: Mapping[str, Mapping[str, object]]) -> RefusedError:
    """Name the columns that are missing from the table the sheet most resembles."""
    spec = max(specs, key=lambda s: (len(matches[s.name]), -len(_missing(s, matches[s.name]))))
    missing = _missing(spec, matches[spec.name])
    required = sum(column.required for column in spec.columns)
    if len(specs) > 1 and len(missing) * 2 > required:
        return RefusedError("table_unknown")
    names = ",".join(column.name for column in missing)
    return RefusedError("columns_missing", table=spec.name, columns=names)


def _texts(rows: Iterable[Cells]) -> list[str]:
    return [cell for row in rows for cell in row if cell]


def _alone(cells: Cells) -> Wordings:
    """Return a single header row: every column has one wording."""
    return [(cell,) if cell else () for cell in cells]


def _grouped(upper: Cells, lower: Cells, at: int, merged: Merged) -> Iterator[tuple[str, str]]:
    """Yield for every column the title of its group ("" for none) and its own title.

    A group's title stands above its first column; it reaches as far as its cell is merged, otherwise to the next
    title. A cell with nothing below it is merged over both rows: the title of one column.
    """
    group, until = "", -1
    for position, (above, below) in enumerate(zip(upper, lower, strict=True)):
        if above:
            until = merged.get((at, position), len(upper) if below else position)
            group = above if below or until > position else ""
        elif position > until:
            group = ""
        yield (group, below) if below else ("", above or "")


def _filled(head: Sequence[Sequence[str | None]], at: int) -> list[str | None]:
    """Return the header row; a cell merged with the row above has its text there."""
    above = head[at - 1] if at else [None] * len(head[at])
    return [cell or upper for cell, upper in zip(head[at], above, strict=True)]


def _distinct(headers: Sequence[str]) -> tuple[str, ...]:
    """Number repeated headers, so that a held row can be kept by header."""
    seen: Counter[str] = Counter()
    found = []
    for header in headers:
        seen[header] += 1
        found.append(f"{header}_{seen[header]}" if header and seen[header] > 1 else header)
    return tuple(found)
