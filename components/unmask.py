"""Revealing one masked field: an act with a reason, recorded before anything is shown, and for this session only."""

from collections.abc import Mapping

import streamlit as st

from components.access.guard import dialog, require
from components.access.records import note
from components.context import Context
from data_access.access.audit import Action
from data_access.access.roles import Ability

SHORTEST_REASON = 4
LONGEST_REASON = 200
_REVEALED = "unmask.revealed"


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
        dialog(context, t("查看一项完整内容"), _ask)(context, kind, row_id, hidden)


def _ask(context: Context, kind: str, row_id: str, hidden: Mapping[str, str]) -> None:
    t = context.t
    st.caption(t("查看者、时间、对象、字段和理由都会记入审计记录；只在本次会话中显示。"))
    field = st.selectbox(t("字段"), tuple(hidden), key="unmask.field", format_func=lambda name: hidden.get(name, name))
    reason = st.text_input(
        t("理由"), key="unmask.reason", max_chars=LONGEST_REASON, placeholder=t("例如：核对走访预约电话")
    )
    if st.button(t("确认查看"), key="unmask.go", type="primary"):
        said = (reason or "").strip()
        if field is None or len(said) < SHORTEST_REASON:
            st.error(t("请写明理由，至少 {n} 个字。").format(n=SHORTEST_REASON))
            return
        reveal(context, kind, row_id, field, said)
        st.rerun()


def reveal(context: Context, kind: str, row_id: str, field: str, reason: str) -> None:
    """Record who reveals which field of which row and why, then show it for the rest of the session.

    Raises ``NotAllowedError`` where the role may not; what cannot be recorded is not revealed either.
    """
    require(context, Ability.UNMASK)
    note(context.access, Action.UNMASK, filters=f"{kind}={row_id}", rows=1, detail=f"{field}: {reason}")
    known = st.session_state.get(_REVEALED, frozenset())
    st.session_state[_REVEALED] = known | {(context.access, kind, row_id, field)}
