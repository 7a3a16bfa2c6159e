"""Keep the catalogues in step with the code: collect every text of the interface, or check that all are translated.

``python -m scripts.messages`` writes new texts into every catalogue and drops those no longer used, keeping the
translations; ``python -m scripts.messages --check`` changes nothing and fails on a text that is missing,
untranslated, marked fuzzy, no longer used, or whose placeholders differ from the Chinese text's.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from locales import SOURCE_LANGUAGE, catalogue_path, languages

ROOT = Path(__file__).resolve().parent.parent
# The folders whose texts a reader meets; sample_data speaks through its profile, which carries both languages.
FOLDERS = ("pages", "components", "charts", "reports", "metrics", "data_access", "locales")
MODULES = ("app.py", "asgi.py")
KEYWORDS = ("t", "N_")
LINE_WIDTH = 120
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def texts(root: Path = ROOT) -> dict[str, set[str]]:
    """Return every text that ``root``'s code marks for translation, with the files it stands in."""
    method_map = [(f"{folder}/**.py", "python") for folder in FOLDERS] + [(module, "python") for module in MODULES]
    found: dict[str, set[str]] = {}
    extracted = extract_from_dir(
        str(root),
        method_map,
        keywords=dict.fromkeys(KEYWORDS),
        directory_filter=lambda folder: Path(folder).relative_to(root).parts[0] in FOLDERS,
    )
    for file, _line, message, _comments, _context in extracted:
        if isinstance(message, str) and message:
            found.setdefault(message, set()).add(file)
    return found


def problems(lang: str, found: dict[str, set[str]]) -> list[str]:
    """Return what is wrong with the catalogue of ``lang``, one sentence each; none if it is complete."""
    catalogue = _read(lang)
    known = {str(message.id): message for message in catalogue if message.id}
    missing = [f"{lang}: not in the catalogue: {text}" for text in sorted(found.keys() - known.keys())]
    unused = [f"{lang}: no longer used: {text}" for text in sorted(known.keys() - found.keys())]
    return [*missing, *unused, *(f"{lang}: {fault}" for m in known.values() for fault in _faults(m))]


def _faults(message: Message) -> Iterator[str]:
    source, target = str(message.id), str(message.string or "")
    if not target:
        yield f"not translated: {source}"
    elif message.fuzzy:
        yield f"fuzzy: {source}"
    elif sorted(_PLACEHOLDER.findall(source)) != sorted(_PLACEHOLDER.findall(target)):
        yield f"other placeholders than the Chinese text: {source} → {target}"


def update(lang: str, found: dict[str, set[str]]) -> None:
    """Bring the catalogue of ``lang`` to exactly the texts ``found``, keeping every translation."""
    old = _read(lang)
    new = Catalog(locale=lang, project=old.project, version=old.version, header_comment=old.header_comment)
    new.mime_headers = old.mime_headers
    for text in sorted(found):
        known = old.get(text)
        new.add(
            text,
            known.string if known else "",
            locations=[(file, 0) for file in sorted(found[text])],
            flags=known.flags if known else (),
            user_comments=known.user_comments if known else (),
        )
    with catalogue_path(lang).open("wb") as file:
        write_po(file, new, width=LINE_WIDTH, include_lineno=False, sort_output=True)


def _read(lang: str) -> Catalog:
    with catalogue_path(lang).open("rb") as file:
        return read_po(file)


def main(arguments: list[str] | None = None) -> int:
    """Update or check every catalogue; return 1 if a check found something, else 0."""
    parser = argparse.ArgumentParser(prog="python -m scripts.messages", description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing, fail if a catalogue is incomplete")
    check = parser.parse_args(arguments).check
    found, translated = texts(), [lang for lang in languages() if lang != SOURCE_LANGUAGE]
    if not check:
        for lang in translated:
            update(lang, found)
    faults = [fault for lang in translated for fault in problems(lang, found)]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(found)} texts, {len(translated)} catalogue(s), {len(faults)} to mend")
    return 1 if check and faults else 0


if __name__ == "__main__":
    sys.exit(main())
