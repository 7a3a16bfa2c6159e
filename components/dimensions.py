"""What a figure can be broken down by: the dimension in the store, the names of its values, and the filter they set."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from components import url_state
from components.context import Context
from components.filters import child_level
from data_access.selection import Selection
from locales import N_

MONTH = "month"
# Dimensions by a code list of the profile: name, filter parameter, list, title.
_LISTS = (
    ("entity_type", "type", "entity_type", N_("主体类型")),
    ("size_class", "size", "size_class", N_("规模")),
    ("tier", "tier", "tier", N_("走访批次")),
)
_FILTERS = frozenset({"region", "industry", "type", "size", "tier", "bank", "tag"})


@dataclass(frozen=True)
class Dimension:
    """One way to break down: ``key`` in the URL, ``column`` in the store, ``filter`` parameter, title and names."""

    key: str
    column: str
    filter: str
    title: str
    names: Mapping[str, str]

    def name(self, code: str, unknown: str) -> str:
        """Return the name of ``code``, the code itself where it has none; ``unknown`` for the unclassified."""
        return self.names.get(code, code) if code else unknown


def dimensions(context: Context, *, months: bool = False) -> dict[str, Dimension]:
    """Return the ways the selection can be broken down, by key; those the profile has no values for are left out."""
    profile, lang, t = context.profile, context.lang, context.t
    found = [_regions(context), industries(context)]
    for column, parameter, codes, title in _LISTS:
        names = {code.code: code.label.text(lang) for code in profile.codes.get(codes, ())}
        found.append(Dimension(parameter, column, parameter, t(title), names))
    found.append(Dimension("bank", "bank", "bank", t("银行"), {b.code: b.label.short(lang) for b in profile.banks}))
    if months:
        found.append(Dimension(MONTH, MONTH, "", t("月份"), _months(context)))
    return {d.key: d for d in found if d is not None and d.names}


def _months(context: Context) -> dict[str, str]:
    """Return the months of the programme by "YYYY-MM"."""
    known = pd.period_range(context.profile.programme_start.replace(day=1), context.last_on, freq="M")
    return {str(month): month_name(context, month.start_time.date()) for month in known}


def _regions(context: Context) -> Dimension | None:
    level = child_level(context.profile, context.filters)
    if level is None:
        return None
    names = {node.code: node.label.short(context.lang) for node in context.profile.region_by_code.values()}
    column = f"region_{len(context.filters.path) + 1}"
    return Dimension("region", column, "region", level.label.text(context.lang), names)


def industries(context: Context) -> Dimension | None:
    """Return the industries: divisions where the reader has chosen a section, else sections."""
    profile, lang = context.profile, context.lang
    if not profile.industry_levels:
        return None
    deep = len(profile.industry_levels) > 1 and bool(context.filters.industries)
    level = profile.industry_levels[1 if deep else 0]
    names = {node.code: node.label.short(lang) for node in profile.industries}
    return Dimension("industry", f"industry_{2 if deep else 1}", "industry", level.label.text(lang), names)


def narrowed(selection: Selection, parameter: str, code: str) -> Selection:
    """Return ``selection`` with the filter ``parameter`` set to ``code`` alone."""
    codes = (code,) if code else ()
    match parameter:
        case "region":
            return selection.within(*codes)
        case "industry":
            return replace(selection, industries=codes)
        case "type":
            return replace(selection, entity_types=codes)
        case "size":
            return replace(selection, size_classes=codes)
        case "tier":
            return replace(selection, tiers=codes)
        case _:
            return replace(selection, banks=codes)


def month_name(context: Context, day: date) -> str:
    """Return the month of ``day``: 2025年5月, or May 2025."""
    if context.lang == "zh":
        return f"{day.year}年{day.month}月"
    return context.numbers.day(day.replace(day=1)).partition(" ")[2]


def follow(action: str) -> None:
    """Follow a mark "parameter:code": set that filter."""
    parameter, _, code = action.partition(":")
    if parameter in _FILTERS and code:
        url_state.put(parameter, code)
