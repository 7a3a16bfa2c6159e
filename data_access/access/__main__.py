"""People and the audit from the command line: the first administrator is made here.

Exit codes: 0 done; 1 what was asked is not in order (a workbook with mistakes, a broken chain) and nothing was done;
2 the access store or the city profile cannot be used.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from getpass import getuser
from pathlib import Path

from data_access.access.audit import verify
from data_access.access.identity import Grant, Person
from data_access.access.importing import (
    Wrong,
    column_title,
    describe_wrong,
    grants_template,
    import_grants,
    read_grant,
)
from data_access.access.people import LastAdministratorError, add_grants, all_grants, described, revoke
from data_access.access.roles import ROLES
from data_access.access.store import AccessStore, open_access
from data_access.importing.report import Refusal
from data_access.profile import Profile, load_profile
from data_access.profile_files import ProfileError
from data_access.settings import load_settings
from data_access.store import StoreError
from data_access.troubles import store_sentence
from locales import Translator, languages, translator

DONE, NOT_IN_ORDER, UNUSABLE = range(3)


@dataclass(frozen=True, slots=True)
class Desk:
    """What every command works with."""

    store: AccessStore
    profile: Profile
    lang: str
    by: Person
    today: date

    @property
    def t(self) -> Translator:
        """The translator of the messages."""
        return translator(self.lang)


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    settings = load_settings()
    arguments = _parser(settings.lang).parse_args(argv)
    try:
        profile, store = load_profile(settings.profile), open_access(settings.access)
    except StoreError as error:
        _complain(store_sentence(error, translator(arguments.lang)))
        return UNUSABLE
    except ProfileError as error:
        _complain(str(error))
        return UNUSABLE
    by = Person(getuser(), getuser(), "shell")
    desk = Desk(store, profile, arguments.lang, by, datetime.now(UTC).astimezone().date())
    try:
        code: int = arguments.run(desk, arguments)
    finally:
        store.close()
    return code


def _parser(lang: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m data_access.access",
        description="People, their roles, and the audit.",
        epilog=(__doc__ or "").split("\n\n")[-1],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (purpose, configure, run) in _COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=purpose)
        configure(command)
        command.add_argument("--lang", choices=languages(), default=lang, help="language of messages and workbooks")
        command.set_defaults(run=run)
    return parser


def _complain(message: str) -> None:
    print(message, file=sys.stderr)


def _configure_template(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", type=Path, metavar="OUT.xlsx")


def _template(desk: Desk, arguments: argparse.Namespace) -> int:
    try:
        arguments.out.write_bytes(grants_template(desk.profile, desk.lang))
    except OSError as error:
        _complain(desk.t("无法写入 {path}，请检查文件夹是否存在、能否写入").format(path=error.filename))
        return NOT_IN_ORDER
    return DONE


def _configure_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="xlsx or csv")


def _import(desk: Desk, arguments: argparse.Namespace) -> int:
    outcome = import_grants(desk.store, desk.profile, arguments.files, desk.by, desk.today)
    for refusal in outcome.refusals:
        _complain(f"{refusal.file} {refusal.sheet}: {describe_wrong(refusal, desk.profile, desk.lang)}")
    _complain_of(desk, outcome.wrong)
    if not outcome.is_in:
        _complain(desk.t("没有写入任何授权，请改正后重新导入"))
        return NOT_IN_ORDER
    print(
        desk.t("新增授权 {added} 项，已有 {unchanged} 项").format(added=len(outcome.added), unchanged=outcome.unchanged)
    )
    return DONE


def _complain_of(desk: Desk, wrong: Sequence[Wrong | Refusal]) -> None:
    for found in wrong:
        if isinstance(found, Wrong):
            row = desk.t("第 {row} 行").format(row=found.row) if found.row else ""
            where = " ".join(filter(None, [found.file, found.sheet, row, column_title(found.column, desk.lang)]))
            _complain(f"{where} “{found.value}”: {describe_wrong(found, desk.profile, desk.lang)}")


def _configure_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="with those that have ended or were not yet valid")


def _list(desk: Desk, arguments: argparse.Namespace) -> int:
    for kept in all_grants(desk.store):
        if arguments.all or kept.is_valid(desk.today):
            ended = f" ✗ {kept.revoked_by} {kept.reason}" if kept.revoked_at else ""
            print(f"{kept.grant.grant_id}  {described(kept.grant)}{ended}")
    return DONE


def _configure_grant(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subject", help="the identity that the sign-in gives, letter by letter")
    parser.add_argument("name")
    parser.add_argument("role", help=", ".join(ROLES))
    parser.add_argument("--region", default="", metavar="NAMES", help="names or codes, parted by semicolons")
    parser.add_argument("--bank", default="", metavar="NAMES")
    parser.add_argument("--department", default="", metavar="NAMES")
    parser.add_argument("--from", dest="valid_from", default="", metavar="DATE", help="the first day; today")
    parser.add_argument("--until", dest="valid_until", default="", metavar="DATE", help="the last day; none")


def _grant(desk: Desk, arguments: argparse.Namespace) -> int:
    names = ("subject", "name", "role", "region", "bank", "department", "valid_from", "valid_until")
    grant, wrong = read_grant(desk.profile, {name: getattr(arguments, name) for name in names}, desk.today)
    if wrong:
        _complain_of(desk, wrong)
        return NOT_IN_ORDER
    _print_added(add_grants(desk.store, [grant], desk.by))
    return DONE


def _print_added(added: Sequence[Grant]) -> None:
    for grant in added:
        print(f"{grant.grant_id}  {described(grant)}")


def _configure_revoke(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("grant", help="the grant's id, as list prints it")
    parser.add_argument("--reason", required=True, metavar="TEXT")


def _revoke(desk: Desk, arguments: argparse.Namespace) -> int:
    try:
        revoke(desk.store, arguments.grant, desk.by, reason=arguments.reason, on=desk.today)
    except KeyError:
        _complain(desk.t("没有这项授权：{grant}").format(grant=arguments.grant))
        return NOT_IN_ORDER
    except LastAdministratorError:
        _complain(desk.t("这是最后一位管理员，终止后将无人能授权；请先授权另一位管理员"))
        return NOT_IN_ORDER
    return DONE


def _configure_verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--known", default="", metavar="DIGEST", help="a digest an earlier check printed, kept elsewhere"
    )


def _verify(desk: Desk, arguments: argparse.Namespace) -> int:
    found = verify(desk.store, arguments.known)
    if found.broken is None:
        print(desk.t("{n} 条审计记录完整，末条摘要：{digest}").format(n=found.rows, digest=found.digest))
        return DONE
    _complain(desk.t("审计记录从第 {row} 条起被改动或缺失").format(row=found.broken))
    return NOT_IN_ORDER


Configure = Callable[[argparse.ArgumentParser], None]
_COMMANDS: dict[str, tuple[str, Configure, Callable[[Desk, argparse.Namespace], int]]] = {
    "template": ("Write a blank workbook for people and their roles.", _configure_template, _template),
    "import": ("Bring in people from workbooks, all rows or none.", _configure_import, _import),
    "list": ("List the grants that hold today.", _configure_list, _list),
    "grant": ("Give one person one role.", _configure_grant, _grant),
    "revoke": ("End a grant; it stays in the list of all.", _configure_revoke, _revoke),
    "verify": ("Check that no row of the audit was changed, removed, added or moved.", _configure_verify, _verify),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
