"""The figures of the bank page, with their headline and the table behind them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts.bankmarks import Axis
from charts.banks import lorenz_figure, parts_figure, ratio_figure
from charts.bankscatter import credit_figure, share_figure
from components.banks import leads
from components.banks.desk import Desk, bank_places, lengths, load
from components.banks.judging import is_whole
from components.banks.rules import fewest_refusals
from components.banks.words import light_words, percent, question_names, said
from components.numbers import count
from components.origins import Origins
from components.reads import progress
from components.sheet import Column, Sheet
from locales import N_
from metrics.banks.concentration import gini, hhi, lorenz, top_share
from metrics.banks.credit import share_ratio
from metrics.banks.dispersion import between
from metrics.banks.reasons import score_parts
from metrics.credit import ADEQUACY_WEIGHTS

# Sources are shown as they were imported; these are said in the reader's language.
_SOURCES = (N_("演示数据（合成），不是真实记录"), N_("来源未注明"))
WARN, ALARM = between(0.95), between(0.998)
_CREDIT = ("credit_size_fit", "credit_size_residual", "credit_size_gap")
_VISITS = ("visit_size_fit", "visits_per_person_day")
_SHARES = ("application_rate_cohort",)
_REASONS = ("rejection_adequacy",)
_CONCENTRATION = ("credit_concentration", "credit_top_five_share")


@dataclass(frozen=True)
class View:
    """A figure ready to be framed; ``figure`` is None where nothing can be drawn, and ``head`` then says why.

    ``sheet`` makes the table behind it, which few readers ask for; ``metrics`` are those it shows; ``origins`` is where
    its marks lead.
    """

    head: str
    note: str
    figure: go.Figure | None
    sheet: Callable[[], Sheet]
    metrics: tuple[str, ...] = ()
    origins: Origins | None = None


def nothing(head: str, name: str) -> View:
    """Return what is shown where nothing can be drawn."""
    return View(head, "", None, lambda: Sheet(name, pd.DataFrame(), ()))


def credit_view(desk: Desk) -> View:
    """Return credit over size: the scatter, who lies outside the band, and the slope's test."""
    t, fit = desk.context.t, desk.now.credit
    if fit is None:
        reason = (
            t("银行规模或授信决定未报送") if not desk.sizes.credit else t("有授信且报送规模的银行不足 6 家，不作比较")
        )
        return nothing(reason, "credit")
    rows = fit.rows.assign(x=fit.rows["size"], y=fit.rows["credit"], weight=_notable(fit.rows["residual"], 1.0))
    rows = rows.assign(area=desk.judged.tickets.reindex(rows.index), **_marks(desk, fit.rows.index, "credit"))
    grid = np.geomspace(rows["x"].min() / 1.6, rows["x"].max() * 1.6, 40)
    band = fit.band(grid).rename(columns={"size": "x"})
    number = lambda v: _short_money(desk, v)  # noqa: E731 - one expression, used twice below
    size_number = number if _is_money(desk, desk.sizes.credit) else count
    words = (
        t("典型银行"), t("80% 预测区间"),
        t("小规模·高投放"), t("大规模·高投放"), t("小规模·低投放"), t("大规模·低投放"),
    )  # fmt: skip
    figure = credit_figure(
        rows, band, Axis(desk.measure(desk.sizes.credit), size_number), Axis(t("累计授信"), number), words
    )
    low = rows.index[rows["credit"] < rows["low"]]
    head = (
        t("{n} 家银行的授信低于按规模预期的范围：{banks}").format(n=len(low), banks=_names(desk, low))
        if len(low)
        else t("各银行授信都在按规模预期的范围以内或以上")
    )
    origins = leads.marks(figure, lambda bank: leads.finding(desk, bank, "credit"))
    return View(head, _credit_note(desk), figure, lambda: _credit_sheet(desk, rows), _CREDIT, origins)


def _credit_note(desk: Desk) -> str:
    t, fit = desk.context.t, desk.now.credit
    if fit is None:
        return ""
    test = fit.test
    chance = f"={test.p:.2f}" if test.p >= 0.01 else "<0.01"
    said_slope = (
        t("斜率 {slope}±{error}，与 1 无显著差别（p{p}），按成比例画线") if test.is_proportional
        else t("斜率 {slope}±{error}，显著不等于 1（p{p}），按拟合斜率画线")
    ).format(slope=f"{test.slope:.2f}", error=f"{test.error:.2f}", p=chance)  # fmt: skip
    zero = t("；零授信：{banks}").format(banks=_names(desk, fit.without)) if fit.without else ""
    marks = t("圆面积为户均授信，红框为明显落后")
    return f"{size_note(desk, desk.sizes.credit)}　{said_slope}{zero}　{marks}"


