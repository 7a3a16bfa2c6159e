"""A running server and readers that speak its protocol: what a page costs without a browser in the way."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from urllib.error import URLError
from urllib.request import urlopen

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
RUN_SECONDS = 60
MEGABYTE = 1024**2
_SCHEDULED = 2  # Linux: which clock of a process, in the lowest bits of the clock's number (clock_getcpuclockid)


@dataclass(frozen=True)
class Server:
    """A server process and where it listens."""

    port: int
    process: psutil.Process

    @property
    def url(self) -> str:
        """The address a browser opens."""
        return f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """Return the milliseconds of processor time the server has used so far, in all its threads.

        Read from the process's own clock: what psutil reads counts in steps of 10 ms, a third of what a page takes.
        """
        return time.clock_gettime(~self.process.pid << 3 | _SCHEDULED) * 1000

    def memory(self) -> float:
        """Return the server's resident memory in MB."""
        return float(self.process.memory_info().rss) / MEGABYTE


@dataclass(frozen=True)
class Run:
    """One run of a page: milliseconds until the server said it was done, and bytes it sent."""

    milliseconds: float
    sent: int


@contextmanager
def running(store_url: str) -> Iterator[Server]:
    """Yield a server over the store at ``store_url``; it is ended at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "streamlit", "run", "asgi.py", "--server.port", str(port)]
    environment = {**os.environ, "ZHANRONG_STORE": store_url}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        server = Server(port, psutil.Process(process.pid))
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        process.wait()


def _wait(server: Server, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urlopen(f"{server.url}/healthz", timeout=1):  # noqa: S310 - an address of our own making
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(f"the server could not read its store within {START_SECONDS} s")


class Reader:
    """One session: opens a page and changes its URL, as a click on a filter does."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def read(self, query: str, page: str = "") -> Run:
        """Run ``page`` with the URL parameters ``query`` and wait until the server has sent everything."""
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_name = page
        start, sent = perf_counter(), 0
        await self._connection.send(message.SerializeToString())
        async with asyncio.timeout(RUN_SECONDS):
            while True:
                answer = await self._connection.recv(decode=False)
                sent += len(answer)
                forward = ForwardMsg.FromString(answer)
                if forward.WhichOneof("type") == "script_finished" and _is_last(forward):
                    return Run((perf_counter() - start) * 1000, sent)


def _is_last(message: ForwardMsg) -> bool:
    # A page that changes its own URL is run once more; only the run that ended by itself counts as the last.
    return message.script_finished == ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY


@asynccontextmanager
async def reading(server: Server) -> AsyncIterator[Reader]:
    """Yield a new session on ``server``."""
    address = f"ws://127.0.0.1:{server.port}/_stcore/stream"
    async with connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None) as connection:
        yield Reader(connection)
