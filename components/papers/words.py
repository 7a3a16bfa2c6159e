"""The sentences of a bulletin, found by rules and said in both languages: overall, counties, banks, problems, next.

A rule speaks only of what was reported. What an office has to fill in itself stands in 【】.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from components.banks.desk import Desk
from components.context import Context
from components.numbers import count
from components.papers import bankwords
from components.papers.style import official
from components.papers.telling import no_more
from components.published import published_rank
from components.reads import progress
from components.sentences import capital, conclusion, late_parts, speaker
from components.situation import Situation, build_situation, calendar
from components.smallcells import fewest_shown
from components.trendview import build_course
from data_access.queries.bulletin import overdue_problems
from metrics.catalogue import metric
from metrics.highlights import Fact, extremes, shortfall_facts
from metrics.pace import requirement
from reports.edition import BANK, CITY, REGION

SENTENCE_COLUMNS = ("part", "code", "section", "position", "zh", "en")
# How many of the worst a paper names.
NAMED = 3
# What regions are ranked by.
ENDS = ("visit_rate", "approval_rate_recommended", "on_time_rate")
NUMERALS = "一二三四五六七八九十"

Row = tuple[str, str, str, float, str, str]
Said = tuple[str, str]  # section, sentence


def sentences(context: Context, situation: Situation, desk: Desk | None) -> list[Row]:
    """Return every sentence of an edition as rows of ``SENTENCE_COLUMNS``: the city's, each county's, each bank's."""
    chinese, english = (replace(context, lang=lang) for lang in ("zh", "en"))
    rows = _rows(CITY, "", _city(chinese, situation, desk), _city(english, situation, desk))
    for node in context.profile.children(""):
        inside = [replace(c, filters=replace(c.filters, path=(node.code,))) for c in (chinese, english)]
        county = no_more(build_situation(inside[0]), situation, node.code)
        rows += _rows(REGION, node.code, *[_region(replace(county, context=c)) for c in inside])
    for bank in desk.peers if desk else ():
        rows += _rows(BANK, bank, *[bankwords.own(_speaking(desk, c), bank) for c in (chinese, english)])
    return rows


def _rows(part: str, code: str, chinese: Sequence[Said], english: Sequence[Said]) -> list[Row]:
    pairs = zip(chinese, english, strict=True)
    return [
        (part, code, section, float(i), official(zh.strip()), en.strip())
        for i, ((section, zh), (_, en)) in enumerate(pairs)
    ]


def _speaking(desk: Desk | None, context: Context) -> Desk:
    assert desk is not None  # noqa: S101 - asked only where there are banks
    return replace(desk, context=context)


# ---- the city ----------------------------------------------------------------------------------------------------


def _city(context: Context, situation: Situation, desk: Desk | None) -> list[Said]:
    s = replace(situation, context=context)
    found = [("overall", text) for text in (*_overall(s), *_rank(context), *_dates(s))]
    found += [("regions", text) for text in _standing(s)]
    spoken = _speaking(desk, context) if desk else None
    if spoken:
        found += [("banks", text) for text in bankwords.by_question(spoken)]
        found += [("problems", text) for text in bankwords.lagging(spoken)]
    found += _problems(s)
    if spoken:
        asked = (*bankwords.promised(spoken), *bankwords.asked_of(spoken, spoken.peers))
        found += [("next", text) for text in asked]
    return [(section, text) for section, text in found if text]


def _problems(s: Situation) -> list[Said]:
    """Return what is late in the region in view, and what is to be done about it."""
    late, open_cases = _late_decisions(s), _departments(s.context)
    found = [("problems", late), ("problems", open_cases)]
    found += [("next", text) for text in _counties_next(s)]
    t = s.context.t
    if late:
        found.append(("next", t("各有关银行对超期未决的逐笔说明原因、限期决定；期限【　　】，责任人【　　】。")))
    if open_cases:
        found.append(("next", t("各有关部门对超期未办的问题逐件限期办结；期限【　　】，责任人【　　】。")))
    return found


def _overall(s: Situation) -> Iterator[str]:
    course = build_course(s)
    yield conclusion(s, course.forecast if course else None, credit=False)[0]
    yield _lists(s)
    yield _loans(s)


def _rank(context: Context) -> Iterator[str]:
    """Say the rank in the province as it was last published, and by whom."""
    known = published_rank(context)
    if known:
        source = known.source if context.lang == "zh" else context.t("公开报道")
        yield context.t("走访率居全省第 {n} 位（{source}）。").format(n=int(known.value), source=source)


