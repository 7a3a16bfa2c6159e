"""数据管理: is the data right, what is missing, and which row is wrong."""

from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from components.context import Context
from components.errors import explain
from components.frame import XLSX, frame_head
from components.header import show_header
from components.htmltable import html_table
from components.jobs import Job, desk, start_import, start_undo
from components.numbers import DASH, count
from components.reads import remember
from components.reconciliation import Comparison, compare_published
from data_access.importing import (
    FILE_TYPES,
    Describer,
    ImportReport,
    RefusedError,
    held_workbook,
    list_batches,
    list_held,
    template_workbook,
)
from data_access.importing.explaining import Explainer
from data_access.importing.tables import TABLES
from metrics.reconcile import Verdict

POLL_SECONDS = 0.5
HELD_SHOWN = 500


def render(context: Context) -> None:
    """Draw the page."""
    t = context.t
    show_header(context, t("数据管理"))
    left, right = st.columns([3, 2], gap="small")
    with left:
        _bring_in(context)
        _held(context)
        _batches(context)
    with right:
        _coverage(context)
        _reconciliation(context)


# ---- bringing in ------------------------------------------------------------------------------------------------


def _bring_in(context: Context) -> None:
    t = context.t
    with st.container(key="zr-frame-import"):
        st.html(frame_head(t("导入工作簿"), t("Excel、CSV 或 Parquet，可多选；合格的行入库，有问题的行退回并说明原因")))
        job = desk(context.store.url).job
        if job and job.running:
            _progress(context)
            return
        if job:
            _outcome(context, job)
        _form(context)
        _templates(context)


def _form(context: Context) -> None:
    t, describe = context.t, Describer(context.profile, context.lang)
    with st.form("data.import", clear_on_submit=True, border=False):
        uploads = st.file_uploader(
            t("选择文件"), type=list(FILE_TYPES), accept_multiple_files=True, key="data.files",
            label_visibility="collapsed",
        )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="bottom"):
            table = st.selectbox(
                t("表格类型"), tuple(TABLES), index=None, key="data.table", format_func=describe.table,
                placeholder=t("自动识别"), help=t("只在表头无法识别时选择"),
            )  # fmt: skip
            sent = st.form_submit_button(t("开始导入"), type="primary", icon=":material/upload:")
    if sent and uploads:
        start_import(context, uploads, table, by=t("网页"))
        st.rerun()


def _progress(context: Context) -> None:
    @st.fragment(run_every=POLL_SECONDS)
    def watch() -> None:
        job = desk(context.store.url).job
        if job is None or not job.running:
            st.rerun()
            return
        st.progress(min(job.share, 1.0), f"{job.title}　{job.step}")
        if job.can_cancel:
            st.button(
                context.t("取消"), key="data.cancel", icon=":material/close:", disabled=job.cancelled.is_set(),
                on_click=job.cancelled.set,
            )  # fmt: skip

    watch()


def _outcome(context: Context, job: Job) -> None:
    t = context.t
    if job.error:
        _failure(context, job.error)
    elif job.cancelled.is_set():
        st.info(t("已取消，没有写入任何数据。"), icon=":material/info:")
    elif job.report is None:
        st.success(t("已完成。"), icon=":material/check:")
    else:
        _report(context, job.report)
    st.button(t("知道了"), key="data.dismiss", on_click=desk(context.store.url).dismiss)


def _failure(context: Context, error: Exception) -> None:
    if isinstance(error, RefusedError):
        message = Describer(context.profile, context.lang).message(error.rule, error.detail)
        st.error(f"{message.problem} {message.remedy}", icon=":material/error:")
        return
    title, advice = explain(error, context.t)
    st.error(f"{title}　{advice}", icon=":material/error:")


