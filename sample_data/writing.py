"""Columns into the files that a county or a bank would send: Parquet, CSV and workbooks, the same bytes each time."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
import xlsxwriter

from data_access.importing.specs import ColumnSpec, Kind, TableSpec
from data_access.importing.tables import TABLES
from data_access.profile import Profile
from sample_data.cells import Column
from sample_data.enterprises import Columns

_TEN_THOUSAND = 10_000
# A fixed date for the workbooks' own properties, so that the same seed gives the same bytes.
_CREATED = datetime(2025, 6, 13)  # noqa: DTZ001 - xlsxwriter wants a date without a time zone


@dataclass(frozen=True, slots=True)
class Form:
    """How a table is sent: the kind of file, and whether money is written in 万元 with the unit in the header."""

    suffix: str
    encoding: str = ""
    in_ten_thousands: bool = False


PARQUET = Form(".parquet")
CSV_MARKED = Form(".csv", "utf-8-sig")
CSV_CHINESE = Form(".csv", "gb18030", in_ten_thousands=True)
WORKBOOK = Form(".xlsx", in_ten_thousands=True)
# Large tables come out of systems, middling ones out of exports, small ones out of somebody's spreadsheet.
FORMS = {
    "enterprises": PARQUET, "visit_targets": PARQUET, "visits": PARQUET,
    "applications": CSV_MARKED, "problems": CSV_MARKED,
    "recommendations": CSV_CHINESE, "decisions": CSV_CHINESE, "loans": CSV_CHINESE,
}  # fmt: skip


def write_table(
    folder: Path, number: int, name: str, columns: Columns, profile: Profile, notice: tuple[str, str]
) -> Path:
    """Write one table under its Chinese headers and return the file; name and contents say that it is synthetic."""
    spec, form = TABLES[name], FORMS.get(name, WORKBOOK)
    path = folder / f"{number:02d}-{spec.title}-演示数据（合成）{form.suffix}"
    table = _sheet(spec, columns, profile, form)
    _WRITERS[form.suffix](path, table, form, (spec.title, *notice))
    return path


def _sheet(spec: TableSpec, columns: Columns, profile: Profile, form: Form) -> pa.Table:
    """Return the columns in the order and under the headers of the spec."""
    unknown = columns.keys() - {column.name for column in spec.columns}
    if unknown:
        raise KeyError(f"{spec.name}: {', '.join(sorted(unknown))}")
    named = [column for column in spec.columns if column.name in columns]
    cells = [_cells(column, columns[column.name], profile, form) for column in named]
    return pa.table(cells, names=[_header(column, form) for column in named])


def _header(column: ColumnSpec, form: Form) -> str:
    return f"{column.header}（万元）" if column.kind is Kind.MONEY and form.in_ten_thousands else column.header


def _cells(column: ColumnSpec, values: Column, profile: Profile, form: Form) -> Column:
    """Return the values as the form writes them: systems send codes, people names, 是 and 否, and 万元."""
    if column.kind is Kind.MONEY and form.in_ten_thousands:
        return pc.divide(values.cast(pa.float64()), float(_TEN_THOUSAND))
    if form is PARQUET:
        return values
    if column.kind is Kind.BOOLEAN:
        return pc.if_else(values, "是", "否")
    names = _names(column, profile)
    if not names:
        return values
    coded = values if isinstance(values, pa.DictionaryArray) else values.dictionary_encode()
    spelled = pa.array([names.get(code, code) for code in coded.dictionary.to_pylist()], pa.string())
    return pa.DictionaryArray.from_arrays(coded.indices, spelled)


def _names(column: ColumnSpec, profile: Profile) -> dict[str, str]:
    """Return the names people write for the codes of a column; a grid goes by its number."""
    match column.kind:
        case Kind.CODE:
            return {code.code: code.label.zh for code in profile.codes.get(column.codes, ())}
        case Kind.BANK:
            return {bank.code: bank.label.zh for bank in profile.banks}
        case Kind.REGION:
            return {node.code: node.label.zh for node in profile.regions if node.level == column.level}
        case _:
            return {}


def _write_parquet(path: Path, table: pa.Table, form: Form, notice: Sequence[str]) -> None:
    del form
    marked = table.replace_schema_metadata({"notice_zh": notice[1], "notice_en": notice[2]})
    pa.parquet.write_table(marked, path, compression="zstd", compression_level=1)


def _write_csv(path: Path, table: pa.Table, form: Form, notice: Sequence[str]) -> None:
    del notice  # a line above the header would break other programs' reading; the file's name says it
    buffer = io.BytesIO()
    plain = pa.table([column.combine_chunks() for column in map(_plain, table.columns)], names=table.column_names)
    pa.csv.write_csv(plain, buffer, pa.csv.WriteOptions(quoting_style="needed"))
    path.write_bytes(buffer.getvalue().decode("utf-8").encode(form.encoding))


def _plain(column: Column) -> Column:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _write_workbook(path: Path, table: pa.Table, form: Form, notice: Sequence[str]) -> None:
    del form
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd", "constant_memory": False}) as book:
        book.set_properties({"title": notice[0], "comments": notice[1], "created": _CREATED})
        sheet = book.add_worksheet(notice[0])
        sheet.merge_range(
            0, 0, 0, max(table.num_columns - 1, 1), f"{notice[0]}（{notice[1]}）", book.add_format({"bold": True})
        )
        sheet.write_row(1, 0, table.column_names, book.add_format({"bold": True, "bottom": 1}))
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, 16)
            sheet.write_column(2, place, column.to_pylist())
        sheet.freeze_panes(2, 1)


_WRITERS: dict[str, Callable[[Path, pa.Table, Form, Sequence[str]], None]] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".xlsx": _write_workbook,
}
