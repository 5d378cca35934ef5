"""What each kind of job does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.errors import JobCancelledError
from api.jobs.worker import Kind, Progress
from boundaries.plans import find_plan

if TYPE_CHECKING:
    from boundaries.proposing import Proposed
    from boundaries.storage.database import Database


def propose(database: Database, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Divide a plan and keep the best proposal as a draft."""
    from boundaries.proposing import Wanted, propose_plan

    asked = {key: value for key, value in arguments.items() if key not in {"plan", "goals"}}
    wanted = Wanted(**asked, goals=arguments.get("goals") or {})
    with database.session() as session:
        proposed = propose_plan(
            session, find_plan(session, arguments["plan"]), wanted, progress.tell, progress.cancelled
        )
        if progress.cancelled():
            raise JobCancelledError("cancelled")  # leaving the session this way stores nothing
        return {"plan": proposed.stored.plan.id, "lines": _summary(proposed, wanted.level)}


def _summary(proposed: Proposed, level: str) -> list[str]:
    answer, plan = proposed.answer, proposed.stored.plan
    best = answer.proposals[0]
    scores = ", ".join(f"{goal} {score:.3g}" for goal, score in best.scores.items())
    units = len(proposed.stored.unit_ids[level])
    return [
        f'plan {plan.id} "{plan.name}": {units} units of level {level}',
        f"scores: {scores}" if scores else "no goals were set",
        f"stopped by {answer.stopped_by} after {answer.steps_done} steps",
        *[f"impossible: {reason}" for reason in answer.reasons],
        *[f"not reached: {rule}" for rule in answer.unmet],
    ]


def import_layer(database: Database, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Take in a file as a layer."""
    from maps.incidents import import_incidents

    from boundaries.exchange import import_layer as take_in

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
                on_progress=progress.tell,
                layers={"incidents": import_incidents},
            )
            if progress.cancelled():
                raise JobCancelledError("cancelled")
            return report.as_json()
    finally:
        if arguments.get("uploaded"):
            path.unlink(missing_ok=True)
            path.parent.rmdir()


KINDS: dict[str, Kind] = {"propose": propose, "import": import_layer}
