"""The private PostgreSQL cluster in the data folder: made, started, shared and stopped.

Every process that uses the cluster holds a shared lock on one file; the last one out stops the server. The lock
dies with its process, so a process that was killed leaves nothing behind that the next one would not tidy up.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shlex
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

import psycopg
from sqlalchemy import make_url

from boundaries.errors import StorageError
from boundaries.storage.postgis import SERVER_USER, Programs, ensure_programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

USER = "wangge"
DATABASE = "wangge"
START_SECONDS = 30
SOCKET = ".s.PGSQL."
LONGEST_SOCKET = 107
"""Bytes of a path that Linux takes for a socket; elsewhere it is four less, and the port is there always."""

SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 256MB
max_connections = 60
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = warning
"""


@contextmanager
def private_cluster(folder: Path, say: Callable[[str], None], *, durable: bool = True) -> Iterator[str]:
    """Run the private cluster while the block lasts.

    Parameters
    ----------
    folder
        The data folder; the cluster is kept in ``folder/postgres``.
    say
        Told in a few words what takes a while.
    durable
        False gives up safety against power cuts for speed; for tests.

    Yields
    ------
    str
        The SQLAlchemy address of the database, PostGIS ready in it.

    Raises
    ------
    StorageError
        When PostGIS is missing or the cluster cannot be made or started.
    """
    folder.mkdir(parents=True, exist_ok=True)
    programs = ensure_programs(say)
    _require_reachable(folder)
    with (folder / "postgres.users").open("a") as users:
        with _locked(folder / "postgres.start"):
            fcntl.flock(users, fcntl.LOCK_SH)
            if not _is_running(programs, folder):
                _make(programs, folder, say)
                _start(programs, folder, durable=durable)
            url = _url(folder)
            _create_database(url)
        try:
            yield url
        finally:
            _leave(programs, folder, users)


def _leave(programs: Programs, folder: Path, users: IO[str]) -> None:
    """Stop the server unless someone else still uses it."""
    with _locked(folder / "postgres.start"):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        stop = programs.command("pg_ctl", "stop", "-D", folder / "postgres", "-m", "fast", "-w", "-s")
        subprocess.run(stop, capture_output=True, check=False, cwd="/")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def data_folder(wanted: Path, fallback: Path) -> Path:
    """Return ``wanted``, or ``fallback`` where the server's user could not reach ``wanted``.

    A clone in root's home folder is closed to the user ``postgres``.
    """
    return wanted if os.geteuid() != 0 or _reachable(wanted) else fallback


def _reachable(folder: Path) -> bool:
    above = [parent for parent in folder.resolve().parents if parent.exists()]
    return all(parent.stat().st_mode & 0o001 for parent in above)


def _require_reachable(folder: Path) -> None:
    if os.geteuid() == 0 and not _reachable(folder):
        raise StorageError(
            f"the data folder {folder} lies in a folder that the user {SERVER_USER} may not enter. "
            "Choose another one: ./wangge up --data /var/lib/wangge"
        )


def _is_running(programs: Programs, folder: Path) -> bool:
    status = programs.command("pg_ctl", "status", "-D", folder / "postgres")
    return subprocess.run(status, capture_output=True, check=False, cwd="/").returncode == 0


def _make(programs: Programs, folder: Path, say: Callable[[str], None]) -> None:
    """Make the cluster beside its final place and move it there when it is whole."""
    final, making = folder / "postgres", folder / "postgres.making"
    if (final / "PG_VERSION").exists():
        _require_version(programs, final)
        return
    say("making the database cluster ...")
    for leftover in (making, final):
        shutil.rmtree(leftover, ignore_errors=True)
    making.mkdir(mode=0o700)
    password = secrets.token_urlsafe(24)
    secret = making.with_name("postgres.password-for-initdb")
    _write_private(secret, password)
    if os.geteuid() == 0:
        shutil.chown(making, SERVER_USER, SERVER_USER)
        shutil.chown(secret, SERVER_USER, SERVER_USER)
    try:
        initdb = programs.command(
            "initdb", "-D", making, "-U", USER, "-E", "UTF8", "--locale=C", "--auth=scram-sha-256",
            f"--pwfile={secret}", "--no-sync",
        )  # fmt: skip
        ran = subprocess.run(initdb, capture_output=True, text=True, check=False, cwd="/")
    finally:
        secret.unlink()
    if ran.returncode != 0:
        raise StorageError(f"the database cluster could not be made in {folder}: {ran.stderr.strip()}")
    with (making / "postgresql.conf").open("a") as conf:
        conf.write(SETTINGS)
    _write_private(folder / "postgres.password", password)
    making.rename(final)


