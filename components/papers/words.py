"""The sentences of a bulletin, found by rules and said in both languages: overall, counties, banks, problems, next.

A rule speaks only of what was reported. What an office has to fill in itself stands in 【】.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from components.banks.desk import QUESTIONS, Desk
from components.banks.words import on_time_said, question_names, said
from components.context import Context
from components.numbers import count
from components.sentences import capital, conclusion, ends_headline, late_parts, speaker
from components.situation import Situation, build_situation, calendar
from components.trendview import build_course
from data_access.queries.bulletin import overdue_problems
from metrics.highlights import extremes, shortfall_facts
from metrics.pace import requirement
from reports.edition import BANK, CITY, REGION

SENTENCE_COLUMNS = ("part", "code", "section", "position", "zh", "en")
# How many of the worst a paper names.
NAMED = 3
# What regions are ranked by, beside the visit rate.
ENDS = ("approval_rate_recommended", "on_time_rate")

Row = tuple[str, str, str, float, str, str]
Said = tuple[str, str]  # section, sentence


def sentences(context: Context, situation: Situation, desk: Desk | None) -> list[Row]:
    """Return every sentence of an edition as rows of ``SENTENCE_COLUMNS``: the city's, each county's, each bank's."""
    chinese, english = (replace(context, lang=lang) for lang in ("zh", "en"))
    rows = _rows(CITY, "", _city(chinese, situation, desk), _city(english, situation, desk))
    for node in context.profile.children(""):
        inside = [replace(c, filters=replace(c.filters, path=(node.code,))) for c in (chinese, english)]
        county = build_situation(inside[0])
        rows += _rows(REGION, node.code, *[_region(replace(county, context=c)) for c in inside])
    for bank in desk.peers if desk else ():
        rows += _rows(BANK, bank, *[_bank(_speaking(desk, c), bank) for c in (chinese, english)])
    return rows


def _rows(part: str, code: str, chinese: Sequence[Said], english: Sequence[Said]) -> list[Row]:
    pairs = zip(chinese, english, strict=True)
    return [(part, code, section, float(i), zh.strip(), en.strip()) for i, ((section, zh), (_, en)) in enumerate(pairs)]


def _speaking(desk: Desk | None, context: Context) -> Desk:
    assert desk is not None  # noqa: S101 - asked only where there are banks
    return replace(desk, context=context)


# ---- the city ----------------------------------------------------------------------------------------------------


def _city(context: Context, situation: Situation, desk: Desk | None) -> list[Said]:
    s = replace(situation, context=context)
    found = [("overall", text) for text in _overall(s)]
    found += [("regions", text) for text in _standing(s)]
    if desk:
        spoken = _speaking(desk, context)
        found += [("banks", text) for text in _banks(spoken)]
        found += [("problems", text) for text in _late_decisions(spoken, s)]
    found += [("problems", text) for text in _departments(context)]
    found += [("next", text) for text in _counties_next(s)]
    if desk:
        found += [("next", text) for text in _banks_next(_speaking(desk, context))]
    return [(section, text) for section, text in found if text]


def _overall(s: Situation) -> Iterator[str]:
    course = build_course(s)
    yield conclusion(s, course.forecast if course else None)[0]
    yield _lists(s)
    yield _loans(s)
    if s.visits_on and s.lists_on and s.visits_on != s.lists_on:
        numbers = s.context.numbers
        yield s.context.t("走访数据截至{visits}，清单、授信和放款数据截至{lists}，两者相除的比率为近似值。").format(
            visits=numbers.day(s.visits_on), lists=numbers.day(s.lists_on)
        )


def _lists(s: Situation) -> str:
    """Say how far the lists came, each share with what it is a share of."""
    t = s.context.t
    clauses = [
        (t("申报清单 {v}"), "applied"), (t("推荐清单 {v}"), "recommended"), (t("获授信 {v}"), "approved"),
        (t("占推荐户数的 {v}"), "approval_rate_recommended"), (t("授信金额 {v}"), "approved_amount"),
    ]  # fmt: skip
    return _clauses(s, clauses)


def _loans(s: Situation) -> str:
    t = s.context.t
    clauses = [
        (t("放款 {v}"), "borrowers"), (t("放款金额 {v}"), "loan_amount"), (t("为授信金额的 {v}"), "drawdown_ratio"),
        (t("加权平均利率 {v}"), "average_rate"), (t("信用贷款占 {v}"), "unsecured_share"),
    ]  # fmt: skip
    return _clauses(s, clauses)


def _clauses(s: Situation, clauses: Sequence[tuple[str, str]]) -> str:
    """Join what is known; a figure without a value is left out, and its table says why."""
    t, numbers = s.context.t, s.context.numbers
    found = [(pattern, s.figure(key)) for pattern, key in clauses]
    parts = [p.format(v=numbers.figure(f, decimals=2).joined) for p, f in found if f.value is not None]
    return capital(t("，").join(parts)) + t("。") if parts else ""


