"""As many pages are drawn at once as there are processors; nobody waits for ever, and an error gives its turn back."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from components import turns


def test_no_more_are_drawn_at_once_than_there_are_processors():
    together, most, lock = 0, 0, threading.Lock()
    met = threading.Event()

    def draw() -> None:
        nonlocal together, most
        with turns.turn():
            with lock:
                together += 1
                most = max(most, together)
            met.wait(0.02)
            with lock:
                together -= 1

    with ThreadPoolExecutor(16) as pool:
        for drawn in [pool.submit(draw) for _ in range(64)]:
            drawn.result()
    assert most == (os.cpu_count() or 1)


def test_an_error_gives_the_turn_back(monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 30.0)
    for _ in range(2 * (os.cpu_count() or 1)):
        with pytest.raises(KeyError), turns.turn():
            raise KeyError


def test_who_has_waited_too_long_goes_on_and_takes_no_turn_away(monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.01)
    count = os.cpu_count() or 1
    with ExitStack() as held:
        for _ in range(count):
            held.enter_context(turns.turn())
        with turns.turn():
            pass
        with turns.turn():
            pass
    free = [turns._turns.acquire(blocking=False) for _ in range(count + 1)]
    for taken in free:
        if taken:
            turns._turns.release()
    assert free == [True] * count + [False]
