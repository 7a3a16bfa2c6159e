"""行业分析: which industries does the mechanism reach, where, and what is mix and what is performance."""

from html import escape

import streamlit as st

from components import url_state
from components.context import Context
from components.dimensions import Dimension, follow, industries
from components.empty import show_empty
from components.frame import show_framed, show_plotly
from components.header import show_frame
from components.industries import industryview, mixview
from components.industries.industryview import CREDIT
from components.panel import mark, panel
from components.reads import remember
from components.situation import LIST_TABLES
from components.switch import chosen, pick, switch, toggle
from metrics.catalogue import metric


def render(context: Context) -> None:
    """Draw the page."""
    t, numbers = context.t, context.numbers
    visits, lists = context.as_of("visits"), context.as_of(*LIST_TABLES)
    as_of = [(t("走访"), numbers.day(visits))] if visits else []
    as_of += [(t("清单与授信"), numbers.day(lists))] if lists else []
    show_frame(context, t("行业分析"), as_of)
    if not context.has_data:
        show_empty(context)
        return
    rows = industries(context)
    shown = industryview.shown(context)
    columns = industryview.region_dimension(context)
    if rows is None or not shown or not industryview.reaches_anyone(context, rows, columns):
        show_empty(context, filtered=True)
        return
    key = _controls(context, shown)
    if columns is not None:
        _heat(context, rows, columns, key)
    left, right = st.columns([6, 5], gap="small")
    with left:
        _rates(context, rows, columns)
    with right:
        _split(context, rows, columns, key)


def _controls(context: Context, shown: tuple[str, ...]) -> str:
    """Draw the switch of the metric and the way back from an industry, and return the metric."""
    _industry_crumbs(context)
    names = {key: context.numbers.name(metric(key)) for key in shown}
    with st.container(key="zr-switch"):
        return switch(context.t("指标"), "show", names, key="industries")


def _industry_crumbs(context: Context) -> None:
    profile, chosen_codes = context.profile, context.filters.industries
    if len(chosen_codes) != 1:
        return
    node = profile.industry_by_code[chosen_codes[0]]
    steps = [("", context.t("全部行业"))]
    parent = profile.industry_by_code.get(node.parent)
    steps += [(parent.code, parent.label.short(context.lang))] if parent else []
    links = "".join(f"<span {mark('industry', code)}>{escape(name)}</span> › " for code, name in steps)
    html = f'<nav class="zr-crumbs">{links}<b>{escape(node.label.short(context.lang))}</b></nav>'
    panel(html, key="industries.crumbs", on_act=lambda act: url_state.put("industry", act.partition(":")[2]))


# ---- heat map -----------------------------------------------------------------------------------------------------


def _heat(context: Context, rows: Dimension, columns: Dimension, key: str) -> None:
    t, shrink = context.t, url_state.get("shrink") == "1"
    heat = remember(
        context, "industries.heat", lambda: industryview.build_heat(context, rows, columns, key, shrink=shrink),
        key, shrink, rows.column, columns.column,
    )  # fmt: skip
    html = remember(
        context, "industries.heat.html", lambda: industryview.heat_html(context, heat), key, shrink, rows.column
    )
    head = remember(
        context, "industries.heat.head", lambda: industryview.heat_headline(context, heat), key, shrink, rows.column
    )

    def draw() -> None:
        if key != CREDIT:
            toggle(t("颜色按小样本收缩（数字不变）"), "shrink", key="industries")
        panel(html, key="industries.heat", on_act=_follow)

    small = int(context.profile.settings.get("small_cell", 5))
    said = t("n 为分母户数，不足 {small} 户不着色　点击行业或单元格可下钻").format(small=small)
    if shrink and key != CREDIT:
        said = t("颜色为经验贝叶斯收缩值：向同行业各地的平均靠拢，样本越少靠得越近　数字为原始值，n 为分母户数")
    show_framed(
        context, "heat", head, f"{_unit(context, heat.unit[1])}　{said}", draw,
        lambda: industryview.heat_sheet(context, heat), (key,), leads=True,
    )  # fmt: skip


