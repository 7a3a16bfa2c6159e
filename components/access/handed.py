"""Which browsers a page's files were made for.

Streamlit names the files of a page by their content and gives them to whoever asks; a session, which it knows them by,
is not what a browser proves with a request.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import PurePosixPath
from typing import Any

from streamlit.runtime.media_file_manager import MediaFileManager

_MOST = 10_000


class Handed:
    """The latest files that pages have offered, each with the proofs of the browsers it was offered to."""

    def __init__(self) -> None:
        self._to: OrderedDict[str, set[str]] = OrderedDict()
        self._lock = threading.Lock()

    def offer(self, address: str, proof: str) -> None:
        """Keep that a browser was offered the file at an address."""
        with self._lock:
            self._to.setdefault(_name(address), set()).add(proof)
            self._to.move_to_end(_name(address))
            while len(self._to) > _MOST:
                self._to.popitem(last=False)

    def was_offered(self, address: str, proof: str) -> bool:
        """Whether this browser was offered the file at an address."""
        return bool(proof) and proof in self._to.get(_name(address), ())


def _name(address: str) -> str:
    return PurePosixPath(address).name


@lru_cache(maxsize=1)
def handed() -> Handed:
    """Return what this process has offered."""
    return Handed()


def keep_holders(proof: Callable[[], str]) -> None:
    """Keep from now on for which browser each of Streamlit's files is made; ``proof`` tells whose page is being run."""
    manager: Any = MediaFileManager
    manager.add = _kept(manager.add, proof)


def _kept(add: Callable[..., str], proof: Callable[[], str]) -> Callable[..., str]:
    @wraps(add)
    def kept(*given: Any, **named: Any) -> str:  # noqa: ANN401 - passed on as they come
        address = add(*given, **named)
        handed().offer(address, proof())
        return address

    return kept
