"""Which products answer a need, and why: the need in the catalogue's terms, and every verdict in words."""

from collections.abc import Callable, Hashable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from components.context import Context
from components.numbers import count, rate
from components.reads import remember
from data_access.profile import Code, Profile
from data_access.queries import products as queries
from metrics.products import CRITERIA, Need, Verdict, match_products, verdict_of

SIGNS = {Verdict.MET: "✓", Verdict.FAILED: "✕", Verdict.UNKNOWN: "?"}
Row = Mapping[Hashable, Any]


def catalogue(context: Context) -> pd.DataFrame:
    """Return the whole catalogue (``data_access.queries.products.products``); none where it was never reported."""
    return remember(context, "products.catalogue", lambda: queries.products(context.store, context.scope))


def audiences(profile: Profile, entity_type: str, tags: str = "") -> tuple[str, ...]:
    """Return the groups of the catalogue that an enterprise belongs to, the one for everybody included.

    ``tags`` as the store keeps them (";tech;private;"). The profile's list ``audience`` says who belongs to a group:
    ``types`` and ``tags`` name codes of ``entity_type`` and ``tag``, ``anybody = true`` takes all.
    """
    own = set(filter(None, tags.split(";")))
    return tuple(c.code for c in profile.codes.get("audience", ()) if _belongs(c, entity_type, own))


def _belongs(code: Code, entity_type: str, tags: set[str]) -> bool:
    named = {key: set(filter(None, code.attributes.get(key, "").split(";"))) for key in ("types", "tags")}
    return code.attributes.get("anybody") == "true" or entity_type in named["types"] or bool(tags & named["tags"])


def answers(context: Context, need: Need) -> pd.DataFrame:
    """Return the catalogue in the order in which it answers ``need`` (``metrics.products.match_products``)."""
    return remember(context, "products.answers", lambda: match_products(catalogue(context), need), need)


def reasons(context: Context, product: Row, need: Need) -> list[tuple[Verdict, str]]:
    """Return the verdict on every criterion that was asked, with a sentence that names both sides."""
    said = []
    for criterion in CRITERIA:
        found = product[verdict_of(criterion)]
        if found:
            said.append((Verdict(found), _WORDS[criterion](context, product, need)))
    return said


def names(context: Context, codes: str, chosen: tuple[str, ...]) -> str:
    """Return the names of codes of a list of the profile, put together."""
    labels = [context.profile.code_label(codes, code) for code in chosen]
    return context.t("、").join(label.text(context.lang) for label in labels if label)


def rate_range(product: Row) -> str:
    """Return a product's rates: "3.00%–4.10%", one of them where the other is not told, "—" without either."""
    known = [f"{rate(float(product[name]))}%" for name in ("rate_min", "rate_max") if not pd.isna(product[name])]
    return "–".join(dict.fromkeys(known)) or "—"


def until(context: Context, product: Row) -> str:
    """Return until when a product is on offer."""
    day: date | None = product["valid_until"]
    return context.numbers.day(day) if day and not pd.isna(day) else context.t("未注明")


def _validity(context: Context, product: Row, _need: Need) -> str:
    return context.t("有效期至：{day}").format(day=until(context, product))


def _audience(context: Context, product: Row, _need: Need) -> str:
    told = names(context, "audience", (str(product["audience"]),))
    return context.t("适用对象：{name}").format(name=told or context.t("未注明"))


def _amount(context: Context, product: Row, need: Need) -> str:
    money = context.numbers.money
    asked = money(need.amount or 0.0).joined
    if pd.isna(product["max_amount"]):
        return context.t("最高额度未注明，需要 {asked}").format(asked=asked)
    told = money(float(product["max_amount"])).joined
    return context.t("最高额度 {told}，需要 {asked}").format(told=told, asked=asked)


def _term(context: Context, product: Row, need: Need) -> str:
    asked = count(need.term_months or 0.0)
    if pd.isna(product["term_months"]):
        return context.t("最长期限未注明，需要 {asked} 个月").format(asked=asked)
    told = count(float(product["term_months"]))
    return context.t("最长期限 {told} 个月，需要 {asked} 个月").format(told=told, asked=asked)


def _guarantee(context: Context, product: Row, need: Need) -> str:
    told = names(context, "guarantee", (str(product["guarantee"]),)) or context.t("未注明")
    asked = names(context, "guarantee", need.guarantees)
    return context.t("担保方式：{told}，可提供：{asked}").format(told=told, asked=asked)


def _rate(context: Context, product: Row, need: Need) -> str:
    t, told, ceiling = context.t, rate_range(product), rate(need.rate_ceiling or 0.0)
    if product[verdict_of("rate")] == Verdict.UNKNOWN:
        return t("利率 {told}，上限 {ceiling}%，须向银行询价").format(told=told, ceiling=ceiling)
    return t("利率 {told}，上限 {ceiling}%").format(told=told, ceiling=ceiling)


_WORDS: Mapping[str, Callable[[Context, Row, Need], str]] = {
    "validity": _validity,
    "audience": _audience,
    "amount": _amount,
    "term": _term,
    "guarantee": _guarantee,
    "rate": _rate,
}