def _unit(context: Context, unit: str) -> str:
    """Return what every frame says first: its unit, and the day the lists are reported up to."""
    day = context.numbers.day(context.as_of(*LIST_TABLES))
    return context.t("单位：{unit}　截至 {day}").format(unit=unit, day=day)


def _follow(action: str) -> None:
    """Follow a mark; "cell:REGION|INDUSTRY" sets both filters."""
    verb, _, value = action.partition(":")
    if verb != "cell":
        follow(action)
        return
    region, _, industry = value.partition("|")
    url_state.put("region", region)
    url_state.put("industry", industry)


# ---- rates of every industry ----------------------------------------------------------------------------------------


def _rates(context: Context, rows: Dimension, columns: Dimension | None) -> None:
    t, chains = context.t, industryview.chains(context)
    groups = {"industry": rows} | ({"chain": chains} if chains else {})
    group = groups[chosen("by", {name: d.title for name, d in groups.items()})]

    def draw() -> None:
        if len(groups) > 1:
            switch(t("分组"), "by", {name: d.title for name, d in groups.items()}, key="industries")
        html = remember(
            context,
            "industries.rates",
            lambda: industryview.profile_html(context, group, columns),
            group.key,
            group.column,
        )
        panel(html, key=f"industries.rates.{group.key}", on_act=follow)

    head = t("各{group}的渗透、需求、获批与户均授信").format(group=group.title)
    note = _unit(context, t("见表头")) + "　" + t("小字为 95% 区间")
    if group.key == "chain":
        note += t("　一户可属多条产业链，各链不可相加")
    show_framed(
        context, "industry-rates", head, note, draw, lambda: industryview.profile_sheet(context, group, columns),
        (*industryview.RATES, CREDIT), leads=True,
    )  # fmt: skip


# ---- mix and performance ------------------------------------------------------------------------------------------


def _split(context: Context, rows: Dimension, columns: Dimension | None, key: str) -> None:
    t = context.t
    kinds = {mixview.REGIONS: columns.title} if columns else {}
    kinds |= {mixview.MONTHS: t("月份")}
    kind = chosen("effect", kinds)
    options = (
        mixview.months(context)
        if kind == mixview.MONTHS
        else remember(
            context, "industries.split.regions", lambda: mixview.regions(context, rows, columns, key), key, rows.column
        )
    )
    if len(options) < 2:
        return
    ends = (next(iter(options)), list(options)[-1])
    default = mixview.default_months(options, context.filters.as_of) if kind == mixview.MONTHS else ends
    pair = (chosen("other", options, default[0]), chosen("versus", options, default[1]))
    found = mixview.split(context, key, kind, pair, rows, columns, options)
    head = mixview.split_headline(context, found)

    def draw() -> None:
        with st.container(horizontal=True, gap="small", key="zr-split-bar"):
            switch(t("比较"), "effect", kinds, key="industries")
            pick(t("甲"), "other", options, key="industries", width=140, default=default[0])
            pick(t("乙"), "versus", options, key="industries", width=140, default=default[1])
        figure = remember(
            context,
            "industries.split.figure",
            lambda: mixview.split_figure(context, found),
            key,
            kind,
            pair,
            rows.column,
        )
        shown = ".".join((key, kind, *pair, *context.filters.industries))
        show_plotly(
            figure, key=f"industries.split.{shown}", lang=context.lang, alt=head,
            origins=mixview.split_origins(context, found),
        )  # fmt: skip
        st.html(mixview.split_html(context, found))

    unit = mixview.unit_of(context, found)[1]
    unit = context.numbers.per_enterprise(unit) if key == CREDIT else unit
    said = t("{metric}之差按行业分解（Kitagawa）：结构不同带来的部分与同行业内表现不同带来的部分").format(
        metric=context.numbers.name(metric(key))
    )
    note = "　".join((_unit(context, unit), said))
    show_framed(context, "split", head, note, draw, lambda: mixview.split_sheet(context, found), (key,), leads=True)
