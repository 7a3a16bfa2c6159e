"""How wide the reader's browser is: it says so once in a session if a map beside its table would be cut off."""

import streamlit as st

_NARROW = "zr.viewport.narrow"
# In pixels: below this width of the window a map has no more room than on a phone, which is WIDTH.
WIDE = 1280
WIDTH = 330


def is_narrow() -> bool:
    """Return whether maps have to be fitted into little room; false until the browser says so."""
    return bool(st.session_state.get(_NARROW, False))


def narrowed() -> None:
    """Keep in mind that this reader's window is narrow."""
    st.session_state[_NARROW] = True


def fitting(size: tuple[int, int]) -> tuple[int, int]:
    """Return what a map of the usual ``size`` is fitted into on the reader's screen."""
    return (min(size[0], WIDTH), size[1]) if is_narrow() else size