def size_note(desk: Desk, measure: str) -> str:
    """Say which size is compared with, when and by whom it was counted."""
    t, sizes = desk.context.t, desk.sizes
    part = "" if is_whole(desk.everyone) else t("规模是全市的，所选只是一部分：在这里业务少的银行比值自然低　")
    return part + t("规模：{measure}，{day}时点，{source}").format(
        measure=desk.measure(measure), day=desk.context.numbers.day(sizes.on.get(measure)),
        source=t(sizes.sources.get(measure) or _SOURCES[1]),
    )  # fmt: skip


def _credit_sheet(desk: Desk, rows: pd.DataFrame) -> Sheet:
    t = desk.context.t
    table = rows.join(desk.ratio.rename(columns={"low": "ratio_low", "high": "ratio_high"}))
    table = table.join(desk.ranks.rename(columns={"low": "rank_low", "high": "rank_high"}).drop(columns="is_tied"))
    unit = "yuan" if _is_money(desk, desk.sizes.credit) else ""
    columns = (
        Column("name", t("银行")), Column("group", t("类型")), Column("size", desk.measure(desk.sizes.credit), unit),
        Column("credit", t("累计授信"), "yuan", "approved_amount"), Column("expected", t("预期"), "yuan"),
        Column("low", t("预期下限 80%"), "yuan"),
        Column("high", t("预期上限 80%"), "yuan"), Column("gap", t("缺口"), "yuan", "credit_size_gap"),
        Column("gap_low", t("缺口下限 80%"), "yuan"), Column("gap_high", t("缺口上限 80%"), "yuan"),
        Column("residual", t("留一法残差"), "sigma", "credit_size_residual"),
        Column("ratio", t("份额比"), "times", "credit_size_fit"), Column("ratio_low", t("份额比下限 95%"), "times"),
        Column("ratio_high", t("份额比上限 95%"), "times"), Column("rank", t("份额比位次"), "rank"),
        Column("rank_low", t("位次下限 95%"), "rank"), Column("rank_high", t("位次上限 95%"), "rank"),
        Column("lit", t("灯")),
    )  # fmt: skip
    shown = table.assign(lit=_lit(desk, table.index, "credit"))
    return Sheet("credit_size", shown, columns, _CREDIT, places=bank_places(desk, table.index))


def visit_view(desk: Desk) -> View:
    """Return visits over size: ratios on a log2 axis with exact intervals and over-dispersed limits."""
    t, fit = desk.context.t, desk.now.visits
    if len(fit.rows) < 4:
        return nothing(t("银行规模或走访记录未报送"), "visits")
    rows = fit.rows.assign(**_marks(desk, fit.rows.index, "visits")).sort_values("ratio")
    for kind, z in (("warn", WARN), ("alarm", ALARM)):
        rows[f"{kind}_low"], rows[f"{kind}_high"] = fit.limits(rows["expected"].to_numpy(), z)
    axis = Axis(t("走访量 ÷ 按规模应有的走访量（对数轴）"), lambda v: f"{v:g}")
    figure = ratio_figure(rows, axis, (t("95% 界限"), t("99.8% 界限"), t("比值")))
    low = rows.index[rows["ratio"] < rows["alarm_low"]]
    head = (
        t("{n} 家银行的走访明显少于规模：{banks}").format(n=len(low), banks=_names(desk, low))
        if len(low)
        else t("各银行走访都不明显少于规模")
    )
    note = f"{size_note(desk, desk.sizes.visits)}　{_spread_note(desk, fit.spread.phi, fit.spread.tau2)}"
    origins = leads.marks(figure, lambda bank: leads.finding(desk, bank, "visits"))
    return View(head, note, figure, lambda: _visit_sheet(desk, rows.iloc[::-1]), _VISITS, origins)


