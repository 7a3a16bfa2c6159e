"""The access store of the settings, opened once a process, and the audit as pages write it."""

from functools import lru_cache

from data_access.access.audit import Action, record
from data_access.access.identity import Access, Person
from data_access.access.store import AccessStore, open_access
from data_access.settings import load_settings


def access_store() -> AccessStore:
    """Return the open access store; raises ``AccessStoreError`` if it cannot be used."""
    return _open(load_settings().access)


@lru_cache(maxsize=8)
def _open(url: str) -> AccessStore:
    return open_access(url)


def note(
    who: Access | Person | None, action: Action, *, filters: str = "", rows: int | None = None, detail: str = ""
) -> None:
    """Add an event to the audit."""
    record(access_store(), who, action, filters=filters, rows=rows, detail=detail)
