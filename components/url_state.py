"""The page's state, kept in the URL: a link or a reload shows the same view, and every page carries it on.

The state is a plain mapping of names to codes, never labels: Streamlit's own ``bind="query-params"`` writes the
label into the URL, so that a shared link would break when the reader's language differs. Values from the URL are
text from outside: whoever uses one checks it against what there is and ignores what it does not know.
"""

from collections.abc import Mapping

import streamlit as st

# The parameters that belong to us; others (Streamlit's embed_options, a portal's own) are left in place.
FILTER_PARAMETERS = ("date", "period", "region", "industry", "type", "size", "tier", "tag", "bank")
# Of the analyses: version, follow-up, grouping, step, rule, clock, what is compared with what, and the page of a list.
_ANALYSIS = (
    *("version", "days", "by", "step", "rule", "part", "score", "clock", "against", "versus", "leaf", "figure"),
    *("shrink", "other", "effect"),
    *("theme", "kind", "event"),  # of the meetings: theme, type, and the one that is open
)
# Of the ledger: the figure whose rows are shown; what is listed, searched, sorted by and shown, and the name this goes
# by; where the page lies.
_LEDGER = ("measure", "cell", "rows", "list", "q", "sort", "cols", "named", "after", "before", "enterprise")
# Of the services: a problem's own marks, its state and the case that is open; what an enterprise needs of a product.
_SERVICES = (
    *("department", "category", "level", "source", "state", "case", "raised"),
    *("audience", "guarantee", "amount", "term", "rate", "offer"),
)
# Of the meeting papers: the edition that is open, the one it is compared with, and whom the papers are for.
_PAPERS = ("edition", "since", "whom")
# Of people and the audit: who is looked for, which grants; who did what, from when until when, and where the page lies.
_ACCESS = ("who", "held", "actor", "act", "first", "last", "older", "newer")
VIEW_PARAMETERS = (
    *("show", "order", "view", "place", "colour", "click", "month", "find", "tab", "check", "metric"),
    *(*_ANALYSIS, *_LEDGER, *_SERVICES, *_PAPERS, *_ACCESS),
)
PARAMETERS = ("lang", *FILTER_PARAMETERS, *VIEW_PARAMETERS)
SEPARATOR = ","

STATE, _WRITTEN, _PAGE = "zr.url", "zr.url.written", "zr.url.page"


def start() -> None:
    """Take over the URL of a reader's first run; later runs already have a state."""
    if STATE not in st.session_state:
        st.session_state[STATE] = st.session_state[_WRITTEN] = _ours(st.query_params.to_dict())


def adopt(page: str) -> None:
    """Take over what the URL says if something else than this module changed it: the browser's back button, say.

    Streamlit empties the URL when the reader changes the page; the state is then kept and written again.
    """
    session = st.session_state
    ours = _ours(st.query_params.to_dict())
    stayed = session.get(_PAGE, page) == page
    if ours != session[_WRITTEN] and (ours or stayed):
        session[STATE] = ours
    session[_WRITTEN], session[_PAGE] = ours, page


def get(name: str) -> str:
    """Return the value of ``name``, or "" if it is not set."""
    state: dict[str, str] = st.session_state.get(STATE, {})
    return state.get(name, "")


def get_all(name: str) -> tuple[str, ...]:
    """Return the codes listed in ``name``."""
    return tuple(filter(None, get(name).split(SEPARATOR)))


def put(name: str, value: str | None) -> None:
    """Set ``name``; an empty value removes it."""
    state = dict(st.session_state.get(STATE, {}))
    state.pop(name, None)
    if value:
        state[name] = value
    st.session_state[STATE] = state


def clear(*names: str) -> None:
    """Remove ``names``."""
    for name in names:
        put(name, None)


def publish() -> None:
    """Write the state to the URL if it differs from what stands there."""
    current = st.query_params.to_dict()
    state: dict[str, str] = st.session_state.get(STATE, {})
    ordered = {name: state[name] for name in PARAMETERS if name in state}
    if ordered != _ours(current):
        foreign = {name: value for name, value in current.items() if name not in PARAMETERS}
        st.query_params.from_dict({**foreign, **ordered})
    st.session_state[_WRITTEN] = ordered


def _ours(parameters: Mapping[str, str]) -> dict[str, str]:
    return {name: parameters[name] for name in PARAMETERS if parameters.get(name)}
