"""Problems over time: the age of the open ones, what came in and was closed by month, and how long closing takes."""

import math
from dataclasses import replace
from datetime import date
from html import escape

import pandas as pd
import plotly.graph_objects as go

from charts.problems import Band, Month, ages_figure, flow_figure
from charts.stagetimes import Stage, stage_times_figure, steps
from components.context import Context
from components.dimensions import month_name
from components.numbers import DASH, count, rate
from components.origins import Origin, Origins, Place, modelled, varying
from components.panel import figure_html
from components.problems import raised
from components.problems.desk import LISTS, Desk, problem_place, told_cases
from components.reads import remember
from components.rights import may_list
from components.sheet import Column, Sheet
from components.tables import note_html, row_html, table_html
from data_access.queries import problems as queries
from data_access.queries.problems import BANDS, band_names
from metrics.problems import monthly
from metrics.survival import Curve, kaplan_meier, stage_times

HORIZON = 120
# The longest limit a problem is given in most registers; the line in the chart.
LINE_DAYS = 30
_TIMES = ("label", "cases", "ended", "median", "median_low", "median_high", "p90")
TIMES = ("level", "department", "category", "source")


# ---- ages ----------------------------------------------------------------------------------------------------------


def ages(desk: Desk) -> pd.DataFrame:
    """Return the open problems by age: ``band``, ``open``, ``overdue`` and ``in_time`` (件)."""
    return remember(desk.context, "problems.ages", lambda: _ages(desk), *desk.key)


def _ages(desk: Desk) -> pd.DataFrame:
    names = [raised.band_name(desk.context, number) for number in range(len(BANDS) + 1)]
    open_, late = ([desk.whole[name] for name in band_names(kind)] for kind in ("open", "overdue"))
    frame = pd.DataFrame({"band": names, "open": open_, "overdue": late}).astype({"open": float, "overdue": float})
    parts = ["overdue", "in_time"]
    told = told_cases(desk.context, frame.assign(in_time=frame["open"] - frame["overdue"]), ("open", *parts))
    told.loc[told[parts].isna().any(axis=1), parts] = float("nan")  # either is what the other leaves
    return told


def ages_headline(desk: Desk) -> str:
    """Return how many are open, and how many of them for longer than the middle band's end."""
    t, frame = desk.context.t, ages(desk)
    total, old = desk.whole["open"], float(frame["open"].iloc[-2:].sum(skipna=False))
    if not total:
        return t("没有未办结的问题")
    return t("未办结 {n} 件，{m} 件（{share}%）已超过 {days} 天").format(
        n=count(total), m=count(old), share=rate(100 * old / total, 1), days=BANDS[-2]
    )


def ages_view(desk: Desk) -> go.Figure:
    """Return the bars of the open problems by age."""
    t = desk.context.t
    in_time, late = t("未到期或未定期限"), t("超期未办")
    bands = []
    for number, row in enumerate(ages(desk).to_dict("records")):
        name, numbers = str(row["band"]), (float(row["in_time"]), float(row["overdue"]))
        first, second = (f"{name}　{what} <b>{count(n)}</b>" for what, n in zip((in_time, late), numbers, strict=True))
        code = raised.band_code(number)
        bands.append(Band(name, *numbers, (first, second), (f"in_time:{code}", f"overdue:{code}")))
    return ages_figure(bands, in_time=in_time, overdue=late)


def ages_origins(desk: Desk) -> Origins:
    """Return what the bars lead to: the problems of each age that are in time, and those that are overdue."""
    here = problem_place(desk)
    kinds = enumerate(("in_time", "overdue"))
    return {trace: [Origin(f"problem.{name}", here) for name in band_names(kind)] for trace, kind in kinds}


def ages_sheet(desk: Desk) -> Sheet:
    """Return the ages as a table."""
    t = desk.context.t
    named = {"open": t("未办结"), "overdue": t("其中超期"), "in_time": t("未到期或未定期限")}
    columns = (Column("band", t("提出至今")), *(Column(name, header, "issue") for name, header in named.items()))
    here = problem_place(desk)
    places = tuple(
        varying(here, {"open": f"problem.{open_}", "overdue": f"problem.{late}"})
        for open_, late in zip(band_names("open"), band_names("overdue"), strict=True)
    )
    return Sheet("problem_ages", ages(desk), columns, ("problems_overdue",), places=places)


