"""银行督导: visits, applications, credit and refusals of each bank, against its size and its peers.

The question: which bank lags in what, by how much, how sure is that, and what did it promise to do about it.
"""

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from components import url_state
from components.banks import card, leads, priority, promises, score, tables, timing
from components.banks.desk import Desk, desk_of
from components.banks.sizes import measures
from components.banks.views import BUILDERS, View
from components.banks.words import conclusion
from components.context import Context
from components.empty import show_empty
from components.frame import show_framed, show_plotly, show_table
from components.header import go, show_frame
from components.panel import panel
from components.reads import remember
from components.rights import may_list
from components.sheet import Sheet
from components.situation import LIST_TABLES
from components.switch import chosen, pick, switch, toggle
from components.tables import note_html
from data_access.access.roles import Ability
from data_access.commitments import may_commit


def render(context: Context) -> None:
    """Draw the page."""
    t, numbers = context.t, context.numbers
    visits, decisions = context.as_of("visits"), context.as_of("decisions")
    as_of = [(t("走访"), numbers.day(visits))] if visits else []
    as_of += [(t("授信"), numbers.day(decisions))] if decisions else []
    show_frame(context, t("银行督导"), as_of)
    if not context.has_data:
        show_empty(context)
        return
    part, desk = _desk(context)
    if (desk.now.progress if part in _JUDGING else desk.pushes).empty:
        show_empty(context, filtered=True)
        return
    if part in _JUDGING:
        text, tone = remember(desk.context, "banks.conclusion", lambda: conclusion(desk), *_sizes(desk))
        st.html(f'<div class="zr-conclusion {tone}" role="status">{escape(text)}</div>')
    _PARTS[part](context, desk, _focus(context, desk, part))


def _desk(context: Context) -> tuple[str, Desk]:
    """Draw the switches of the page's parts and of the size measures; return the part and the desk for the sizes."""
    t = context.t
    parts = {"four": t("四个问题"), "time": t("决定时限"), "more": t("其他指标"), "loop": t("整改承诺")}
    labels = {c.code: c.label.text(context.lang) for c in context.profile.codes.get("size_measure", ())}
    amounts, counts = measures(context, money=True), measures(context, money=False)
    of_credit = {code: t("授信比：{measure}").format(measure=labels[code]) for code in (*amounts, *counts)}
    of_visits = {code: t("走访比：{measure}").format(measure=labels[code]) for code in (*reversed(counts), *amounts)}
    with st.container(horizontal=True, gap="small", key="zr-view"):
        part = switch(t("看什么"), "part", parts, key="banks")
        if part == "loop":
            return part, desk_of(promises.promised_by(context, context.filters.period))
        if part == "time" or not of_credit:
            return part, desk_of(context, chosen("by", of_visits or {"": ""}), chosen("show", of_credit or {"": ""}))
        credit = pick(t("授信与哪种规模相比"), "show", of_credit, key="banks", width=310)
        visits = pick(t("走访与哪种规模相比"), "by", of_visits, key="banks", width=310)
    return part, desk_of(context, visits, credit)


def _focus(context: Context, desk: Desk, part: str) -> str:
    """Return the bank a part is about: the one the reader chose, else, where banks are judged, that with most red.

    Elsewhere it is the reader's own, "" for whoever sees them all.
    """
    asked = [bank for bank in context.filters.banks if bank in desk.own]
    own = list(desk.own) if context.scope.banks is not None else [""]
    order = [bank for bank in tables.ordered(desk) if desk.sees(bank)] if part in _JUDGING else own
    return [*asked[::-1], *order, *desk.own, ""][0]


def _sizes(desk: Desk) -> tuple[str, str]:
    return desk.sizes.visits, desk.sizes.credit


def _view(desk: Desk, name: str, build: Callable[[], View], *key: str) -> View:
    return remember(desk.context, f"banks.{name}", build, *_sizes(desk), *key)


def _dated(context: Context, note: str, tables: Sequence[str] = LIST_TABLES, *, axes: bool = False) -> str:
    """Return a frame's note after where its units stand and the day ``tables`` are reported up to."""
    t, day = context.t, context.numbers.day(context.as_of(*tables))
    unit = t("见坐标轴") if axes else t("见表头")
    return "　".join(filter(None, (t("单位：{unit}　截至 {day}").format(unit=unit, day=day), note)))


def _show(context: Context, name: str, view: View) -> None:
    def draw() -> None:
        if view.figure is None:
            st.html(f'<p class="zr-note">{escape(view.head)}</p>')
        else:
            show_plotly(view.figure, key=f"banks.{name}", lang=context.lang, alt=view.head, origins=view.origins)

    note = _dated(context, view.note, ("visits",) if name == "visits" else LIST_TABLES, axes=True)
    show_framed(context, f"banks-{name}", view.head, note, draw, view.sheet, view.metrics)


