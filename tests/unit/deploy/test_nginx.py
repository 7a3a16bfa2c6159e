"""The sample configuration of nginx, run by Debian's nginx in front of a server that tells what reached it."""

import base64
import gzip
import hashlib
import http.client
import json
import re
import socket
import ssl
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import streamlit

from tests.nginx import DEPLOY, NAME, running

ROOT = DEPLOY.parent
HEADERS = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cross-Origin-Opener-Policy": "same-origin",
}
FORGED = {
    "X-Remote-User": "mayor", "x_remote_user": "mayor", "X-REMOTE-USER": "mayor", "Remote-User": "mayor",
    "X-Forwarded-User": "mayor", "X-Forwarded-For": "10.0.0.1", "Forwarded": "for=10.0.0.1",
    "X-Forwarded-Proto": "http",
}  # fmt: skip


class Telling(BaseHTTPRequestHandler):
    """Answers with the headers it was sent, long enough to be worth compressing; under /oauth2/ it is the gateway."""

    def do_GET(self):
        if self.path.startswith("/oauth2/auth"):
            known = "session=zhang" in self.headers.get("Cookie", "")
            self.send_response(202 if known else 401)
            if known:
                self.send_header("X-Auth-Request-User", "zhang")
            self.end_headers()
            return
        told = json.dumps(
            {"headers": [[name.lower(), value] for name, value in self.headers.items()], "pad": " " * 2000}
        )
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Type", "text/javascript" if self.path.endswith(".js") else "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.send_header("Set-Cookie", "_streamlit_xsrf=1; Path=/")
        self.send_header("Set-Cookie", "_streamlit_user=2; Path=/; HttpOnly; SameSite=Lax")
        self.end_headers()
        self.wfile.write(told.encode())

    def log_message(self, *_arguments):
        pass


@pytest.fixture(scope="module")
def upstream():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Telling)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def gateway(upstream, tmp_path_factory):
    with running(tmp_path_factory.mktemp("nginx"), upstream) as started:
        yield started


@pytest.fixture(scope="module")
def asking_gateway(upstream, tmp_path_factory):
    """Return nginx with the second part of sign-in.conf in force, the upstream playing the single sign-on."""
    text = re.sub(
        r"^# (?=auth_|error_|location|    |\})", "", (DEPLOY / "sign-in.conf").read_text("utf-8"), flags=re.MULTILINE
    )
    with running(tmp_path_factory.mktemp("nginx"), upstream, text.replace("4180", str(upstream))) as started:
        yield started


def told(answer):
    return dict(json.loads(answer.body)["headers"])


@pytest.mark.parametrize("path", ["/", "/missing", "/_stcore/metrics", "/robots.txt", "/static/js/a.js"])
def test_every_answer_carries_the_headers(gateway, path):
    answer = gateway.ask(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "script-src 'self' blob: " in answer.headers.get("Content-Security-Policy")
    assert answer.headers.get("Server") == "nginx"


def test_scripts_are_allowed_by_name_and_never_inline(gateway):
    policy = dict(part.split(" ", 1) for part in gateway.ask().headers.get("Content-Security-Policy").split("; "))
    assert policy["default-src"] == "'none'"
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "data:"} & set(policy["script-src"].split())
    outside = re.compile(r"https?:|//|\*")
    assert not [part for part in policy.values() if outside.search(part)]


def test_the_hash_is_that_of_the_installed_streamlit():
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8")
    inline = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in inline}
    assert set(re.findall(r"'sha256-([^']+)'", (DEPLOY / "nginx.conf").read_text("utf-8"))) == hashes


@pytest.mark.parametrize("path", ["/", "/static/js/a.js"])
def test_scripts_and_data_are_compressed(gateway, path):
    answer = gateway.ask(path, Accept_Encoding="gzip")
    assert answer.headers.get("Content-Encoding") == "gzip"
    assert len(body := answer.body) < 1000
    assert b"headers" in gzip.decompress(body)


