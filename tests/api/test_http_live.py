"""Working together: streams of what happens, resumed where they broke off, and ended with the server."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx2
import psycopg
import pytest
from sqlalchemy import text

from api.http.app import create_app
from api.http.listener import bound_socket
from api.http.serving import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database

WANG = {"id": "w1", "name": "王规划", "role": "planner"}


def signed(actor: dict[str, str] = WANG) -> dict[str, str]:
    return {"X-Wangge-Actor": quote(json.dumps(actor, ensure_ascii=False))}


class Running:
    """A server of this process on a free port."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.app = create_app(database, None, folder)
        self.server = Server(self.app)
        self.socket = bound_socket(0)
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)
        self.thread.start()
        wait_until(lambda: self.server.started)

    def stop(self) -> float:
        started = time.monotonic()
        self.server.should_exit = True
        self.thread.join(10)
        assert not self.thread.is_alive()
        return time.monotonic() - started


def wait_until(true: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


@pytest.fixture
def running(database: Database, square: StoredPlan, tmp_path: Path) -> Iterator[Running]:
    server = Running(database, tmp_path)
    yield server
    server.stop()


def test_an_answer_in_two_packets_does_not_wait_for_the_first_to_be_acknowledged(running: Running) -> None:
    with httpx2.Client(base_url=running.address) as client:
        client.get("/api/openapi.json").raise_for_status()
        [connection] = running.server.server_state.connections
        raw = connection.transport.get_extra_info("socket")
        assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


class Stream:
    """Reads server-sent events in a thread."""

    def __init__(self, address: str, plan: int, last: int | None = None) -> None:
        self.events: list[tuple[str, dict[str, Any], str | None]] = []
        self.ended = threading.Event()
        self._client = httpx2.Client(timeout=30)
        headers = {} if last is None else {"Last-Event-ID": str(last)}
        self._request = self._client.stream("GET", f"{address}/api/plans/{plan}/events", headers=headers)
        self._answer = self._request.__enter__()
        assert self._answer.headers["content-type"].startswith("text/event-stream")
        threading.Thread(target=self._read, daemon=True).start()
        wait_until(lambda: self.events)

    def _read(self) -> None:
        name, mark = "", None
        try:
            for line in self._answer.iter_lines():
                kind, _, rest = line.partition(": ")
                if kind == "event":
                    name = rest
                elif kind == "id":
                    mark = rest
                elif kind == "data":
                    self.events.append((name, json.loads(rest), mark))
                    mark = None
        except (httpx2.HTTPError, OSError, RuntimeError):
            pass
        self.ended.set()

    def named(self, name: str) -> list[dict[str, Any]]:
        return [data for event, data, _ in self.events if event == name]

    def cut(self) -> None:
        """Break the connection off, as a killed browser does."""
        raw = self._answer.extensions["network_stream"].get_extra_info("socket")
        raw.shutdown(socket.SHUT_RDWR)
        assert self.ended.wait(5)
        self.close()

    def close(self) -> None:
        self._answer.close()
        self._client.close()


@contextmanager
def watching(address: str, plan: int, last: int | None = None) -> Iterator[Stream]:
    stream = Stream(address, plan, last)
    yield stream
    stream.cut()


def log_edit(database: Database, plan: int) -> int:
    """Write an edit to the log and announce it, as an edit does that some process applied."""
    with database.session() as session:
        revision: int = session.execute(
            text("UPDATE plan SET revision = revision + 1 WHERE id = :p RETURNING revision"), {"p": plan}
        ).scalar_one()
        session.execute(
            text(
                "INSERT INTO edit (plan_id, revision, operation, arguments, inverse, actor, rows, members) VALUES "
                "(:p, :r, 'assign', '{}', '{\"blocks\": [[3, 5, 4]], \"versions\": [], \"units\": []}', :a, '{}', '{4,5}')"
            ),
            {"p": plan, "r": revision, "a": json.dumps(WANG)},
        )
        session.execute(
            text("SELECT pg_notify('wangge_edits', :t)"),
            {"t": json.dumps({"plan": plan, "revision": revision})},
        )
        return revision


def listening(database: Database) -> int:
    with database.session() as session:
        return int(
            session.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
                )
            )
            or 0
        )


def test_everyone_hears_of_an_edit_and_what_it_touched(
    running: Running, database: Database, square: StoredPlan
) -> None:
    with watching(running.address, square.plan.id) as one, watching(running.address, square.plan.id) as two:
        assert one.named("revision") == [{"revision": 0}]
        log_edit(database, square.plan.id)
        for stream in (one, two):
            wait_until(lambda stream=stream: stream.named("edit"))
            [edit] = stream.named("edit")
            assert (edit["revision"], edit["units"], edit["blocks"]) == (1, [4, 5], [3])
            assert (edit["edit"]["operation"], edit["edit"]["actor"]["name"]) == ("assign", "王规划")
            assert stream.events[-1][2] == "1"
        assert listening(database) == 1


def test_a_client_resumes_where_it_left_off_and_hears_nothing_twice(
    running: Running, database: Database, square: StoredPlan
) -> None:
    for _ in range(3):
        log_edit(database, square.plan.id)
    with watching(running.address, square.plan.id, last=1) as stream:
        wait_until(lambda: len(stream.named("edit")) == 2)
        log_edit(database, square.plan.id)
        wait_until(lambda: len(stream.named("edit")) == 3)
        assert [edit["revision"] for edit in stream.named("edit")] == [2, 3, 4]


