"""Nobody signs in at a provider with cookies that could be forged: the server does not start."""

import os
import subprocess
import sys

import pytest
import streamlit as st

from components.access import signin
from components.access.signin import SignInError, is_weak
from data_access.settings import ROOT

SECTION = {
    "redirect_uri": "https://zhanrong.example/oauth2callback", "client_id": "x", "client_secret": "y",
    "server_metadata_url": "https://sso.example/.well-known/openid-configuration",
}  # fmt: skip
STRONG = "kC3v-9mQw7_TzR2yL8xN4pB6sD1fG5hJ0aE"


class Secrets(dict):
    def load_if_toml_exists(self):
        return True


@pytest.mark.parametrize("secret", ["", "short", STRONG[:31], "x" * 64, "0123456789abcdef"[:8] * 8])
def test_a_key_that_could_be_guessed_is_refused(monkeypatch, secret):
    monkeypatch.setattr(st, "secrets", Secrets(auth={**SECTION, "cookie_secret": secret}))
    with pytest.raises(SignInError, match="cookie_secret" if secret else "oidc"):
        signin._check_provider()
    assert is_weak(secret)


def test_a_key_of_its_own_is_accepted(monkeypatch):
    monkeypatch.setattr(st, "secrets", Secrets(auth={**SECTION, "cookie_secret": STRONG}))
    assert signin._check_provider() is None


def test_the_server_does_not_start_without_one(tmp_path):
    lines = [f'{name} = "{value}"' for name, value in SECTION.items()]
    (tmp_path / "secrets.toml").write_text("\n".join(["[auth]", *lines, 'cookie_secret = "changeme"']))
    command = [sys.executable, "-m", "streamlit", "run", "asgi.py", "--server.port", "0"]
    settings = {
        "ZHANRONG_SIGN_IN": "oidc", "ZHANRONG_STORE": f"duckdb:///{tmp_path}/city.duckdb",
        "ZHANRONG_ACCESS": f"sqlite:///{tmp_path}/access.db", "STREAMLIT_SECRETS_FILES": f'["{tmp_path}/secrets.toml"]',
    }  # fmt: skip
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, check=False, timeout=120
    )
    assert done.returncode != 0
    assert b"cookie_secret" in done.stderr
    assert b"changeme" not in done.stdout + done.stderr
