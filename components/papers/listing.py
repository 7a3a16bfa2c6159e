"""The frozen editions, one of them chosen, and what changed between two of them."""

from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from components import url_state
from components.context import Context
from components.frame import frame_head, show_framed
from components.numbers import DASH
from components.office.batches import local
from components.panel import mark, panel
from components.papers.binder import open_edition
from components.papers.comparison import BOTH, CORRECTED, LATE, OTHER, differences, revised_records
from components.papers.troubles import edition_sentence
from components.reads import remember
from components.sheet import Column, Sheet
from components.smallcells import fewest_shown
from components.switch import pick
from components.tables import note_html, row_html, table_html
from data_access.editions import EditionError, Header
from metrics.catalogue import load_catalogue, metric
from reports.edition import CITY, REGION, Edition, records

_LISTED = 60


def show_editions(context: Context, found: Sequence[Header]) -> Header | None:
    """Draw the list of editions and return the one in the address, else the latest; None if there is none."""
    t = context.t
    asked = url_state.get("edition")
    chosen = next((h for h in found if str(h.edition_id) == asked), found[0] if found else None)
    with st.container(key="zr-frame-editions"):
        st.html(frame_head(t("已冻结 {n} 期").format(n=len(found)), t("点击查看；内容不可更改，只可冻结新的一期")))
        if not found:
            st.html(note_html(t("还没有冻结过")))
            return None
        heads = [("text", t("期号")), ("text wrap", t("标题")), ("text", t("截至")), ("wide text", t("冻结"))]
        rows = [_row(context, heads, header, is_chosen=header is chosen) for header in found[:_LISTED]]
        panel(table_html(heads, rows), key="papers.editions", on_act=_choose)
    return chosen


def _row(context: Context, heads: Sequence[tuple[str, str]], header: Header, *, is_chosen: bool) -> str:
    number = escape(context.t("第 {n} 期").format(n=header.number))
    link = f'<span class="zr-link" {mark("edition", str(header.edition_id))}>{number}</span>'
    shown = f"<b>{number}</b>" if is_chosen else link
    when = local(header.frozen_at)
    who = f"{when}<br><small>{escape(header.frozen_by)}</small>" if header.frozen_by else when
    return row_html(heads, [shown, escape(header.title), header.as_of.isoformat(), who])


def _choose(action: str) -> None:
    url_state.put("edition", action.partition(":")[2])


def show_nothing(context: Context) -> None:
    """Say what an edition is for, where there is none yet."""
    t = context.t
    said = t("冻结一期之后，可在这里生成通报、附表、幻灯、一页纸和快报文字；它们出自同一份数字，下月再看也不变")
    with st.container(key="zr-frame-nothing"):
        st.html(frame_head(t("先冻结一期"), said))


def opened(context: Context, header: Header) -> Edition | None:
    """Return an edition, or say why it cannot be opened."""
    try:
        return remember(context, "edition", lambda: open_edition(context, header.edition_id), header.digest)
    except EditionError as error:
        st.error(edition_sentence(error, context.t))
        return None


# ---- what changed ----------------------------------------------------------------------------------------------------


