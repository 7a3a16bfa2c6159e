"""The rows behind problems, cohorts, stage times, drop-offs, and those with a need that went no further."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, String, case, cast, literal, null, or_, select

from data_access.portable import days_between
from data_access.queries import cohorts, history, problems, reasons
from data_access.queries.measures import until, within
from data_access.queries.progress import enterprise_source
from data_access.queries.rowset import ENTERPRISES, ONE, PLACES, Cell, RowSet, columns, in_cell, sum_at
from data_access.schema import DIMENSIONS, STAGES
from data_access.selection import Scope, Selection
from data_access.stops import GATES
from data_access.store import Store
from locales import N_

# ---- problems ------------------------------------------------------------------------------------------------------

_PROBLEMS = {
    "problems": N_("登记的问题"), "open": N_("未办结的问题"), "closed": N_("已办结的问题"),
    "solved_on_site": N_("现场解决的问题"), "due": N_("到期的问题"), "due_closed": N_("到期已办结的问题"),
    "on_time": N_("到期前办结的问题"), "overdue": N_("超期未办的问题"), "soon": N_("7 天内到期的问题"),
    "undated": N_("没有期限的问题"), "suspended": N_("暂停过的问题"), "transferred": N_("转办过的问题"),
    "transferred_late": N_("超期后才转办的问题"), "was_closed": N_("曾办结的问题"), "reopened": N_("重开的问题"),
    "limited_due": N_("到期的限时办理问题（现场解决除外）"), "limited_on_time": N_("到期前办结的限时办理问题"),
    "rated": N_("已评价的问题"), "content": N_("评 4 分及以上的问题"),
}  # fmt: skip


_BANDED = {
    "open": N_("未办结的问题，按提出至今的天数"), "overdue": N_("超期未办的问题，按提出至今的天数"),
    "in_time": N_("未到期或未定期限的问题，按提出至今的天数"),
}  # fmt: skip


def _problem_set(name: str, title: str) -> RowSet:
    def query(scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
        c = problems.cases(scope, selection)
        counted = {**problems.counters(c, selection.as_of), **problems.banded(c, selection.as_of, (*_BANDED,))}[name]
        return select(*columns(c.c.problem_id, c.c.enterprise_id, None, c.c.raised_on)).where(
            counted, *in_cell(c, cell)
        )

    def figure(store: Store, scope: Scope, selection: Selection, cell: Cell) -> float:
        found = problems.problems_by(store, scope, selection, tuple(cell))
        if name in problems.band_names("in_time"):  # the page takes them as the open ones that are not overdue
            open_, late = (name.replace("in_time", kind) for kind in ("open", "overdue"))
            return sum_at(found, cell, open_) - sum_at(found, cell, late)
        return sum_at(found, cell, name)

    marks = frozenset({*DIMENSIONS, *problems.MARKS})
    return RowSet("problems", title, "issue", ("problems",), marks, query, figure)


# What a problem adds to a month's figure: once for each of these days that lies in it.
_FLOW = {
    "raised": (N_("当月收集的问题"), ("raised_on",)),
    "reopened": (N_("当月重开的问题"), ("reopened_on",)),
    "came": (N_("当月收集和重开的问题"), ("raised_on", "reopened_on")),
    "closed": (N_("当月办结的问题（再次办结另计）"), ("closed_on", "reclosed_on")),
}


def _flow_set(name: str, title: str, days: Sequence[str]) -> RowSet:
    def query(scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
        c = problems.cases(scope, selection)
        first = _first_day(cell.get("month", ""))
        span = (first, cohorts.month_end(first)) if first else (date.min, selection.as_of)
        inside = [c.c[day].between(*span) for day in days]
        times: ColumnElement[Any] = sum(
            (case((test, 1.0), else_=0.0) for test in inside[1:]), case((inside[0], 1.0), else_=0.0)
        )
        shown = columns(c.c.problem_id, c.c.enterprise_id, None, c.c[days[0]], weight=times)
        return select(*shown).where(or_(*inside), *in_cell(c, cell, "month"))

    def figure(store: Store, scope: Scope, selection: Selection, cell: Cell) -> float:
        department, category, level, source = ((cell[m],) if m in cell else () for m in problems.MARKS)
        flow = problems.problem_flow(store, scope, selection, problems.Which(department, category, level, source))
        months = flow["day"].map(lambda day: f"{day:%Y-%m}")
        flow = flow[months == cell.get("month", months)]
        return float(flow[["raised", "reopened"]].sum().sum() if name == "came" else flow[name].sum())

    return RowSet("problems", title, "issue", ("problems",), frozenset({*problems.MARKS, "month"}), query, figure)


# ---- the funnel: cohorts, stage times, drop-offs, the unserved ------------------------------------------------------

_COHORT = {
    "entered": N_("同期起步的经营主体"), "needing": N_("期内有融资需求的经营主体"), "applied": N_("期内申报的经营主体"),
    "recommended": N_("期内获推荐的经营主体"), "approved": N_("期内获授信的经营主体"),
    "borrowers": N_("期内放款的经营主体"),
}  # fmt: skip
# Of a cohort's cell: how it started, the days followed, its month, and the last month that counts ("YYYY-MM").
COHORT_MARKS = ("entry", "window", "month", "upto")


def _cohort_set(stage: str, title: str) -> RowSet:
    def query(scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
        by = [name for name in cell if name not in COHORT_MARKS]
        e, share = enterprise_source(scope, selection, by)
        entry, start = cohorts.start_of(e)
        days = cohorts.days_to_stages(e, start, selection)
        own = {"entry": entry, "start": start, "bank_of": e.c.bank if "bank" in e.c else cast(null(), String), **days}
        own["share"] = ONE if share is None else share
        read = [e.c.enterprise_id, *[e.c[name] for name in by], *[c.label(name) for name, c in own.items()]]
        rows = select(*read).where(within(start, selection)).subquery("started")
        kept = [rows.c.entry == cell.get("entry", cohorts.VISITED), *in_cell(rows, cell, *COHORT_MARKS)]
        kept += _of_months(rows.c.start, cell)
        kept += [cohorts.chain(rows, _window(cell))[stage]] if stage != "entered" else []
        shown = columns(rows.c.enterprise_id, rows.c.enterprise_id, rows.c.bank_of, rows.c.start, weight=rows.c.share)
        return select(*shown).where(*kept)

    def figure(store: Store, scope: Scope, selection: Selection, cell: Cell) -> float:
        by = tuple(name for name in cell if name not in COHORT_MARKS)
        found = cohorts.cohorts(store, scope, selection, by, (_window(cell),))
        months = found["month"].dt.strftime("%Y-%m")
        kept = found[
            (found["entry"] == cell.get("entry", cohorts.VISITED))
            & (months == cell.get("month", months))
            & (months <= cell.get("upto", "9999-12"))
        ]
        return sum_at(kept, cell, stage, *COHORT_MARKS)

    return RowSet(ENTERPRISES, title, "enterprise", ("visits",), PLACES | {*COHORT_MARKS}, query, figure)


def _window(cell: Cell) -> int:
    asked = cell.get("window", "")
    return int(asked) if asked.isdigit() and len(asked) < 4 else cohorts.USUAL_WINDOW


def _of_months(start: ColumnElement[Any], cell: Cell) -> list[ColumnElement[bool]]:
    kept = []
    if first := _first_day(cell.get("month", "")):
        kept += [start >= first, start <= cohorts.month_end(first)]
    if last := _first_day(cell.get("upto", "")):
        kept.append(start <= cohorts.month_end(last))
    return kept


def _first_day(month: str) -> date | None:
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        return None


# A case of a stage: from where to where, and how many days it was watched at least.
SPAN_MARKS = ("from", "to", "watched")
_SPANS = {"cases": N_("开始了这一阶段的经营主体"), "ended": N_("完成了这一阶段的经营主体")}


def _span_set(kind: str, title: str) -> RowSet:
    def query(scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
        start, end = _span(cell)
        e, share = enterprise_source(scope, selection, [name for name in cell if name not in SPAN_MARKS])
        finished, began = until(e.c[end], selection), e.c[start]
        last = case((finished, e.c[end]), else_=cast(literal(selection.as_of), Date))
        waited = days_between(began, last)
        bank = e.c.bank if "bank" in e.c else None
        days = case((waited < 0, 0), else_=waited)
        weight = ONE if share is None else share
        shown = columns(e.c.enterprise_id, e.c.enterprise_id, bank, began, days, weight)
        kept = [within(began, selection), *in_cell(e, cell, *SPAN_MARKS), *([finished] if kind == "ended" else [])]
        kept += [days >= _watched(cell)] if "watched" in cell else []
        return select(*shown).select_from(e).where(*kept)

    def figure(store: Store, scope: Scope, selection: Selection, cell: Cell) -> float:
        by = tuple(name for name in cell if name not in SPAN_MARKS)
        frame = history.durations(store, scope, selection, *_span(cell), by)
        frame = frame[frame["days"] >= _watched(cell)]
        return sum_at(frame[frame["ended"]] if kind == "ended" else frame, cell, "n", *SPAN_MARKS)

    return RowSet(ENTERPRISES, title, "enterprise", ("recommendations",), PLACES | {*SPAN_MARKS}, query, figure)


def _watched(cell: Cell) -> int:
    asked = cell.get("watched", "")
    return int(asked) if asked.isdigit() and len(asked) < 5 else 0


def _span(cell: Cell) -> tuple[str, str]:
    """Return the stages a cell names; the one a bank decides in where it names none that is known."""
    start, end = cell.get("from", ""), cell.get("to", "")
    return (start if start in STAGES else "recommended_on"), (end if end in STAGES else "decided_on")


STOP_MARKS = ("stage", "status", "reason")


def _stopped(scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
    stages = (cell["stage"],) if "stage" in cell else tuple(gate.stage for gate in GATES)
    rows = reasons.last_stops(scope, selection, stages)
    shown = columns(rows.c.enterprise_id, rows.c.enterprise_id, rows.c.bank, rows.c.happened_on)
    return select(*shown).where(rows.c.latest == 1, *in_cell(rows, cell))


def _drop_offs(store: Store, scope: Scope, selection: Selection, cell: Cell) -> float:
    return sum_at(reasons.drop_offs(store, scope, selection), cell, "n")


def _unserved(scope: Scope, selection: Selection, cell: Cell) -> Select[Any]:
    e, kept = reasons.unserved(scope, selection)
    shown = columns(e.c.enterprise_id, e.c.enterprise_id, None, e.c.need_on)
    return select(*shown).where(*kept, *in_cell(e, cell))


def _unserved_total(store: Store, scope: Scope, selection: Selection, cell: Cell) -> float:
    return sum_at(reasons.unserved_by(store, scope, selection, tuple(cell)), cell, "n")


FUNNEL: Mapping[str, RowSet] = {
    **{f"problem.{name}": _problem_set(name, title) for name, title in _PROBLEMS.items()},
    **{
        f"problem.{name}": _problem_set(name, title)
        for late, title in _BANDED.items() for name in problems.band_names(late)
    },
    **{f"flow.{name}": _flow_set(name, title, days) for name, (title, days) in _FLOW.items()},
    **{f"cohort.{stage}": _cohort_set(stage, title) for stage, title in _COHORT.items()},
    **{f"span.{kind}": _span_set(kind, title) for kind, title in _SPANS.items()},
    "stopped": RowSet(
        ENTERPRISES, N_("到此为止的经营主体"), "enterprise", ("visits",), frozenset(STOP_MARKS), _stopped, _drop_offs
    ),
    "unserved": RowSet(
        ENTERPRISES, N_("有需求未申报的经营主体"), "enterprise", ("visits",), frozenset(DIMENSIONS), _unserved,
        _unserved_total,
    ),
}  # fmt: skip
