"""What the checks of the data found, and the marks that a failing check leaves on the figures it touches.

The whole list takes a third of a second on a city of half a million, once for each version of the store; so the marks
are made in the background and appear on the next run, and only the quality page waits for them.
"""

import logging
from collections.abc import Hashable, Mapping
from html import escape
from threading import Lock, Timer

from components.context import Context
from components.memory import memory
from components.numbers import Numbers, rate
from data_access.queries.quality import check_counts, held_for_code
from locales import N_, Translator
from metrics.figures import Figure, figure_of
from metrics.quality import Outcome, judge, orphan_rows, timely_rows_rate, touched, valid_code_rate

OWNER_NAMES = {"county": N_("县（市、区）专班"), "bank": N_("银行"), "office": N_("市专班")}
SEVERITY_NAMES = {"error": N_("错误"), "warning": N_("警告"), "notice": N_("提示")}
TONES = {"error": "bad", "warning": "warn", "notice": "flat"}

logger = logging.getLogger("zhanrong")
# The first page after a start or an import is drawn before the checks take a core.
DELAY_SECONDS = 2.0
_underway: set[Hashable] = set()
# By store, scope and profile: the data version the marks were made for, and the marks.
_ready: dict[Hashable, tuple[int, Mapping[str, tuple[Outcome, ...]]]] = {}
_lock = Lock()


def outcomes(context: Context) -> tuple[Outcome, ...]:
    """Return the outcome of every check for the reader's scope, failing ones first."""

    def build() -> tuple[Outcome, ...]:
        allowed = context.profile.settings.get("quality", {})
        return judge(check_counts(context.store, context.profile, context.scope), allowed)

    found: tuple[Outcome, ...] = memory.get(("outcomes", *_place(context)), build)
    return found


def badges(context: Context) -> Mapping[str, tuple[Outcome, ...]]:
    """Return the failing checks by the key of each metric they touch; nothing until they are first counted."""
    place = _place(context)
    with _lock:
        version, found = _ready.get(_reader(context), (-1, {}))
        if version == context.version:
            return found
        if place not in _underway:
            _underway.add(place)
            # No daemon: a process that ends waits for it, since DuckDB aborts when it is cut off in a query.
            Timer(DELAY_SECONDS, _prepare, (context, place)).start()
    return {}


def marked(context: Context) -> tuple[str, ...]:
    """Return the metrics that carry a mark now: part of the key of whatever is remembered with marks in it."""
    return tuple(sorted(badges(context)))


def _prepare(context: Context, place: Hashable) -> None:
    try:
        found = touched(outcomes(context))
        with _lock:
            _ready[_reader(context)] = (context.version, found)
    except Exception as error:  # noqa: BLE001 - without marks the pages still work; the quality page shows the error
        logger.warning("checks of the data: %s", type(error).__name__)
    finally:
        with _lock:
            _underway.discard(place)


def _reader(context: Context) -> Hashable:
    return context.store.url, context.scope, context.profile.folder


def _place(context: Context) -> tuple[Hashable, ...]:
    return context.store.url, context.version, context.scope, context.profile.folder


def mark_html(context: Context, *keys: str) -> str:
    """Return the mark of the failing checks that touch a metric of ``keys``: a link to the first, "" if none."""
    known = badges(context)
    found = list(dict.fromkeys(outcome for key in keys for outcome in known.get(key, ())))
    if not found:
        return ""
    lang, t = context.lang, context.t
    said = "\n".join(f"{o.check.name.text(lang)}：{share_words(o, t)}" for o in found)
    title = escape(t("数据质量提示，点开查看") + "\n" + said)
    address = check_address(found[0].check.id, lang)
    return (
        f'<a class="zr-flag" href="{address}" target="_self" title="{title}" aria-label="{title}">'
        f"⚑{len(found) if len(found) > 1 else ''}</a>"
    )


def check_address(check: str, lang: str) -> str:
    """Return the address of a check on the data page."""
    return f"data?tab=quality&amp;check={escape(check)}&amp;lang={lang}"


def share_words(outcome: Outcome, t: Translator) -> str:
    """Return how much fails and how much may, in words."""
    return t("{share}% 未通过，允许 {allowed}%").format(
        share=rate(100 * outcome.share), allowed=rate(100 * outcome.allowed)
    )


def counted(value: float, unit: str, numbers: Numbers) -> str:
    """Return a number of rows with its unit."""
    return numbers.value(value, unit).joined


def quality_figures(context: Context) -> dict[str, Figure]:
    """Return the data-quality metrics of the catalogue (M71, M72, M74) by their key."""
    found = {outcome.check.id: outcome for outcome in outcomes(context)}
    late, codes = found["late_entry"], found["missing_codes"]
    held = memory.get(("held_for_code", *_place(context)), lambda: held_for_code(context.store, context.scope))
    values = {
        "timely_rows_rate": timely_rows_rate(late.examined, late.failed),
        "valid_code_rate": valid_code_rate(codes.examined, codes.failed, held),
        "orphan_rows": orphan_rows(found["orphan_decisions"].failed, found["orphan_loans"].failed),
    }
    return {key: figure_of(key, value, context.reported) for key, value in values.items()}
