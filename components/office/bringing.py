"""The import section of the data page: files in, with progress and outcome, templates, and what is reported at all."""

import streamlit as st

from components.access.guard import fragment
from components.context import Context
from components.errors import explain
from components.frame import XLSX, frame_head
from components.htmltable import html_table
from components.jobs import Job, desk, start_import
from components.numbers import DASH, count
from components.office.who import person
from components.plain import plain
from data_access.importing import FILE_TYPES, Describer, ImportReport, RefusedError, template_workbook
from data_access.importing.explaining import Explainer
from data_access.importing.tables import TABLES

POLL_SECONDS = 0.5


def show_bringing_in(context: Context) -> None:
    """Draw the form for files, or the import that runs, or how the last one ended."""
    t = context.t
    with st.container(key="zr-frame-import"):
        st.html(frame_head(t("导入工作簿"), t("Excel、CSV 或 Parquet，可多选；合格的行入库，有问题的行退回并说明原因")))
        if show_job(context):
            return
        _form(context)
        _templates(context)


def show_job(context: Context) -> bool:
    """Draw how far the import or undo is that runs, or how the reader's last one ended; return whether one runs."""
    job = desk(context.store.url).job
    if job and job.running:
        _progress(context)
        return True
    if job and job.is_of(context.access):
        _outcome(context, job)
    return False


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
        start_import(context, uploads, table, by=person(context))
        st.rerun()


def _progress(context: Context) -> None:
    def watch() -> None:
        job = desk(context.store.url).job
        if job is None or not job.running:
            st.rerun()
            return
        own = job.is_of(context.access)
        said = f"{job.title}　{plain(job.step)}" if own else context.t("有人正在导入或撤销，完成后即可导入")
        st.progress(min(job.share, 1.0), said)
        if own and job.can_cancel:
            st.button(
                context.t("取消"), key="data.cancel", icon=":material/close:", disabled=job.cancelled.is_set(),
                on_click=job.cancelled.set,
            )  # fmt: skip

    fragment(context, watch, run_every=POLL_SECONDS)()


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
    st.button(t("知道了"), key="data.dismiss", on_click=desk(context.store.url).dismiss, args=(job,))


def _failure(context: Context, error: Exception) -> None:
    if isinstance(error, RefusedError):
        message = Describer(context.profile, context.lang).message(error.rule, error.detail)
        st.error(plain(f"{message.problem} {message.remedy}"), icon=":material/error:")
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
         s.counts.unchanged, s.counts.held)), t("、").join(s.ignored))
        for s in report.sheets
    ]  # fmt: skip
    if rows:
        st.html(html_table(heads, rows, texts=(1, 2), wraps=(0, 8)))
    for refusal in report.refusals:
        message = describe.message(refusal.rule, refusal.detail)
        place = " · ".join(filter(None, (refusal.file, refusal.sheet)))
        st.error(plain(f"{place}：{message.problem} {message.remedy}"), icon=":material/block:")
    for notice in report.notices:
        message = describe.message(notice.rule, notice.detail, notice.table)
        said = t("{table}：{problem}（{n} 行已入库，请核对）").format(
            table=describe.table(notice.table), problem=message.problem, n=count(notice.rows)
        )
        st.info(plain(said), icon=":material/info:")


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


def show_coverage(context: Context) -> None:
    """Draw which tables were ever reported, and over which days."""
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
