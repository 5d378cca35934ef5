"""``./wangge up``: everything a district's office needs, started in order and stopped together."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

from sqlalchemy import text

from api.cli.work import progress_bar, say
from api.errors import AlreadyRunningError, PortInUseError
from api.http.listener import HOST, bound_socket
from api.opening import open_database
from api.page import built_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from api.settings import Settings
    from boundaries.storage.database import Database

STOP_SECONDS = 10


def serve(settings: Settings, *, demo: bool) -> None:
    """Start cluster, schema, demo, page, worker and server; serve until Ctrl-C, then stop what was started.

    Raises
    ------
    AlreadyRunningError
        When another ``up`` runs on the data folder.
    PortInUseError
        When the port is taken.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    settings.data.mkdir(parents=True, exist_ok=True)
    with (
        _only_one(settings.data) as address_file,
        _listening(settings.port) as listener,
        open_database(settings, say) as database,
    ):
        address = f"http://{HOST}:{listener.getsockname()[1]}"
        page = built_page(say)
        if demo:
            _load_demo_into_empty(database)
        with _worker(settings, database):
            address_file.truncate(0)
            address_file.write(address)
            address_file.flush()
            _run_server(database, page, settings.data / "uploads", listener, address)
    say("stopped.")


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def _only_one(folder: Path) -> Iterator[IO[str]]:
    with (folder / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            address = lock.read().strip() or "an address it will print soon"
            raise AlreadyRunningError(
                f"wangge runs already on {folder}, at {address}. Open that, or stop it with Ctrl-C first, or start a "
                "second one with --data and --port."
            ) from None
        yield lock


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    try:
        bound = bound_socket(port)
    except OSError:
        raise PortInUseError(
            f"port {port} is used by another program. Type: ./wangge up --port {port + 1 if port < 65535 else 0}"
        ) from None
    with bound:
        yield bound


def _load_demo_into_empty(database: Database) -> None:
    with database.session() as session:
        if session.scalar(text("SELECT EXISTS (SELECT 1 FROM district)")):
            return
    from api.demo import load_demo

    with progress_bar() as bar:
        task = bar.add_task("demo district", total=1.0)
        load_demo(database, lambda fraction, doing: bar.update(task, completed=fraction, description=doing))
    say("the synthetic demo district is loaded.")


@contextmanager
def _worker(settings: Settings, database: Database) -> Iterator[None]:
    """Run one worker process; it is kept out of the terminal's Ctrl-C so that it can end its job in order."""
    log_path = settings.data / "worker.log"
    environment = {
        **os.environ,
        "WANGGE_DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
    }
    with log_path.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "api", "worker", "--data", str(settings.data)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env=environment,
        )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _run_server(database: Database, page: Path, uploads: Path, listener: socket.socket, address: str) -> None:
    from api.http.app import create_app
    from api.http.serving import Server

    server = Server(create_app(database, page, uploads))
    announce = threading.Thread(target=_announce, args=(server, address), daemon=True)
    announce.start()
    with suppress(KeyboardInterrupt):  # uvicorn raises the Ctrl-C it was stopped by once more
        server.run(sockets=[listener])


def _announce(server: object, address: str) -> None:
    import time

    while not getattr(server, "started", False):
        time.sleep(0.05)
    print(f"wangge is at {address}  (Ctrl-C stops it)", flush=True)  # noqa: T201
