"""How far an enterprise has come, read from its dossier: what decides whose turn it is."""

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from components.context import Context
from data_access.queries.dossier import Dossier
from data_access.rows import APPLIED, DECIDED, ENDED_PUSHES, VALID_VISITS
from metrics.turns import Course, Next, Push, Turn, Who, next_turns

Row = Mapping[Hashable, Any]
# Codes of the register's status under which there is no business to visit.
GONE = frozenset({"deregistered", "revoked", "moved"})


def turns(context: Context, found: Dossier) -> tuple[Turn, ...]:
    """Return the steps that are due next for an enterprise: the mechanism's, and those of its open problems."""
    steps = next_turns(course(context, found), context.filters.as_of, context.decision_days)
    solving = tuple(
        Turn(Next.SOLVE, Who.DEPARTMENT, text(row["department"]), day(row["raised_on"]), day(row["deadline"]))
        for row in rows(found, "problems")
        if is_open(row)
    )
    if solving and steps[0].step == Next.WATCH:
        return solving
    return (*steps, *solving)


def course(context: Context, found: Dossier) -> Course:
    """Return how far an enterprise has come by the as-of date."""
    met = [row for row in rows(found, "visits") if row["result"] in VALID_VISITS]
    applied = [row for row in rows(found, "applications") if row["status"] in APPLIED]
    return Course(
        is_active=text(found.identity["status"]) not in GONE,
        listed_on=_listed(context, found),
        visited_on=_first(met, "visited_on"),
        need_on=_first([row for row in met if row["has_need"] is True], "visited_on"),
        applied_on=_first(applied, "submitted_on"),
        is_screened=any(row["status"] == "passed" for row in applied),
        pushes=_pushes(context, found),
        undrawn=_undrawn(found),
        drawn=tuple((text(row["bank"]), day(row["due_on"])) for row in rows(found, "loans") if row["balance"] != 0),
        refused=_refused(context, found),
        told=_told(found),
    )


def is_open(problem: Row) -> bool:
    """Whether a problem waits to be solved."""
    if day(problem["closed_on"]) is None:
        return True
    return day(problem.get("reopened_on")) is not None and day(problem.get("reclosed_on")) is None


def rows(found: Dossier, name: str) -> list[dict[Hashable, Any]]:
    """Return the records of a kind, oldest first."""
    return found.records[name].astype(object).to_dict("records")


def day(value: Any) -> date | None:  # noqa: ANN401 - a cell
    """Return a cell's date, None if it has none."""
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()


def text(value: Any) -> str:  # noqa: ANN401 - a cell
    """Return a cell's text, "" if it has none."""
    return "" if value is None or (not isinstance(value, str) and pd.isna(value)) else str(value)


def _first(found: list[dict[Hashable, Any]], name: str) -> date | None:
    return min((known for row in found if (known := day(row[name]))), default=None)


def _listed(context: Context, found: Dossier) -> date | None:
    as_of, listed = context.filters.as_of, rows(found, "visit_targets")
    kept = [row for row in listed if (gone := day(row["removed_on"])) is None or gone > as_of]
    return _first(kept, "issued_on")


def _pushes(context: Context, found: Dossier) -> tuple[Push, ...]:
    decisions = rows(found, "decisions")
    answered = {text(row["recommendation_id"]) for row in decisions} - {""}
    banks = {text(row["bank"]) for row in decisions if not text(row["recommendation_id"])}
    by_documents = context.profile.settings.get("decision_clock") == "docs_complete"
    return tuple(
        Push(
            bank=text(row["bank"]),
            since=(day(row["docs_complete_on"]) if by_documents else None) or day(row["pushed_on"]) or date.min,
            is_settled=text(row["recommendation_id"]) in answered
            or text(row["bank"]) in banks
            or row["status"] in ENDED_PUSHES,
        )
        for row in rows(found, "recommendations")
    )


def _undrawn(found: Dossier) -> tuple[tuple[str, date], ...]:
    lenders = {text(row["bank"]) for row in rows(found, "loans")}
    approved: dict[str, date] = {}
    for row in rows(found, "decisions"):
        bank, on = text(row["bank"]), day(row["decided_on"])
        if row["outcome"] == DECIDED[0] and bank not in lenders and on:
            approved.setdefault(bank, on)
    return tuple(approved.items())


def _told(found: Dossier) -> tuple[str, date] | None:
    """Return the loan last told of at a visit, unless the enterprise has renewed since: as the work list has it."""
    visits = rows(found, "visits")
    told = [(on, due, row) for row in visits if (on := day(row["visited_on"])) and (due := day(row["renewal_due_on"]))]
    if not told:
        return None
    told_on, due_on, visit = max(told, key=lambda one: one[:2])
    renewals = [day(row["drawn_on"]) for row in rows(found, "loans") if row["is_renewal"] is True]
    renewed = any(drawn is not None and drawn >= told_on for drawn in renewals)
    return None if renewed else (text(visit["bank"]), due_on)


def _refused(context: Context, found: Dossier) -> tuple[date, str] | None:
    """Return the latest refusal and who leads the mending, if no bank has approved."""
    decisions = rows(found, "decisions")
    refusals = [row for row in decisions if row["outcome"] == DECIDED[1]]
    if not refusals or any(row["outcome"] == DECIDED[0] for row in decisions):
        return None
    reasons = {code.code: code.attributes for code in context.profile.codes.get("reject_reason", ())}
    reason = reasons.get(text(refusals[-1]["reject_code"]), {})
    department = str(reason.get("department", "")) if reason.get("repairable") == "true" else ""
    on = day(refusals[-1]["decided_on"])
    return (on, department) if on else None
