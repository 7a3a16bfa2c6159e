"""The PowerPoint deck: one conclusion a slide as its headline, native charts, speaker notes with definitions."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pptx.chart.data import XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.text import PP_ALIGN
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from locales import Translator, translator
from reports.chartstyle import category_data, style_bars, style_lines, style_scatter
from reports.edition import BANK, CITY, REGION, Audience, Edition, first_sentence, records
from reports.master import (
    BLUE,
    BODY_BOTTOM,
    BODY_TOP,
    LEFT,
    MUTED,
    RIGHT,
    WIDTH,
    add_band,
    add_card,
    add_slide,
    add_text,
    new_deck,
)
from reports.pictures import png
from reports.tables import Table, bank_table, light_word, number, question_name, region_table, text

BODY = (LEFT, BODY_TOP, Emu(WIDTH - LEFT - RIGHT), Emu(BODY_BOTTOM - BODY_TOP))
CARDS = ("visited", "visit_rate", "applied", "approved", "approved_amount", "loan_amount", "average_rate", "overdue")
STAGES = ("visited", "applied", "recommended", "approved", "borrowers")
SLIDE_KEYS = ("visited", "visit_rate", "applied", "recommended", "approved", "approved_amount", "overdue")
# The questions whose measure is a share; those of the others are ratios.
SHARES = frozenset({"applications", "reasons"})
MOST_BARS, MOST_LINES = 16, 12


@dataclass(frozen=True)
class _Show:
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
        notes = [more, *[_definition(self.edition, key, self.lang) for key in keys], self.footer]
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

    def whole(self, section: str, place: int) -> str:
        """Return a whole sentence for the notes."""
        found = self.edition.sentences(self.audience, section, self.lang)
        return found[place] if place < len(found) else ""


def slides(edition: Edition, audience: Audience, lang: str) -> bytes:
    """Return the deck for an audience as a .pptx file: eight to fifteen slides."""
    show = _Show(new_deck(edition.title, lang), edition, audience, lang)
    _cover(show)
    if audience.part != BANK:
        _overall(show)
        _course(show)
        _regions(show)
        _stages(show)
    if audience.part == CITY:
        _city_banks(show)
    if audience.part == BANK:
        _own_bank(show)
    if audience.part != REGION:
        _overdue(show)
    _closing(show)
    _definitions(show)
    file = io.BytesIO()
    show.deck.save(file)
    return file.getvalue()


def _definition(edition: Edition, key: str, lang: str) -> str:
    entry = edition.definition(key)
    colon = "：" if lang == "zh" else ": "
    return f"{entry['id']} {entry[lang]}{colon}{entry[f'formula_{lang}']} {entry[f'pitfalls_{lang}']}"


# ---- city and counties -----------------------------------------------------------------------------------------------


def _cover(show: _Show) -> None:
    t, edition = show.t, show.edition
    slide = show.slide(edition.title, ())
    add_band(slide)
    name = edition.facts[f"name_{show.lang}"]
    if show.audience.part != CITY:
        name = edition.name(show.audience.part, show.audience.code, show.lang)
    said = t("{name}　第 {n} 期").format(name=name, n=edition.number)
    add_text(slide, said, LEFT, Inches(2.6), BODY[2], Inches(0.7), 26)
    add_text(slide, edition.facts[f"frozen_{show.lang}"], LEFT, Inches(3.35), BODY[2], Inches(0.6), 20, colour=MUTED)
    if edition.facts["is_demo"]:
        demo = t("演示数据：经营主体与银行均为虚构，不代表任何真实机构")
        add_text(slide, demo, LEFT, Inches(4.1), BODY[2], Inches(0.5), 16, colour=MUTED)


def _overall(show: _Show) -> None:
    edition, code = show.edition, show.audience.code
    slide = show.slide(show.first("overall"), CARDS)
    found = [(key, edition.cell(key, show.audience.part, code)) for key in CARDS]
    width, height, gap = Inches(2.88), Inches(1.55), Inches(0.2)
    for place, (key, cell) in enumerate(found):
        row, column = divmod(place, 4)
        left, top = LEFT + column * (width + gap), BODY_TOP + Inches(0.3) + row * (height + gap)
        value = cell.text(show.lang) if cell else "—"
        add_card(slide, str(edition.definition(key)[show.lang]), value, (Emu(left), Emu(top), width, height))
    more = "　".join(edition.sentences(show.audience, "overall", show.lang)[1:3])
    add_text(slide, more, LEFT, Inches(5.4), BODY[2], Inches(1.2), 16)


def _course(show: _Show) -> None:
    series = show.edition.series("visited")
    if series.empty or show.audience.part != CITY:
        return
    peak = series.idxmax()
    headline = show.t("每周新增走访最多 {n} 户（{day} 当周），最近一周 {last} 户").format(
        n=f"{series.max():,.0f}", day=f"{peak:%m-%d}", last=f"{series.iloc[-1]:,.0f}"
    )
    slide = show.slide(headline, ("visited",))
    name = show.t("走访户数")
    data = category_data([f"{day:%m-%d}" for day in series.index], {name: list(series)}, "#,##0")
    chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BODY, data).chart
    style_lines(chart, "#,##0", 12)


def _regions(show: _Show) -> None:
    shown = region_table(show.edition, show.audience, show.lang)
    _bars(show, shown, "visit_rate", show.first("regions", 1) or show.first("regions"), "0.0")
    if show.audience.part == CITY:
        _map(show)
    headline = show.first("regions", 2) or shown.title
    slide = show.slide(headline, SLIDE_KEYS)
    _table(slide, shown, SLIDE_KEYS, show.lang)
    _bars(show, shown, "approved_amount", _ends(show, shown, "approved_amount"), "#,##0.00")


def _ends(show: _Show, shown: Table, key: str) -> str:
    """Return which row is largest and which smallest by a column, with their values."""
    place = next(i for i, column in enumerate(shown.columns) if column.key == key)
    column = shown.columns[place]
    ranked = sorted((number(r.cells[place], column), r.name) for r in shown.rows if r.cells[place])
    ranked = [pair for pair in ranked if pair[0] == pair[0]]
    if not ranked:
        return shown.title
    (low, last), (high, first) = ranked[0], ranked[-1]
    return show.t("{metric}：{first}最多（{high}），{last}最少（{low}）").format(
        metric=column.header, first=first, high=f"{high:,.2f}", last=last, low=f"{low:,.2f}"
    )


def _map(show: _Show) -> None:
    drawn = show.edition.frames["pictures"]
    if drawn.empty:
        return
    slide = show.slide(show.t("各地走访率与整体比（%）"), ("visit_rate",))
    picture = png(str(drawn["zh" if show.lang == "zh" else "en"].iloc[0]), show.lang)
    slide.shapes.add_picture(io.BytesIO(picture), Inches(3.0), BODY_TOP, height=Inches(5.0))
    add_text(slide, show.edition.facts[f"map_{show.lang}"], LEFT, Inches(6.6), BODY[2], Inches(0.3), 11, colour=MUTED)


def _stages(show: _Show) -> None:
    edition, part, code = show.edition, show.audience.part, show.audience.code
    found = [(key, cell.value) for key in STAGES if (cell := edition.cell(key, part, code)) and cell.state == "ok"]
    if len(found) < 2:
        return
    names = [str(edition.definition(key)[show.lang]) for key, _ in found]
    share = edition.cell("approval_rate_recommended", part, code)
    headline = show.t("推荐的经营主体中 {share} 获得授信；各阶段为累计量，非同一批企业").format(
        share=share.text(show.lang) if share else "—"
    )
    slide = show.slide(headline, STAGES)
    data = category_data(names, {show.t("户"): [value for _, value in found]}, "#,##0")
    style_bars(slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *BODY, data).chart, "#,##0", 14)


# ---- banks -----------------------------------------------------------------------------------------------------------


def _city_banks(show: _Show) -> None:
    """Add a slide a question: the banks in order, those who lag marked; credit against size as a scatter."""
    for place, question in enumerate(("visits", "applications", "credit", "reasons")):
        headline, whole = show.first("banks", place), show.whole("banks", place)
        if not headline:
            continue
        if question == "credit":
            _scatter(show, headline, whole)
        else:
            _question(show, question, headline, whole)


def _question(show: _Show, question: str, headline: str, notes: str) -> None:
    found = show.edition.frames["findings"]
    rows = found[found["question"] == question].dropna(subset="measure")
    if rows.empty:
        return
    rows = rows.sort_values("measure", ascending=question == "reasons")
    key = {"visits": "visit_size_fit", "applications": "application_rate_cohort", "reasons": "rejection_adequacy"}
    slide = show.slide(headline, (key[question],), notes)
    form = "0.00" if question == "visits" else "0.0%"
    names = [show.edition.name(BANK, code, show.lang, short=True) for code in rows["bank"]]
    marked = [place for place, light in enumerate(rows["light"]) if light == "red"]
    data = category_data(names, {question_name(show.t, question): list(rows["measure"])}, form)
    chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BODY, data).chart
    style_bars(chart, form, 10.5, marked=marked, horizontal=False)


def _scatter(show: _Show, headline: str, notes: str) -> None:
    rows = show.edition.frames["sizes"].dropna()
    rows = rows[(rows["size"] > 0) & (rows["credit"] > 0)]
    if rows.empty:
        return
    factor, unit = show.edition.facts[f"money_{show.lang}"]
    scale = factor if show.edition.facts["size_is_money"] else 1.0
    data = XyChartData(number_format="#,##0.0")
    banks = data.add_series(show.t("银行"))
    for size, credit in zip(rows["size"] / scale, rows["credit"] / factor, strict=True):
        banks.add_data_point(size, credit)
    line = data.add_series(show.t("等份额线"))
    share = float(rows["credit"].sum() / factor / (rows["size"].sum() / scale))
    for size in (rows["size"].min() / scale, rows["size"].max() / scale):
        line.add_data_point(size, size * share)
    slide = show.slide(headline, ("credit_size_fit",), notes)
    chart = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, *BODY, data).chart
    names = [show.edition.name(BANK, code, show.lang, short=True) for code in rows["bank"]]
    size_name = show.edition.facts[f"size_{show.lang}"]
    style_scatter(chart, names, f"{size_name}", f"{show.edition.definition('approved_amount')[show.lang]} ({unit})")


def _own_bank(show: _Show) -> None:
    """Add a bank's own figures beside the band of its unnamed peers, and a slide for each question."""
    t, edition = show.t, show.edition
    own = edition.frames["findings"]
    own = own[own["bank"] == show.audience.code]
    slide = show.slide(t("本行四问：{said}").format(said=_lights(show, own["light"].tolist())), ())
    heads = [t("问题"), t("灯"), t("本行"), t("同业下四分位"), t("同业中位"), t("同业上四分位")]
    lines = [[question_name(t, row["question"]), light_word(t, row["light"]), *_band(row)] for row in records(own)]
    _grid(slide, heads, lines, 16, Inches(0.6))
    for place, row in enumerate(records(own)):
        _beside_peers(show, place, row)
    table = bank_table(edition, show.audience, show.lang)
    page = show.slide(table.title, [column.key for column in table.columns])
    rows = [[column.header, text(table.rows[0].cells[i], column, show.lang)] for i, column in enumerate(table.columns)]
    _grid(page, [t("指标"), t("本行")], rows, 16, Inches(0.5))


