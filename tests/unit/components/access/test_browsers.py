"""Which browser may fetch what: files go to the one whose reader had them made."""

from pathlib import Path

import pytest
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse

from components.access import browsers
from components.access.browsers import COOKIE, Admitted, GuardedFiles, proof_of
from components.access.handed import Handed
from components.export import Desk, Export
from data_access.settings import Settings, SignIn
from tests.unit.components.access.running import finished

HOW = {how: Settings(Path(), "", "zh", sign_in=how) for how in SignIn}


def test_in_each_mode_something_else_tells_browsers_apart():
    headers, cookies = Headers({"X-Remote-User": "zhang"}), {COOKIE: "a", "_streamlit_user": "signed", "other": "x"}
    proofs = {how: proof_of(HOW[how], headers, cookies) for how in SignIn}
    assert len({*proofs.values()}) == 3
    assert all(len(proof) == 64 for proof in proofs.values())
    assert proofs[SignIn.HEADER] == proof_of(HOW[SignIn.HEADER], headers, {})
    assert proofs[SignIn.OIDC] != proof_of(HOW[SignIn.OIDC], headers, {"_streamlit_user": "another"})
    assert proofs[SignIn.OIDC] != proof_of(HOW[SignIn.OIDC], headers, {**cookies, "_streamlit_user_1": "more"})
    assert proofs[SignIn.OIDC] == proof_of(HOW[SignIn.OIDC], headers, {**cookies, "_streamlit_user_tokens": "x"})


@pytest.mark.parametrize("how", SignIn)
def test_a_browser_that_shows_nothing_proves_nothing(how):
    assert proof_of(HOW[how], Headers({}), {}) == ""


def test_a_browser_may_fetch_as_long_as_its_reader_may_be_there():
    kept, holds = Admitted(), [True]
    assert not kept.has("p")
    kept.admit("p", lambda: holds[0])
    assert kept.has("p")
    assert not kept.has("q")
    assert not kept.has("")
    holds[0] = False
    assert not kept.has("p")
    holds[0] = True
    kept.dismiss("p")
    assert not kept.has("p")


def test_no_more_browsers_are_kept_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(browsers, "_MOST", 2)
    kept = Admitted()
    for proof in "abc":
        kept.admit(proof, lambda: True)
        kept.choose(proof, {"role": proof})
    assert [kept.has(proof) for proof in "abc"] == [False, True, True]
    assert [kept.chosen(proof) for proof in ("a", "c", "")] == [{}, {"role": "c"}, {}]


def asked(settings, path, cookie="", scheme="http"):
    """Return status and headers of the answer to one request."""
    said = []

    async def send(message):
        said.append(message)

    async def receive():
        return {"type": "http.request"}

    headers = [(b"cookie", cookie.encode())] if cookie else []
    scope = {"type": "http", "method": "GET", "path": path, "headers": headers, "scheme": scheme, "query_string": b""}
    finished(lambda: GuardedFiles(HTMLResponse("page"), settings)(scope, receive, send))
    return said[0]["status"], Headers(raw=said[0]["headers"])


@pytest.fixture
def let_in(monkeypatch):
    """Return a function that lets the browser with a cookie in, and one that offers it a file; nobody else is in."""
    kept, offers = Admitted(), Handed()
    monkeypatch.setattr(browsers, "admitted", lambda: kept)
    monkeypatch.setattr(browsers, "handed", lambda: offers)

    def proof(cookie):
        return proof_of(HOW[SignIn.OIDC], Headers({}), {"_streamlit_user": cookie})

    return lambda cookie: kept.admit(proof(cookie), lambda: True), lambda path, to: offers.offer(path, proof(to))


@pytest.mark.parametrize("path", ["/media/abc.xlsx", "/zhanrong/media/abc.xlsx"])
def test_a_file_of_a_page_goes_to_the_reader_it_was_made_for(let_in, path):
    admit, offer = let_in
    offer("/media/abc.xlsx", "zhang")
    assert asked(HOW[SignIn.OIDC], path, "_streamlit_user=zhang")[0] == 404
    admit("zhang")
    admit("li")
    assert asked(HOW[SignIn.OIDC], path, "_streamlit_user=zhang")[0] == 200
    assert asked(HOW[SignIn.OIDC], path, "_streamlit_user=li")[0] == 404
    assert asked(HOW[SignIn.OIDC], path)[0] == 404


def test_files_are_taken_from_those_let_in(let_in):
    admit, _ = let_in
    path = "/_stcore/upload_file/s/f"
    assert asked(HOW[SignIn.OIDC], path, "_streamlit_user=zhang")[0] == 404
    admit("zhang")
    assert asked(HOW[SignIn.OIDC], path, "_streamlit_user=zhang")[0] == 200
    assert asked(HOW[SignIn.OIDC], path, "_streamlit_user=li")[0] == 404


def test_somebody_is_greeted_once_with_a_proof_until_they_leave_or_hours_have_gone(monkeypatch):
    kept, now = Admitted(), [100.0]
    monkeypatch.setattr(browsers.time, "monotonic", lambda: now[0])
    assert [kept.greet("p", who, 12) for who in ("zhang", "zhang", "li", "li", "zhang")] == [1, 0, 1, 0, 1]
    assert kept.greet("q", "zhang", 12)
    assert [kept.greet("", "zhang", 12) for _ in range(2)] == [True, True]
    now[0] += 12 * 3600 + 1
    assert [kept.greet("p", "zhang", 12) for _ in range(2)] == [True, False]
    kept.dismiss("p")
    assert kept.greet("p", "zhang", 12)


@pytest.mark.parametrize("path", ["/ledger", "/static/media/font.woff2", "/zhanrong/static/media/font.woff2"])
def test_pages_and_their_fonts_are_there_for_everybody(path):
    assert asked(HOW[SignIn.OIDC], path)[0] == 200


def test_without_a_sign_in_a_browser_is_given_a_cookie_once():
    status, headers = asked(HOW[SignIn.NONE], "/")
    assert status == 200
    assert "HttpOnly" in headers["set-cookie"]
    assert "SameSite=Lax" in headers["set-cookie"]
    assert "Secure" not in headers["set-cookie"]
    assert "Secure" in asked(HOW[SignIn.NONE], "/", scheme="https")[1]["set-cookie"]
    assert "set-cookie" not in asked(HOW[SignIn.NONE], "/", f"{COOKIE}=known")[1]


def test_what_was_made_for_a_browser_is_withdrawn_with_it():
    desk = Desk()
    mine, theirs, nobodys = (Export("x", 1, holder) for holder in ("me", "them", ""))
    for export in (mine, theirs, nobodys):
        desk.start(export, lambda path, _running: path.write_text("x"))
        export.done.wait(10)
    desk.withdraw("me")
    desk.withdraw("")
    assert desk.find(mine.token) is None
    assert not mine.path.exists()
    assert desk.find(theirs.token) is theirs
    assert desk.find(nobodys.token) is nobodys
