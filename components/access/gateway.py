"""The single-sign-on gateway: its header is believed when it comes from the gateway's own address, and else refused.

Which address that is, the connection says. X-Forwarded-For is a line of text that anybody can write; Uvicorn, the
server underneath, puts it in the place of the connection's address, so the latter is kept beside it first.
"""

import logging
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import uvicorn.config
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from data_access.settings import SettingError, Settings, SignIn

logger = logging.getLogger("zhanrong")
# Under which name st.user has what the header says.
SUBJECT = "subject"
_PEER = "zhanrong.peer"
_HOOK = "ProxyHeadersMiddleware"
Network = IPv4Network | IPv6Network


class PeerKept(ProxyHeadersMiddleware):
    """Uvicorn's reading of X-Forwarded-For, with the address that really connected kept in the scope."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override]
        """Keep the address, then go on."""
        scope[_PEER] = scope.get("client")
        await super().__call__(scope, receive, send)  # type: ignore[arg-type]


def keep_peers() -> None:
    """Let Uvicorn keep the connection's address. To be called while it loads the application, before it wraps it."""
    vars(uvicorn.config)[_HOOK] = PeerKept


def keeps_peers() -> bool:
    """Whether the server was told to."""
    return vars(uvicorn.config)[_HOOK] is PeerKept


def networks(proxy: Sequence[str]) -> tuple[Network, ...]:
    """Return the addresses and networks of ``ZHANRONG_PROXY``; raises ``SettingError`` if there is none or no such."""
    expected = "10.0.0.5, 10.1.0.0/16, ::1 …"
    try:
        found = tuple(ip_network(one) for one in proxy)
    except ValueError:
        raise SettingError("ZHANRONG_PROXY", expected) from None
    if not found:
        raise SettingError("ZHANRONG_PROXY", expected)
    return found


class TrustedHeader:
    """Refuses every request, by HTTP or WebSocket, that brings the sign-in header from elsewhere or more than once.

    A request without the header passes: it is nobody's, and the pages say so.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._header = app, settings.header
        self._networks = networks(settings.proxy) if settings.sign_in is SignIn.HEADER else ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if self._networks and scope["type"] in {"http", "websocket"}:
            said = Headers(scope=scope).getlist(self._header)
            if said and (len(said) > 1 or not self._is_trusted(scope)):
                logger.warning("refused: the sign-in header came from an address outside ZHANRONG_PROXY, or twice")
                refusal = PlainTextResponse("", 403) if scope["type"] == "http" else WebSocketClose(1008)
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _is_trusted(self, scope: Scope) -> bool:
        """Whether the connection comes from the gateway; not if the server did not say where it comes from."""
        peer = scope.get(_PEER)
        if not peer:
            return False
        try:
            address = ip_address(peer[0])
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks)