# ---- months --------------------------------------------------------------------------------------------------------


def months(desk: Desk) -> pd.DataFrame:
    """Return what came in and was closed by month (``metrics.problems.monthly``)."""
    context = desk.context
    return remember(
        context, "problems.months",
        lambda: told_cases(
            context, monthly(queries.problem_flow(context.store, context.scope, desk.selection, desk.which)),
            ("raised", "closed", "reopened"),
        ), *desk.key,
    )  # fmt: skip


def months_headline(desk: Desk) -> str:
    """Return whether the stock of open problems grows: the last month against the one before."""
    t, frame = desk.context.t, months(desk)
    if len(frame) < 2:
        return t("每月收集与办结")
    now, before = float(frame["open"].iloc[-1]), float(frame["open"].iloc[-2])
    words = {"n": count(now), "m": count(abs(now - before))}
    if now == before:
        return t("未办结 {n} 件，与上月末持平").format(**words)
    said = t("未办结 {n} 件，比上月末增加 {m} 件") if now > before else t("未办结 {n} 件，比上月末减少 {m} 件")
    return said.format(**words)


def months_view(desk: Desk) -> go.Figure:
    """Return bars of intake and closing by month with the line of what was open."""
    t, context = desk.context.t, desk.context
    found = [
        Month(
            _month(desk, row["month"]), row["raised"] + row["reopened"], row["closed"], row["open"],
            f"problems:{raised.month_code(row['month'])}",
        )
        for row in months(desk).to_dict("records")
    ]  # fmt: skip
    return flow_figure(
        found, raised=t("收集（含重开）"), closed=t("办结"), open_=t("月末未办结"), unit=context.numbers.unit("issue")
    )


def months_origins(desk: Desk) -> Origins:
    """Return what the bars of intake and closing and the line of what was open lead to."""
    found, names = months_sheet(desk), {1: "closed", 2: "open"}
    headers = [column.name for column in found.columns]
    came = [Origin("flow.came", place) for place in found.places]
    return {0: came} | {
        trace: [found.origin(row, headers.index(name)) for row in range(len(found.frame))]
        for trace, name in names.items()
    }


def _month(desk: Desk, month: date) -> str:
    name = month_name(desk.context, month)
    under_way = (month.year, month.month) == (desk.day.year, desk.day.month)
    return f"{name}*" if under_way else name


def months_sheet(desk: Desk) -> Sheet:
    """Return the months as a table."""
    t, frame = desk.context.t, months(desk)
    named = {"raised": t("收集"), "reopened": t("重开"), "closed": t("办结"), "open": t("月末未办结")}
    shown = frame.assign(month=[_month(desk, day) for day in frame["month"]])
    flows = {name: f"flow.{name}" for name in named if name != "open"}
    columns = (
        Column("month", t("月份")),
        *(Column(name, header, "issue", flows.get(name, "problem.open")) for name, header in named.items()),
    )
    places = tuple(_of_month(desk, first) for first in frame["month"])
    return Sheet("problem_months", shown, columns, ("problems",), (t("* 为未完月份"),), places)


def _of_month(desk: Desk, first: date) -> Place:
    """Return where a month's figures stand; what was open at its end stands at that day, or today if it is later."""
    here = problem_place(desk)
    last = raised.days(raised.month_code(first), desk.day)
    day = min(desk.day, last[1]) if last else desk.day
    return replace(here, cell=(*here.cell, ("month", raised.month_code(first))), at=day)


# ---- time to closing -----------------------------------------------------------------------------------------------


def times(desk: Desk, by: str) -> pd.DataFrame:
    """Return days to closing by a mark, for ``metrics.survival``: that mark's column, ``days``, ``ended``, ``n``."""
    context = desk.context
    return remember(
        context, "problems.times",
        lambda: _told_times(
            context, queries.problem_times(context.store, context.scope, desk.selection, desk.which, (by,)), by
        ), by, *desk.key,
    )  # fmt: skip


