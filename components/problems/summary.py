"""The head of the page of problems: one sentence, and the figures it rests on."""

from html import escape

import numpy as np
import pandas as pd

from components.cards import Card, cards_html
from components.definition import definition_pop
from components.numbers import count, rate
from components.office.outcomes import mark_html
from components.origins import Origin
from components.problems.desk import Desk, problem_place
from metrics.catalogue import metric
from metrics.compute import ratio
from metrics.figures import Figure, figure_of
from metrics.problems import RATES

METRICS = (
    "problems", "on_site_resolution_rate", "problem_on_time_rate", "problems_overdue", "problem_reopen_rate",
    "problem_satisfaction_rate",
)  # fmt: skip
_COUNTS = {"problems": "problems", "problems_overdue": "overdue"}


def figure(desk: Desk, key: str) -> Figure:
    """Return a figure of everything in view, with the numbers behind it."""
    whole = desk.whole
    if key in _COUNTS:
        value = whole[_COUNTS[key]]
        return figure_of(key, value, desk.context.reported, numerator=value)
    part, of = RATES[key]
    return figure_of(key, whole[key], desk.context.reported, numerator=whole[part], denominator=whole[of])


def worst(frame: pd.DataFrame, by: str) -> tuple[str, float]:
    """Return the code with most overdue problems and how many ("" and 0 without any); the first code breaks ties."""
    late = frame[frame["overdue"] > 0].sort_values(["overdue", by], ascending=[False, True])
    return (str(late.iloc[0][by]), float(late.iloc[0]["overdue"])) if len(late) else ("", 0.0)


def conclusion(desk: Desk) -> tuple[str, str]:
    """Return one sentence on what is stuck and with whom, and its tone: good without anything overdue, else bad."""
    t, whole = desk.context.t, desk.whole
    if not whole["problems"]:
        return t("所选范围内没有登记问题"), ""
    said = [t("共收集 {n} 件，未办结 {open} 件").format(n=count(whole["problems"]), open=count(whole["open"]))]
    if whole["due"]:
        share = f"{rate(whole['problem_on_time_rate'], 1)}%"
        said.append(t("到期 {n} 件中按期办结 {share}").format(n=count(whole["due"]), share=share))
    name, most = _stuck(desk)
    if most:
        named = {"n": count(whole["overdue"]), "name": name, "m": count(most)}
        said.append(t("超期未办 {n} 件，{name}最多（{m} 件）").format(**named))
        return t("；").join(said) + t("。"), "bad"
    return t("；").join([*said, t("没有超期未办的")]) + t("。"), "good"


def _stuck(desk: Desk) -> tuple[str, float]:
    """Return where most is overdue and how many: a department, or a part of the region if one department is in view."""
    place = desk.place
    if desk.own["department"] and place:
        code, most = worst(desk.counts(place.column), place.column)
        return place.name(code, desk.context.t("未分类")), most
    code, most = worst(desk.counts("department"), "department")
    return desk.name("department", code), most


def summary_html(desk: Desk) -> str:
    """Return the cards."""
    return cards_html([_card(desk, key) for key in METRICS])


def _card(desk: Desk, key: str) -> Card:
    context, found = desk.context, figure(desk, key)
    title = context.numbers.name(metric(key))
    origin = Origin(key, problem_place(desk))
    return Card(
        title=title,
        shown=context.numbers.figure(found),
        day=context.t("截至 {day}").format(day=context.numbers.short_day(desk.day)),
        lines=[escape(line) for line in _lines(desk, key)] if found.value is not None else (),
        pop=definition_pop(found, context.numbers, title=title, origin=origin),
        origin=origin,
        flags=mark_html(context, key),
    )


def _lines(desk: Desk, key: str) -> list[str]:
    t, whole = desk.context.t, desk.whole
    if key == "problems":
        return [
            t("未办结 {n} 件").format(n=count(whole["open"])),
            t("暂停过 {n} 件，转办过 {m} 件").format(n=count(whole["suspended"]), m=count(whole["transferred"])),
        ]
    if key == "problems_overdue":
        return [
            t("{n} 件在 7 天内到期").format(n=count(whole["soon"])),
            t("其中重开未结 {n} 件，按原期限计").format(n=count(whole["overdue_again"])),
            t("超期后才转办 {n} 件").format(n=count(whole["transferred_late"])),
        ]
    part, of = RATES[key]
    said = [t("{part} / {whole} 件").format(part=count(whole[part]), whole=count(whole[of])), _limits(desk, key)]
    if key == "problem_on_time_rate":
        limited = float(ratio(np.asarray(whole["limited_on_time"]), np.asarray(whole["limited_due"]), 100.0))
        said.append(t("现场解决除外 {share}%（{part} / {whole} 件）").format(
            share=rate(limited, 1), part=count(whole["limited_on_time"]), whole=count(whole["limited_due"])
        ))  # fmt: skip
        said.append(t("办结率（含超期办结）{share}%").format(share=rate(whole["problem_closure_rate"], 1)))
    if key == "problem_satisfaction_rate":
        said.append(t("平均 {mark} 分").format(mark=f"{whole['mean_mark']:.2f}"))
    return said


def _limits(desk: Desk, key: str) -> str:
    low, high = desk.whole[f"{key}_low"], desk.whole[f"{key}_high"]
    return desk.context.t("95% 区间 {low}–{high}%").format(low=rate(low, 1), high=rate(high, 1))
