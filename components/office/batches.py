"""The history of imports: who brought what when, what became of every sheet, and undoing a batch."""

from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from components.context import Context
from components.frame import frame_head
from components.htmltable import html_table
from components.jobs import start_undo
from components.numbers import DASH, count
from components.office.bringing import show_job
from components.office.who import person
from components.reads import remember
from components.tables import note_html
from data_access.importing import Describer, list_batch_files, list_batches, list_closings

_LONGEST = 60
_LISTED = 100
_COUNTS = ("rows_read", "rows_added", "rows_changed", "rows_unchanged", "rows_held")


def known_batches(context: Context) -> pd.DataFrame:
    """Return the batches the reader may see, the newest first."""
    by = person(context)
    return remember(context, "batches", lambda: list_batches(context.store, context.scope, by), by)


def show_batches(context: Context) -> None:
    """Draw the list of batches, and one of them sheet by sheet."""
    t = context.t
    batches = known_batches(context)
    with st.container(key="zr-frame-batches"):
        st.html(frame_head(t("导入批次"), t("撤销一个批次会取出它带来的行，并恢复被它更新的行")))
        if batches.empty:
            st.html(note_html(t("还没有导入过")))
            return
        heads = (
            t("批次"), t("时间"), t("经手"), t("文件"), t("读取"), t("新增"), t("更新"), t("未变"), t("退回"),
            t("待改"), t("状态"),
        )  # fmt: skip
        is_busy = show_job(context)
        rows = [_row(context, row) for row in batches.head(_LISTED).to_dict("records")]
        st.html(html_table(heads, rows, texts=(0, 1, 2, 10), wraps=(3,), cards=True))
        if len(batches) > _LISTED:
            st.caption(t("只列最近 {n} 个批次").format(n=_LISTED))
        if not is_busy:
            _undo(context, [int(n) for n in batches.loc[batches["state"] == "loaded", "batch_id"]])
    _one(context, batches)


def _row(context: Context, batch: Mapping[Hashable, Any]) -> tuple[str, ...]:
    t = context.t
    counts = [count(float(batch[name])) for name in _COUNTS]
    files, who = _brief(str(batch["files"] or "")), str(batch["created_by"] or "") or DASH
    state = t("有效")
    if batch["state"] != "loaded":
        by = str(batch["undone_by"] or "") or DASH
        state = t("已撤销（{day}，{who}）").format(day=local(batch["undone_at"]), who=by)
    opened = count(float(batch["open_held"]))
    return (str(batch["batch_id"]), local(batch["created_at"]), who, files, *counts, opened, state)


def _undo(context: Context, numbers: list[int]) -> None:
    t = context.t
    if not numbers:
        return
    with st.popover(t("撤销批次"), icon=":material/undo:", key="data.undo"):
        chosen = st.selectbox(t("批次"), numbers, key="data.undo_batch", format_func=str)
        sure = st.checkbox(t("我确认要撤销批次 {n}").format(n=chosen), key=f"data.undo_sure.{chosen}")
        pressed = st.button(t("撤销"), key="data.undo_go", type="primary", disabled=not sure)
    if pressed:
        start_undo(context, int(chosen), by=person(context))
        st.rerun()


def _one(context: Context, batches: pd.DataFrame) -> None:
    """Show one batch: its sheets by table, and the held rows that somebody closed."""
    t, describe = context.t, Describer(context.profile, context.lang)
    numbers = [int(n) for n in batches["batch_id"]]
    with st.container(key="zr-frame-batch"):
        st.html(frame_head(t("批次明细"), t("每个工作表的去向；退回而未改的行在“导入”里")))
        number = st.selectbox(
            t("批次"), numbers, key="data.batch", format_func=lambda n: t("批次 {n}").format(n=n), width=200
        )
        by = person(context)
        files = remember(
            context, "batch.files", lambda: list_batch_files(context.store, context.scope, number, by), number, by
        )
        heads = (t("文件"), t("工作表"), t("表格"), t("读取"), t("新增"), t("更新"), t("未变"), t("退回"))
        rows = [
            (str(row["file"]), str(row["sheet"] or ""), describe.table(str(row["table_name"])),
             *(count(float(row[name])) for name in _COUNTS))
            for row in files.to_dict("records")
        ]  # fmt: skip
        st.html(html_table(heads, rows, texts=(1, 2), wraps=(0,), cards=True))
        _closings(context, number)


def _closings(context: Context, number: int) -> None:
    t = context.t
    by = person(context)
    closed = remember(
        context, "batch.closings", lambda: list_closings(context.store, context.scope, number, by), number, by
    )
    if closed.empty:
        return
    head = escape(t("作为重复关闭的 {n} 行").format(n=len(closed)))
    heads = (t("文件"), t("工作表"), t("行"), t("理由"), t("时间"), t("经手"))
    rows = [
        (str(r["file"]), str(r["sheet"] or ""), str(r["row_number"]), str(r["reason"]), local(r["closed_at"]),
         str(r["closed_by"] or "") or DASH)
        for r in closed.to_dict("records")
    ]  # fmt: skip
    st.html(f"<h3 class='zr-family'>{head}</h3>" + html_table(heads, rows, texts=(1, 4, 5), wraps=(0, 3)))


def local(moment: datetime | None) -> str:
    """Return a UTC time of the store in the server's time zone, "—" for none."""
    if moment is None or pd.isna(moment):
        return DASH
    return pd.Timestamp(moment).to_pydatetime().replace(tzinfo=UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def _brief(files: str) -> str:
    return files if len(files) <= _LONGEST else f"{files[:_LONGEST]}…"
