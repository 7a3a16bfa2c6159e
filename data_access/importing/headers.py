"""Which row of a grid is the header, which table the sheet holds, and which column each header names."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

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
_UNIT_NOTE = re.compile(r"单位[:：]\s*([^\s,，、;；)）]+)")
_BRACKET = re.compile(r"^(.+?)[(\[【](?:单位)?([^()\[\]]*)[)\]】]$")


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
class Layout:
    """A recognised sheet: its table, where each column is, the header texts, and where the data begins."""

    spec: TableSpec
    sources: Mapping[str, Source]
    headers: tuple[str, ...]
    first_row: int
    unit_note: str
    held_batch: int | None = None
    held_row: int | None = None

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
        name = re.sub(r"[*:：]|\((?:必填|选填|required|optional)\)", "", key(text))
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
            return self._choose(specs, list(grid.names), 0, "", place)
        head = grid.head(ROWS_SEARCHED)
        scores = [max((len(self.matched(spec, row)) for spec in specs), default=0) for row in head]
        best = max(scores, default=0)
        if best < 2:
            raise RefusedError("header_missing")
        at = scores.index(best)
        note = _UNIT_NOTE.search(" ".join(cell for row in head[:at] for cell in row if cell))
        unit = key(note[1]) if note and key(note[1]) in self._money_units else ""
        return self._choose(specs, _filled(head, at), at + 1, unit, place)

    def matched(self, spec: TableSpec, cells: Sequence[str | None]) -> dict[str, list[int]]:
        """Return the positions of every column of ``spec`` among ``cells``."""
        vocabulary = self._columns[spec.name]
        found: dict[str, list[int]] = {}
        for position, cell in enumerate(cells):
            if cell and (column := vocabulary.get(self.read(cell).name)):
                found.setdefault(column.name, []).append(position)
        return found

    def _choose(
        self, specs: Sequence[TableSpec], cells: Sequence[str | None], first_row: int, note: str, place: str
    ) -> Layout:
        matches = {spec.name: self.matched(spec, cells) for spec in specs}
        complete = [spec for spec in specs if not _missing(spec, matches[spec.name])]
        if not complete:
            raise _nearest(specs, matches)
        most = max(len(matches[spec.name]) for spec in complete)
        fitting = [spec for spec in complete if len(matches[spec.name]) == most]
        named = [spec for spec in fitting if spec.title in place or spec.name in place]
        if len(fitting) > 1 and len(named) != 1:
            raise RefusedError("table_ambiguous", tables=",".join(spec.name for spec in fitting))
        spec = (named if len(fitting) > 1 else fitting)[0]
        return self._layout(spec, matches[spec.name], cells, first_row, note)

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
