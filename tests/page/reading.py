"""What a page shows, read from an ``AppTest`` run."""

import html
import json
import re

from streamlit.testing.v1 import AppTest


def problems(app: AppTest) -> list[str]:
    """Return the exceptions and the error pages of a run."""
    return [str(entry.value) for entry in app.exception] + [piece for piece in pieces(app) if 'role="alert"' in piece]


def pieces(app: AppTest) -> list[str]:
    """Return every piece of HTML that is not a style sheet: of ``st.html`` and of our own panels."""
    plain = [element.proto.body for element in app.get("html")]
    panels = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return [piece for piece in (*plain, *panels) if isinstance(piece, str) and not piece.startswith("<style>")]


def text(app: AppTest) -> str:
    """Return all the text a reader sees in HTML, without its tags."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", " ".join(pieces(app)))))


def cards(app: AppTest) -> dict[str, str]:
    """Return the value of every headline card by its title."""
    grid = next(piece for piece in pieces(app) if "zr-cards" in piece)
    found = re.findall(r"<h3>(.*?)</h3>.*?<strong>(.*?)</strong><span>(.*?)</span>", grid, re.DOTALL)
    return {re.sub(r"<[^>]*>.*", "", title).strip(): f"{value} {unit}".strip() for title, value, unit in found}
