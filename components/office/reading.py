"""What a person typed about a published figure, read and judged before it is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from components.context import Context
from components.numbers import Numbers
from components.published import RANK
from data_access.entered import Entered
from locales import Translator
from metrics.catalogue import Metric, load_catalogue, metric
from metrics.printed import Printed, implausible, likely, read_printed

_READABLE = frozenset({"enterprise", "event", "attendance", "case", "yuan", "percent", "person", "place"})
_CUMULATIVE = frozenset({"enterprise", "event", "attendance", "case", "yuan"})


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form holds. ``corrected`` is a value in the metric's unit that replaces a misprinted one."""

    metric: str
    region: str
    raw_text: str
    as_of: date
    source: str
    corrected: float | None = None
    note: str = ""
    explanation: str = ""
    replaces: int | None = None


def enterable() -> tuple[Metric, ...]:
    """Return the metrics a published figure can be entered for: made of measures, in a unit that texts print.

    And the rank in the province, which nothing in the store can compute.
    """
    return tuple(m for m in load_catalogue().values() if (m.numerator and m.unit in _READABLE) or m.key == RANK)


def read_draft(context: Context, draft: Draft, earlier: Iterable[Entered], today: date) -> Entered | list[str]:
    """Return the entry a draft makes, or what is wrong with it, one sentence each in the reader's language.

    ``earlier`` are the current entries: a cumulative figure smaller than an earlier day's needs a note.
    """
    t, entry = context.t, metric(draft.metric)
    problems = _plain_problems(context, draft, today)
    if not draft.raw_text.strip():
        return problems
    bounds: Mapping[str, Any] = context.profile.settings.get("plausible", {})
    if draft.metric == RANK and draft.region:
        problems.append(t("位次属于全市，地区请选“{place}”。").format(place=context.profile.label.text(context.lang)))
    figure, wrong = _chosen(draft, entry, context.numbers)
    if figure is None:
        return [*problems, wrong]
    value, step = (figure.value, figure.step) if draft.corrected is None else _corrected(draft.corrected, figure)
    if bound := implausible(value, entry.unit, bounds):
        problems.append(_too_large(figure, value, bound, entry, bounds, context.numbers))
    elif draft.corrected is not None and draft.corrected != figure.value and not draft.note.strip():
        problems.append(t("更正值与原文不同，请在说明中写明理由。"))
    problems += _shrinking(draft, value, entry, earlier, context.numbers)
    if problems:
        return problems
    return Entered(
        entry.key, draft.raw_text.strip(), value, entry.unit, step, draft.as_of, draft.source.strip(), draft.region,
        draft.note.strip(), draft.explanation.strip(), draft.replaces,
    )  # fmt: skip


def _plain_problems(context: Context, draft: Draft, today: date) -> list[str]:
    t, found = context.t, []
    if not draft.raw_text.strip():
        found.append(t("请照抄原文，例如“走访企业42.14万户”。"))
    if not draft.source.strip():
        found.append(t("请写明来源，例如“工作简报第14期”或“粤信服”。"))
    if not context.profile.programme_start <= draft.as_of <= today:
        start = context.profile.programme_start
        found.append(t("截止日期应在 {start} 至今天之间。").format(start=start))
    return found


def _chosen(draft: Draft, entry: Metric, numbers: Numbers) -> tuple[Printed | None, str]:
    """Return the one figure of the text that is in the metric's unit, or what is wrong."""
    t: Translator = numbers.t
    found, unit = read_printed(draft.raw_text), numbers.unit(entry.unit)
    if not found:
        return None, t("原文里没有数字。")
    fitting = [figure for figure in found if figure.unit == entry.unit]
    if not fitting:
        said = t("、").join(figure.text for figure in found)
        return None, t("原文的“{text}”不是以“{unit}”计的数字，请核对指标或原文（户、户次、笔不可混用）。").format(
            text=said, unit=unit
        )
    near = [f for f in fitting if draft.corrected in (f.value, f.unscaled)] or fitting
    if len({figure.value for figure in near}) > 1:
        said = t("、").join(figure.text for figure in near)
        return None, t("原文有多个以“{unit}”计的数字（{text}），请只抄一个。").format(unit=unit, text=said)
    return near[0], ""


def _corrected(value: float, figure: Printed) -> tuple[float, float]:
    """Return a corrected value with its rounding: that of the printed digits if only the scale word was wrong."""
    if value == figure.unscaled:
        return value, figure.step / figure.scale if figure.step < figure.scale else 0.0
    return value, figure.step if value == figure.value else 0.0


def _too_large(
    figure: Printed, value: float, bound: float, entry: Metric, bounds: Mapping[str, float], numbers: Numbers
) -> str:
    t = numbers.t
    said = t("“{text}”合 {value}，超过本市可能的最大值 {bound}。").format(
        text=figure.text, value=numbers.value(value, entry.unit).joined,
        bound=numbers.value(bound, entry.unit).joined,
    )  # fmt: skip
    guess = likely(figure, bounds)
    if guess is None:
        return said + t("请核对数字和单位。")
    return said + t("若原文误写了单位，请在“更正值”填 {guess}，并在说明中写明理由。").format(guess=f"{guess:.10g}")


def _shrinking(draft: Draft, value: float, entry: Metric, earlier: Iterable[Entered], numbers: Numbers) -> list[str]:
    if entry.unit not in _CUMULATIVE or entry.key in ("pending", "overdue", "balance") or draft.note.strip():
        return []
    same = [e for e in earlier if (e.metric, e.region) == (entry.key, draft.region) and e.entry_id != draft.replaces]
    before = [e for e in same if e.as_of < draft.as_of and e.value > value]
    if not before:
        return []
    last = max(before, key=lambda e: e.as_of)
    return [
        numbers.t("小于 {day} 的 {value}；累计数一般不减少，请核对，或在说明中写明原因。").format(
            day=last.as_of, value=numbers.value(last.value, entry.unit).joined
        )
    ]
