"""The bank page in sentences: what each figure says of a bank, with its denominator, its uncertainty and its peers."""

from collections.abc import Callable, Mapping
from html import escape

import pandas as pd

from components.banks.desk import Desk, whole_load
from components.banks.judging import QUESTIONS, is_whole
from components.banks.rules import decision_days, fewest_refusals, tolerance
from components.numbers import DASH, count
from locales import Translator
from metrics.proportions import wilson

LIGHTS = ("red", "amber", "green", "grey")
SHAPES = {"red": "■", "amber": "▲", "green": "●", "grey": "○"}
TONES = {"red": "bad", "amber": "warn", "green": "good", "grey": ""}


def question_names(t: Translator) -> dict[str, str]:
    """Return the names of the four questions."""
    return {
        "visits": t("走访与规模"),
        "applications": t("走访转申报"),
        "credit": t("授信与规模"),
        "reasons": t("拒绝原因"),
    }


def light_words(t: Translator) -> dict[str, str]:
    """Return the words of the lights."""
    return {"red": t("明显落后"), "amber": t("关注"), "green": t("正常"), "grey": t("样本不足")}


def is_reported(desk: Desk, question: str) -> bool:
    """Whether what a question stands on was ever reported."""
    tables = {"visits": {"visits"}, "applications": {"visits", "applications"}}
    sizes = {"visits": desk.sizes.visits, "credit": desk.sizes.credit}
    return tables.get(question, {"decisions"}) <= desk.context.reported and bool(sizes.get(question, True))


def bank_light_html(desk: Desk, bank: str, question: str) -> str:
    """Return a bank's light as shape and word; of what was never reported, that."""
    t, light = desk.context.t, desk.light(bank, question)
    word = escape(light_words(t)[light] if is_reported(desk, question) else t("未报送"))
    shown = f'{SHAPES[light]} <span class="zr-word">{word}</span>'
    return f'<span class="zr-light {TONES[light]}" title="{word}">{shown}</span>'


def percent(share: float, decimals: int = 1) -> str:
    """Return a share as a percentage; NaN is "—"."""
    return DASH if pd.isna(share) else f"{100 * share:.{decimals}f}%"


def times(ratio: float) -> str:
    """Return a ratio with two decimals; NaN is "—"."""
    return DASH if pd.isna(ratio) else f"{ratio:.2f}"


def share_said(part: float, whole: float) -> str:
    """Return the 95 % interval of a share as text, from how many of how many cases it is made."""
    low, high = wilson(part, whole)
    return f"{percent(float(low) / 100.0)}–{percent(float(high) / 100.0)}"


def rank_said(t: Translator, row: Mapping[str, float]) -> str:
    """Return a rank with its interval (``rank``, ``low``, ``high``) as text."""
    low, high = f"{row['low']:.0f}", f"{row['high']:.0f}"
    return t("{rank}（{low}–{high}）").format(rank=f"{row['rank']:.0f}", low=low, high=high)


def said(desk: Desk, bank: str, question: str) -> str:
    """Return one sentence on a question about a bank; of a question that cannot be answered, why not."""
    found = {"visits": _visits, "applications": _applications, "credit": _credit, "reasons": _reasons}
    return found[question](desk, bank)


def _visits(desk: Desk, bank: str) -> str:
    t = desk.context.t
    if not is_reported(desk, "visits"):
        return t("未报送")
    row = desk.records["visits"].get(bank)
    if row is None:
        return _unmeasured(desk, bank, desk.sizes.visits)
    text = t("走访 {n} 户次，按{measure}应为 {expected} 户次，为应有的 {ratio} 倍（95% 区间 {low}–{high}）").format(
        n=count(row["observed"]), measure=desk.measure(desk.sizes.visits), expected=count(row["expected"]),
        ratio=times(row["ratio"]), low=times(row["low"]), high=times(row["high"]),
    )  # fmt: skip
    return text + _peers(desk, bank, "visits", times) + _second(desk, bank, "visits")


def implausible(desk: Desk, bank: str) -> str:
    """Return what makes a bank's visits hard to believe whatever is filtered, "" if nothing does."""
    if not is_reported(desk, "visits"):
        return ""
    found = whole_load(desk).get(bank, float("nan"))
    limit = float(desk.context.profile.settings.get("implausible_visits_per_day", 30))
    if pd.isna(found) or found <= limit:
        return ""
    return desk.context.t("请先核查数据：该行全部走访记录每人每个工作日现场走访 {n} 户次，超过 {limit}").format(
        n=f"{found:.1f}", limit=f"{limit:.0f}"
    )


def _applications(desk: Desk, bank: str) -> str:
    t, fit = desk.context.t, desk.now.shares
    if not is_reported(desk, "applications"):
        return t("未报送")
    row = desk.records["applications"].get(bank)
    if row is None:
        return t("没有首次走访满 60 天的企业")
    raw = t("首次走访满 60 天的 {n} 户中 {x} 户申报，占 {share}（95% 区间 {low}–{high}）").format(
        n=count(row["n"]), x=count(row["x"]), share=percent(row["share"]), low=percent(row["low"]),
        high=percent(row["high"]),
    )  # fmt: skip
    pattern = (
        t("；按类型、县区和批次调整后 {adjusted}，全市 {all}") if is_whole(desk.everyone)
        else t("；按类型、县区和批次调整后 {adjusted}，所选范围 {all}")
    )  # fmt: skip
    adjusted = pattern.format(adjusted=percent(row["adjusted"]), all=percent(fit.overall))
    return raw + adjusted + _peers(desk, bank, "applications", percent)