def _dates(s: Situation) -> Iterator[str]:
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
    """Say who is behind schedule, if any, and who is first and last."""
    t = s.context.t
    late = late_parts(s)
    if late is not None and len(late) and len(s.parts["visits"]) > 1:
        yield capital(speaker(s).behind(shortfall_facts(late))) + t("。")
    for key in ENDS:
        yield _ends(s, key, extremes(s.values(key).drop("", errors="ignore"), key))


def _ends(s: Situation, key: str, facts: Sequence[Fact]) -> str:
    """Say who is first and who is last by a metric, or that the units are even; "" where nothing can be said."""
    t, numbers, entry = s.context.t, s.context.numbers, metric(key)
    found = {fact.code: fact for fact in facts}
    if "even" in found:
        low, high = (numbers.value(found["even"].values[end], entry.unit, decimals=2).joined for end in ("low", "high"))
        return t("{metric}各单位接近，在 {low} 至 {high} 之间。").format(metric=numbers.name(entry), low=low, high=high)
    patterns = {"best": t("居前{n}位的是{units}"), "worst": t("居后{n}位的是{units}")}
    parts = [
        patterns[code].format(n=_numeral(s, len(fact.subjects)), units=_valued(s, fact, entry.unit))
        for code, fact in found.items()
    ]
    said = t("{metric}{ends}。")
    return said.format(metric=numbers.name(entry), ends=t("，").join(parts)) if parts else ""


def _numeral(s: Situation, n: int) -> str:
    return NUMERALS[n - 1] if s.context.lang == "zh" and n <= len(NUMERALS) else str(n)


def _valued(s: Situation, fact: Fact, unit: str) -> str:
    names, numbers = speaker(s).names, s.context.numbers
    return s.context.t("、").join(
        f"{names.get(code, code)} {numbers.value(fact.values[code], unit, decimals=2).joined}" for code in fact.subjects
    )


# ---- problems --------------------------------------------------------------------------------------------------------


def _late_decisions(s: Situation) -> str:
    """Say how many enterprises of the region wait too long, and at which banks most; one may wait at several."""
    context, whole = s.context, s.figure("overdue").value
    if not whole:
        return ""
    rows = progress(context, ("bank",)).set_index("bank")["pushes_overdue"].drop("", errors="ignore")
    if fewest_shown(context) and rows.isna().any():  # their sum is not all of them
        return ""
    rows = rows.dropna()
    worst = rows[rows > 0].sort_values(ascending=False, kind="stable").head(NAMED)
    if worst.empty:
        return ""
    t, names = context.t, {bank.code: bank.label.short(context.lang) for bank in context.profile.banks}
    named = [t("{bank} {n} 笔").format(bank=names.get(str(b), str(b)), n=count(float(n))) for b, n in worst.items()]
    said = t("超过 {days} 天仍没有任何银行作出决定的有 {n} 户；各银行超期未决推送共 {m} 笔，最多的是{banks}。")
    return said.format(
        days=context.decision_days, n=count(whole), m=count(float(rows.sum())), banks=t("、").join(named)
    )


def _departments(context: Context) -> str:
    """Say how many problems that enterprises raised are overdue, and with which departments most."""
    if "problems" not in context.reported or context.scope.banks is not None:  # which belong to no bank
        return ""
    frame = overdue_problems(context.store, context.scope, context.selection)
    late = frame[frame["overdue"] > 0]
    if late.empty or (late["overdue"] < fewest_shown(context)).any():
        return ""
    t, named = context.t, []
    for row in late.head(NAMED).to_dict("records"):
        label = context.profile.code_label("department", str(row["department"]))
        name = label.text(context.lang) if label else t("未分派")
        named.append(t("{department} {n} 件").format(department=name, n=count(float(row["overdue"]))))
    return t("企业反映的问题中 {n} 件超期未办，最多的是 {departments}。").format(
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
        if pd.isna(need.loc[code, "per_day"]) or need.loc[code, "remaining"] < fewest_shown(s.context):
            continue
        yield t("{region}到{day}还需走访 {n} 户，每个工作日 {per_day} 户；责任人【　　】。").format(
            region=names.get(str(code), str(code)), day=s.context.numbers.day(s.schedule.end),
            n=count(float(need.loc[code, "remaining"])), per_day=count(float(need.loc[code, "per_day"])),
        )  # fmt: skip


# ---- one county ------------------------------------------------------------------------------------------------------


def _region(s: Situation) -> list[Said]:
    found = [("overall", text) for text in _overall(s)]
    found += [("regions", text) for text in _standing(s)]
    found += _problems(s)
    return [(section, text) for section, text in found if text]
