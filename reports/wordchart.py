"""Charts in Word that stay charts, with the workbook to edit them inside.

python-docx has no charts. The drawing markup is the same in both formats, so python-pptx's writer makes the chart and
its workbook, and the two parts are put into the document (ECMA-376 part 1, 14.2.1 and 21.2).
"""

from typing import Any
from xml.sax.saxutils import quoteattr

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.package import Package
from docx.shared import Length, Pt
from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.chart.xmlwriter import ChartXmlWriter
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.oxml import serialize_part_xml
from pptx.oxml import parse_xml as parse_chart

_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


class _ChartPart(Part):
    """A chart in a document: its XML is written when the document is saved, after it was styled."""

    def __init__(self, name: PackURI, space: Any, package: Package) -> None:  # noqa: ANN401 - lxml is untyped
        super().__init__(name, _CHART, b"", package)
        self._space = space

    @property
    def blob(self) -> bytes:
        """The chart's XML as a file."""
        return bytes(serialize_part_xml(self._space))


def add_chart(
    document: Document, kind: XL_CHART_TYPE, data: CategoryChartData, width: Length, height: Length, alt: str
) -> Chart:
    """Append a native chart to ``document`` and return it, to be styled like any chart of a slide."""
    package, number = document.part.package, _charts(document) + 1
    space = parse_chart(ChartXmlWriter(kind, data).xml.encode())
    book = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), _BOOK, _workbook(data), package)
    part = _ChartPart(PackURI(f"/word/charts/chart{number}.xml"), space, package)
    link = part.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)
    space.append(parse_chart(f'<c:externalData {_NAMESPACES} r:id="{link}"><c:autoUpdate val="0"/></c:externalData>'))
    own = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True  # its caption
    paragraph.paragraph_format.space_before = Pt(6)
    paragraph._p.append(_drawing(number, own, width, height, alt))  # noqa: SLF001 - no public way to a run's own XML
    return Chart(space, None)


def _charts(document: Document) -> int:
    return sum(link.reltype == RELATIONSHIP_TYPE.CHART for link in document.part.rels.values())


def _workbook(data: CategoryChartData) -> bytes:
    blob: bytes = data._workbook_writer.xlsx_blob  # noqa: SLF001 - python-pptx makes it only for its own charts
    return blob


def _drawing(number: int, link: str, width: Length, height: Length, alt: str) -> Any:  # noqa: ANN401 - lxml is untyped
    return parse_xml(
        f'<w:r {_NAMESPACES}><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{int(width)}" cy="{int(height)}"/><wp:docPr id="{1000 + number}" name="chart{number}" '
        f"descr={quoteattr(alt)}/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData "
        f'uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="{link}"/>'
        f"</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
