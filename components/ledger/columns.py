"""The columns of the ledger: what each is called, what it needs from the store, and what a reader sees in it.

A page and an export make their cells by the same ``Column.value``, so that both mask alike.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from components.context import Context
from components.masks import TEXTS, masked
from components.reads import remember
from data_access.importing.specs import ColumnSpec, Kind
from data_access.importing.tables import ENTERPRISES, TABLES
from data_access.queries.ledger import REGISTER, grid_names
from data_access.queries.records import ATTENDANCES, KINDS, REGISTERS
from data_access.schema import STAGES
from locales import N_

Value = Callable[..., Any]
TEXT, DATE, MONEY, NUMBER = "text", "date", "money", "number"
_KINDS = {
    Kind.DATE: DATE, Kind.MONEY: MONEY, Kind.INTEGER: NUMBER, Kind.DECIMAL: NUMBER, Kind.RATE: NUMBER,
}  # fmt: skip
STAGE_TITLES: Mapping[str, str] = {
    "listed_on": N_("列入清单"), "first_visit_on": N_("首次走访"), "need_on": N_("提出需求"), "applied_on": N_("申报"),
    "recommended_on": N_("推荐"), "docs_complete_on": N_("材料收齐"), "decided_on": N_("银行决定"),
    "approved_on": N_("获授信"), "rejected_on": N_("不予授信"), "withdrawn_on": N_("撤回"), "drawn_on": N_("放款"),
}  # fmt: skip
# The table, or the column of one, without which a stage has no date for anybody.
_STAGE_SOURCES: Mapping[str, str] = {
    "listed_on": "visit_targets", "first_visit_on": "visits", "need_on": "visits.has_need",
    "applied_on": "applications", "recommended_on": "recommendations",
    "docs_complete_on": "recommendations.docs_complete_on", "decided_on": "decisions", "approved_on": "decisions",
    "rejected_on": "decisions", "withdrawn_on": "decisions", "drawn_on": "loans",
}  # fmt: skip
# How far an enterprise has come: the first of these that has a date.
_PROGRESS = (
    ("drawn_on", N_("已放款")), ("approved_on", N_("已授信")), ("rejected_on", N_("未获授信")),
    ("withdrawn_on", N_("已撤回")), ("recommended_on", N_("已推荐")), ("applied_on", N_("已申报")),
    ("need_on", N_("有需求")), ("first_visit_on", N_("已走访")), ("listed_on", N_("待走访")),
)  # fmt: skip
USUAL: Mapping[str, tuple[str, ...]] = {
    "enterprises": ("name", "entity_type", "place", "industry_1", "tier", "stage", "first_visit_on", "need_on",
                    "applied_on", "approved_on", "total_credit"),
    "visits": ("name", "visited_on", "place", "mode", "bank", "result", "has_need", "need_amount", "need_use",
               "recorded_on"),
    "applications": ("name", "submitted_on", "place", "channel", "need_amount", "need_use", "term_months", "bank",
                     "status"),
    "recommendations": ("name", "pushed_on", "place", "bank", "docs_complete_on", "status"),
    "decisions": ("name", "decided_on", "place", "bank", "outcome", "approved_amount", "approval_kind", "reject_code",
                  "failed_standard"),
    "loans": ("name", "drawn_on", "place", "bank", "amount", "annual_rate", "term_months", "guarantee", "due_on",
              "balance"),
    "problems": ("name", "raised_on", "place", "category", "level", "department", "deadline", "closed_on"),
    "event_participants": ("name", "held_on", "place", "title", "event_type", "theme", "intent_amount", "is_msme"),
    "events": ("title", "held_on", "event_type", "theme", "region_1", "organiser", "firms_count", "intent_amount"),
    "officers": ("officer_id", "kind", "bank", "region_1", "region_2", "region_3", "started_on", "ended_on",
                 "enterprises_served"),
    "grids": ("code", "name", "region_1", "region_2"),
    "publicity": ("title", "channel", "published_on", "copies", "views"),
    "products": ("name", "bank", "audience", "max_amount", "rate_min", "rate_max", "term_months", "guarantee",
                 "valid_until"),
    "next_visit": ("name", "entity_type", "place", "region_3", "tier", "who", "since", "days"),
    "need_unapplied": ("name", "entity_type", "place", "industry_1", "who", "since", "days", "amount"),
    "undrawn": ("name", "entity_type", "place", "who", "since", "days", "amount"),
    "overdue": ("name", "entity_type", "place", "who", "since", "days", "due_on", "amount"),
    "renewal": ("name", "entity_type", "place", "who", "due_on", "left", "amount"),
}  # fmt: skip
_PLACES = ("entity_type", "size_class", "region_3", "industry_1", "industry_2", "tier", "tags")


@dataclass(frozen=True)
class Column:
    """One column: its name and title, the kind of its values, the fields it needs, and what it makes of them.

    ``value`` returns a text, a date or a number (yuan for money), None where nothing was reported.
    """

    name: str
    title: str
    kind: str
    needs: tuple[str, ...]
    value: Value


def columns(context: Context, rows: str, work: str = "") -> dict[str, Column]:
    """Return every column a view can show, by name, in the order in which they are offered."""
    found = [] if rows in REGISTERS else [_name(context), *_shared(context)]
    if work:
        found += _of_work(context)
    elif rows == ENTERPRISES.name:
        found += _of_enterprises(context)
    else:
        found += _of_records(context, rows)
    return {column.name: column for column in found}


def _of_records(context: Context, rows: str) -> list[Column]:
    grain = KINDS[rows]
    ids = TABLES[rows].column(grain.record_id) if rows in REGISTERS else None
    found = [replace(_of_spec(context, rows, ids), needs=("row_id",))] if ids else []
    day = "events" if rows == ATTENDANCES else rows
    found += [_of_spec(context, day, TABLES[day].column(grain.happened_on))] if grain.happened_on else []
    return [*found, *(_of_spec(context, table, spec) for table, spec in grain.columns.values())]


def usual(rows: str, work: str = "") -> tuple[str, ...]:
    """Return the columns a view shows unless the reader has chosen others."""
    return USUAL[work.partition("_")[0] if work.startswith("renewal") else work or rows]


def header(context: Context, spec: ColumnSpec) -> str:
    """Return what the import table calls a column."""
    return spec.header if context.lang == "zh" else spec.header_en


def _name(context: Context) -> Column:
    return Column(
        "name", context.t("名称"), TEXT, ("name", "entity_type"),
        lambda name, kind: masked(context, "name", name or "", kind or ""),
    )  # fmt: skip


def _shared(context: Context) -> list[Column]:
    """What the register says of the enterprise, in every view."""
    t = context.t
    found = [Column("enterprise_id", t("主体编号"), TEXT, ("enterprise_id",), str)]
    place = _place(context)
    found.append(Column("place", t("所在地"), TEXT, ("region_1", "region_2"), place))
    names = (*_PLACES, *(name for name in REGISTER if name != "name"))
    return [*found, *(_of_spec(context, ENTERPRISES.name, ENTERPRISES.column(name)) for name in names)]


def _told(context: Context, column: Column, source: str) -> Column:
    """Return the column, or the word for it where the table or column that fills it was never reported."""
    missing = context.t("未报送")
    return column if source in context.reported else replace(column, kind=TEXT, value=lambda *_: missing)


def _place(context: Context) -> Value:
    names = region_names(context)

    def place(*codes: str | None) -> str:
        return " ".join(names[code] for code in codes if code and code in names)

    return place


def region_names(context: Context) -> Mapping[str, str]:
    """Return the short name of every region, the imported ones of the lowest level included."""

    def read() -> dict[str, str]:
        names = {node.code: node.label.short(context.lang) for node in context.profile.regions}
        known = grid_names(context.store, context.scope) if "grids" in context.reported else {}
        return {**{code: zh if context.lang == "zh" else en or zh for code, (zh, en) in known.items()}, **names}

    return remember(context, "ledger.regions", read)


def _of_spec(context: Context, table: str, spec: ColumnSpec) -> Column:
    needs: tuple[str, ...] = (spec.name,)
    kind = _KINDS.get(spec.kind, TEXT)
    value = _value(context, spec)
    if spec.personal or spec.name in {"credit_code", *TEXTS}:
        needs = (spec.name, "entity_type")

        def value(text: str | None, entity_type: str | None) -> str:
            return masked(context, spec.name, text or "", entity_type or "")

    return _told(context, Column(spec.name, header(context, spec), kind, needs, value), f"{table}.{spec.name}")


def _value(context: Context, spec: ColumnSpec) -> Value:
    names = _names(context, spec)
    if names is not None:
        return lambda code: names.get(code, code) if code else ""
    t = context.t
    yes, no = t("是"), t("否")
    match spec.kind:
        case Kind.TAGS:
            tags = {code.code: code.label.short(context.lang) for code in context.profile.codes.get(spec.codes, ())}
            return lambda text: t("、").join(tags.get(c, c) for c in (text or "").split(";") if c)
        case Kind.BOOLEAN:
            return lambda flag: "" if flag is None else yes if flag else no
        case _:
            return lambda value: value


def _names(context: Context, spec: ColumnSpec) -> Mapping[str, str] | None:
    """Return the names of a column's codes; None if it holds none."""
    profile, lang = context.profile, context.lang
    match spec.kind:
        case Kind.CODE:
            return {code.code: code.label.short(lang) for code in profile.codes.get(spec.codes, ())}
        case Kind.REGION:
            return region_names(context)
        case Kind.INDUSTRY:
            return {node.code: node.label.short(lang) for node in profile.industries}
        case Kind.BANK:
            return {bank.code: bank.label.short(lang) for bank in profile.banks}
        case _:
            return None


