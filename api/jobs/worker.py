"""A worker process: takes up jobs one after the other until it is told to stop or its parent is gone."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, Protocol

from api.errors import JobCancelledError, failure_of
from api.jobs.queue import LEASE_SECONDS, Claim, claim, finish, heartbeat
from boundaries.sentences import Said, told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from boundaries.storage.database import Database

IDLE_SECONDS = 0.3
TELL_SECONDS = 0.5

log = logging.getLogger("wangge.worker")


class Progress:
    """What a job tells about itself, and whether it should go on; passed on by a thread of its own."""

    def __init__(self, on_tell: Callable[[float, str], None] | None = None, job: int | None = None) -> None:
        self.job = job
        self.fraction = 0.0
        self.text = ""
        self._on_tell = on_tell
        self._stop = threading.Event()

    def tell(self, fraction: float, text: str) -> None:
        """Say how far the job is, 0 to 1, and what it is doing."""
        self.fraction, self.text = fraction, text
        if self._on_tell is not None:
            self._on_tell(fraction, text)

    def stop(self) -> None:
        """Ask the job to stop."""
        self._stop.set()

    def cancelled(self) -> bool:
        """Whether the job should stop."""
        return self._stop.is_set()


class Kind(Protocol):
    """The work of one kind of job; returns what is kept as its result."""

    def __call__(self, database: Database, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
        """Do the work."""


def run_worker(database: Database, kinds: Mapping[str, Kind], should_stop: Callable[[], bool]) -> None:
    """Take up jobs until told to stop."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    while not should_stop():
        mine = claim(database, name)
        if mine is None:
            time.sleep(IDLE_SECONDS)
        else:
            work_on(database, mine, kinds, should_stop)


def work_on(
    database: Database,
    mine: Claim,
    kinds: Mapping[str, Kind],
    should_stop: Callable[[], bool] = lambda: False,
    on_tell: Callable[[float, str], None] | None = None,
) -> None:
    """Do one job and end it as done, failed or cancelled."""
    progress = Progress(on_tell, mine.id)
    over = threading.Event()
    teller = threading.Thread(
        target=_keep_lease, args=(database, mine, progress, over, should_stop), daemon=True
    )
    teller.start()
    try:
        result = kinds[mine.kind](database, mine.arguments, progress)
    except JobCancelledError:
        outcome: tuple[str, dict[str, Any] | None, str | None] = ("cancelled", None, None)
    except Exception as error:
        if failure_of(error) is None:
            log.exception("job %s (%s) broke", mine.id, mine.kind)
            error = RuntimeError(
                Said(
                    "job-broke",
                    "Something unexpected went wrong; nothing was stored. The details are in the log.",
                )
            )
        outcome = ("failed", {"said": told(error.args[0] if error.args else "")}, str(error))
    else:
        outcome = ("done", result, None)
    over.set()
    teller.join()
    if not should_stop() or outcome[0] == "done":
        finish(database, mine, *outcome)


def _keep_lease(
    database: Database,
    mine: Claim,
    progress: Progress,
    over: threading.Event,
    should_stop: Callable[[], bool],
) -> None:
    """Renew the lease while the job runs, quickly enough that its progress is news."""
    last = ("", -1.0)
    renewed = 0.0
    while not over.wait(TELL_SECONDS):
        now = (progress.text, progress.fraction)
        if now != last or time.monotonic() - renewed > LEASE_SECONDS / 4:
            last, renewed = now, time.monotonic()
            if not heartbeat(database, mine, progress.fraction, progress.text):
                progress.stop()
        if should_stop():
            progress.stop()