def _visit_sheet(desk: Desk, rows: pd.DataFrame) -> Sheet:
    t = desk.context.t
    columns = (
        Column("name", t("银行")), Column("observed", t("走访"), "event", "visits"),
        Column("size", desk.measure(desk.sizes.visits), "yuan" if _is_money(desk, desk.sizes.visits) else ""),
        Column("expected", t("按规模应有"), "event"), Column("ratio", t("比值"), "times", "visit_size_fit"),
        Column("low", t("区间下限 95%"), "times"),
        Column("high", t("区间上限 95%"), "times"), Column("warn_low", t("界限下 95%"), "times"),
        Column("alarm_low", t("界限下 99.8%"), "times"),
        Column("load", t("每人每工作日现场走访"), "event_per_person_day", "visits_per_person_day"),
        Column("lit", t("灯")),
    )  # fmt: skip
    table = rows.assign(load=load(desk.everyone).reindex(rows.index), lit=_lit(desk, rows.index, "visits"))
    return Sheet("visits_size", table, columns, _VISITS, places=bank_places(desk, table.index, desk.visits_on))


def _spread_note(desk: Desk, phi: float, tau2: float) -> str:
    if tau2 > 0:
        return desk.context.t("银行间本来的差异 τ={tau}（对数尺度），已计入界限").format(tau=f"{np.sqrt(tau2):.2f}")
    return desk.context.t("过度离散 φ={phi}，已计入界限").format(phi=f"{phi:.2f}")


def share_view(desk: Desk) -> View:
    """Return the share of visited enterprises that applied: the funnel plot, raw, with adjusted shares in the table."""
    t, fit = desk.context.t, desk.now.shares
    if len(fit.rows) < 4:
        return nothing(t("走访记录或申报清单未报送，或没有满 60 天的走访"), "applications")
    known = fit.rows.dropna(subset=["share"])  # those whose few applicants the reader may not see are left out
    if known.empty:
        return nothing(t("少于 {n} 户的数及可推算出它们的数不显示").format(n=desk.context.small_cell), "applications")
    rows = known.assign(weight=_notable(known["z"], 1.0), **_marks(desk, known.index, "applications"))
    n = np.geomspace(max(rows["n"].max() / 400, 5), rows["n"].max() * 1.08, 60)
    curves = pd.DataFrame({"n": n})
    for kind, z in (("warn", WARN), ("alarm", ALARM)):
        curves[f"{kind}_low"], curves[f"{kind}_high"] = fit.limits(n, z)
    where = t("全市") if is_whole(desk.everyone) else t("所选范围")
    axes = Axis(t("首次走访满 60 天的户数"), count), Axis(t("60 天内申报占比"), lambda v: percent(v, 0))
    figure = share_figure(rows, curves, fit.overall, *axes, (where, t("95% 界限"), t("99.8% 界限"), t("调整后")))
    low = rows.index[desk.lights["applications"].reindex(rows.index).isin(["red", "amber"])]
    head = (
        t("{n} 家银行走访后申报偏少：{banks}").format(n=len(low), banks=_names(desk, low))
        if len(low)
        else t("各银行走访后申报的差别在正常范围")
    )
    note = t("{where} {all}；{spread}；空心为按结构调整后").format(
        where=where, all=percent(fit.overall), spread=_spread_note(desk, fit.spread.phi, fit.spread.tau2)
    )
    origins = leads.marks(figure, lambda bank: leads.finding(desk, bank, "applications"))
    return View(head, note, figure, lambda: _share_sheet(desk, rows.sort_values("ratio")), _SHARES, origins)


def _share_sheet(desk: Desk, rows: pd.DataFrame) -> Sheet:
    t = desk.context.t
    columns = (
        Column("name", t("银行")), Column("n", t("满 60 天户数"), "enterprise", "bank_cohort.n"),
        Column("x", t("申报户数"), "enterprise", "bank_cohort.x"),
        Column("pct", t("占比"), "percent", "application_rate_cohort"), Column("low_pct", t("区间下限 95%"), "percent"),
        Column("high_pct", t("区间上限 95%"), "percent"),
        Column("expected", t("按结构应申报"), "enterprise"), Column("ratio", t("实际 ÷ 应申报"), "times"),
        Column("adjusted_pct", t("调整后占比"), "percent"), Column("lit", t("灯")),
    )  # fmt: skip
    shares = {f"{c}_pct" if c != "share" else "pct": 100 * rows[c] for c in ("share", "low", "high", "adjusted")}
    shown = rows.assign(**shares, lit=_lit(desk, rows.index, "applications"))
    return Sheet("applications", shown, columns, _SHARES, places=bank_places(desk, rows.index))


