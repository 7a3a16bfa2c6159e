"""Work beside the pages, which a process that ends waits for: DuckDB aborts when it is cut off in a query.

What runs long asks ``is_ending`` between its steps, and leaves.
"""

import threading
from collections.abc import Callable
from typing import Any


def start(name: str, work: Callable[..., None], *args: Any) -> None:  # noqa: ANN401 - whatever the work takes
    """Do ``work`` in a thread of its own that the process waits for."""
    threading.Thread(target=work, args=args, name=name, daemon=False).start()


def is_ending() -> bool:
    """Whether the process is about to end, so that what is underway had better stop."""
    return not threading.main_thread().is_alive()
