"""The loan products that answer an enterprise's need, the best few, with the reasons."""

from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

from components.context import Context
from components.ledger.course import rows, text
from components.ledger.timeline import bank, money
from components.products.matching import SIGNS, answers, audiences, rate_range, reasons
from components.tables import note_html
from data_access.queries.dossier import Dossier
from metrics.products import Need

SHOWN = 5


def offers_html(context: Context, found: Dossier) -> str:
    """Return the products that fit, the best first; say why if there are none to show."""
    t = context.t
    if "products" not in context.reported:
        return note_html(t("贷款产品未报送"))
    need = need_of(context, found)
    asked = answers(context, need)
    fitting = asked[asked["fits"]].head(SHOWN)
    if fitting.empty:
        return note_html(t("汇编中没有各项都符合的产品"))
    basis = t("没有说出需求金额，只按适用对象和有效期对照")
    if need.amount:
        basis = t("按最近一次说出的需求：{amount}").format(amount=money(context, need.amount))
    items = "".join(_item(context, row, need) for row in fitting.to_dict("records"))
    return f"{note_html(basis)}<ul class='zr-list'>{items}</ul>"


def need_of(context: Context, found: Dossier) -> Need:
    """Return the latest need an enterprise has told: in its application, else at a visit."""
    identity = found.identity
    groups = audiences(context.profile, text(identity["entity_type"]), text(identity["tags"]))
    for name in ("applications", "visits"):
        told = [row for row in rows(found, name) if text(row["need_amount"])]
        if told:
            months = float(told[-1]["term_months"]) if text(told[-1].get("term_months")) else None
            return Need(float(told[-1]["need_amount"]), months, audiences=groups, on=context.filters.as_of)
    return Need(audiences=groups, on=context.filters.as_of)


def _item(context: Context, product: Mapping[Hashable, Any], need: Need) -> str:
    name, lender = escape(text(product["name"])), escape(bank(context, product["bank"]))
    said = escape("　".join(f"{SIGNS[verdict]} {words}" for verdict, words in reasons(context, product, need)))
    note = f"<small class='zr-note'>{said}</small>"
    return f"<li><span>{lender}　{name}<br>{note}</span><span class='n'>{escape(rate_range(product))}</span></li>"
