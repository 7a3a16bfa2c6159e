"""Imports from the command line.

``python -m data_access.importing FILES…`` loads files as one batch. ``templates``, ``batches``, ``held``, ``close`` and
``undo`` in the place of files are commands of their own; ``--help`` after any of them explains it.

Exit codes: 0 everything is in (or there was nothing new); 1 some rows are held or a file was refused, the rest is in;
2 nothing was done, because nothing could be read, what was asked is not possible, or Ctrl-C cancelled it; 3 another
process holds the store.
"""

import argparse
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from getpass import getuser
from pathlib import Path
from threading import Event
from typing import Never

from tqdm import tqdm

from data_access.access.audit import Action, record
from data_access.access.identity import Person
from data_access.access.store import open_access
from data_access.importing.batches import list_batches, undo_batch
from data_access.importing.closings import close_duplicates, list_duplicates
from data_access.importing.handbook import DOCUMENT, handbook
from data_access.importing.messages import Describer
from data_access.importing.pipeline import import_files
from data_access.importing.report import ImportCancelledError, ImportReport, Progress, RefusedError, Step
from data_access.importing.returned import held_workbook
from data_access.importing.tables import TABLES
from data_access.importing.templates import write_templates
from data_access.profile import Profile, load_profile
from data_access.profile_files import ProfileError
from data_access.selection import Scope
from data_access.settings import load_settings
from data_access.store import Store, StoreBusyError, StoreError, open_store
from data_access.troubles import store_sentence
from locales import languages, translator

_ALL = Scope.everything()
ALL_IN, SOME_HELD, NOTHING_DONE, STORE_BUSY = range(4)


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    settings = load_settings()
    arguments = _parser(argv, settings.lang).parse_args(argv)
    t = translator(arguments.lang)
    try:
        profile = load_profile(settings.profile)
        if arguments.run in (_templates, _document):
            arguments.run(profile, arguments)
            return ALL_IN
        _check_writable(arguments)
        # What cannot be recorded is not done.
        arguments.accounts = open_access(settings.access)
        store = open_store(settings.store)
    except StoreError as error:
        _complain(store_sentence(error, t))
        return STORE_BUSY if isinstance(error, StoreBusyError) else NOTHING_DONE
    except OSError as error:
        _complain(t("无法写入 {path}，请检查文件夹是否存在、能否写入").format(path=error.filename))
        return NOTHING_DONE
    except ProfileError as error:
        _complain(str(error))
        return NOTHING_DONE
    try:
        code: int = arguments.run(store, profile, arguments)
    except RefusedError as error:
        _complain(str(Describer(profile, arguments.lang).message(error.rule, error.detail)))
        code = NOTHING_DONE
    except ImportCancelledError:
        _complain(t("已取消，没有写入任何数据。"))
        code = NOTHING_DONE
    finally:
        store.close()
        arguments.accounts.close()
    return code


def _note(arguments: argparse.Namespace, action: Action, rows: int, detail: str) -> None:
    """Record what somebody at the shell did: the user of the system, under the name that was given."""
    record(arguments.accounts, Person(getuser(), arguments.by, "shell"), action, rows=rows, detail=detail)


def _parser(argv: Sequence[str], lang: str) -> argparse.ArgumentParser:
    """Return the parser of the command that ``argv`` begins with; files are the command without a name."""
    name = argv[0] if argv and argv[0] in _COMMANDS else ""
    purpose, configure = _COMMANDS[name]
    parser = argparse.ArgumentParser(
        prog=f"python -m data_access.importing {name}".strip(),
        description=purpose,
        epilog=__doc__.split("\n\n")[-1],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if name:
        parser.add_argument("command", choices=[name])
    configure(parser)
    parser.add_argument("--lang", choices=languages(), default=lang, help="language of messages and workbooks")
    return parser


def _complain(message: str) -> None:
    print(message, file=sys.stderr)


def _check_writable(arguments: argparse.Namespace) -> None:
    """Raise ``OSError`` if the workbook asked for cannot be written: better before an import than after it.

    Permissions do not tell on every file system, so the file is opened; one that was not there is taken away again.
    """
    path: Path | None = vars(arguments).get("held") or vars(arguments).get("out")
    if path:
        was_there = path.exists()
        with path.open("ab"):
            pass
        if not was_there:
            path.unlink()


# ---- import --------------------------------------------------------------------------------------------------------


def _configure_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="xlsx, csv or parquet")
    parser.add_argument("--table", choices=list(TABLES), help="the import table, where the headers leave it open")
    parser.add_argument("--by", default=getuser(), metavar="NAME", help="who imports, as the batch records it")
    parser.add_argument("--held", type=Path, metavar="OUT.xlsx", help="where to write the workbook with the held rows")
    parser.set_defaults(run=_import)


def _import(store: Store, profile: Profile, arguments: argparse.Namespace) -> int:
    describe = Describer(profile, arguments.lang)
    bar_format = "{l_bar}{bar}| {elapsed} {desc}"
    with _interrupted() as interrupted, tqdm(total=100, bar_format=bar_format, disable=None) as bar:
        report = import_files(
            store,
            profile,
            arguments.files,
            by=arguments.by,
            table=arguments.table,
            progress=_on_bar(bar, describe),
            cancelled=interrupted.is_set,
        )
    _note(arguments, Action.IMPORT, report.counts.read, report.summary())
    _tell(report, describe, arguments.lang)
    if report.counts.held and report.batch_id and arguments.held:
        arguments.held.write_bytes(held_workbook(store, profile, _ALL, report.batch_id, arguments.lang))
    elif report.counts.held and report.batch_id:
        t, way = translator(arguments.lang), f"python -m data_access.importing held {report.batch_id} OUT.xlsx"
        print(t("退回的行及其原因、改法：{command}").format(command=way))
    if not report.sheets:
        return NOTHING_DONE
    return SOME_HELD if report.counts.held or report.refusals else ALL_IN