def _standing(s: Situation) -> Iterator[str]:
    t = s.context.t
    late = late_parts(s)
    if late is not None and len(s.parts["visits"]) > 1:
        yield capital(speaker(s).behind(shortfall_facts(late))) + t("。")
    for key in ("visit_rate", *ENDS):
        if extremes(s.values(key).drop("", errors="ignore"), key):
            yield ends_headline(s, key) + t("。")


# ---- the banks ---------------------------------------------------------------------------------------------------


def _banks(desk: Desk) -> Iterator[str]:
    """Say for each of the four questions who lags two months running, with the figures, or that none does."""
    t, names = desk.context.t, question_names(desk.context.t)
    for question in QUESTIONS:
        red = [bank for bank in desk.peers if desk.light(bank, question) == "red"]
        amber = sum(desk.light(bank, question) == "amber" for bank in desk.peers)
        if not red:
            yield t("{question}：没有银行连续两个月明显落后，{n} 家需要关注。").format(
                question=names[question], n=amber
            )
            continue
        colon = t("：")
        details = t("；").join(f"{desk.name(b)}{colon}{said(desk, b, question)}" for b in red[:NAMED])
        yield t("{question}：{n} 家连续两个月明显落后，{m} 家需要关注。{details}。").format(
            question=names[question], n=len(red), m=amber, details=details
        )


def _late_decisions(desk: Desk, s: Situation) -> Iterator[str]:
    """Say how many enterprises wait too long, and at which banks most; one may wait at several."""
    rows, whole = desk.now.progress.get("overdue"), s.figure("overdue").value
    if rows is None or not whole or not rows.dropna().sum():
        return
    t, worst = desk.context.t, rows.dropna().sort_values(ascending=False).head(NAMED)
    named = t("、").join(t("{bank} {n} 户").format(bank=desk.name(str(b)), n=count(float(n))) for b, n in worst.items())
    yield t("超过 {days} 天仍未决定的有 {n} 户，最多的是 {banks}。").format(
        days=desk.context.decision_days, n=count(whole), banks=named
    )


def _departments(context: Context) -> Iterator[str]:
    if "problems" not in context.reported:
        return
    frame = overdue_problems(context.store, context.scope, context.selection)
    late = frame[frame["overdue"] > 0]
    if late.empty:
        return
    t, named = context.t, []
    for row in late.head(NAMED).to_dict("records"):
        label = context.profile.code_label("department", str(row["department"]))
        name = label.text(context.lang) if label else t("未分派")
        named.append(t("{department} {n} 件").format(department=name, n=count(float(row["overdue"]))))
    yield t("企业反映的问题中 {n} 件超期未办，最多的是 {departments}。").format(
        n=count(float(late["overdue"].sum())), departments=t("、").join(named)
    )


# ---- what comes next ---------------------------------------------------------------------------------------------


def _counties_next(s: Situation) -> Iterator[str]:
    """Say what each county behind schedule has to do a working day until the target date."""
    late = late_parts(s)
    if late is None or s.schedule is None or s.visits_on is None:
        return
    frame, t = s.parts["visits"].loc[[*late.index]], s.context.t
    need = requirement(frame["visited"], frame["listed"], s.schedule, s.visits_on, calendar(s.context.profile))
    names = speaker(s).names
    for code in late.head(NAMED).index:
        if pd.isna(need.loc[code, "per_day"]):
            continue
        yield t("{region}到{day}还需走访 {n} 户，每个工作日 {per_day} 户；责任人【　　】。").format(
            region=names.get(str(code), str(code)), day=s.context.numbers.day(s.schedule.end),
            n=count(float(need.loc[code, "remaining"])), per_day=count(float(need.loc[code, "per_day"])),
        )  # fmt: skip


def _banks_next(desk: Desk) -> Iterator[str]:
    """Ask those who lag for reasons and a promise, question by question."""
    t, names = desk.context.t, question_names(desk.context.t)
    for question in QUESTIONS:
        red = [desk.name(bank) for bank in desk.peers if desk.light(bank, question) == "red"]
        if red:
            yield t("{banks}就{question}书面说明原因，提出改进承诺；期限【　　】，责任人【　　】。").format(
                banks=t("、").join(red), question=names[question]
            )


# ---- one county, one bank ----------------------------------------------------------------------------------------


def _region(s: Situation) -> list[Said]:
    course = build_course(s)
    found = [("overall", conclusion(s, course.forecast if course else None)[0]), ("overall", _lists(s))]
    found += [("overall", _loans(s))]
    found += [("regions", text) for text in _standing(s)]
    found += [("next", text) for text in _counties_next(s)]
    return [(section, text) for section, text in found if text]


def _bank(desk: Desk, bank: str) -> list[Said]:
    t, names = desk.context.t, question_names(desk.context.t)
    colon, stop = t("："), t("。")
    found = [("banks", f"{names[q]}{colon}{said(desk, bank, q)}{stop}") for q in QUESTIONS]
    found.append(("problems", on_time_said(desk, bank) + t("。")))
    found += [("next", text) for text in _banks_next(replace(desk, peers=(bank,)))]
    return found
