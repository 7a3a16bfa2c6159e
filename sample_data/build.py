"""The demo store: the demo city's files, brought in through the product's own import.

``python -m sample_data.build`` makes files and store anew; with ``--if-absent`` only into the default store,
and only if that is empty or holds the demo city of another version of the program. A store that holds anything but the
demo city is left alone.

Exit codes: 0 the demo city is there (or ``--if-absent`` found another store, one with data, or a profile without a
demo); 2 nothing was done; 3 another process holds the store.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url
from tqdm import tqdm

from data_access.demo import GENERATOR
from data_access.importing import import_files, list_batches
from data_access.importing.messages import Describer
from data_access.importing.report import ImportReport, Step
from data_access.profile import Profile, load_profile
from data_access.profile_files import ProfileError
from data_access.selection import Scope
from data_access.settings import DEFAULTS, ROOT, Settings, load_settings
from data_access.store import Store, StoreBusyError, StoreError, StoreVersionError, importers, open_store
from sample_data.generator import SEED, Progress, generate
from sample_data.plan import PLAN_FILE

FOLDER = ROOT / "var" / "demo"
DONE, NOTHING_DONE, STORE_BUSY = 0, 2, 3
_GENERATION = 0.1  # of the whole work


class NotEmptyError(Exception):
    """The store holds data that is not the demo city's, which must not be lost."""


def build_demo_store(
    store: Store,
    profile: Profile,
    *,
    folder: Path = FOLDER,
    scale: float = 1.0,
    seed: int = SEED,
    lang: str = "zh",
    progress: Progress | None = None,
) -> ImportReport:
    """Write the demo city's files into ``folder``, import them into ``store``, and return the import's report.

    ``progress`` is called with the share done and, in ``lang``, what comes next. Raises ``ProfileError`` if the
    profile has no demo, and whatever the import raises.
    """
    tell, describe = progress or (lambda _share, _text: None), Describer(profile, lang)

    def generated(share: float, name: str) -> None:
        tell(share * _GENERATION, describe.table(name))

    paths = generate(folder, profile, seed=seed, scale=scale, progress=generated)

    def imported(share: float, step: Step) -> None:
        tell(_GENERATION + share * (1 - _GENERATION), describe.step(step))

    return import_files(store, profile, paths, by=GENERATOR, progress=imported)


def main(argv: Sequence[str]) -> int:
    """Make the demo store of the settings and return the exit code."""
    arguments = _parser().parse_args(argv)
    settings = load_settings()
    try:
        profile = load_profile(settings.profile)
        own_store = settings.store != DEFAULTS["ZHANRONG_STORE"]
        if arguments.if_absent and (own_store or not (profile.folder / PLAN_FILE).exists()):
            return DONE
        return _build(settings, profile, arguments)
    except StoreBusyError as error:
        return _complain(f"{error.detail}: 另一个进程正在使用 / in use by another process", STORE_BUSY)
    except (StoreError, ProfileError, NotEmptyError) as error:
        return _complain(str(error), NOTHING_DONE)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sample_data.build", description=__doc__.split("\n\n")[0])
    parser.add_argument("--if-absent", action="store_true", help="only into the default store, and if it is empty")
    parser.add_argument("--scale", type=float, default=1.0, help="size of the city; 1 has the published totals")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed gives the same city")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the files go")
    return parser


def _build(settings: Settings, profile: Profile, arguments: argparse.Namespace) -> int:
    store = _opened(settings.store)
    try:
        if store.version() and arguments.if_absent:
            return DONE
        if store.version():
            store = _emptied(store, settings.store)
        with progress_bar() as tell:
            report = build_demo_store(
                store, profile, folder=arguments.folder, scale=arguments.scale, seed=arguments.seed,
                lang=settings.lang, progress=tell,
            )  # fmt: skip
    finally:
        store.close()
    held = f"；退回 / held: {report.counts.held}" if report.counts.held else ""
    print(f"{store.url}: {report.counts.added} 行 / rows{held}")
    return DONE


def _opened(url: str) -> Store:
    """Return the store at ``url``, emptied if it holds the demo city as another version of the program wrote it."""
    try:
        return open_store(url)
    except StoreVersionError as error:
        if not _is_own_file(url, importers(url)):
            said = "由其他版本的程序写入，请重新导入数据 / was written by another version; import its data anew"
            place = make_url(url).render_as_string(hide_password=True)
            raise NotEmptyError(f"{place}: {said} ({error.detail})") from error
        print("演示城市由其他版本的程序建立，现在重建 / the demo city is of another version; it is made anew")
        return _without_file(url)


def _emptied(store: Store, url: str) -> Store:
    """Return the store emptied of the demo city; raise ``NotEmptyError`` if it holds anything else."""
    if not _is_own_file(url, list_batches(store, Scope.everything())["created_by"]):
        raise NotEmptyError(f"{store.url}: 已有数据，不覆盖；请另指定空库 / holds data; name an empty store")
    store.close()
    return _without_file(url)


def _is_own_file(url: str, names: Iterable[str]) -> bool:
    """Whether the store is a file that holds nothing but the demo city."""
    database = make_url(url)
    return {*names} <= {GENERATOR} and database.get_backend_name() == "duckdb" and bool(database.database)


def _without_file(url: str) -> Store:
    file = Path(make_url(url).database or "")
    for part in file.parent.glob(f"{file.name}*"):
        part.unlink()
    return open_store(url)


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show a bar on the terminal and yield the function that moves it."""
    with tqdm(total=100, bar_format="{l_bar}{bar}| {elapsed} {desc}", disable=None) as bar:

        def tell(share: float, text: str) -> None:
            bar.set_description_str(text, refresh=False)
            bar.update(round(share * 100) - bar.n)

        yield tell


def _complain(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
