"""Where the city profile and the store are, and which language the interface starts in.

Each setting is an environment variable; a Streamlit secret of the same name is used where the variable is not set.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEFAULTS: Mapping[str, str] = {
    "ZHANRONG_PROFILE": str(ROOT / "sample_data" / "zhanjiang"),
    "ZHANRONG_STORE": f"duckdb:///{(ROOT / 'var' / 'zhanrong.duckdb').as_posix()}",
    "ZHANRONG_LANG": "zh",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """The three settings: the profile's folder, the store's SQLAlchemy URL, and the starting language."""

    profile: Path
    store: str
    lang: str


def load_settings() -> Settings:
    """Return the settings from the environment, then Streamlit's secrets, then the defaults.

    An empty value counts as unset. The secrets file is read here and not through Streamlit, so that the pages, the
    command lines and ``make`` mean the same store. Raises ``tomllib.TOMLDecodeError`` for a file that is not TOML.
    """
    secrets = _secrets()

    def value(name: str) -> str:
        return os.environ.get(name) or secrets.get(name) or DEFAULTS[name]

    return Settings(Path(value("ZHANRONG_PROFILE")), value("ZHANRONG_STORE"), value("ZHANRONG_LANG"))


def _secrets() -> Mapping[str, str]:
    """Our settings in the user's and, before it, the project's ``.streamlit/secrets.toml``."""
    found: dict[str, str] = {}
    for folder in (Path.home(), ROOT):
        path = folder / ".streamlit" / "secrets.toml"
        if path.is_file():
            entries = tomllib.loads(path.read_text("utf-8"))
            found |= {name: str(entries[name]) for name in DEFAULTS if name in entries}
    return found
