"""The style sheet: the house's tones as custom properties, then ``style.css`` and what the analyses add to it."""

import re
from functools import lru_cache
from pathlib import Path

import streamlit as st

from charts.theme import TONES

_NAMES = ("style.css", "analysis.css", "ledger/ledger.css", "problems/services.css", "access/access.css")
_SHEETS = tuple(Path(__file__).parent / name for name in _NAMES)


@lru_cache(maxsize=1)
def style_sheet() -> str:
    """Return the whole style sheet.

    ``light-dark()`` follows the theme by itself in a current Chromium; an older one reads the attribute that the
    theme switch puts on the document.
    """
    light = _properties({name: tone.light for name, tone in TONES.items()})
    dark = _properties({name: tone.dark for name, tone in TONES.items()})
    both = _properties({name: f"light-dark({tone.light}, {tone.dark})" for name, tone in TONES.items()})
    rules = "\n".join(sheet.read_text("utf-8") for sheet in _SHEETS)
    # Dialogs and popovers lie outside the app's own element.
    places = '.stApp,.stDialog,[data-testid="stPopoverBody"]'
    return (
        f"{places}{{{light}}}\n[data-zr-theme=dark] :is({places}){{{dark}}}\n"
        "@supports (color: light-dark(red, red))"
        f"{{{places},[data-zr-theme] :is({places}){{{both}}}}}\n"
        f'[data-zr-theme=dark] [data-testid="stPopoverBody"]{{color-scheme:dark}}\n{rules}'
    )


class _Ready:
    """Markup that Streamlit takes as it is; it would search a text for common indentation on every run."""

    def _repr_html_(self) -> str:
        return _markup()


@lru_cache(maxsize=1)
def _markup() -> str:
    spared = re.sub(r"/\*.*?\*/", "", style_sheet(), flags=re.DOTALL)
    return f"<style>{' '.join(spared.split())}</style>"


def apply_style() -> None:
    """Send the style sheet; an unchanged one is not sent again."""
    st.html(_Ready())


def _properties(colours: dict[str, str]) -> str:
    return "".join(f"--zr-{name.replace('_', '-')}:{colour};" for name, colour in colours.items())
