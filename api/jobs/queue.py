"""The queue of jobs: asking for one, taking one up under a lease, and ending it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from api.jobs.tables import Job
from boundaries.errors import NotFoundError
from boundaries.sentences import Said, told

if TYPE_CHECKING:
    from boundaries.storage.database import Database

LEASE_SECONDS = 20
ATTEMPTS = 3
ENDED = frozenset({"done", "failed", "cancelled"})
GIVEN_UP = Said("job-given-up", "It was interrupted three times and given up; ask for it again.")


@dataclass(frozen=True)
class Claim:
    """A job that this worker may work on while its lease lasts."""

    id: int
    kind: str
    arguments: dict[str, Any]
    worker: str


def enqueue(database: Database, kind: str, arguments: dict[str, Any]) -> int:
    """Ask for a job and return its id."""
    with database.session() as session:
        job = Job(kind=kind, arguments=arguments, result=None)
        session.add(job)
        session.flush()
        return job.id


def claim(database: Database, worker: str, only: int | None = None) -> Claim | None:
    """Take up the oldest job that waits or whose worker has gone, or only a certain one; None when there is none.

    A job that was taken up three times and never ended is given up, so that one that crashes its worker does not
    do so for ever.
    """
    with database.session() as session:
        session.execute(
            text(
                "UPDATE job SET state = 'failed', finished_at = now(), error = :why, result = CAST(:result AS jsonb) "
                "WHERE state = 'running' AND lease_until < now() AND attempts >= :most"
            ),
            {"most": ATTEMPTS, "why": GIVEN_UP, "result": json.dumps({"said": told(GIVEN_UP)})},
        )
        row = session.execute(
            text(
                "UPDATE job SET state = 'running', worker = :worker, attempts = attempts + 1, "
                "lease_until = now() + make_interval(secs => :lease) "
                "WHERE id = (SELECT id FROM job "
                "WHERE (state = 'queued' OR (state = 'running' AND lease_until < now())) "
                "AND (CAST(:only AS bigint) IS NULL OR id = :only) "
                "ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id, kind, arguments"
            ),
            {"worker": worker, "lease": LEASE_SECONDS, "only": only},
        ).one_or_none()
    return Claim(row.id, row.kind, row.arguments, worker) if row is not None else None


def heartbeat(database: Database, mine: Claim, progress: float, message: str) -> bool:
    """Renew the lease and tell how far the job is; return whether to go on."""
    with database.session() as session:
        row = session.execute(
            text(
                "UPDATE job SET lease_until = now() + make_interval(secs => :lease), progress = :progress, "
                "message = :message, said = CAST(:said AS jsonb) "
                "WHERE id = :id AND worker = :worker AND state = 'running' "
                "RETURNING cancel_requested"
            ),
            {
                "lease": LEASE_SECONDS,
                "progress": min(max(progress, 0.0), 1.0),
                "message": message,
                "said": json.dumps(message.as_json()) if isinstance(message, Said) else None,
                "id": mine.id,
                "worker": mine.worker,
            },
        ).one_or_none()
    return row is not None and not row.cancel_requested


def finish(
    database: Database,
    mine: Claim,
    state: str,
    result: dict[str, Any] | None = None,
    error: str | None = None,
) -> None:
    """End a job that is still this worker's."""
    with database.session() as session:
        session.execute(
            text(
                "UPDATE job SET state = :state, result = CAST(:result AS jsonb), error = :error, finished_at = now(), "
                "progress = CASE WHEN :state = 'done' THEN 1 ELSE progress END "
                "WHERE id = :id AND worker = :worker AND state = 'running'"
            ),
            {
                "state": state,
                "result": json.dumps(result) if result is not None else None,
                "error": error,
                "id": mine.id,
                "worker": mine.worker,
            },
        )


def cancel(database: Database, job_id: int) -> Job:
    """Ask for a job to stop; one that still waits ends at once."""
    with database.session() as session:
        session.execute(
            text(
                "UPDATE job SET cancel_requested = true, "
                "state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END, "
                "finished_at = CASE WHEN state = 'queued' THEN now() ELSE finished_at END "
                "WHERE id = :id AND state IN ('queued', 'running')"
            ),
            {"id": job_id},
        )
    return find_job(database, job_id)


def find_job(database: Database, job_id: int) -> Job:
    """Return a job as it stands.

    Raises
    ------
    NotFoundError
        When there is none with this id.
    """
    with database.session() as session:
        job = session.get(Job, job_id)
    if job is None:
        raise NotFoundError(Said("job-none", "there is no job {job}.", job=str(job_id)))
    return job


def as_json(job: Job) -> dict[str, Any]:
    """Return what the page and scripts are told about a job."""
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "progress": job.progress,
        "message": job.message,
        "said": job.said,
        "result": job.result,
        "error": job.error,
        "created_at": job.created_at.isoformat(),
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
    }
