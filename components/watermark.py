"""Who takes a file out and when: the mark the file carries, and the record of it in the audit."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from urllib.parse import urlencode, urlsplit

import streamlit as st

from components import url_state
from components.access.guard import require
from components.access.records import note
from components.context import Context
from components.filters import describe
from components.masks import may_see_names
from components.office.who import person
from components.sheet import Sheet, csv_bytes, xlsx_bytes
from data_access.access.audit import Action
from data_access.access.roles import Ability
from metrics.catalogue import metric

_WRITERS = {"xlsx": xlsx_bytes, "csv": csv_bytes}


def reader(context: Context) -> str:
    """Return who takes a file, as imports name who brought one: the web page where nobody signs in."""
    return person(context) or context.t("网页")


def mark(context: Context, by: str, taken: datetime) -> str:
    """Return the mark of a file."""
    return context.t("由“{who}”于 {when} 从湛融导出").format(who=by, when=f"{taken:%Y-%m-%d %H:%M}")


def may_take(context: Context, sheet: Sheet) -> bool:
    """Return whether the reader may take a table out: one of single rows only who may export or brings rows in."""
    return not sheet.holds_rows or any(context.access.may(one) for one in (Ability.EXPORT, Ability.IMPORT))


def table_file(context: Context, key: str, sheet: Callable[[], Sheet], kind: str) -> Callable[[], bytes]:
    """Return what writes a frame's table as a file of ``kind``, marked, and records that it was taken.

    Call it while the page runs: who reads and where is known only then, the file is written when it is asked for.
    """
    by, where = reader(context), _address(key)

    def write() -> bytes:
        require(context)
        made = sheet()
        if not may_take(context, made):
            require(context, Ability.EXPORT)
        content = _WRITERS[kind](made, context, mark(context, by, datetime.now(UTC).astimezone()))
        columns = tuple(column.name for column in made.columns)
        detail = file_detail(context, kind, where, columns, context.filters.as_of)
        note(
            context.access, Action.EXPORT, filters=_described(context, made, where), rows=len(made.frame), detail=detail
        )
        return content

    return write


def file_detail(context: Context, kind: str, where: str, columns: Sequence[str], as_of: date) -> str:
    """Return in codes what a file holds, as the audit keeps it: its kind, the view, its date, columns and masks."""
    names = "names" if may_see_names(context) else "masked"
    return f"{kind} {where} as_of={as_of} version={context.version} {names} columns={';'.join(columns)}"


def _described(context: Context, sheet: Sheet, where: str) -> str:
    filters = describe(context.filters, context.profile, context.lang, context.t)
    names = [context.numbers.name(metric(key)) for key in sheet.metrics[:3]]
    return " · ".join([*(names or [where.partition("?")[0]]), *(f"{title} {words}" for title, words in filters)])


def _address(key: str) -> str:
    """Return the page and its filters, and which of its frames the table belongs to."""
    page = urlsplit(st.context.url or "").path.rsplit("/", 1)[-1]
    kept = {name: url_state.get(name) for name in url_state.FILTER_PARAMETERS if url_state.get(name)}
    return f"{page}#{key}?{urlencode(kept)}"
