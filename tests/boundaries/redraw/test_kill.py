"""An edit is whole or absent, wherever its process, its connection or the database server dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from api.schema import migrate
from boundaries.redraw import Edit, edit
from boundaries.storage.cluster import prepare_database, private_cluster
from boundaries.storage.database import Database
from boundaries.storage.statements import Sent, Statements
from tests.boundaries.conftest import ORIGIN, square_plan
from tests.boundaries.redraw.conftest import ME, Desk
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

State = tuple[int, int, int, int, dict[str, int]]

DYING = """
import json, os, signal, sys
import psycopg
from boundaries.redraw import Actor, Edit, edit
from boundaries.storage.database import Database
from boundaries.storage.plan_tables import Plan
from tests.boundaries.redraw.test_kill import counting

url, plan, asked = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])

def do_edit(last):
    database = Database(url)
    with counting(lambda seen, _: seen == last and os.kill(os.getpid(), signal.SIGKILL)), database.session() as session:
        found = session.get_one(Plan, plan)
        edit(session, found, Edit.of(*asked), actor=Actor("me", "me"), revision=0)

for line in sys.stdin:
    child = os.fork()
    if not child:
        do_edit(int(line))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@contextmanager
def counting(at: Callable[[int, psycopg.Connection[Any]], object]) -> Iterator[None]:
    """Call something with its number before each statement, and the commit, that this process sends."""
    numbers = count(1)
    execute, commit, send = psycopg.Cursor.execute, psycopg.Connection.commit, Statements.send

    def counted_execute(cursor: psycopg.Cursor[Any], *args: Any, **options: Any) -> Any:
        at(next(numbers), cursor.connection)
        return execute(cursor, *args, **options)

    def counted_commit(connection: psycopg.Connection[Any]) -> None:
        at(next(numbers), connection)
        commit(connection)

    def counted_send(statements: Statements, *args: Any) -> Sent:
        statements.flush()  # what was sent before is with the server
        at(next(numbers), statements.driver)
        return send(statements, *args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Statements, "send", counted_send)
        patch.setattr(psycopg.Cursor, "execute", counted_execute)
        patch.setattr(psycopg.Connection, "commit", counted_commit)
        yield


def state_of(desk: Desk) -> State:
    with desk.database.session() as session:
        edits = session.scalar(text("SELECT count(*) FROM edit"))
        blocks = session.scalar(text("SELECT count(*) FROM block"))
        counts = session.scalar(text("SELECT count(*) FROM count"))
    return desk.revision(), edits or 0, blocks or 0, counts or 0, desk.units()


def require_whole_or_absent(desk: Desk, before: State, *, done: bool) -> None:
    after = state_of(desk)
    if done:
        assert after[:2] == (1, 1)
        assert len(after[4]) == len(before[4]) + 1
        desk.require_sound()
    else:
        assert after == before


def asked_edit(desk: Desk, operation: str) -> Edit:
    if operation == "create":
        return Edit.of("create", {"level": "cell", "blocks": [desk.blocks()["b00"]]})
    line = (ORIGIN + np.array([[-10, 63.3], [210, 71.1]])).tolist()
    return Edit.of("split", {"unit": desk.units()["西南网格"], "line": line})


@pytest.mark.parametrize("operation", ["create", "split"])
def test_a_killed_process_leaves_the_edit_whole_or_absent(desk: Desk, operation: str) -> None:
    before, asked = state_of(desk), asked_edit(desk, operation)
    with desk.database.session() as session:
        plan = desk.plan(session).id
    url = desk.database.engine.url.render_as_string(hide_password=False)
    arguments = [url, str(plan), json.dumps([asked.operation, dict(asked.arguments)])]
    with subprocess.Popen(
        [sys.executable, "-c", DYING, *arguments],
        cwd=PROJECT, env={**os.environ, "PYTHONPATH": str(PROJECT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    ) as forking:  # fmt: skip
        assert forking.stdin is not None
        assert forking.stdout is not None
        for last in count(1):
            forking.stdin.write(f"{last}\n")
            forking.stdin.flush()
            ended = int(forking.stdout.readline())
            assert ended in {0, -signal.SIGKILL}
            require_whole_or_absent(desk, before, done=ended == 0)
            if ended == 0:
                break
    assert last > 15


@pytest.mark.parametrize("operation", ["create", "split"])
def test_a_connection_that_is_ended_leaves_the_edit_whole_or_absent(desk: Desk, operation: str) -> None:
    before, asked = state_of(desk), asked_edit(desk, operation)
    url = desk.database.engine.url.render_as_string(hide_password=False)

    def terminate(process: int) -> None:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [process])

    done, last = False, 0
    while not done:
        last += 1
        done = edit_until(url, desk, asked, last, terminate)
        require_whole_or_absent(desk, before, done=done)
    assert last > 15


def edit_until(url: str, desk: Desk, asked: Edit, last: int, end: Callable[[int], None]) -> bool:
    """Do an edit whose connection ends at a statement; return whether it was done before."""
    dying = Database(url)
    ended = False

    def at(seen: int, connection: psycopg.Connection[Any]) -> None:
        nonlocal ended
        if seen == last and not ended:
            ended = True
            end(connection.info.backend_pid)

    try:
        with dying.session() as session:
            plan = desk.plan(session)
            with counting(at):
                edit(session, plan, asked, actor=ME, revision=0)
                session.commit()
    except DBAPIError:
        assert ended
        return False
    finally:
        dying.close()
    assert not ended
    return True


def test_a_killed_database_server_leaves_the_edit_whole_or_absent() -> None:
    with tempfile.TemporaryDirectory(prefix="wangge-killed-") as folder:
        Path(folder).chmod(0o755)
        with private_cluster(Path(folder), lambda _: None) as url:
            prepare_database(url)
            database = Database(url)
            migrate(database.engine)
            square_plan(database)
            desk = Desk(database, "first")
            before, asked = state_of(desk), asked_edit(desk, "split")
            done, last = False, 0
            while not done:
                last += 1
                with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as other:
                    done = edit_until(
                        url, desk, asked, last, lambda process: os.kill(process, signal.SIGKILL)
                    )
                    if not done:
                        wait_for(database, other)
                require_whole_or_absent(desk, before, done=done)
            database.close()
    assert last > 15


def wait_for(database: Database, other: psycopg.Connection[Any], seconds: float = 30) -> None:
    """Wait until the server has ended all it served, another connection among it, and has recovered."""
    until = time.monotonic() + seconds
    while not other.broken:
        assert time.monotonic() < until
        with suppress(psycopg.OperationalError):
            other.execute("SELECT 1")
    database.close()  # one of its connections may not have been told yet, and answer once more
    while True:
        try:
            with database.session() as session:
                session.execute(text("SELECT 1"))
        except OperationalError:
            assert time.monotonic() < until
            time.sleep(0.1)
        else:
            return
