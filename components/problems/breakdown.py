"""Problems by department, by county and by subject: what is overdue, how promptly they are closed, row by row."""

from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

import pandas as pd

from charts.intervals import interval_bar
from components.numbers import DASH, count, rate
from components.origins import Origin, Place
from components.panel import figure_html, mark
from components.problems.desk import Desk, problem_place
from components.problems.summary import worst
from components.reads import remember
from components.sheet import Column, Sheet
from components.tables import row_html, table_html

METRICS = ("problems_overdue", "problem_on_time_rate", "problem_closure_rate", "problem_reopen_rate")
PLACE = "region"
Row = Mapping[Hashable, Any]
# What a table reads of its rows, beside the rate it draws: a frame of sixty columns takes long to go through.
_READ = ("code", "label", "overdue", "open", "due", "problems", "problem_reopen_rate")
# Which rate a table draws: promptness by who is responsible, the share solved on the spot by subject.
_SHOWN = {"category": "on_site_resolution_rate"}


def rows(desk: Desk, by: str) -> pd.DataFrame:
    """Return the parts by "region" or one of the marks, most overdue first, with ``code`` and ``label``.

    The page's own filter by the same mark is left aside, so that the others stay in sight.
    """
    return remember(desk.context, "problems.rows", lambda: _rows(desk, by), by, *desk.key)


def _rows(desk: Desk, by: str) -> pd.DataFrame:
    column = _column(desk, by)
    frame = desk.counts(column, beside=by).rename(columns={column: "code"})
    frame["label"] = [_label(desk, by, str(code)) for code in frame["code"]]
    return frame.sort_values(["overdue", "open", "code"], ascending=[False, False, True], ignore_index=True)


def _column(desk: Desk, by: str) -> str:
    return desk.place.column if by == PLACE and desk.place else by


def _label(desk: Desk, by: str, code: str) -> str:
    if by == PLACE and desk.place:
        return desk.place.name(code, desk.context.t("未分类"))
    return desk.name(by, code)


def headline(desk: Desk, by: str) -> str:
    """Return who has most overdue, or where most is solved on the spot."""
    t, frame = desk.context.t, rows(desk, by)
    code, most = worst(frame, "code")
    late = float(desk.counts("", beside=by)["overdue"].iloc[0])
    if not most:
        return t("没有超期未办的问题")
    share = rate(100 * most / late, 0)
    return t("超期未办 {n} 件，{name}占 {share}%（{m} 件）").format(
        n=count(late), name=_label(desk, by, code), share=share, m=count(most)
    )


def table(desk: Desk, by: str, title: str) -> str:
    """Return the parts as a table; a row sets the filter of that part, or lifts it."""
    t, shown = desk.context.t, _SHOWN.get(by, "problem_on_time_rate")
    name = t("现场解决率") if by in _SHOWN else t("限时办结率")
    base = t("全部件") if by in _SHOWN else t("到期件")
    heads = [("name", title), ("", t("超期未办")), ("wide", t("未办结")), ("wide", base), ("", name), ("bar", "")]
    heads += [("wide", t("重开率"))]
    whole, read = desk.whole[shown], list(dict.fromkeys((*_READ, shown, f"{shown}_low", f"{shown}_high")))
    body = [
        row_html(heads, _cells(row, shown, whole, _place(desk, by, str(row["code"]))), _act(desk, by, str(row["code"])))
        for row in rows(desk, by)[read].to_dict("records")
    ]
    return table_html(heads, body)


def _place(desk: Desk, by: str, code: str) -> Place:
    return problem_place(desk, _column(desk, by), code, beside=by)


def _cells(row: Row, shown: str, whole: float, place: Place) -> list[str]:
    of = "problems" if shown == "on_site_resolution_rate" else "due"
    late = float(row["overdue"])
    bar = interval_bar(float(row[shown]), float(row[f"{shown}_low"]), float(row[f"{shown}_high"]), 100.0, mark=whole)
    return [
        escape(str(row["label"])),
        figure_html(f'<b class="zr-bad">{count(late)}</b>' if late else count(late), Origin("problem.overdue", place)),
        figure_html(count(float(row["open"])), Origin("problem.open", place)),
        figure_html(count(float(row[of])), Origin(f"problem.{of}", place)),
        figure_html(_percent(float(row[shown])), Origin(shown, place)),
        bar,
        figure_html(_percent(float(row["problem_reopen_rate"])), Origin("problem_reopen_rate", place)),
    ]


def _percent(value: float) -> str:
    shown = rate(value, 1)
    return shown if shown == DASH else f"{shown}%"


def _act(desk: Desk, by: str, code: str) -> str:
    if by == PLACE:
        known = code in desk.context.profile.region_by_code
        return mark(PLACE, code, label=_label(desk, by, code)) if known else ""
    chosen = desk.own[by] == code
    act = mark(by, "" if chosen else code, label=_label(desk, by, code)) if code else ""
    return f'{act} class="chosen" aria-current="true"' if chosen and code else act


def sheet(desk: Desk, by: str, title: str) -> Sheet:
    """Return the parts as a table of numbers, intervals included."""
    t = desk.context.t
    columns = [Column("label", title)]
    named = {
        "problems": t("收集"),
        "open": t("未办结"),
        "overdue": t("超期未办"),
        "overdue_again": t("其中重开未结"),
        "soon": t("7 天内到期"),
        "due": t("到期件"),
        "due_closed": t("到期已办结"),
        "on_time": t("按期办结"),
        "limited_due": t("限时办理到期件"),
        "limited_on_time": t("限时办理按期办结"),
        "suspended": t("暂停过"),
        "transferred": t("转办过"),
        "transferred_late": t("超期后才转办"),
        "reopened": t("重开"),
        "rated": t("已评价"),
    }
    columns += [Column(name, header, "issue", f"problem.{name}") for name, header in named.items()]
    shares = {
        "problem_on_time_rate": t("限时办结率"), "problem_closure_rate": t("办结率"),
        "on_site_resolution_rate": t("现场解决率"), "problem_reopen_rate": t("重开率"),
        "problem_satisfaction_rate": t("满意率"),
    }  # fmt: skip
    for key, header in shares.items():
        columns += [
            Column(key, header, "percent", key),
            Column(f"{key}_low", t("{name} 95% 下限").format(name=header), "percent"),
            Column(f"{key}_high", t("{name} 95% 上限").format(name=header), "percent"),
        ]
    frame = rows(desk, by)
    places = tuple(_place(desk, by, str(code)) for code in frame["code"])
    metrics = (*METRICS, "on_site_resolution_rate")
    return Sheet(f"problems_{by}", frame, tuple(columns), metrics, places=places)