def _credit(desk: Desk, bank: str) -> str:
    t, numbers = desk.context.t, desk.context.numbers
    if not is_reported(desk, "credit"):
        return t("未报送")
    fit = desk.now.credit
    if fit is None:
        return t("有授信且报送规模的银行不足 6 家，不作比较")
    if bank in fit.without:
        return t("零授信，单独列出")
    row = desk.records["credit"].get(bank)
    if row is None:
        return _unmeasured(desk, bank, desk.sizes.credit)
    short = row["gap"] > 0
    pattern = (
        t("授信 {credit}，按{measure}预期 {expected}，少 {gap}")
        if short
        else t("授信 {credit}，按{measure}预期 {expected}，多 {gap}")
    )
    text = pattern.format(
        credit=numbers.money(row["credit"]).joined, measure=desk.measure(desk.sizes.credit),
        expected=numbers.money(row["expected"]).joined, gap=numbers.money(abs(row["gap"])).joined,
    )  # fmt: skip
    text += t("（预期的 80% 区间 {low} 至 {high}）").format(
        low=numbers.money(row["low"]).joined, high=numbers.money(row["high"]).joined
    )
    return text + _lq(desk, bank) + _second(desk, bank, "credit")


def _unmeasured(desk: Desk, bank: str, measure: str) -> str:
    """Say why a bank is in no comparison with size: its size is not known, or it has done nothing here."""
    t = desk.context.t
    return t("所选范围内没有记录，不作比较") if bank in desk.sizes.of(measure).index else t("规模未报送")


def _lq(desk: Desk, bank: str) -> str:
    row = desk.records["ratio"].get(bank, {"ratio": float("nan")})
    if pd.isna(row["ratio"]):
        return ""
    text = desk.context.t("；份额比 {ratio} 倍（95% 区间 {low}–{high}）")
    said_ = text.format(ratio=times(row["ratio"]), low=times(row["low"]), high=times(row["high"]))
    return said_ + _peers(desk, bank, "credit", times)


def _reasons(desk: Desk, bank: str) -> str:
    t = desk.context.t
    if not is_reported(desk, "reasons"):
        return t("未报送")
    row = desk.records["reasons"].get(bank)
    if row is None:
        return t("没有不予授信")
    empty = row["rejections"] * row["empty"]
    text = t("不予授信 {n} 笔，{x} 笔没有写明原因（{share}，95% 区间 {interval}；容许 {limit}）").format(
        n=count(row["rejections"]), x=count(empty), share=percent(row["empty"]),
        interval=share_said(empty, row["rejections"]), limit=percent(tolerance(desk.context), 0),
    )  # fmt: skip
    if pd.isna(row["score"]):
        return text + t("；不足 {n} 笔，不评分").format(n=fewest_refusals(desk.context))
    scored = t("；拒因充分度 {score} 分").format(score=f"{row['score']:.0f}")
    return text + scored + _peers(desk, bank, "reasons", lambda v: f"{v:.0f}")


def _peers(desk: Desk, bank: str, question: str, write: Callable[[float], str]) -> str:
    """Return the middle half of the other banks, without naming any."""
    band = desk.records[f"band_{question}"].get(bank, {"low": float("nan")})
    if pd.isna(band["low"]):
        return ""
    low, high = write(band["low"]), write(band["high"])
    return desk.context.t("；同业中间一半 {low}–{high}").format(low=low, high=high)


def _second(desk: Desk, bank: str, question: str) -> str:
    """Say whether the other size measure agrees, where there is a finding to confirm."""
    if desk.light(bank, question) not in {"red", "amber"}:
        return ""
    second = desk.sizes.visits_second if question == "visits" else desk.sizes.credit_second
    if not second:
        return desk.context.t("；只有一种规模口径，不作稳健结论")
    agrees = desk.records["agreed"][bank][question]
    text = desk.context.t("；换用{measure}结论一致") if agrees else desk.context.t("；换用{measure}结论不一致")
    return text.format(measure=desk.measure(second))


def on_time_said(desk: Desk, bank: str) -> str:
    """Return the sentence on decision time: matured pushes, decided in time with the share's interval, overdue."""
    t = desk.context.t
    if "recommendations" not in desk.context.reported:
        return t("未报送")
    row = desk.records["progress"].get(bank)
    if row is None:
        return t("没有推送")
    days, due, x = decision_days(desk.context), row["pushes_matured"], row["pushes_on_time"]
    if not due:
        return t("没有满 {days} 天的推送").format(days=days)
    text = t("满 {days} 天的推送 {n} 笔，按期决定 {x} 笔（{share}，95% 区间 {interval}）；超期未决 {late} 笔").format(
        days=days, n=count(due), x=count(x), share=percent(x / due), interval=share_said(x, due),
        late=count(row["pushes_overdue"]),
    )  # fmt: skip
    return text + _peers(desk, bank, "on_time", percent)


def conclusion(desk: Desk) -> tuple[str, str]:
    """Return the page's conclusion in one sentence, and its tone."""
    t, names = desk.context.t, question_names(desk.context.t)
    parts = []
    for question in QUESTIONS:
        red = [bank for bank in desk.lights.index if desk.sees(bank) and desk.light(bank, question) == "red"]
        if red:
            parts.append(
                t("{question}：{banks}").format(question=names[question], banks=t("、").join(map(desk.name, red)))
            )
    seen = desk.lights.loc[[bank for bank in desk.lights.index if desk.sees(bank)]].to_numpy()
    amber = int((seen == "amber").sum())
    if (seen == "grey").all():
        return t("四个问题都还无法判断：数据未报送或样本不足。"), ""
    if not parts:
        return t("没有连续两个月都显著的问题；{n} 项需要关注。").format(n=amber), "good" if not amber else "warn"
    text = t("连续两个月明显落后的有——{parts}。").format(parts=t("；").join(parts))
    return text + (t("另有 {n} 项需要关注。").format(n=amber) if amber else ""), "bad"
