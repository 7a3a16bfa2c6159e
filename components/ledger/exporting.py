"""Taking the rows of a view out as a file: what goes into it, its progress, and the record of who took what."""

from collections.abc import Iterator
from datetime import datetime

import streamlit as st

from components.access.records import access_store
from components.context import Context
from components.export import Part, Table
from components.exportbox import Offer, show_export_box
from components.htmltable import html_table
from components.inputs import title_of
from components.ledger.columns import MONEY, Column, columns
from components.ledger.view import ROW_TITLES, WORK_TITLES, View, address
from components.ledger.work import hint
from components.lineage import batch_words, place_words, standing
from components.masks import may_see_names
from components.numbers import count
from components.office.batches import local
from components.origins import Origin
from components.sides import batches, measured
from components.tables import note_html
from components.watermark import file_detail, mark, reader
from data_access.access.audit import Action, Asked, events
from data_access.access.roles import Ability
from data_access.queries.ledger import stream
from data_access.queries.lineage import batches_of
from data_access.queries.worklists import WORK_LISTS

OWN_EXPORTS = 20


def show_export(context: Context, view: View, total: int) -> None:
    """Offer the view as a file, show how far it is, and hand it over."""
    said = context.t("导出当前视图的全部 {n} 行、所选的列；名称等个人信息与页面一样脱敏，导出会留下记录")
    show_export_box(
        context,
        Offer(
            key="ledger",
            total=total,
            said=said.format(n=count(total)),
            stem=view.asked.work or view.asked.measure or view.asked.rows,
            needs=Ability.EXPORT,
            table=lambda taken: table_of(context, view, taken),
            described=described(context, view),
            detail=lambda kind: file_detail(context, kind, address(), view.columns, view.asked.selection.as_of),
        ),
    )


def table_of(context: Context, view: View, taken: datetime) -> Table:
    """Return the view as a table whose parts are read when they are written."""
    t, offered = context.t, columns(context, view.asked.rows, view.asked.work)
    names = dict.fromkeys((*(["enterprise_id"] if "enterprise_id" in offered else []), *view.columns))
    shown = [offered[name] for name in names]
    titled, currency = t("{name}（{unit}）"), context.profile.currency.code
    return Table(
        name=t("数据"),
        notes_name=t("口径与说明"),
        headers=tuple(titled.format(name=c.title, unit=currency) if c.kind == MONEY else c.title for c in shown),
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
    context = standing(context, view.stands)
    filters = [f"{title} {said}" for title, said in place_words(context, view.stands)]
    filters += [t("查找“{text}”").format(text=asked.search)] if asked.search else []
    return " · ".join([what, *filters])


def notes(context: Context, view: View) -> list[tuple[str, str]]:
    """Return what a reader of the file has to know: what it lists, filters, as-of, masking, that data is synthetic."""
    t, asked, context = context.t, view.asked, standing(context, view.stands)
    said = [(t("内容"), described(context, view)), *place_words(context, view.stands)]
    said += [(t("说明"), hint(context, asked.work))] if asked.work else []
    if asked.measure:
        said += [(t("口径"), title_of(asked.measure, t, context.lang)), (t("本数"), figure_words(context, view))]
    said += _lineage(context, view)
    said.append((t("数据版本"), str(context.version)))
    if not may_see_names(context):
        said.append((t("脱敏"), t("个人、电话、门牌号和个体工商户等的名称已脱敏；详细地址和自由文本中的号码已隐去")))
    said.append((t("金额"), t("单位为元；意向、授信、放款、余额四类金额不能相加")))
    if context.profile.is_demo:
        said.append((t("演示数据"), t("经营主体、走访、授信等记录均为合成的演示数据，银行为虚构，不代表任何真实机构")))
    return said


def _lineage(context: Context, view: View) -> list[tuple[str, str]]:
    """Return which batches brought the rows."""
    t, asked = context.t, view.asked
    named = t("{table}：{n} 行，{files}（{made}）")
    tables = WORK_LISTS[asked.work].tables if asked.work else (asked.rows,)
    names = dict.fromkeys(name.partition(".")[0] for name in tables)
    frame = (
        batches(context, Origin(asked.measure, view.stands))
        if asked.measure
        else batches_of(context.store, context.scope, asked.selection, names)
    )
    return [
        (t("第 {n} 批").format(n=number), named.format(table=table, n=rows, files=files, made=made))
        for table, number, rows, files, made in batch_words(context, frame)
    ]


def figure_words(context: Context, view: View) -> str:
    """Return the figure whose rows are asked for, and how many rows it counts, whatever is searched among them."""
    t, numbers = context.t, context.numbers
    (side,) = measured(standing(context, view.stands), Origin(view.asked.measure, view.stands))
    if side.value is None:
        return t("未报送")
    rows = f"{count(side.rows)} {numbers.unit(view.unit)}"
    value = numbers.value(side.value, side.unit).joined
    return (
        rows
        if side.unit == view.unit and side.value == side.rows
        else t("{value}，{rows}").format(value=value, rows=rows)
    )


def show_exports(context: Context) -> None:
    """Show the reader's own latest exports at the foot of the page: when, what, how many rows."""
    t = context.t
    with st.expander(t("导出记录"), icon=":material/history:", key="ledger.exports", on_change="rerun") as box:
        if not box.open:
            return
        subject = context.access.person.subject if context.access.person else ""
        known = events(access_store(), Asked(actions=(Action.EXPORT,), subject=subject), limit=OWN_EXPORTS)
        if not known:
            st.html(note_html(t("还没有导出过")))
            return
        heads = (t("时间"), t("内容"), t("文件"), t("行数"))
        rows = [(local(e.at), e.filters, e.detail.partition(" ")[0], count(e.rows or 0)) for e in known]
        st.html(html_table(heads, rows, texts=(0, 2), wraps=(1,)))
