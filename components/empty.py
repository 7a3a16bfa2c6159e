"""What a page shows when there is nothing to show: why, and what to do about it."""

from html import escape

import streamlit as st

from components import url_state
from components.context import Context


def show_empty(context: Context, *, filtered: bool = False) -> None:
    """Say that the store is empty, or (``filtered``) that nothing matches the filters, and offer the way out."""
    t = context.t
    to_data = t("打开数据管理")
    if filtered:
        title, advice = t("没有符合筛选条件的经营主体"), t("请放宽筛选条件，或重置后重新选择。")
    else:
        title, advice = t("还没有数据"), t("请在“数据管理”页面导入工作簿；模板可在那里下载。")
    way = "" if filtered else f'<p><a href="data?lang={context.lang}" target="_self">{escape(to_data)}</a></p>'
    st.html(f'<div class="zr-empty"><h2>{escape(title)}</h2><p>{escape(advice)}</p>{way}</div>')
    if filtered:
        st.button(
            t("重置筛选"), key="empty.reset", icon=":material/restart_alt:", on_click=url_state.clear,
            args=url_state.FILTER_PARAMETERS,
        )  # fmt: skip
