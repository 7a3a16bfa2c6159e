"""Which browsers a page's files were made for is kept, and no more of it than there is room for."""

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from components.access import handed
from components.access.handed import Handed, keep_holders


def test_a_file_is_theirs_to_whom_it_was_offered_and_nobody_elses():
    kept = Handed()
    kept.offer("/media/abc.csv", "me")
    kept.offer("/media/abc.csv", "you")
    assert kept.was_offered("/zhanrong/media/abc.csv", "me")
    assert kept.was_offered("/media/abc.csv", "you")
    assert not kept.was_offered("/media/abc.csv", "them")
    assert not kept.was_offered("/media/other.csv", "me")


def test_who_proves_nothing_is_offered_nothing():
    kept = Handed()
    kept.offer("/media/abc.csv", "")
    assert not kept.was_offered("/media/abc.csv", "")


def test_the_latest_offers_are_kept(monkeypatch):
    monkeypatch.setattr(handed, "_MOST", 2)
    kept = Handed()
    for name in ("a", "b", "a", "c"):
        kept.offer(f"/media/{name}", "me")
    assert [kept.was_offered(f"/media/{name}", "me") for name in "abc"] == [True, False, True]


@pytest.fixture
def manager(monkeypatch):
    for name in ("add", "add_deferred", "execute_deferred"):
        monkeypatch.setattr(MediaFileManager, name, getattr(MediaFileManager, name))  # put back afterwards
    kept = Handed()
    monkeypatch.setattr(handed, "handed", lambda: kept)
    return MediaFileManager(MemoryMediaFileStorage("/media"))


def test_streamlits_store_of_files_tells_for_whom_each_is_made(manager):
    reading = ["me"]
    keep_holders(lambda: reading[0])
    mine = manager.add(b"x", "text/csv", "here", "x.csv", is_for_static_download=True)
    reading[0] = "you"
    yours = manager.add(b"y", "text/csv", "here", "y.csv")
    found = handed.handed()
    assert mine.startswith("/media/")
    assert [found.was_offered(mine, who) for who in ("me", "you")] == [True, False]
    assert [found.was_offered(yours, who) for who in ("me", "you")] == [False, True]


def test_what_is_made_when_it_is_asked_for_is_theirs_to_whom_the_page_offered_it(manager):
    reading = ["me"]
    keep_holders(lambda: reading[0])
    offered = manager.add_deferred(lambda: b"rows", "text/csv", "here", "x.csv")
    reading[0] = ""  # where it is made no page is run
    made = manager.execute_deferred(offered)
    assert made.startswith("/media/")
    assert [handed.handed().was_offered(made, who) for who in ("me", "you", "")] == [True, False, False]
