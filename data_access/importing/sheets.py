"""The data rows of recognised sheets: what is no data is left out, and every row keeps its number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_access.importing.findings import Rows
from data_access.importing.headers import Layout, Recogniser
from data_access.importing.reading import Grid, digest, read_grids
from data_access.importing.report import Refusal, RefusedError
from data_access.importing.specs import Kind

# Looked for in the first columns only, where totals and notes are written.
_LABEL_COLUMNS = 3
# 合计, 本页小计, 合计（笔）, 合计：5 笔
_TOTAL = (
    r"^((本页|本表|本月|本期|本年)?(合\s*计|总\s*计|小\s*计|共\s*计|累\s*计)|[Tt]otals?|[Ss]ub-?[Tt]otal"
    r"|[Gg]rand [Tt]otal)\s*([(（][^()（）]{0,6}[)）])?\s*([:：]\s*([\d,，.]+\s*\p{Han}{0,3})?)?$"
)
_NOTE = r"^(注|备注|说明|填表|制表|审核|填报|单位负责人|联系人)[^:：]{0,6}[:：]"
_NOTE_CELLS = 3
# Kinds of values that a cell merged over several rows does not tell of each of them.
_OF_ONE_ROW = (Kind.MONEY, Kind.INTEGER, Kind.DECIMAL)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A recognised sheet: the texts of its data rows by position of the column, and each row's number in the file."""

    file: str
    name: str
    digest: str
    layout: Layout
    columns: Sequence[pa.Array]
    row_numbers: Rows
    skipped: int

    def texts(self) -> Mapping[str, pa.Array]:
        """Return the texts of every column of the table that the sheet has; the first filled source counts."""
        found = {name: [self.columns[p] for p in source.positions] for name, source in self.layout.sources.items()}
        return {name: pc.coalesce(*columns) if len(columns) > 1 else columns[0] for name, columns in found.items()}

    def held_numbers(self) -> tuple[pa.Array, pa.Array] | None:
        """Return, for a returned workbook, which held row of which batch each row corrects; None for other files."""
        at = (self.layout.held_batch, self.layout.held_row)
        if at[0] is None or at[1] is None:
            return None
        numbers = [self.columns[p] for p in at if p is not None]
        plain = [pc.if_else(pc.match_substring_regex(n, r"^\d{1,9}$"), n, None).cast(pa.int64()) for n in numbers]
        return plain[0], plain[1]


def read_sheets(path: Path, recogniser: Recogniser, table: str | None) -> tuple[list[Sheet], list[Refusal]]:
    """Return the recognised sheets of a file, and why nothing is taken from it or from one of its sheets.

    In a workbook a sheet that is no table at all (instructions, lists of codes) is passed over where another is one.
    """
    try:
        fingerprint, grids = digest(path), read_grids(path)
    except RefusedError as error:
        return [], [Refusal(path.name, "", error.rule, error.detail)]
    sheets: list[Sheet] = []
    refusals: list[Refusal] = []
    for grid in grids:
        try:
            layout = recogniser.recognise(grid, f"{path.stem} {grid.sheet}", table)
            sheets.append(_sheet(path.name, fingerprint, grid, layout))
        except RefusedError as error:
            refusals.append(Refusal(path.name, grid.sheet, error.rule, error.detail))
    if sheets:
        refusals = [r for r in refusals if r.rule not in ("table_unknown", "header_missing")]
    elif not grids:
        refusals = [Refusal(path.name, "", "file_empty", {})]
    return sheets, refusals


def _sheet(file: str, fingerprint: str, grid: Grid, layout: Layout) -> Sheet:
    written = [column.slice(layout.first_row).combine_chunks() for column in grid.columns]
    keep = ~_no_data(written, layout)
    columns = _read_down(written, grid, layout) if grid.merged_down else written
    # In a spreadsheet program the first row is row 1; Parquet's names count as that row.
    numbers = np.flatnonzero(keep) + layout.first_row + (2 if grid.names is not None else 1)
    mask = pa.array(keep)
    kept = columns if keep.all() else [column.filter(mask) for column in columns]
    skipped = int((~keep).sum())
    return Sheet(file, grid.sheet, fingerprint, layout, kept, numbers.astype(np.int64), skipped)


def _read_down(columns: Sequence[pa.Array], grid: Grid, layout: Layout) -> Sequence[pa.Array]:
    """Return the columns with a cell that is merged with cells below standing in each of these rows.

    An amount or a number merged over rows is their total, as likely as not, and stays where it is.
    """
    kind_at = {p: layout.spec.column(name).kind for name, source in layout.sources.items() for p in source.positions}
    filled = list(columns)
    for column in {column for _, column in grid.merged_down if kind_at.get(column, Kind.MONEY) not in _OF_ONE_ROW}:
        source = np.arange(len(columns[column]))
        for (top, at), last in grid.merged_down.items():
            first = top - layout.first_row
            if at == column and first >= 0:
                source[first : last - layout.first_row + 1] = first
        filled[column] = columns[column].take(pa.array(source))
    return filled


def _no_data(columns: Sequence[pa.Array], layout: Layout) -> np.ndarray:
    """Tell which rows are blank in every known column, totals, notes below the table, or the header once more."""
    used = [columns[p] for source in layout.sources.values() for p in source.positions]
    filled = reduce(np.add, (_mask(column.is_valid()).astype(np.int16) for column in used))
    labels = columns[:_LABEL_COLUMNS]
    totals = reduce(np.logical_or, (_mask(pc.match_substring_regex(column, _TOTAL)) for column in labels))
    notes = reduce(np.logical_or, (_mask(pc.match_substring_regex(column, _NOTE)) for column in labels))
    key = layout.sources[layout.spec.key[0]].positions[0]
    again = _mask(pc.equal(columns[key], layout.headers[key]))
    for row in layout.header_rows:
        again |= _same_row(columns, row)
    found: np.ndarray = (filled == 0) | totals | (notes & (filled <= _NOTE_CELLS)) | again
    return found


def _same_row(columns: Sequence[pa.Array], row: Sequence[str | None]) -> np.ndarray:
    """Tell which rows hold exactly the cells of a header row."""
    cells = list(zip(columns, row, strict=True))
    named = [_mask(pc.equal(column, cell)) for column, cell in cells if cell]
    found: np.ndarray = reduce(np.logical_and, named)
    # Only where the titles stand is it worth looking at the cells that should be empty.
    if found.any():
        found = reduce(np.logical_and, (_mask(column.is_null()) for column, cell in cells if not cell), found)
    return found


def _mask(condition: pa.Array) -> np.ndarray:
    mask: np.ndarray = pc.fill_null(condition, fill_value=False).to_numpy(zero_copy_only=False)
    return mask
