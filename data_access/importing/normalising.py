"""Columns of text into columns of values, whole columns at once; what cannot be read becomes a finding.

Columns with few different texts (dates, codes, names of places and banks) are read once per different text; numbers
in plain spelling are read by Arrow, and only the others one by one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_access.importing import credit_codes
from data_access.importing.findings import Finding, Findings, Rows
from data_access.importing.formulas import UNCALCULATED
from data_access.importing.headers import Layout
from data_access.importing.names import Books, TreeBook
from data_access.importing.specs import ColumnSpec, Kind
from data_access.importing.values import (
    BLANKS,
    TEXT_BLANKS,
    Unreadable,
    as_boolean,
    as_count,
    as_date,
    as_money,
    as_number,
    as_rate,
    normal,
    tidy,
)

# How each kind is held while it is checked; money as a float is exact to the cent up to 9e13 yuan.
ARROW_TYPES: Mapping[Kind, pa.DataType] = {
    Kind.DATE: pa.date32(),
    Kind.MONEY: pa.float64(),
    Kind.RATE: pa.float64(),
    Kind.DECIMAL: pa.float64(),
    Kind.INTEGER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
}
DECIMALS = {Kind.MONEY: 2, Kind.RATE: 4, Kind.DECIMAL: 4}
# A percentage cell of a spreadsheet holds 0.0365 where it shows 3.65 %.
LARGEST_FRACTION = 0.3
_PLAIN_NUMBER = r"^[+-]?\d+(\.\d+)?$"
_LOST_DIGITS = r"^\d(\.\d+)?[eE]\+\d{2}$"
_SHEET_ERROR = (
    rf"^(#(N/A|(REF|VALUE|DIV/0|NUM|NULL|SPILL|CALC|FIELD|BLOCKED|CONNECT)!|NAME\?|GETTING_DATA)|{UNCALCULATED})$"
)

Parser = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Values:
    """The columns of a sheet as values, by column name, and what could not be read."""

    columns: Mapping[str, pa.Array]
    findings: Findings


def arrow_type(column: ColumnSpec) -> pa.DataType:
    """Return the Arrow type in which a column's values are held while they are checked."""
    return ARROW_TYPES.get(column.kind, pa.string())


def normalise(cells: Mapping[str, pa.Array], layout: Layout, books: Books) -> Values:
    """Return every column of the table as values; ``cells`` holds the texts of the columns the sheet has.

    A column the sheet lacks is all null. A cell that cannot be read is null and has a finding.
    """
    findings = Findings()
    rows = len(next(iter(cells.values())))
    found: dict[str, pa.Array] = {}
    for kind, book in ((Kind.REGION, books.regions), (Kind.INDUSTRY, books.industries)):
        found |= _tree(cells, layout, kind, book, findings)
    for column in layout.spec.columns:
        if column.name in found:
            continue
        if column.name not in cells or _has_no_list(column, cells[column.name], books, findings):
            found[column.name] = pa.nulls(rows, arrow_type(column))
            continue
        texts = _without_sheet_errors(cells[column.name], column, findings)
        found[column.name] = _column(texts, column, layout, books, findings)
    return Values(found, findings)


def _has_no_list(column: ColumnSpec, texts: pa.Array, books: Books, findings: Findings) -> bool:
    """Tell whether an optional column chooses from a list that the profile does not have, and point it out."""
    if not column.codes or column.required or column.codes in books.codes:
        return False
    findings.add([Finding("list_unknown", column.name, rows_where(texts.is_valid()))])
    return True


def _column(texts: pa.Array, column: ColumnSpec, layout: Layout, books: Books, findings: Findings) -> pa.Array:
    match column.kind:
        case Kind.TEXT | Kind.REFERENCE:
            return _text(texts, column, findings)
        case Kind.CREDIT_CODE:
            return credit_codes.normalise(_text(texts, column, findings))
        case Kind.MONEY | Kind.RATE | Kind.INTEGER | Kind.DECIMAL:
            return _number(texts, column, layout, books, findings)
        case _:
            return _by_distinct(texts, parser(column, books), column, findings)


