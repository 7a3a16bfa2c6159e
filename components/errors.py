"""What a reader sees when something goes wrong: their language, what to do, and a number that finds the log entry.

The log names the exception's type and where it was raised, never its message or arguments: those may hold a row's
personal data.
"""

import logging
import traceback
from collections.abc import Callable
from html import escape
from pathlib import Path
from uuid import uuid4

import streamlit as st

from components import url_state
from data_access.profile_files import ProfileError
from data_access.store import StoreError
from data_access.troubles import explain_store
from locales import Translator, translator

logger = logging.getLogger("zhanrong")


class NotAllowedError(Exception):
    """The reader's role does not include the act, or does not hold any more."""


def guarded(run: Callable[[], None], t: Translator) -> None:
    """Run a page; show an error page instead of a traceback if it fails."""
    try:
        run()
    except Exception as error:  # noqa: BLE001 - the last line of defence before the reader
        show_error(error, t)


def on_script_error(error: Exception) -> bool:
    """Show the error page for a failure outside ``guarded``, a widget's callback say; for ``st.App``."""
    show_error(error, translator(url_state.get("lang") or "zh"))
    return True


def show_error(error: Exception, t: Translator) -> None:
    """Log ``error`` under a fresh number and show the reader that number and what can be done."""
    number = uuid4().hex[:8]
    logger.error("error %s: %s at %s", number, type(error).__name__, _place(error))
    title, advice = explain(error, t)
    what = t("错误编号")
    st.html(
        f'<div class="zr-empty" role="alert"><h2>{escape(title)}</h2><p>{escape(advice)}</p>'
        f"<p>{escape(what)} <code>{number}</code></p></div>"
    )
    if st.button(t("重新载入"), key="error.reload", icon=":material/refresh:"):
        st.rerun()


def explain(error: Exception, t: Translator) -> tuple[str, str]:
    """Return what happened and what to do about it, in the reader's language."""
    match error:
        case StoreError():
            return explain_store(error, t)
        case NotAllowedError():
            return t("您已没有这项权限"), t("角色已改变或已到期，这次操作没有执行。请重新载入。")
        case ProfileError():
            return t("城市档案无法使用"), str(error)
        case _:
            return t("这个页面出错了"), t("请重新载入；若再次出现，请把错误编号告诉管理员。其他页面不受影响。")


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
