"""The work lists: how many wait in each, who has to act, and how the rows are ordered."""

from collections.abc import Mapping
from html import escape

from components.context import Context
from components.ledger.view import WORK_TITLES, View
from components.numbers import count
from components.panel import mark
from components.reads import remember
from data_access.queries.ledger import count_work
from data_access.queries.worklists import Question
from locales import N_

HINTS: Mapping[str, str] = {
    "next_visit": N_("在清单内、还没有见到人；先按走访批次，再按镇街和网格。由镇街走访组办"),
    "need_unapplied": N_("走访时说出需求，至今没有申报；等得最久的在前。由镇街走访组办"),
    "overdue": N_("推荐给银行后超过规定天数没有决定；等得最久的在前。由银行办"),
    "undrawn": N_("银行已授信、该行还没有放款，每户每行一行；等得最久的在前。由授信银行办"),
    "renewal_30": N_("贷款将到期：本机制的放款，和走访时得知的到期日；最先到期的在前。由贷款银行办"),
}


def hint(context: Context, work: str) -> str:
    """Return what a work list holds, in what order, and who has to act."""
    return context.t(HINTS.get(work, HINTS["renewal_30"]))


def counts(context: Context, view: View) -> dict[str, int]:
    """Return how many rows each work list has."""
    question = Question(context.scope, context.selection, view.asked.rules, view.asked.tiers)
    return remember(context, "ledger.work", lambda: count_work(context.store, question))


def strip_html(context: Context, view: View) -> str:
    """Return the lists as a row of buttons with their counts."""
    t, found = context.t, counts(context, view)
    everything = not view.asked.work and not view.asked.measure
    items = [_item(t("全部"), "", "", current=everything)]
    items += [_item(t(WORK_TITLES[key]), key, count(n), current=view.asked.work == key) for key, n in found.items()]
    label = escape(t("工作清单"))
    return f'<nav class="zr-work" aria-label="{label}">{"".join(items)}</nav>'


def _item(title: str, key: str, number: str, *, current: bool) -> str:
    state = ' aria-current="true"' if current else ""
    said = f"<b>{number}</b>" if number else ""
    return f"<span {mark('list', key)}{state}>{escape(title)}{said}</span>"