def parser(column: ColumnSpec, books: Books) -> Parser:
    """Return how a text of a date, a yes or no, a bank or a choice is read."""
    match column.kind:
        case Kind.DATE:
            return as_date
        case Kind.BOOLEAN:
            return as_boolean
        case Kind.BANK:
            return books.banks.find
        case Kind.TAGS:
            return books.code_list(column.codes).find_all
        case _:
            return books.code_list(column.codes).find


def rows_where(mask: pa.Array) -> Rows:
    """Return the positions at which a boolean array is true."""
    return np.flatnonzero(pc.fill_null(mask, fill_value=False).to_numpy(zero_copy_only=False))


def _without_sheet_errors(texts: pa.Array, column: ColumnSpec, findings: Findings) -> pa.Array:
    wrong = pc.match_substring_regex(texts, _SHEET_ERROR)
    if not pc.any(wrong).as_py():
        return texts
    uncalculated = pc.equal(texts, UNCALCULATED)
    findings.add([Finding("formula_uncalculated", column.name, rows_where(uncalculated))])
    findings.add([Finding("sheet_error", column.name, rows_where(pc.and_not(wrong, uncalculated)))])
    return pc.if_else(pc.fill_null(wrong, fill_value=False), pa.scalar(None, pa.string()), texts)


# ---- text ----------------------------------------------------------------------------------------------------------


def _text(texts: pa.Array, column: ColumnSpec, findings: Findings) -> pa.Array:
    """Return text in normal form; a number that a spreadsheet cut to 15 digits is reported."""
    findings.add([Finding("digits_lost", column.name, rows_where(pc.match_substring_regex(texts, _LOST_DIGITS)))])
    untidy = pc.or_(
        pc.not_equal(pc.utf8_normalize(texts, "NFKC"), texts),
        pc.match_substring_regex(texts, r"[\s\p{Cf}\p{Cc}]"),
    )
    if pc.any(untidy).as_py():
        mask = pc.fill_null(untidy, fill_value=False)
        texts = pc.replace_with_mask(texts, mask, pa.array(map(tidy, texts.filter(mask).to_pylist()), pa.string()))
    blanks = TEXT_BLANKS if column.kind is Kind.TEXT else BLANKS
    blank = pc.is_in(pc.utf8_lower(texts), pa.array(["", *blanks]))
    return pc.if_else(blank, pa.scalar(None, pa.string()), texts)


# ---- few different texts -------------------------------------------------------------------------------------------


def _by_distinct(texts: pa.Array, parse: Parser, column: ColumnSpec, findings: Findings) -> pa.Array:
    """Read each different text once."""
    encoded = texts.dictionary_encode()
    read = [parse(normal(text)) for text in encoded.dictionary.to_pylist()]
    findings.add(_unreadable(read, encoded.indices, column))
    kind = arrow_type(column)
    values = pa.array([None if isinstance(value, Unreadable) else value for value in read], kind)
    return values.take(encoded.indices)


def _unreadable(read: Sequence[object], indices: pa.Array, column: ColumnSpec) -> list[Finding]:
    """Return a finding for every rule that any of the different texts breaks."""
    rules = [value.rule if isinstance(value, Unreadable) else None for value in read]
    if not any(rules):
        return []
    by_row = pa.array(rules, pa.string()).take(indices)
    return [
        Finding(rule, column.name, rows_where(pc.equal(by_row, rule)), {"codes": column.codes} if column.codes else {})
        for rule in sorted(filter(None, set(rules)))
    ]


# ---- numbers -------------------------------------------------------------------------------------------------------


