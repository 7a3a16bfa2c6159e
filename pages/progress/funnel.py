"""走访漏斗: where do enterprises drop out, how long does each stage take, and why do they stop."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from components import url_state
from components.context import Context
from components.dimensions import MONTH, Dimension, dimensions, follow
from components.empty import show_empty
from components.frame import show_framed, show_plotly
from components.funnel import breakdown, comparison, dropoffs, stagetimes, stageviews, unserved
from components.funnel.conversion import (
    COHORT,
    PERIOD,
    USUAL_STEP,
    View,
    reaches_anyone,
    read_whole,
    totals,
    watched_until,
    windows,
)
from components.header import show_frame
from components.ledger.links import list_link
from components.panel import panel
from components.reads import remember
from components.rights import may_list
from components.situation import LIST_TABLES
from components.switch import chosen, pick, switch
from components.tables import note_html
from data_access.queries.cohorts import USUAL_WINDOW
from data_access.selection import Attribution
from locales import N_

RULES = {
    Attribution.ANY: N_("凡接触过的银行均计"),
    Attribution.FIRST: N_("首次接触的银行"),
    Attribution.LAST: N_("申报前最后接触的银行"),
    Attribution.FRACTIONAL: N_("各接触银行均分"),
}
DETAILS = {
    "times": N_("各阶段用时"),
    "reasons": N_("退出原因"),
    "unserved": N_("有需求未申报"),
    "compare": N_("两组对比"),
}


def render(context: Context) -> None:
    """Draw the page."""
    t, numbers = context.t, context.numbers
    visits, lists = context.as_of("visits"), context.as_of(*LIST_TABLES)
    as_of = [(t("走访"), numbers.day(visits))] if visits else []
    as_of += [(t("清单与授信"), numbers.day(lists))] if lists else []
    show_frame(context, t("走访漏斗"), as_of)
    if not context.has_data:
        show_empty(context)
        return
    view = _version(context)
    known = dimensions(context, months=True)
    dimension = known[chosen("by", {key: d.title for key, d in known.items()})]
    if not reaches_anyone(context, view, dimension):
        show_empty(context, filtered=True)
        return
    frame = read_whole(context, view, dimension)
    left, right = st.columns([5, 6], gap="small")
    with left:
        _stages(context, view, frame)
    with right:
        _breakdown(context, view, known, dimension, frame)
    _details(context, view)


def _version(context: Context) -> View:
    """Draw the switch between the two versions, with what each means, and return the choice."""
    t, versions = context.t, {PERIOD: context.t("通报口径"), COHORT: context.t("分析口径（队列）")}
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="zr-version"):
        version = switch(t("口径"), "version", versions, key="funnel")
        window = int(_window(context)) if version == COHORT else USUAL_WINDOW
        st.html(note_html(_explanation(context, version, window)))
    return View(version, window, Attribution(chosen("rule", {str(rule): name for rule, name in RULES.items()})))


def _window(context: Context) -> str:
    return switch(context.t("观察期"), "days", windows(context), key="funnel", default=str(USUAL_WINDOW))


def _explanation(context: Context, version: str, window: int) -> str:
    if version == COHORT:
        return context.t(
            "某月首次走访的企业跟踪 {n} 天，每一步都以上一步为前提；观察期未满的批次画斜线，不计入转化率。"
        ).format(n=window)
    return context.t("与通报一致：截止日各阶段累计户数并列，不是同一批企业，后一阶段可以多于前一阶段。")


# ---- stages -------------------------------------------------------------------------------------------------------


def _stages(context: Context, view: View, frame: pd.DataFrame) -> None:
    t, counts = context.t, totals(context, frame, view)
    head = stageviews.stages_headline(context, view, counts)
    figure = remember(context, "funnel.figure", lambda: stageviews.stages_figure(context, counts), view)
    lines = remember(context, "funnel.notes", lambda: _notes(context, view, frame), view)

    def draw() -> None:
        show_plotly(
            figure, key=f"funnel.stages.{view.version}", lang=context.lang, alt=head,
            origins=stageviews.stage_origins(view, frame),
        )  # fmt: skip
        st.html("".join(map(note_html, lines)))

    note = _unit(context, context.numbers.unit("enterprise"))
    kind = t("观察 {n} 天，仅满期批次").format(n=view.window) if view.is_cohort else t("阶段累计量，非同一批企业")
    show_framed(
        context, "funnel", head, f"{note}　{kind}", draw,
        lambda: stageviews.stages_sheet(context, view, frame, tuple(lines)),
        ("visited", "need_rate", *view.metrics("apply"), "recommended", "approved", "borrowers"),
    )  # fmt: skip


def _unit(context: Context, unit: str) -> str:
    """Return what every frame says first: its unit, and the day the lists are reported up to."""
    day = context.numbers.day(context.as_of(*LIST_TABLES))
    return context.t("单位：{unit}　截至 {day}").format(unit=unit, day=day)


def _notes(context: Context, view: View, frame: pd.DataFrame) -> list[str]:
    if not view.is_cohort:
        return [stageviews.backfill_sentence(context, totals(context, frame, view))]
    lines = [stageviews.walk_ins_sentence(context, frame, view), stageviews.young_sentence(context, frame)]
    lines.append(context.t("申报即视为有需求；先申报后走访的企业归入“直接申报”。清单跟踪至 {day}。").format(
        day=context.numbers.day(watched_until(context))
    ))  # fmt: skip
    return [line for line in lines if line]


# ---- breakdown ------------------------------------------------------------------------------------------------------


def _breakdown(
    context: Context, view: View, known: Mapping[str, Dimension], dimension: Dimension, frame: pd.DataFrame
) -> None:
    t = context.t
    steps = {key: t(step.name) for key, step in view.steps.items() if key != "backfill" or dimension.key != MONTH}
    step = chosen("step", steps, USUAL_STEP)
    head = remember(
        context, "funnel.parts.head", lambda: breakdown.breakdown_headline(context, view, dimension, step),
        view, dimension.key, step,
    )  # fmt: skip

    def draw() -> None:
        with st.container(horizontal=True, gap="small", key="zr-breakdown-bar"):
            pick(
                t("分组"),
                "by",
                {key: t("按{dimension}").format(dimension=d.title) for key, d in known.items()},
                key="funnel",
            )
            pick(t("步骤"), "step", steps, key="funnel", default=USUAL_STEP)
            if dimension.key == "bank":
                pick(
                    t("归属规则"), "rule", {str(rule): t(name) for rule, name in RULES.items()}, key="funnel", width=220
                )
        _parts(context, view, dimension, step, frame)

    show_framed(
        context, "breakdown", head, _breakdown_note(context, view, dimension), draw,
        lambda: breakdown.breakdown_sheet(context, view, dimension, step), view.metrics(step), leads=True,
    )  # fmt: skip


def _parts(context: Context, view: View, dimension: Dimension, step: str, frame: pd.DataFrame) -> None:
    if dimension.key == MONTH:
        figure = remember(
            context, "funnel.months", lambda: breakdown.month_figure(context, view, dimension, step), view, step
        )
        show_plotly(
            figure, key=f"funnel.months.{view.version}.{view.window}.{step}", lang=context.lang, alt=step,
            origins=breakdown.month_origins(context, view, dimension, step),
        )  # fmt: skip
        return
    whole = totals(context, frame, view)
    html = remember(
        context, "funnel.parts", lambda: breakdown.breakdown_html(context, view, dimension, step, whole),
        view, dimension.key, step,
    )  # fmt: skip
    panel(html, key="funnel.parts", on_act=follow)


def _breakdown_note(context: Context, view: View, dimension: Dimension) -> str:
    t = context.t
    said = [t("横线为 95% 区间，竖线为合计；样本少则区间宽")]
    if dimension.key == MONTH:
        said = [t("斜线为观察期未满的批次") if view.is_cohort else t("当月新增户数之比，非同一批企业")]
        said.append(t("走访批次先易后难，转化逐月下降不等于工作变差"))
    elif dimension.key == "bank":
        said.append(t("归属：{rule}；各行之和不等于全市").format(rule=t(RULES[view.rule])))
        if view.rule is Attribution.LAST:
            said.append(t("未申报的计入至今最后接触的银行"))
    else:
        said.append(t("点击可筛选"))
    return "　".join([_unit(context, "%"), *said])


# ---- details --------------------------------------------------------------------------------------------------------


def _details(context: Context, view: View) -> None:
    parts = {key: context.t(name) for key, name in DETAILS.items()}
    with st.container(key="zr-details"):
        part = switch(context.t("详情"), "part", parts, key="funnel")
    {"times": _times, "reasons": _reasons, "unserved": _unserved, "compare": _compare}[part](context, view)


def _times(context: Context, _view: View) -> None:
    t, own = context.t, stagetimes.clock(context)
    clocks = {stagetimes.PUSHED: t("自推送日起算"), stagetimes.DOCUMENTS: t("自材料收齐日起算")}
    ordered = {own: clocks[own], **clocks}
    start = chosen("clock", ordered)
    found = stagetimes.spans(context, context.selection, start)
    head = remember(context, "funnel.times.head", lambda: stagetimes.spans_headline(context, found), start)

    def draw() -> None:
        switch(t("决定时钟"), "clock", ordered, key="funnel")
        figure = remember(context, "funnel.times", lambda: stagetimes.spans_figure(context, found), start)
        left, right = st.columns([4, 6], gap="small")
        with left:
            origins = stagetimes.spans_origins(found)
            show_plotly(figure, key=f"funnel.times.{start}", lang=context.lang, alt=head, origins=origins)
        with right:
            html = remember(context, "funnel.times.html", lambda: stagetimes.spans_html(context, found), start)
            panel(html, key=f"funnel.times.table.{start}")

    said = t("已完成的比例随天数变化　虚线为 {n} 天").format(n=stagetimes.limit(context))
    note = f"{_unit(context, '%')}　{said}"
    show_framed(
        context, "stage-times", head, note, draw, lambda: stagetimes.spans_sheet(context, found),
        ("days_to_decision", "days_to_decision_p90", "on_time_rate"), leads=True,
    )  # fmt: skip


def _reasons(context: Context, _view: View) -> None:
    t, frame = context.t, dropoffs.reasons(context, context.selection)
    html = remember(context, "funnel.reasons.html", lambda: dropoffs.reasons_html(context, frame))
    said = t("每户按该阶段最后一条记录计一次，此后已通过的不计")
    note = f"{_unit(context, context.numbers.unit('enterprise'))}　{said}"
    head = remember(context, "funnel.reasons.head", lambda: dropoffs.reasons_headline(context, frame))
    show_framed(
        context, "drop-offs", head, note, lambda: panel(html, key="funnel.reasons"),
        lambda: dropoffs.reasons_sheet(context, frame), ("unreachable_rate", "rejected", "rejection_rate"),
    )  # fmt: skip


def _unserved(context: Context, _view: View) -> None:
    t, known = context.t, dimensions(context)
    if "visits" not in context.reported:
        st.html(note_html(t("走访记录未报送")))
        return
    dimension = known[chosen("by", {key: d.title for key, d in known.items() if key != "bank"})]
    frame = unserved.parts(context, context.selection, dimension)
    waiting = unserved.total(context, context.selection, dimension)
    head = unserved.unserved_headline(context, frame, dimension, waiting)
    said = t("说出需求后没有申报、推荐、决定或放款记录　名称已脱敏")
    note = f"{_unit(context, context.numbers.unit('enterprise'))}　{said}"

    def draw() -> None:
        left, right = st.columns([2, 5], gap="small")
        with left:
            panel(unserved.parts_html(context, frame, dimension), key="unserved.parts", on_act=follow)
        with right:
            _unserved_list(context, waiting)

    show_framed(
        context, "unserved", head, note, draw, lambda: unserved.parts_sheet(context, frame, dimension),
        ("need_rate", "applied"), leads=True,
    )  # fmt: skip


def _unserved_list(context: Context, total: float) -> None:
    """Draw one page of the list, and the way to the next, for who may see single enterprises."""
    if not may_list(context, "visits"):
        st.html(note_html(context.t("您的角色看户数，不看逐户清单")))
        return
    last = max(int(-(-total // unserved.PAGE_SIZE)) - 1, 0)
    asked = url_state.get("leaf")
    page = min(int(asked), last) if asked.isdigit() and len(asked) < 7 else 0
    st.html(unserved.list_html(context, unserved.listed(context, context.selection, page)))
    st.html(list_link(context, "need_unapplied"))
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="zr-pager"):
        st.button(
            context.t("上一页"),
            key="unserved.back",
            disabled=page == 0,
            on_click=url_state.put,
            args=("leaf", str(page - 1)),
        )
        st.html(note_html(context.t("第 {n} / {last} 页").format(n=page + 1, last=last + 1)), width="content")
        st.button(
            context.t("下一页"), key="unserved.next", disabled=page >= last, on_click=url_state.put,
            args=("leaf", str(page + 1)),
        )  # fmt: skip


def _compare(context: Context, view: View) -> None:
    t, known = context.t, {key: d for key, d in dimensions(context).items() if key != "size"}
    parameter, code = _second(context, known)
    if not code:
        st.html(note_html(t("请选择对比对象：左侧为当前筛选，右侧为所选对象。")))
        return
    dimension = known[parameter]
    names = (_own_name(context), comparison.side_name(context, dimension, code))
    places = comparison.side_places(view, parameter, code)
    frame = comparison.compared(context, view, dimension, code)
    head = comparison.pairs_headline(context, frame, names)
    said = t("两组视为相互独立，有重叠时区间偏宽；区间含 0 的差异可能只是随机波动")

    def draw() -> None:
        left, right = st.columns([5, 6], gap="small")
        with left:
            figure = remember(
                context, "funnel.pairs", lambda: comparison.pair_figure(frame, names), view, parameter, code
            )
            key, origins = f"funnel.pairs.{view.version}.{parameter}.{code}", comparison.pair_origins(frame, places)
            show_plotly(figure, key=key, lang=context.lang, alt=head, origins=origins)
        with right:
            panel(comparison.pairs_html(context, frame, names, places), key="funnel.pairs.table")

    show_framed(
        context, "comparison", head, f"{_unit(context, '%')}　{said}", draw,
        lambda: comparison.pairs_sheet(context, frame, names, places),
        ("need_rate", "application_rate", "recommendation_rate"),
        leads=True,
    )  # fmt: skip


def _second(context: Context, known: Mapping[str, Dimension]) -> tuple[str, str]:
    """Draw the choice of the second selection and return its filter and code ("" while none is chosen)."""
    t = context.t
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="zr-versus"):
        st.html(note_html(t("当前筛选（{name}）与").format(name=_own_name(context))), width="content")
        parameter = pick(t("对比维度"), "against", {key: d.title for key, d in known.items()}, key="funnel", width=150)
        options = {"": t("请选择"), **_values(context, known[parameter])}
        code = pick(t("对比对象"), "versus", options, key="funnel", width=220)
    return parameter, code


def _values(context: Context, dimension: Dimension) -> dict[str, str]:
    if dimension.key == "region":
        own = {node.code for node in (*context.profile.children(context.filters.region), *context.profile.children())}
        return {code: name for code, name in dimension.names.items() if code in own and code != context.filters.region}
    if dimension.key == "industry":
        return {node.code: node.label.short(context.lang) for node in context.profile.industries if not node.parent}
    return dict(dimension.names)


def _own_name(context: Context) -> str:
    """Return what the reader's own selection is called: the last of its filters, or the whole city."""
    profile, filters, lang = context.profile, context.filters, context.lang
    if filters.region:
        return profile.region_by_code[filters.region].label.short(lang)
    if filters.industries:
        return profile.industry_by_code[filters.industries[0]].label.short(lang)
    if filters.banks:
        return profile.bank_by_code[filters.banks[0]].label.short(lang)
    return profile.label.short(lang)
