"""Where the city profile and the store are, and which language the interface starts in.

Each setting is an environment variable; a Streamlit secret of the same name is used where the variable is not set.
"""

import os
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


def load_settings(secrets: Mapping[str, str] | None = None) -> Settings:
    """Return the settings from the environment, then ``secrets``, then the defaults; an empty value counts as unset."""

    def value(name: str) -> str:
        return os.environ.get(name) or (secrets or {}).get(name) or DEFAULTS[name]

    return Settings(Path(value("ZHANRONG_PROFILE")), value("ZHANRONG_STORE"), value("ZHANRONG_LANG"))
