"""A bounded memory of what was read and built, shared by every session of the process.

Streamlit's own cache hashes its arguments anew on every call, which for a page of twenty reads costs more than the
page; a key made of frozen, hashable values is looked up in a microsecond. What is remembered is handed out as it is:
nobody may change it.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any


class _Entry:
    """One value, built by whoever comes first while the others wait."""

    __slots__ = ("built", "lock", "value")

    def __init__(self) -> None:
        self.lock = Lock()
        self.built = False
        self.value: Any = None


class Memory:
    """The ``limit`` values used last, by key. Two sessions asking for one key at once build it once."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = Lock()
        self._state: Hashable = None
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()

    def get(self, key: Hashable, build: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever ``build`` returns
        """Return the value of ``key``, built if it is not remembered; a failed build is not remembered."""
        entry = self._entry(key)
        if not entry.built:
            with entry.lock:
                if not entry.built:
                    entry.value = build()
                    entry.built = True
        return entry.value

    def knows(self, key: Hashable) -> bool:
        """Whether the value of ``key`` is built and remembered."""
        entry = self._entries.get(key)
        return entry is not None and entry.built

    def follow(self, state: Hashable) -> None:
        """Forget everything when the data has come to another ``state``: nobody asks for the figures of before."""
        if state != self._state:
            self._state = state
            self.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()

    def _entry(self, key: Hashable) -> _Entry:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                entry = self._entries[key] = _Entry()
                while len(self._entries) > self._limit:
                    self._entries.popitem(last=False)
            else:
                self._entries.move_to_end(key)
            return entry


# The one memory of the process. A page leaves some twenty values of a few kilobytes each for every selection.
memory = Memory(limit=4_000)
