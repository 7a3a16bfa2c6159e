"""The papers read back: their figures are the edition's, peers stay unnamed, and every file is what it says it is."""

import io
import math
import posixpath
import re
import zipfile
from dataclasses import replace

import docx
import openpyxl
import pytest
from lxml import etree
from pptx import Presentation

from components.papers.style import official
from reports.annexes import annexes
from reports.bulletin import SHORT_REGION, bulletin
from reports.edition import BANK, CITY, REGION, Audience, first_sentence
from reports.message import message
from reports.onepage import onepage
from reports.pack import PAPERS, write_pack, zipped
from reports.slides import slides
from reports.tables import bank_table, number, region_table, text

CITYWIDE = Audience(CITY)


@pytest.fixture(scope="module")
def pack(edition):
    return write_pack(edition, CITYWIDE, "zh")


def texts_of(content):
    """Return all text inside an Office file, tags left out."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        inside = [archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels"))]
    return "\n".join("".join(etree.fromstring(xml).itertext()) for xml in inside)


def test_the_bulletin_holds_the_editions_table(edition, pack):
    made = docx.Document(io.BytesIO(next(c for n, c in pack.items() if n.endswith("docx"))))
    shown = region_table(edition, CITYWIDE, "zh")
    kept = [i for i, column in enumerate(shown.columns) if column.key in SHORT_REGION]
    rows = [[cell.text for cell in row.cells] for row in made.tables[0].rows][1:]
    for row, words in zip((*shown.rows, shown.total), rows, strict=True):
        assert words == [row.name, *[text(row.cells[i], shown.columns[i], "zh") for i in kept]]


def test_the_bulletin_keeps_the_official_format(pack):
    made = docx.Document(io.BytesIO(next(c for n, c in pack.items() if n.endswith("docx"))))
    page = made.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    type_area = (
        page.page_width - page.left_margin - page.right_margin,
        page.page_height - page.top_margin - page.bottom_margin,
    )
    assert [round(side.mm) for side in map(docx.shared.Length, type_area)] == [156, 225]
    body = next(p for p in made.paragraphs if p.text.startswith("截至"))
    assert body.runs[0].font.size.pt == 16
    assert body.runs[0].element.rPr.rFonts.get(docx.oxml.ns.qn("w:eastAsia")) == "仿宋_GB2312"
    assert body.paragraph_format.first_line_indent.pt == 32
    assert "PAGE" in page.footer._element.xml
    assert "PAGE" in page.even_page_footer._element.xml


def test_its_sections_stand_in_the_meetings_order(edition, pack):
    made = docx.Document(io.BytesIO(next(c for n, c in pack.items() if n.endswith("docx"))))
    heads = [p.text for p in made.paragraphs if re.match(r"[一二三四五]、", p.text)]
    assert heads == ["一、总体进展", "二、各县（市、区）情况", "三、各银行情况", "四、存在问题", "五、下一步工作"]
    shown = "\n".join(p.text for p in made.paragraphs)
    for section in ("overall", "regions", "banks", "problems", "next"):
        for sentence in edition.sentences(CITYWIDE, section, "zh"):
            assert sentence.replace("【　　】", "【\u00a0\u00a0\u00a0\u00a0】") in shown


def test_word_charts_are_charts_with_their_workbooks(edition, pack):
    content = next(c for n, c in pack.items() if n.endswith("docx"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        charts = [n for n in archive.namelist() if re.fullmatch(r"word/charts/chart\d+\.xml", n)]
        assert len(charts) == 3
        books = [openpyxl.load_workbook(io.BytesIO(archive.read(n))) for n in archive.namelist() if n.endswith(".xlsx")]
    weekly = [row[1].value for row in books[0].active.iter_rows(min_row=2)]
    assert weekly == list(edition.series("visited"))


def test_the_annexes_hold_numbers_and_sums(edition, pack):
    content = next(c for n, c in pack.items() if n.endswith("xlsx"))
    shown = region_table(edition, CITYWIDE, "zh")
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    for line, row in enumerate(shown.rows, start=4):
        for place, (cell, column) in enumerate(zip(row.cells, shown.columns, strict=True), start=2):
            assert page.cell(line, place).value == pytest.approx(number(cell, column))
    total = 4 + len(shown.rows)
    visited = next(i for i, c in enumerate(shown.columns, start=2) if c.key == "visited")
    rate = next(i for i, c in enumerate(shown.columns, start=2) if c.key == "visit_rate")
    assert str(page.cell(total, visited).value).startswith("=SUM(")
    assert page.cell(total, rate).value == pytest.approx(edition.cell("visit_rate").value)
    assert sum(number(r.cells[visited - 2], shown.columns[visited - 2]) for r in shown.rows) == pytest.approx(
        edition.cell("visited").value
    )
    assert page.freeze_panes == "B4"
    assert page.page_setup.orientation == "landscape"
    assert page.page_setup.fitToHeight == 0


def test_no_text_of_the_annexes_begins_like_a_formula(edition):
    overdue = edition.frames["overdue"].assign(enterprise_id="=1+1", pushed_on="@x")
    hostile = replace(
        edition, title="=cmd|' /C calc'!A0", frozen_by="+x", frames={**edition.frames, "overdue": overdue}
    )
    book = openpyxl.load_workbook(io.BytesIO(annexes(hostile, CITYWIDE, "zh")))
    cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row if cell.data_type == "s"]
    assert {"'=1+1", "'@x", "'=cmd|' /C calc'!A0", "'+x"} <= {cell.value for cell in cells}
    assert [cell.value for cell in cells if cell.value[:1] in {*"=+-@"}] == []


def test_the_deck_has_a_conclusion_and_notes_on_every_slide(pack):
    deck = Presentation(io.BytesIO(next(c for n, c in pack.items() if n.endswith("pptx"))))
    assert 8 <= len(deck.slides) <= 15
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, abs=1e-3)
    for slide in deck.slides:
        assert slide.shapes.title.text.strip()
        assert "第7期" in slide.notes_slide.notes_text_frame.text
        assert [p for p in slide.placeholders if p != slide.shapes.title] == []


def test_slide_charts_are_native_and_hold_the_editions_figures(edition, pack):
    deck = Presentation(io.BytesIO(next(c for n, c in pack.items() if n.endswith("pptx"))))
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    rates = next(c for c in charts if "走访率" in c.plots[0].series[0].name)
    shown = region_table(edition, CITYWIDE, "zh")
    place = next(i for i, c in enumerate(shown.columns) if c.key == "visit_rate")
    expected = sorted((number(row.cells[place], shown.columns[place]) for row in shown.rows), reverse=True)
    assert list(rates.plots[0].series[0].values) == pytest.approx(expected)
    stages = next(c for c in charts if "累计走访户数" in list(c.plots[0].categories))
    assert stages.plots[0].series[0].values[0] == edition.cell("visited").value


def test_a_bank_reads_no_other_banks_name(edition, zhanjiang):
    files = write_pack(edition, Audience(BANK, "B03"), "zh")
    own = zhanjiang.bank_by_code["B03"].label
    others = {label for b in zhanjiang.banks if b.code != "B03" for label in (b.label.zh, b.label.short("zh"))}
    for name, content in files.items():
        if name.endswith(("docx", "xlsx", "pptx")):
            shown = texts_of(content)
            assert own.short("zh") in shown
            assert [other for other in others if other in shown] == []
    said = message(edition, Audience(BANK, "B03"), "zh")
    assert [other for other in others if other in said] == []


def test_a_county_has_its_towns_and_no_banks_table(edition, zhanjiang):
    audience = Audience(REGION, "440882")
    towns = [node.label.short("zh") for node in zhanjiang.children("440882")]
    shown = texts_of(annexes(edition, audience, "zh"))
    assert all(town in shown for town in towns)
    assert "银行工作" not in shown
    assert edition.name(REGION, "440882", "zh") in texts_of(slides(edition, audience, "zh"))


def test_the_one_page_is_one_page(edition):
    for audience in (CITYWIDE, Audience(REGION, "440882"), Audience(BANK, "B03")):
        for lang in ("zh", "en"):
            made = onepage(edition, audience, lang)
            assert made.startswith(b"%PDF-")
            assert len(re.findall(rb"/Type\s*/Page\b", made)) == 1


def test_the_message_names_edition_and_demo(edition):
    said = message(edition, CITYWIDE, "zh")
    assert said.startswith("【工作通报 第7期】（演示数据）\n截至")
    assert edition.sentences(CITYWIDE, "overall", "zh")[0] in said


def test_english_papers_say_nothing_in_chinese_but_what_the_office_wrote(edition):
    shown = texts_of(bulletin(edition, CITYWIDE, "en")).replace(edition.title, "")
    names = re.findall(r"[一-鿿]{2,}", shown)
    fonts = {"方正小标宋简体", "仿宋_GB2312", "仿宋", "楷体_GB2312", "黑体", "宋体", "楷体"}
    assert [name for name in names if not any(name in font for font in fonts)] == []


def test_a_pack_is_one_archive_with_safe_names(edition, pack):
    assert len(pack) == len(PAPERS)
    with zipfile.ZipFile(io.BytesIO(zipped(pack))) as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) == set(pack)
    assert all(not re.search(r'[\\/:*?"<>|\s]', name) for name in pack)
    assert all(name.startswith(f"第{edition.number}期_") for name in pack)


def test_the_bank_table_has_no_total(edition):
    assert bank_table(edition, CITYWIDE, "zh").total is None


def test_a_missing_figure_is_a_word_and_not_zero(edition):
    shown = region_table(edition, CITYWIDE, "zh")
    assert text(None, shown.columns[0], "zh") == "—"
    assert math.isnan(number(None, shown.columns[0]))


def test_a_decimal_point_ends_no_sentence():
    assert first_sentence("Rate 103.68%, ahead. More.", "en") == "Rate 103.68%, ahead"
    assert first_sentence("走访率 103.68%。另有。", "zh") == "走访率 103.68%"


# What the schema allows behind an element of its parent, for those whose place we choose ourselves (ECMA-376 part 1).
ORDERS = {
    "pPr": ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "widowControl", "numPr", "pBdr", "shd", "tabs",
            "spacing", "ind", "jc", "rPr", "sectPr"),
    "scaling": ("logBase", "orientation", "max", "min"),
    "chartSpace": ("date1904", "roundedCorners", "AlternateContent", "style", "chart", "spPr", "txPr", "externalData"),
    "catAx": ("axId", "scaling", "delete", "axPos", "majorGridlines", "title", "numFmt", "majorTickMark",
              "minorTickMark", "tickLblPos", "spPr", "txPr", "crossAx", "crosses", "auto", "lblAlgn", "lblOffset",
              "tickLblSkip", "tickMarkSkip", "noMultiLvlLbl"),
    "bodyPr": ("prstTxWarp", "noAutofit", "normAutofit", "spAutoFit"),
}  # fmt: skip


def local(element):
    return etree.QName(element).localname


def test_elements_stand_in_the_schemas_order_and_relations_lead_somewhere(edition):
    for audience in (CITYWIDE, Audience(BANK, "B03")):
        for name, content in write_pack(edition, audience, "zh").items():
            if not name.endswith(("docx", "pptx", "xlsx")):
                continue
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                parts = set(archive.namelist())
                types = etree.fromstring(archive.read("[Content_Types].xml"))
                named = {t.get("PartName", "").lstrip("/") for t in types}
                endings = {t.get("Extension") for t in types}
                assert all(part in named or part.rpartition(".")[2] in endings for part in parts)
                for part in parts:
                    if part.endswith(".rels"):
                        base = posixpath.dirname(posixpath.dirname(part))
                        for link in etree.fromstring(archive.read(part)):
                            if link.get("TargetMode") != "External":
                                target = link.get("Target")
                                where = target.lstrip("/") if target.startswith("/") else posixpath.join(base, target)
                                assert posixpath.normpath(where) in parts, (name, part, target)
                    elif part.endswith(".xml"):
                        for element in etree.fromstring(archive.read(part)).iter("{*}*"):
                            order = ORDERS.get(local(element))
                            found = [order.index(local(c)) for c in element if order and local(c) in order]
                            assert found == sorted(found), (name, part, local(element), [local(c) for c in element])


def test_ten_thousands_are_written_as_official_papers_do():
    assert official("截至 5 月 31 日，累计走访 421,404 户") == "截至5月31日，累计走访42.14万户"
    assert official("还需走访 9,999 户，金额 12,345.60 亿元") == "还需走访9999户，金额12345.60亿元"
    assert official("责任人【　　】。") == "责任人【　　】。"


def test_a_county_has_eight_slides_and_every_slide_names_its_sources(edition):
    for audience in (CITYWIDE, Audience(REGION, "440882"), Audience(BANK, "B03")):
        deck = Presentation(io.BytesIO(slides(edition, audience, "zh")))
        assert 8 <= len(deck.slides) <= 15
        for slide in deck.slides:
            if any(shape.has_chart for shape in slide.shapes):
                assert "数据：" in slide.notes_slide.notes_text_frame.text


def test_the_annexes_say_what_they_stand_on_and_draw_charts(pack):
    book = openpyxl.load_workbook(io.BytesIO(next(c for n, c in pack.items() if n.endswith("xlsx"))))
    names = [page.title for page in book.worksheets]
    assert any("期次、范围与筛选" in name for name in names)
    assert any("口径与说明" in name for name in names)
    assert len(book["附图"]._charts) == 4


def test_a_banks_overdue_column_is_its_overdue_list(edition):
    listed = edition.frames["overdue"].groupby("bank").size()
    for code, n in listed.items():
        assert edition.cell("overdue", BANK, code).value == n
