"""When the listed problems came up: a month or an age chosen in a chart, kept in the URL, and shown above the list."""

from calendar import monthrange
from datetime import date, timedelta
from html import escape

from components import url_state
from components.context import Context
from components.dimensions import month_name
from components.panel import mark
from data_access.queries.problems import BANDS

PARAMETER = "raised"
Days = tuple[date, date]


def band_code(number: int) -> str:
    """Return how the URL names an age band by its place: "16-30", the last one "91-"."""
    low = BANDS[number - 1] + 1 if number else 0
    return f"{low}-{BANDS[number] if number < len(BANDS) else ''}"


def month_code(month: date) -> str:
    """Return how the URL names a month."""
    return f"{month:%Y-%m}"


def asked() -> str:
    """Return the code that the URL asks for, "" if it asks for none that is known."""
    code = url_state.get(PARAMETER)
    return code if code in _bands() or _month(code) else ""


def _bands() -> dict[str, int]:
    return {band_code(number): number for number in range(len(BANDS) + 1)}


def _month(code: str) -> date | None:
    try:
        return date.fromisoformat(f"{code}-01") if len(code) == len("2025-01") else None
    except ValueError:
        return None


def days(code: str, day: date) -> Days | None:
    """Return the first and the last day a code stands for as of ``day``; None for ""."""
    if not code:
        return None
    month = _month(code)
    if month:
        return month, month.replace(day=monthrange(month.year, month.month)[1])
    number = _bands()[code]
    oldest = day - timedelta(BANDS[number]) if number < len(BANDS) else date.min
    return oldest, day - timedelta(BANDS[number - 1] + 1 if number else 0)


def band_name(context: Context, number: int) -> str:
    """Return what an age band is called."""
    if number == len(BANDS):
        return context.t("{n} 天以上").format(n=BANDS[-1])
    return context.t("{low}–{high} 天").format(low=BANDS[number - 1] + 1 if number else 0, high=BANDS[number])


def name(context: Context, code: str) -> str:
    """Return what a code says about the problems: when they came up."""
    month = _month(code)
    if month:
        return context.t("{month}提出").format(month=month_name(context, month))
    return context.t("提出至今 {band}").format(band=band_name(context, _bands()[code]))


def lift_html(context: Context, code: str) -> str:
    """Return what the list is narrowed to, as a mark that lifts it."""
    said = name(context, code)
    act = mark(PARAMETER, "", label=context.t("不限{name}").format(name=said))
    return f'<p class="zr-note"><button class="zr-badge" {act}>{escape(said)} ×</button></p>'
