"""An enterprise's history as one line of time: lists, visits, pushes, decisions, loans, problems, events."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from components.context import Context
from components.ledger.columns import header
from components.ledger.course import day, rows, text
from components.masks import masked
from components.numbers import rate
from data_access.importing.tables import TABLES
from data_access.queries.dossier import Dossier
from data_access.rows import DECIDED, VALID_VISITS

Row = Mapping[Hashable, Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: the day, what it was, its details, and its tone ("good", "bad", "quiet" or "")."""

    on: date
    title: str
    details: tuple[str, ...] = ()
    tone: str = ""


def timeline_html(context: Context, found: Dossier) -> str:
    """Return the history, the latest first."""
    moments = sorted(_moments(context, found), key=lambda moment: moment.on, reverse=True)
    items = "".join(_item(moment) for moment in moments)
    return f'<ol class="zr-time">{items}</ol>'


def _item(moment: Moment) -> str:
    details = escape(" · ".join(filter(None, moment.details)))
    said = f"<small>{details}</small>" if details else ""
    return f'<li class="{moment.tone}"><time>{moment.on}</time>{escape(moment.title)}{said}</li>'


def _moments(context: Context, found: Dossier) -> Iterator[Moment]:
    for name, tell in _TELLERS.items():
        for row in rows(found, name):
            yield from tell(context, row)


def code(context: Context, codes: str, value: object) -> str:
    """Return the name of a code, the code itself where it has none."""
    label = context.profile.code_label(codes, text(value))
    return label.short(context.lang) if label else text(value)


def bank(context: Context, value: object) -> str:
    """Return the short name of a bank, its code where the profile does not know it."""
    known = context.profile.bank_by_code.get(text(value))
    return known.label.short(context.lang) if known else text(value)


def money(context: Context, value: object) -> str:
    """Return an amount in words, "" where none was reported."""
    return "" if not text(value) else context.numbers.money(float(str(value))).joined


def _named(context: Context, table: str, name: str, row: Row) -> str:
    """Return a coded column with its title: “良好” alone does not say what is."""
    said = code(context, name, row[name])
    return f"{header(context, TABLES[table].column(name))} {said}" if said else ""


def _months(context: Context, row: Row) -> str:
    return context.t("{n} 个月").format(n=int(row["term_months"])) if text(row["term_months"]) else ""


def _at(on: date | None, title: str, details: Sequence[str] = (), tone: str = "") -> Iterator[Moment]:
    if on is not None:
        yield Moment(on, title, tuple(details), tone)


def _listing(context: Context, row: Row) -> Iterator[Moment]:
    t, removed = context.t, day(row["removed_on"])
    version = t("清单版本 {name}").format(name=text(row["list_version"]))
    yield from _at(day(row["issued_on"]), t("列入走访对象清单"), (version,), "quiet")
    if removed is not None and removed <= context.filters.as_of:
        yield from _at(
            removed,
            t("移出走访对象清单"),
            (version, masked(context, "removed_reason", text(row["removed_reason"]))),
            "quiet",
        )


def _visit(context: Context, row: Row) -> Iterator[Moment]:
    t = context.t
    met = row["result"] in VALID_VISITS
    title = t("走访：{result}").format(result=code(context, "visit_result", row["result"]))
    who = [code(context, "visit_lead", row["lead"]), bank(context, row["bank"]),
           masked(context, "visitor", text(row["visitor"]))]  # fmt: skip
    need = [t("有融资需求"), money(context, row["need_amount"]), code(context, "need_use", row["need_use"])]
    seen = [_named(context, "visits", name, row) for name in ("operating_status", "asset_scale", "market_outlook")]
    due = [t("已有贷款 {day} 到期").format(day=day(row["renewal_due_on"]))] if day(row["renewal_due_on"]) else []
    details = [code(context, "visit_mode", row["mode"]), *who, *seen, *(need if row["has_need"] is True else ()), *due,
               masked(context, "remark", text(row["remark"]))]  # fmt: skip
    yield from _at(day(row["visited_on"]), title, details, "" if met else "quiet")


