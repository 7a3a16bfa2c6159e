"""How people come in: one at a time by a form, or many by a workbook, whose mistakes are named cell by cell."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from components.access.guard import require
from components.access.people import role_name, say, today
from components.access.records import access_store
from components.context import Context
from components.frame import XLSX, frame_head
from components.htmltable import html_table
from components.plain import plain
from data_access.access.importing import (
    Outcome,
    column_title,
    describe_wrong,
    grants_template,
    import_grants,
    read_grant,
)
from data_access.access.people import add_grants
from data_access.access.roles import ROLES, Ability, Bound
from data_access.importing import FILE_TYPES
from data_access.importing.guards import file_name

_OUTCOME = "access.outcome"
_WRONG_SHOWN = 100
_TURN = "access.turn"


def show_form(context: Context) -> None:
    """Draw the form for one grant; what there is to fill in follows from the role."""
    t, turn = context.t, st.session_state.setdefault(_TURN, 0)
    with st.container(key="zr-frame-grant"):
        st.html(frame_head(t("授权一人"), t("同一人有几个角色时逐项授权；使用时一次只以一个角色")))
        name = st.text_input(t("姓名"), key=f"access.name.{turn}", max_chars=40)
        subject = st.text_input(
            t("登录身份"), key=f"access.subject.{turn}", max_chars=200, help=t("统一身份系统给出的编号或账号，一字不差")
        )
        role = st.selectbox(
            t("角色"), tuple(ROLES), index=None, key=f"access.role.{turn}", placeholder=t("请选择"),
            format_func=lambda key: role_name(context, key),
        )  # fmt: skip
        cells = {"subject": subject or "", "name": name or "", "role": role or ""} | _bounds(context, role, turn)
        cells |= _days(context, turn)
        st.button(
            t("授权"), key="access.grant", type="primary", icon=":material/person_add:", on_click=_grant,
            args=(context, cells), disabled=not (subject and name and role),
        )  # fmt: skip


def _bounds(context: Context, role: str | None, turn: int) -> dict[str, str]:
    """Offer the places that the role may be bound to; return their codes by column of the workbook."""
    t, profile, lang = context.t, context.profile, context.lang
    bound = ROLES[role].bound_to if role else ()
    offered = {
        Bound.REGION: ("region", t("区域"), {n.code: n.label.text(lang) for n in profile.regions if n.level <= 2}),
        Bound.BANK: ("bank", t("银行"), {bank.code: bank.label.text(lang) for bank in profile.banks}),
        Bound.DEPARTMENT: (
            "department", t("部门"), {c.code: c.label.text(lang) for c in profile.codes.get("department", ())},
        ),
    }  # fmt: skip
    found = {}
    for kind in bound:
        if kind in offered:
            column, label, names = offered[kind]
            empty = t("全市") if Bound.CITY in bound else t("请选择")
            chosen = st.multiselect(
                label, tuple(names), key=f"access.{column}.{turn}", format_func=names.__getitem__, placeholder=empty
            )
            found[column] = "；".join(chosen)
    return found


def _days(context: Context, turn: int) -> dict[str, str]:
    t = context.t
    left, right = st.columns(2, gap="small")
    first = left.date_input(t("开始日期"), value=today(), key=f"access.from.{turn}", format="YYYY-MM-DD")
    last = right.date_input(
        t("结束日期"), value=None, key=f"access.until.{turn}", format="YYYY-MM-DD", help=t("当天仍有效；留空为长期")
    )
    return {"valid_from": str(first or ""), "valid_until": str(last or "")}


def _grant(context: Context, cells: Mapping[str, str]) -> None:
    t, lang = context.t, context.lang
    require(context, Ability.ADMINISTER)
    grant, wrong = read_grant(context.profile, cells, today())
    if wrong:
        told = [(column_title(one.column, lang), describe_wrong(one, context.profile, lang)) for one in wrong]
        say("bad", *(t("{column}：{problem}").format(column=column, problem=message) for column, message in told))
        return
    add_grants(access_store(), [grant], context.access)
    st.session_state[_TURN] += 1  # an empty form for the next one
    say("good", t("已授权 {name}：{role}").format(name=grant.name, role=role_name(context, grant.role)))


def show_import(context: Context) -> None:
    """Draw the import of a workbook, its template, and what became of the last one."""
    t = context.t
    with st.container(key="zr-frame-people-import"):
        st.html(frame_head(t("批量导入"), t("全部正确才写入；已有的授权不重复写入，补充名单后可再次导入")))
        st.download_button(
            t("下载模板"), lambda: grants_template(context.profile, context.lang), "zhanrong_people.xlsx", XLSX,
            key="access.template", on_click="ignore", icon=":material/description:",
        )  # fmt: skip
        with st.form("access.import", clear_on_submit=True, border=False):
            sent = st.file_uploader(
                t("选择文件"), type=list(FILE_TYPES), key="access.file", label_visibility="collapsed",
                accept_multiple_files=False,
            )  # fmt: skip
            if st.form_submit_button(t("开始导入"), type="primary", icon=":material/upload:") and sent:
                st.session_state[_OUTCOME] = _bring(context, sent.name, sent.getvalue())
                st.rerun()
        if outcome := st.session_state.get(_OUTCOME):
            _show_outcome(context, outcome)


def _bring(context: Context, name: str, content: bytes) -> Outcome:
    require(context, Ability.ADMINISTER)
    with tempfile.TemporaryDirectory(prefix="zhanrong-") as folder:
        path = Path(folder) / file_name(name)
        path.write_bytes(content)
        return import_grants(access_store(), context.profile, [path], context.access, today())


def _show_outcome(context: Context, outcome: Outcome) -> None:
    t, lang = context.t, context.lang
    if outcome.is_in:
        said = t("新增授权 {added} 项，已有 {unchanged} 项")
        st.success(said.format(added=len(outcome.added), unchanged=outcome.unchanged), icon=":material/check:")
        return
    st.error(t("没有写入任何授权，请改正后重新导入"), icon=":material/block:")
    for refusal in outcome.refusals:
        place = " · ".join(filter(None, (refusal.file, refusal.sheet)))
        st.error(plain(f"{place}：{describe_wrong(refusal, context.profile, lang)}"))
    rows = []
    for wrong in outcome.wrong[:_WRONG_SHOWN]:
        message = describe_wrong(wrong, context.profile, lang)
        where = (wrong.sheet, str(wrong.row), column_title(wrong.column, lang))
        rows.append((*where, wrong.value, message.problem, message.remedy))
    if rows:
        heads = (t("工作表"), t("行"), t("列"), t("值"), t("问题"), t("处理"))
        st.html(html_table(heads, rows, texts=(0, 2), wraps=(3, 4, 5)))