def _beside_peers(show: _Show, place: int, row: Mapping[str, Any]) -> None:
    """Add a question's slide: what is said of the bank, and its measure beside its peers' quartiles."""
    t, said = show.t, row[show.lang]
    headline = t("{question}：{light}").format(
        question=question_name(t, row["question"]), light=light_word(t, row["light"])
    )
    slide = show.slide(headline, (), show.whole("banks", place))
    half = Emu(BODY[2] // 2)
    lines = add_text(slide, said.replace("；", "；\n").replace("; ", ";\n"), LEFT, BODY_TOP, half, BODY[3], 18)
    for line in lines.paragraphs:
        line.space_after = Pt(8)
    values = (row["measure"], row["low"], row["middle"], row["high"])
    if any(value != value for value in values):  # noqa: PLR0124 - NaN
        return
    form = "0.0%" if row["question"] in SHARES else "0.00"
    names = [t("本行"), t("同业下四分位"), t("同业中位"), t("同业上四分位")]
    data = category_data(names, {question_name(t, row["question"]): values}, form)
    left = Emu(LEFT + half + Inches(0.3))
    room = (left, BODY_TOP, Emu(half - Inches(0.3)), Inches(4.2))
    style_bars(slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *room, data).chart, form, 14, marked=(0,))


