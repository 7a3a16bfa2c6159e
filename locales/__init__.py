"""The interface's languages: Chinese texts are the keys, other languages are gettext catalogues beside this file.

A catalogue ``<lang>/LC_MESSAGES/zhanrong.po`` is compiled in memory, so that no built file has to be kept in step
with it. ``t("还差 {n} 户").format(n=3)``: placeholders are named and filled in after translation.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE_LANGUAGE = "zh"
DOMAIN = "zhanrong"
FOLDER = Path(__file__).resolve().parent

Translator = Callable[[str], str]


def N_(message: str) -> str:  # noqa: N802 - the customary name, which the extraction looks for
    """Return ``message`` unchanged; marks a text for the catalogue that is translated later."""
    return message


def catalogue_path(lang: str) -> Path:
    """Return where the catalogue of ``lang`` lies."""
    return FOLDER / lang / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def languages() -> tuple[str, ...]:
    """Return the languages there are: Chinese first, then every catalogue's in alphabetical order."""
    return (SOURCE_LANGUAGE, *sorted(path.parent.parent.name for path in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po")))


@lru_cache(maxsize=8)
def translator(lang: str) -> Translator:
    """Return the function that gives a Chinese text in ``lang``; a text without translation stays Chinese.

    A language without a catalogue reads Chinese throughout.
    """
    path = catalogue_path(lang)
    if lang == SOURCE_LANGUAGE or not path.is_file():
        return N_
    gettext = _compiled(path).gettext
    # The empty key is where gettext keeps a catalogue's header.
    return lambda message: gettext(message) if message else ""


def _compiled(path: Path) -> GNUTranslations:
    with path.open("rb") as file:
        catalogue = read_po(file)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