def _require_version(programs: Programs, final: Path) -> None:
    made_by = (final / "PG_VERSION").read_text().strip()
    told = subprocess.run(
        programs.command("postgres", "--version"), capture_output=True, text=True, check=True
    )
    version = told.stdout.split()[2].split(".")[0]
    if made_by != version:
        raise StorageError(
            f"the data folder was made by PostgreSQL {made_by}, this machine has {version}. Install "
            f"postgresql-{made_by}-postgis-3, or choose another folder with --data."
        )


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(programs: Programs, folder: Path, *, durable: bool) -> None:
    """Start the server; backends of one that was killed may hold on to its memory for a moment, so try again."""
    log = folder / "postgres" / "server.log"
    deadline = time.monotonic() + START_SECONDS
    while True:
        options = f"-p {_free_port()}{_socket_option(folder / 'postgres')}"
        options += "" if durable else " -c fsync=off -c full_page_writes=off"
        start = programs.command(
            "pg_ctl", "start", "-D", folder / "postgres", "-l", log, "-w", "-s", "-t", "60", "-o", options
        )
        ran = subprocess.run(
            start, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, cwd="/"
        )
        if ran.returncode == 0:
            return
        if time.monotonic() > deadline:
            tail = (
                log.read_text(errors="replace").splitlines()[-3:] if log.exists() else ["no log was written"]
            )
            raise StorageError(
                f"PostgreSQL does not start in {folder}: {' '.join(tail)} The whole log is {log}. Your data is "
                "untouched; free disk space or memory if it says so, then type the command again."
            )
        time.sleep(0.5)


def _socket_option(cluster: Path) -> str:
    """Let the server listen on a socket in its folder too, faster than the port; not where its path is too long."""
    for left in cluster.glob(f"{SOCKET}*"):  # of a server that was killed
        left.unlink(missing_ok=True)
    fits = len(os.fsencode(cluster.absolute() / f"{SOCKET}65535")) <= LONGEST_SOCKET
    return f" -k {shlex.quote(str(cluster.absolute()))}" if fits else ""


def _url(folder: Path) -> str:
    port, socket_folder = (folder / "postgres" / "postmaster.pid").read_text().splitlines()[3:5]
    try:
        password = (folder / "postgres.password").read_text()
    except FileNotFoundError:
        raise StorageError(
            f"{folder / 'postgres.password'} is missing, so the database in {folder} cannot be opened. Restore "
            "that file from a backup, or choose another folder with --data."
        ) from None
    account = f"postgresql+psycopg://{USER}:{quote(password)}"
    if socket_folder.strip():
        return f"{account}@/{DATABASE}?host={quote(socket_folder.strip(), safe='')}&port={port}"
    return f"{account}@127.0.0.1:{port}/{DATABASE}"


def _create_database(url: str) -> None:
    """Create the database where it is missing, with PostGIS in a schema of its own."""
    server = make_url(url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as admin:
        row = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if row is None:
            admin.execute(f"CREATE DATABASE {DATABASE}")
    prepare_database(url)


def prepare_database(url: str) -> None:
    """Put PostGIS into the schema ``extensions`` of a database and that schema on its search path.

    Raises
    ------
    StorageError
        When the database cannot be reached, or has no PostGIS and the user may not add it.
    """
    try:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True, connect_timeout=10) as db:
            if db.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'").fetchone() is None:
                db.execute("CREATE SCHEMA IF NOT EXISTS extensions")
                db.execute("CREATE EXTENSION postgis SCHEMA extensions")
                name = psycopg.sql.Identifier(db.info.dbname)
                db.execute(
                    psycopg.sql.SQL("ALTER DATABASE {} SET search_path = public, extensions").format(name)
                )
    except psycopg.Error as error:
        raise StorageError(
            f"the database of WANGGE_DATABASE_URL cannot be used: {str(error).strip()}. Check the address, and "
            "that PostGIS 3.3 or newer can be created in it."
        ) from error
