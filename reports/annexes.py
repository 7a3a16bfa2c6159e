"""The Excel annexes: county table, bank table, the four questions, overdue list, definitions. Ready to print.

Numbers are numbers with formats, totals formulas where rows add up, and the charts Excel's own.
"""

import io
import math
from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.chart import Chart
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from locales import Translator, translator
from locales.cells import guarded
from reports.edition import BANK, REGION, Audience, Edition, records, sources_of
from reports.tables import Column, Row, Table, bank_table, light_word, number, question_name, region_table, text

A3, A4 = 8, 9
# The widest table that is still legible on A4.
A4_COLUMNS = 10
TITLE, NOTE, HEAD, FIRST = 0, 1, 2, 3
# A chart's width, the height of a bar and of a line in pixels, and how many lines of a sheet print on a page beside it.
CHART_WIDTH, BAR_HEIGHT, LINE_HEIGHT, PAGE_LINES = 980, 18, 20, 31
# How many Latin characters wide the columns of the definitions are.
DEFINED = (5, 22, 8, 50, 50, 24, 32)


def annexes(edition: Edition, audience: Audience, lang: str) -> bytes:
    """Return the workbook for an audience: for a bank without the county table and without any peer's name."""
    file = io.BytesIO()
    # Texts stay texts: a name that begins with "=" must not become a formula, nor a link a link.
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": edition.title, "comments": _footer(edition, translator(lang))})
    writer = _Writer(book, edition, audience, lang)
    if audience.part != BANK:
        writer.table(region_table(edition, audience, lang), charts=("visit_rate", "approved_amount"))
    if audience.part != REGION:
        writer.table(bank_table(edition, audience, lang), charts=("approved_amount", "overdue"))
        writer.findings()
    writer.overdue()
    writer.context()
    writer.definitions()
    writer.drawings()
    book.close()
    return file.getvalue()


