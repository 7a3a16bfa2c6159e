"""Taking the rows of a view out as a file: what goes into it, its progress, and the record of who took what."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pandas as pd
import streamlit as st

from components.access.browsers import proof_here
from components.access.guard import fragment, require
from components.context import Context
from components.errors import explain
from components.export import CSV, XLSX, Export, Part, Table, desk, write_file
from components.filters import describe
from components.inputs import title_of
from components.ledger.columns import MONEY, Column, cell_words, columns
from components.ledger.view import ROW_TITLES, WORK_TITLES, View, address
from components.ledger.work import hint
from components.masks import may_see_names
from components.numbers import count
from components.tables import note_html, row_html, table_html
from components.watermark import mark, reader
from data_access.access.roles import Ability
from data_access.exports import ExportRecord, list_exports, record_export
from data_access.queries.ledger import stream
from data_access.settings import load_settings

POLL_SECONDS = 0.5
_TOKEN = "ledger.export"  # noqa: S105 - the name of a place in the session


def show_export(context: Context, view: View, total: int) -> None:
    """Offer the view as a file, show how far it is, and hand it over."""
    t = context.t
    with st.popover(t("导出"), icon=":material/download:", key="ledger.export_box"):
        export = desk().find(str(st.session_state.get(_TOKEN, "")))
        if export and not export.done.is_set():
            _progress(context)
            return
        if export:
            _outcome(context, export)
        st.html(
            note_html(
                t("导出当前视图的全部 {n} 行、所选的列；名称等个人信息与页面一样脱敏，导出会留下记录").format(
                    n=count(total)
                )
            )
        )
        with st.container(horizontal=True, gap="small"):
            for kind, label in ((XLSX, "Excel"), (CSV, "CSV")):
                st.button(
                    label, key=f"ledger.export.{kind}", icon=":material/table_view:", disabled=total == 0,
                    on_click=start, args=(context, view, total, kind),
                )  # fmt: skip


def _progress(context: Context) -> None:
    def watch() -> None:
        export = desk().find(str(st.session_state.get(_TOKEN, "")))
        if export is None or export.done.is_set():
            st.rerun()
            return
        said = context.t("正在导出：{n} / {total} 行").format(n=count(export.written), total=count(export.total))
        st.progress(export.share, said)
        st.button(
            context.t("取消"), key="ledger.export.cancel", icon=":material/close:", on_click=export.cancelled.set,
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


def start(context: Context, view: View, total: int, kind: str) -> None:
    """Begin to write the view as a file of ``kind``."""
    require(context, Ability.EXPORT)
    taken = datetime.now(UTC).astimezone()
    stem = view.asked.work or view.asked.measure or view.asked.rows
    export = Export(f"zhanrong_{stem}_{taken:%Y%m%d_%H%M}.{kind}", total, proof_here(load_settings()))
    table, record = table_of(context, view, taken), _record(context, view, kind)

    def write(path: Path, running: Export) -> None:
        write_file(kind, path, table, running)
        record_export(context.store, record(running.written))

    desk().start(export, write)
    st.session_state[_TOKEN] = export.token


def _record(context: Context, view: View, kind: str) -> Callable[[int], ExportRecord]:
    by, where, said = reader(context), address(), described(context, view)
    as_of, names = view.asked.selection.as_of, may_see_names(context)
    return lambda rows: ExportRecord(by, kind, where, said, as_of, context.version, rows, view.columns, names)


def table_of(context: Context, view: View, taken: datetime) -> Table:
    """Return the view as a table whose parts are read when they are written."""
    t, offered = context.t, columns(context, view.asked.rows, view.asked.work)
    shown = [offered["enterprise_id"], *(offered[name] for name in view.columns if name != "enterprise_id")]
    currency = context.profile.currency.code
    return Table(
        name=t("数据"),
        notes_name=t("口径与说明"),
        headers=tuple(f"{c.title}（{currency}）" if c.kind == MONEY else c.title for c in shown),
        kinds=tuple(column.kind for column in shown),
        parts=_parts(context, view, shown),
        notes=tuple(notes(context, view)),
        mark=mark(context, reader(context), taken),
    )


def _parts(context: Context, view: View, shown: list[Column]) -> Iterator[Part]:
    """Yield the rows part by part, each value made as the page makes it."""
    needed = list(dict.fromkeys(name for column in shown for name in column.needs))
    places = [([needed.index(name) for name in column.needs], column.value) for column in shown]
    for part in stream(context.store, view.asked, needed):
        yield [[value(*[row[place] for place in own]) for own, value in places] for row in part]


def described(context: Context, view: View) -> str:
    """Return the view in one line: what is listed, and by what it is narrowed."""
    t, asked = context.t, view.asked
    what = t(WORK_TITLES[asked.work]) if asked.work else t(ROW_TITLES[asked.rows])
    if asked.measure:
        what = f"{title_of(asked.measure, t, context.lang)} · {what}"
    filters = [f"{title} {said}" for title, said in describe(context.filters, context.profile, context.lang, t)]
    filters += [t("查找“{text}”").format(text=asked.search)] if asked.search else []
    return " · ".join([what, *filters])


def notes(context: Context, view: View) -> list[tuple[str, str]]:
    """Return what a reader of the file has to know: what it lists, filters, as-of, masking, that data is synthetic."""
    t, asked = context.t, view.asked
    said = [(t("内容"), described(context, view)), *describe(context.filters, context.profile, context.lang, t)]
    said += [(t("说明"), hint(context, asked.work))] if asked.work else []
    if asked.measure:
        said.append((t("口径"), title_of(asked.measure, t, context.lang)))
        said += [(t("单元格"), t("、").join(cell_words(context, dict(asked.cell))))] if asked.cell else []
    said.append((t("数据版本"), str(context.version)))
    if not may_see_names(context):
        said.append((t("脱敏"), t("个人、电话、门牌号和个体工商户等的名称已脱敏；详细地址和自由文本中的号码已隐去")))
    said.append((t("金额"), t("单位为元；意向、授信、放款、余额四类金额不能相加")))
    if context.profile.is_demo:
        said.append((t("演示数据"), t("经营主体、走访、授信等记录均为合成的演示数据，银行为虚构，不代表任何真实机构")))
    return said


def show_exports(context: Context) -> None:
    """Show the latest exports at the foot of the page: when, who, what, how many rows."""
    t = context.t
    with st.expander(t("导出记录"), icon=":material/history:", key="ledger.exports", on_change="rerun") as box:
        if not box.open:
            return
        known = list_exports(context.store)
        if known.empty:
            st.html(note_html(t("还没有导出过")))
            return
        heads = [
            ("text", t("时间")),
            ("text", t("经手")),
            ("text wrap", t("内容")),
            ("text", t("格式")),
            ("", t("行数")),
        ]
        rows = [
            (_local(row["created_at"]), row["created_by"], row["described"], row["kind"], count(row["rows_written"]))
            for row in known.to_dict("records")
        ]
        st.html(table_html(heads, [row_html(heads, [escape(str(cell)) for cell in row]) for row in rows]))


def _local(moment: datetime) -> str:
    return pd.Timestamp(moment).to_pydatetime().replace(tzinfo=UTC).astimezone().strftime("%Y-%m-%d %H:%M")