def _pair(context: Context, desk: Desk, first: str, second: str) -> None:
    for column, name in zip(st.columns(2, gap="small"), (first, second), strict=True):
        with column:
            _show(context, name, _view(desk, name, lambda name=name: BUILDERS[name](desk)))  # type: ignore[misc]


# ---- 四个问题 ------------------------------------------------------------------------------------------------------


def _four(context: Context, desk: Desk, focus: str) -> None:
    if context.scope.banks is None:
        _lights(context, desk, focus)
    elif len(desk.own) > 1:
        names = {bank: desk.name(bank, short=False) for bank in desk.own}
        pick(context.t("银行"), "bank", names, key="banks", default=focus)
    _card(context, desk, focus)
    if context.scope.banks is None:
        _pair(context, desk, "credit", "visits")
        _pair(context, desk, "applications", "reasons")
    _method(context)


def _lights(context: Context, desk: Desk, focus: str) -> None:
    t = context.t
    note = t(
        "红灯：连续两个月明显落后，经多重比较校正；走访和授信还须两种规模口径一致。灯旁是所依据的数。点击一行看诊断卡"
    )
    html = remember(desk.context, "banks.lights", lambda: tables.lights_html(desk, focus), *_sizes(desk), focus)

    def draw() -> None:
        panel(html, key="banks.lights", on_act=go)
        if toggle(t("按总分排序（仅供参考）"), "score", key="banks"):
            st.html(remember(desk.context, "banks.score", lambda: score.score_html(desk), *_sizes(desk)))

    show_framed(
        context, "banks-lights", t("四个问题，{n} 家银行").format(n=len(desk.peers)), _dated(context, note), draw,
        lambda: tables.lights_sheet(desk), (), leads=True,
    )  # fmt: skip


def _card(context: Context, desk: Desk, focus: str) -> None:
    if not focus:
        return
    t = context.t
    left, right = st.columns([3, 2], gap="small")
    with left:
        head = t("{bank}诊断卡").format(bank=desk.name(focus, short=False))
        links = leads.links(desk, focus)
        may = context.access.may(Ability.ENTER) and may_commit(context.scope)
        key = (*_sizes(desk), *links.values(), may)
        html = remember(desk.context, "banks.card", lambda: card.card_html(desk, focus, links, may_promise=may), *key)
        show_framed(
            context, "banks-card", head, _dated(context, desk.group(focus)),
            lambda: panel(html, key="banks.card", on_act=lambda action: _to_promise(focus, action)),
            lambda: card.card_sheet(desk, focus), card.METRICS, leads=True,
        )  # fmt: skip
    with right:
        _show(context, "weeks", _view(desk, "weeks", lambda: card.control_view(desk, focus), focus))
    _drill(context, desk, focus)


def _to_promise(bank: str, action: str) -> None:
    """Follow a finding on the card to the form that makes a commitment of it."""
    for name, value in (("part", "loop"), ("bank", bank), ("figure", action.partition(":")[2])):
        url_state.put(name, value)


def _drill(context: Context, desk: Desk, focus: str) -> None:
    """Draw the lists behind a bank's card: what it wrote, what it has not decided, whose task the repairs are."""
    t = context.t
    names = {"texts": t("拒绝原因原文"), "overdue": t("超期未决清单"), "repair": t("按原因：修复与转化")}
    builders: dict[str, Callable[[], Sheet]] = {
        "texts": lambda: card.texts_sheet(desk, focus),
        "overdue": lambda: timing.overdue_sheet(desk, focus),
        "repair": lambda: card.repair_sheet(desk, focus),
    }
    if not may_list(context, "decisions"):
        names = {"repair": names["repair"]}
    which = chosen("view", names)
    # Read when it is opened: nobody waits for lists that nobody looks at.
    listed = st.expander(
        t("{bank}的清单").format(bank=desk.name(focus, short=False)), expanded=which != "texts", key="banks.drill",
        icon=":material/list:", on_change="rerun",
    )  # fmt: skip
    if listed.open:
        with listed:
            pick(t("清单"), "view", names, key="banks", width=230)
            sheet = remember(desk.context, f"banks.{which}", builders[which], focus)
            show_framed(
                context, f"banks-{which}", names[which],
                _dated(context, card.listed_said(desk, which, focus, len(sheet.frame))),
                lambda: _show_list(context, desk, which, sheet), lambda: sheet, sheet.metrics,
            )  # fmt: skip


def _show_list(context: Context, desk: Desk, which: str, sheet: Sheet) -> None:
    if which == "texts":
        panel(card.texts_html(desk, sheet), key="banks.texts")
    else:
        show_table(context, sheet, key=f"banks.{which}.table")


