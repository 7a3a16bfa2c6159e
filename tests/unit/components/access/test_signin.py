"""Which settings may be served at all, and whom a sign-in names."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import uvicorn.config
from sqlalchemy import insert
from streamlit import config

from components.access import gateway, signin
from components.access.signin import SignInError
from data_access.access.identity import Person
from data_access.demo import GENERATOR, is_demo_store
from data_access.schema import batches
from data_access.settings import SettingError, Settings, SignIn
from data_access.store import open_store
from tests.architecture.tree import ROOT

SECTION = {
    "redirect_uri": "http://127.0.0.1/oauth2callback", "cookie_secret": "kM3v9Qz1Lx7Tb5Rw0Yd8Hn2Gc6Jf4Ps_",
    "client_id": "i", "client_secret": "s",
    "server_metadata_url": "http://127.0.0.1/.well-known/openid-configuration",
}  # fmt: skip


class Secrets(dict):
    def load_if_toml_exists(self):
        return bool(self)


@pytest.fixture
def empty(duckdb_url):
    store = open_store(duckdb_url)
    yield store
    store.close()


@pytest.fixture(autouse=True)
def untouched(monkeypatch):
    """Give every test the server's own ways, and Streamlit's settings back."""
    monkeypatch.setitem(vars(uvicorn.config), "ProxyHeadersMiddleware", gateway.ProxyHeadersMiddleware)
    before = config.get_option("server.trustedUserHeaders")
    yield
    config.set_option("server.trustedUserHeaders", before)


def settings(how=SignIn.NONE, **named):
    return Settings(Path(), "", "zh", sign_in=how, **named)


def bring(store, by):
    with store.begin() as connection:
        connection.execute(insert(batches), {"batch_id": len(by), "created_by": by})


def test_the_demo_store_is_a_demo_profile_with_nothing_but_the_generators_batches(empty, zhanjiang):
    assert is_demo_store(zhanjiang, empty)
    bring(empty, GENERATOR)
    assert is_demo_store(zhanjiang, empty)
    signin.check(settings(), zhanjiang, empty)
    bring(empty, "someone")
    assert not is_demo_store(zhanjiang, empty)
    with pytest.raises(SignInError, match="ZHANRONG_SIGN_IN"):
        signin.check(settings(), zhanjiang, empty)
    signin.check(settings(is_open=True), zhanjiang, empty)


def test_a_gateway_has_to_be_named_and_watched(empty, zhanjiang):
    with pytest.raises(SettingError, match="ZHANRONG_PROXY"):
        signin.check(settings(SignIn.HEADER), zhanjiang, empty)
    named = settings(SignIn.HEADER, proxy=("10.0.0.5",))
    with pytest.raises(SignInError, match=r"asgi\.py"):
        signin.check(named, zhanjiang, empty)
    gateway.keep_peers()
    signin.trust_header(named)
    assert config.get_option("server.trustedUserHeaders") == {"X-Remote-User": gateway.SUBJECT}
    signin.check(named, zhanjiang, empty)


@pytest.mark.parametrize("how", SignIn)
def test_streamlits_own_way_to_trust_headers_is_not_left_open(empty, zhanjiang, how):
    config.set_option("server.trustedUserHeaders", {"X-Anything": "sub"})
    with pytest.raises(SignInError, match="trustedUserHeaders"):
        signin.check(settings(how, proxy=("10.0.0.5",), is_open=True), zhanjiang, empty)


def test_a_provider_has_to_be_described_with_a_key_that_is_one(empty, zhanjiang, monkeypatch):
    def use(section):
        monkeypatch.setattr(signin.st, "secrets", Secrets(auth=section) if section else Secrets())

    use(None)
    with pytest.raises(SignInError) as refused:
        signin.check(settings(SignIn.OIDC), zhanjiang, empty)
    assert "client_id" in refused.value.named["names"]
    use({**SECTION, "cookie_secret": "xxx"})
    with pytest.raises(SignInError, match="32"):
        signin.check(settings(SignIn.OIDC), zhanjiang, empty)
    use(SECTION)
    signin.check(settings(SignIn.OIDC), zhanjiang, empty)


def named(monkeypatch, chosen, **user):
    monkeypatch.setattr(signin.st, "user", user)
    return signin.person(chosen)


def test_the_person_is_the_one_of_the_chosen_claim(monkeypatch):
    token = {"is_logged_in": True, "sub": "1", "employee": " 007 ", "name": "张三", "iat": time.time()}
    assert named(monkeypatch, settings(SignIn.OIDC), **token) == Person("1", "张三", "oidc")
    assert named(monkeypatch, settings(SignIn.OIDC, claim="employee"), **token) == Person("007", "张三", "oidc")
    assert named(monkeypatch, settings(SignIn.OIDC, claim="absent"), **token) is None


@pytest.mark.parametrize(
    "spoilt",
    [{"is_logged_in": False}, {"sub": ""}, {"iat": time.time() - 13 * 3600}, {"iat": None}],
    ids=["signed out", "no subject", "too long ago", "no time"],
)
def test_nobody_is_taken_from_a_token_that_is_not_good(monkeypatch, spoilt):
    token = {"is_logged_in": True, "sub": "1", "iat": time.time()}
    assert named(monkeypatch, settings(SignIn.OIDC), **token)
    assert named(monkeypatch, settings(SignIn.OIDC), **token | spoilt) is None


def test_an_address_that_nobody_has_checked_names_nobody(monkeypatch):
    token = {"is_logged_in": True, "email": "a@example.org", "iat": time.time()}
    chosen = settings(SignIn.OIDC, claim="email")
    assert named(monkeypatch, chosen, **token, email_verified=True) == Person("a@example.org", "a@example.org", "oidc")
    assert named(monkeypatch, chosen, **token, email_verified=False) is None


def test_the_gateways_person_is_the_one_of_its_header(monkeypatch):
    assert named(monkeypatch, settings(SignIn.HEADER), subject=" zhang ") == Person("zhang", "zhang", "header")
    assert named(monkeypatch, settings(SignIn.HEADER), subject=None) is None
    assert named(monkeypatch, settings(), subject="zhang", sub="zhang") is None


def test_a_server_that_must_not_serve_ends_with_one_line(tmp_path, foreign):
    profile = shutil.copytree(foreign.folder, tmp_path / "city")
    text = (profile / "profile.toml").read_text("utf-8")
    (profile / "profile.toml").write_text(text.replace("is_demo = true", "is_demo = false"), encoding="utf-8")
    environment = {
        **os.environ, "ZHANRONG_PROFILE": str(profile), "ZHANRONG_STORE": f"duckdb:///{tmp_path}/city.duckdb",
        "ZHANRONG_ACCESS": f"sqlite:///{tmp_path}/access.db", "ZHANRONG_SIGN_IN": "none", "ZHANRONG_OPEN": "",
    }  # fmt: skip
    command = [sys.executable, "-m", "uvicorn", "asgi:app", "--port", "0"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines()[-1].startswith("zhanrong: 数据库里有演示城市以外的数据")
    assert "Traceback" not in ended.stderr
