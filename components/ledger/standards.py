"""The five standards of the mechanism for one enterprise: the last answer to each, when it was given, and its basis."""

from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

from components.context import Context
from components.ledger.course import day, rows, text
from components.ledger.timeline import bank
from components.tables import note_html
from data_access.queries.dossier import Dossier

Row = Mapping[Hashable, Any]


def standards_html(context: Context, found: Dossier) -> str:
    """Return the standards as the city's profile words them, each with its answer."""
    standards = context.profile.settings.get("standards", [])
    if not standards:
        return note_html(context.t("城市档案没有列出五项标准"))
    items = "".join(_item(context, found, standard) for standard in standards)
    return f'<ol class="zr-five">{items}</ol>'


def _item(context: Context, found: Dossier, standard: Mapping[str, Any]) -> str:
    t, lang = context.t, context.lang
    number = int(standard["number"])
    asked = [row for row in rows(found, "visits") if row.get(f"standard_{number}") in (True, False)]
    word, tone, said = t("未核对"), "none", []
    if asked:
        kept = asked[-1][f"standard_{number}"] is True
        word, tone = (t("符合"), "good") if kept else (t("不符合"), "bad")
        said.append(t("{day} 走访核对").format(day=context.numbers.day(day(asked[-1]["visited_on"]))))
    said += _failed(context, found, number)
    if number == 1:
        said += _age(context, found)
    name, detail = escape(str(standard[lang])), escape(str(standard.get(f"detail_{lang}", "")))
    note = escape(" · ".join(said))
    answer = f'<b class="{tone}">{escape(word)}</b>'
    return f"<li>{answer}<span>{number}. {name}</span><small>{detail}<br>{note}</small></li>"


def _failed(context: Context, found: Dossier, number: int) -> list[str]:
    """Say which bank's refusal named this standard last."""
    named = [row for row in rows(found, "decisions") if text(row["failed_standard"]) == str(number)]
    if not named:
        return []
    said = context.t("{bank} {day} 以此拒绝")
    return [said.format(bank=bank(context, named[-1]["bank"]), day=context.numbers.day(day(named[-1]["decided_on"])))]


def _age(context: Context, found: Dossier) -> list[str]:
    """Say since when it has been in business, measured against the city's least."""
    founded, least = day(found.identity["founded_on"]), int(context.profile.settings.get("min_months_founded", 0))
    if founded is None or not least:
        return []
    as_of = context.filters.as_of
    months = (as_of.year - founded.year) * 12 + as_of.month - founded.month - (as_of.day < founded.day)
    return [context.t("成立 {n} 个月（不少于 {least} 个月）").format(n=months, least=least)]
