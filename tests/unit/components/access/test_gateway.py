"""From whom the gateway's header is believed: by the connection's address, never by what a request says of itself."""

from pathlib import Path

import pytest

from components.access.gateway import PeerKept, TrustedHeader, networks
from data_access.settings import SettingError, Settings, SignIn
from tests.unit.components.access.running import finished

HEADER = (b"x-remote-user", b"zhang")
FORWARDED = (b"x-forwarded-for", b"10.0.0.5:4444")


def settings(proxy=("10.0.0.5", "10.1.0.0/16"), sign_in=SignIn.HEADER):
    return Settings(Path(), "", "zh", sign_in=sign_in, proxy=proxy)


def answer(peer, *headers, kind="http", chosen=None, trusted="*"):
    """Return what comes back for one request: "passed", or the type and status of the refusal."""
    said = []

    async def page(_scope, _receive, _send):
        said.append("passed")

    async def send(message):
        said.append((message["type"], message.get("status") or message.get("code")))

    async def receive():
        return {"type": f"{kind}.connect"}

    app = PeerKept(TrustedHeader(page, chosen or settings()), trusted_hosts=trusted)
    scope = {"type": kind, "headers": list(headers), "client": peer, "scheme": kind, "path": "/"}
    finished(lambda: app(scope, receive, send))
    return said[0]


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("peer", ["10.0.0.5", "10.1.2.3", "::ffff:10.0.0.5"])
def test_the_gateway_is_believed(kind, peer):
    assert answer((peer, 1), HEADER, kind=kind) == "passed"


@pytest.mark.parametrize(
    ("kind", "refusal"), [("http", ("http.response.start", 403)), ("websocket", ("websocket.close", 1008))]
)
@pytest.mark.parametrize("peer", ["10.0.0.6", "127.0.0.1", "::1", "not an address"])
def test_everybody_else_is_refused(kind, refusal, peer):
    assert answer((peer, 1), HEADER, kind=kind) == refusal


def test_a_forwarded_address_is_not_believed():
    # The server itself believes it, as it may be told to, and puts it in the place of the connection's address.
    assert answer(("10.9.9.9", 1), HEADER, FORWARDED) == ("http.response.start", 403)


def test_the_gateway_is_believed_whomever_it_forwards_for():
    assert answer(("10.0.0.5", 1), HEADER, (b"x-forwarded-for", b"192.0.2.7")) == "passed"


def test_a_header_that_comes_twice_is_refused_even_from_the_gateway():
    assert answer(("10.0.0.5", 1), HEADER, HEADER) == ("http.response.start", 403)


def test_a_request_without_the_header_is_nobodys_and_passes():
    assert answer(("192.0.2.7", 1)) == "passed"


def test_a_connection_without_an_address_is_refused():
    assert answer(None, HEADER) == ("http.response.start", 403)


def test_a_server_that_does_not_keep_addresses_is_not_served():
    said = []

    async def send(message):
        said.append(message.get("status"))

    scope = {"type": "http", "headers": [HEADER], "client": ("10.0.0.5", 1), "path": "/"}
    finished(lambda: TrustedHeader(None, settings())(scope, None, send))
    assert said[0] == 403


def test_where_people_do_not_sign_in_so_the_header_is_any_header():
    assert answer(("192.0.2.7", 1), HEADER, chosen=settings((), SignIn.NONE)) == "passed"


@pytest.mark.parametrize("proxy", [(), ("gateway.example",), ("10.0.0.5/8",)])
def test_the_gateways_address_has_to_be_one(proxy):
    with pytest.raises(SettingError, match="ZHANRONG_PROXY"):
        networks(proxy)
