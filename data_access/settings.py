"""Where the city profile and the stores are, which language the interface starts in, and how people sign in.

Each setting is an environment variable; a Streamlit secret of the same name is used where the variable is not set.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEFAULTS: Mapping[str, str] = {
    "ZHANRONG_PROFILE": str(ROOT / "sample_data" / "zhanjiang"),
    "ZHANRONG_STORE": f"duckdb:///{(ROOT / 'var' / 'zhanrong.duckdb').as_posix()}",
    "ZHANRONG_LANG": "zh",
    "ZHANRONG_ACCESS": f"sqlite:///{(ROOT / 'var' / 'access.db').as_posix()}",
    "ZHANRONG_SIGN_IN": "none",
    "ZHANRONG_OPEN": "",
    "ZHANRONG_CLAIM": "sub",
    "ZHANRONG_HOURS": "12",
    "ZHANRONG_HEADER": "X-Remote-User",
    "ZHANRONG_PROXY": "",
    "ZHANRONG_WATERMARK_SCREEN": "",
}
YES, ALL = "yes", "all"


class SettingError(ValueError):
    """A setting has a value that cannot be used; ``name`` is the setting's, the message says what it must be."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name}: {expected}")
        self.name, self.expected = name, expected


class SignIn(StrEnum):
    """How people sign in: not at all, at an OpenID Connect provider, or at a gateway that names them in a header."""

    NONE = "none"
    OIDC = "oidc"
    HEADER = "header"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings: where things are, the starting language, and how people sign in.

    ``claim`` is the claim of an identity token that says who somebody is, ``hours`` how long one sign-in is good for;
    ``header`` is the gateway's header and ``proxy`` the addresses or networks it may come from.
    """

    profile: Path
    store: str
    lang: str
    access: str = DEFAULTS["ZHANRONG_ACCESS"]
    sign_in: SignIn = SignIn.NONE
    is_open: bool = False  # serve a store that is not the demo although nobody signs in
    claim: str = DEFAULTS["ZHANRONG_CLAIM"]
    hours: int = int(DEFAULTS["ZHANRONG_HOURS"])
    header: str = DEFAULTS["ZHANRONG_HEADER"]
    proxy: tuple[str, ...] = ()
    marks_screen: bool = False  # the reader's name and the time, faintly over every page but the wall screen
    marks_wall: bool = False  # over the wall screen as well


def load_settings() -> Settings:
    """Return the settings from the environment, then Streamlit's secrets, then the defaults.

    An empty value counts as unset. The secrets file is read here and not through Streamlit, so that the pages, the
    command lines and ``make`` mean the same store. Raises ``SettingError`` for a value that cannot be used and
    ``tomllib.TOMLDecodeError`` for a file that is not TOML.
    """
    secrets = _secrets()

    def value(name: str) -> str:
        return os.environ.get(name) or secrets.get(name) or DEFAULTS[name]

    return Settings(
        profile=Path(value("ZHANRONG_PROFILE")),
        store=value("ZHANRONG_STORE"),
        lang=value("ZHANRONG_LANG"),
        access=value("ZHANRONG_ACCESS"),
        sign_in=_sign_in(value("ZHANRONG_SIGN_IN")),
        is_open=value("ZHANRONG_OPEN").lower() == YES,
        claim=value("ZHANRONG_CLAIM"),
        hours=_hours(value("ZHANRONG_HOURS")),
        header=value("ZHANRONG_HEADER"),
        proxy=tuple(value("ZHANRONG_PROXY").replace(",", " ").split()),
        marks_screen=value("ZHANRONG_WATERMARK_SCREEN").lower() in {YES, ALL},
        marks_wall=value("ZHANRONG_WATERMARK_SCREEN").lower() == ALL,
    )


def _sign_in(text: str) -> SignIn:
    try:
        return SignIn(text)
    except ValueError:
        raise SettingError("ZHANRONG_SIGN_IN", " | ".join(SignIn)) from None


def _hours(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise SettingError("ZHANRONG_HOURS", "1, 2, 3 …")
    return int(text)


def _secrets() -> Mapping[str, str]:
    """Our settings in the user's and, before it, the project's ``.streamlit/secrets.toml``."""
    found: dict[str, str] = {}
    for folder in (Path.home(), ROOT):
        path = folder / ".streamlit" / "secrets.toml"
        if path.is_file():
            entries = tomllib.loads(path.read_text("utf-8"))
            found |= {name: str(entries[name]) for name in DEFAULTS if name in entries}
    return found
