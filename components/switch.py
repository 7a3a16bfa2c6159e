"""A choice that the page keeps in the URL: one of a few codes, drawn as a row of buttons or as a list."""

from collections.abc import Callable, Mapping

import streamlit as st

from components import url_state


def chosen(parameter: str, options: Mapping[str, str], default: str | None = None) -> str:
    """Return the option that the URL asks for in ``parameter``; ``default`` (else the first) if it asks for none."""
    asked = url_state.get(parameter)
    return asked if asked in options else default or next(iter(options))


def switch(label: str, parameter: str, options: Mapping[str, str], *, key: str, default: str | None = None) -> str:
    """Draw ``options`` (code → name) as buttons and return the code chosen; the first is the default without one."""
    widget, first = f"{key}.{parameter}", default or next(iter(options))
    st.session_state[widget] = chosen(parameter, options, first)
    st.segmented_control(
        label, tuple(options), key=widget, required=True, label_visibility="collapsed",
        format_func=lambda code: options.get(code, code), on_change=_keep(widget, parameter, first),
    )  # fmt: skip
    return str(st.session_state[widget])


def pick(
    label: str, parameter: str, options: Mapping[str, str], *, key: str, width: int = 190, default: str | None = None
) -> str:
    """Draw ``options`` as a drop-down list and return the code chosen; the first is the default without one."""
    widget, first = f"{key}.{parameter}", default or next(iter(options))
    st.session_state[widget] = chosen(parameter, options, first)
    st.selectbox(
        label, tuple(options), key=widget, format_func=lambda code: options.get(code, code), filter_mode=None,
        on_change=_keep(widget, parameter, first), width=width, label_visibility="collapsed",
    )  # fmt: skip
    return str(st.session_state[widget])


def toggle(label: str, parameter: str, *, key: str) -> bool:
    """Draw a switch that is off by default and return whether it is on."""
    widget = f"{key}.{parameter}"
    st.session_state[widget] = url_state.get(parameter) == "1"
    st.toggle(label, key=widget, on_change=lambda: url_state.put(parameter, "1" if st.session_state[widget] else None))
    return bool(st.session_state[widget])


def _keep(widget: str, parameter: str, first: str) -> Callable[[], None]:
    def change() -> None:
        value = st.session_state[widget]
        url_state.put(parameter, value if value != first else None)

    return change
