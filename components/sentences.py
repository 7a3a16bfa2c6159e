"""Facts found by rules, said in the reader's language: the conclusion of a page and the headlines of its charts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from components.filters import child_level
from components.numbers import Numbers
from components.situation import PACED, Situation
from metrics.catalogue import metric
from metrics.figures import State
from metrics.forecast import Forecast
from metrics.highlights import Fact, extremes, outlook, pace_fact, shortfall_facts

TONES = {"target_met": "good", "pace_good": "good", "pace_warning": "warn", "pace_behind": "bad"}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says facts: how numbers are written, and what the units are called (by code)."""

    numbers: Numbers
    names: Mapping[str, str]

    def units(self, codes: Sequence[str]) -> str:
        """Return the names of ``codes`` as a list."""
        return self.numbers.t("、").join(self.names.get(code, code) for code in codes)

    def percent(self, value: float, decimals: int = 1) -> str:
        """Return a percentage with its sign."""
        return self.numbers.value(value, "percent", decimals=decimals).joined

    def pace(self, fact: Fact) -> str:
        """Say how the whole stands against its target."""
        t, v = self.numbers.t, fact.values
        said = {
            "target_met": t("走访率 {rate}，已完成 {target} 的目标（序时进度 {due}）"),
            "pace_good": t("走访率 {rate}，高于序时进度 {gap} 个百分点（应达 {due}，目标 {target}）"),
            "pace_warning": t("走访率 {rate}，略低于序时进度 {gap} 个百分点（应达 {due}，目标 {target}）"),
            "pace_behind": t("走访率 {rate}，落后序时进度 {gap} 个百分点（应达 {due}，目标 {target}）"),
        }[fact.code]
        return said.format(
            rate=self.percent(v["rate"], 2), target=self.percent(v["target"], 0), due=self.percent(v["scheduled"]),
            gap=f"{abs(v['gap']):.1f}",
        )  # fmt: skip

    def behind(self, facts: Sequence[Fact]) -> str:
        """Say who is behind and who explains most of it."""
        t = self.numbers.t
        first = facts[0]
        if first.code == "none_behind":
            return t("所有单位都达到序时进度")
        if len(first.subjects) <= 3:
            said = t("{units} 未达序时进度，合计差 {missing} 户").format(
                units=self.units(first.subjects), missing=f"{first.values['missing']:,.0f}"
            )
        else:
            said = t("{n} 个单位未达序时进度，合计差 {missing} 户").format(
                n=len(first.subjects), missing=f"{first.values['missing']:,.0f}"
            )
        if len(facts) > 1:
            said += t("，其中 {units} 占 {share}").format(
                units=self.units(facts[1].subjects), share=self.percent(facts[1].values["share"], 0)
            )
        return said

    def ends(self, facts: Sequence[Fact], key: str) -> str:
        """Say who is first and last by a metric, or that the units are even."""
        t, entry = self.numbers.t, metric(key)
        if not facts:
            return ""
        if facts[0].code == "even":
            low, high = (self.numbers.value(facts[0].values[x], entry.unit).joined for x in ("low", "high"))
            return t("各单位接近，在 {low} 至 {high} 之间").format(low=low, high=high)
        words = {"best": t("领先：{units}"), "worst": t("靠后：{units}")}
        return t("；").join(words[fact.code].format(units=self._valued(fact, entry.unit)) for fact in facts)

    def _valued(self, fact: Fact, unit: str) -> str:
        said = [
            f"{self.names.get(code, code)} {self.numbers.value(fact.values[code], unit).joined}"
            for code in fact.subjects
        ]
        return self.numbers.t("、").join(said)

    def outlook(self, fact: Fact) -> str:
        """Say whether the target will be met in time."""
        t = self.numbers.t
        said = {
            "outlook_likely": t("按目前节奏，期限前完成的概率约 {p}"),
            "outlook_open": t("按目前节奏，能否按期完成尚不确定（概率约 {p}）"),
            "outlook_unlikely": t("按目前节奏难以按期完成（概率约 {p}）"),
        }[fact.code]
        return said.format(p=self.percent(100 * fact.values["probability"], 0))


