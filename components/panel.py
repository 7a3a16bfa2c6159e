"""A piece of our own HTML whose marks can be clicked: the one custom component, used by cards, tables and lists.

The HTML is built in Python from escaped values. An element with ``data-act="verb:value"`` reports "verb:value" to
the page's callback when it is clicked, or when Enter or Space is pressed on it.
"""

from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import Any

import streamlit as st

from components.origins import SOURCE, Origin, ask

JS = """
export default function ({ data, setTriggerValue, parentElement }) {
  const root = parentElement.querySelector(".zr-panel");
  if (root.zrShown !== data) {
    root.innerHTML = data;
    root.zrShown = data;
  }
  const act = (event) => {
    const mark = event.target.closest("[data-act]");
    if (!mark || !root.contains(mark)) return false;
    setTriggerValue("act", mark.dataset.act);
    return true;
  };
  // A handler that returns false would keep a definition from opening.
  root.onclick = (event) => { act(event); };
  root.onkeydown = (event) => {
    const pressed = event.key === "Enter" || event.key === " ";
    if (pressed && event.target.tagName !== "SUMMARY" && act(event)) event.preventDefault();
  };
}
"""


@lru_cache(maxsize=1)
def _component() -> Callable[..., Any]:
    return st.components.v2.component(
        "zhanrong_panel", html='<div class="zr-panel"></div>', js=JS, isolate_styles=False
    )


def panel(html: str, *, key: str, on_act: Callable[[str], None] | None = None) -> None:
    """Show ``html``; ``on_act`` is called with the "verb:value" of the mark that was activated.

    A mark made by ``figure_html`` leads to its figure's origin by itself.
    """

    def report() -> None:
        value = st.session_state[key].act
        verb, _, rest = (value or "").partition(":")
        if verb == SOURCE:
            ask(rest)
        elif value and on_act:
            on_act(value)

    _component()(data=html, key=key, on_act_change=report)


def mark(verb: str, value: str = "", *, label: str = "") -> str:
    """Return the attributes that make an element report ``verb:value``, reachable by keyboard."""
    named = f' aria-label="{escape(label)}"' if label else ""
    return f'data-act="{escape(f"{verb}:{value}")}" role="button" tabindex="0"{named}'


def figure_html(html: str, origin: Origin | None, *, label: str = "") -> str:
    """Return a number (HTML) that leads to its origin when it is clicked; unchanged without one."""
    return f'<span class="zr-figure" {mark(SOURCE, origin.text(), label=label)}>{html}</span>' if origin else html
