"""The workbook that goes back to the sender: the held rows as they were, each bad cell marked with what to do.

Corrected and imported alone it resolves the held rows, which two hidden columns identify.
"""

import io
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter
from sqlalchemy import Connection, exists, select
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from data_access.importing.batches import of_reader
from data_access.importing.headers import HELD_BATCH, HELD_REASON, HELD_ROW, Recogniser
from data_access.importing.messages import Describer, Message
from data_access.importing.report import RefusedError
from data_access.importing.tables import TABLES
from data_access.profile import Profile
from data_access.schema import batches, held_cells, held_rows
from data_access.selection import Scope
from data_access.store import Store
from locales import translator
from locales.cells import guarded

_BAD, _HEADER, _REASON = "#FFC7CE", "#D9E1F2", "#9C0006"
_WIDTH, _REASON_WIDTH = 16, 60
# Spreadsheet programs open slowly with more comments than this on a sheet; the reasons are in a column as well.
_ROWS_WITH_COMMENTS = 2000


@dataclass(slots=True)
class _Group:
    """Held rows with the same headers of the same table: one sheet of the workbook."""

    table: str
    headers: tuple[str, ...]
    rows: list[tuple[int, Sequence[str | None]]] = field(default_factory=list)


def held_workbook(store: Store, profile: Profile, scope: Scope, batch_id: int, lang: str, by: str = "") -> bytes:
    """Return the open held rows of a batch as an XLSX file: original headers, reasons, marked and commented cells.

    Raises ``RefusedError`` if a reader called ``by`` sees no such batch.
    """
    t = translator(lang)
    with store.connect() as connection:
        if not connection.scalar(select(exists().where(batches.c.batch_id == batch_id, *of_reader(scope, by)))):
            raise RefusedError("batch_missing", batch=str(batch_id))
        groups = _groups(connection, batch_id)
        messages = _messages(connection, batch_id, Describer(profile, lang))
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        formats = _formats(workbook)
        recogniser = Recogniser(TABLES.values(), profile)
        for number, group in enumerate(groups, start=1):
            title = Describer(profile, lang).table(group.table)
            sheet = workbook.add_worksheet(f"{title[:25]} {number}" if len(groups) > 1 else title[:31])
            columns = _columns(recogniser, group)
            _write(sheet, group, _Marking(batch_id, messages, columns, formats), lang)
        if not groups:
            workbook.add_worksheet(t("没有退回的行"))
    return file.getvalue()


def _groups(connection: Connection, batch_id: int) -> list[_Group]:
    query = (
        select(held_rows)
        .where(held_rows.c.batch_id == batch_id, held_rows.c.resolved_by.is_(None))
        .order_by(held_rows.c.held_id)
    )
    groups: dict[tuple[str, tuple[str, ...]], _Group] = {}
    for row in connection.execute(query):
        cells: dict[str, str | None] = json.loads(row.cells)
        place = (row.table_name, tuple(cells))
        groups.setdefault(place, _Group(*place)).rows.append((row.held_id, list(cells.values())))
    return list(groups.values())


def _messages(connection: Connection, batch_id: int, describe: Describer) -> Mapping[int, Mapping[str, Message]]:
    """Return each held row's messages by column."""
    query = (
        select(held_cells, held_rows.c.table_name)
        .join(held_rows, held_rows.c.held_id == held_cells.c.held_id)
        .where(held_cells.c.batch_id == batch_id, held_rows.c.batch_id == batch_id)
    )
    found: defaultdict[int, dict[str, Message]] = defaultdict(dict)
    for row in connection.execute(query):
        found[row.held_id][row.column_name] = describe.message(row.rule, json.loads(row.detail), row.table_name)
    return found


def _columns(recogniser: Recogniser, group: _Group) -> dict[str, int]:
    """Return at which header each column of the table stands."""
    return {name: at[0] for name, at in recogniser.matched(TABLES[group.table], group.headers).items()}


@dataclass(frozen=True, slots=True)
class _Marking:
    """What the cells of a sheet are marked with."""

    batch_id: int
    messages: Mapping[int, Mapping[str, Message]]
    columns: dict[str, int]
    formats: Mapping[str, Format]


def _formats(workbook: Any) -> dict[str, Format]:  # noqa: ANN401 - xlsxwriter has no types
    text = {"num_format": "@"}
    return {
        "plain": workbook.add_format(text),
        "bad": workbook.add_format({**text, "bg_color": _BAD}),
        "header": workbook.add_format({"bold": True, "bg_color": _HEADER, "border": 1}),
        "reason": workbook.add_format({"font_color": _REASON, "text_wrap": True}),
    }


def _write(sheet: Worksheet, group: _Group, marking: _Marking, lang: str) -> None:
    t, formats = translator(lang), marking.formats
    wrong = {name for held, _ in group.rows for name in marking.messages.get(held, {})}
    # A column that a rule asks for and the sheet did not have is added, so that it can be filled in.
    added = sorted(wrong - marking.columns.keys())
    for name in added:
        marking.columns[name] = len(group.headers) + added.index(name)
    headers = [*group.headers, *(TABLES[group.table].column(name).header for name in added)]
    reason = len(headers)
    for at, header in enumerate([*headers, t(HELD_REASON), t(HELD_BATCH), t(HELD_ROW)]):
        sheet.write_string(0, at, header, formats["header"])
    sheet.set_column(0, max(reason - 1, 0), _WIDTH)
    sheet.set_column(reason, reason, _REASON_WIDTH)
    sheet.set_column(reason + 1, reason + 2, None, None, {"hidden": True})
    sheet.freeze_panes(1, 0)
    for line, (held, cells) in enumerate(group.rows, start=1):
        _write_row(sheet, line, held, cells, marking, reason)


def _write_row(
    sheet: Worksheet, line: int, held: int, cells: Sequence[str | None], marking: _Marking, reason: int
) -> None:
    found = marking.messages.get(held, {})
    at = {marking.columns[name]: message for name, message in found.items()}
    for column in range(reason):
        text = cells[column] if column < len(cells) else None
        style = marking.formats["bad" if column in at else "plain"]
        if text is None:
            sheet.write_blank(line, column, None, style)
        else:
            sheet.write_string(line, column, guarded(text), style)
        if column in at and line <= _ROWS_WITH_COMMENTS:
            sheet.write_comment(line, column, str(at[column]))
    sheet.write_string(line, reason, "\n".join(str(message) for message in found.values()), marking.formats["reason"])
    sheet.write_number(line, reason + 1, marking.batch_id)
    sheet.write_number(line, reason + 2, held)
