"""The one page for leaders: A4, set by Typst from the same edition. What matters, who is behind, what comes next."""

import tempfile
from pathlib import Path

import orjson
import typst

from locales import translator
from reports.edition import BANK, CITY, Audience, Edition, first_sentence
from reports.pictures import FONTS
from reports.tables import Table, bank_table, number, region_table

TEMPLATE = Path(__file__).with_name("onepage.typ")
CARDS = ("visited", "visit_rate", "applied", "approved", "approved_amount", "loan_amount", "average_rate", "overdue")
BANK_CARDS = ("visits", "recommended", "approved", "approved_amount", "loan_amount", "average_rate", "on_time_rate",
              "overdue")  # fmt: skip
MOST_ROWS = 12


def onepage(edition: Edition, audience: Audience, lang: str) -> bytes:
    """Return the page for an audience as PDF."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "main.typ"
        source.write_text(TEMPLATE.read_text("utf-8"), "utf-8")
        (Path(folder) / "data.json").write_bytes(orjson.dumps(_data(edition, audience, lang)))
        pictures = edition.frames["pictures"]
        drawn = "" if pictures.empty else str(pictures["zh" if lang == "zh" else "en"].iloc[0])
        (Path(folder) / "map.svg").write_text(drawn or _NOTHING, "utf-8")
        made = typst.compile(str(source), format="pdf", font_paths=[str(FONTS)])
    assert isinstance(made, bytes)  # noqa: S101 - a PDF is one file
    return made


_NOTHING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


def _data(edition: Edition, audience: Audience, lang: str) -> dict[str, object]:
    """Return everything the page says, as the template reads it."""
    t, part, code = translator(lang), audience.part, audience.code
    name = edition.facts[f"name_{lang}"] if part == CITY else edition.name(part, code, lang)
    keys = BANK_CARDS if part == BANK else CARDS
    cells = [(key, edition.cell(key, part, code)) for key in keys]
    stop = t("。")
    said = [edition.sentences(audience, section, lang) for section in ("overall", "regions", "banks")]
    return {
        "lang": lang,
        "title": edition.title,
        "subtitle": t("{name}　第 {n} 期　{day}").format(
            name=name, n=edition.number, day=edition.facts[f"frozen_{lang}"]
        ),
        "cards": [
            {"name": edition.definition(key)[lang], "value": cell.text(lang) if cell else "—"} for key, cell in cells
        ],
        "conclusion": ("" if lang == "zh" else " ").join(said[0][:2]),
        "findings": [
            *said[0][2:4],
            *said[1][:3],
            *[first_sentence(text, lang) + stop for text in said[2] if part == BANK],
        ],
        "next": edition.sentences(audience, "next", lang)[:6],
        "heads": [t("存在问题"), t("下一步工作"), t("要点")],
        "problems": edition.sentences(audience, "problems", lang)[:3],
        "bars": _bars(edition, audience, lang),
        "has_map": part == CITY and not edition.frames["pictures"].empty,
        "map_note": edition.facts[f"map_{lang}"],
        "note": _note(edition, audience, lang),
    }


def _bars(edition: Edition, audience: Audience, lang: str) -> dict[str, object]:
    """Return the rows of the page's chart: counties, towns, or nothing for a bank."""
    if audience.part == BANK:
        return {"title": "", "rows": []}
    shown = region_table(edition, audience, lang)
    return _ranked(shown, "visit_rate")


def _ranked(shown: Table, key: str) -> dict[str, object]:
    place = next((i for i, column in enumerate(shown.columns) if column.key == key), None)
    if place is None:
        return {"title": "", "rows": []}
    column = shown.columns[place]
    values = [(number(row.cells[place], column), row.name) for row in shown.rows]
    ranked = sorted(((v, name) for v, name in values if v == v), reverse=True)  # noqa: PLR0124 - NaN
    if len(ranked) > MOST_ROWS:
        ranked = [*ranked[: MOST_ROWS // 2], *ranked[-MOST_ROWS // 2 :]]
    top = max([value for value, _ in ranked], default=1.0) or 1.0
    rows = [{"name": name, "text": f"{value:,.1f}", "share": value / top} for value, name in ranked]
    return {"title": column.header, "rows": rows}


def _note(edition: Edition, audience: Audience, lang: str) -> str:
    return (bank_table if audience.part == BANK else region_table)(edition, audience, lang).note
