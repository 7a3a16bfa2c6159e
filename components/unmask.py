"""Revealing one masked field: an act with a reason, recorded before anything is shown, and for this session only."""

from collections.abc import Mapping
from contextlib import suppress

import streamlit as st

from components.access.guard import dialog, require
from components.access.records import note
from components.context import Context
from components.errors import NotAllowedError
from data_access.access.audit import Action
from data_access.access.roles import Ability

SHORTEST_REASON = 4
LONGEST_REASON = 200
_REVEALED, _OUTCOME, _FIELD, _REASON = "unmask.revealed", "unmask.outcome", "unmask.field", "unmask.reason"
_DONE = "done"


def is_revealed(context: Context, kind: str, row_id: str, field: str) -> bool:
    """Whether the reader, in this role and session, has revealed a field of a row; ``kind`` is what the row is."""
    return (context.access, kind, row_id, field) in st.session_state.get(_REVEALED, frozenset())


def offer(context: Context, kind: str, row_id: str, fields: Mapping[str, str]) -> None:
    """Offer to reveal one of ``fields`` (name and title), if the reader may and any is still masked."""
    hidden = {name: title for name, title in fields.items() if not is_revealed(context, kind, row_id, name)}
    if not hidden or not context.access.may(Ability.UNMASK):
        return
    t = context.t
    if st.button(t("查看一项完整内容"), key=f"unmask.{kind}", icon=":material/visibility:", type="tertiary"):
        st.session_state.pop(_OUTCOME, None)
        dialog(context, t("查看一项完整内容"), _ask)(context, kind, row_id, hidden)


def _ask(context: Context, kind: str, row_id: str, hidden: Mapping[str, str]) -> None:
    t, outcome = context.t, st.session_state.pop(_OUTCOME, "")
    if outcome == _DONE:  # what closes the dialog and draws the page anew
        st.rerun()
    st.caption(t("查看者、时间、对象、字段和理由都会记入审计记录；只在本次会话中显示。"))
    st.selectbox(t("字段"), tuple(hidden), key=_FIELD, format_func=lambda name: hidden.get(name, name))
    st.text_input(t("理由"), key=_REASON, max_chars=LONGEST_REASON, placeholder=t("例如：核对走访预约电话"))
    st.button(t("确认查看"), key="unmask.go", type="primary", on_click=_confirm, args=(context, kind, row_id))
    if outcome:
        st.error(t("请写明理由，至少 {n} 个字。").format(n=SHORTEST_REASON))


def _confirm(context: Context, kind: str, row_id: str) -> None:
    field, reason = st.session_state.get(_FIELD), str(st.session_state.get(_REASON) or "").strip()
    if not field or len(reason) < SHORTEST_REASON:
        st.session_state[_OUTCOME] = "short"
        return
    with suppress(NotAllowedError):  # recorded as refused; the page that is drawn anew says so
        reveal(context, kind, row_id, str(field), reason)
    st.session_state[_OUTCOME] = _DONE


def reveal(context: Context, kind: str, row_id: str, field: str, reason: str) -> None:
    """Record who reveals which field of which row and why, then show it for the rest of the session.

    Raises ``NotAllowedError`` where the role may not; what cannot be recorded is not revealed either.
    """
    require(context, Ability.UNMASK)
    note(context.access, Action.UNMASK, filters=f"{kind}={row_id}", rows=1, detail=f"{field}: {reason}")
    known = st.session_state.get(_REVEALED, frozenset())
    st.session_state[_REVEALED] = known | {(context.access, kind, row_id, field)}