def _band(row: Mapping[str, Any]) -> list[str]:
    form = "{:.1%}" if row["question"] in SHARES else "{:.2f}"
    values = (row["measure"], row["low"], row["middle"], row["high"])
    return ["—" if value != value else form.format(value) for value in values]  # noqa: PLR0124 - NaN


def _lights(show: _Show, lights: Sequence[str]) -> str:
    t, red = show.t, lights.count("red")
    return t("{n} 项明显落后").format(n=red) if red else t("没有明显落后的问题")


def _overdue(show: _Show) -> None:
    shown = bank_table(show.edition, show.audience, show.lang)
    if show.audience.part == CITY:
        _bars(show, shown, "overdue", show.first("problems"), "#,##0")


# ---- pieces ----------------------------------------------------------------------------------------------------------


def _bars(show: _Show, shown: Table, key: str, headline: str, form: str) -> None:
    """Add a slide of bars by one column, the largest first; of very many rows those at either end."""
    place = next((i for i, column in enumerate(shown.columns) if column.key == key), None)
    if place is None:
        return
    column = shown.columns[place]
    values = [(number(row.cells[place], column), row.name) for row in shown.rows]
    ranked = sorted(((v, name) for v, name in values if v == v), reverse=True)  # noqa: PLR0124 - NaN
    if len(ranked) < 2:
        return
    if len(ranked) > MOST_BARS:
        ranked = [*ranked[: MOST_BARS // 2], *ranked[-MOST_BARS // 2 :]]
    slide = show.slide(headline or column.header, (key,))
    data = category_data([name for _, name in ranked], {column.header: [value for value, _ in ranked]}, form)
    style_bars(slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *BODY, data).chart, form, 12)


def _table(slide: Slide, shown: Table, keys: Sequence[str], lang: str) -> None:
    kept = [i for i, column in enumerate(shown.columns) if column.key in keys]
    rows = [row for row in (*shown.rows[:MOST_LINES], shown.total) if row]
    lines = [[row.name, *[text(row.cells[i], shown.columns[i], lang) for i in kept]] for row in rows]
    _grid(slide, [shown.corner, *[shown.columns[i].header for i in kept]], lines, 13, Inches(0.36))


def _grid(slide: Slide, heads: Sequence[str], lines: Sequence[Sequence[str]], size: float, height: Emu) -> None:
    """Add a native table; numbers to the right."""
    left, top, width, _ = BODY
    grid = slide.shapes.add_table(len(lines) + 1, len(heads), left, top, width, Emu(height * (len(lines) + 1))).table
    for line, words in enumerate([heads, *lines]):
        for place, word in enumerate(words):
            cell = grid.cell(line, place)
            cell.text = word
            cell.margin_top = cell.margin_bottom = Inches(0.03)
            cell.text_frame.paragraphs[0].font.size = Pt(size)
            cell.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT if place == 0 else PP_ALIGN.RIGHT


def _closing(show: _Show) -> None:
    """Add the slide the meeting ends with: what is wrong on the left, what is to be done on the right."""
    t, half = show.t, Emu((BODY[2] - Inches(0.5)) // 2)
    sides = [(t("存在问题"), "problems", LEFT), (t("下一步工作"), "next", Emu(LEFT + half + Inches(0.5)))]
    found = [show.edition.sentences(show.audience, section, show.lang) for _, section, _ in sides]
    if not any(found):
        return
    headline = t("{n} 个问题待解决，{m} 项工作待落实").format(n=len(found[0]), m=len(found[1]))
    slide = show.slide(headline, ())
    for (name, _, left), lines in zip(sides, found, strict=True):
        add_text(slide, name, left, BODY_TOP, half, Inches(0.5), 20, colour=BLUE, bold=True)
        said = "\n".join(f"{i}. {line}" for i, line in enumerate(lines[:MOST_LINES], 1)) or t("无")
        frame = add_text(slide, said, left, Emu(BODY_TOP + Inches(0.6)), half, Inches(4.6), 17)
        for line in frame.paragraphs:
            line.space_after = Pt(10)


def _definitions(show: _Show) -> None:
    """Add the definitions of the figures on the slides, in two columns of small text."""
    keys = CARDS[:6] if show.audience.part != BANK else ("approved", "approved_amount", "on_time_rate", "overdue")
    slide = show.slide(show.t("口径说明"), ())
    said = "\n".join(_definition(show.edition, key, show.lang) for key in keys)
    frame = add_text(slide, said, *BODY, 13)
    for line in frame.paragraphs:
        line.space_after = Pt(8)
