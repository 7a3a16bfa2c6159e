"""The auditor's list: who did what, when, in which role and scope; narrowed, paged, taken out as a file, checked."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import streamlit as st

from components import url_state
from components.access.guard import require
from components.access.people import role_name
from components.access.records import access_store
from components.context import Context
from components.export import Part, Table
from components.exportbox import Offer, show_export_box
from components.frame import frame_head
from components.htmltable import html_table
from components.numbers import count
from components.tables import note_html
from components.watermark import mark, reader
from data_access.access.audit import (
    ACTION_TITLES,
    PAGE_ROWS,
    Action,
    Asked,
    Event,
    count_events,
    events,
    stream_events,
    verify,
)
from data_access.access.roles import OPEN_ROLE, Ability

PERSON, ACTION, SINCE, UNTIL, OLDER, NEWER = "actor", "act", "first", "last", "older", "newer"
PLACE = (OLDER, NEWER)
_VERDICT = "audit.verdict"


def show_log(context: Context) -> None:
    """Draw the filters, a page of events, and what leads to the pages around it."""
    t, asked = context.t, asked_for()
    total = count_events(access_store(), asked)
    with st.container(key="zr-frame-audit"):
        st.html(frame_head(t("{n} 条记录").format(n=count(total)), t("最新的在前；记录只增不改，时间为本单位时间")))
        _filters(context, asked, total)
        found = _page(asked)
        if not found:
            st.html(note_html(t("没有符合条件的记录")))
        else:
            st.html(
                html_table(
                    titles(context),
                    [_texts(context, one) for one in found],
                    texts=range(7),
                    wraps=(3, 5, 6),
                    cards=True,
                )
            )
            _pager(context, asked, found)


def asked_for() -> Asked:
    """Return what the address asks for; what it says wrongly is left out."""
    actions = tuple(Action(code) for code in url_state.get_all(ACTION) if code in set(Action))
    since, until = _day(SINCE), _day(UNTIL)
    return Asked(
        url_state.get(PERSON), actions, _utc(since) if since else None,
        _utc(until + timedelta(days=1)) if until and until < date.max else None,
    )  # fmt: skip


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(url_state.get(name))
    except ValueError:
        return None


def _utc(day: date) -> datetime:
    """Return when a day begins here, in UTC as the audit keeps it; at the ends of the calendar, there."""
    try:
        return datetime.combine(day, time()).astimezone(UTC).replace(tzinfo=None)
    except (OverflowError, ValueError):
        return datetime.combine(day, time())


def _page(asked: Asked) -> tuple[Event, ...]:
    older, newer = url_state.get(OLDER), url_state.get(NEWER)
    if newer.isdecimal() and len(newer) < 10:
        found = events(access_store(), asked, after=int(newer))
        # A page that is not full begins at the newest event.
        return found if len(found) == PAGE_ROWS else events(access_store(), asked)
    before = int(older) if older.isdecimal() and len(older) < 10 else None
    return events(access_store(), asked, before=before)


def _filters(context: Context, asked: Asked, total: int) -> None:
    t = context.t
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="zr-audit-bar"):
        st.session_state["audit.person"] = asked.person
        st.text_input(
            t("人员"), key="audit.person", placeholder=t("姓名或登录身份"), max_chars=60, width=180,
            on_change=_keep, args=(PERSON,),
        )  # fmt: skip
        st.session_state["audit.act"] = list(asked.actions)
        st.multiselect(
            t("操作"), tuple(Action), key="audit.act", format_func=lambda one: t(ACTION_TITLES[one]), width=300,
            placeholder=t("全部"), on_change=_keep, args=(ACTION,),
        )  # fmt: skip
        for name, label in ((SINCE, t("自")), (UNTIL, t("至"))):
            st.session_state[f"audit.{name}"] = _day(name)
            st.date_input(
                label, value=None, key=f"audit.{name}", format="YYYY-MM-DD", width=150, on_change=_keep, args=(name,)
            )
        show_export_box(context, _offer(context, asked, total))


def _keep(name: str) -> None:
    value = st.session_state[f"audit.{'person' if name == PERSON else name}"]
    url_state.clear(*PLACE)
    text = url_state.SEPARATOR.join(value) if isinstance(value, list) else str(value or "").strip()
    url_state.put(name, text)


def titles(context: Context) -> tuple[str, ...]:
    """Return the heads of the columns."""
    t = context.t
    return (t("时间"), t("人员"), t("角色"), t("范围"), t("操作"), t("内容"), t("详情"), t("行数"))


def _texts(context: Context, event: Event) -> tuple[str, ...]:
    rows = count(event.rows) if event.rows is not None else ""
    return (*_cells(context, event), rows)


def _cells(context: Context, event: Event) -> tuple[str, ...]:
    t = context.t
    when = event.at.replace(tzinfo=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    who = event.name if event.name == event.subject else " ".join(filter(None, (event.name, event.subject)))
    role = OPEN_ROLE.name.text(context.lang) if event.role == OPEN_ROLE.key else role_name(context, event.role)
    role = role or (t("命令行") if event.how == "shell" else "")
    action = t(ACTION_TITLES[Action(event.action)]) if event.action in set(Action) else event.action
    return (when, who or t("未登录"), role, scope_words(context, event.scope), action, event.filters, event.detail)


def scope_words(context: Context, scope: str) -> str:
    """Return a kept scope in words; codes the city no longer knows stay codes."""
    profile, lang, found = context.profile, context.lang, []
    for part in scope.split():
        kind, _, codes = part.partition("=")
        for code in filter(None, codes.split(";")):
            region, bank = profile.region_by_code.get(code), profile.bank_by_code.get(code)
            known = {"regions": region, "banks": bank}.get(kind)
            label = known.label if known else profile.code_label("department", code) if kind == "departments" else None
            found.append(label.text(lang) if label else code)
    return context.t("、").join(found)


def _pager(context: Context, asked: Asked, found: tuple[Event, ...]) -> None:
    t, store = context.t, access_store()
    newer = bool(events(store, asked, after=found[0].seq, limit=1))
    older = bool(events(store, asked, before=found[-1].seq, limit=1))
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="zr-audit-pager"):
        st.button(
            t("较新"), key="audit.newer", icon=":material/chevron_left:", disabled=not newer, on_click=_turn,
            args=(NEWER, found[0].seq),
        )  # fmt: skip
        st.button(
            t("较早"), key="audit.older", icon=":material/chevron_right:", disabled=not older, on_click=_turn,
            args=(OLDER, found[-1].seq),
        )  # fmt: skip
        if newer:
            st.button(t("回到最新"), key="audit.first", type="tertiary", on_click=url_state.clear, args=PLACE)
        st.html(note_html(t("每页 {n} 行").format(n=PAGE_ROWS)), width="content")


def _turn(name: str, seq: int) -> None:
    url_state.clear(*PLACE)
    url_state.put(name, str(seq))


# ---- as a file -------------------------------------------------------------------------------------------------------


def _offer(context: Context, asked: Asked, total: int) -> Offer:
    t = context.t
    words = [asked.person, *(t(ACTION_TITLES[one]) for one in asked.actions)]
    words += [f"{_day(SINCE) or ''}–{_day(UNTIL) or ''}"] if asked.since or asked.until else []
    described = " · ".join([t("审计记录"), *filter(None, words)])
    return Offer(
        key="audit",
        total=total,
        said=t("导出符合条件的全部 {n} 条记录；导出本身也会记录").format(n=count(total)),
        stem="audit",
        needs=Ability.AUDIT,
        table=lambda taken: _table(context, asked, described, taken),
        described=described,
        detail=lambda kind: f"{kind} audit",
    )


def _table(context: Context, asked: Asked, described: str, taken: datetime) -> Table:
    t = context.t
    return Table(
        name=t("审计记录"),
        notes_name=t("口径与说明"),
        headers=(t("序号"), *titles(context)),
        kinds=("number", *("text",) * 7, "number"),
        parts=_parts(context, asked),
        notes=((t("内容"), described),),
        mark=mark(context, reader(context), taken),
    )


def _parts(context: Context, asked: Asked) -> Iterator[Part]:
    for part in stream_events(access_store(), asked):
        yield [(event.seq, *_cells(context, event), event.rows) for event in part]


# ---- the check -------------------------------------------------------------------------------------------------------


def show_check(context: Context) -> None:
    """Draw the check of the chain: that no event was changed, removed, added or moved."""
    t = context.t
    with st.container(key="zr-frame-check"):
        said = t("每条记录带有前一条的摘要；抄下末条摘要另存，下次核对时填入，可发现整段被换掉")
        st.html(frame_head(t("核对记录是否完整"), said))
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            st.text_input(t("以前抄下的摘要（可不填）"), key="audit.known", max_chars=64, width=420)
            st.button(t("核对"), key="audit.verify", icon=":material/verified:", on_click=_check, args=(context,))
        if found := st.session_state.get(_VERDICT):
            if found.holds:
                st.success(t("{n} 条审计记录完整，末条摘要：{digest}").format(n=count(found.rows), digest=found.digest))
            else:
                st.error(t("审计记录从第 {row} 条起被改动或缺失").format(row=count(found.broken)))


def _check(context: Context) -> None:
    require(context, Ability.AUDIT)
    st.session_state[_VERDICT] = verify(access_store(), str(st.session_state["audit.known"] or "").strip())
