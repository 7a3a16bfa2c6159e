"""Runs what an ASGI server would."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def finished(start: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run what ``start`` returns to its end, in a thread: a browser test before it leaves its loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(start())).result()