def _report(context: Context, report: ImportReport) -> None:
    t, counts, describe = context.t, report.counts, Describer(context.profile, context.lang)
    said = t("读取 {read} 行：新增 {added}，更新 {changed}，未变 {unchanged}，退回 {held}").format(
        read=count(counts.read), added=count(counts.added), changed=count(counts.changed),
        unchanged=count(counts.unchanged), held=count(counts.held),
    )  # fmt: skip
    if counts.held or report.refusals:
        st.warning(said, icon=":material/warning:")
    else:
        st.success(said, icon=":material/check:")
    heads = (t("文件"), t("工作表"), t("表格"), t("读取"), t("新增"), t("更新"), t("未变"), t("退回"), t("未用的列"))
    rows = [
        (s.file, s.sheet, describe.table(s.table), *map(count, (s.counts.read, s.counts.added, s.counts.changed,
         s.counts.unchanged, s.counts.held)), "、".join(s.ignored))
        for s in report.sheets
    ]  # fmt: skip
    if rows:
        st.html(html_table(heads, rows, texts=(1, 2), wraps=(0, 8)))
    for refusal in report.refusals:
        message = describe.message(refusal.rule, refusal.detail)
        place = " · ".join(filter(None, (refusal.file, refusal.sheet)))
        st.error(f"{place}：{message.problem} {message.remedy}", icon=":material/block:")
    for notice in report.notices:
        message = describe.message(notice.rule, notice.detail, notice.table)
        st.info(
            t("{table}：{problem}（{n} 行已入库，请核对）").format(
                table=describe.table(notice.table), problem=message.problem, n=count(notice.rows)
            ),
            icon=":material/info:",
        )


def _templates(context: Context) -> None:
    t, explain_tables = context.t, Explainer(context.profile, context.lang)
    names = {spec.name: explain_tables.title(spec) for spec in explain_tables.tables()}
    with st.popover(t("下载模板"), icon=":material/description:", key="data.templates"):
        chosen = st.multiselect(
            t("表格"), tuple(names), key="data.template_tables", format_func=lambda name: names[name],
            placeholder=t("全部"),
        )  # fmt: skip
        st.download_button(
            t("下载空白工作簿"), lambda: template_workbook(context.profile, chosen or list(names), context.lang),
            "zhanrong_templates.xlsx", XLSX, key="data.template", on_click="ignore", icon=":material/download:",
        )  # fmt: skip


# ---- what was held back -----------------------------------------------------------------------------------------


def _held(context: Context) -> None:
    t = context.t
    batches = _known_batches(context)
    open_batches = batches[batches["open_held"] > 0]
    if open_batches.empty:
        return
    with st.container(key="zr-frame-held"):
        total = int(open_batches["open_held"].sum())
        st.html(
            frame_head(
                t("退回的行：{n} 行待改正").format(n=count(total)),
                t("改正后重新导入退回的工作簿即可，已入库的行不受影响"),
            )
        )
        numbers = [int(n) for n in open_batches["batch_id"]]
        files = dict(zip(numbers, open_batches["files"], strict=True))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            batch = st.selectbox(
                t("批次"), numbers, key="data.held_batch",
                format_func=lambda n: t("批次 {n}：{files}").format(n=n, files=files[n]),
            )  # fmt: skip
            st.download_button(
                t("下载退回工作簿"), lambda: held_workbook(context.store, context.profile, batch, context.lang),
                f"zhanrong_held_{batch}.xlsx", XLSX, key="data.held_book", on_click="ignore",
                icon=":material/download:",
            )  # fmt: skip
        _held_rows(context, int(batch))


def _held_rows(context: Context, batch: int) -> None:
    t, describe = context.t, Describer(context.profile, context.lang)
    cells = remember(context, "held", lambda: list_held(context.store, batch), batch)
    rows = []
    for cell in cells.head(HELD_SHOWN).itertuples(index=False):
        message = describe.message(str(cell.rule), cell.detail, str(cell.table_name))  # type: ignore[arg-type]
        column = describe.column(str(cell.table_name), str(cell.column_name)) if cell.column_name else ""
        rows.append((cell.file, cell.sheet, cell.row_number, column, cell.value, message.problem, message.remedy))
    names = [t("文件"), t("工作表"), t("行"), t("列"), t("值"), t("问题"), t("处理")]
    st.dataframe(pd.DataFrame(rows, columns=names), hide_index=True, key="data.held_rows")
    if len(cells) > HELD_SHOWN:
        st.caption(t("只显示前 {n} 处，全部见退回工作簿").format(n=HELD_SHOWN))


# ---- batches ----------------------------------------------------------------------------------------------------


def _known_batches(context: Context) -> pd.DataFrame:
    return remember(context, "batches", lambda: list_batches(context.store))


