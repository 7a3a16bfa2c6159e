"""The wall screen as one component: what Python sends it, and how a panel's age is judged."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from components.origins import SOURCE, ask

_FILES = Path(__file__).parent
HTML = """
<div class="zr-screen"><div class="zr-board">
  <header class="zr-s-head">
    <div class="dates" data-part="dates"></div>
    <h1 data-part="title"></h1>
    <div class="right">
      <span class="zr-s-state" data-part="state"></span><span class="zr-s-dots" data-part="dots"></span>
      <span class="clock" data-part="clock"></span>
    </div>
  </header>
  <div class="zr-s-cards" data-part="cards"></div>
  <main class="zr-s-stage" data-part="stage"></main>
  <footer class="zr-s-foot">
    <strong data-part="label"></strong><div class="zr-s-ticker"><div data-part="ticker"></div></div>
  </footer>
</div></div>
"""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel of the rotation; a ``stale`` one says its age and is passed over."""

    id: str
    html: str
    stale: bool = False


@dataclass(frozen=True)
class Board:
    """All the screen shows, as HTML of escaped parts; ``dwell`` is the seconds a panel stays."""

    title: str
    dates: str
    cards: str
    panels: Sequence[Panel]
    label: str
    ticker: str
    dwell: float
    words: dict[str, str]
    leave: str = "./"

    def sent(self) -> dict[str, Any]:
        """Return what the component is given."""
        return asdict(self)


def age(day: date | None, today: date) -> int | None:
    """Return how many days old data of ``day`` is; None if there is none."""
    return None if day is None else (today - day).days


def show_board(board: Board) -> None:
    """Show the screen; what did not change is not sent again."""

    def report() -> None:
        verb, _, origin = (st.session_state["screen"].act or "").partition(":")
        if verb == SOURCE:
            ask(origin)

    _component()(data=board.sent(), key="screen", on_act_change=report)


@lru_cache(maxsize=1)
def _component() -> Callable[..., Any]:
    script = (_FILES / "screen.js").read_text("utf-8")
    return st.components.v2.component("zhanrong_screen", html=HTML, js=script, isolate_styles=False)


@lru_cache(maxsize=1)
def screen_css() -> str:
    """Return the screen's style sheet."""
    return (_FILES / "screen.css").read_text("utf-8")