def test_edits_of_other_plans_are_not_told(running: Running, database: Database, square: StoredPlan) -> None:
    with watching(running.address, square.plan.id) as stream:
        with database.session() as session:
            session.execute(text('SELECT pg_notify(\'wangge_plans\', \'{"plan": 99, "state": "adopted"}\')'))
            session.execute(
                text("SELECT pg_notify('wangge_plans', :t)"),
                {"t": json.dumps({"plan": square.plan.id, "state": "submitted"})},
            )
        wait_until(lambda: stream.named("state"))
        assert stream.named("state") == [{"state": "submitted"}]


@pytest.mark.parametrize("word", ["no JSON", "[]", "{}", '{"plan": "x"}', '{"plan": 1}', "7"])
def test_one_bad_announcement_makes_no_stream_deaf(
    running: Running, database: Database, square: StoredPlan, word: str
) -> None:
    with watching(running.address, square.plan.id) as stream:
        for channel in ("wangge_edits", "wangge_presence"):
            with database.session() as session:
                session.execute(text("SELECT pg_notify(:c, :t)"), {"c": channel, "t": word})
        log_edit(database, square.plan.id)
        wait_until(lambda: stream.named("edit"))
        assert listening(database) == 1


def test_everyone_sees_who_is_where_also_through_another_process(
    running: Running, database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    other = Running(database, tmp_path)
    with watching(running.address, square.plan.id) as stream:
        told = {"at": [500_010.5, 3_700_020.0], "tool": "paint", "unit": 4}
        path = f"/api/plans/{square.plan.id}/presence"
        assert httpx2.post(other.address + path, json=told, headers=signed()).status_code == 204
        wait_until(lambda: stream.named("presence"))
        [seen] = stream.named("presence")
        assert (seen["actor"]["name"], seen["at"], seen["tool"], seen["unit"]) == (
            "王规划",
            told["at"],
            "paint",
            4,
        )
    with watching(running.address, square.plan.id) as late:
        wait_until(lambda: late.named("presence"))
    other.stop()


@pytest.mark.parametrize(
    ("body", "headers", "status", "key"),
    [
        ({"at": [1, 2]}, {}, 422, "actor"),
        ({"at": [1, 2]}, {"X-Wangge-Actor": "%ff"}, 422, "actor"),
        ({"at": [1, 2]}, {"X-Wangge-Actor": "{}"}, 422, "actor"),
        ({"at": [1]}, signed(), 422, "argument"),
        ({"at": [1e300, 2]}, signed(), 422, "argument"),
        ({"tool": "x" * 41}, signed(), 422, "argument"),
    ],
)
def test_presence_that_says_nothing_is_refused(
    running: Running, square: StoredPlan, body: dict[str, Any], headers: dict[str, str], status: int, key: str
) -> None:
    answer = httpx2.post(f"{running.address}/api/plans/{square.plan.id}/presence", json=body, headers=headers)
    assert (answer.status_code // 100, answer.json()["key"]) == (status // 100, key)


def test_a_killed_client_frees_everything(running: Running, database: Database, square: StoredPlan) -> None:
    streams = [Stream(running.address, square.plan.id) for _ in range(5)]
    assert running.app.state.live.clients == 5
    for stream in streams:
        stream.cut()
    wait_until(lambda: running.app.state.live.clients == 0)
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_client_misses_nothing_when_the_listening_connection_is_lost(
    running: Running, database: Database, square: StoredPlan
) -> None:
    with watching(running.address, square.plan.id) as stream:
        with database.session() as session:
            session.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' "
                     "AND datname = current_database()")
            )  # fmt: skip
        log_edit(database, square.plan.id)
        wait_until(lambda: stream.named("edit"))
        log_edit(database, square.plan.id)
        wait_until(lambda: len(stream.named("edit")) == 2)
        assert [edit["revision"] for edit in stream.named("edit")] == [1, 2]


def test_a_stopping_server_ends_its_streams_at_once(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    server = Running(database, tmp_path)
    streams = [Stream(server.address, square.plan.id) for _ in range(3)]
    assert server.stop() < 1.9  # uvicorn alone would wait its two seconds and then cut them off
    for stream in streams:
        assert stream.ended.wait(2)
        stream.close()
    assert listening(database) == 0


def test_a_terminated_server_process_leaves_no_connection_behind(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom api.http.app import create_app\n"
        "from api.http.listener import bound_socket\n"
        "from api.http.serving import Server\nfrom boundaries.storage.database import Database\n"
        "held = bound_socket(0); print(held.getsockname()[1], flush=True)\n"
        "Server(create_app(Database(sys.argv[1]), None, Path(sys.argv[2]))).run(sockets=[held])\n"
    )
    url = database.engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", script, url, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    assert process.stdout is not None
    address = f"http://127.0.0.1:{process.stdout.readline().strip()}"
    wait_until(lambda: answers(address), 60)
    stream = Stream(address, square.plan.id)
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(10)
    process.stdout.close()
    assert time.monotonic() - started < 3
    assert stream.ended.wait(2)
    stream.close()
    wait_until(lambda: listening(database) == 0)


def answers(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/api/districts").status_code == 200
    except httpx2.HTTPError:
        return False


def test_a_plan_that_does_not_exist_has_no_stream(running: Running) -> None:
    answer = httpx2.get(f"{running.address}/api/plans/999/events")
    assert (answer.status_code, answer.json()["key"]) == (404, "not-found")


def test_the_listening_connection_is_made_only_for_those_who_watch(
    running: Running, database: Database, square: StoredPlan
) -> None:
    httpx2.get(f"{running.address}/api/districts")
    assert listening(database) == 0
    address = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as outside:
        assert outside.execute("SELECT 1").fetchone() == (1,)
