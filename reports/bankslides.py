"""The slides on banks: the four questions of the meeting, credit against size, and one bank beside unnamed peers."""

from collections.abc import Mapping, Sequence
from typing import Any

from pptx.chart.data import XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from reports.chartstyle import category_data, style_bars, style_scatter
from reports.edition import BANK, CITY, REGION, records
from reports.master import BODY_TOP, LEFT, MUTED, add_text
from reports.slidekit import BODY, Show, bar_chart, grid
from reports.tables import bank_table, light_word, question_name, text

# The questions whose measure is a share; those of the others are ratios.
SHARES = frozenset({"applications", "reasons"})
# The metric behind each question.
BEHIND = {"visits": "visit_size_fit", "applications": "application_rate_cohort", "credit": "credit_size_fit",
          "reasons": "rejection_adequacy"}  # fmt: skip
MOST_OVERDUE = 16


def city_banks(show: Show) -> None:
    """Add a slide a question: the banks in order, those who lag marked; credit against size as a scatter."""
    for place, question in enumerate(("visits", "applications", "credit", "reasons")):
        headline, whole = show.first("banks", place), show.whole("banks", place)
        if not headline:
            continue
        if question == "credit":
            _scatter(show, headline, whole)
        else:
            _question(show, question, headline, whole)


def _question(show: Show, question: str, headline: str, notes: str) -> None:
    found = show.edition.frames["findings"]
    rows = found[found["question"] == question].dropna(subset="measure")
    if rows.empty:
        return
    rows = rows.sort_values("measure", ascending=question == "reasons")
    slide = show.slide(headline, (BEHIND[question],), notes)
    _legend(show, slide, _measured(show, question))
    form = "0.00" if question == "visits" else "0.0%"
    names = [show.edition.name(BANK, code, show.lang, short=True) for code in rows["bank"]]
    marked = [place for place, light in enumerate(rows["light"]) if light == "red"]
    data = category_data(names, {question_name(show.t, question): list(rows["measure"])}, form)
    chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *_below(BODY), data).chart
    style_bars(chart, form, 10.5, marked=marked, horizontal=False)


def _measured(show: Show, question: str) -> str:
    """Return what the chart of a question shows, with its unit."""
    t = show.t
    return {
        "visits": t("走访量为按规模应有的多少倍"),
        "applications": t("首次走访满 60 天的经营主体中已申报的比例（调整后，%）"),
        "credit": t("授信金额与规模"), "reasons": t("不予授信中没有写明原因的比例（%）"),
    }[question]  # fmt: skip


def _legend(show: Show, slide: Slide, measured: str) -> None:
    """Say what a chart shows, and what the other colour means."""
    meaning = show.t("橙色：连续两个月明显落后")
    add_text(slide, f"{measured}　{meaning}", *BODY[:3], Inches(0.3), 13, colour=MUTED)


def _below(room: tuple[Emu, Emu, Emu, Emu]) -> tuple[Emu, Emu, Emu, Emu]:
    left, top, width, height = room
    return left, Emu(top + Inches(0.35)), width, Emu(height - Inches(0.35))


def _scatter(show: Show, headline: str, notes: str) -> None:
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
    _legend(show, slide, _measured(show, "credit"))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, *_below(BODY), data).chart
    names = [show.edition.name(BANK, code, show.lang, short=True) for code in rows["bank"]]
    size_name = show.edition.facts[f"size_{show.lang}"]
    across = f"{size_name} ({unit})" if show.edition.facts["size_is_money"] else str(size_name)
    upwards = f"{show.edition.definition('approved_amount')[show.lang]} ({unit})"
    found = show.edition.frames["findings"]
    red = set(found.loc[(found["question"] == "credit") & (found["light"] == "red"), "bank"])
    style_scatter(
        chart, names, across, upwards, marked=[place for place, code in enumerate(rows["bank"]) if code in red]
    )


def own_bank(show: Show) -> None:
    """Add a bank's own figures beside the band of its unnamed peers, and a slide for each question."""
    t, edition = show.t, show.edition
    own = edition.frames["findings"]
    own = own[own["bank"] == show.audience.code]
    slide = show.slide(t("本行四问：{said}").format(said=_lights(show, own["light"].tolist())), ())
    heads = [t("问题"), t("灯"), t("本行"), t("同业下四分位"), t("同业中位"), t("同业上四分位")]
    lines = [[question_name(t, row["question"]), light_word(t, row["light"]), *_band(row)] for row in records(own)]
    grid(slide, heads, lines, 16, Inches(0.6))
    for place, row in enumerate(records(own)):
        _beside_peers(show, place, row)
    table = bank_table(edition, show.audience, show.lang)
    name = edition.name(BANK, show.audience.code, show.lang, short=True)
    headline = t("{bank}工作情况：{said}").format(bank=name, said=show.first("problems"))
    page = show.slide(headline, [column.key for column in table.columns])
    rows = [[column.header, text(table.rows[0].cells[i], column, show.lang)] for i, column in enumerate(table.columns)]
    grid(page, [t("指标"), t("本行")], rows, 16, Inches(0.5))


def _beside_peers(show: Show, place: int, row: Mapping[str, Any]) -> None:
    """Add a question's slide: what is said of the bank, and its measure beside its peers' quartiles."""
    t, said = show.t, row[show.lang]
    headline = t("{question}：{light}").format(
        question=question_name(t, row["question"]), light=light_word(t, row["light"])
    )
    slide = show.slide(headline, (BEHIND[row["question"]],), show.whole("banks", place))
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


def _lights(show: Show, lights: Sequence[str]) -> str:
    t, red = show.t, lights.count("red")
    return t("{n} 项明显落后").format(n=red) if red else t("没有明显落后的问题")


def overdue(show: Show) -> None:
    """Add a slide on what waits too long: of the city and a county by bank, of a bank by county."""
    t, edition, audience = show.t, show.edition, show.audience
    table = edition.frames.get("overdue")
    if table is None:  # the reader may not see single rows
        return
    if audience.part != CITY:
        table = table[table["region" if audience.part == REGION else "bank"] == audience.code]
    part, column = (REGION, "region") if audience.part == BANK else (BANK, "bank")
    counted = table.groupby(column).size().sort_values(ascending=False, kind="stable").head(MOST_OVERDUE)
    if counted.empty:
        return
    values = [(float(n), edition.name(part, str(code), show.lang, short=True)) for code, n in counted.items()]
    headline = t("超期未决 {n} 笔，最多的是{name} {most} 笔，最长的已超 {days} 天").format(
        n=f"{len(table):,}", name=values[0][1], most=f"{values[0][0]:,.0f}",
        days=f"{table['days'].max() - edition.facts['decision_days']:,.0f}",
    )  # fmt: skip
    note = t("一户可能在多家银行超期，笔数不等于户数；清单见附表。")
    slide = show.slide(headline, ("overdue",), note)
    bar_chart(slide, values, t("超期未决（笔）"), "#,##0")
