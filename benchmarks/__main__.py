"""Measure what is asked for, print it beside the budgets and keep it in ``latest.json``."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tqdm import tqdm

from benchmarks import browser, growth, importing, ledger, pages, papers, queries, soak
from benchmarks.results import Result, summary, table, write
from benchmarks.server import running
from benchmarks.stores import COPIES, ENGINES, PROFILE, blank_url, demo_files, demo_url, enterprises, last_day, opened
from data_access.profile import load_profile

# Long enough to settle and show a fast leak; what grows slowly takes an hour to see.
SOAK_MINUTES = 6.0


@dataclass(frozen=True)
class Case:
    """One store to measure on."""

    engine: str
    copies: int

    @property
    def url(self) -> str:
        """Where the store is; made if it is not there yet."""
        return demo_url(self.engine, self.copies)


def _queries(case: Case) -> Iterator[Result]:
    with opened(case.url) as store:
        yield from queries.measure(store, case.engine, enterprises(store))


def _ledger(case: Case) -> Iterator[Result]:
    with opened(case.url) as store:
        yield from ledger.measure(store, case.engine, enterprises(store))


def _papers(case: Case) -> Iterator[Result]:
    with opened(case.url) as store:
        yield from papers.measure(store, case.engine, enterprises(store))


def _importing(case: Case) -> Iterator[Result]:
    with opened(case.url) as store:
        size = enterprises(store)
        yield from importing.derivation(store, case.engine, size)
    if case.copies == 1:
        yield from importing.from_nothing(blank_url(case.engine), case.engine, size)
        yield from importing.by_command(blank_url(case.engine), demo_files(), case.engine, size)


def _pages(case: Case) -> Iterator[Result]:
    with opened(case.url) as store:
        size, last = enterprises(store), last_day(store)
    with running(case.url) as server:
        yield from pages.measure(server, load_profile(PROFILE), last, case.engine, size)


def _browser(case: Case) -> Iterator[Result]:
    with opened(case.url) as store:
        size = enterprises(store)
    regions = [node.code for node in load_profile(PROFILE).regions if node.level == 1]
    with running(case.url) as server:
        yield from browser.measure(server, regions, case.engine, size)


PARTS: dict[str, Callable[[Case], Iterator[Result]]] = {
    "queries": _queries,
    "ledger": _ledger,
    "papers": _papers,
    "importing": _importing,
    "pages": _pages,
    "browser": _browser,
}


def main(arguments: Iterable[str] | None = None) -> int:
    """Run the chosen parts on the chosen engines and sizes; return 0: a missed budget is printed, not an error."""
    chosen = _arguments(arguments)
    with TemporaryDirectory(prefix="zhanrong-bench-") as folder:
        # What is measured is recorded as everything is, but not in the audit of the checkout.
        os.environ["ZHANRONG_ACCESS"] = f"sqlite:///{Path(folder, 'access.db').as_posix()}"
        return _measure(chosen)


def _measure(chosen: argparse.Namespace) -> int:
    results: list[Result] = []
    cases = [
        (part, Case(engine, copies)) for engine in chosen.engines for copies in chosen.copies for part in chosen.parts
    ]
    for part, case in tqdm(cases, unit="part", disable=None):
        tqdm.write(f"{part}, {case.engine}, {case.copies} × the demo city", file=sys.stderr)
        for measured in PARTS[part](case):
            results.append(measured)
            write([measured])
    if chosen.soak:
        tqdm.write(f"soak of the screen, {chosen.soak:g} minutes", file=sys.stderr)
        results += (soaked := list(soak.measure(chosen.soak)))
        write(soaked)
    results += (grown := list(growth.measure(results)))
    write(grown)
    print(table(results))
    print(summary(results))
    return 0


def _arguments(arguments: Iterable[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--copies", nargs="+", type=int, default=[1, COPIES], help="how many demo cities in one store")
    parser.add_argument(
        "--soak",
        type=float,
        default=SOAK_MINUTES,
        help="minutes the screen runs at the end: 60 for an hour, 0 for none",
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    return parser.parse_args(None if arguments is None else list(arguments))


if __name__ == "__main__":
    sys.exit(main())
