"""How long data takes to come in: the demo city from nothing, its files through the import, the derived tables."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

import psutil

from benchmarks.results import Result, result
from benchmarks.server import MEGABYTE
from data_access.derivation import rebuild
from data_access.store import Store

ROOT = Path(__file__).resolve().parent.parent
DERIVATIONS = 3
POLL_SECONDS = 0.05


def derivation(store: Store, engine: str, size: int) -> Iterator[Result]:
    """Yield how long the derived tables take, rebuilt as after every import."""
    times = []
    for _ in range(DERIVATIONS):
        start = perf_counter()
        with store.begin() as connection:
            rebuild(connection)
        times.append((perf_counter() - start) * 1000)
    yield result("derivation of all tables", engine, size, times)


def from_nothing(url: str, engine: str, size: int) -> Iterator[Result]:
    """Yield how long ``make sample`` takes into the empty store at ``url``, and the most memory it holds."""
    took, memory = _run(["-m", "sample_data.build"], url)
    yield result("demo city from nothing", engine, size, [took])
    yield result("memory: demo city from nothing", engine, size, [memory], "MB")


def by_command(url: str, files: Sequence[Path], engine: str, size: int) -> Iterator[Result]:
    """Yield how long the command takes to import ``files`` into the empty store at ``url``, and its memory."""
    took, memory = _run(["-m", "data_access.importing", *map(str, files)], url)
    yield result("import with validation and derivation", engine, size, [took])
    yield result("memory: import with validation and derivation", engine, size, [memory], "MB")


def _run(arguments: list[str], url: str) -> tuple[float, float]:
    """Return milliseconds until the command ended and the most resident memory in MB it was seen with."""
    environment = {**os.environ, "ZHANRONG_STORE": url}
    start, peak = perf_counter(), 0.0
    process = psutil.Popen([sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, _memory(process))
        time.sleep(POLL_SECONDS)
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments[:2])} ended with {process.returncode}")
    return (perf_counter() - start) * 1000, peak


def _memory(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss) / MEGABYTE
    except psutil.NoSuchProcess:
        return 0.0
