"""The tools in the page's top corner: who is there, language and theme.

Streamlit keeps the chosen theme in the browser's storage, one entry for each address, and offers no call to set it;
the switch writes the same entries for every page and reloads. The address keeps the view, so nothing is lost.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from components import streamlit_words, url_state, viewport, webgl
from locales import Translator, languages

_FILES = Path(__file__).parent
LANGUAGE_NAMES = {"zh": "中文", "en": "English"}

HTML = """
<button type="button" class="zr-theme">
  <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
    <circle cx="10" cy="10" r="7" fill="none" stroke="currentColor" stroke-width="1.6"/>
    <path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor"/>
  </svg>
</button>
"""


@lru_cache(maxsize=1)
def _theme_switch() -> Callable[..., Any]:
    script = "".join((_FILES / name).read_text("utf-8") for name in ("streamlit_words.js", "tools.js"))
    return st.components.v2.component("zhanrong_theme", html=HTML, js=script, isolate_styles=False)


def choose_language(default: str) -> str:
    """Return the reader's language: the one in the URL if we have it, else ``default``."""
    asked = url_state.get("lang")
    return asked if asked in languages() else default


def show_tools(
    t: Translator, lang: str, *, default: str, paths: Sequence[str], reader: Callable[[], None] | None = None
) -> None:
    """Draw the language and theme switches, and before them what ``reader`` draws of who is at the keyboard.

    ``paths`` are the addresses of all pages ("" is the first).
    """

    def switch() -> None:
        chosen = st.session_state["tools.lang"]
        url_state.put("lang", chosen if chosen != default else None)

    with st.container(key="zr-tools", horizontal=True, gap="small", width="content"):
        if reader is not None:
            reader()
        st.session_state["tools.lang"] = lang
        st.segmented_control(
            t("语言"), languages(), key="tools.lang", required=True, on_change=switch, label_visibility="collapsed",
            format_func=lambda code: LANGUAGE_NAMES.get(code, code),
        )  # fmt: skip
        _theme_switch()(
            data={
                "paths": list(paths),
                "lang": "zh-CN" if lang == "zh" else lang,
                "words": streamlit_words.said(t),
                "to_light": t("换成浅色"),
                "to_dark": t("换成深色"),
                "webgl": webgl.has_webgl(),
                "wide": 0 if viewport.is_narrow() else viewport.WIDE,
            },
            key="tools.theme",
            on_without_change=webgl.lacks_webgl,
            on_narrow_change=viewport.narrowed,
        )
