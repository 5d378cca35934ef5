"""What each kind of job does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.errors import JobCancelledError
from api.jobs import queue
from api.jobs.worker import Kind, Progress

if TYPE_CHECKING:
    from boundaries.exchange import ImportReport
    from boundaries.proposals import Searched
    from boundaries.storage.database import Database


MOST_ROWS_TOLD = 20


def propose(database: Database, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Divide a plan and keep every proposal; cancelled by a person, it keeps the best found so far.

    With ``repeat``, a proposal is searched for once more as it was found.
    """
    from api.settings import Settings
    from boundaries import proposals
    from boundaries.proposing import Wanted

    def still_wanted() -> None:
        if progress.cancelled() and not _asked_to_stop(database, progress):
            raise JobCancelledError("cancelled")  # the worker goes; another takes the job up again

    how: dict[str, Any] = {
        "job": progress.job,
        "scheduler": arguments.get("scheduler") or Settings().scheduler,
        "on_progress": progress.tell,
        "cancel": progress.cancelled,
        "before_keeping": still_wanted,
    }
    if arguments.get("repeat") is not None:
        searched = proposals.repeat(database, arguments["repeat"], **how)
        lines = [f"proposal {arguments['repeat']} came out again", *_summary(searched)]
    else:
        asked = {key: value for key, value in arguments.items() if key not in {"plan", "scheduler", "repeat"}}
        asked["goals"] = asked.get("goals") or {}
        searched = proposals.propose(database, arguments["plan"], Wanted(**asked), **how)
        lines = _summary(searched)
    return {
        "plan": searched.proposals[0].plan_id,
        "level": searched.proposals[0].level,
        "proposals": [one.id for one in searched.proposals],
        "answer": searched.told,
        "lines": lines,
    }


def _asked_to_stop(database: Database, progress: Progress) -> bool:
    return progress.job is not None and queue.find_job(database, progress.job).cancel_requested


def _summary(searched: Searched) -> list[str]:
    answer = searched.answer
    return [
        f"stopped by {answer.stopped_by} after {answer.steps_done:,} steps"
        + (f"; proven {answer.proven}" if answer.proven else ""),
        *answer.notes,
        *_some([f"impossible: {reason}" for reason in answer.reasons]),
        *_some([f"not reached: {rule}" for rule in answer.unmet]),
    ]


def _some(lines: list[str]) -> list[str]:
    """Return the first lines and how many more there are; the plan keeps them all."""
    more = len(lines) - MOST_ROWS_TOLD
    return [*lines[:MOST_ROWS_TOLD], f"and {more:,} more"] if more > 0 else lines


def import_layer(database: Database, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Take in a file as a layer."""
    from boundaries.exchange import LAYERS
    from boundaries.exchange import import_layer as take_in
    from maps.incidents import import_incidents

    path = Path(arguments["path"])
    count_date = arguments.get("count_date")
    try:
        with database.session() as session:
            report = take_in(
                session,
                path,
                arguments["layer"],
                district=arguments.get("district"),
                name=arguments.get("name"),
                crs=arguments.get("crs"),
                columns=arguments.get("columns"),
                count_date=dt.date.fromisoformat(count_date) if count_date else None,
                plan=arguments.get("plan"),
                file_layer=arguments.get("file_layer"),
                encoding=arguments.get("encoding"),
                on_progress=progress.tell,
                layers={**LAYERS, "incidents": import_incidents},
            )
            if progress.cancelled():
                raise JobCancelledError("cancelled")
            return {**report.as_json(), "lines": _told(report)}
    finally:
        if arguments.get("uploaded"):
            path.unlink(missing_ok=True)
            path.parent.rmdir()


def _told(report: ImportReport) -> list[str]:
    """Say what was read, how, and what was left out, a sentence a line."""
    into = f" of district {report.district}" if report.district else ""
    plan = f', plan {report.plan_id} "{report.plan}"' if report.plan else ""
    columns = ", ".join(f"{field} from {column}" for field, column in report.mapping.items())
    return [
        f"{report.stored:,} of {report.rows:,} rows stored as {report.layer}{into}{plan}",
        *([f"read as: {columns}"] if columns else []),
        *([f"not used: {', '.join(report.unused)}"] if report.unused else []),
        *[f"{measure}: {total:,.10g}" for measure, total in report.totals.items()],
        *report.notes,
        *[f"row {problem.row} left out: {problem.reason}" for problem in report.skipped[:MOST_ROWS_TOLD]],
        *(
            [f"and {len(report.skipped) - MOST_ROWS_TOLD:,} more"]
            if len(report.skipped) > MOST_ROWS_TOLD
            else []
        ),
    ]


KINDS: dict[str, Kind] = {"propose": propose, "import": import_layer}
