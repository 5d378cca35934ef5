"""``./wangge up`` and its failures, as a user meets them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from sqlalchemy import text

from boundaries.storage.cluster import private_cluster
from boundaries.storage.database import Database
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT_S = 90


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not pytest's own folder: the user postgres may not enter that.
    with TemporaryDirectory(prefix="wangge-data-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def made_once() -> Iterator[Path]:
    """A data folder with its cluster, stopped; to be copied, not used."""
    with TemporaryDirectory(prefix="wangge-made-") as name:
        Path(name).chmod(0o755)
        made = told("plans", "--data", name)
        assert made.returncode == 0, made.stderr
        yield Path(name)


@pytest.fixture
def made(made_once: Path, folder: Path) -> Path:
    """A data folder that was used before."""
    subprocess.run(["cp", "-a", f"{made_once}/.", folder], check=True)
    return folder


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "api", *arguments]


def environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key != "WANGGE_DATABASE_URL"}


@contextmanager
def running(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run ``up`` without the demo until it has printed its address."""
    process = subprocess.Popen(
        command("up", "--no-demo", "--port", "0", "--data", str(folder)),
        cwd=PROJECT, env=environment(), stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert "wangge is at http://127.0.0.1:" in line
        yield process, line.split()[3]
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(WAIT_S)
        process.stdout.close()


def told(*arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        cwd=PROJECT,
        env=environment() | more,
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
    )


def districts(address: str) -> Any:
    with urllib.request.urlopen(f"{address}/api/districts", timeout=10) as answer:
        return json.load(answer)


def processes_of(folder: Path) -> list[str]:
    """Command lines of living processes that name the folder or work in it."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if str(folder) in line or str((entry / "cwd").readlink()).startswith(str(folder)):
                    found.append(line)
    return found


def test_ctrl_c_stops_everything_that_was_started(folder: Path) -> None:
    with running(folder) as (process, address):
        assert districts(address) == []
        assert len(processes_of(folder)) >= 3  # server, worker, PostgreSQL
        process.send_signal(signal.SIGINT)
        assert process.wait(WAIT_S) == 0
    assert processes_of(folder) == []


def test_a_second_up_says_where_the_first_one_is(made: Path) -> None:
    with running(made) as (_, address):
        second = told("up", "--no-demo", "--port", "0", "--data", str(made))
        assert second.returncode == 32
        assert address in second.stderr


def test_a_port_in_use_is_told_with_what_to_type(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = told("up", "--no-demo", "--port", str(port), "--data", str(folder))
    assert refused.returncode == 31
    assert f"./wangge up --port {port + 1}" in refused.stderr
    assert not (folder / "postgres").exists()


def test_the_next_up_recovers_from_a_killed_server_and_a_killed_cluster(made: Path) -> None:
    with running(made) as (process, _):
        process.kill()
        process.wait()
    with running(made) as (_, address):
        assert districts(address) == []
        os.kill(int((made / "postgres/postmaster.pid").read_text().split("\n")[0]), signal.SIGKILL)
    with running(made) as (process, address):
        assert districts(address) == []
        process.send_signal(signal.SIGTERM)
        process.wait(WAIT_S)
    deadline = time.monotonic() + 20
    while processes_of(made) and time.monotonic() < deadline:
        time.sleep(0.2)  # the orphaned worker notices within its next look
    assert processes_of(made) == []


def test_a_half_made_data_folder_is_made_again(folder: Path) -> None:
    (folder / "postgres.making").mkdir()
    (folder / "postgres").mkdir()
    (folder / "postgres" / "half").write_text("")
    assert told("plans", "--data", str(folder)).returncode == 0


def test_a_cluster_without_its_password_says_what_to_do(made: Path) -> None:
    (made / "postgres.password").unlink()
    refused = told("plans", "--data", str(made))
    assert refused.returncode == 13
    assert "postgres.password" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_cluster_is_reached_by_its_socket_or_by_its_port_where_the_path_is_too_long(made: Path) -> None:
    (made / "postgres" / ".s.PGSQL.1").write_text("")  # as a server that was killed leaves it
    deep = made / ("长" * 40)
    by_socket = f"@/wangge?host={quote(str(made / 'postgres'), safe='')}&port="
    for folder, way in ((made, by_socket), (deep, "@127.0.0.1:")):
        if folder is deep:
            deep.mkdir(mode=0o755)
            for name in ("postgres", "postgres.password"):
                (made / name).rename(deep / name)
        with private_cluster(folder, lambda _: None) as url, closing(Database(url)) as database:
            assert way in url
            with database.session() as session:
                assert session.scalar(text("SELECT count(*) FROM district")) == 0
        assert list((folder / "postgres").glob(".s.PGSQL.*")) == []


def test_a_database_that_cannot_be_reached_is_one_sentence(folder: Path) -> None:
    url = "postgresql+psycopg://nobody:x@127.0.0.1:1/none"
    refused = told("plans", "--data", str(folder), WANGGE_DATABASE_URL=url)
    assert refused.returncode == 13
    assert "WANGGE_DATABASE_URL" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["check", "nonsense"], 11, "there is no plan"),
        (["export", "nonsense", "--format", "gpkg"], 11, "there is no plan"),
        (["propose", "nonsense", "--band", "residents"], 16, "NAME=VALUE"),
        (["import", "nowhere.geojson", "--as", "blocks"], 35, "nowhere.geojson"),
        (["import", "x.csv", "--as", "blocks", "--count-date", "1.2.2020"], 16, "2011-11-01"),
    ],
)
def test_wrong_words_are_answered_with_the_right_ones(
    made: Path, arguments: list[str], code: int, words: str
) -> None:
    refused = told(*arguments, "--data", str(made))
    assert refused.returncode == code, refused.stderr
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr
