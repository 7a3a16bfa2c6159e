"""A plain table and a quiet line of our own HTML, in the look of the ranking."""

from collections.abc import Iterable, Sequence
from html import escape


def table_html(heads: Sequence[tuple[str, str]], rows: Iterable[str], *, cards: bool = False) -> str:
    """Return a table: ``heads`` are (kind, text) pairs, ``rows`` the HTML of its rows.

    A kind is a class of the style sheet: "name" and "text" are set left, "wide" is left out on a phone. With ``cards``
    every row becomes a card on a phone, each value beside its head.
    """
    head = "".join(f'<th class="{kind}" scope="col">{escape(text)}</th>' for kind, text in heads)
    wrap = "zr-table-wrap zr-rowcards" if cards else "zr-table-wrap"
    return (
        f'<div class="{wrap}"><table class="zr-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def row_html(
    heads: Sequence[tuple[str, str]], cells: Sequence[str], attributes: str = "", *, cards: bool = False
) -> str:
    """Return a row of ``cells`` (HTML); ``attributes`` are the row's, ``cards`` as in ``table_html``."""
    drawn = "".join(
        f'<td class="{kind}"{_headed(head) if cards else ""}>{cell}</td>'
        for (kind, head), cell in zip(heads, cells, strict=True)
    )
    return f"<tr {attributes}>{drawn}</tr>"


def _headed(head: str) -> str:
    return f' data-head="{escape(head)}"'


def note_html(text: str) -> str:
    """Return a quiet line of text."""
    return f'<p class="zr-note">{escape(text)}</p>'
