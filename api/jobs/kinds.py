"""What each kind of job does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.errors import JobCancelledError
from api.jobs import queue
from api.jobs.worker import Kind, Progress
from boundaries.sentences import Said, told

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
            lines = _told(report)
            return {**report.as_json(), "lines": lines, "said": [told(line) for line in lines]}
    finally:
        if arguments.get("uploaded"):
            path.unlink(missing_ok=True)
            path.parent.rmdir()


def _told(report: ImportReport) -> list[str]:
    """Say what was read, how, and what was left out, a sentence a line."""
    lines: list[str] = [
        Said("import-stored", "{stored} of {rows} rows stored as {layer}", stored=report.stored, rows=report.rows,
             layer=report.layer)
    ]  # fmt: skip
    if report.district:
        lines.append(Said("import-district", "in the district {district}", district=report.district))
    if report.plan:
        said = Said("import-plan", 'as plan {id} "{plan}"', id=str(report.plan_id), plan=report.plan)
        lines.append(said)
    if report.mapping:
        columns = [f"{field} = {column}" for field, column in report.mapping.items()]
        lines.append(Said("import-columns", "read as: {columns}", columns=columns))
    if report.unused:
        lines.append(Said("import-unused", "not used: {columns}", columns=report.unused))
    lines += [
        Said("import-total", "{measure}: {total}", measure=measure, total=f"{total:,.10g}")
        for measure, total in report.totals.items()
    ]
    lines += report.notes
    lines += [
        Said("import-skipped", "row {row} left out: {reason}", row=str(one.row), reason=one.reason)
        for one in report.skipped[:MOST_ROWS_TOLD]
    ]
    more = len(report.skipped) - MOST_ROWS_TOLD
    return [*lines, Said("import-more", "and {count} more", count=more)] if more > 0 else lines


KINDS: dict[str, Kind] = {"propose": propose, "import": import_layer}
