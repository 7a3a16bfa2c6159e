"""Did it help? Attendants beside comparable enterprises that did not attend; refused where few match."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts.campaigns import Pair, balance_figure
from charts.intervals import interval_bar
from components.campaigns.reading import ANY, Asked, group_names, records, register, watched_until
from components.context import Context
from components.numbers import DASH, count, rate, signed
from components.origins import Origin, Place, grouped, modelled
from components.panel import figure_html
from components.reads import remember
from components.sheet import Column, Sheet
from components.smallcells import fewest_shown
from components.tables import note_html, row_html, table_html
from data_access.queries import controls
from locales import N_
from metrics.campaigns import State
from metrics.matching import (
    FEWEST_APPROVED,
    FEWEST_MATCHED,
    LARGE_DIFFERENCE,
    MATCHED_ON,
    Comparison,
    balance,
    compare,
    compare_by,
    left_over,
)

WITH_SIZE = (*MATCHED_ON, "size_class")
TRAITS = {
    "region_1": N_("县（市、区）"), "industry_1": N_("行业"), "entity_type": N_("主体类型"), "tier": N_("走访批次"),
    "stage": N_("当时所处阶段"), "size_class": N_("规模（未参与匹配）"),
}  # fmt: skip
STAGE_NAMES = {
    "untouched": N_("未走访"), "visited": N_("已走访"), "needing": N_("有融资需求"), "applied": N_("已申报"),
    "recommended": N_("已推荐"), "decided": N_("已有决定"),
}  # fmt: skip
MOST_LEVELS = 14
THEME = "theme:"


def strata(context: Context, question: Asked) -> pd.DataFrame:
    """Return the cells of attendants and others for the meetings asked for, followed as far as credit is reported."""
    ids = None if question.key == (ANY, ANY) else tuple(register(context, question)["event_id"])
    return remember(
        context, "campaigns.strata",
        lambda: controls.strata(context.store, context.scope, context.selection.at(watched_until(context)), ids),
        question.key,
    )  # fmt: skip


def comparisons(context: Context, question: Asked) -> dict[str, Comparison]:
    """Return the comparison of all attendants ("all"), by size too ("size"), of each theme and of each county.

    A theme has the code "theme:" and its own, a county its own.
    """
    return remember(context, "campaigns.compared", lambda: _compared(context, question), question.key)


def _compared(context: Context, question: Asked) -> dict[str, Comparison]:
    frame = strata(context, question)
    parts = compare_by(frame, "region_1") if len(frame) else {}
    known = {node.code: parts[node.code] for node in context.profile.children() if node.code in parts}
    found = {"all": compare(frame), "size": compare(frame, WITH_SIZE)} | _by_theme(context, question, frame) | known
    return {code: _told(context, c) for code, c in found.items()}


def _told(context: Context, found: Comparison) -> Comparison:
    """Return a comparison without its counts where one, or what one leaves of another, is too small for the reader."""
    counts = (found.attended, found.matched, found.controls, found.attended - found.matched)
    is_small = any(0 < n < fewest_shown(context) for n in counts)
    return replace(found, attended=np.nan, matched=np.nan, controls=np.nan) if is_small else found


def _by_theme(context: Context, question: Asked, frame: pd.DataFrame) -> dict[str, Comparison]:
    """Compare those whose first meeting was of a theme; a day with meetings of several themes belongs to none."""
    events = register(context, question)[["held_on", "theme"]].dropna().drop_duplicates()
    days = events.drop_duplicates("held_on", keep=False).set_index("held_on")["theme"]
    themed = frame.assign(theme=frame["held_on"].map(days).fillna(""))
    found = compare_by(themed, "theme", (*MATCHED_ON, "theme")) if len(frame) else {}
    names = group_names(context, "theme")
    return {f"{THEME}{code}": found[code] for code in names if code in found} if len(found) > 1 else {}


def headline(context: Context, question: Asked) -> str:
    """Return what the comparison says, or why it says nothing."""
    t, found = context.t, comparisons(context, question)["all"]
    if found.refusal:
        return refused(context, found)
    if not found.tells_apart:
        return t("参会企业与可比企业 90 天内获授信比例的差异不超出随机波动（{gap} 个百分点）").format(
            gap=signed(found.difference, 1)
        )
    return t(
        "参会企业 90 天内获授信 {a}%，可比的未参会企业 {b}%，相差 {gap} 个百分点（对照为描述性，非因果结论）"
    ).format(a=rate(found.rate, 1), b=rate(found.control_rate, 1), gap=signed(found.difference, 1))


def refused(context: Context, found: Comparison) -> str:
    """Return why a comparison is not shown."""
    t = context.t
    if found.refusal == "few_matched":
        return t("不作比较：可匹配的参会企业只有 {n} 户，少于 {least} 户").format(
            n=count(found.matched), least=FEWEST_MATCHED
        )
    return t("不作比较：两组获授信的企业合计不足 {least} 户").format(least=FEWEST_APPROVED)


def rows_html(context: Context, question: Asked) -> str:
    """Return the comparisons as a table: all, matched by size too, and each county."""
    t, found = context.t, comparisons(context, question)
    names = _names(context)
    rates = [v for c in found.values() for v in (c.rate, c.control_rate) if not np.isnan(v)]
    top = max([10.0, *rates]) * 1.05
    heads = [("name", ""), ("wide", t("匹配户数")), ("wide", t("对照户次")), ("", t("参会获授信率")), ("text wide", "")]
    heads += [("", t("对照获授信率")), ("text wide", ""), ("", t("相差（百分点，95% 区间）"))]
    rows = [_row(context, heads, names[code], c, top, _compared_at(question, code)) for code, c in found.items()]
    return table_html(heads, rows)


def _compared_at(question: Asked, code: str) -> Place:
    """Return whose attendances a comparison rests on: all of them, those of a theme, or those of a county."""
    kind, _, theme = code.partition(":")
    if theme:
        return modelled(Place((("theme", theme),)))
    return modelled(question.place if kind in {"all", "size"} else grouped("region_1", [code], question.place)[0])


def _names(context: Context) -> Mapping[str, str]:
    t = context.t
    themes = {
        f"{THEME}{code}": t("主题：{name}").format(name=name) for code, name in group_names(context, "theme").items()
    }
    return {"all": t("全部参会企业"), "size": t("另按规模匹配"), **themes, **_counties(context)}


def _counties(context: Context) -> Mapping[str, str]:
    return {node.code: node.label.short(context.lang) for node in context.profile.children()}


def _row(context: Context, heads: list[tuple[str, str]], name: str, c: Comparison, top: float, place: Place) -> str:
    def leads(text: str) -> str:
        return figure_html(text, Origin("event.firms", place))

    matched = leads(f"{count(c.matched)} / {count(c.attended)}")
    if c.refusal:
        said = escape(context.t("样本太少，不作比较"))
        why = f'<small title="{escape(refused(context, c))}">{said}</small>'
        return row_html(heads, [escape(name), matched, count(c.controls), DASH, "", DASH, "", why], 'class="young"')
    nan = float("nan")
    bars = [interval_bar(value, nan, nan, top) for value in (c.rate, c.control_rate)]
    limits = f"<small>{signed(c.low, 1)} – {signed(c.high, 1)}</small>"
    own, others = (leads(f"{rate(value, 1)}%") for value in (c.rate, c.control_rate))
    cells = [escape(name), matched, count(c.controls), own, bars[0], others, bars[1]]
    return row_html(heads, [*cells, leads(f"<b>{signed(c.difference, 1)}</b> {limits}")])


def notes(context: Context) -> list[str]:
    """Return how the comparison was made and what it cannot say."""
    t = context.t
    return [
        t("对照为描述性，非因果结论。参会企业往往本来就更想贷款，这一点没有记录，无法匹配。"),
        t(
            "做法：取满 90 天活动的中小微参会企业（每户取首次参会，当时未获授信），"
            "与同县、同行业、同类型、同批次、同阶段、同日期的未参会企业逐格精确匹配并加权；"
            "两组都数 90 天内任何银行的首次授信。差值为 Mantel–Haenszel 估计，"
            "区间按 Sato（1989）；匹配方法见 Iacus、King、Porro（2012）。"
        ),
        t("可匹配的参会企业少于 {n} 户，或获授信合计不足 {m} 户时不作比较。").format(
            n=FEWEST_MATCHED, m=FEWEST_APPROVED
        ),
        t("主题按企业首次参加的活动划分。未参会企业可在几个日期各作一次对照，对照按户次计。"),
    ]


def notes_html(context: Context, question: Asked) -> str:
    """Return what matching left, and the notes, as HTML."""
    return "".join(note_html(line) for line in (*_left(context, question), *notes(context)))


def _left(context: Context, question: Asked) -> list[str]:
    """Return that both groups still differ in size, if they do."""
    frame = strata(context, question)
    gap = left_over(frame, "size_class") if len(frame) else 0.0
    if gap < LARGE_DIFFERENCE:
        return []
    return [
        context.t("匹配后两组的规模仍有差异（标准化差异最大 {n}），请看“另按规模匹配”一行和“两组是否可比”。").format(
            n=f"{gap:.2f}"
        )
    ]


def sheet(context: Context, question: Asked) -> Sheet:
    """Return the comparisons with their numbers."""
    t, found = context.t, comparisons(context, question)
    names = _names(context)
    fields = ("attended", "matched", "controls", "rate", "control_rate", "difference", "low", "high")
    frame = pd.DataFrame([{name: getattr(c, name) for name in fields} for c in found.values()], columns=list(fields))
    frame = frame.assign(
        name=[names[code] for code in found], why=[refused(context, c) if c.refusal else "" for c in found.values()]
    )
    columns = (
        Column("name", t("分组")), Column("attended", t("参会企业"), "enterprise"),
        Column("matched", t("匹配户数"), "enterprise"), Column("controls", t("对照户次"), "event"),
        Column("rate", t("参会获授信率"), "percent"), Column("control_rate", t("对照获授信率"), "percent"),
        Column("difference", t("相差"), "percentage_point"), Column("low", t("下限"), "percentage_point"),
        Column("high", t("上限"), "percentage_point"), Column("why", t("说明")),
    )  # fmt: skip
    return Sheet("attendants_and_others", frame, columns, ("intent_conversion",), tuple(notes(context)))


# ---- balance --------------------------------------------------------------------------------------------------------


def balanced(context: Context, question: Asked) -> pd.DataFrame:
    """Return how alike both groups are, before and after matching, the most unlike levels first."""
    return remember(context, "campaigns.balance", lambda: _balanced(context, question), question.key)


def _balanced(context: Context, question: Asked) -> pd.DataFrame:
    frame = strata(context, question)
    shares = remember(
        context, "campaigns.register_shares",
        lambda: controls.register_shares(context.store, context.scope, context.selection, _middle(context, question)),
        question.key,
    )  # fmt: skip
    found = balance(frame, shares)
    most = found[["before", "after"]].abs().max(axis=1)
    return found.assign(most=most).sort_values("most", ascending=False, ignore_index=True)


def _middle(context: Context, question: Asked) -> date:
    """Return the day in the middle of the meetings compared: stages before matching are told for it."""
    events = register(context, question)
    days = sorted(events.loc[events["state"] == State.MATURE, "held_on"])
    middle: date = days[len(days) // 2] if days else context.filters.as_of
    return middle


def _level(context: Context, trait: str, code: str) -> str:
    t, lang, profile = context.t, context.lang, context.profile
    if not code:
        return t("未分类")
    if trait == "stage":
        return t(STAGE_NAMES[code])
    if trait == "region_1":
        return _counties(context).get(code, code)
    if trait == "industry_1":
        node = profile.industry_by_code.get(code)
        return node.label.short(lang) if node else code
    label = profile.code_label(trait, code)
    return label.short(lang) if label else code


def _short(context: Context, trait: str) -> str:
    return context.t(TRAITS[trait]).partition("（")[0].partition(" (")[0]


def balance_headline(context: Context, question: Asked) -> str:
    """Return whether matching left any large difference."""
    t, frame = context.t, balanced(context, question)
    left = frame[frame["after"].abs() >= LARGE_DIFFERENCE]
    if left.empty:
        return t("匹配后两组在所比各项上相近（标准化差异均小于 {n}）").format(n=LARGE_DIFFERENCE)
    traits = t("、").join(dict.fromkeys(t(TRAITS[x]) for x in left["trait"]))
    return t("匹配后仍有差异：{traits}（标准化差异最大 {n}）").format(
        traits=traits, n=f"{left['after'].abs().max():.2f}"
    )


def balance_plot(context: Context, question: Asked) -> go.Figure:
    """Return the levels that differed most, before matching and after it."""
    t, frame = context.t, balanced(context, question).head(MOST_LEVELS)
    pairs = [
        Pair(
            t("{trait}：{level}").format(
                trait=_short(context, row["trait"]), level=_level(context, row["trait"], row["level"])
            ),
            float(row["before"]), float(row["after"]),
        )
        for row in records(frame)
    ]  # fmt: skip
    return balance_figure(pairs, before=t("匹配前"), after=t("匹配后"), limit=LARGE_DIFFERENCE, title=t("标准化差异"))


def balance_sheet(context: Context, question: Asked) -> Sheet:
    """Return every level of every trait with its shares and standardised differences."""
    t, frame = context.t, balanced(context, question)
    frame = frame.assign(
        trait_name=[t(TRAITS[x]) for x in frame["trait"]],
        level_name=[_level(context, x, y) for x, y in zip(frame["trait"], frame["level"], strict=True)],
    )
    columns = (
        Column("trait_name", t("特征")), Column("level_name", t("取值")), Column("attended", t("参会企业"), "percent"),
        Column("register", t("全部未获授信主体"), "percent"), Column("matched", t("匹配上的参会企业"), "percent"),
        Column("controls", t("加权对照"), "percent"), Column("before", t("匹配前标准化差异"), "index"),
        Column("after", t("匹配后标准化差异"), "index"),
    )  # fmt: skip
    return Sheet("balance", frame, columns, (), tuple(notes(context)))