def component_names(desk: Desk) -> dict[str, str]:
    """Return the names of the score's components with their published weights."""
    t = desk.context.t
    names = {
        "complete": t("要素完备"),
        "vague": t("不笼统"),
        "missing": t("不缺失"),
        "boilerplate": t("不套模板"),
        "entropy": t("原因多样"),
    }
    return {part: f"{names[part]} {weight:.0%}" for part, (weight, _) in ADEQUACY_WEIGHTS.items()}


def reason_view(desk: Desk) -> View:
    """Return the adequacy of rejection reasons: the score as the sum of its components, worst at the bottom."""
    t, quality = desk.context.t, desk.now.quality
    scored = quality[quality["score"].notna()] if len(quality) else quality
    least = fewest_refusals(desk.context)
    if scored.empty:
        nobody = t("不予授信满 {n} 笔的银行还没有，不评分").format(n=least)
        return nothing(nobody, "reasons")
    rows = scored.assign(**score_parts(scored)[list(ADEQUACY_WEIGHTS)]).sort_values("score")
    rows = rows.assign(**_marks(desk, rows.index, "reasons"))
    figure = parts_figure(rows, list(component_names(desk).items()), Axis(t("拒因充分度（分）"), count))
    bad = rows.index[desk.lights["reasons"].reindex(rows.index) == "red"]
    head = (
        t("{n} 家银行的拒绝原因过于简单：{banks}").format(n=len(bad), banks=_names(desk, bad))
        if len(bad)
        else t("没有银行的拒绝原因超出容许的简单程度")
    )
    grey = quality.index.difference(scored.index)
    note = (
        t("只计不予授信满 {n} 笔的银行；不足的不评分：{banks}").format(n=least, banks=_names(desk, grey))
        if len(grey)
        else t("各段为各项得分，权重见图例")
    )
    origins = {
        number: [leads.part(desk, str(bank), name) for bank in rows.index]
        for number, name in enumerate(ADEQUACY_WEIGHTS)
    }
    return View(head, note, figure, lambda: _reason_sheet(desk), _REASONS, origins)


def _reason_sheet(desk: Desk) -> Sheet:
    t, quality = desk.context.t, desk.now.quality
    shares = {
        f"{c}_pct": 100 * quality[c] for c in ("empty", "complete", "vague", "missing", "boilerplate", "first_reason")
    }
    judged = leads.judged_by(desk)

    def share(part: str, title: str) -> Column:
        return Column(f"{part}_pct", title, "percent", leads.PARTS[part], judged)

    columns = (
        Column("name", t("银行")), Column("rejections", t("不予授信"), "case", "refusal.n"),
        share("empty", t("未写明原因")), share("complete", t("要素完备率")), share("vague", t("笼统率")),
        share("missing", t("缺失率")), share("boilerplate", t("模板化率")),
        Column("first_reason_pct", t("首因集中度"), "percent"),
        Column("entropy", t("归一化熵"), "index"), Column("divergence", t("与全市分布差异"), "index"),
        Column("length", t("有效字数中位")), Column("score", t("拒因充分度"), "score", "rejection_adequacy"),
        Column("lit", t("灯")),
    )  # fmt: skip
    named = {"name": [desk.name(bank) for bank in quality.index], "lit": _lit(desk, quality.index, "reasons")}
    table = quality.assign(length=lengths(desk), **shares, **named).sort_values("score", na_position="last")
    return Sheet("reasons", table, columns, _REASONS, places=bank_places(desk, table.index))


