"""One import or undo at a time: two at once would each take the other's rows for missing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy import func, select

from data_access.importing.report import ImportCancelledError
from data_access.store import Store

# Any number, the same in every process that uses the database.
_ADVISORY_KEY = 71_820_415
_SECONDS_BETWEEN_LOOKS = 0.5
_in_this_process = Lock()


@contextmanager
def exclusive(store: Store, cancelled: Callable[[], bool] | None = None) -> Iterator[None]:
    """Wait until no other import runs, then hold the right to run one.

    Within a process a lock does it (DuckDB allows no second process); PostgreSQL holds it for all processes. Raises
    ``ImportCancelledError`` if ``cancelled`` says so while waiting.
    """
    while not _in_this_process.acquire(timeout=_SECONDS_BETWEEN_LOOKS):
        if cancelled and cancelled():
            raise ImportCancelledError
    try:
        if store.dialect != "postgresql":
            yield
            return
        with store.begin() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_KEY)))
            yield
    finally:
        _in_this_process.release()
