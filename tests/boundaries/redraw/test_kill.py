"""An edit is whole or absent, wherever its process or its connection dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from boundaries.redraw import Edit, edit
from boundaries.storage.database import Database
from tests.boundaries.redraw.conftest import ME, Desk
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from sqlalchemy import Connection

STATEMENTS = range(1, 26, 3)
"""At which statement of the edit the end comes; past the last one the edit is done before."""

DYING = """
import os, signal, sys
from sqlalchemy import event
from boundaries.redraw import Actor, Edit, edit
from boundaries.storage.database import Database
from boundaries.storage.plan_tables import Plan

url, plan, unit, block, last = sys.argv[1], *map(int, sys.argv[2:])
database, seen = Database(url), 0

@event.listens_for(database.engine, "before_cursor_execute")
def die(*_):
    global seen
    seen += 1
    if seen == last:
        os.kill(os.getpid(), signal.SIGKILL)

with database.session() as session:
    asked = Edit.of("create", {"level": "cell", "blocks": [block]})
    found = session.get_one(Plan, plan)
    edit(session, found, asked, actor=Actor("me", "me"), revision=0)
"""


def state_of(desk: Desk) -> tuple[int, int, dict[str, int]]:
    with desk.database.session() as session:
        edits = session.scalar(text("SELECT count(*) FROM edit"))
    return desk.revision(), edits or 0, desk.units()


def require_whole_or_absent(desk: Desk, before: tuple[int, int, dict[str, int]], *, done: bool) -> None:
    revision, edits, units = state_of(desk)
    assert (revision, edits) == ((1, 1) if done else (0, 0))
    assert (len(units) == len(before[2]) + 1) if done else (units == before[2])
    desk.require_sound()


@pytest.mark.parametrize("last", STATEMENTS)
def test_a_killed_process_leaves_the_edit_whole_or_absent(desk: Desk, last: int) -> None:
    before = state_of(desk)
    with desk.database.session() as session:
        plan = desk.plan(session).id
    url = desk.database.engine.url.render_as_string(hide_password=False)
    arguments = [url, plan, desk.units()["西南网格"], desk.blocks()["b00"], last]
    ended = subprocess.run(
        [sys.executable, "-c", DYING, *map(str, arguments)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode in {0, -signal.SIGKILL}, ended.stderr
    require_whole_or_absent(desk, before, done=ended.returncode == 0)


@pytest.mark.parametrize("last", STATEMENTS)
def test_a_connection_that_is_ended_leaves_the_edit_whole_or_absent(desk: Desk, last: int) -> None:
    before = state_of(desk)
    url = desk.database.engine.url.render_as_string(hide_password=False)
    dying = Database(url)
    seen = 0

    @event.listens_for(dying.engine, "before_cursor_execute")
    def end(connection: Connection, *_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == last:
            driver = connection.connection.driver_connection
            assert driver is not None
            with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [driver.info.backend_pid])

    asked = Edit.of("create", {"level": "cell", "blocks": [desk.blocks()["b00"]]})
    try:
        with dying.session() as session:
            edit(session, desk.plan(session), asked, actor=ME, revision=0)
        done = True
    except DBAPIError:
        done = False
    finally:
        dying.close()
    assert done == (seen < last)
    require_whole_or_absent(desk, before, done=done)
