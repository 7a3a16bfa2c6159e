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

    def pass_on(self, asked: str, address: str) -> None:
        """Offer the file at ``address`` to all who were offered ``asked``, in whose place it stands."""
        for proof in tuple(self._to.get(_name(asked), ())):
            self.offer(address, proof)

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
    """Keep from now on for which browser each of Streamlit's files is made; ``proof`` tells whose page is being run.

    What is made when it is asked for (a table, a paper) has another name until then, and is made where no page runs.
    """
    manager: Any = MediaFileManager
    manager.add, manager.add_deferred = _kept(manager.add, proof), _kept(manager.add_deferred, proof)
    manager.execute_deferred = _passed_on(manager.execute_deferred)


def _kept(add: Callable[..., str], proof: Callable[[], str]) -> Callable[..., str]:
    @wraps(add)
    def kept(*given: Any, **named: Any) -> str:  # noqa: ANN401 - passed on as they come
        address = add(*given, **named)
        handed().offer(address, proof())
        return address

    return kept


def _passed_on(make: Callable[[Any, str], str]) -> Callable[[Any, str], str]:
    @wraps(make)
    def passed_on(manager: Any, file_id: str) -> str:  # noqa: ANN401 - passed on as it comes
        address = make(manager, file_id)
        handed().pass_on(file_id, address)
        return address

    return passed_on
