"""A small table as HTML, in the house's look, from texts."""

from collections.abc import Iterable, Sequence
from html import escape


def html_table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, texts: Sequence[int] = (0,), wraps: Sequence[int] = ()
) -> str:
    """Return a table; the columns in ``texts`` are left-aligned, those in ``wraps`` may break lines as well."""
    kinds = ["text wrap" if i in wraps else "text" if i in texts else "" for i in range(len(heads))]
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
