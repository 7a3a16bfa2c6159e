"""The Word bulletin (通报 / 工作简报): overall, counties, banks by the four questions, problems, next steps.

The office edits it: text is text, charts are charts, and what it has to fill in stands in marked brackets.
"""

import io

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm
from pptx.enum.chart import XL_CHART_TYPE

from locales import Translator, translator
from reports import official
from reports.chartstyle import category_data, style_bars, style_lines
from reports.edition import BANK, CITY, REGION, SECTIONS, Audience, Edition
from reports.pictures import png
from reports.tables import Table, annex_titles, bank_table, number, region_table, text
from reports.wordchart import add_chart

WIDTH = Mm(156)
# What fits a portrait page beside the name.
SHORT_REGION = ("visited", "visit_rate", "applied", "approved", "approved_amount", "overdue")
SHORT_BANK = ("visits", "recommended", "approved", "approved_amount", "on_time_rate", "overdue")
NUMERALS = "一二三四五六七八九十"


def bulletin(edition: Edition, audience: Audience, lang: str) -> bytes:
    """Return the bulletin for an audience as a .docx file."""
    t = translator(lang)
    number_, day = t("第 {n} 期").format(n=edition.number), edition.facts[f"frozen_{lang}"]
    warning = t("演示数据：经营主体与银行均为虚构，不代表任何真实机构") if edition.facts["is_demo"] else ""
    document = official.new_document(edition.title, number_, lang, warning)
    official.masthead(document, _office(edition, audience, lang, t), number_, day)
    whom = (
        "" if audience.part == CITY else t("（{name}）").format(name=edition.name(audience.part, audience.code, lang))
    )
    official.paragraph(document, f"{edition.title}{whom}", official.TITLE)
    present = [section for section in SECTIONS if edition.sentences(audience, section, lang)]
    for place, section in enumerate(present):
        official.paragraph(document, _heading(edition, audience, section, place, lang), official.HEADING)
        for sentence in edition.sentences(audience, section, lang):
            official.paragraph(document, sentence)
        _figures(document, edition, audience, section, lang)
    _closing(document, edition, audience, lang)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _office(edition: Edition, audience: Audience, lang: str, t: Translator) -> str:
    name = edition.facts[f"name_{lang}"]
    if audience.part != CITY:
        name = edition.name(audience.part, audience.code, lang)
    return t("{name}融资协调工作简报").format(name=name)


def _heading(edition: Edition, audience: Audience, section: str, place: int, lang: str) -> str:
    t, levels = translator(lang), edition.facts["region_levels"][lang]
    level = levels[1 if audience.part == REGION else 0] if len(levels) > 1 else t("地")
    names = {
        "overall": t("总体进展"), "regions": t("各{level}情况").format(level=level),
        "banks": t("本行情况") if audience.part == BANK else t("各银行情况"), "problems": t("存在问题"),
        "next": t("下一步工作"),
    }  # fmt: skip
    return f"{NUMERALS[place]}、{names[section]}" if lang == "zh" else f"{place + 1}. {names[section]}"


def _figures(document: Document, edition: Edition, audience: Audience, section: str, lang: str) -> None:
    if section == "overall" and audience.part != BANK:
        _course(document, edition, audience, lang)
    elif section == "regions":
        shown = region_table(edition, audience, lang)
        _bars(document, shown, "visit_rate", "0.0")
        if audience.part == CITY:
            _map(document, edition, lang)
        _table(document, shown, SHORT_REGION, lang)
    elif section == "banks" and audience.part != REGION:
        shown = bank_table(edition, audience, lang)
        if audience.part != BANK:
            _bars(document, shown, "approved_amount", "0.0")
        _table(document, shown, SHORT_BANK, lang)


def _course(document: Document, edition: Edition, audience: Audience, lang: str) -> None:
    series = edition.series("visited", audience.part, audience.code)
    if series.empty:
        return
    t = translator(lang)
    days = [f"{day:%m/%d}" for day in series.index]
    caption = t("每周新增走访户数（户，周日止）")
    data = category_data(days, {t("走访户数"): list(series)}, "#,##0")
    chart = add_chart(document, XL_CHART_TYPE.COLUMN_CLUSTERED, data, WIDTH, Mm(52), caption)
    style_lines(chart, "#,##0", 9)
    official.note(document, caption, centred=True)


def _bars(document: Document, shown: Table, key: str, form: str) -> None:
    place = next((i for i, column in enumerate(shown.columns) if column.key == key), None)
    if place is None or len(shown.rows) < 2:
        return
    column = shown.columns[place]
    ranked = sorted(shown.rows, key=lambda row: -_or_low(number(row.cells[place], column)))
    values = [number(row.cells[place], column) for row in ranked]
    if not any(value == value for value in values):  # noqa: PLR0124 - NaN
        return
    data = category_data([row.name for row in ranked], {column.header: values}, form)
    height = Mm(14 + 4.6 * len(ranked))
    chart = add_chart(document, XL_CHART_TYPE.BAR_CLUSTERED, data, WIDTH, height, column.header)
    style_bars(chart, form, 9)
    official.note(document, column.header, centred=True)


def _or_low(value: float) -> float:
    """A missing value goes last."""
    return value if value == value else float("-inf")  # noqa: PLR0124 - NaN


def _map(document: Document, edition: Edition, lang: str) -> None:
    drawn = edition.frames["pictures"]
    if drawn.empty:
        return
    t = translator(lang)
    picture = png(str(drawn["zh" if lang == "zh" else "en"].iloc[0]), lang)
    document.add_picture(io.BytesIO(picture), width=Mm(120))
    document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    official.note(
        document,
        t("各地走访率（%），蓝色高于整体、橙色低于整体；{note}").format(note=edition.facts[f"map_{lang}"]),
        centred=True,
    )


def _table(document: Document, shown: Table, keys: tuple[str, ...], lang: str) -> None:
    kept = [i for i, column in enumerate(shown.columns) if column.key in keys]
    rows = [row for row in (*shown.rows, shown.total) if row]
    lines = [[row.name, *[text(row.cells[i], shown.columns[i], lang) for i in kept]] for row in rows]
    heads = [shown.corner, *[shown.columns[i].header for i in kept]]
    official.table(document, heads, lines, has_total=shown.total is not None)
    official.note(document, shown.note)


def _closing(document: Document, edition: Edition, audience: Audience, lang: str) -> None:
    """Append the list of annexes, who issues the paper and when, and the lines at its end."""
    t = translator(lang)
    official.paragraph(document, "")
    for place, title in enumerate(annex_titles(edition, audience, lang), start=1):
        pattern = t("附件：{n}. {title}") if place == 1 else t("　　　{n}. {title}")
        line = official.paragraph(document, pattern.format(n=place, title=title))
        line.paragraph_format.keep_with_next = True  # who issues the paper never stands alone on a page
    official.paragraph(document, "").paragraph_format.keep_with_next = True
    official.signature(document, t("【发文机关】"), edition.facts[f"frozen_{lang}"])
    official.paragraph(document, "")
    made = t("由第 {n} 期冻结数据生成，冻结于 {at}，数字与附表一致。").format(
        n=edition.number, at=f"{edition.frozen_at:%Y-%m-%d %H:%M} UTC"
    )
    official.colophon(document, [t("报：【　　】　　送：【　　】　　发：【　　】"), made])
