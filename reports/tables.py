"""The tables of the papers: counties (or one county's towns) and banks. Word, slides and Excel agree."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from locales import Translator, translator
from reports.edition import BANK, CITY, REGION, TOWN, Audience, Cell, Edition

COUNTS = frozenset({"enterprise", "event", "case", "person", "rank", "issue"})
RATES = frozenset({"percent", "percentage_point"})
MONEY = frozenset({"yuan"})
REGION_KEYS = (
    "listed", "visited", "visit_rate", "list_coverage", "applied", "recommended", "approved",
    "approval_rate_recommended", "approved_amount", "loan_amount", "average_rate", "overdue",
)  # fmt: skip
BANK_KEYS = (
    "visits", "recommended", "approved", "approval_rate_recommended", "approved_amount", "loan_amount",
    "average_rate", "on_time_rate", "overdue",
)  # fmt: skip
QUESTIONS = ("visits", "applications", "credit", "reasons")


@dataclass(frozen=True, slots=True)
class Column:
    """One metric of a table: its key, header with unit, unit code, what to divide by, and whether rows add up."""

    key: str
    header: str
    unit: str
    factor: float = 1.0
    adds: bool = False

    @property
    def decimals(self) -> int:
        """How many decimals the column is written with."""
        return 0 if self.unit in COUNTS else 2


@dataclass(frozen=True, slots=True)
class Row:
    """One unit of a table with a figure, or None, in every column; ``light`` is a word on it, if any."""

    name: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its title, the head of its first column, its rows and their total."""

    name: str
    title: str
    corner: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    note: str = ""


def number(cell: Cell | None, column: Column) -> float:
    """Return a cell's value in the column's unit, NaN where there is none."""
    return float("nan") if cell is None or cell.state != "ok" else cell.value / column.factor


def text(cell: Cell | None, column: Column, lang: str) -> str:
    """Return a cell as it stands in a table, without its unit; the word or mark for a missing value."""
    if cell is None:
        return "—"
    value = number(cell, column)
    return cell.text(lang) if math.isnan(value) else f"{value:,.{column.decimals}f}"


def columns(edition: Edition, keys: Sequence[str], lang: str) -> tuple[Column, ...]:
    """Return the columns of ``keys`` that the edition defines."""
    known = set(edition.frames["definitions"]["key"])
    return tuple(_column(edition, key, lang) for key in keys if key in known)


def _column(edition: Edition, key: str, lang: str) -> Column:
    entry = edition.definition(key)
    name, unit = str(entry[lang]), str(entry["unit"])
    factor, shown = (1.0, str(entry[f"unit_{lang}"]))
    if unit in MONEY:
        factor, shown = edition.facts[f"money_{lang}"]
    return Column(key, f"{name}（{shown}）" if lang == "zh" else f"{name} ({shown})", unit, factor, bool(entry["adds"]))


def region_table(edition: Edition, audience: Audience, lang: str) -> Table:
    """Return the counties, or a county's towns, in statutory order with their total; the unclassified last."""
    t, county = translator(lang), audience.code if audience.part == REGION else ""
    part = TOWN if county else REGION
    shown = columns(edition, REGION_KEYS, lang)
    codes = [code for code in edition.codes(part, county) if code or _counts(edition, part)]
    rows = tuple(_row(edition, part, code, shown, lang) for code in codes)
    total = _row(edition, REGION if county else CITY, county, shown, lang)
    levels = edition.facts["region_levels"][lang]
    corner = str(levels[1 if county else 0])
    name = edition.name(REGION, county, lang) if county else str(edition.facts[f"name_{lang}"])
    title = t("{region}各{level}进展情况").format(region=name, level=corner)
    return Table("regions", title, corner, shown, rows, Row(t("合计"), total.cells), _note(edition, t))


def bank_table(edition: Edition, audience: Audience, lang: str) -> Table:
    """Return the banks in the profile's order without a total, since several may touch one enterprise.

    For a bank there is its own row alone: peers are shown as a band, never by name.
    """
    t = translator(lang)
    shown = columns(edition, BANK_KEYS, lang)
    codes = [audience.code] if audience.part == BANK else edition.codes(BANK)
    rows = tuple(_row(edition, BANK, code, shown, lang) for code in codes)
    note = t("同一户可与多家银行对接，各银行之和大于全市去重户数，不设合计。")
    return Table("banks", t("各银行工作情况"), t("银行"), shown, rows, note=f"{note}{_note(edition, t)}")


def annex_titles(edition: Edition, audience: Audience, lang: str) -> list[str]:
    """Return the titles of the annexes an audience gets, in their order."""
    t, found = translator(lang), []
    if audience.part != BANK:
        found.append(region_table(edition, audience, lang).title)
    if audience.part != REGION:
        found += [bank_table(edition, audience, lang).title, t("银行四问")]
    return [*found, t("超期未决清单"), t("期次、范围与筛选"), t("口径与说明")]


def _row(edition: Edition, part: str, code: str, shown: Sequence[Column], lang: str) -> Row:
    cells = tuple(edition.cell(column.key, part, code) for column in shown)
    return Row(edition.name(part, code, lang, short=True), cells)


def _counts(edition: Edition, part: str) -> bool:
    """Whether anything is unclassified; else its row says nothing."""
    cell = edition.cell("registered", part, "") or edition.cell("visited", part, "")
    return bool(cell and cell.value > 0)


def _note(edition: Edition, t: Translator) -> str:
    """Return what the figures speak of: dates, currency and that they are synthetic."""
    visits, lists = edition.facts["visits_on"], edition.facts["lists_on"]
    said = t("走访截至 {visits}，清单、授信和放款截至 {lists}。").format(visits=visits or "—", lists=lists or "—")
    return said + (t("演示数据：经营主体与银行均为虚构。") if edition.facts["is_demo"] else "")


def light_word(t: Translator, light: str) -> str:
    """Return the word of a light."""
    return {"red": t("明显落后"), "amber": t("关注"), "green": t("正常")}.get(light, t("样本不足"))


def question_name(t: Translator, question: str) -> str:
    """Return the name of one of the four questions."""
    return {
        "visits": t("走访与规模"), "applications": t("走访转申报"), "credit": t("授信与规模"), "reasons": t("拒绝原因"),
    }[question]  # fmt: skip
