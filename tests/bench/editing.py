"""What an edit costs on the server, on the demo district and on one ten times larger, in one run.

    ./wangge bench editing [--edits N]

prints a Markdown table, ratios first: the larger district's median against the demo's. A time is that of the whole
edit with its commit to a durable database; choosing what to do is not counted. Refused edits are told, not timed.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import text

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from api.demo import load_demo  # noqa: E402
from api.schema import migrate  # noqa: E402
from boundaries.errors import BoundaryError  # noqa: E402
from boundaries.plans import plan_to_edit  # noqa: E402
from boundaries.redraw import Actor, Edit, edit  # noqa: E402
from boundaries.storage.cluster import prepare_database, private_cluster  # noqa: E402
from boundaries.storage.database import Database  # noqa: E402
from boundaries.storage.plan_tables import Plan  # noqa: E402
from tests.boundaries.redraw.random_edits import Snapshot  # noqa: E402
from tests.boundaries.redraw.random_lines import LINES, random_line_edit  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

OPERATIONS = (
    "assign", "assign_across", "create", "merge", "dissolve", "move", "cut", "split", "reshape", "update", "lock",
    "unlock", "group", "undo", "redo",
)  # fmt: skip
AGE = 25
"""After so many edits what to do is chosen from a fresh look at the plan; choices that went stale are refused."""
# Copies lie northwards: there all coordinates have the same floating-point spacing, so they stay on the 1 mm grid.
SHIFT = 10_000_000
"""Ids of a copy of the district are those of the demo plus a multiple of this."""

_COPIES = (
    "INSERT INTO block (id, district_id, srid, key, version, use, area_m2, outer_m, geom) "
    "SELECT id + :s, :d, srid, key || '-' || :i, version, use, area_m2, outer_m, ST_Translate(geom, 0, :dy) "
    "FROM block WHERE id < :first AND district_id <> :d",
    "INSERT INTO block_border SELECT first_id + :s, second_id + :s, border_m, barrier FROM block_border "
    "WHERE second_id < :first",
    "INSERT INTO building (id, district_id, srid, key, use, floors, geom) "
    "SELECT id + :s, :d, srid, key || '-' || :i, use, floors, ST_Translate(geom, 0, :dy) FROM building "
    "WHERE id < :first AND district_id <> :d",
    "INSERT INTO block_building SELECT block_id + :s, building_id + :s FROM block_building WHERE block_id < :first",
    "INSERT INTO count (district_id, block_id, measure, on_date, value, source) "
    "SELECT :d, block_id + :s, measure, on_date, value, source FROM count WHERE block_id < :first",
    "INSERT INTO unit (id, district_id, level) SELECT u.unit_id + :s, :d, u.level FROM plan_unit u "
    "WHERE u.plan_id = :from",
    "INSERT INTO plan_unit (plan_id, unit_id, district_id, srid, level, parent_id, name, name_en, code, type, colour, "
    "blocks, buildings, area_m2, perimeter_m, compactness, border_um, clear_border_um, clear_border_share, tallies, "
    "geom) SELECT :to, unit_id + :s, :d, srid, level, parent_id + :s, name, name_en, "
    "overlay(code placing lpad(CAST(CAST(substr(code, 7, 3) AS integer) + 10 * :i AS text), 3, '0') from 7 for 3), "
    "type, colour, blocks, buildings, area_m2, perimeter_m, compactness, border_um, clear_border_um, "
    "clear_border_share, tallies, ST_Translate(geom, 0, :dy) FROM plan_unit WHERE plan_id = :from",
    "INSERT INTO assignment SELECT :to, block_id + :s, unit_id + :s FROM assignment WHERE plan_id = :from",
    "INSERT INTO road (district_id, srid, class, width_m, geom) SELECT :d, srid, class, width_m, "
    "ST_Translate(geom, 0, :dy) FROM road WHERE district_id <> :d",
    "INSERT INTO water (district_id, srid, kind, geom) SELECT :d, srid, kind, ST_Translate(geom, 0, :dy) FROM water "
    "WHERE district_id <> :d",
    "INSERT INTO wall (district_id, srid, geom) SELECT :d, srid, ST_Translate(geom, 0, :dy) FROM wall "
    "WHERE district_id <> :d",
)


def copy_district(session: Session, plan: Plan, copies: int) -> int:
    """Store a district of several copies of a plan's district side by side; return the id of its plan."""
    district = session.scalar(
        text(
            "INSERT INTO district (key, name, srid, code, rules) SELECT 'many', name, srid, code, rules "
            "FROM district WHERE id = :d RETURNING id"
        ),
        {"d": plan.district_id},
    )
    made = session.scalar(
        text(
            "INSERT INTO plan (district_id, name, levels, count_date) SELECT :d, name, levels, count_date FROM plan "
            "WHERE id = :p RETURNING id"
        ),
        {"d": district, "p": plan.id},
    )
    for copy in range(copies):
        values = {
            "s": SHIFT * (copy + 1), "i": copy, "dy": 20_000.0 * (copy + 1), "d": district, "from": plan.id, "to": made,
            "first": SHIFT,
        }  # fmt: skip
        for statement in _COPIES:
            used = {name: value for name, value in values.items() if f":{name}" in statement}
            session.execute(text(statement), used)
    return int(made or 0)


