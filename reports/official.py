"""A Word document in the format of official papers: GB/T 9704-2012, page, fonts, headings and page numbers.

Type area 156 × 225 mm of 22 lines with 28 characters each; title in 小标宋 second size, text in 仿宋 third size, first
headings in 黑体, second in 楷体; page numbers "— 1 —", outside. Where those fonts are missing, the document names what
to take instead.
"""

from collections.abc import Sequence
from typing import Any

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

TITLE, HEADING, SUBHEADING, TEXT, SMALL = "title", "heading", "subheading", "text", "small"
# Chinese font and size in points of each kind of text, and the Latin font beside it.
_FONTS = {
    TITLE: ("方正小标宋简体", 22.0), HEADING: ("黑体", 16.0), SUBHEADING: ("楷体_GB2312", 16.0),
    TEXT: ("仿宋_GB2312", 16.0), SMALL: ("仿宋_GB2312", 10.5),
}  # fmt: skip
_INSTEAD = {"方正小标宋简体": "宋体", "仿宋_GB2312": "仿宋", "楷体_GB2312": "楷体", "黑体": "SimHei", "宋体": "SimSun"}
_LATIN, _NUMBERS = "Times New Roman", "宋体"
# The share of a table's width that the names take.
_FIRST_COLUMN = 0.19
# 225 mm in 22 lines.
_LINE = Pt(28.95)
WIDE_SPACE, NO_BREAK = "\u3000", "\u00a0\u00a0"
RED, MUTED = RGBColor(0xC0, 0x1C, 0x1C), RGBColor(0x55, 0x63, 0x7A)
_TYPE_AREA = Mm(156)
# What a paragraph's properties hold behind its borders, in the schema's order (ECMA-376 part 1, 17.3.1.26).
_BEHIND_BORDERS = (
    "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:topLinePunct",
    "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind",
    "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment",
    "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
)  # fmt: skip


