"""The checks of the data as data, and how a check is judged: what it asks, how much may fail, which figures it touches.

The queries behind them are in ``data_access.queries.quality``; here are the words, the thresholds and the verdicts.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import pandas as pd

from metrics.catalogue import DEFINITIONS, Term, metric

SEVERITIES = ("error", "warning", "notice")
OWNERS = ("county", "bank", "office")


class State(StrEnum):
    """What a check found."""

    FAILING = "failing"
    PASSED = "passed"
    NOT_REPORTED = "not_reported"  # the tables it looks at never arrived, or hold nothing it could examine


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its words, how grave a failure is, who must act, the share that may fail, the metrics it touches.

    ``unit`` is a unit of the catalogue and says what is counted; ``metrics`` are keys of the catalogue.
    """

    id: str
    name: Term
    question: Term
    action: Term
    unit: str
    severity: str
    owner: str
    threshold: float
    metrics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A check's result: rows examined and failing, the share that may fail, and the share at the end of each period.

    ``course`` holds pairs of a period (the first day of a month as YYYY-MM, or a batch's number) and the share of all
    rows up to its end that fail.
    """

    check: Check
    examined: float
    failed: float
    allowed: float
    course: tuple[tuple[str, float], ...] = ()

    @property
    def share(self) -> float:
        """The share of the examined rows that fail: 0 of none, NaN if it was not asked."""
        return self.failed / self.examined if self.examined else 0.0 if self.course else math.nan

    @property
    def state(self) -> State:
        """Whether more fails than may."""
        if not self.examined and not self.course:
            return State.NOT_REPORTED
        return State.FAILING if self.share > self.allowed else State.PASSED


@cache
def load_checks() -> Mapping[str, Check]:
    """Return every check by its id, in the order of the file (read once); raises ``KeyError`` for a missing field."""
    entries = tomllib.loads((DEFINITIONS / "checks.toml").read_text("utf-8"))["check"]
    return {entry["id"]: _check(entry) for entry in entries}


def _check(entry: Mapping[str, Any]) -> Check:
    name, question, action = (Term(entry[f"{word}_zh"], entry[f"{word}_en"]) for word in ("name", "question", "action"))
    return Check(
        entry["id"], name, question, action, entry["unit"], entry["severity"], entry["owner"],
        float(entry["threshold"]), tuple(metric(number).key for number in entry["metrics"]),
    )  # fmt: skip


def judge(counts: pd.DataFrame, allowed: Mapping[str, float]) -> tuple[Outcome, ...]:
    """Return every check's outcome, failing ones first, the gravest before the others.

    ``counts`` has the columns ``check``, ``period`` (text, ascending in time), ``examined`` and ``failed``; a check
    without rows was not asked. ``allowed`` overrides thresholds by check id.
    """
    groups = dict(iter(counts.groupby("check", sort=False)))
    found = [_outcome(check, groups.get(key), allowed) for key, check in load_checks().items()]
    order = {State.FAILING: 0, State.PASSED: 1, State.NOT_REPORTED: 2}
    return tuple(sorted(found, key=lambda o: (order[o.state], SEVERITIES.index(o.check.severity))))


def _outcome(check: Check, rows: pd.DataFrame | None, allowed: Mapping[str, float]) -> Outcome:
    may = float(allowed.get(check.id, check.threshold))
    if rows is None or rows.empty:
        return Outcome(check, 0.0, 0.0, may)
    ordered = rows.sort_values("period", kind="stable")
    shares = (ordered["failed"].cumsum() / ordered["examined"].cumsum()).fillna(0.0)  # 0 of none
    course = tuple(zip(ordered["period"].astype(str), shares.astype(float), strict=True))
    return Outcome(check, float(rows["examined"].sum()), float(rows["failed"].sum()), may, course)


def touched(outcomes: Sequence[Outcome]) -> dict[str, tuple[Outcome, ...]]:
    """Return the failing checks by the key of each metric they touch."""
    found: dict[str, tuple[Outcome, ...]] = {}
    for outcome in outcomes:
        if outcome.state is State.FAILING:
            for key in outcome.check.metrics:
                found[key] = (*found.get(key, ()), outcome)
    return found


def timely_rows_rate(examined: float, late: float) -> float:
    """Return the share of rows entered in time in per cent (M71), NaN if none was examined."""
    return 100.0 * (examined - late) / examined if examined else math.nan


def valid_code_rate(examined: float, wrong: float, held: float = 0.0) -> float:
    """Return the share of rows with a valid credit code in per cent (M72), NaN if none should have one.

    ``examined`` rows of the store should have a code and ``wrong`` of them have none or a malformed one; ``held``
    rows were kept out by the import because of their code.
    """
    return 100.0 * (examined - wrong) / (examined + held) if examined + held else math.nan


def orphan_rows(decisions: float, loans: float) -> float:
    """Return the decisions without a recommendation and the loans without an approval together (M74)."""
    return decisions + loans
