"""Which browser asks: what it proves with every request, and which browsers may fetch files.

A file's address is as hard to guess as a key, but addresses are passed on. So a file goes only to the browser whose
reader had it made, and in the modes with a sign-in only while that reader may be there. Nothing of this is kept
beyond the process: whoever comes back is let in anew by the page.
"""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from secrets import token_urlsafe

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.access.handed import handed
from data_access.settings import Settings, SignIn

COOKIE = "zhanrong_browser"
# Streamlit's own: what st.login writes, in several parts where it is long.
_SIGNED_IN = re.compile(r"_streamlit_user(_\d+)?")
# Streamlit's addresses of files: those that pages offer, and those that readers bring; not its own fonts.
_FILES = re.compile(r"(?<!/static)/(?P<kind>media|_stcore/upload_file)/")
_MOST = 10_000


def proof_of(settings: Settings, headers: Mapping[str, str], cookies: Mapping[str, str]) -> str:
    """Return a digest of what tells this browser from all others; "" if it shows nothing of the kind.

    That is the gateway's header, the cookie of the sign-in, or where nobody signs in a cookie of our own.
    """
    match settings.sign_in:
        case SignIn.HEADER:
            shown = headers.get(settings.header, "")
        case SignIn.OIDC:
            shown = "|".join(f"{name}={cookies[name]}" for name in sorted(cookies) if _SIGNED_IN.fullmatch(name))
        case SignIn.NONE:
            shown = cookies.get(COOKIE, "")
    return sha256(f"{settings.sign_in}:{shown}".encode()).hexdigest() if shown else ""


def proof_here(settings: Settings) -> str:
    """Return the proof of the browser whose page is being run; "" if there is none."""
    return proof_of(settings, st.context.headers, st.context.cookies)


def proof_asked(settings: Settings, connection: HTTPConnection) -> str:
    """Return the proof of the browser that sends a request; "" if there is none."""
    return proof_of(settings, connection.headers, connection.cookies)


class Admitted:
    """The browsers whose readers have passed the gate, each with a question that tells whether they still would.

    Also who they are, so that a page loaded again is no new sign-in, and what they chose to act as, so that a link
    opened in a new window is read in the same role.
    """

    def __init__(self) -> None:
        self._may: OrderedDict[str, Callable[[], bool]] = OrderedDict()
        self._chosen: OrderedDict[str, Mapping[str, str]] = OrderedDict()
        self._here: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, proof: str, may: Callable[[], bool]) -> None:
        """Let a browser fetch files as long as ``may`` says so."""
        with self._lock:
            self._may[proof] = may
            self._may.move_to_end(proof)
            while len(self._may) > _MOST:
                self._may.popitem(last=False)

    def dismiss(self, proof: str) -> None:
        """Let a browser fetch no more files."""
        with self._lock:
            self._may.pop(proof, None)
            self._here.pop(proof, None)

    def greet(self, proof: str, subject: str, hours: float) -> bool:
        """Return whether it is news that ``subject`` is there: not greeted with this proof for so many hours.

        Without a proof it always is.
        """
        now = time.monotonic()
        with self._lock:
            known, since = self._here.get(proof, ("", 0.0))
            if proof and known == subject and now - since < hours * 3600:
                return False
            self._here[proof] = (subject, now)
            self._here.move_to_end(proof)
            while len(self._here) > _MOST:
                self._here.popitem(last=False)
        return True

    def choose(self, proof: str, chosen: Mapping[str, str]) -> None:
        """Keep what a browser's reader chose to act as."""
        with self._lock:
            self._chosen[proof] = chosen
            while len(self._chosen) > _MOST:
                self._chosen.popitem(last=False)

    def chosen(self, proof: str) -> Mapping[str, str]:
        """Return what this browser's reader chose last; empty if nothing."""
        return self._chosen.get(proof, {}) if proof else {}

    def has(self, proof: str) -> bool:
        """Whether this browser may fetch files now."""
        may = self._may.get(proof) if proof else None
        return may is not None and may()


@lru_cache(maxsize=1)
def admitted() -> Admitted:
    """Return the browsers that this process has let in."""
    return Admitted()


class GuardedFiles:
    """Gives every browser its cookie, and Streamlit's files, where people sign in, only to those let in."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer as if there were no such file."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asking = HTTPConnection(scope)
        if self._settings.sign_in is SignIn.NONE:
            await self._app(scope, receive, send if COOKIE in asking.cookies else _marking(scope, send))
        elif self._is_theirs(asking):
            await self._app(scope, receive, send)
        else:
            await PlainTextResponse("", 404)(scope, receive, send)

    def _is_theirs(self, asking: HTTPConnection) -> bool:
        """Whether what is asked for is no file, or one that the asking browser may have."""
        asked = _FILES.search(asking.scope["path"])
        if asked is None:
            return True
        proof = proof_asked(self._settings, asking)
        is_offered = asked["kind"] != "media" or handed().was_offered(asking.scope["path"], proof)
        return is_offered and admitted().has(proof)


def _marking(scope: Scope, send: Send) -> Send:
    """Return ``send`` with our cookie on the document that the page starts from."""

    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            if headers.get("content-type", "").startswith("text/html"):
                secure = "; Secure" if scope["scheme"] == "https" else ""
                cookie = f"{COOKIE}={token_urlsafe(24)}; Path=/; HttpOnly; SameSite=Lax{secure}"
                headers.append("set-cookie", cookie)
        await send(message)

    return marked
