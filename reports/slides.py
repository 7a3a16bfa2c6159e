"""The PowerPoint deck: one conclusion a slide as its headline, native charts, speaker notes with definitions."""

import io

from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Emu, Inches, Pt

from reports import bankslides
from reports.chartstyle import category_data, style_bars, style_lines
from reports.edition import BANK, CITY, Audience, Edition
from reports.master import BLUE, BODY_TOP, LEFT, MUTED, add_band, add_card, add_text, new_deck
from reports.pictures import png
from reports.slidekit import BODY, MOST_LINES, Show, bars, column_values, definition_said, metric_column, table
from reports.tables import Table, region_table

CARDS = ("visited", "visit_rate", "applied", "approved", "approved_amount", "loan_amount", "average_rate", "overdue")
BANK_CARDS = ("visits", "recommended", "approved", "approved_amount", "loan_amount", "average_rate", "on_time_rate",
              "overdue")  # fmt: skip
STAGES = ("visited", "applied", "recommended", "approved", "borrowers")
SLIDE_KEYS = (
    "visited", "visit_rate", "applied", "approved", "approval_rate_recommended", "approved_amount", "overdue",
)  # fmt: skip


def slides(edition: Edition, audience: Audience, lang: str) -> bytes:
    """Return the deck for an audience as a .pptx file: eight to fifteen slides."""
    show = Show(new_deck(edition.title, lang), edition, audience, lang)
    _cover(show)
    _overall(show)
    if audience.part != BANK:
        _course(show)
        _regions(show)
        _stages(show)
    if audience.part == CITY:
        bankslides.city_banks(show)
    if audience.part == BANK:
        bankslides.own_bank(show)
    bankslides.overdue(show)
    _closing(show)
    _definitions(show)
    file = io.BytesIO()
    show.deck.save(file)
    return file.getvalue()


# ---- city and counties -----------------------------------------------------------------------------------------------


def _cover(show: Show) -> None:
    t, edition = show.t, show.edition
    slide = show.slide(edition.title, ())
    add_band(slide)
    name = edition.facts[f"name_{show.lang}"]
    if show.audience.part != CITY:
        name = edition.name(show.audience.part, show.audience.code, show.lang)
    said = t("{name}　第 {n} 期").format(name=name, n=edition.number)
    add_text(slide, said, LEFT, Inches(2.6), BODY[2], Inches(0.7), 26)
    add_text(
        slide,
        t("截至{day}").format(day=edition.facts[f"frozen_{show.lang}"]),
        LEFT,
        Inches(3.35),
        BODY[2],
        Inches(0.6),
        20,
        colour=MUTED,
    )
    if edition.facts["is_demo"]:
        demo = t("演示数据：经营主体与银行均为虚构，不代表任何真实机构")
        add_text(slide, demo, LEFT, Inches(4.1), BODY[2], Inches(0.5), 16, colour=MUTED)


def _overall(show: Show) -> None:
    edition, code = show.edition, show.audience.code
    keys = BANK_CARDS if show.audience.part == BANK else CARDS
    slide = show.slide(show.first("overall") or show.t("总体进展"), keys)
    found = [(key, edition.cell(key, show.audience.part, code)) for key in keys]
    width, height, gap = Inches(2.88), Inches(1.55), Inches(0.2)
    for place, (key, cell) in enumerate(found):
        row, column = divmod(place, 4)
        left, top = LEFT + column * (width + gap), BODY_TOP + Inches(0.3) + row * (height + gap)
        value = cell.text(show.lang) if cell else "—"
        add_card(slide, str(edition.definition(key)[show.lang]), value, (Emu(left), Emu(top), width, height))
    more = "\n".join(edition.sentences(show.audience, "overall", show.lang)[1:4])
    add_text(slide, more, LEFT, Inches(5.3), BODY[2], Inches(1.4), 16)


def _course(show: Show) -> None:
    series = show.edition.series("visited", show.audience.part, show.audience.code)
    if len(series) < 2:
        return
    peak = series.idxmax()
    headline = show.t("每周新增走访最多 {n} 户（{day} 止的一周），最近一周 {last} 户").format(
        n=f"{series.max():,.0f}", day=f"{peak:%Y-%m-%d}", last=f"{series.iloc[-1]:,.0f}"
    )
    slide = show.slide(headline, ("visited",))
    name = show.t("走访户数")
    data = category_data([f"{day:%m/%d}" for day in series.index], {name: list(series)}, "#,##0")
    chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BODY, data).chart
    style_lines(chart, "#,##0", 12)


