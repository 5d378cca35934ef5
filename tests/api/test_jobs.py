"""Jobs survive their workers, are done once, and can be cancelled."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from api.errors import JobCancelledError
from api.jobs import queue
from api.jobs.worker import Progress, run_worker, work_on
from boundaries.errors import PlanError

if TYPE_CHECKING:
    from boundaries.storage.database import Database


def double(_database: Database, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    progress.tell(0.5, "half")
    return {"value": 2 * arguments["value"]}


def refuse(_database: Database, _arguments: dict[str, Any], _progress: Progress) -> dict[str, Any]:
    raise PlanError('"first" has no cells.')


def break_down(_database: Database, _arguments: dict[str, Any], _progress: Progress) -> dict[str, Any]:
    raise KeyError("secret detail")


def wait_for_cancel(_database: Database, _arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    while not progress.cancelled():
        time.sleep(0.01)
    raise JobCancelledError("cancelled")


KINDS = {"double": double, "refuse": refuse, "break": break_down, "wait": wait_for_cancel}


def run_one(database: Database, kind: str, arguments: dict[str, Any] | None = None) -> Any:
    job = queue.enqueue(database, kind, arguments or {})
    mine = queue.claim(database, "w")
    assert mine is not None
    work_on(database, mine, KINDS)
    return queue.find_job(database, job)


def test_a_job_is_done_and_its_result_kept(database: Database) -> None:
    job = run_one(database, "double", {"value": 21})
    assert (job.state, job.result, job.progress) == ("done", {"value": 42}, 1.0)


def test_a_refusal_is_told_in_its_own_words_and_a_breakdown_without_details(database: Database) -> None:
    assert run_one(database, "refuse").error == '"first" has no cells.'
    broken = run_one(database, "break")
    assert broken.state == "failed"
    assert "secret" not in broken.error


def test_two_workers_never_take_the_same_job(database: Database) -> None:
    jobs = [queue.enqueue(database, "double", {"value": i}) for i in range(20)]
    taken: list[int] = []

    def take() -> None:
        while (mine := queue.claim(database, threading.current_thread().name)) is not None:
            taken.append(mine.id)

    workers = [threading.Thread(target=take) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == jobs


def test_a_job_whose_worker_died_is_taken_up_again_and_the_dead_one_cannot_end_it(database: Database) -> None:
    job = queue.enqueue(database, "double", {"value": 1})
    dead = queue.claim(database, "dead")
    assert dead is not None
    assert queue.claim(database, "eager") is None
    with database.session() as session:
        session.execute(text("UPDATE job SET lease_until = now() - interval '1 second'"))
    alive = queue.claim(database, "alive")
    assert alive is not None
    queue.finish(database, dead, "done", {"value": "wrong"})
    assert not queue.heartbeat(database, dead, 0.9, "still here")
    work_on(database, alive, KINDS)
    assert queue.find_job(database, job).result == {"value": 2}


def test_a_job_that_kills_its_workers_is_given_up_after_three(database: Database) -> None:
    job = queue.enqueue(database, "double", {"value": 1})
    for attempt in range(4):
        mine = queue.claim(database, f"victim {attempt}")
        assert (mine is None) == (attempt == 3)
        with database.session() as session:
            session.execute(text("UPDATE job SET lease_until = now() - interval '1 second'"))
    assert queue.find_job(database, job).state == "failed"


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_soon(database: Database) -> None:
    waiting = queue.enqueue(database, "double", {"value": 1})
    assert queue.cancel(database, waiting).state == "cancelled"
    running = queue.enqueue(database, "wait", {})
    stop = threading.Event()
    worker = threading.Thread(target=run_worker, args=(database, KINDS, stop.is_set))
    worker.start()
    while queue.find_job(database, running).state == "queued":
        time.sleep(0.05)
    queue.cancel(database, running)
    deadline = time.monotonic() + 30
    while queue.find_job(database, running).state == "running" and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    worker.join()
    assert queue.find_job(database, running).state == "cancelled"