def _of_enterprises(context: Context) -> list[Column]:
    t = context.t
    words = [(name, t(word)) for name, word in _PROGRESS]
    nothing = t("未列入清单") if "visit_targets" in context.reported else t("未报送")

    def stage(*days: date | None) -> str:
        return next((word for (_, word), day in zip(words, days, strict=True) if day), nothing)

    found = [Column("stage", t("进展"), TEXT, tuple(name for name, _ in _PROGRESS), stage)]
    dates = [Column(name, t(STAGE_TITLES[name]), DATE, (name,), lambda day: day) for name in STAGES]
    found += [_told(context, column, _STAGE_SOURCES[column.name]) for column in dates]
    credit = Column("total_credit", t("授信总额"), MONEY, ("total_credit",), lambda amount: amount)
    return [*found, _told(context, credit, "decisions.approved_amount")]


def _of_work(context: Context) -> list[Column]:
    t, as_of = context.t, context.filters.as_of
    banks = {bank.code: bank.label.short(context.lang) for bank in context.profile.banks}
    place, unknown = _place(context), t("未分类")

    def who(bank: str | None, *codes: str | None) -> str:
        return banks.get(bank, bank) if bank else place(codes[-1] or codes[0]) or unknown

    return [
        Column("who", t("轮到谁办"), TEXT, ("bank", "region_1", "region_2"), who),
        Column("since", t("起算日"), DATE, ("since",), lambda day: day),
        Column("days", t("已等待（天）"), NUMBER, ("since",), lambda day: (as_of - day).days if day else None),
        Column("due_on", t("应办结日"), DATE, ("due_on",), lambda day: day),
        Column("left", t("距应办结（天）"), NUMBER, ("due_on",), lambda day: (day - as_of).days if day else None),
        Column("amount", t("金额"), MONEY, ("amount",), lambda amount: amount),
    ]