def _number(texts: pa.Array, column: ColumnSpec, layout: Layout, books: Books, findings: Findings) -> pa.Array:
    scale = _header_scale(column, layout, books)
    plain = pc.fill_null(pc.match_substring_regex(texts, _PLAIN_NUMBER), fill_value=False)
    nothing = pa.scalar(None, pa.string())
    quick = pc.multiply(pc.if_else(plain, texts, nothing).cast(pa.float64()), scale)
    if column.kind is Kind.RATE:
        quick = _without_fractions(quick, column, findings)
    rest = _by_distinct(pc.if_else(plain, nothing, texts), _number_parser(column, books, scale), column, findings)
    numbers = pc.coalesce(quick, rest)
    if column.kind is not Kind.INTEGER:
        return pc.round(numbers, DECIMALS[column.kind])
    whole = pc.equal(pc.round(numbers), numbers)
    findings.add([Finding("number_not_whole", column.name, rows_where(pc.invert(whole)))])
    return pc.round(numbers)


def _number_parser(column: ColumnSpec, books: Books, scale: float) -> Parser:
    match column.kind:
        case Kind.MONEY:
            return lambda text: as_money(text, books.units, scale)
        case Kind.INTEGER:
            return lambda text: as_count(text, in_months=column.in_months, header_scale=scale)
        case Kind.RATE:
            return as_rate
        case _:
            return as_number


def _header_scale(column: ColumnSpec, layout: Layout, books: Books) -> float:
    """Return what a bare number of this column is multiplied by: its header's unit, else the sheet's."""
    unit = layout.sources[column.name].unit
    if column.kind is Kind.MONEY:
        return books.units.get(unit, books.units.get(layout.unit_note, 1.0))
    return 12.0 if column.in_months and unit in ("年", "years") else 1.0


def _without_fractions(rates: pa.Array, column: ColumnSpec, findings: Findings) -> pa.Array:
    """Read a rate between 0 and 0.3 as the content of a percentage cell, and point it out."""
    fraction = pc.fill_null(pc.and_(pc.greater(rates, 0.0), pc.less(rates, LARGEST_FRACTION)), fill_value=False)
    findings.add([Finding("rate_as_fraction", column.name, rows_where(fraction))])
    return pc.if_else(fraction, pc.multiply(rates, 100.0), rates)


# ---- regions and industries ----------------------------------------------------------------------------------------


def _tree(
    cells: Mapping[str, pa.Array], layout: Layout, kind: Kind, book: TreeBook, findings: Findings
) -> dict[str, pa.Array]:
    """Read the levels of a tree together, since a lower one is found below the upper; each combination once."""
    columns = [column for column in layout.spec.columns if column.kind is kind]
    if not columns or not any(column.name in cells for column in columns):
        return {}
    present = [_level(cells, column, book, findings) for column in columns]
    combined, distinct = _combinations(present)
    read = [book.resolve(combination) for combination in distinct]
    found = {}
    for number, column in enumerate(columns):
        values = [row[number] for row in read]
        findings.add(_unreadable(values, combined, column))
        known = pa.array([None if isinstance(value, Unreadable) else value for value in values], pa.string())
        found[column.name] = known.take(combined)
    return found


def _level(cells: Mapping[str, pa.Array], column: ColumnSpec, book: TreeBook, findings: Findings) -> pa.Array:
    """Return a level's texts; of a level that the profile does not have nothing is kept, which is pointed out."""
    rows = len(next(iter(cells.values())))
    texts = cells.get(column.name, pa.nulls(rows, pa.string()))
    if book.has_level(column.level) or texts.null_count == rows:
        return _without_sheet_errors(texts, column, findings)
    findings.add([Finding("level_unknown", column.name, rows_where(texts.is_valid()))])
    return pa.nulls(rows, pa.string())


def _combinations(columns: list[pa.Array]) -> tuple[pa.Array, list[tuple[str | None, ...]]]:
    """Return for each row the number of its combination of texts, and the combinations."""
    encoded = [column.dictionary_encode(null_encoding="encode") for column in columns]
    combined = np.zeros(len(columns[0]), dtype=np.int64)
    for column in encoded:
        combined = combined * max(len(column.dictionary), 1) + column.indices.to_numpy()
    kinds, first, inverse = np.unique(combined, return_index=True, return_inverse=True)
    at_first = [column.take(pa.array(first)).to_pylist() for column in columns]
    distinct = list(zip(*at_first, strict=True)) if kinds.size else []
    return pa.array(inverse), distinct
