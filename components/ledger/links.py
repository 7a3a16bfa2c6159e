"""Ways into the ledger from other pages: addresses that keep the reader's language and filters."""

from html import escape
from urllib.parse import urlencode

from components import url_state
from components.context import Context


def ledger_address(**view: str) -> str:
    """Return the ledger's address with the reader's filters and the parameters of ``view``."""
    kept = {name: url_state.get(name) for name in ("lang", *url_state.FILTER_PARAMETERS)}
    return f"ledger?{urlencode({name: value for name, value in {**kept, **view}.items() if value})}"


def ledger_link(text: str, **view: str) -> str:
    """Return a link of that address as HTML."""
    return f'<a class="zr-link" href="{escape(ledger_address(**view))}" target="_self">{escape(text)}</a>'


def list_link(context: Context, work: str) -> str:
    """Return a quiet line that leads to a work list, where it can be searched, sorted and exported."""
    text = context.t("在走访台账中打开这份清单，可查找、排序、导出")
    return f'<p class="zr-note">{ledger_link(text, list=work)}</p>'
