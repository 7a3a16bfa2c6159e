"""Whether the reader's browser can draw with WebGL: the browser says so once in a session if it cannot."""

import streamlit as st

_MISSING = "zr.webgl.missing"


def has_webgl() -> bool:
    """Return whether maps can be drawn with WebGL; true until the browser says otherwise."""
    return not st.session_state.get(_MISSING, False)


def lacks_webgl() -> None:
    """Keep in mind that this reader's browser cannot."""
    st.session_state[_MISSING] = True
