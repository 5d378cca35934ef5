"""Where tasks are done: in this process, in a pool of processes on this machine, or by a scheduler's workers.

All of them are a `concurrent.futures` executor, so that the search does not know which one it has.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import threading
import time
import uuid
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boundaries.balancing
import boundaries.city
from boundaries.errors import SchedulerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boundaries.city.tasks import Stop

REACH_S = 15
"""So many seconds a scheduler has to answer, and to have a worker."""

ASK_S = 0.5
"""A task asks the scheduler so often whether it is to stop."""


class Wish:
    """The wish to stop, seen by the tasks of this process."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Ask all tasks to stop."""
        self._event.set()

    def is_wished(self) -> bool:
        """Whether this process has asked for it."""
        return self._event.is_set()

    def is_set(self) -> bool:
        """Whether to stop; asked by a task."""
        return self._event.is_set()


class SharedWish(Wish):
    """The wish to stop, seen by tasks in other processes: they ask the scheduler for it now and then."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._asked_at = float("-inf")

    def set(self) -> None:
        """Ask all tasks to stop."""
        from distributed import Event

        super().set()
        Event(self._name).set()

    def is_set(self) -> bool:
        """Whether to stop; inside a task."""
        from distributed import Event, get_worker

        if not super().is_set() and time.monotonic() - self._asked_at > ASK_S:
            self._asked_at = time.monotonic()
            client = get_worker().client
            if Event(self._name, client=client).is_set():
                super().set()
        return super().is_set()

    def __reduce__(self) -> tuple[Any, ...]:
        return SharedWish, (self._name,)


@dataclass(frozen=True, eq=False)
class Pool:
    """An executor, how many tasks it does at once, and the wish to stop that its tasks ask about."""

    executor: Executor
    width: int
    wish: Wish

    @property
    def stop(self) -> Stop:
        """What a task is given."""
        return self.wish


@contextmanager
def open_pool(workers: int | None, scheduler: str | None) -> Iterator[Pool]:
    """Give what does the tasks.

    Parameters
    ----------
    workers
        Processes on this machine; 1 is this process itself, None as many as it may use cores.
    scheduler
        Address of a `distributed` scheduler; its workers are used instead.

    Raises
    ------
    SchedulerError
        When the scheduler cannot be reached, has no workers, or they have another version of the engine.
    """
    count = workers or len(os.sched_getaffinity(0))
    if scheduler is None and count == 1:
        with ThreadPoolExecutor(1) as executor:
            yield Pool(executor, 1, Wish())
        return
    with ExitStack() as stack:
        stack.enter_context(_quiet())
        address = scheduler if scheduler is not None else stack.enter_context(_local_cluster(count))
        yield stack.enter_context(_connected(address))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the comings and goings of workers off the user's screen: what matters is raised."""
    import distributed  # sets its loggers' levels when it is first imported

    logger = logging.getLogger(distributed.__name__)
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


@contextmanager
def _local_cluster(workers: int) -> Iterator[str]:
    """Give the address of a scheduler of our own; workers that die are replaced."""
    from distributed import LocalCluster

    from boundaries.balancing.running import warm_up

    warm_up()  # once, so that the workers find compiled code instead of each compiling it
    with (
        tempfile.TemporaryDirectory(prefix="wangge-city-") as folder,
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            local_directory=folder,
            memory_limit=0,
            silence_logs="CRITICAL",
        ) as cluster,
    ):
        yield str(cluster.scheduler_address)


@contextmanager
def _connected(address: str) -> Iterator[Pool]:
    from distributed import Client

    try:
        client = Client(address, timeout=REACH_S, set_as_default=True)
    except (OSError, ValueError, TimeoutError) as error:
        raise SchedulerError(
            f"the scheduler at {address} does not answer ({type(error).__name__}). Start it, correct "
            "WANGGE_SCHEDULER or --scheduler, or leave them out to search on this machine."
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=REACH_S)
        except TimeoutError:
            raise SchedulerError(
                f"the scheduler at {address} has no workers; start some with: dask worker {address}"
            ) from None
        _require_same_engine(client.run(engine_fingerprint), address)
        width = sum(client.nthreads().values())
        with client.get_executor(pure=False) as executor:
            yield Pool(executor, width, SharedWish(f"wangge-{uuid.uuid4().hex}"))


def _require_same_engine(fingerprints: dict[str, str], address: str) -> None:
    other = [worker for worker, found in fingerprints.items() if found != engine_fingerprint()]
    if other:
        raise SchedulerError(
            f"the worker {other[0]} of the scheduler at {address} has another version of wangge, so its plans would "
            "differ. Install this version there."
        )


def engine_fingerprint() -> str:
    """Return what tells one version of the engine from another: a digest of its sources."""
    digest = hashlib.sha256()
    for package in (boundaries.balancing, boundaries.city):
        for path in sorted(Path(str(package.__file__)).parent.glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
