"""Blank workbooks to fill in: one sheet a table with its headers, notes, choices and formats, and an explanation."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from data_access.importing.explaining import Explainer
from data_access.importing.specs import ColumnSpec, Kind, TableSpec
from data_access.importing.tables import TABLES
from data_access.profile import Profile
from locales import translator

ROWS_PREPARED = 5000
_FORMATS = {Kind.DATE: "yyyy-mm-dd", Kind.MONEY: "#,##0.00", Kind.RATE: "0.00##", Kind.DECIMAL: "#,##0.####"}
_NUMBERS = (Kind.INTEGER, Kind.BOOLEAN, Kind.CODE)


@dataclass(slots=True)
class _Choices:
    """The hidden sheet with the lists that cells choose from, a list a column."""

    sheet: Worksheet
    name: str
    places: dict[str, str] = field(default_factory=dict)

    def place(self, key: str, labels: Sequence[str]) -> str:
        """Return the range that holds ``labels``, written once a key."""
        if key not in self.places:
            column = len(self.places)
            for row, label in enumerate(labels):
                self.sheet.write_string(row, column, label)
            letter = xl_col_to_name(column)
            self.places[key] = f"='{self.name}'!${letter}$1:${letter}${len(labels)}"
        return self.places[key]


def template_workbook(
    profile: Profile, tables: Sequence[str], lang: str, specs: Mapping[str, TableSpec] = TABLES
) -> bytes:
    """Return a blank workbook for the tables of ``specs`` named, in ``lang``, with the profile's choices and levels."""
    explain, t = Explainer(profile, lang, specs), translator(lang)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        sheets = [(specs[name], workbook.add_worksheet(explain.title(specs[name])[:31])) for name in tables]
        _explain(workbook, workbook.add_worksheet(t("填表说明")), [spec for spec, _ in sheets], explain, lang)
        choices = _Choices(workbook.add_worksheet(t("选项")), t("选项"))
        choices.sheet.hide()
        for spec, sheet in sheets:
            _table(workbook, sheet, spec, choices, _Words(profile, explain, lang))
    return file.getvalue()


def write_templates(profile: Profile, folder: Path, lang: str) -> list[Path]:
    """Write one blank workbook a table that makes sense for the profile into ``folder``; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    explain = Explainer(profile, lang)
    written = []
    for spec in explain.tables():
        path = folder / f"{explain.title(spec)}.xlsx"
        path.write_bytes(template_workbook(profile, [spec.name], lang))
        written.append(path)
    return written


@dataclass(frozen=True, slots=True)
class _Words:
    """Where the texts of a template come from."""

    profile: Profile
    explain: Explainer
    lang: str

    def labels(self, column: ColumnSpec) -> tuple[str, list[str]]:
        """Return the choices of a column and the key they are kept under; none for free columns."""
        t = translator(self.lang)
        match column.kind:
            case Kind.CODE:
                codes = self.profile.codes.get(column.codes, ())
                return column.codes, [code.label.text(self.lang) for code in codes]
            case Kind.BOOLEAN:
                return "boolean", [t("是"), t("否")]
            case Kind.BANK:
                return "bank", [bank.label.text(self.lang) for bank in self.profile.banks]
            case Kind.REGION if column.level == 1:
                return "region", [node.label.text(self.lang) for node in self.profile.children()]
            case _:
                return "", []


def _table(workbook: Any, sheet: Worksheet, spec: TableSpec, choices: _Choices, words: _Words) -> None:  # noqa: ANN401 - xlsxwriter has no types
    header = {required: workbook.add_format(_header_format(required=required)) for required in (True, False)}
    cells: dict[str, Format] = {}
    for at, column in enumerate(column for column in spec.columns if words.explain.exists(column)):
        title = words.explain.header(spec, column)
        sheet.write_string(0, at, title, header[column.required])
        sheet.write_comment(0, at, _comment(spec, column, words.explain))
        number_format = _FORMATS.get(column.kind, "General" if column.kind in _NUMBERS else "@")
        style = cells.setdefault(number_format, workbook.add_format({"num_format": number_format}))
        sheet.set_column(at, at, max(12, 2 * len(title) + 2), style)
        key, labels = words.labels(column)
        if labels:
            source = choices.place(key, labels)
            # Synonyms and codes are understood too, so that another text is warned of but not refused.
            sheet.data_validation(
                1, at, ROWS_PREPARED, at, {"validate": "list", "source": source, "error_type": "warning"}
            )
    sheet.freeze_panes(1, 0)


def _header_format(*, required: bool) -> Mapping[str, object]:
    colours = {"bg_color": "#1F4E79", "font_color": "#FFFFFF"} if required else {"bg_color": "#D9E1F2"}
    return {"bold": True, "border": 1, **colours}


def _comment(spec: TableSpec, column: ColumnSpec, explain: Explainer) -> str:
    return "\n".join(filter(None, [explain.kind(column), explain.note(column), *explain.rules(spec, column)]))


def _explain(workbook: Any, sheet: Worksheet, specs: Sequence[TableSpec], explain: Explainer, lang: str) -> None:  # noqa: ANN401 - xlsxwriter has no types
    """Write how to fill in each table: what it holds, then a line a column."""
    t = translator(lang)
    bold, wrapped = workbook.add_format({"bold": True}), workbook.add_format({"text_wrap": True, "valign": "top"})
    lines: list[tuple[Sequence[str], Format | None]] = [
        ([t("深色表头为必填列；列的顺序可以调整，可以多出其他列；金额单位写在表头括号内，可改为万元或亿元。")], None)
    ]
    for spec in specs:
        lines += [([], None), ([explain.title(spec), explain.note(spec)], bold)]
        lines += [([rule], None) for rule in explain.table_rules(spec)]
        for column in filter(explain.exists, spec.columns):
            about = "；".join(filter(None, [explain.note(column), *explain.rules(spec, column)]))
            required = t("必填") if column.required else ""
            lines.append(([explain.header(spec, column), explain.kind(column), required, about], wrapped))
    for row, (texts, style) in enumerate(lines):
        for at, text in enumerate(texts):
            sheet.write_string(row, at, text, style)
    sheet.set_column(0, 1, 24)
    sheet.set_column(3, 3, 80)
