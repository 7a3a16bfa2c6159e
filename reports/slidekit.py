"""What every slide of the deck is made of: a headline with notes, bars, tables and headlines found in the figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.text import PP_ALIGN
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from locales import Translator, translator
from reports.chartstyle import category_data, style_bars
from reports.edition import Audience, Edition, first_sentence, sources_of
from reports.master import BODY_BOTTOM, BODY_TOP, LEFT, MUTED, RIGHT, WIDTH, add_slide, add_text
from reports.tables import Column, Table, number, text

BODY = (LEFT, BODY_TOP, Emu(WIDTH - LEFT - RIGHT), Emu(BODY_BOTTOM - BODY_TOP))
MOST_BARS, MOST_LINES = 16, 12


@dataclass(frozen=True)
class Show:
    """The deck being made, and for whom."""

    deck: Deck
    edition: Edition
    audience: Audience
    lang: str

    @property
    def t(self) -> Translator:
        """The paper's translator."""
        return translator(self.lang)

    def slide(self, headline: str, keys: Sequence[str], more: str = "") -> Slide:
        """Append a slide; its notes hold ``more`` and the definitions of ``keys``."""
        notes = [more, *[definition_said(self.edition, key, self.lang) for key in keys], self.footer]
        return add_slide(self.deck, headline, "\n".join(filter(None, notes)), self.footer)

    @property
    def footer(self) -> str:
        """What stands at the foot of every slide."""
        said = self.t("{title} 第{number}期　截至 {day}").format(
            title=self.edition.title, number=self.edition.number, day=self.edition.as_of.isoformat()
        )
        return said + (self.t("　演示数据") if self.edition.facts["is_demo"] else "")

    def first(self, section: str, place: int = 0) -> str:
        """Return the first clause of a sentence: a headline; the rest of it goes into the notes."""
        found = self.edition.sentences(self.audience, section, self.lang)
        return first_sentence(found[place], self.lang) if place < len(found) else ""

    def about(self, section: str, header: str) -> str:
        """Return the first sentence of a section that speaks of the metric with this table header; "" if none does."""
        name = header.partition("（")[0].partition(" (")[0]
        found = self.edition.sentences(self.audience, section, self.lang)
        return next((first_sentence(text_, self.lang) for text_ in found if name and text_.startswith(name)), "")

    def whole(self, section: str, place: int) -> str:
        """Return a whole sentence for the notes."""
        found = self.edition.sentences(self.audience, section, self.lang)
        return found[place] if place < len(found) else ""


def definition_said(edition: Edition, key: str, lang: str) -> str:
    """Return a metric's definition as it was: formula, pitfalls, what it is counted from, and who defines it so."""
    entry, t = edition.definition(key), translator(lang)
    colon = "：" if lang == "zh" else ": "
    data, source = sources_of(entry, lang)
    said = f"{entry['id']} {entry[lang]}{colon}{entry[f'formula_{lang}']} {entry[f'pitfalls_{lang}']}"
    if data:
        said += t(" 数据：{data}，截至 {on}。").format(data=data, on=entry["as_of"] or "—")
    return said + (t("口径来源：{source}。").format(source=source) if source else "")


def metric_column(shown: Table, key: str) -> Column | None:
    """Return the column of a metric, None if the table has none."""
    return next((column for column in shown.columns if column.key == key), None)


def column_values(shown: Table, key: str) -> list[tuple[float, str]]:
    """Return a column's known values with the names of their rows."""
    place = next((i for i, column in enumerate(shown.columns) if column.key == key), None)
    if place is None:
        return []
    values = [(number(row.cells[place], shown.columns[place]), row.name) for row in shown.rows]
    return [pair for pair in values if pair[0] == pair[0]]


def bars(show: Show, shown: Table, key: str, headline: str, form: str) -> None:
    """Add a slide of bars by one column, the largest first; of very many rows those at either end."""
    column, ranked = metric_column(shown, key), sorted(column_values(shown, key), reverse=True)
    if column is None or len(ranked) < 2:
        return
    if len(ranked) > MOST_BARS:
        ranked = [*ranked[: MOST_BARS // 2], *ranked[-MOST_BARS // 2 :]]
        note = show.t("最高和最低的各 {n} 个；全部见附表").format(n=MOST_BARS // 2)
    else:
        note = ""
    slide = show.slide(headline or column.header, (key,), note)
    bar_chart(slide, ranked, column.header, form)
    if note:
        add_text(slide, note, LEFT, Inches(6.72), BODY[2], Inches(0.25), 11, colour=MUTED)


def bar_chart(slide: Slide, values: Sequence[tuple[float, str]], title: str, form: str) -> None:
    """Add native horizontal bars under their title: what is measured, and its unit."""
    data = category_data([name for _, name in values], {title: [value for value, _ in values]}, form)
    left, top, width, height = BODY
    add_text(slide, title, left, top, width, Inches(0.3), 13, colour=MUTED)
    room = (left, Emu(top + Inches(0.3)), width, Emu(height - Inches(0.4)))
    style_bars(slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *room, data).chart, form, 12)


def table(slide: Slide, shown: Table, keys: Sequence[str], lang: str) -> None:
    """Add a native table of some columns, with its total; of very many rows the first ones, and says so."""
    kept = [i for i, column in enumerate(shown.columns) if column.key in keys]
    rows = [row for row in (*shown.rows[:MOST_LINES], shown.total) if row]
    lines = [[row.name, *[text(row.cells[i], shown.columns[i], lang) for i in kept]] for row in rows]
    grid(slide, [shown.corner, *[shown.columns[i].header for i in kept]], lines, 13, Inches(0.36))
    if len(shown.rows) > MOST_LINES:
        note = translator(lang)("共 {n} 个，列出前 {m} 个；全部见附表").format(n=len(shown.rows), m=MOST_LINES)
        add_text(slide, note, LEFT, Inches(6.72), BODY[2], Inches(0.25), 11, colour=MUTED)


def grid(slide: Slide, heads: Sequence[str], lines: Sequence[Sequence[str]], size: float, height: Emu) -> None:
    """Add a native table; numbers to the right."""
    left, top, width, _ = BODY
    made = slide.shapes.add_table(len(lines) + 1, len(heads), left, top, width, Emu(height * (len(lines) + 1))).table
    for line, words in enumerate([heads, *lines]):
        for place, word in enumerate(words):
            cell = made.cell(line, place)
            cell.text = word
            cell.margin_top = cell.margin_bottom = Inches(0.03)
            cell.text_frame.paragraphs[0].font.size = Pt(size)
            cell.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT if place == 0 else PP_ALIGN.RIGHT
