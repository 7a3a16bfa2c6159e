"""The box that takes the rows of a list out as a file: offers it, shows how far it is, hands it over, records it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import streamlit as st

from components.access.browsers import proof_here
from components.access.guard import fragment, require
from components.access.records import note
from components.context import Context
from components.errors import explain
from components.export import CSV, XLSX, Export, Table, desk, write_file
from components.numbers import count
from components.tables import note_html
from data_access.access.audit import Action
from data_access.access.roles import Ability
from data_access.settings import load_settings

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Offer:
    """What a box offers: under which key, how many rows, what a reader should know, and who may take them.

    ``table`` makes the table when it is asked for, ``described`` says in words and ``detail`` in codes what is taken,
    as the audit keeps it.
    """

    key: str
    total: int
    said: str
    stem: str
    needs: Ability
    table: Callable[[datetime], Table]
    described: str
    detail: Callable[[str], str]

    @property
    def place(self) -> str:
        """Where the session keeps the file that is on its way."""
        return f"{self.key}.export"


def show_export_box(context: Context, offer: Offer) -> None:
    """Draw the box."""
    t = context.t
    with st.popover(t("导出"), icon=":material/download:", key=f"{offer.place}_box"):
        export = desk().find(str(st.session_state.get(offer.place, "")))
        if export and not export.done.is_set():
            _progress(context, offer)
            return
        if export:
            _outcome(context, export)
        st.html(note_html(offer.said))
        with st.container(horizontal=True, gap="small"):
            for kind, label in ((XLSX, "Excel"), (CSV, "CSV")):
                st.button(
                    label, key=f"{offer.place}.{kind}", icon=":material/table_view:", disabled=offer.total == 0,
                    on_click=_start, args=(context, offer, kind),
                )  # fmt: skip


def _progress(context: Context, offer: Offer) -> None:
    def watch() -> None:
        export = desk().find(str(st.session_state.get(offer.place, "")))
        if export is None or export.done.is_set():
            st.rerun()
            return
        said = context.t("正在导出：{n} / {total} 行").format(n=count(export.written), total=count(export.total))
        st.progress(export.share, said)
        st.button(
            context.t("取消"), key=f"{offer.place}.cancel", icon=":material/close:", on_click=export.cancelled.set,
            disabled=export.cancelled.is_set(),
        )  # fmt: skip

    fragment(context, watch, run_every=POLL_SECONDS)()


def _outcome(context: Context, export: Export) -> None:
    t = context.t
    if export.error:
        title, advice = explain(export.error, t)
        st.error(f"{title}　{advice}", icon=":material/error:")
    elif export.path:
        said = escape(t("下载 {name}（{n} 行）").format(name=export.name, n=count(export.written)))
        st.html(f'<p><a class="zr-download" href="export/{export.token}" target="_self">{said}</a></p>')
    else:
        st.info(t("导出已取消"), icon=":material/info:")


def _start(context: Context, offer: Offer, kind: str) -> None:
    """Begin to write the rows as a file of ``kind``; it is handed over once it is recorded, and not before."""
    require(context, offer.needs)
    taken = datetime.now(UTC).astimezone()
    export = Export(f"zhanrong_{offer.stem}_{taken:%Y%m%d_%H%M}.{kind}", offer.total, proof_here(load_settings()))
    table, detail = offer.table(taken), offer.detail(kind)

    def write(path: Path, running: Export) -> None:
        write_file(kind, path, table, running)
        note(context.access, Action.EXPORT, filters=offer.described, rows=running.written, detail=detail)

    desk().start(export, write)
    st.session_state[offer.place] = export.token
