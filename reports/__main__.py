"""Meeting papers from the command line, for schedules.

``python -m reports freeze`` freezes today's figures, ``list`` names the editions, ``write`` writes the papers of one.
Exit codes: 0 done; 2 nothing was done, because an edition, the store or the folder cannot be used.
"""

import argparse
import sys
from collections.abc import Sequence
from getpass import getuser
from pathlib import Path
from types import MappingProxyType

from tqdm import tqdm

from components.context import Context, latest_day
from components.filters import Filters
from components.papers.binder import audiences, editions, freeze_now, open_edition, proposed_number
from components.papers.troubles import edition_sentence
from data_access.access.audit import Action, record
from data_access.access.identity import Access, Person
from data_access.access.store import open_access
from data_access.editions import EditionError
from data_access.profile import load_profile
from data_access.profile_files import ProfileError
from data_access.settings import load_settings
from data_access.store import StoreError, open_store
from data_access.troubles import store_sentence
from locales import languages, translator
from reports.edition import CITY, Audience
from reports.pack import PAPERS, write_pack

DONE, NOTHING_DONE = 0, 2


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    settings = load_settings()
    arguments = _parser(settings.lang).parse_args(argv)
    t = translator(arguments.lang)
    try:
        profile, store = load_profile(settings.profile), open_store(settings.store)
        arguments.accounts = open_access(settings.access)
    except StoreError as error:
        return _refuse(store_sentence(error, t))
    except ProfileError as error:
        return _refuse(str(error))
    coverage = MappingProxyType(store.coverage())
    last_on = latest_day(profile, coverage)
    context = Context(
        store, profile, store.version(), coverage, arguments.lang, Access.open(), Filters(last_on), last_on
    )
    try:
        arguments.run(context, arguments)
    except EditionError as error:
        return _refuse(edition_sentence(error, t))
    except OSError as error:
        return _refuse(t("无法写入 {path}，请检查文件夹是否存在、能否写入").format(path=error.filename))
    finally:
        store.close()
        arguments.accounts.close()
    return DONE


def _freeze(context: Context, arguments: argparse.Namespace) -> None:
    number = arguments.number or proposed_number(context)
    title = arguments.title or context.t("{name}融资协调机制工作通报").format(
        name=context.profile.label.text(context.lang)
    )
    edition_id = freeze_now(context, number, title, by=getuser())
    what, by = f"edition={edition_id} number={number}", Person(getuser(), getuser(), "shell")
    record(arguments.accounts, by, Action.FREEZE, filters=str(context.filters.as_of), detail=what)
    print(edition_id)


def _list(context: Context, _arguments: argparse.Namespace) -> None:
    for header in editions(context):
        print(f"{header.edition_id}\t{header.number}\t{header.as_of.isoformat()}\t{header.title}")


def _write(context: Context, arguments: argparse.Namespace) -> None:
    found = editions(context)
    if not found:
        raise EditionError("missing")
    edition = open_edition(context, arguments.edition or found[0].edition_id)
    part, _, code = arguments.audience.partition(":")
    audience = Audience(part, code)
    if audience not in set(audiences(edition)):
        raise EditionError("audience")
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tqdm(total=len(PAPERS), unit="", file=sys.stderr) as bar:

        def tell(_share: float, name: str) -> None:
            bar.set_description(name)
            bar.update()

        files = write_pack(edition, audience, arguments.lang, tell)
    for name, content in files.items():
        (arguments.out / name).write_bytes(content)
        print(arguments.out / name)


def _parser(lang: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reports", description=__doc__.splitlines()[0])
    parser.add_argument("--lang", default=lang, choices=languages())
    commands = parser.add_subparsers(required=True)
    freeze = commands.add_parser("freeze", help="freeze the latest figures as a new edition and print its id")
    freeze.add_argument("--number", type=int, help="of the edition; the next one by default")
    freeze.add_argument("--title")
    freeze.set_defaults(run=_freeze)
    commands.add_parser("list", help="list the editions: id, number, date, title").set_defaults(run=_list)
    write = commands.add_parser("write", help="write the papers of an edition")
    write.add_argument("out", type=Path, help="folder to write to")
    write.add_argument("--edition", type=int, help="its id; the latest by default")
    write.add_argument("--audience", default=CITY, help="city, region:CODE or bank:CODE")
    write.set_defaults(run=_write)
    return parser


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return NOTHING_DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