def speaker(situation: Situation) -> Speaker:
    """Return the speaker for the region in view."""
    context = situation.context
    names = {code: node.label.short(context.lang) for code, node in context.profile.region_by_code.items()}
    return Speaker(context.numbers, {**names, "": context.t("未分类")})


def conclusion(situation: Situation, forecast: Forecast | None, *, credit: bool = True) -> tuple[str, str]:
    """Return the page's conclusion in one sentence and its tone ("good", "warn", "bad" or "").

    Without ``credit`` it speaks of the visits alone.
    """
    s, say = situation, speaker(situation)
    numbers, t = s.context.numbers, s.context.t
    region = s.context.profile.region_by_code.get(s.context.filters.region)
    whole = region.label if region else s.context.profile.label
    pace = _pace(s)
    parts = []
    if s.visits_on:
        visited = numbers.figure(s.figure("visited")).joined
        said = t("截至{day}，{region}累计走访 {visited}")
        parts.append(
            said.format(day=numbers.short_day(s.visits_on), region=whole.text(s.context.lang), visited=visited)
        )
    if pace:
        parts.append(say.pace(pace))
        parts += _who(s, say)
    if pace and pace.code != "target_met" and forecast and (fact := outlook(forecast)):
        parts.append(say.outlook(fact))
    parts += _credit(s, numbers) if credit else []
    sentence = t("；").join(parts)
    end = t("。")
    return (f"{capital(sentence)}{end}" if sentence else ""), _tone(s, pace)


def _tone(s: Situation, pace: Fact | None) -> str:
    """The whole may be on schedule while parts of it are not."""
    tone = TONES.get(pace.code, "") if pace else ""
    late = late_parts(s) if tone == "good" else None
    return "warn" if late is not None and len(late) else tone


def _pace(s: Situation) -> Fact | None:
    rate = s.figure(PACED).value
    if rate is None or s.schedule is None or s.visits_on is None:
        return None
    return pace_fact(rate, s.schedule, s.visits_on, s.thresholds)


def _who(s: Situation, say: Speaker) -> list[str]:
    late = late_parts(s)
    return [] if late is None or len(s.parts["visits"]) < 2 else [say.behind(shortfall_facts(late))]


def late_parts(s: Situation) -> pd.DataFrame | None:
    """Return the parts that are behind schedule, largest shortfall first; None where none can be judged."""
    return s.late


def _credit(s: Situation, numbers: Numbers) -> list[str]:
    approved, amount, overdue = (s.figure(key) for key in ("approved", "approved_amount", "overdue"))
    t = numbers.t
    said = []
    if approved.value is not None and amount.value is not None:
        said.append(
            t("获授信 {n}、{amount}").format(n=numbers.figure(approved).joined, amount=numbers.figure(amount).joined)
        )
    if overdue.value:
        said.append(t("{n}超期未决，需督办").format(n=numbers.figure(overdue).joined))
    return said


def ends_headline(s: Situation, key: str) -> str:
    """Return the headline of a map or ranking of ``key``."""
    say = speaker(s)
    name = s.context.numbers.name(metric(key))
    if s.figure(key).state is State.NOT_REPORTED:
        return s.context.t("{metric}未报送").format(metric=name)
    said = say.ends(extremes(s.values(key).drop("", errors="ignore"), key), key)
    return s.context.t("{metric}：{said}").format(metric=name, said=said) if said else name


def ranking_headline(s: Situation, key: str) -> str:
    """Return the headline of a ranking: who is behind schedule, else what is ranked or that it was not reported."""
    late, t, name = late_parts(s) if key == PACED else None, s.context.t, s.context.numbers.name(metric(key))
    if late is not None:
        return capital(speaker(s).behind(shortfall_facts(late)))
    if s.figure(key).state is State.NOT_REPORTED:
        return t("{metric}未报送").format(metric=name)
    level = child_level(s.context.profile, s.context.filters)
    return t("各{level}{metric}排名").format(level=level.label.text(s.context.lang) if level else "", metric=name)


def capital(sentence: str) -> str:
    """Return a sentence with its first letter in upper case, for languages that have one."""
    return sentence[:1].upper() + sentence[1:]
