"""Debian's nginx with the configuration of deploy/, on loopback ports and with a certificate of its own."""

import datetime as dt
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from scripts.environment import NGINX, nginx

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
NAME = "zhanrong.example"
# What Debian installs around the configuration of a site: where things go, and which types files have.
_AROUND = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; access_log {folder}/access.log;
    include {folder}/zhanrong.conf;
}}
"""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Gateway:
    """A running nginx: its ports, and its certificate."""

    port: int
    plain_port: int
    certificate: Path

    @property
    def log(self) -> str:
        """Everything that nginx has written down of the site."""
        folder = self.certificate.parent
        return "".join((folder / name).read_text("utf-8") for name in ("zhanrong.log", "zhanrong-error.log"))

    @property
    def address(self) -> str:
        """The address a browser opens, once it takes the name for this machine."""
        return f"https://{NAME}:{self.port}"

    def ask(self, path: str = "/", *, method: str = "GET", source: str = "127.0.0.1", **headers: str) -> Answer:
        """Return the answer to a request; underscores in the names of headers stand for hyphens."""
        connection = _Connection(self, source)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", NAME)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        try:
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()


class _Connection(HTTPSConnection):
    """A connection to nginx that asks for the site's name whatever the address is."""

    def __init__(self, gateway: Gateway, source: str) -> None:
        trusting = ssl.create_default_context(cafile=str(gateway.certificate))
        super().__init__("127.0.0.1", gateway.port, context=trusting, timeout=30, source_address=(source, 0))
        self._trusting = trusting

    def connect(self) -> None:
        plain = socket.create_connection((self.host, self.port), self.timeout, self.source_address)
        self.sock = self._trusting.wrap_socket(plain, server_hostname=NAME)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(folder: Path, upstream: int, sign_in: str | None = None) -> Iterator[Gateway]:
    """Yield nginx in front of the port ``upstream``; ``sign_in`` replaces the text of sign-in.conf.

    Skips the test where there is no nginx.
    """
    program = nginx()
    if program is None:
        pytest.skip(f"no nginx: apt-get install {NGINX} (as root)")
    gateway = Gateway(free_port(), free_port(), folder / "certificate.pem")
    _certify(gateway.certificate, folder / "key.pem")
    (folder / "sign-in.conf").write_text(sign_in or (DEPLOY / "sign-in.conf").read_text("utf-8"), "utf-8")
    (folder / "zhanrong.conf").write_text(_placed(folder, gateway, upstream), "utf-8")
    (folder / "nginx.conf").write_text(_AROUND.format(folder=folder), "utf-8")
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    checked = subprocess.run([*command, "-t"], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr.decode()
    assert b"[warn]" not in checked.stderr, checked.stderr.decode()
    process = subprocess.Popen(command)
    try:
        _wait_for(gateway.port, process)
        yield gateway
    finally:
        process.terminate()
        process.wait(10)


def _placed(folder: Path, gateway: Gateway, upstream: int) -> str:
    """Return the sample configuration with this test's places; every other line is as an office would install it."""
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    places = {
        r"listen 443 ": f"listen 127.0.0.1:{gateway.port} ",
        r"listen 80 ": f"listen 127.0.0.1:{gateway.plain_port} ",
        r"server 127\.0\.0\.1:8501;": f"server 127.0.0.1:{upstream};",
        r"/etc/ssl/zhanrong/": f"{folder}/",
        r"/var/log/nginx/": f"{folder}/",
        r"/etc/nginx/zhanrong-sign-in\.conf;": f"{folder}/sign-in.conf;",
    }
    for written, here in places.items():
        assert re.search(written, text), f"deploy/nginx.conf has no {written}"
        text = re.sub(written, here, text)
    return text


def _certify(certificate: Path, key: Path) -> None:
    """Write a certificate for the sample's name that vouches for itself."""
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, secret.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(secret, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    kind = serialization.PrivateFormat.PKCS8
    key.write_bytes(secret.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption()))


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        assert process.poll() is None, "nginx has stopped"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("nginx did not start")