def _regions(show: Show) -> None:
    shown = region_table(show.edition, show.audience, show.lang)
    rate = metric_column(shown, "visit_rate")
    bars(show, shown, "visit_rate", show.about("regions", rate.header if rate else ""), "0.0")
    if show.audience.part == CITY:
        _map(show, shown)
    share = metric_column(shown, "approval_rate_recommended")
    slide = show.slide(show.about("regions", share.header if share else "") or shown.title, SLIDE_KEYS)
    table(slide, shown, SLIDE_KEYS, show.lang)
    bars(show, shown, "approved_amount", _ends(show, shown, "approved_amount"), "#,##0.00")


def _ends(show: Show, shown: Table, key: str) -> str:
    """Return which row is largest and which smallest by a column, with their values."""
    column = metric_column(shown, key)
    ranked = sorted(column_values(shown, key))
    if not ranked or column is None:
        return shown.title
    (low, last), (high, first) = ranked[0], ranked[-1]
    return show.t("{metric}：{first}最多（{high}），{last}最少（{low}）").format(
        metric=column.header, first=first, high=f"{high:,.2f}", last=last, low=f"{low:,.2f}"
    )


def _map(show: Show, shown: Table) -> None:
    drawn = show.edition.frames["pictures"]
    whole = show.edition.cell("visit_rate")
    below = sorted(pair for pair in column_values(shown, "visit_rate") if whole and pair[0] < whole.value)
    if drawn.empty or whole is None or not below:
        return
    headline = show.t("{n} 个{level}走访率低于全市的 {rate}，{last}低 {gap} 个百分点").format(
        n=len(below), level=shown.corner, rate=whole.text(show.lang), last=below[0][1],
        gap=f"{whole.value - below[0][0]:.2f}",
    )  # fmt: skip
    slide = show.slide(headline, ("visit_rate",))
    picture = png(str(drawn["zh" if show.lang == "zh" else "en"].iloc[0]), show.lang)
    slide.shapes.add_picture(io.BytesIO(picture), Inches(3.0), BODY_TOP, height=Inches(5.0))
    said = show.t("各地走访率（%），蓝色高于整体、橙色低于整体；{note}").format(
        note=show.edition.facts[f"map_{show.lang}"]
    )
    add_text(slide, said, LEFT, Inches(6.6), BODY[2], Inches(0.3), 11, colour=MUTED)


def _stages(show: Show) -> None:
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


def _closing(show: Show) -> None:
    """Add the slide the meeting ends with: what is wrong on the left, what is to be done on the right."""
    t, half = show.t, Emu((BODY[2] - Inches(0.5)) // 2)
    sides = [(t("存在问题"), "problems", LEFT), (t("下一步工作"), "next", Emu(LEFT + half + Inches(0.5)))]
    found = [show.edition.sentences(show.audience, section, show.lang) for _, section, _ in sides]
    if not any(found):
        return
    headline = t("{n} 方面问题，{m} 项下一步工作").format(n=len(found[0]), m=len(found[1]))
    slide = show.slide(headline, ())
    for (name, _, left), lines in zip(sides, found, strict=True):
        add_text(slide, name, left, BODY_TOP, half, Inches(0.5), 20, colour=BLUE, bold=True)
        said = "\n".join(f"{i}. {line}" for i, line in enumerate(lines[:MOST_LINES], 1)) or t("无")
        frame = add_text(slide, said, left, Emu(BODY_TOP + Inches(0.6)), half, Inches(4.6), 16)
        for line in frame.paragraphs:
            line.space_after = Pt(10)


def _definitions(show: Show) -> None:
    """Add the definitions of the figures on the slides, in two columns of small text."""
    keys = BANK_CARDS if show.audience.part == BANK else CARDS
    slide = show.slide(show.t("材料中 {n} 项主要指标的口径与数据来源").format(n=len(keys)), ())
    said = "\n".join(definition_said(show.edition, key, show.lang) for key in keys)
    frame = add_text(slide, said, *BODY, 12)
    for line in frame.paragraphs:
        line.space_after = Pt(6)