def show_changes(context: Context, found: Sequence[Header], chosen: Header) -> None:
    """Draw what changed from an earlier edition to the chosen one, figure by figure."""
    t = context.t
    earlier = [h for h in found if h.number < chosen.number]
    if not earlier:
        with st.container(key="zr-frame-first"):
            st.html(frame_head(t("没有更早的一期可比"), t("冻结第二期以后，这里说明哪些数字变了、为什么")))
        return
    names = {str(h.edition_id): t("与第 {n} 期比").format(n=h.number) for h in earlier}
    with_id = pick(t("比较"), "since", names, key="papers")
    before = next(h for h in earlier if str(h.edition_id) == with_id)
    old, new = opened(context, before), opened(context, chosen)
    if old is None or new is None:
        return
    table = remember(
        context, "papers.changes", lambda: differences(old, new, fewest_shown(context)), before.digest, chosen.digest
    )
    part, code = _place(context, new)
    own = table[(table["part"] == part) & (table["code"] == code)]
    head = t("{place} {n} 项数字有变化，其中 {m} 项有补报或更正；{k} 项口径有改动").format(
        place=_named(context, new, part, code), n=len(own), m=int((own["cause"] != "").sum()),
        k=int(own["definition"].sum()),
    )  # fmt: skip
    late, corrected = revised_records(new, part, code)
    note = t(
        "变化 = 新增 + 补报或更正。补报或更正：上期截止日以前的事，现在查到的与当时不同；"
        "涉及上期以后补报 {late} 条、更正 {corrected} 条记录"
    ).format(late=f"{late:,}", corrected=f"{corrected:,}")
    show_framed(
        context, "paper-changes", head, note, lambda: st.html(_html(context, own)),
        lambda: _sheet(context, table, new), (),
    )  # fmt: skip


def _place(context: Context, edition: Edition) -> tuple[str, str]:
    """Let the reader choose whose figures are compared: the whole, or one of its parts."""
    codes = [code for code in edition.codes(REGION) if code]
    names = {CITY: _named(context, edition, CITY, ""), **{c: edition.name(REGION, c, context.lang) for c in codes}}
    chosen = pick(context.t("地区"), "place", names, key="papers")
    return (CITY, "") if chosen == CITY else (REGION, chosen)


def _named(context: Context, edition: Edition, part: str, code: str) -> str:
    return edition.name(part, code, context.lang) if code else str(edition.facts[f"name_{context.lang}"])


def _html(context: Context, table: pd.DataFrame) -> str:
    t = context.t
    if table.empty:
        return note_html(t("两期数字完全一致"))
    heads = [("name", t("指标")), ("wide", t("上期")), ("", t("本期")), ("", t("变化")), ("wide", t("新增"))]
    heads += [("", t("补报或更正")), ("wide text", t("原因")), ("wide text", t("口径"))]
    rows = [row_html(heads, _cells(context, row)) for row in records(table)]
    return table_html(heads, rows)


def _cause(context: Context, code: str) -> str:
    t = context.t
    words = {LATE: t("补报"), CORRECTED: t("更正"), BOTH: t("补报和更正"), OTHER: t("撤销导入或主体信息改动")}
    return words.get(code, "")


def _cells(context: Context, row: dict[str, object]) -> list[str]:
    numbers, entry = context.numbers, metric(str(row["key"]))

    def shown(name: str) -> str:
        value = float(str(row[name]))
        return numbers.value(value, entry.unit, decimals=2).joined

    def change(name: str) -> str:
        value = float(str(row[name]))
        return DASH if value != value else numbers.change(value, entry.unit).joined  # noqa: PLR0124 - NaN

    altered = context.t("有改动") if row["definition"] else ""
    cells = [numbers.name(entry), shown("before"), shown("now"), change("change"), change("new"), change("revised")]
    return [escape(text) for text in (*cells, _cause(context, str(row["cause"])), altered)]


def _sheet(context: Context, table: pd.DataFrame, edition: Edition) -> Sheet:
    t = context.t
    known = load_catalogue()
    named = table.assign(
        place=[_named(context, edition, str(p), str(c)) for p, c in zip(table["part"], table["code"], strict=True)],
        metric=[context.numbers.name(known[str(k)]) for k in table["key"]],
        unit=[context.numbers.unit(known[str(k)].unit) for k in table["key"]],
        why=[_cause(context, str(code)) for code in table["cause"]],
        altered=[t("有改动") if changed else "" for changed in table["definition"]],
    )
    titles = {
        "place": t("地区"), "metric": t("指标"), "unit": t("单位"), "before": t("上期"), "now": t("本期"),
        "change": t("变化"), "new": t("新增"), "revised": t("补报或更正"), "why": t("原因"),
        "altered": t("口径"),
    }  # fmt: skip
    return Sheet("edition_changes", named, tuple(Column(name, title) for name, title in titles.items()), ())