@contextmanager
def _interrupted() -> Iterator[Event]:
    """Yield what Ctrl-C sets meanwhile, so that an import ends between two steps and not within a statement."""
    pressed = Event()
    before = signal.signal(signal.SIGINT, lambda _number, _frame: pressed.set())
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _on_bar(bar: "tqdm[Never]", describe: Describer) -> Progress:
    def tell(share: float, step: Step) -> None:
        bar.set_description_str(describe.step(step), refresh=False)
        bar.update(round(share * 100) - bar.n)

    return tell


def _tell(report: ImportReport, describe: Describer, lang: str) -> None:
    """Print what became of every file; rows are counted, their content is not shown."""
    t = translator(lang)
    counted = t("读取 {read}，新增 {added}，更新 {changed}，未变 {unchanged}，退回 {held} 行")
    for sheet in report.sheets:
        counts = sheet.counts
        numbers = counted.format(
            read=counts.read, added=counts.added, changed=counts.changed, unchanged=counts.unchanged, held=counts.held
        )
        print(f"{sheet.file} {sheet.sheet} [{describe.table(sheet.table)}] {numbers}")
        if sheet.ignored:
            print(f"  {t('未用的列')}: {', '.join(sheet.ignored)}")
    for refusal in report.refusals:
        _complain(f"{refusal.file} {refusal.sheet}: {describe.message(refusal.rule, refusal.detail)}")
    for notice in report.notices:
        place = f"{describe.table(notice.table)} · {describe.column(notice.table, notice.column)}"
        rows = t("{n} 行").format(n=notice.rows)
        print(f"{place} · {rows}: {describe.message(notice.rule, notice.detail, notice.table).problem}")
    made = t("批次 {batch}").format(batch=report.batch_id)
    print(made if report.batch_id else t("没有新内容，未生成批次"))


# ---- the other commands --------------------------------------------------------------------------------------------


def _configure_templates(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", type=Path, default=Path("var/templates"), metavar="DIR")
    parser.set_defaults(run=_templates)


def _templates(profile: Profile, arguments: argparse.Namespace) -> None:
    for path in write_templates(profile, arguments.folder, arguments.lang):
        print(path)


def _configure_document(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_document)


def _document(profile: Profile, _arguments: argparse.Namespace) -> None:
    DOCUMENT.write_text(handbook(profile), "utf-8", newline="\n")
    print(DOCUMENT)


def _configure_batches(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_batches)


def _batches(store: Store, _profile: Profile, _arguments: argparse.Namespace) -> int:
    found = list_batches(store, _ALL)
    print(found.drop(columns=["undone_at", "undone_by"]).to_string(index=False) if len(found) else "—")
    return ALL_IN


def _configure_batch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("batch", type=int, help="the batch's number")


def _configure_held(parser: argparse.ArgumentParser) -> None:
    _configure_batch(parser)
    parser.add_argument("out", type=Path, metavar="OUT.xlsx")
    parser.set_defaults(run=_held)


def _held(store: Store, profile: Profile, arguments: argparse.Namespace) -> int:
    arguments.out.write_bytes(held_workbook(store, profile, _ALL, arguments.batch, arguments.lang))
    return ALL_IN


def _configure_undo(parser: argparse.ArgumentParser) -> None:
    _configure_batch(parser)
    parser.add_argument("--by", default=getuser(), metavar="NAME")
    parser.set_defaults(run=_undo)


def _undo(store: Store, _profile: Profile, arguments: argparse.Namespace) -> int:
    t = translator(arguments.lang)
    removed = undo_batch(store, _ALL, arguments.batch, by=arguments.by)
    _note(arguments, Action.UNDO, removed, f"batch={arguments.batch}")
    print(t("批次 {batch} 已撤销，移除 {rows} 行").format(batch=arguments.batch, rows=removed))
    return ALL_IN


def _configure_close(parser: argparse.ArgumentParser) -> None:
    _configure_batch(parser)
    parser.add_argument("rows", nargs="*", type=int, metavar="ROW", help="numbers of held rows; all that can be closed")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why they are closed; without it they are listed")
    parser.add_argument("--by", default=getuser(), metavar="NAME")
    parser.set_defaults(run=_close)


def _close(store: Store, _profile: Profile, arguments: argparse.Namespace) -> int:
    found = list_duplicates(store, _ALL, arguments.batch)
    if arguments.reason and (arguments.rows or len(found)):
        rows = arguments.rows or [int(number) for number in found["held_id"]]
        closed = close_duplicates(store, _ALL, arguments.batch, rows, reason=arguments.reason, by=arguments.by)
        _note(arguments, Action.CLOSE, closed, f"batch={arguments.batch} · {arguments.reason}")
        print(translator(arguments.lang)("作为重复关闭的 {n} 行").format(n=closed))
    else:
        print(found.to_string(index=False) if len(found) else "—")
    return ALL_IN


_COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "": ("Load files as one batch: good rows go in, bad rows are held with the reason.", _configure_import),
    "templates": ("Write a blank workbook for every import table.", _configure_templates),
    "document": ("Write docs/data.md from the table specs.", _configure_document),
    "batches": ("List the batches, the newest first.", _configure_batches),
    "held": ("Write the workbook with a batch's held rows.", _configure_held),
    "close": ("List a batch's held rows that repeat another row, or close them as duplicates.", _configure_close),
    "undo": ("Undo a batch.", _configure_undo),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