@pytest.mark.parametrize("path", ["/", "/_stcore/stream", "/export/x", "/_stcore/upload_file/a/b", "/healthz"])
def test_a_forged_identity_is_stripped(gateway, path):
    reached = told(gateway.ask(path, **FORGED))
    assert not {"x-remote-user", "x_remote_user", "remote-user", "x-forwarded-user", "forwarded"} & reached.keys()
    assert (reached["x-forwarded-for"], reached["x-forwarded-proto"]) == ("127.0.0.1", "https")


def test_the_gateway_names_the_reader_and_nobody_else_does(asking_gateway):
    known = {**FORGED, "Cookie": "session=zhang"}
    for path in ("/", "/_stcore/stream", "/export/x", "/media/x"):
        assert told(asking_gateway.ask(path, **known))["x-remote-user"] == "zhang"


@pytest.mark.parametrize(
    "path", ["/", "/_stcore/stream", "/_stcore/upload_file/a/b", "/export/x", "/media/x", "/app/static/x"]
)
def test_who_is_not_signed_in_is_sent_to_the_sign_in_and_nothing_else(asking_gateway, path):
    answer = asking_gateway.ask(path, **FORGED)
    assert (answer.status, answer.headers.get("Location")) == (302, f"https://{NAME}/oauth2/start?rd={path}")


def test_no_search_engine_is_let_in(gateway, asking_gateway):
    for one in (gateway, asking_gateway):
        assert one.ask("/robots.txt").body == b"User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize("path", ["/healthz", "//healthz", "/x/../healthz", "/%68ealthz"])
def test_health_is_for_this_machine_only(gateway, path):
    assert gateway.ask(path).status == 200
    assert gateway.ask(path, source="127.0.0.2").status == 403


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/script-health-check"])
def test_ways_into_streamlit_that_nobody_needs_are_closed(gateway, path):
    assert gateway.ask(path).status == 404


def test_without_tls_there_is_only_the_way_to_it(gateway):
    connection = http.client.HTTPConnection("127.0.0.1", gateway.plain_port, timeout=10)
    connection.request("GET", "/ledger?x=1", headers={"Host": "evil.example"})
    answer = connection.getresponse()
    assert (answer.status, answer.headers.get("Location")) == (301, f"https://{NAME}/ledger?x=1")
    connection.close()


def test_another_name_gets_no_certificate(gateway):
    asked = ssl.create_default_context()
    with (
        socket.create_connection(("127.0.0.1", gateway.port), 10) as plain,
        pytest.raises(ssl.SSLError, match=r"(?i)unrecognized"),
    ):
        asked.wrap_socket(plain, server_hostname="other.example")


def test_cookies_travel_over_tls_only(gateway):
    cookies = dict(cookie.split("=", 1) for cookie in gateway.ask().headers.get_all("Set-Cookie"))
    assert all("secure" in rest.lower() and "samesite=lax" in rest.lower() for rest in cookies.values())
    assert "httponly" in cookies["_streamlit_user"].lower()
    assert "httponly" not in cookies["_streamlit_xsrf"].lower()  # Streamlit's script reads it


def test_what_is_larger_than_an_upload_may_be_is_refused(gateway):
    limit = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))["server"]["maxUploadSize"]
    answer = gateway.ask("/_stcore/upload_file/a/b", method="PUT", Content_Length=str((limit + 1) * 2**20 + 1))
    assert answer.status == 413
    assert f"client_max_body_size {limit + 1}m;" in (DEPLOY / "nginx.conf").read_text("utf-8")


def test_the_log_holds_no_search_no_token_and_nobodys_name(asking_gateway):
    marks = ("zhangsan", "t0ken", "s3cret", "zhang")
    asking_gateway.ask("/ledger?q=zhangsan", Cookie="session=zhang; x=s3cret", Referer=f"https://{NAME}/?q=zhangsan")
    for path in (
        "/export/t0ken",
        "/media/t0ken.xlsx",
        "/_stcore/upload_file/t0ken/t0ken",
        "/oauth2callback?code=t0ken",
    ):
        asking_gateway.ask(path, Cookie="session=zhang")
    assert asking_gateway.ask("/x", method="PUT", Content_Length=str(2**40)).status == 413
    assert '"GET /ledger" 200' in asking_gateway.log
    assert '"GET /export/-" 200' in asking_gateway.log
    assert [mark for mark in marks if mark in asking_gateway.log] == []
