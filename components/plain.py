"""Texts of others, the name of a file say, where Streamlit would read them as Markdown."""

import re

_SPECIAL = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """Return ``text`` so that Streamlit shows it letter by letter: no link, picture, formula or icon comes of it."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
