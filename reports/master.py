"""The slide master of our own: 16:9, the house's colours and fonts, one title line, a footer with edition and page."""

from collections.abc import Iterator
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, RIGHT = Inches(0.6), Inches(0.6)
TOP, BODY_TOP, BODY_BOTTOM = Inches(0.42), Inches(1.55), Inches(6.85)
BLUE, INK, MUTED, WASH = (RGBColor.from_string(c) for c in ("134180", "17212E", "55637A", "EAF1FA"))
# Order of the theme's twelve colours in its XML, and ours.
_COLOURS = {
    "dk1": "17212E", "lt1": "FFFFFF", "dk2": "134180", "lt2": "F4F6F9", "accent1": "316BB0", "accent2": "C9621E",
    "accent3": "1F9E89", "accent4": "A23B72", "accent5": "A7B0BD", "accent6": "E0BE3F", "hlink": "17509E",
    "folHlink": "5B4B9A",
}  # fmt: skip
_KEPT = "Title Only"


def new_deck(title: str, lang: str) -> Deck:
    """Return an empty deck on our master: its only layout has a title."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    deck.core_properties.title = title
    deck.core_properties.language = "zh-CN" if lang == "zh" else "en"
    for layout in [found for found in deck.slide_layouts if found.name != _KEPT]:
        deck.slide_layouts.remove(layout)
    _theme(deck, lang)
    _place_master(deck)
    return deck


def add_slide(deck: Deck, headline: str, notes: str, footer: str) -> Slide:
    """Append a slide with its conclusion as headline, its speaker notes, and the footer with the page's number."""
    slide = deck.slides.add_slide(deck.slide_layouts[0])
    frame = slide.shapes.title.text_frame
    frame.text, frame.word_wrap, frame.auto_size = headline, True, MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE
    frame.paragraphs[0].font.size = Pt(26 if _width(headline) <= 56 else 22 if _width(headline) <= 110 else 18)
    slide.notes_slide.notes_text_frame.text = notes
    number = len(deck.slides)
    add_text(slide, footer, LEFT, Inches(7.02), Inches(10.6), Inches(0.32), 10.5, colour=MUTED)
    page = add_text(slide, str(number), Inches(12.1), Inches(7.02), Inches(0.63), Inches(0.32), 10.5, colour=MUTED)
    page.paragraphs[0].alignment = PP_ALIGN.RIGHT
    return slide


def add_text(  # noqa: PLR0913 - what is written, where, and how
    slide: Slide, text: str, left: Emu, top: Emu, width: Emu, height: Emu, size: float, *,
    colour: RGBColor = INK, bold: bool = False,
) -> Any:  # fmt: skip # noqa: ANN401 - python-pptx has no types
    """Add a text box and return its frame."""
    frame = slide.shapes.add_textbox(left, top, width, height).text_frame
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = MSO_ANCHOR.TOP
    frame.text = text
    for line in frame.paragraphs:
        line.font.size, line.font.bold, line.font.color.rgb = Pt(size), bold, colour
    return frame


def add_band(slide: Slide) -> None:
    """Draw the cover's band under its title, behind everything."""
    band = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, WIDTH, Inches(2.2))
    band.fill.solid()
    band.fill.fore_color.rgb = BLUE
    band.line.fill.background()
    band.shadow.inherit = False
    slide.shapes._spTree.insert(2, band.element)  # noqa: SLF001 - python-pptx has no order of shapes
    title = slide.shapes.title
    title.left, title.top, title.width, title.height = LEFT, Inches(0.6), WIDTH - LEFT - RIGHT, Inches(1.2)
    title.text_frame.paragraphs[0].font.color.rgb = RGBColor(0xFF, 0xFF, 0xFF)
    title.text_frame.paragraphs[0].font.size = Pt(36)


def add_card(slide: Slide, name: str, value: str, place: tuple[Emu, Emu, Emu, Emu]) -> None:
    """Add a figure on a washed ground: its name above, its value large."""
    left, top, width, height = place
    ground = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, left, top, width, height)
    ground.fill.solid()
    ground.fill.fore_color.rgb = WASH
    ground.line.fill.background()
    ground.shadow.inherit = False
    inner = Inches(0.2)
    add_text(slide, name, left + inner, top + Inches(0.16), width - 2 * inner, Inches(0.4), 14, colour=MUTED)
    add_text(
        slide, value, left + inner, top + Inches(0.62), width - 2 * inner, Inches(0.7),
        24 if _width(value) <= 13 else 18, colour=BLUE, bold=True,
    )  # fmt: skip


def _width(text: str) -> int:
    """Return how wide a text is in Latin characters: a Chinese one counts for two."""
    return sum(2 if ord(mark) > 0x2E80 else 1 for mark in text)


def _theme(deck: Deck, lang: str) -> None:
    """Put our colours and fonts into the theme."""
    part = deck.slide_master.part.part_related_by(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/theme"
    )
    theme = etree.fromstring(part.blob)
    for name, colour in _COLOURS.items():
        for holder in theme.iter(qn(f"a:{name}")):
            for child in list(holder):
                holder.remove(child)
            etree.SubElement(holder, qn("a:srgbClr")).set("val", colour)
    for fonts in _fonts(theme):
        fonts.find(qn("a:latin")).set("typeface", "Calibri" if lang != "zh" else "微软雅黑")
        fonts.find(qn("a:ea")).set("typeface", "微软雅黑")
    part._blob = etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)  # noqa: SLF001 - python-pptx leaves the theme as bytes


def _fonts(theme: Any) -> Iterator[Any]:  # noqa: ANN401 - lxml is untyped
    yield from theme.iter(qn("a:majorFont"))
    yield from theme.iter(qn("a:minorFont"))


def _place_master(deck: Deck) -> None:
    """Put the title where ours stands on master and layout, and take the rest away."""
    for holder in (deck.slide_master, deck.slide_layouts[0]):
        for shape in list(holder.placeholders):
            if shape.placeholder_format.type != 1:  # a title
                shape.element.getparent().remove(shape.element)
                continue
            shape.left, shape.top, shape.width, shape.height = LEFT, TOP, WIDTH - LEFT - RIGHT, Inches(1.0)
    title = deck.slide_master.placeholders[0]
    title.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    style = deck.slide_master.element.find(qn("p:txStyles")).find(qn("p:titleStyle")).find(qn("a:lvl1pPr"))
    style.set("algn", "l")
    run = style.find(qn("a:defRPr"))
    run.set("sz", "2600")
    run.set("b", "1")
    fill = run.find(qn("a:solidFill"))
    for child in list(fill):
        fill.remove(child)
    fill.append(fill.makeelement(qn("a:schemeClr"), {"val": "tx2"}))
