"""What is asked again after a page was drawn: whenever a part of it runs alone, and before every act.

A page holds what its reader may do at the moment it is drawn. A clerk whose grant ends while the page is open, or a
reader who takes another role in the same session, must not go on with what still stands on the screen.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from threading import Lock
from typing import Any

import streamlit as st

from components.access.records import access_store, note
from components.context import Context
from components.errors import NotAllowedError
from data_access.access.audit import Action
from data_access.access.identity import Access, Grant
from data_access.access.people import grants_of
from data_access.access.roles import Ability

# For how long a person's grants are taken as read: what is revoked holds on for no longer.
SECONDS = 2.0
# People without a sign-in of their own, whose access nobody grants or ends.
DEMO = "demo"


class _Known:
    """The grants that were read last, by store and subject."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[float, date, tuple[Grant, ...]]] = {}
        self._lock = Lock()

    def get(self, subject: str) -> tuple[Grant, ...]:
        """Return the grants that hold today."""
        store, now, today = access_store(), time.monotonic(), datetime.now(UTC).astimezone().date()
        key = (store.url, subject)
        read, day, grants = self._found.get(key, (-SECONDS, today, ()))
        if now - read >= SECONDS or day != today:
            grants = tuple(grants_of(store, subject, today))
            with self._lock:
                self._found = {k: v for k, v in self._found.items() if now - v[0] < SECONDS}
                self._found[key] = (now, today, grants)
        return grants

    def forget(self) -> None:
        """Read everything anew."""
        with self._lock:
            self._found = {}


known = _Known()


def holds(access: Access) -> bool:
    """Whether ``access`` is still what its person would be given now."""
    if access.person is None or access.person.how == DEMO:
        return True
    try:
        return Access.of(access.person, known.get(access.person.subject), access.role.key) == access
    except KeyError:
        return False


def require(context: Context, ability: Ability | None = None) -> None:
    """Let an act go on, or record that it was refused and raise ``NotAllowedError``.

    None asks no more than that the reader may still be there: for what the page itself shows.
    """
    if (ability is None or context.access.may(ability)) and holds(context.access):
        return
    what = ability.value if ability else ""
    note(context.access, Action.REFUSED, detail=what)
    raise NotAllowedError(what)


def fragment(context: Context, body: Callable[..., Any], *, run_every: float | None = None) -> Callable[..., Any]:
    """Return ``body`` as a part of the page that can run alone, as long as the reader's access holds.

    Where it does not, the whole page is run, whose gate says what there is to say.
    """
    return st.fragment(_guarded(context, body), run_every=run_every)


def dialog(context: Context, title: str, body: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``body`` as a large dialog, guarded in the same way."""
    return st.dialog(title, width="large")(_guarded(context, body))


def _guarded(context: Context, body: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(body)
    def run(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever ``body`` takes and gives
        if not holds(context.access):
            st.rerun(scope="app")
        return body(*arguments, **named)

    return run
