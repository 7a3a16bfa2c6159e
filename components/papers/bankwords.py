"""What a bulletin says of banks: question by question for the meeting, and one bank's own figures for its paper."""

from collections.abc import Iterator, Sequence

from components.banks import promises
from components.banks.desk import Desk, desk_of
from components.banks.judging import QUESTIONS
from components.banks.words import on_time_said, question_names, said
from components.numbers import DASH
from components.reads import progress
from components.sentences import capital
from data_access.queries.measures import MEASURES
from metrics.figures import figure

# How many of those who lag are described one by one; the rest are named.
NAMED = 3
# How many promises are told one by one; those of longest standing come first.
PROMISED = 5
# A bank's own figures, in the order of the mechanism.
OWN = ("visits", "recommended", "approved", "approved_amount", "loan_amount", "average_rate")


def by_question(desk: Desk) -> Iterator[str]:
    """Yield for each of the four questions who lags two months running, with the figures, or that none does."""
    t, names = desk.context.t, question_names(desk.context.t)
    for question in QUESTIONS:
        red, amber = _with(desk, question, "red"), _with(desk, question, "amber")
        if all(desk.light(bank, question) == "grey" for bank in desk.peers):
            yield t("{question}：未报送或样本不足，暂不评价。").format(question=names[question])
            continue
        first = t("{n} 家连续两个月明显落后").format(n=len(red)) if red else t("没有银行连续两个月明显落后")
        more = t("，{n} 家需要关注").format(n=len(amber)) if amber else ""
        details = [t("{bank}{said}。").format(bank=desk.name(b), said=said(desk, b, question)) for b in red[:NAMED]]
        if red[NAMED:]:
            details.append(t("另有{banks}。").format(banks=t("、").join(desk.name(b) for b in red[NAMED:])))
        whole = t("{question}：{first}{more}。").format(question=names[question], first=first, more=more)
        yield ("" if desk.context.lang == "zh" else " ").join([whole, *details])


def lagging(desk: Desk) -> Iterator[str]:
    """Yield one sentence on all who lag two months running, problem by problem."""
    t = desk.context.t
    patterns = {
        "visits": t("走访量与规模不匹配的 {n} 家（{banks}）"),
        "applications": t("走访转申报比例偏低的 {n} 家（{banks}）"),
        "credit": t("授信与规模不匹配的 {n} 家（{banks}）"), "reasons": t("不予授信的原因过于简单的 {n} 家（{banks}）"),
    }  # fmt: skip
    found = [(pattern, _with(desk, question, "red")) for question, pattern in patterns.items()]
    parts = [p.format(n=len(red), banks=t("、").join(desk.name(b) for b in red)) for p, red in found if red]
    if parts:
        yield t("按连续两个月统计显著的标准，银行中{parts}。").format(parts=t("，").join(parts))


def asked_of(desk: Desk, banks: Sequence[str]) -> Iterator[str]:
    """Yield what those of ``banks`` who lag are asked for: reasons and a promise, question by question."""
    t, names = desk.context.t, question_names(desk.context.t)
    for question in QUESTIONS:
        red = [desk.name(bank) for bank in _with(desk, question, "red") if bank in banks]
        if red:
            yield t("{banks}就{question}书面说明原因，提出改进承诺；期限【　　】，责任人【　　】。").format(
                banks=t("、").join(red), question=names[question]
            )


def promised(desk: Desk, bank: str = "") -> Iterator[str]:
    """Yield what became of promises made at earlier meetings and still open, of one bank ("" = of all)."""
    context = desk.context
    t, names, verdicts = context.t, promises.figure_names(context.t), promises.verdict_words(context.t)
    found = [item for item in promises.judged(desk_of(promises.promised_by(context))) if _is_due(item, desk, bank)]
    for item in found[:PROMISED]:
        c = item.commitment
        then, goal, now = (promises.shown(c.figure, value) for value in (c.measured, c.promised, item.now.value))
        yield t("{bank}承诺{figure}由{then}到{goal}，期限{due}，责任人{owner}；本次复测为{now}，{verdict}。").format(
            bank=desk.name(c.bank), figure=names[c.figure], then=then, goal=goal, due=context.numbers.day(c.due_on),
            owner=c.owner or DASH, now=now, verdict=verdicts[item.verdict],
        )  # fmt: skip
    if found[PROMISED:]:
        yield t("另有 {n} 条承诺未办结。").format(n=len(found[PROMISED:]))


def _is_due(item: promises.Judged, desk: Desk, bank: str) -> bool:
    c = item.commitment
    return c.closed_on is None and c.made_on < desk.on and bank in ("", c.bank)


def own(desk: Desk, bank: str) -> list[tuple[str, str]]:
    """Return a bank's paper as sections and sentences; no other bank is named."""
    t, names = desk.context.t, question_names(desk.context.t)
    found = [("overall", _own_figures(desk, bank))]
    colon, stop = t("："), t("。")
    found += [("banks", f"{names[q]}{colon}{said(desk, bank, q)}{stop}") for q in QUESTIONS]
    red = [names[q] for q in QUESTIONS if desk.light(bank, q) == "red"]
    if red:
        found.append(("problems", t("{questions}连续两个月明显落后于同业。").format(questions=t("、").join(red))))
    found.append(("problems", on_time_said(desk, bank) + t("。")))
    found += [("next", text) for text in (*promised(desk, bank), *asked_of(desk, (bank,)))]
    return [(section, text) for section, text in found if text]


def _own_figures(desk: Desk, bank: str) -> str:
    context = desk.context
    t, numbers = context.t, context.numbers
    rows = progress(context, ("bank",), MEASURES).set_index("bank")
    if bank not in rows.index:
        return ""
    cells = {str(name): float(value) for name, value in rows.loc[[bank]].iloc[0].items()}
    patterns = dict(zip(OWN, (
        t("累计走访 {v}"), t("收到推荐 {v}"), t("授信 {v}"), t("授信金额 {v}"), t("放款金额 {v}"),
        t("加权平均利率 {v}"),
    ), strict=True))  # fmt: skip
    found = {key: figure(cells, key, context.reported) for key in OWN}
    parts = [
        patterns[k].format(v=numbers.figure(f, decimals=2).joined) for k, f in found.items() if f.value is not None
    ]
    if not parts:
        return ""
    said_ = t("截至{day}，{bank}{parts}。")
    return capital(
        said_.format(day=numbers.day(context.filters.as_of), bank=desk.name(bank), parts=t("，").join(parts))
    )


def _with(desk: Desk, question: str, light: str) -> list[str]:
    return [bank for bank in desk.peers if desk.light(bank, question) == light]