class _Writer:
    """The open workbook with its formats; each method adds one annex."""

    def __init__(self, book: xlsxwriter.Workbook, edition: Edition, audience: Audience, lang: str) -> None:
        self.book, self.edition, self.audience, self.lang = book, edition, audience, lang
        self.t, self.count = translator(lang), 0
        self.charts: list[tuple[Chart, int]] = []
        base = {"font_name": "宋体" if lang == "zh" else "Calibri", "font_size": 10, "valign": "vcenter"}
        self.title = book.add_format(
            {**base, "font_name": "黑体" if lang == "zh" else "Calibri", "font_size": 15, "bold": True}
        )
        self.note = book.add_format({**base, "font_size": 9, "font_color": "#55637A"})
        boxed = {**base, "border": 1, "border_color": "#B8C2CF"}
        self.head = book.add_format(
            {**boxed, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#EAF1FA"}
        )
        self.words = book.add_format({**boxed, "text_wrap": True})
        self.whole = book.add_format({**boxed, "num_format": "#,##0"})
        self.parts = book.add_format({**boxed, "num_format": "#,##0.00"})
        self.missing = book.add_format({**boxed, "align": "right", "font_color": "#55637A"})
        bold = {**boxed, "bold": True, "top": 2}
        self.total_words = book.add_format(bold)
        self.total_whole = book.add_format({**bold, "num_format": "#,##0"})
        self.total_parts = book.add_format({**bold, "num_format": "#,##0.00"})

    def table(self, table: Table, charts: Sequence[str]) -> None:
        """Add a table with its total, and make charts of some of its columns."""
        page = self.page(table.title, table.note, len(table.columns) + 1, name=table.title)
        self.heads(page, [table.corner, *[column.header for column in table.columns]])
        page.set_column(0, 0, 18)
        page.set_column(1, len(table.columns), 13)
        for place, row in enumerate(table.rows):
            page.write_string(FIRST + place, 0, guarded(row.name), self.words)
            self.cells(page, FIRST + place, row, table.columns)
        if table.total:
            self.total(page, table)
        for key in charts:
            self.chart(page, table, key)

    def cells(self, page: Worksheet, line: int, row: Row, columns: Sequence[Column]) -> None:
        """Write the numbers of a row; a missing one as its word."""
        for place, (cell, column) in enumerate(zip(row.cells, columns, strict=True), start=1):
            value = number(cell, column)
            if math.isnan(value):
                page.write_string(line, place, guarded(text(cell, column, self.lang)), self.missing)
            else:
                page.write_number(line, place, value, self.parts if column.decimals else self.whole)

    def total(self, page: Worksheet, table: Table) -> None:
        """Write the total: a sum where the rows add up to it, else its own figure."""
        assert table.total is not None  # noqa: S101 - the caller has looked
        line, last = FIRST + len(table.rows), FIRST + len(table.rows) - 1
        page.write_string(line, 0, guarded(table.total.name), self.total_words)
        for place, (cell, column) in enumerate(zip(table.total.cells, table.columns, strict=True), start=1):
            style, value = self.total_parts if column.decimals else self.total_whole, number(cell, column)
            rows = [number(row.cells[place - 1], column) for row in table.rows]
            if math.isnan(value):
                page.write_string(line, place, guarded(text(cell, column, self.lang)), self.total_words)
            elif column.adds and math.isclose(sum(rows), value, rel_tol=1e-9):
                span = f"{xl_rowcol_to_cell(FIRST, place)}:{xl_rowcol_to_cell(last, place)}"
                page.write_formula(line, place, f"=SUM({span})", style, value)
            else:
                page.write_number(line, place, value, style)

    def chart(self, page: Worksheet, table: Table, key: str) -> None:
        """Make a bar chart of one column, for the sheet of charts; it reads the table's cells."""
        place = next((i for i, column in enumerate(table.columns, start=1) if column.key == key), None)
        if place is None or len(table.rows) < 2:
            return
        last = FIRST + len(table.rows) - 1
        header, sheet = table.columns[place - 1].header, page.get_name()
        chart = self.book.add_chart({"type": "bar"})
        chart.add_series({
            "name": header, "categories": [sheet, FIRST, 0, last, 0], "values": [sheet, FIRST, place, last, place],
            "fill": {"color": "#316BB0"}, "gap": 45, "data_labels": {"value": True, "font": {"size": 9}},
        })  # fmt: skip
        title = self.t("{title}：{metric}").format(title=table.title, metric=header)
        chart.set_title({"name": title, "name_font": {"size": 12}})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
        chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
        height = BAR_HEIGHT * (4 + len(table.rows))
        chart.set_size({"width": CHART_WIDTH, "height": height})
        self.charts.append((chart, math.ceil(height / LINE_HEIGHT) + 1))

    def drawings(self) -> None:
        """Add the sheet of charts, as many on a printed page as fit."""
        if not self.charts:
            return
        t = self.t
        page = self.book.add_worksheet(t("附图"))
        page.write_string(TITLE, 0, guarded(t("附图")), self.title)
        page.write_string(NOTE, 0, guarded(_footer(self.edition, t)), self.note)
        page.set_row(TITLE, 30)
        self.printed(page, A4)
        line, breaks, used = FIRST, [], FIRST
        for chart, lines in self.charts:
            if used > FIRST and used + lines > PAGE_LINES:
                breaks.append(line)
                used = 0
            page.insert_chart(line, 0, chart, {"object_position": 2})
            line, used = line + lines, used + lines
        page.set_h_pagebreaks(breaks)

    def findings(self) -> None:
        """Add the four questions: each bank's light and what is said of it."""
        t, table = self.t, self.edition.frames["findings"]
        own = table[table["bank"] == self.audience.code] if self.audience.part == BANK else table
        page = self.page(t("银行四问"), t("连续两个月统计上显著落后方为“明显落后”。"), 4, name=t("银行四问"))
        self.heads(page, [t("银行"), t("问题"), t("灯"), t("说明")])
        page.set_column(0, 2, 14)
        page.set_column(3, 3, 100)
        for line, row in enumerate(records(own), start=FIRST):
            bank, said = self.edition.name(BANK, row["bank"], self.lang, short=True), row[self.lang]
            words = [bank, question_name(t, row["question"]), light_word(t, row["light"]), said]
            page.set_row(line, 15 * _lines(said, 96))
            for place, word in enumerate(words):
                page.write_string(line, place, guarded(str(word)), self.words)

    def overdue(self) -> None:
        """Add the overdue pushes of the audience, the oldest first; enterprises by their number only."""
        t, table = self.t, self.edition.frames.get("overdue")
        if table is None:  # the reader may not see single rows
            return
        if self.audience.code:
            table = table[table["region" if self.audience.part == REGION else "bank"] == self.audience.code]
        days = self.edition.facts["decision_days"]
        note = t("推送后超过 {days} 天仍无决定，共 {n} 笔").format(days=days, n=len(table))
        page = self.page(t("超期未决清单"), note, 5, name=t("超期未决清单"))
        self.heads(page, [t("主体编号"), t("属地"), t("银行"), t("推送日期"), t("已超天数")])
        page.set_column(0, 4, 18)
        for line, row in enumerate(records(table), start=FIRST):
            region = self.edition.name(REGION, row["region"], self.lang, short=True)
            bank = self.edition.name(BANK, row["bank"], self.lang, short=True)
            for place, word in enumerate([row["enterprise_id"], region, bank, row["pushed_on"]]):
                page.write_string(line, place, guarded(str(word)), self.words)
            page.write_number(line, 4, row["days"] - days, self.whole)
        if len(table):
            page.autofilter(HEAD, 0, FIRST + len(table) - 1, 4)

    def context(self) -> None:
        """Add what the edition is: dates, scope, filters, rules, and who froze it when from which data."""
        t, edition, lang = self.t, self.edition, self.lang
        facts, (part, code) = edition.facts, (self.audience.part, self.audience.code)
        rows = [
            (t("标题"), edition.title), (t("期号"), str(edition.number)), (t("截至"), edition.as_of.isoformat()),
            (t("走访数据截至"), facts["visits_on"] or t("未报送")),
            (t("清单、授信和放款数据截至"), facts["lists_on"] or t("未报送")),
            (t("对象"), edition.name(part, code, lang) if code else facts[f"name_{lang}"]),
            (t("筛选"), t("无：截至日以前的全部时段、行业、类型和银行")),
            (t("冻结时间"), f"{edition.frozen_at:%Y-%m-%d %H:%M} UTC"), (t("冻结人"), edition.frozen_by or "—"),
            (t("数据版本"), str(edition.data_version)), (t("金额单位"), facts[f"money_{lang}"][1]),
            (t("超期未决"), t("推送后超过 {days} 天仍无决定").format(days=facts["decision_days"])),
            (t("银行规模口径"), facts[f"size_{lang}"] or "—"),
            (t("缺失的写法"), t("未报送：没有这类数据；—：分母为零；<5：数目太少，不予显示；都不是 0")),
            (t("数据性质"), _nature(edition, t)),
        ]  # fmt: skip
        page = self.page(t("期次、范围与筛选"), _footer(edition, t), 2, name=t("期次、范围与筛选"))
        self.heads(page, [t("项目"), t("内容")])
        page.set_column(0, 0, 30)
        page.set_column(1, 1, 100)
        for line, (name, said) in enumerate(rows, start=FIRST):
            page.write_string(line, 0, guarded(name), self.words)
            page.write_string(line, 1, guarded(str(said)), self.words)

    def definitions(self) -> None:
        """Add the definition of every metric the annexes show, and what the edition is."""
        t, lang = self.t, self.lang
        page = self.page(t("口径与说明"), _footer(self.edition, t), 7, name=t("口径与说明"))
        self.heads(page, [t("编号"), t("指标"), t("单位"), t("公式"), t("注意"), t("数据"), t("口径来源")])
        for place, width in enumerate(DEFINED):
            page.set_column(place, place, width + 2)
        for line, row in enumerate(records(self.edition.frames["definitions"]), start=FIRST):
            words = [row["id"], *[row[f"{name}{lang}"] for name in ("", "unit_", "formula_", "pitfalls_")]]
            words += sources_of(row, lang)
            page.set_row(line, 15 * max(_lines(str(w), width) for w, width in zip(words, DEFINED, strict=True)))
            for place, word in enumerate(words):
                page.write_string(line, place, guarded(str(word)), self.words)

    def page(self, title: str, note: str, width: int, name: str) -> Worksheet:
        """Add a sheet that prints on one page's width: title, note, and heads repeated on every page."""
        self.count += 1
        page = self.book.add_worksheet(f"{self.count} {name}"[:31])
        page.write_string(TITLE, 0, guarded(self.t("附件{n}　{title}").format(n=self.count, title=title)), self.title)
        page.write_string(NOTE, 0, guarded(note), self.note)
        page.set_row(TITLE, 30)
        page.freeze_panes(FIRST, 1)
        page.repeat_rows(HEAD)
        self.printed(page, A4 if width <= A4_COLUMNS else A3)
        return page

    def printed(self, page: Worksheet, paper: int) -> None:
        """Set a sheet up to print: landscape, one page wide, edition and page number at its foot."""
        page.set_landscape()
        page.set_paper(paper)
        page.fit_to_pages(1, 0)
        page.center_horizontally()
        page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        page.set_footer(f"&L{_footer(self.edition, self.t).replace('&', '&&')}&R&P/&N")

    def heads(self, page: Worksheet, words: Sequence[str]) -> None:
        """Write the heads of a table."""
        page.set_row(HEAD, 42)
        for place, word in enumerate(words):
            page.write_string(HEAD, place, guarded(word), self.head)


def _footer(edition: Edition, t: Translator) -> str:
    demo = t("　演示数据") if edition.facts["is_demo"] else ""
    text_ = t("{title} 第{number}期　截至 {day}")
    return text_.format(title=edition.title, number=edition.number, day=edition.as_of.isoformat()) + demo


def _nature(edition: Edition, t: Translator) -> str:
    return t("演示数据：经营主体与银行均为虚构，不代表任何真实机构") if edition.facts["is_demo"] else t("报送数据")


def _lines(text_: str, width: int) -> int:
    """Return how many lines a text takes in a column of ``width``: no program sets a row's height from its file."""
    return max(1, math.ceil(sum(2 if ord(mark) > 0x2E80 else 1 for mark in text_) / width))
