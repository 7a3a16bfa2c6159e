"""How many pages are drawn at once: as many as there are processors; the others wait for their turn.

Python runs one thread at a time. Threads that all want to run interrupt one another hundreds of times a second, and
the one that answers the browsers waits among them: a hundred readers would get half as many pages.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Semaphore

# A page that takes longer than this, waiting for its database, must not keep everybody else waiting.
PATIENCE_SECONDS = 10.0
_turns = Semaphore(os.cpu_count() or 1)


@contextmanager
def turn() -> Iterator[None]:
    """Hold one of the process's turns; who has waited too long goes on without one."""
    held = _turns.acquire(timeout=PATIENCE_SECONDS)
    try:
        yield
    finally:
        if held:
            _turns.release()
