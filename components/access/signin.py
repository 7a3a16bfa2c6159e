"""Who signed in, by the way the settings choose; and what of those settings must be put right before a start."""

import time
from importlib.util import find_spec

import streamlit as st
from streamlit import config

from components.access import gateway
from data_access.access.identity import Person
from data_access.demo import is_demo_store
from data_access.profile import Profile
from data_access.settings import Settings, SignIn
from data_access.store import Store
from locales import N_

# The parameter of st.login's section that names the key of its cookies, and the fewest characters that are a key.
_SECRET, _SECRET_LENGTH, _SECRET_LETTERS = "cookie_secret", 32, 10
_TRUSTED = "server.trustedUserHeaders"
_WANTED = ("redirect_uri", _SECRET, "client_id", "client_secret", "server_metadata_url")

NOT_DEMO = N_(
    "数据库里有演示城市以外的数据，而没有设置登录：请把 ZHANRONG_SIGN_IN 设为 oidc 或 header；"
    "若确实要让所有打开网址的人看到，请设 ZHANRONG_OPEN=yes"
)
NO_MIDDLEWARE = N_("ZHANRONG_SIGN_IN=header 只能用 asgi.py 启动：app.py 不检查请求来自哪里")
OWN_HEADERS = N_("请从 Streamlit 的配置中删去 server.trustedUserHeaders：由谁登录只由 ZHANRONG_SIGN_IN 决定")
NO_SECTION = N_("ZHANRONG_SIGN_IN=oidc 需要 .streamlit/secrets.toml 的 [auth] 一节，写全 {names}")
WEAK_SECRET = N_("[auth] 的 cookie_secret 至少要有 32 个随机字符")
NO_AUTHLIB = N_("ZHANRONG_SIGN_IN=oidc 需要 Authlib 和 httpx：pip install -r requirements.txt")


class SignInError(Exception):
    """The settings do not let anybody be served; the message is a text for the catalogue, ``named`` fills it in."""

    def __init__(self, message: str, **named: str) -> None:
        super().__init__(message)
        self.named = named


def check(settings: Settings, profile: Profile, store: Store) -> None:
    """Raise ``SignInError`` or ``SettingError`` if these settings must not or cannot serve this store."""
    trusted = config.get_option(_TRUSTED)
    if trusted and trusted != _mapping(settings):
        raise SignInError(OWN_HEADERS)
    match settings.sign_in:
        case SignIn.NONE:
            if not settings.is_open and not is_demo_store(profile, store):
                raise SignInError(NOT_DEMO)
        case SignIn.HEADER:
            gateway.networks(settings.proxy)
            if not gateway.keeps_peers():
                raise SignInError(NO_MIDDLEWARE)
        case SignIn.OIDC:
            _check_provider()


def _check_provider() -> None:
    if not (find_spec("authlib") and find_spec("httpx")):
        raise SignInError(NO_AUTHLIB)
    section = st.secrets.get("auth", {}) if st.secrets.load_if_toml_exists() else {}
    lacking = [name for name in _WANTED if not section.get(name)]
    if lacking:
        raise SignInError(NO_SECTION, names=", ".join(lacking))
    if is_weak(str(section[_SECRET])):
        raise SignInError(WEAK_SECRET)


def is_weak(secret: str) -> bool:
    """Whether a key for cookies could be guessed: too short, or a filler that somebody left in its place."""
    return len(secret) < _SECRET_LENGTH or len(set(secret)) < _SECRET_LETTERS


def trust_header(settings: Settings) -> None:
    """Let Streamlit take the person from the gateway's header; ``gateway.TrustedHeader`` says whose it may be."""
    if settings.sign_in is SignIn.HEADER:
        config.set_option(_TRUSTED, _mapping(settings))


def _mapping(settings: Settings) -> dict[str, str]:
    return {settings.header: gateway.SUBJECT} if settings.sign_in is SignIn.HEADER else {}


def person(settings: Settings) -> Person | None:
    """Return who signed in; None if nobody did, or too long ago, or if nobody needs to."""
    match settings.sign_in:
        case SignIn.NONE:
            return None
        case SignIn.HEADER:
            subject = str(st.user.get(gateway.SUBJECT) or "").strip()
            return Person(subject, subject, SignIn.HEADER) if subject else None
        case SignIn.OIDC:
            return _from_token(settings)


def _from_token(settings: Settings) -> Person | None:
    """Return who the identity token names, as long as it is fresh.

    Streamlit's cookie would be good for a month, which is longer than anybody should stay signed in.
    """
    user = st.user
    subject = str(user.get(settings.claim) or "").strip()
    signed_in = float(str(user.get("iat") or 0))
    is_theirs = settings.claim != "email" or user.get("email_verified") is not False
    is_fresh = time.time() - signed_in < settings.hours * 3600
    if not (user.get("is_logged_in") and subject and is_fresh and is_theirs):
        return None
    return Person(subject, str(user.get("name") or subject), SignIn.OIDC)
