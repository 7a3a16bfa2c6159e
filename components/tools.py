"""The tools in the page's top corner: who is there, language and theme.

Streamlit keeps the chosen theme in the browser's storage, one entry for each address, and offers no call to set it;
the switch writes the same entries for every page and reloads. The address keeps the view, so nothing is lost.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import streamlit as st

from components import url_state, viewport, webgl
from locales import Translator, languages

LANGUAGE_NAMES = {"zh": "中文", "en": "English"}

# Streamlit 1.67 stores the theme under this name; a browser test fails if an upgrade changes it.
JS = """
const STORED = (path) => `stActiveTheme-${path}-v2`;
const isDark = () => {
  const app = document.querySelector(".stApp");
  const [r, g, b] = (getComputedStyle(app).backgroundColor.match(/[\\d.]+/g) || [255, 255, 255]).map(Number);
  return 0.299 * r + 0.587 * g + 0.114 * b < 128;
};
const choose = (theme, paths) => {
  const base = window.location.pathname.replace(/[^/]*$/, "");
  for (const path of paths) localStorage.setItem(STORED(base + path), JSON.stringify(theme));
  const address = new URL(window.location.href);
  const kept = address.searchParams.getAll("embed_options").filter((o) => !/^(light|dark)_theme$/.test(o));
  address.searchParams.delete("embed_options");
  kept.forEach((o) => address.searchParams.append("embed_options", o));
  window.location.replace(address);
};
// On a change of page Streamlit enters the bare address into the history before the view is written to it. The two are
// one step for the reader; what follows a click or a key is a step of its own.
let bare = null;
const forget = () => { bare = null; };
const joinSteps = () => {
  if (window.zrJoined) return;
  window.zrJoined = true;
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => {
    const to = new URL(url ?? location.href, location.href);
    const completes = bare === to.pathname && to.pathname === location.pathname && !location.search;
    const entered = to.pathname !== location.pathname && !to.search;
    if (completes) history.replaceState(state, title, url);
    else push(state, title, url);
    bare = entered ? to.pathname : null;
  };
  ["pointerdown", "keydown"].forEach((name) => document.addEventListener(name, forget, true));
  window.addEventListener("popstate", forget, true);
};
const closeOthers = (event) => {
  if (event.type === "keydown" && event.key !== "Escape") return;
  document.querySelectorAll("details.zr-pop[open]").forEach((pop) => {
    if (event.type === "keydown" || !pop.contains(event.target)) pop.open = false;
  });
};
// Asked when the browser has nothing else to do: making a context takes time.
const whenIdle = window.requestIdleCallback || ((call) => window.setTimeout(call, 200));
const drawsMaps = () => {
  if (window.zrWebgl === undefined) {
    const drawing = document.createElement("canvas").getContext("webgl2");
    window.zrWebgl = Boolean(drawing);
    drawing?.getExtension("WEBGL_lose_context")?.loseContext();
  }
  return window.zrWebgl;
};
export default function ({ data, parentElement, setTriggerValue }) {
  joinSteps();
  if (data.webgl) whenIdle(() => { if (!drawsMaps()) setTriggerValue("without", "webgl"); });
  if (window.innerWidth < data.wide) setTriggerValue("narrow", "window");
  const dark = isDark();
  document.documentElement.dataset.zrTheme = dark ? "dark" : "light";
  document.documentElement.lang = data.lang;
  const button = parentElement.querySelector("button");
  button.title = dark ? data.to_light : data.to_dark;
  button.setAttribute("aria-label", button.title);
  button.dataset.theme = dark ? "dark" : "light";
  button.onclick = () => choose(dark ? "Light" : "Dark", data.paths);
  document.addEventListener("click", closeOthers);
  document.addEventListener("keydown", closeOthers);
  return () => {
    document.removeEventListener("click", closeOthers);
    document.removeEventListener("keydown", closeOthers);
  };
}
"""
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
    return st.components.v2.component("zhanrong_theme", html=HTML, js=JS, isolate_styles=False)


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
                "to_light": t("换成浅色"),
                "to_dark": t("换成深色"),
                "webgl": webgl.has_webgl(),
                "wide": 0 if viewport.is_narrow() else viewport.WIDE,
            },
            key="tools.theme",
            on_without_change=webgl.lacks_webgl,
            on_narrow_change=viewport.narrowed,
        )
