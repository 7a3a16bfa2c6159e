"""What the reader asks of the meetings, and the remembered reads behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from components.context import Context
from components.origins import Place
from components.reads import remember
from components.smallcells import told_parts, told_whole
from components.switch import chosen
from data_access.queries import events as queries
from locales import N_
from metrics.campaigns import Followed, State, follow, summarise, with_state

ANY = "any"
# How meetings can be grouped: column of the summary, and the title of the column.
GROUPS = {
    "event": ("event_id", N_("活动")),
    "theme": ("theme", N_("主题")),
    "kind": ("event_type", N_("活动类型")),
    "region": ("region_1", N_("企业所在地")),
}
# The enterprises behind every column of a summary.
BASES = {name: name for name in ("firms", "msme", "others", "unknown", "stating", "approved", "borrowers", "due")} | {
    "converted": "converted", "attendances": "firms", "intent_all": "firms", "intent": "stating",
    "approved_amount": "approved", "loan_amount": "borrowers", "approved_others": "others", "due_intent": "due",
    "due_approved": "converted", "conversion": "converted", "fulfilment": "converted",
}  # fmt: skip
STATES = {State.COMING: N_("未举办"), State.YOUNG: N_("未满90天"), State.MATURE: N_("已满90天")}


@dataclass(frozen=True)
class Asked:
    """The theme and the type of meeting asked for, "any" for all."""

    theme: str
    kind: str

    @property
    def key(self) -> tuple[str, str]:
        """What tells one question from another."""
        return self.theme, self.kind

    @property
    def place(self) -> Place:
        """Where the figures of these meetings stand."""
        named = zip(("theme", "event_type"), self.key, strict=True)
        return Place(tuple((name, code) for name, code in named if code != ANY))


def options(context: Context, codes: str, title: str) -> dict[str, str]:
    """Return the codes of a list with their names, after "any", which says ``title``."""
    return {ANY: title} | {c.code: c.label.text(context.lang) for c in context.profile.codes.get(codes, ())}


def themes(context: Context) -> dict[str, str]:
    """Return the themes one can ask for."""
    return options(context, "theme", context.t("全部主题"))


def kinds(context: Context) -> dict[str, str]:
    """Return the types of meetings one can ask for."""
    return options(context, "event_type", context.t("全部类型"))


def asked(context: Context) -> Asked:
    """Return the theme and type in the URL."""
    return Asked(chosen("theme", themes(context)), chosen("kind", kinds(context)))


def watched_until(context: Context) -> date:
    """Return the day up to which it is known what followed a meeting: approvals, whatever is known of later loans."""
    return context.as_of("decisions") or context.as_of("loans") or context.filters.as_of


def sees_whole_city(context: Context) -> bool:
    """Return whether the reader sees every enterprise and bank, so that a figure can be called the city's."""
    return context.scope.regions is None and context.scope.banks is None


def is_narrowed(context: Context) -> bool:
    """Return whether the enterprises in view are a part of the city's, by the reader's scope or filters."""
    s = context.selection
    asked_for = (s.regions, s.industries, s.entity_types, s.size_classes, s.tiers, s.tags, s.banks)
    return not sees_whole_city(context) or any(asked_for)


def register(context: Context, question: Asked) -> pd.DataFrame:
    """Return the meetings asked for, held or planned, with where each stands."""
    whole = remember(
        context, "campaigns.register",
        lambda: with_state(
            queries.events(context.store, context.scope, context.selection), context.filters.as_of,
            until=watched_until(context),
        ),
    )  # fmt: skip
    whole = told_whole(context, whole, bases={"firms_count": "firms_count", "intent_amount": "firms_count"})
    for name, code in zip(("theme", "event_type"), question.key, strict=True):
        if code != ANY:
            whole = whole[whole[name] == code]
    return whole


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame by column name."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def held(context: Context, question: Asked) -> pd.DataFrame:
    """Return the meetings held."""
    events = register(context, question)
    return events[events["state"] != State.COMING]


def followed(context: Context, question: Asked) -> Followed | None:
    """Return who attended and what followed; None where participants were never reported."""
    if "event_participants" not in context.reported:
        return None
    return remember(context, "campaigns.followed", lambda: _followed(context, question), question.key)


def _followed(context: Context, question: Asked) -> Followed:
    a = remember(
        context, "campaigns.attendances", lambda: queries.attendances(context.store, context.scope, context.selection)
    )
    o = remember(
        context, "campaigns.outcomes", lambda: queries.outcomes(context.store, context.scope, context.selection)
    )
    return follow(register(context, question), a, o)


def summary(context: Context, question: Asked, group: str = "") -> pd.DataFrame:
    """Return what the meetings asked for brought, by a group of ``GROUPS`` or as a whole ("" : one row, or none)."""
    found = followed(context, question)
    if found is None or found.attendances.empty:
        return pd.DataFrame()
    by = [GROUPS[group][0]] if group else []
    return remember(context, "campaigns.summary", lambda: _told(context, found, by), question.key, group)


def _told(context: Context, found: Followed, by: list[str]) -> pd.DataFrame:
    """Return the summary without the small counts that the reader may not see."""
    frame = summarise(found, by)
    return told_parts(context, frame, BASES) if by else told_whole(context, frame, bases=BASES)


def group_names(context: Context, group: str) -> Mapping[str, str]:
    """Return the names of a group's values by code."""
    lang, profile = context.lang, context.profile
    if group == "region":
        return {node.code: node.label.short(lang) for node in profile.children()}
    codes = {"theme": "theme", "kind": "event_type"}[group]
    return {code.code: code.label.text(lang) for code in profile.codes.get(codes, ())}


def kind_name(context: Context, code: str) -> str:
    """Return the name of a type of meeting."""
    return group_names(context, "kind").get(code, code)


def theme_name(context: Context, code: object) -> str:
    """Return the name of a theme, "—" without one."""
    return group_names(context, "theme").get(str(code), "—")


def place_name(context: Context, code: object) -> str:
    """Return the name of the county a meeting was held in, the city's where it was the whole city's."""
    node = context.profile.region_by_code.get(str(code)) if isinstance(code, str) else None
    return node.label.short(context.lang) if node else context.profile.label.text(context.lang)
