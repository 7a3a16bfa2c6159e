"""The memory: once per key, bounded, shared by threads, and without failures in it."""

import threading
import time

import pytest

from components.memory import Memory


def test_a_value_is_built_once():
    memory, built = Memory(10), []
    for _ in range(3):
        assert memory.get(("a", 1), lambda: built.append(1) or "value") == "value"
    assert built == [1]


def test_keys_that_differ_are_kept_apart():
    memory = Memory(10)
    assert memory.get(("a", "scope 1"), lambda: 1) == 1
    assert memory.get(("a", "scope 2"), lambda: 2) == 2


def test_the_least_recently_used_goes_first():
    memory, built = Memory(2), []
    for key in ("a", "b", "a", "c", "a", "b"):
        memory.get(key, lambda key=key: built.append(key))
    assert built == ["a", "b", "c", "b"]


def test_a_failure_is_not_remembered():
    memory = Memory(2)
    with pytest.raises(ZeroDivisionError):
        memory.get("a", lambda: 1 // 0)
    assert memory.get("a", lambda: 5) == 5


def test_sessions_that_ask_at_once_build_once():
    memory, built = Memory(2), []

    def slow():
        time.sleep(0.05)
        built.append(1)
        return 7

    threads = [threading.Thread(target=lambda: memory.get("a", slow)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert built == [1]


def test_what_was_built_of_older_data_is_forgotten():
    memory, built = Memory(10), []
    for state in (1, 1, 2, 2):
        memory.follow(state)
        memory.get("a", lambda: built.append(1) or "value")
    assert len(built) == 2
