"""A heat map as an HTML table: two dimensions, a colour and a text in every cell, each of which can lead somewhere.

A table rather than a picture: it scrolls on a phone with its first column in place, reads with a screen reader, and
its cells take the keyboard.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from charts.scale import ColourScale, is_dark
from charts.theme import MARK


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the number that colours it (NaN: none), its text, a small second line, a hint, and its attributes.

    ``lead`` are the attributes of the second line, if it leads elsewhere than the cell.
    """

    value: float
    text: str
    note: str = ""
    hint: str = ""
    attributes: str = ""
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its name, the attributes of its head, its cells, and whether it is a total."""

    name: str
    cells: Sequence[Cell]
    attributes: str = ""
    is_total: bool = False


def heatmap_html(corner: str, columns: Sequence[Cell], rows: Sequence[Row], scale: ColourScale) -> str:
    """Return the table: ``corner`` names its first column, ``columns`` are its heads (their values are not used)."""
    heads = "".join(f'<th scope="col" {c.attributes} title="{escape(c.hint)}">{escape(c.text)}</th>' for c in columns)
    body = "".join(_row(row, scale) for row in rows)
    return (
        f'<div class="zr-heat"><table><thead><tr><th scope="col">{escape(corner)}</th>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(row: Row, scale: ColourScale) -> str:
    cells = "".join(_cell(cell, scale) for cell in row.cells)
    kind = ' class="total"' if row.is_total else ""
    return f'<tr{kind}><th scope="row" {row.attributes}>{escape(row.name)}</th>{cells}</tr>'


def _cell(cell: Cell, scale: ColourScale) -> str:
    note = f"<small{cell.lead and f' {cell.lead}'}>{escape(cell.note)}</small>" if cell.note else ""
    return (
        f'<td{_style(cell.value, scale)} {cell.attributes} title="{escape(cell.hint)}">{escape(cell.text)}{note}</td>'
    )


def _style(value: float, scale: ColourScale) -> str:
    colour = scale.colour(value)
    if colour == MARK["neutral"]:
        return ' class="none"'
    return f' style="background:{colour};color:{"#FFFFFF" if is_dark(colour) else "#10203A"}"'