def _method(context: Context) -> None:
    t = context.t
    lines = (
        t("走访：全部走访按规模分摊为各行应有的走访；界限包含银行之间本来就有的差异，而不只是随机误差。"),
        t("走访转申报：首次走访满 60 天的企业中 60 天内申报的占比，按企业类型、县区和批次作间接标准化。"),
        t("授信：对数尺度的稳健回归，每家银行用其余银行的直线来判断；金额缺口按 Duan 方法还原。"),
        t("拒绝原因：没有写明原因的占比是否超过公布的容许值（精确二项检验），不与别的银行比好坏。"),
        t("误报：在 1,000 个没有差别的虚拟城市里试算过，见 docs/statistics.md。"),
    )
    with st.expander(t("怎么判断的"), icon=":material/science:"):
        st.markdown("\n".join(f"- {line}" for line in lines))


# ---- 决定时限 ------------------------------------------------------------------------------------------------------


def _time(context: Context, desk: Desk, focus: str) -> None:
    t = context.t
    _show(context, "decided", _view(desk, "decided", lambda: timing.decided_view(desk, focus), focus))
    if not may_list(context, "recommendations"):
        st.html(note_html(t("您的角色看户数，不看逐户清单")))
        return
    asked = focus if context.filters.banks or len(desk.own) == 1 else ""
    sheet = remember(desk.context, "banks.overdue", lambda: timing.overdue_sheet(desk, asked), asked)
    show_framed(
        context, "banks-overdue-all", tables.overdue_headline(desk, asked),
        _dated(context, t("等待最久的在前，最多 500 笔")),
        lambda: show_table(context, sheet, key="banks.overdue.all"), lambda: sheet, sheet.metrics,
    )  # fmt: skip


# ---- 其他指标 ------------------------------------------------------------------------------------------------------


def _more(context: Context, desk: Desk, focus: str) -> None:
    t = context.t
    further = remember(desk.context, "banks.further", lambda: tables.further_sheet(desk))
    show_framed(
        context, "banks-further", t("计划完成与其他指标"),
        _dated(context, t("政策性银行列在最后；空格为没有分母，右边四列的空格为该行未报送")),
        lambda: show_table(context, further, key="banks.further.table"), lambda: further, further.metrics,
    )  # fmt: skip
    left, right = st.columns(2, gap="small") if context.scope.banks is None else (st.container(), st.container())
    if context.scope.banks is None:
        with left:
            _show(context, "lorenz", _view(desk, "lorenz", lambda: BUILDERS["lorenz"](desk)))
    with right:
        _priority(context, desk, focus)
    repair = remember(desk.context, "banks.repair", lambda: card.repair_sheet(desk), "")
    show_framed(
        context, "banks-repair-all", t("拒绝原因：可修复的、责任部门与拒后转化"),
        _dated(context, t("可修复的在前；转化率只计满 90 天的不予授信，任何银行后来批准都算") + card.hidden_said(desk)),
        lambda: show_table(context, repair, key="banks.repair.all"), lambda: repair, repair.metrics,
    )  # fmt: skip


def _priority(context: Context, desk: Desk, focus: str) -> None:
    t = context.t
    bank = focus if context.filters.banks or context.scope.banks is not None else ""
    areas = remember(desk.context, "banks.priority", lambda: priority.priority_sheet(desk, bank), bank)
    who = desk.name(bank) if bank else t("全部银行")
    show_framed(
        context, "banks-priority", t("重点领域走访与授信：{who}").format(who=who),
        _dated(context, priority.balance_said(desk.context)),
        lambda: show_table(context, areas, key="banks.priority.table"),
        lambda: areas, (*priority.METRICS, "county_balance"),
    )  # fmt: skip


# ---- 整改承诺 ------------------------------------------------------------------------------------------------------


def _loop(context: Context, desk: Desk, focus: str) -> None:
    t = context.t
    pick(t("银行"), "bank", {bank: desk.name(bank) for bank in desk.own}, key="banks", default=focus, width=230)
    found = promises.judged(desk)

    def draw() -> None:
        st.html(promises.list_html(desk, found))
        if not context.access.may(Ability.ENTER):
            return
        if not may_commit(context.scope):
            st.html(note_html(t("银行按全市作出承诺，不分县区；登记与办结由市级专班或银行办理。")))
            return
        promises.show_closing(desk, found)
        if focus:
            head = t("为{bank}登记承诺").format(bank=desk.name(focus, short=False))
            today = desk_of(promises.promised_by(context))
            st.html(f"<h3>{escape(head)}</h3>{promises.today_html(today, focus)}")
            promises.show_form(today, focus)

    open_ = sum(item.commitment.closed_on is None for item in found)
    show_framed(
        context, "banks-commitments", t("整改承诺：{n} 条未办结").format(n=open_),
        _dated(context, t("每次会议逐条复测，变化与随机波动相比；按全市和默认的规模口径，不随县区等筛选")),
        draw, lambda: promises.list_sheet(desk, found), (),
        leads=True,
    )  # fmt: skip


# The parts that judge banks; the others need neither lights nor fits.
_JUDGING = frozenset({"four", "loop"})
_PARTS: dict[str, Callable[[Context, Desk, str], None]] = {"four": _four, "time": _time, "more": _more, "loop": _loop}
