"""A small table as HTML, in the house's look, from texts."""

from collections.abc import Iterable, Sequence
from html import escape


def html_table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, texts: Sequence[int] = (0,)) -> str:
    """Return a table; columns whose numbers are in ``texts`` are left-aligned, the others hold numbers."""
    kinds = ["text" if index in texts else "" for index in range(len(heads))]
    head = "".join(
        f'<th class="{kind}" scope="col">{escape(name)}</th>' for name, kind in zip(heads, kinds, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f'<td class="{kind}">{escape(cell)}</td>' for cell, kind in zip(row, kinds, strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="zr-table-wrap"><table class="zr-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
