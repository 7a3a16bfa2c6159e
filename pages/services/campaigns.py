"""活动成效: did the meetings lead to credit, where do officers and publicity reach, and what do they leave out."""

from collections.abc import Callable
from html import escape

import streamlit as st

from components import url_state
from components.campaigns import detail, effect, outcomes, places, reach, staff, staffmap
from components.campaigns.reading import (
    GROUPS,
    Asked,
    asked,
    held,
    is_narrowed,
    kinds,
    register,
    themes,
    watched_until,
)
from components.context import Context
from components.empty import show_empty
from components.frame import show_framed, show_map, show_plotly
from components.header import go, show_frame
from components.mapclick import clicked, show_click
from components.origins import ask
from components.panel import panel
from components.reads import remember
from components.rights import may_list
from components.sheet import Sheet
from components.switch import chosen, pick, switch
from components.tables import note_html
from components.viewport import fitting
from locales import N_

PARTS = {
    "outcomes": N_("活动与成效"),
    "effect": N_("参会与未参会"),
    "places": N_("时间与地点"),
    "officers": N_("金融三员"),
    "publicity": N_("宣传"),
}
NEEDS = {"outcomes": "events", "effect": "events", "places": "events", "officers": "officers", "publicity": "publicity"}
MAP_HEIGHT = 440


def render(context: Context) -> None:
    """Draw the page."""
    t, numbers = context.t, context.numbers
    as_of = [(t("活动登记"), numbers.day(context.filters.as_of))] if "events" in context.reported else []
    credit = context.as_of("decisions", "loans")
    as_of += [(t("授信与放款"), numbers.day(credit))] if credit else []
    show_frame(context, t("活动成效"), as_of)
    if not context.has_data:
        show_empty(context)
        return
    with st.container(key="zr-parts"):
        part = switch(t("内容"), "part", {key: t(name) for key, name in PARTS.items()}, key="campaigns")
    if NEEDS[part] not in context.reported:
        st.html(note_html(t("{name}：未报送").format(name=t(PARTS[part]))))
        return
    {"outcomes": _outcomes, "effect": _effect, "places": _places, "officers": _officers, "publicity": _publicity}[part](
        context
    )


def follow(action: str) -> None:
    """Follow a mark: open a meeting, or filter by theme, type or region."""
    verb, _, code = action.partition(":")
    if verb in {"region", "bank"}:
        go(action)
    if verb in {"theme", "kind"}:
        url_state.put(verb, code)
        url_state.clear("by")
    if verb == "event":
        url_state.clear("leaf")
        url_state.put("part", None)
        url_state.put("event", None if url_state.get("event") == code else code)


def _question(context: Context) -> Asked:
    """Draw the filters by theme and type and return what is asked."""
    t = context.t
    with st.container(horizontal=True, gap="small", key="zr-campaign-filters"):
        pick(t("主题"), "theme", themes(context), key="campaigns", width=170)
        pick(t("活动类型"), "kind", kinds(context), key="campaigns", width=190)
    return asked(context)


def _until(context: Context) -> str:
    return context.t("截至 {day}").format(day=context.numbers.day(watched_until(context)))


# ---- what the meetings brought --------------------------------------------------------------------------------------


def _outcomes(context: Context) -> None:
    t = context.t
    question = _question(context)
    said = remember(context, "campaigns.conclusion", lambda: outcomes.conclusion(context, question), question.key)
    st.html(f'<div class="zr-conclusion" role="status">{escape(said)}</div>')
    panel(
        remember(context, "campaigns.cards", lambda: outcomes.headline_html(context, question), question.key),
        key="campaigns.cards",
    )
    if register(context, question).empty:
        st.html(note_html(t("没有符合条件的活动")))
        return
    _table(context, question)
    row = detail.meeting(context, question, url_state.get("event"))
    if row is not None:
        _meeting(context, question, str(row["event_id"]))


def _table(context: Context, question: Asked) -> None:
    t, event = context.t, url_state.get("event")
    groups = {key: t("按{dimension}").format(dimension=t(title)) for key, (_, title) in GROUPS.items()}
    group = chosen("by", groups)
    head = remember(
        context, "campaigns.head", lambda: outcomes.table_headline(context, question, group), question.key, group
    )

    def draw() -> None:
        switch(t("分组"), "by", groups, key="campaigns")
        html = remember(
            context, "campaigns.rows", lambda: outcomes.table_rows_html(context, question, group, event),
            question.key, group, event,
        )  # fmt: skip
        panel(html, key="campaigns.rows", on_act=follow)
        st.html(note_html(t(
            "①意向计全部参会企业；②授信、③放款只计中小微企业在活动后 90 天内从参会银行获得的；"
            "非中小微企业不计入转化；灰色斜线为未满 90 天，不计入比率。③含活动前获批、活动后支用的。三个金额不相加。"
        )))  # fmt: skip
        if group == "event" and is_narrowed(context):
            st.html(note_html(t("①意向为整场活动登记的金额，其余各列只计所选范围内的企业。")))

    show_framed(
        context, "meetings", head, "　".join((t("单位：户、元"), _until(context), t("点击一行查看名单或筛选"))), draw,
        lambda: outcomes.table_sheet(context, question, group),
        ("events", "event_participants", "intent_amount", "intent_conversion", "intent_fulfilment"), leads=True,
    )  # fmt: skip


