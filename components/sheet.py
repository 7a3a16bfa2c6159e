"""The table behind a chart: shown instead of it, and downloaded with its definitions, filters and the demo note."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import xlsxwriter

from components.context import Context
from components.lineage import batch_words, place_words
from components.numbers import MONEY_UNITS, RATE_UNITS, WHOLE_UNITS
from components.origins import WHOLE, Origin, Place
from components.sides import batches_of_metrics
from components.smallcells import fewest_shown, shielded
from locales.cells import guarded
from metrics.catalogue import metric

# The columns by which a table is known to list single rows of the store.
_ROW_IDS = frozenset({"enterprise_id", "problem_id", "decision_id"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the frame, its header, and a unit of the catalogue ("" for text).

    ``figure`` is the metric or measure whose figures stand in it, which its cells lead to; ``place`` narrows where
    they stand further than their rows do.
    """

    name: str
    header: str
    unit: str = ""
    figure: str = ""
    place: Place = WHOLE


@dataclass(frozen=True)
class Sheet:
    """A table ready to be shown or saved: its file name, rows, columns, and the metrics it defines.

    ``metrics`` are keys of the catalogue whose definitions go with the file; ``notes`` are further sentences.
    ``places`` says of each row where its figures stand; without it they are those of the whole selection.
    """

    name: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    metrics: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()

    @property
    def holds_rows(self) -> bool:
        """Whether this is a list of single enterprises, cases or decisions, and not of figures."""
        return any(column.name in _ROW_IDS for column in self.columns)

    def origin(self, row: int, header: int) -> Origin | None:
        """Return the origin of the figure in a row and column, by position; None if no figure of its own is there."""
        column, place = self.columns[header], self.places[row] if self.places else WHOLE
        key = place.figure(column.name, column.figure)
        return Origin(key, place.within(column.place)) if key else None


def displayed(sheet: Sheet, context: Context) -> pd.DataFrame:
    """Return the rows under their headers with units; amounts of a column share one scale.

    What is shown here, on the page and in files, is without the small counts that the reader may not see.
    """
    shown, titled = {}, context.t("{name}（{unit}）")
    frame = shielded(sheet.frame, {column.name: column.unit for column in sheet.columns}, context)
    for column in sheet.columns:
        values = frame[column.name]
        header = column.header
        if column.unit in MONEY_UNITS:
            factor, name = context.numbers.scale(float(values.abs().max()) if len(values) else 0.0)
            values, header = (values / factor).round(2), titled.format(name=header, unit=name)
        elif column.unit:
            values = _rounded(values, column.unit)
            header = titled.format(name=header, unit=context.numbers.unit(column.unit))
        shown[header] = values
    return pd.DataFrame(shown)


def notes(sheet: Sheet, context: Context) -> list[tuple[str, str]]:
    """Return what a reader of the file has to know, title and text.

    Filters and what the reader may see, definitions and pitfalls, the import batches behind them with the store's
    data version, and that the data is synthetic.
    """
    t, lang = context.t, context.lang
    said = place_words(context)
    for key in sheet.metrics:
        entry = metric(key)
        said.append(
            (
                f"{entry.id} {context.numbers.name(entry)}",
                f"{context.numbers.formula(entry)} {entry.pitfalls.text(lang)}",
            )
        )
    said += [(t("说明"), note) for note in sheet.notes]
    if limit := fewest_shown(context):
        few = t("少于 {n} 户的数及可推算出它们的数不显示").format(n=limit)
        said.append((t("说明"), few))
    said += _batch_notes(sheet, context)
    if context.profile.is_demo:
        said.append((t("演示数据"), t("经营主体、走访、授信等记录均为合成的演示数据，银行为虚构，不代表任何真实机构")))
    return said


def _batch_notes(sheet: Sheet, context: Context) -> list[tuple[str, str]]:
    """Return the batches behind a sheet's metrics, each once for every table it brought, and the data version."""
    t, found = context.t, {}
    frames = batches_of_metrics(context, sheet.metrics) if context.has_data else ()
    for frame in frames:
        for table, number, _rows, files, made in batch_words(context, frame):
            found[table, number] = t("{table}：{files}（{made}）").format(table=table, files=files, made=made)
    said = [(t("第 {n} 批").format(n=number), text) for (_, number), text in found.items()]
    return [*said, (t("数据版本"), str(context.version))]


def csv_bytes(sheet: Sheet, context: Context, mark: str = "") -> bytes:
    """Return the table as CSV that spreadsheet programs open as UTF-8, the ``mark`` and the notes below it."""
    table = displayed(sheet, context)
    lines = [table.rename(columns=safe).map(safe).to_csv(index=False, lineterminator="\r\n")]
    quoted = pd.DataFrame([(safe(a), safe(b)) for a, b in _marked(sheet, context, mark)])
    lines.append(quoted.to_csv(index=False, header=False, lineterminator="\r\n"))
    return "\r\n".join(lines).encode("utf-8-sig")


def xlsx_bytes(sheet: Sheet, context: Context, mark: str = "") -> bytes:
    """Return the table as a workbook: numbers as numbers, the ``mark`` below each page, a second sheet with notes."""
    file = io.BytesIO()
    # Texts stay texts: a name that begins with "=" must not become a formula, nor a link a link.
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bg_color": "#EAF1FA", "border": 1, "text_wrap": True, "valign": "vcenter"})
    book.set_properties({"comments": mark})
    _write_table(book, context.t("数据"), displayed(sheet, context), sheet.columns, head)
    book.worksheets()[0].set_footer(f"&L{mark.replace('&', '&&')[:200]}&R&P / &N")
    page = book.add_worksheet(context.t("口径与说明"))
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, 26, wrap)
    page.set_column(1, 1, 110, wrap)
    for row, pair in enumerate(_marked(sheet, context, mark)):
        page.write_row(row, 0, map(safe, pair))
    book.close()
    return file.getvalue()


def _marked(sheet: Sheet, context: Context, mark: str) -> list[tuple[str, str]]:
    return [*([(context.t("导出"), mark)] if mark else []), *notes(sheet, context)]


def safe(value: Any) -> Any:  # noqa: ANN401 - a cell of any type
    """Return a cell that no spreadsheet program runs as a formula."""
    return guarded(value) if isinstance(value, str) else value


def _write_table(
    book: xlsxwriter.Workbook, name: str, table: pd.DataFrame, columns: Sequence[Column], head: object
) -> None:
    page = book.add_worksheet(name)
    page.freeze_panes(1, 1)
    for index, (header, column) in enumerate(zip(table.columns, columns, strict=True)):
        page.write(0, index, safe(header), head)
        style = book.add_format({"num_format": "#,##0" if column.unit in WHOLE_UNITS else "#,##0.00"})
        page.set_column(index, index, 18 if column.unit else 24, style if column.unit else None)
        for row, value in enumerate(table[header], start=1):
            if not pd.isna(value):
                page.write(row, index, safe(value), style if column.unit else None)


def _rounded(values: "pd.Series[Any]", unit: str) -> "pd.Series[Any]":
    return values.round(2) if unit in RATE_UNITS or unit not in WHOLE_UNITS else values.round(0)