def new_document(title: str, subject: str, lang: str, warning: str = "") -> Document:
    """Return an empty document of the official format; ``warning`` stands at the head of every page."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.footer_distance = Mm(28)
    document.core_properties.title, document.core_properties.subject = title, subject
    document.core_properties.language = "zh-CN" if lang == "zh" else "en"
    _set_font(document.styles["Normal"], TEXT)
    document.settings.odd_and_even_pages_header_footer = True
    _number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)
    for header in (section.header, section.even_page_header) if warning else ():
        header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        run = header.paragraphs[0].add_run(warning)
        _set_font(run, SMALL)
        run.font.color.rgb = MUTED
    _name_fallbacks(document)
    return document


def paragraph(document: Document, text: str, kind: str = TEXT) -> Paragraph:
    """Append a paragraph: text is set flush with its first line indented by two characters, a title centred.

    What stands in 【】 is a place the office has to fill in, and marked.
    """
    added = document.add_paragraph()
    layout = added.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, _LINE
    if kind == TITLE:
        added.alignment = WD_ALIGN_PARAGRAPH.CENTER
        layout.line_spacing, layout.space_after = Pt(34), Pt(16)
    else:
        added.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        layout.first_line_indent = Pt(2 * _FONTS[kind][1])
    if kind in {HEADING, SUBHEADING}:
        layout.keep_with_next = True
    for piece, is_gap in _pieces(text):
        run = added.add_run(piece)
        _set_font(run, kind)
        if is_gap:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    return added


def note(document: Document, text: str, *, centred: bool = False) -> None:
    """Append a small line: a caption, or where figures come from."""
    added = document.add_paragraph()
    added.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT
    added.paragraph_format.space_before, added.paragraph_format.space_after = Pt(3), Pt(10)
    _set_font(added.add_run(text), SMALL)


def signature(document: Document, office: str, day: str) -> None:
    """Append who issues the paper and when: to the right, the date four characters from the edge."""
    for text, characters in ((office, 3), (day, 4)):
        line = paragraph(document, text)
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.first_line_indent = Pt(0)
        line.paragraph_format.right_indent = Pt(characters * _FONTS[TEXT][1])
        line.paragraph_format.keep_with_next = True


def colophon(document: Document, lines: Sequence[str]) -> None:
    """Append the lines at the end (版记) between two rules: who receives the paper, and what it was made from."""
    for place, text in enumerate(lines):
        line = paragraph(document, text)
        line.paragraph_format.first_line_indent = Pt(0)
        line.paragraph_format.line_spacing = Pt(24)
        line.paragraph_format.keep_with_next = place < len(lines) - 1
        for run in line.runs:
            run.font.size = Pt(14)
        sides = [side for side, is_here in (("top", place == 0), ("bottom", True)) if is_here]
        _border(line, sides, 8, "auto")


def masthead(document: Document, office: str, number: str, day: str) -> None:
    """Append the red head of a bulletin: its office, number and date above a red line."""
    head = document.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.paragraph_format.space_after = Pt(10)
    run = head.add_run(office)
    _set_font(run, TITLE)
    run.font.size, run.font.color.rgb = Pt(30), RED
    line = document.add_paragraph()
    line.paragraph_format.space_after = Pt(18)
    line.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
    _set_font(line.add_run(f"{number}\t{day}"), TEXT)
    _border(line, ("bottom",), 18, str(RED))


def _border(line: Paragraph, sides: Sequence[str], eighths: int, colour: str) -> None:
    """Draw rules at a paragraph's sides, ``eighths`` of a point thick; at their place in the schema's order."""
    rules = "".join(f'<w:{side} w:val="single" w:sz="{eighths}" w:space="4" w:color="{colour}"/>' for side in sides)
    borders = parse_xml(f"<w:pBdr {nsdecls('w')}>{rules}</w:pBdr>")
    properties = line._p.get_or_add_pPr()  # noqa: SLF001 - python-docx knows no borders
    properties.insert_element_before(borders, *_BEHIND_BORDERS)


def table(document: Document, heads: Sequence[str], rows: Sequence[Sequence[str]], *, has_total: bool) -> None:
    """Append a table over the full width: heads repeated on every page, numbers to the right, the total in bold."""
    made = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    wide = Length(int(_TYPE_AREA * _FIRST_COLUMN))
    widths = [wide, *[Length((_TYPE_AREA - wide) // (len(heads) - 1))] * (len(heads) - 1)]
    for place, word in enumerate(heads):
        _cell(made.rows[0].cells[place], word, bold=True, align=WD_ALIGN_PARAGRAPH.CENTER, size=_head_size(heads))
    repeated = OxmlElement("w:tblHeader")
    made.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 - python-docx knows no repeated heads
    for number, words in enumerate(rows):
        row = made.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - nor unbroken rows
        cells, bold = row.cells, has_total and number == len(rows) - 1
        for place, word in enumerate(words):
            side = WD_ALIGN_PARAGRAPH.LEFT if place == 0 else WD_ALIGN_PARAGRAPH.RIGHT
            _cell(cells[place], word, bold=bold, align=side)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width


def _head_size(heads: Sequence[str]) -> float:
    """Return a size at which the longest word of a Latin head fits its column unbroken."""
    longest = max((len(word) for head in heads for word in head.split() if word.isascii()), default=0)
    return 8.5 if longest > 9 else _FONTS[SMALL][1]


def _cell(
    cell: Any,  # noqa: ANN401 - no public type
    word: str,
    *,
    bold: bool,
    align: WD_ALIGN_PARAGRAPH,
    size: float = _FONTS[SMALL][1],
) -> None:
    line = cell.paragraphs[0]
    line.alignment = align
    run = line.add_run(word)
    _set_font(run, SMALL)
    run.bold, run.font.size = bold, Pt(size)


def _pieces(text: str) -> list[tuple[str, bool]]:
    """Split a text into what is said and the gaps to be filled in."""
    found, rest = [], text
    while "【" in rest and "】" in rest:
        before, _, after = rest.partition("【")
        gap, _, rest = after.partition("】")
        # An empty place must not be broken at the end of a line.
        found += [(before, False), (f"【{gap.replace(WIDE_SPACE, NO_BREAK)}】", True)]
    return [piece for piece in [*found, (rest, False)] if piece[0]]


def _set_font(target: Any, kind: str) -> None:  # noqa: ANN401 - a style or a run: no common type
    name, size = _FONTS[kind]
    target.font.name, target.font.size = _LATIN, Pt(size)
    fonts = target.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), name)


def _number(line: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    """Write "— n —": the fourth size, outside, one character from the edge."""
    line.alignment = side
    indent = "right_indent" if side == WD_ALIGN_PARAGRAPH.RIGHT else "left_indent"
    setattr(line.paragraph_format, indent, Pt(14))
    for text, field in (("— ", ""), ("", "PAGE"), (" —", "")):
        run = line.add_run(text)
        run.font.size, run.font.name = Pt(14), _LATIN
        run.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _NUMBERS)
        if field:
            _field(run, field)


def _field(run: Run, name: str) -> None:
    for kind in ("begin", "", "end"):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = name
        run.element.append(mark)


def _name_fallbacks(document: Document) -> None:
    """Tell in the font table what to take for each font, so that a desk without it shows the nearest one."""
    family = '<w:charset w:val="86"/><w:family w:val="auto"/>'
    fonts = [
        f'<w:font w:name="{name}"><w:altName w:val="{instead}"/>{family}</w:font>' for name, instead in _INSTEAD.items()
    ]
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    part._blob = f"{head}<w:fonts {nsdecls('w')}>{''.join(fonts)}</w:fonts>".encode()  # noqa: SLF001 - no public way
