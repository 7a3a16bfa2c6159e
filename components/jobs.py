"""Imports and undos that run in the background: pages stay usable, progress is shown, an import can be cancelled."""

import logging
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from components.access.guard import require
from components.access.records import note
from components.background import is_ending, start
from components.context import Context
from data_access.access.audit import Action
from data_access.access.identity import Access
from data_access.access.roles import Ability
from data_access.importing import Describer, ImportCancelledError, ImportReport, Step, import_files, undo_batch
from data_access.importing.guards import file_name

logger = logging.getLogger("zhanrong")


class Upload(Protocol):
    """A file as the browser sent it."""

    name: str

    def getvalue(self) -> bytes:
        """Return the file's bytes."""


@dataclass
class Job:
    """One import or undo: how far it is, and how it ended. Written by its thread, read by its own person's sessions.

    Others learn from it that something is under way: the names of files and what became of them may tell of places
    that are not theirs.
    """

    title: str
    access: Access
    can_cancel: bool = True
    share: float = 0.0
    step: str = ""
    report: ImportReport | None = None
    error: Exception | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)

    def is_of(self, access: Access) -> bool:
        """Whether a reader may see and steer the job: who started it, in the role in which it was started."""
        return (self.access.person, self.access.role, self.access.scope) == (access.person, access.role, access.scope)

    @property
    def running(self) -> bool:
        """Whether the job's thread is still at work."""
        return not self.done.is_set()


@dataclass
class Desk:
    """The store's one job: the one that runs, or the last that did."""

    job: Job | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, job: Job, work: Callable[[Job], None]) -> bool:
        """Start ``work`` as ``job``; False if another one still runs."""
        with self.lock:
            if self.job and self.job.running:
                return False
            self.job = job
        start("import", _run, job, work)
        return True

    def dismiss(self, job: Job) -> None:
        """Forget a job that has ended; one that has taken its place since stays, for it may be another's."""
        with self.lock:
            if self.job is job and not job.running:
                self.job = None


@lru_cache(maxsize=8)
def desk(store_url: str) -> Desk:
    """Return the desk of a store, the same for every session of the process."""
    del store_url
    return Desk()


def start_import(context: Context, uploads: Sequence[Upload], table: str | None, *, by: str) -> bool:
    """Import uploaded files in the background; False if another job still runs."""
    require(context, Ability.IMPORT)
    files = [(file_name(upload.name), upload.getvalue()) for upload in uploads]
    describe = Describer(context.profile, context.lang)

    def work(job: Job) -> None:
        with tempfile.TemporaryDirectory(prefix="zhanrong-") as folder:
            paths = [_kept(Path(folder) / str(number), name, data) for number, (name, data) in enumerate(files)]
            job.report = import_files(
                context.store, context.city or context.profile, paths, by=by, scope=context.access.scope, table=table,
                progress=_teller(job, describe), cancelled=lambda: job.cancelled.is_set() or is_ending(),
            )  # fmt: skip
        note(context.access, Action.IMPORT, rows=job.report.counts.read, detail=job.report.summary())

    return desk(context.store.url).start(Job(context.t("正在导入"), context.access), work)


def start_undo(context: Context, batch_id: int, *, by: str) -> bool:
    """Undo a batch in the background; False if another job still runs."""
    require(context, Ability.IMPORT)
    describe = Describer(context.profile, context.lang)

    def work(job: Job) -> None:
        removed = undo_batch(context.store, context.scope, batch_id, by=by, progress=_teller(job, describe))
        note(context.access, Action.UNDO, rows=removed, detail=f"batch={batch_id}")

    title = context.t("正在撤销批次 {n}").format(n=batch_id)
    return desk(context.store.url).start(Job(title, context.access, can_cancel=False), work)


def _teller(job: Job, describe: Describer) -> Callable[[float, Step], None]:
    def tell(share: float, step: Step) -> None:
        job.share, job.step = share, describe.step(step)

    return tell


def _kept(folder: Path, name: str, data: bytes) -> Path:
    """Write a file into a folder of its own, so that two of one name do not meet."""
    folder.mkdir()
    path = folder / name
    path.write_bytes(data)
    return path


def _run(job: Job, work: Callable[[Job], None]) -> None:
    try:
        work(job)
    except ImportCancelledError:
        job.cancelled.set()
    except Exception as error:  # noqa: BLE001 - shown to the reader by the page
        logger.error("%s: %s", job.title, type(error).__name__)  # noqa: TRY400 - its message may hold a row
        job.error = error
    finally:
        job.done.set()
