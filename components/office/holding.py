"""What the import held back: the cells with reason and remedy, the workbook to correct, and closing true duplicates."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components.access.guard import require
from components.access.records import note
from components.context import Context
from components.frame import XLSX, frame_head
from components.numbers import count
from components.office.batches import known_batches
from components.office.who import person
from components.plain import plain
from components.reads import remember
from data_access.access.audit import Action
from data_access.access.roles import Ability
from data_access.importing import (
    Describer,
    RefusedError,
    close_duplicates,
    held_workbook,
    list_duplicates,
    list_held,
)

HELD_SHOWN = 500
# In pixels, so that what is wrong and what to do can be read beside where it is.
_WIDTHS = (110, 80, 45, 130, 140, 570, 280)


def show_held(context: Context) -> None:
    """Draw the open held rows, batch by batch; nothing if there are none."""
    t = context.t
    batches = known_batches(context)
    open_batches = batches[batches["open_held"] > 0]
    if open_batches.empty:
        return
    with st.container(key="zr-frame-held"):
        total = int(open_batches["open_held"].sum())
        head = t("退回的行：{n} 行待改正").format(n=count(total))
        st.html(frame_head(head, t("改正后重新导入退回的工作簿即可，已入库的行不受影响")))
        numbers = [int(n) for n in open_batches["batch_id"]]
        files = dict(zip(numbers, open_batches["files"], strict=True))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            batch = st.selectbox(
                t("批次"), numbers, key="data.held_batch",
                format_func=lambda n: t("批次 {n}：{files}").format(n=n, files=files.get(n, "")),
            )  # fmt: skip
            st.download_button(
                t("下载退回工作簿"), lambda: _held_book(context, int(batch)),
                f"zhanrong_held_{batch}.xlsx", XLSX, key="data.held_book", on_click="ignore",
                icon=":material/download:",
            )  # fmt: skip
            _close(context, int(batch))
        _held_rows(context, int(batch))


def _held_book(context: Context, batch: int) -> bytes:
    require(context, Ability.IMPORT)
    by = person(context)
    content = held_workbook(context.store, context.profile, context.scope, batch, context.lang, by)
    rows = list_held(context.store, context.scope, batch, by)["held_id"].nunique()
    note(context.access, Action.EXPORT, rows=int(rows), detail=f"xlsx held batch={batch}")
    return content


def _held_rows(context: Context, batch: int) -> None:
    t, describe = context.t, Describer(context.profile, context.lang)
    by = person(context)
    cells = remember(context, "held", lambda: list_held(context.store, context.scope, batch, by), batch, by)
    rows = []
    for cell in cells.head(HELD_SHOWN).itertuples(index=False):
        message = describe.message(str(cell.rule), cell.detail, str(cell.table_name))  # type: ignore[arg-type]
        column = describe.column(str(cell.table_name), str(cell.column_name)) if cell.column_name else ""
        rows.append((cell.file, cell.sheet, cell.row_number, column, cell.value, message.problem, message.remedy))
    names = [t("文件"), t("工作表"), t("行"), t("列"), t("值"), t("问题"), t("处理")]
    widths = {name: st.column_config.Column(width=width) for name, width in zip(names, _WIDTHS, strict=True)}
    st.dataframe(pd.DataFrame(rows, columns=names), hide_index=True, column_config=widths, key="data.held_rows")
    if len(cells) > HELD_SHOWN:
        st.caption(t("只显示前 {n} 处，全部见退回工作簿").format(n=HELD_SHOWN))


def _close(context: Context, batch: int) -> None:
    """Offer to close rows that repeat another one: there is nothing in them to correct."""
    t = context.t
    by = person(context)
    found = remember(
        context, "held.duplicates", lambda: list_duplicates(context.store, context.scope, batch, by), batch, by
    )
    if found.empty:
        return
    labels = {int(row["held_id"]): _place(context, row) for row in found.to_dict("records")}
    with st.popover(t("作为重复关闭"), icon=":material/content_copy:", key="data.close"):
        st.caption(t("与别的行重复、无需改正的行可在此关闭；行和理由都保留，撤销批次时一并删去。"))
        chosen = st.multiselect(
            t("重复的行"), tuple(labels), key=f"data.close_rows.{batch}", format_func=lambda n: labels.get(n, str(n)),
            placeholder=t("选择行"),
        )  # fmt: skip
        reason = st.text_input(t("理由"), key=f"data.close_reason.{batch}", placeholder=t("例如：两个部门重复报送"))
        ready = bool(chosen and reason and reason.strip())
        if st.button(t("关闭"), key="data.close_go", type="primary", disabled=not ready):
            _closed(context, batch, chosen, reason or "")


def _place(context: Context, row: Mapping[Hashable, Any]) -> str:
    where = context.t("第 {n} 行").format(n=row["row_number"])
    return " · ".join(filter(None, (str(row["file"]), str(row["sheet"] or ""), where)))


def _closed(context: Context, batch: int, rows: list[int], reason: str) -> None:
    require(context, Ability.IMPORT)
    try:
        closed = close_duplicates(context.store, context.scope, batch, rows, reason=reason, by=person(context))
    except RefusedError as error:
        message = Describer(context.profile, context.lang).message(error.rule, error.detail)
        st.error(plain(str(message)))
        return
    note(context.access, Action.CLOSE, rows=closed, detail=f"batch={batch} · {reason}")
    st.rerun()
