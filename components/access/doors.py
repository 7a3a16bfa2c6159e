"""What is shown instead of a page: to sign in, that somebody is not known here, that a role may not open a page."""

from collections.abc import Callable
from html import escape

import streamlit as st

from data_access.settings import SettingError
from locales import Translator


def show_door(title: str, words: str, *, alert: bool = False) -> None:
    """Say why there is no page here and what can be done about it."""
    role = ' role="alert"' if alert else ""
    st.html(f'<div class="zr-head zr-door"{role}><h1>{escape(title)}</h1><p>{escape(words)}</p></div>')


def show_sign_in(t: Translator) -> None:
    """Offer the one button that leads to the provider."""
    with st.container(key="zr-door"):
        show_door(t("湛融：小微企业融资协调"), t("请用单位的统一身份登录。"))
        if st.button(t("登录"), type="primary", key="access.sign_in", width="stretch"):
            st.login()


def show_no_header(t: Translator) -> None:
    """Say that people come here through their office's gateway."""
    with st.container(key="zr-door"):
        show_door(t("请从单位门户进入"), t("本系统由单位的统一登录网关放行，这个地址不能直接打开。"))


def show_unknown(t: Translator, subject: str, *, was_known: bool, leave: Callable[[], None] | None) -> None:
    """Say that the person is not known here, or not any more, whom to ask, and offer the way out."""
    with st.container(key="zr-door"):
        if was_known:
            title, words = t("您的使用权限不在有效期内"), t("为您登记的角色还没有生效、已经到期或已被终止。")
        else:
            title, words = t("您还不能使用本系统"), t("登录成功，但本系统还没有为您登记角色。")
        whom = t("请联系本单位的系统管理员，登记后重新打开本页。")
        show_door(title, words + whom)
        who = t("登录身份：{subject}").format(subject=subject)
        st.html(f'<p class="zr-note">{escape(who)}</p>')
        if leave is not None:
            st.button(t("退出登录"), key="access.sign_out", on_click=leave, width="stretch")


def show_refused(t: Translator, page: str, role: str) -> None:
    """Say that the role does not open this page."""
    with st.container(key="zr-door"):
        words = t("您当前的角色是“{role}”，不包含这个页面。有多个角色时可在右上角切换；确有需要，请联系系统管理员。")
        show_door(t("不能打开“{page}”").format(page=page), words.format(role=role))


def show_closed(t: Translator, error: Exception) -> None:
    """Say why nobody is served: the settings do not allow it."""
    with st.container(key="zr-door"):
        show_door(t("服务没有开放"), reason(error, t), alert=True)


def reason(error: Exception, t: Translator) -> str:
    """Return what of the settings has to be put right."""
    if isinstance(error, SettingError):
        return t("设置 {name} 的值不能用，应为：{expected}").format(name=error.name, expected=error.expected)
    named: dict[str, str] = getattr(error, "named", {})
    return t(str(error)).format(**named)