def _batches(context: Context) -> None:
    t = context.t
    batches = _known_batches(context)
    with st.container(key="zr-frame-batches"):
        st.html(frame_head(t("导入批次"), t("撤销一个批次会取出它带来的行，并恢复被它更新的行")))
        if batches.empty:
            nothing = escape(t("还没有导入过"))
            st.html(f'<p class="zr-note">{nothing}</p>')
            return
        heads = (t("批次"), t("时间"), t("经手"), t("文件"), t("新增"), t("更新"), t("退回待改"), t("状态"))
        states = {"loaded": t("有效"), "undone": t("已撤销")}
        rows = [_batch_row(row, states) for row in batches.to_dict("records")]
        st.html(html_table(heads, rows, texts=(0, 1, 2, 7), wraps=(3,)))
        _undo(context, [int(n) for n in batches.loc[batches["state"] == "loaded", "batch_id"]])


def _batch_row(batch: Mapping[Hashable, Any], states: Mapping[str, str]) -> tuple[str, ...]:
    added, changed, held = (count(float(batch[name])) for name in ("rows_added", "rows_changed", "open_held"))
    files, state = _brief(str(batch["files"] or "")), str(batch["state"])
    created = (str(batch["batch_id"]), _local(batch["created_at"]), str(batch["created_by"]))
    return (*created, files, added, changed, held, states.get(state, state))


def _undo(context: Context, numbers: list[int]) -> None:
    t = context.t
    if not numbers:
        return
    with st.popover(t("撤销批次"), icon=":material/undo:", key="data.undo"):
        chosen = st.selectbox(t("批次"), numbers, key="data.undo_batch", format_func=str)
        sure = st.checkbox(t("我确认要撤销批次 {n}").format(n=chosen), key=f"data.undo_sure.{chosen}")
        pressed = st.button(t("撤销"), key="data.undo_go", type="primary", disabled=not sure)
    if pressed:
        start_undo(context, int(chosen), by=t("网页"))
        st.rerun()


def _local(moment: datetime) -> str:
    """Return a UTC time of the store in the server's time zone."""
    return pd.Timestamp(moment).to_pydatetime().replace(tzinfo=UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def _brief(files: str, longest: int = 60) -> str:
    return files if len(files) <= longest else f"{files[:longest]}…"


# ---- what there is ----------------------------------------------------------------------------------------------


def _coverage(context: Context) -> None:
    t, describe = context.t, Describer(context.profile, context.lang)
    absent = [name for name in TABLES if name not in context.coverage]
    head = t("已报送 {n} 张表，{m} 张未报送").format(n=len(TABLES) - len(absent), m=len(absent))
    rows = []
    for name in TABLES:
        found = context.coverage.get(name)
        extent = f"{found.first_on} – {found.last_on}" if found and found.first_on else DASH
        rows.append((describe.table(name), count(found.rows) if found else t("未报送"), extent))
    with st.container(key="zr-frame-coverage"):
        st.html(frame_head(head, t("未报送的指标在各页显示“未报送”，不作 0")))
        st.html(html_table((t("表格"), t("行数"), t("起止日期")), rows, texts=(0, 2)))


def _reconciliation(context: Context) -> None:
    t, numbers, lang = context.t, context.numbers, context.lang
    if not context.profile.published or not context.has_data:
        return
    found = remember(context, "published", lambda: compare_published(context.store, context.profile))
    verdicts = {Verdict.WITHIN_ROUNDING: t("一致"), Verdict.EXPLAINED: t("有说明"), Verdict.OPEN: t("待核对")}
    agree = sum(c.outcome.verdict is Verdict.WITHIN_ROUNDING for c in found)
    head = t("与已公布数字对账：{n} 项一致，{m} 项待核对").format(
        n=agree, m=sum(c.outcome.verdict is Verdict.OPEN for c in found)
    )
    rows = [
        (
            c.figure.label.text(lang), numbers.value(c.figure.value, c.figure.unit, decimals=2).joined,
            _computed(context, c), verdicts[c.outcome.verdict],
        )
        for c in found
    ]  # fmt: skip
    with st.container(key="zr-frame-published"):
        st.html(frame_head(head, t("公布值按其印出的位数比较；原文与说明见城市档案 published.csv")))
        st.html(html_table((t("项目"), t("公布"), t("计算"), t("结论")), rows, texts=(0, 3)))


def _computed(context: Context, comparison: Comparison) -> str:
    value = comparison.outcome.computed
    return DASH if value is None else context.numbers.value(value, comparison.figure.unit, decimals=2).joined