def _meeting(context: Context, question: Asked, code: str) -> None:
    row = detail.meeting(context, question, code)
    if row is None:
        return
    people = detail.participants(context, question, code)
    t, lists = context.t, may_list(context, "event_participants")
    listed = people if lists else people.iloc[:0]

    def draw() -> None:
        st.html(detail.detail_html(context, row, people))
        if not lists:
            st.html(note_html(context.t("您的角色看户数，不看逐户清单")))
            return
        last = max(-(-len(listed) // detail.PAGE_SIZE) - 1, 0)
        page = _leaf(last)
        st.html(detail.participants_html(context, listed, page, row))
        if last:
            _pager(context, page, last)

    note = _until(context)
    if lists:
        words = t("点击进入企业页") if context.may_see_names else t("名称已脱敏，点击进入企业页")
        note = f"{words}　{note}"
    show_framed(
        context, "meeting", str(row["title"]), note, draw, lambda: detail.participants_sheet(context, listed),
        ("intent_amount", "intent_conversion", "intent_fulfilment"), leads=True,
    )  # fmt: skip


def _leaf(last: int) -> int:
    text = url_state.get("leaf")
    return min(int(text), last) if text.isdigit() and len(text) < 7 else 0


def _pager(context: Context, page: int, last: int) -> None:
    t = context.t
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="zr-pager"):
        st.button(
            t("上一页"), key="meeting.back", disabled=page == 0, on_click=url_state.put, args=("leaf", str(page - 1))
        )
        st.html(note_html(t("第 {n} / {last} 页").format(n=page + 1, last=last + 1)), width="content")
        st.button(
            t("下一页"), key="meeting.next", disabled=page >= last, on_click=url_state.put, args=("leaf", str(page + 1))
        )


# ---- did it help ----------------------------------------------------------------------------------------------------


def _effect(context: Context) -> None:
    t, question = context.t, _question(context)
    if not {"event_participants", "decisions"} <= context.reported:
        st.html(note_html(t("参会名单或授信决定未报送，无法比较")))
        return
    views = {"compare": t("比较"), "balance": t("两组是否可比")}
    with st.container(key="zr-effect-views"):
        view = switch(t("显示"), "view", views, key="campaigns")
    {"compare": _compare, "balance": _balance}[view](context, question)


def _compare(context: Context, question: Asked) -> None:
    t = context.t
    head = remember(context, "campaigns.effect.head", lambda: effect.headline(context, question), question.key)

    def draw() -> str:
        return effect.rows_html(context, question) + effect.notes_html(context, question)

    html = remember(context, "campaigns.effect.rows", draw, question.key)
    note = "　".join((t("90天内首次获授信的比例（%）"), t("对照为描述性，非因果结论"), _until(context)))
    show_framed(
        context, "effect", head, note, lambda: panel(html, key="campaigns.effect.panel"),
        lambda: effect.sheet(context, question), ("intent_conversion", "approved"),
    )  # fmt: skip


def _balance(context: Context, question: Asked) -> None:
    t, found = context.t, effect.comparisons(context, question)["all"]
    if found.refusal:
        st.html(note_html(effect.refused(context, found)))
        return
    title = remember(
        context, "campaigns.balance.head", lambda: effect.balance_headline(context, question), question.key
    )
    said = t("单位：标准差　差异最大的各项；虚线之间为小差异。阶段按各场活动中间一场的日期统计")
    figure = remember(context, "campaigns.balance.plot", lambda: effect.balance_plot(context, question), question.key)
    show_framed(
        context, "balance", title, f"{said}　{_until(context)}",
        lambda: show_plotly(figure, key="campaigns.balance", lang=context.lang, alt=title),
        lambda: effect.balance_sheet(context, question), (),
    )  # fmt: skip


# ---- when and where -------------------------------------------------------------------------------------------------


def _places(context: Context) -> None:
    t, question = context.t, _question(context)
    if register(context, question).empty:
        st.html(note_html(t("没有符合条件的活动")))
        return
    left, right = st.columns([6, 5], gap="small")
    with left:
        _timeline(context, question)
    with right:
        _map(context, question)
    _around(context, question)


def _timeline(context: Context, question: Asked) -> None:
    t = context.t
    head = places.timeline_headline(context, question)
    figure = remember(context, "campaigns.timeline", lambda: places.timeline(context, question), question.key)

    def draw() -> None:
        show_plotly(
            figure, key="campaigns.timeline", lang=context.lang, alt=head, on_pick=lambda code: follow(f"event:{code}")
        )
        title = escape(t("即将举办"))
        st.html(f'<h4 class="zr-sub">{title}</h4>{places.coming_html(context, question)}')

    said = t("单位：户　圆越大参会企业越多；浅色带为活动后 90 天　点击打开活动")
    note = f"{said}　{_until(context)}"
    show_framed(
        context, "timeline", head, note, draw, lambda: places.timeline_sheet(context, question),
        ("events", "event_participants"), leads=True,
    )  # fmt: skip


def _map(context: Context, question: Asked) -> None:
    head = places.map_headline(context, question)
    size = fitting(places.SIZE)
    drawn = remember(context, "campaigns.map", lambda: places.map_deck(context, question, size), question.key, size)

    def draw() -> None:
        if drawn is None:
            return
        deck, scale = drawn
        show_map(
            deck, key="campaigns.map", height=MAP_HEIGHT, alt=head, lang=context.lang,
            on_pick=clicked(lambda code: go(f"region:{code}"), lambda code: places.attendants(question, code)),
        )  # fmt: skip
        st.html(places.legend_html(context, scale))
        show_click(context, "campaigns")

    note = context.t("参会企业（户，按企业所在地，每户计一次）　点击筛选　{until}").format(until=_until(context))
    show_framed(
        context, "attendants-map", head, note, draw, lambda: outcomes.table_sheet(context, question, "region"),
        ("event_participants", "intent_conversion"), leads=True,
    )  # fmt: skip


def _around(context: Context, question: Asked) -> None:
    if held(context, question).empty or "decisions" not in context.reported:
        return
    html = remember(context, "campaigns.around.html", lambda: places.around_html(context, question), question.key)

    def draw() -> None:
        panel(html, key="campaigns.around", on_act=follow)
        st.html(note_html(places.around_note(context)))

    said = context.t("活动前后各 90 天，活动所在县首次获授信的企业（日均户数）")
    note = f"{said}　{_until(context)}"
    show_framed(
        context, "around", places.around_headline(context, question), note, draw,
        lambda: places.around_sheet(context, question), ("approved",), leads=True,
    )  # fmt: skip


# ---- officers and publicity -----------------------------------------------------------------------------------------


def _officers(context: Context) -> None:
    t, day = context.t, context.numbers.day(context.filters.as_of)
    panel(remember(context, "campaigns.staff.cards", lambda: staff.cards(context)), key="campaigns.staff.cards")
    left, right = st.columns([5, 6], gap="small")
    with left:
        head = staffmap.map_headline(context)
        size = fitting(staffmap.SIZE)
        deck = remember(context, "campaigns.staff.map", lambda: staffmap.map_deck(context, size), size)

        def draw() -> None:
            if deck is not None:
                show_map(
                    deck, key="campaigns.staff", height=MAP_HEIGHT, alt=head, lang=context.lang,
                    on_pick=lambda code: ask(staffmap.origin(code).text()) if staffmap.is_town(context, code) else None,
                )  # fmt: skip
                st.html(staffmap.legend_html(context))

        note = t("单位：镇街　截至 {day}　有无在岗金融助理员").format(day=day)
        show_framed(context, "gaps", head, note, draw, lambda: staff.gaps_sheet(context), ("assistant_coverage",))
    with right:
        _framed_table(context, "coverage", staff.coverage_headline, staff.coverage_html, staff.coverage_sheet)
    _framed_table(context, "officers-banks", staff.banks_headline, staff.banks_html, staff.banks_sheet)
    st.html(note_html(staff.limits(context)))


def _framed_table(
    context: Context,
    key: str,
    head: Callable[[Context], str],
    html: Callable[[Context], str],
    sheet: Callable[[Context], Sheet],
) -> None:
    t = context.t
    drawn = remember(context, f"campaigns.table.{key}", lambda: html(context))
    note = t("金融三员　单位见表头　截至 {day}").format(day=context.numbers.day(context.filters.as_of))
    show_framed(
        context, key, head(context), note, lambda: panel(drawn, key=f"campaigns.{key}", on_act=follow),
        lambda: sheet(context), ("assistant_coverage", "commissioner_coverage", "enterprises_per_officer"), leads=True,
    )  # fmt: skip


def _publicity(context: Context) -> None:
    t = context.t
    if reach.items(context).empty:
        st.html(note_html(t("这段时间没有宣传记录")))
        return
    panel(remember(context, "campaigns.reach.cards", lambda: reach.cards(context)), key="campaigns.reach.cards")
    head = reach.headline(context)
    figure = remember(context, "campaigns.reach.figure", lambda: reach.figure(context))
    table = remember(context, "campaigns.reach.table", lambda: reach.channels_html(context))

    def draw() -> None:
        left, right = st.columns([5, 3], gap="small")
        with left:
            show_plotly(figure, key="campaigns.reach", lang=context.lang, alt=head, origins=reach.origins(context))
        with right:
            panel(table, key="campaigns.channels")
            st.html(note_html(reach.limits(context)))

    day = context.numbers.day(context.filters.as_of)
    note = t("上：宣传发布（份、篇）；下：每周新增走访（户）　截至 {day}").format(day=day)
    visits = context.as_of("visits")
    if visits and visits < context.filters.as_of:
        note += t("，走访截至 {day}").format(day=context.numbers.day(visits))
    show_framed(
        context, "publicity", head, note, draw, lambda: reach.sheet(context),
        ("handbooks", "articles", "article_views", "visited"),
    )  # fmt: skip