def timed(database: Database, plan: int, asked: Edit, actor: Actor) -> tuple[float, str]:
    """Do one edit; return its seconds, and why it was refused, if it was."""
    started = time.perf_counter()
    try:
        with database.session() as session:
            edit(session, plan_to_edit(session, plan), asked, actor=actor, revision=None)
    except BoundaryError as error:
        return time.perf_counter() - started, type(error).__name__
    return time.perf_counter() - started, ""


def prepared(folder: Path) -> Iterator[tuple[Database, dict[str, int]]]:
    """Give a database with the demo and with ten copies of it, each with a draft to edit."""
    with private_cluster(folder, lambda _: None) as url:
        prepare_database(url)
        database = Database(url)
        migrate(database.engine)
        load_demo(database, lambda _share, _doing: None)
        with database.session() as session:
            plan = session.get_one(Plan, session.scalar(text("SELECT max(id) FROM plan")))
            plans = {"demo": plan.id, "ten": copy_district(session, plan, 10)}
            session.execute(text("UPDATE plan SET state = 'draft'"))
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        yield database, plans
        database.close()


def write(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--edits", type=int, default=100, help="edits of each operation that are timed")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", nargs="*", default=OPERATIONS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        Path(folder).chmod(0o755)
        for database, plans in prepared(Path(folder)):
            measure(database, plans, given)


def measure(database: Database, plans: dict[str, int], given: argparse.Namespace) -> None:
    """Time every operation on both districts, turn by turn, and print the table."""
    rng, actor = np.random.default_rng(given.seed), Actor("bench", "bench")
    write(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n\n")
    write("| operation | ten times / demo | demo p50 ms | p95 | ten times p50 | p95 | refused |\n")
    write("|---|---|---|---|---|---|---|\n")
    chosen: dict[str, Snapshot] = {}

    def asked(name: str, operation: str) -> Edit:
        if operation not in LINES:
            return chosen[name].edit(operation)
        with database.session() as session:
            return random_line_edit(session, session.get_one(Plan, plans[name]), rng, operation)

    for operation in given.only:
        took: dict[str, list[float]] = {name: [] for name in plans}
        refused: Counter[str] = Counter()
        for turn in range(4 * given.edits):
            for name, plan in plans.items():
                if turn % AGE == 0:
                    with database.session() as session:
                        chosen[name] = Snapshot(session, session.get_one(Plan, plan), rng)
                    gc.freeze()  # what chooses the edits is no part of what they cost
                if len(took[name]) < given.edits:
                    seconds, why = timed(database, plan, asked(name, operation), actor)
                    refused[why] += bool(why)
                    if not why and turn >= 3:  # the first of each kind warm caches up
                        took[name].append(1000 * seconds)
            if min(map(len, took.values())) == given.edits:
                break
        figures = [np.percentile(took[name] or [np.nan], q) for name in ("demo", "ten") for q in (50, 95)]
        told = ", ".join(f"{count} {why.removesuffix('Error')}" for why, count in refused.items() if count)
        cells = [operation, f"{figures[2] / figures[0]:.2f}", *(f"{one:.1f}" for one in figures), told]
        write(f"| {' | '.join(cells)} |\n")


if __name__ == "__main__":
    main()