def _told_times(context: Context, frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return the groups of which nothing may be too small to tell: neither the cases nor those closed or still open."""
    if frame.empty or may_list(context, "problems"):
        return frame
    ended = frame["n"].where(frame["ended"], 0.0)
    parts = frame.assign(closed=ended, open=frame["n"] - ended).groupby(by)[["n", "closed", "open"]].sum()
    told = told_cases(context, parts, ("n", "closed", "open"))
    return frame[frame[by].isin(told.dropna().index)]


def times_headline(desk: Desk) -> str:
    """Return by when half and nine in ten are closed, those that are open allowed for."""
    t, frame = desk.context.t, times(desk, "level")
    if not len(frame):
        return t("办理用时")
    curve = kaplan_meier(frame)
    median, p90 = curve.quantile(0.5).days, curve.quantile(0.9).days
    if math.isnan(p90):
        return t("半数在 {median} 天内办结，九成所需的天数尚不能确定").format(median=count(median))
    return t("半数在 {median} 天内办结，九成在 {p90} 天内").format(median=count(median), p90=count(p90))


def times_view(desk: Desk, by: str) -> go.Figure:
    """Return one curve for each of the largest groups: the share closed by each day."""
    t = desk.context.t
    stages = [Stage(desk.name(by, code), curve) for code, curve in _curves(desk, by).items()]
    unit = desk.context.numbers.unit("day")
    return stage_times_figure(
        stages, limit=LINE_DAYS, limit_name=t("{n} 天").format(n=LINE_DAYS), days=unit, horizon=HORIZON
    )


def _curves(desk: Desk, by: str) -> dict[str, Curve]:
    frame = times(desk, by)
    largest = frame.groupby(by)["n"].sum().sort_values(ascending=False).index[:6]
    return {str(code): kaplan_meier(frame[frame[by] == code]) for code in largest}


def times_origins(desk: Desk, by: str) -> Origins:
    """Return what the curves lead to: the problems of each group, which every one of its points rests on."""
    return {
        number: [Origin("problem.problems", modelled(problem_place(desk, by, code)))] * len(steps(curve, HORIZON)[0])
        for number, (code, curve) in enumerate(_curves(desk, by).items())
    }


def times_frame(desk: Desk, by: str) -> pd.DataFrame:
    """Return median and P90 of the days to closing by a mark, the slowest first."""
    found = stage_times(times(desk, by), (by,)) if len(times(desk, by)) else pd.DataFrame(columns=[by, *_TIMES])
    if not len(found):
        return found
    found["label"] = [desk.name(by, str(code)) for code in found[by]]
    return found.sort_values(["p90", "median"], ascending=False, na_position="first", ignore_index=True)


def times_html(desk: Desk, by: str) -> str:
    """Return the medians as a table."""
    t = desk.context.t
    heads = [("name", t(LISTS[by][1])), ("", t("问题数")), ("wide", t("已办结")), ("", t("中位数（天）"))]
    heads += [("wide", t("95% 区间")), ("", "P90")]
    body = []
    for row in times_frame(desk, by).to_dict("records"):
        known = not math.isnan(row["median"])
        between = f"{count(row['median_low'])}–{count(row['median_high'])}" if known else DASH
        place = problem_place(desk, by, str(row[by]))
        keys = ("problem.problems", "problem.closed", "problem.problems", "problem.problems")
        texts = [count(row[name]) for name in ("cases", "ended", "median", "p90")]
        places = (place, place, modelled(place), modelled(place))
        linked = [
            figure_html(text, None if text == DASH else Origin(key, there))
            for text, key, there in zip(texts, keys, places, strict=True)
        ]
        body.append(row_html(heads, [escape(str(row["label"])), *linked[:3], between, linked[3]]))
    note = t("从提出到办结的自然日，暂停和转办不扣除；未办结的按已等待的天数计入（Kaplan–Meier）。“—”表示尚不能确定。")
    return f"{table_html(heads, body)}{note_html(note)}"


def times_sheet(desk: Desk, by: str) -> Sheet:
    """Return the medians as a table of numbers."""
    t = desk.context.t
    columns = [
        Column("label", t(LISTS[by][1])),
        Column("cases", t("问题数"), "issue", "problem.problems"),
        Column("ended", t("已办结"), "issue", "problem.closed"),
    ]
    named = {"median": t("中位数"), "median_low": t("下限"), "median_high": t("上限"), "p90": "P90"}
    columns += [Column(name, header, "day", "problem.problems", modelled()) for name, header in named.items()]
    frame = times_frame(desk, by)
    places = tuple(problem_place(desk, by, str(code)) for code in frame[by])
    return Sheet("problem_times", frame, tuple(columns), ("problem_closure_rate",), places=places)
