"""A plain table and a quiet line of our own HTML, in the look of the ranking."""

from collections.abc import Iterable, Sequence
from html import escape


def table_html(heads: Sequence[tuple[str, str]], rows: Iterable[str]) -> str:
    """Return a table: ``heads`` are (kind, text) pairs, ``rows`` the HTML of its rows.

    A kind is a class of the style sheet: "name" and "text" are set left, "wide" is left out on a phone.
    """
    head = "".join(f'<th class="{kind}" scope="col">{escape(text)}</th>' for kind, text in heads)
    return (
        f'<div class="zr-table-wrap"><table class="zr-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def row_html(heads: Sequence[tuple[str, str]], cells: Sequence[str], attributes: str = "") -> str:
    """Return a row of ``cells`` (HTML) under ``heads``; ``attributes`` are those of the row."""
    drawn = "".join(f'<td class="{kind}">{cell}</td>' for (kind, _), cell in zip(heads, cells, strict=True))
    return f"<tr {attributes}>{drawn}</tr>"


def note_html(text: str) -> str:
    """Return a quiet line of text."""
    return f'<p class="zr-note">{escape(text)}</p>'