def _application(context: Context, row: Row) -> Iterator[Moment]:
    title = context.t("申报：{status}").format(status=code(context, "application_status", row["status"]))
    details = [money(context, row["need_amount"]), _months(context, row), code(context, "need_use", row["need_use"]),
               code(context, "application_channel", row["channel"]), bank(context, row["bank"])]  # fmt: skip
    yield from _at(day(row["submitted_on"]), title, details)


def _push(context: Context, row: Row) -> Iterator[Moment]:
    t, complete = context.t, day(row["docs_complete_on"])
    title = t("推荐给{bank}").format(bank=bank(context, row["bank"]))
    details = [code(context, "recommendation_status", row["status"])]
    details += [t("材料收齐 {day}").format(day=complete)] if complete else []
    yield from _at(day(row["pushed_on"]), title, details)


def _decision(context: Context, row: Row) -> Iterator[Moment]:
    t, outcome = context.t, text(row["outcome"])
    title = t("{bank}：{outcome}").format(
        bank=bank(context, row["bank"]), outcome=code(context, "decision_outcome", outcome)
    )
    granted = [money(context, row["approved_amount"]), code(context, "approval_kind", row["approval_kind"]),
               _months(context, row), code(context, "guarantee", row["guarantee"])]  # fmt: skip
    said = (masked(context, name, text(row[name])) for name in ("reject_text", "remedy", "reapply_condition"))
    refused = [code(context, "reject_reason", row["reject_code"]), *said]
    tone = {DECIDED[0]: "good", DECIDED[1]: "bad"}.get(outcome, "quiet")
    details = granted if outcome == DECIDED[0] else list(dict.fromkeys(refused))
    yield from _at(day(row["decided_on"]), title, details, tone)


def _loan(context: Context, row: Row) -> Iterator[Moment]:
    t, due = context.t, day(row["due_on"])
    title = t("{bank}放款 {amount}").format(bank=bank(context, row["bank"]), amount=money(context, row["amount"]))
    details = [t("年利率 {rate}%").format(rate=rate(float(row["annual_rate"])))] if text(row["annual_rate"]) else []
    details += [_months(context, row), code(context, "guarantee", row["guarantee"])]
    details += [t("{day} 到期").format(day=due)] if due else []
    kinds = (("is_first_loan", t("首贷")), ("is_renewal", t("续贷")), ("is_no_principal_renewal", t("无还本续贷")))
    details += [word for name, word in kinds if row[name] is True]
    yield from _at(day(row["drawn_on"]), title, details, "good")


def _problem(context: Context, row: Row) -> Iterator[Moment]:
    t, closed, due = context.t, day(row["closed_on"]), day(row["deadline"])
    kind = code(context, "problem_category", row["category"])
    details = [code(context, "problem_level", row["level"]), code(context, "department", row["department"])]
    details += [t("限 {day} 前办结").format(day=due)] if due else []
    yield from _at(day(row["raised_on"]), t("提出问题：{kind}").format(kind=kind), details, "quiet")
    if closed is not None and closed <= context.filters.as_of:
        yield from _at(closed, t("问题办结：{kind}").format(kind=kind), (), "quiet")


def _event(context: Context, row: Row) -> Iterator[Moment]:
    t = context.t
    intent = money(context, row["intent_amount"])
    details = [t("对接{bank}").format(bank=bank(context, row["bank"]))]
    details += [t("意向 {amount}").format(amount=intent)] if intent else []
    yield from _at(day(row["held_on"]), t("参加活动：{title}").format(title=text(row["title"])), details, "quiet")


_TELLERS: Mapping[str, Callable[[Context, Row], Iterator[Moment]]] = {
    "visit_targets": _listing,
    "visits": _visit,
    "applications": _application,
    "recommendations": _push,
    "decisions": _decision,
    "loans": _loan,
    "problems": _problem,
    "events": _event,
}
