"""The administrator's list: who holds which role for what, until when, and who gave it; and how a grant is ended."""

from datetime import UTC, date, datetime

import streamlit as st

from components import url_state
from components.access.guard import require
from components.access.records import access_store
from components.access.switch import places
from components.context import Context
from components.frame import frame_head
from components.htmltable import html_table
from components.numbers import DASH
from components.office.batches import local
from components.plain import plain
from components.switch import switch
from components.tables import note_html
from data_access.access.people import Kept, LastAdministratorError, all_grants, revoke
from data_access.access.roles import ROLES, Ability
from data_access.importing.values import key

FIND, STATE = "who", "held"
VALID, LATER, OVER, ALL = "valid", "later", "over", "all"
SAID = "access.said"
LISTED = 200


def today() -> date:
    """Return the day in the server's time zone: by it a grant begins and ends."""
    return datetime.now(UTC).astimezone().date()


def role_name(context: Context, role: str) -> str:
    """Return a role's name; one that is no longer known is shown as it was kept."""
    return ROLES[role].name.text(context.lang) if role in ROLES else role


def state_of(kept: Kept, on: date) -> str:
    """Return whether a grant holds on a day, holds only later, or is over."""
    if kept.revoked_at is not None or (kept.grant.valid_until is not None and kept.grant.valid_until < on):
        return OVER
    return VALID if kept.grant.valid_from <= on else LATER


def say(kind: str, *texts: str) -> None:
    """Keep what the page says after an act, "good" or "bad", until it is drawn again."""
    st.session_state[SAID] = [(kind, text) for text in texts]


def show_said() -> None:
    """Say, once, what came of the last act."""
    for kind, said in st.session_state.pop(SAID, ()):
        (st.success if kind == "good" else st.error)(plain(said))


def show_people(context: Context) -> None:
    """Draw the list of grants, and what ends one."""
    t, known = context.t, all_grants(access_store())
    counts = {state: sum(state_of(kept, today()) == state for kept in known) for state in (VALID, LATER, OVER)}
    people = len({kept.grant.subject for kept in known if state_of(kept, today()) == VALID})
    with st.container(key="zr-frame-people"):
        st.html(
            frame_head(
                t("{people} 人持有 {n} 项有效授权").format(people=people, n=counts[VALID]),
                t("一行一项授权；终止后仍保留记录，只是不再有效"),
            )
        )
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            names = {
                VALID: t("有效（{n}）").format(n=counts[VALID]),
                LATER: t("未开始（{n}）").format(n=counts[LATER]),
                OVER: t("已结束（{n}）").format(n=counts[OVER]),
                ALL: t("全部（{n}）").format(n=len(known)),
            }
            state = switch(t("状态"), STATE, names, key="access")
            _search(context)
        found = [kept for kept in known if state in (ALL, state_of(kept, today())) and _meets(context, kept)]
        _table(context, found)
        _ending(context, [kept for kept in known if state_of(kept, today()) != OVER and _meets(context, kept)])


def _search(context: Context) -> None:
    st.session_state["access.find"] = url_state.get(FIND)
    st.text_input(
        context.t("查找人员"), key="access.find", placeholder=context.t("姓名、登录身份、角色或单位"), max_chars=60,
        label_visibility="collapsed", width=260, icon=":material/search:",
        on_change=lambda: url_state.put(FIND, str(st.session_state["access.find"] or "").strip()),
    )  # fmt: skip


def _meets(context: Context, kept: Kept) -> bool:
    """Whether a grant has what is looked for in its person, role or places."""
    words = (kept.grant.name, kept.grant.subject, role_name(context, kept.grant.role), _places(context, kept))
    return key(url_state.get(FIND)) in key(" ".join(words))


def _places(context: Context, kept: Kept) -> str:
    return places([kept.grant], context.profile, context.t, context.lang)


def _table(context: Context, found: list[Kept]) -> None:
    t = context.t
    if not found:
        st.html(note_html(t("没有符合条件的授权")))
        return
    heads = (t("姓名"), t("登录身份"), t("角色"), t("范围"), t("开始"), t("结束"), t("授权"), t("状态"))
    st.html(
        html_table(heads, [_row(context, kept) for kept in found[:LISTED]], texts=range(8), wraps=(3, 7), cards=True)
    )
    if len(found) > LISTED:
        st.html(note_html(t("只列前 {n} 项，请用查找缩小范围").format(n=LISTED)))


def _row(context: Context, kept: Kept) -> tuple[str, ...]:
    t, grant = context.t, kept.grant
    until = grant.valid_until.isoformat() if grant.valid_until else t("长期")
    given = f"{local(kept.granted_at)} {kept.granted_by}"
    where = _places(context, kept) or t("全市")
    role = role_name(context, grant.role)
    return (grant.name, grant.subject, role, where, grant.valid_from.isoformat(), until, given, _state(context, kept))


def _state(context: Context, kept: Kept) -> str:
    t = context.t
    if kept.revoked_at is not None:
        said = t("{day} 由 {who} 终止：{reason}")
        return said.format(day=local(kept.revoked_at), who=kept.revoked_by or DASH, reason=kept.reason)
    return {VALID: t("有效"), LATER: t("未开始"), OVER: t("已到期")}[state_of(kept, today())]


def _ending(context: Context, standing: list[Kept]) -> None:
    """Offer to end one of the grants that are listed, with a reason."""
    t = context.t
    if not standing:
        return
    labels = {
        kept.grant.grant_id: " · ".join(
            filter(
                None, (kept.grant.name, kept.grant.subject, role_name(context, kept.grant.role), _places(context, kept))
            )
        )
        for kept in standing
    }
    with st.popover(t("终止授权"), icon=":material/person_off:", key="access.end"):
        chosen = st.selectbox(
            t("终止哪一项"), tuple(labels), index=None, key="access.end_grant", format_func=lambda one: labels[one],
            placeholder=t("请选择"),
        )  # fmt: skip
        reason = st.text_input(t("理由"), key="access.end_reason", max_chars=100, placeholder=t("如：调离"))
        st.button(
            t("终止"), key="access.end_go", type="primary", disabled=not (chosen and reason and reason.strip()),
            on_click=_end, args=(context, chosen or "", (reason or "").strip()),
        )  # fmt: skip


def _end(context: Context, grant_id: str, reason: str) -> None:
    t = context.t
    require(context, Ability.ADMINISTER)
    try:
        revoke(access_store(), grant_id, context.access, reason=reason, on=today())
    except LastAdministratorError:
        say("bad", t("这是最后一位管理员，终止后将无人能授权；请先授权另一位管理员"))
        return
    say("good", t("已终止。对方最迟几秒后失去这项权限。"))
