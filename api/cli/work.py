"""Commands that work on plans."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.errors import JobCancelledError, JobFailedError
from api.jobs import queue
from api.jobs.kinds import KINDS
from api.jobs.worker import run_worker, work_on
from api.opening import open_database
from boundaries.plans import find_district, find_plan
from boundaries.sentences import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from api.settings import Settings
    from boundaries.storage.database import Database
    from boundaries.storage.plan_tables import Plan

WATCH_SECONDS = 0.3


def say(message: str) -> None:
    """Tell on standard error what takes a while."""
    sys.stderr.write(f"wangge: {message}\n")


def progress_bar() -> Progress:
    """Return a progress bar on standard error."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def list_plans(settings: Settings, district: str | None) -> None:
    """Print districts and their plans."""
    from maps import overview

    table = Table("district", "plan", "name", "state", "in force", "units", "counts of")
    with open_database(settings, say) as database, database.session() as session:
        wanted = find_district(session, district).id if district else None
        for listed in overview.districts(session):
            if wanted not in {None, listed["id"]}:
                continue
            for plan in overview.plans(session, find_district(session, listed["id"])):
                units = ", ".join(f"{plan['unit_counts'].get(level, 0)} {level}" for level in plan["levels"])
                span = (
                    f"{plan['in_force_from']} – {plan['in_force_to'] or ''}" if plan["in_force_from"] else ""
                )
                table.add_row(
                    listed["key"],
                    str(plan["id"]),
                    plan["name"],
                    plan["state"],
                    span,
                    units,
                    plan["count_date"] or "",
                )
    Console().print(table)


def import_file(settings: Settings, arguments: dict[str, Any]) -> None:
    """Import a file and print what was read and how."""
    with open_database(settings, say) as database:
        result = run_job(database, "import", {**arguments, "path": str(Path(arguments["path"]).resolve())})
    for line in result["lines"]:
        print(line)  # noqa: T201


def run_job(database: Database, kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Ask for a job, do it here unless a worker takes it first, and return its result; Ctrl-C cancels it.

    Raises
    ------
    JobFailedError, JobCancelledError
        When it ends without a result.
    """
    job = queue.enqueue(database, kind, arguments)
    mine = queue.claim(database, f"command line:{os.getpid()}", only=job)
    with progress_bar() as bar:
        task = bar.add_task(kind, total=1.0)
        try:
            if mine is not None:
                work_on(
                    database, mine, KINDS, on_tell=lambda f, t: bar.update(task, completed=f, description=t)
                )
            _watch(database, job, lambda f, t: bar.update(task, completed=f, description=t or kind))
        except KeyboardInterrupt:
            queue.cancel(database, job)
            raise
    ended = queue.find_job(database, job)
    if ended.state == "cancelled":
        raise JobCancelledError(f"{kind} was cancelled; nothing was stored.")
    if ended.state == "failed" or ended.result is None:
        raise JobFailedError(ended.error or "the job ended without a result.")
    return ended.result


def _watch(database: Database, job: int, tell: Callable[[float, str], None]) -> None:
    while (now := queue.find_job(database, job)).state not in queue.ENDED:
        tell(now.progress, now.message)
        time.sleep(WATCH_SECONDS)


def check_plans(settings: Settings, plan: str | None, district: str | None) -> None:
    """Check one plan or all of them; leave with exit code 1 when something breaks."""
    from boundaries.check import check_all, check_plan

    with open_database(settings, say) as database, database.session() as session:
        if plan is not None:
            breaches = check_plan(session, _plan(session, plan, district))
        else:
            breaches = check_all(session, find_district(session, district) if district else None)
    for breach in breaches:
        print(breach)  # noqa: T201
    print("every invariant holds" if not breaches else counted(len(breaches), "breach", "breaches"))  # noqa: T201
    if breaches:
        sys.exit(1)


def export_file(
    settings: Settings, plan: str, district: str | None, level: str, format_: str, out: Path | None
) -> None:
    """Write a plan's level to a file."""
    from boundaries.exchange.export import export_plan

    with open_database(settings, say) as database, database.session() as session:
        found = _plan(session, plan, district)
        path = out or Path(f"{found.name}-{level}.{format_}")
        export_plan(session, found, level, format_, path)
    print(path)  # noqa: T201


def map_file(settings: Settings, plan: str, district: str | None, level: str, out: Path) -> None:
    """Write a folium map of a plan."""
    from maps.folium_view import render_map

    with open_database(settings, say) as database, database.session() as session:
        render_map(session, _plan(session, plan, district), out, level=level)
    print(out)  # noqa: T201


def run_worker_process(settings: Settings) -> None:
    """Take up jobs until a signal comes or the process that started this one is gone."""
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    parent = os.getppid()
    with open_database(settings, say) as database:
        run_worker(database, KINDS, lambda: stopping or os.getppid() != parent)


def _plan(session: Session, plan: str, district: str | None) -> Plan:
    return find_plan(session, plan, find_district(session, district) if district else None)
