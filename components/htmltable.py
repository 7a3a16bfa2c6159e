"""A small table as HTML, in the house's look, from texts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape


def html_table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    texts: Sequence[int] = (0,),
    wraps: Sequence[int] = (),
    leads: Mapping[int, Callable[[str], str]] | None = None,
    cards: bool = False,
) -> str:
    """Return a table; the columns in ``texts`` are left-aligned, those in ``wraps`` may break lines as well.

    ``leads`` gives for a column the address its texts lead to. With ``cards`` every row becomes a card on a phone, each
    value under its head.
    """
    links = leads or {}
    kinds = ["text wrap" if i in wraps else "text" if i in texts else "" for i in range(len(heads))]
    head = "".join(
        f'<th class="{kind}" scope="col">{escape(name)}</th>' for name, kind in zip(heads, kinds, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="{kind}" data-head="{escape(name)}">{_cell(cell, links.get(place))}</td>'
            for place, (cell, kind, name) in enumerate(zip(row, kinds, heads, strict=True))
        )
        + "</tr>"
        for row in rows
    )
    wrap = "zr-table-wrap zr-rowcards" if cards else "zr-table-wrap"
    return (
        f'<div class="{wrap}"><table class="zr-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _cell(text: str, address: Callable[[str], str] | None) -> str:
    return (
        f'<a class="zr-link" href="{escape(address(text))}" target="_blank">{escape(text)}</a>'
        if address
        else escape(text)
    )
