"""Back to the page that readers asked for when they sign in at a provider; Streamlit leads to its first page only.

The way back is kept in the browser, since the provider lies between the two requests. It is used only within this
server, so that nobody can lead a reader elsewhere with it.
"""

import re
from urllib.parse import quote, unquote

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_access.settings import Settings, SignIn

CALLBACK = "/oauth2callback"
COOKIE = "zhanrong_return"
LONGEST = 2048
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_AS_IT_IS = "/?#[]@!$&'()*+,;=:~%"
_REDIRECTS = range(300, 400)


def within(target: str, base: str = "/") -> str | None:
    """Return ``target`` if it is a path of this server below ``base`` that a reader may be led to; else None."""
    leads_away = not target.startswith(base) or target.startswith("//")
    signs_in_or_out = "/auth/" in target or CALLBACK in target
    return None if leads_away or signs_in_or_out or len(target) > LONGEST or _UNSAFE.search(target) else target


class Returning:
    """Keeps which page a browser opened last, and leads there from the provider's answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._signs_in = app, settings.sign_in is SignIn.OIDC

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with the way back kept or taken."""
        if self._signs_in and scope["type"] == "http" and scope["method"] == "GET":
            request = Request(scope)
            leads = scope["path"].endswith(CALLBACK)
            send = _leading(request, send) if leads else _keeping(request, send)
        await self._app(scope, receive, send)


def _keeping(request: Request, send: Send) -> Send:
    """Return ``send`` with the address kept if what it sends is the document that a page starts from."""
    target = within(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
    kept = Response()
    if target is not None:
        secure = request.url.scheme == "https"
        kept.set_cookie(COOKIE, quote(target, ""), secure=secure, httponly=True, samesite="lax")

    async def keeping(message: Message) -> None:
        if target is not None and message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith("text/html"):
                headers.append("set-cookie", kept.headers["set-cookie"])
        await send(message)

    return keeping


def _leading(request: Request, send: Send) -> Send:
    """Return ``send`` with a redirect leading to what was kept, which is then forgotten."""
    base = request.url.path.removesuffix(CALLBACK) + "/"
    target = within(unquote(request.cookies.get(COOKIE, "")), base)
    taken = Response()
    taken.delete_cookie(COOKIE)

    async def leading(message: Message) -> None:
        if target is not None and message["type"] == "http.response.start" and message["status"] in _REDIRECTS:
            headers = MutableHeaders(scope=message)
            headers["location"] = quote(target, _AS_IT_IS)  # a header holds no characters but Latin ones
            headers.append("set-cookie", taken.headers["set-cookie"])
        await send(message)

    return leading
