"""Who is at the keyboard, as far as it is known: the name of the sign-in, nothing without one."""

import streamlit as st


def person() -> str:
    """Return the signed-in person's name or address, "" where nobody signs in."""
    user = st.user
    if not getattr(user, "is_logged_in", False):
        return ""
    return str(user.get("name") or user.get("email") or "")