def lorenz_view(desk: Desk) -> View:
    """Return how concentrated credit is over size."""
    t = desk.context.t
    credit = progress(desk.everyone, ("bank",), ("approved_amount",)).set_index("bank")["approved_amount"]
    credit = credit.reindex(desk.peers).dropna()
    size = desk.sizes.of(desk.sizes.credit).reindex(credit.index)
    if credit.sum() <= 0 or size.dropna().empty:
        return nothing(t("银行规模或授信决定未报送"), "lorenz")
    curve = lorenz(credit, size)
    said_ = [
        f"{desk.name(str(bank))} {percent(row.size_share)} → {percent(row.amount_share)}"
        for bank, row in curve.iterrows()
    ]
    figure = lorenz_figure(
        curve.assign(said=said_),
        Axis(t("规模累计占比"), lambda v: percent(v, 0)),
        Axis(t("授信累计占比"), lambda v: percent(v, 0)),
    )
    head = t("集中度 HHI {hhi}，前五家占 {top}；相对规模的基尼系数 {gini}").format(
        hhi=f"{hhi(credit):.3f}", top=f"{top_share(credit):.1f}%", gini=f"{gini(curve):.2f}"
    )
    whole = desk.context.numbers.money(float(credit.sum())).joined
    note = t(
        "{n} 家商业银行，授信合计 {amount}　{size}　曲线越贴近对角线，授信越与规模成比例；从份额比最低的银行起累计"
    ).format(n=len(credit), amount=whole, size=size_note(desk, desk.sizes.credit))
    ratio = share_ratio(credit, size)
    rows = curve.iloc[1:].assign(ratio=ratio)
    origins = leads.marks(figure, lambda bank: leads.behind(desk, bank, "approved_amount"))
    return View(head, note, figure, lambda: _lorenz_sheet(desk, rows), _CONCENTRATION, origins)


def _lorenz_sheet(desk: Desk, rows: pd.DataFrame) -> Sheet:
    t = desk.context.t
    shares = {name: 100 * rows[name] for name in ("size_share", "amount_share")}
    table = rows.assign(name=[desk.name(str(bank)) for bank in rows.index], **shares)
    columns = (
        Column("name", t("银行")), Column("size_share", t("规模累计占比"), "percent"),
        Column("amount_share", t("授信累计占比"), "percent"),
        Column("ratio", t("份额比"), "times"),
    )  # fmt: skip
    return Sheet("lorenz", table, columns, _CONCENTRATION)


def _notable(scores: "pd.Series[float]", least: float) -> "pd.Series[float]":
    """Return how far out each bank lies; 0 for those in the crowd, whose names would only hide the others."""
    return scores.abs().where(scores.abs() >= least, 0.0)


def _marks(desk: Desk, banks: "pd.Index[str]", question: str) -> dict[str, list[str]]:
    names = question_names(desk.context.t)
    told = {bank: said(desk, bank, question) for bank in banks}
    return {
        "name": [desk.name(bank) for bank in banks],
        "group": [desk.group(bank) for bank in banks],
        "light": [desk.light(bank, question) for bank in banks],
        "said": [
            f"<b>{desk.name(bank, short=False)}</b>　{names[question]}<br>{_wrapped(told[bank])}" for bank in banks
        ],
    }


def _wrapped(text: str, width: int = 34) -> str:
    """Break a sentence for plotly's hover box, which does not."""
    if " " in text and not any("\u4e00" <= c <= "\u9fff" for c in text[:40]):
        lines, line = [], ""
        for word in text.split(" "):
            if len(line) + len(word) > 2 * width:
                lines.append(line)
                line = ""
            line = f"{line} {word}".strip()
        return "<br>".join([*lines, line])
    return "<br>".join(text[i : i + width] for i in range(0, len(text), width))


def _is_money(desk: Desk, measure: str) -> bool:
    codes = desk.context.profile.codes.get("size_measure", ())
    return any(c.code == measure and c.attributes.get("unit") == "yuan" for c in codes)


def _short_money(desk: Desk, value: float) -> str:
    scales = desk.context.numbers.scales()
    factor, unit = next((scale for scale in scales if abs(value) >= scale[0]), scales[-1])
    return desk.context.numbers.amount(f"{value / factor:g}", unit).joined


def _names(desk: Desk, banks: "pd.Index[str] | tuple[str, ...]") -> str:
    return desk.context.t("、").join(desk.name(str(bank)) for bank in banks)


def _lit(desk: Desk, banks: "pd.Index[str]", question: str) -> list[str]:
    words = light_words(desk.context.t)
    return [words[desk.light(bank, question)] for bank in banks]


BUILDERS: dict[str, Callable[[Desk], View]] = {
    "credit": credit_view,
    "visits": visit_view,
    "applications": share_view,
    "reasons": reason_view,
    "lorenz": lorenz_view,
}
