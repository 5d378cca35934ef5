"""The doors on the hand-drawn district: HTTP and the command line."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from api.cli import main
from api.http.app import create_app
from tests.boundaries.conftest import square_plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database

    Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def square(database: Database) -> StoredPlan:
    return square_plan(database)


@pytest.fixture
def client(database: Database, tmp_path: Path) -> TestClient:
    return TestClient(create_app(database, None, tmp_path / "uploads"), raise_server_exceptions=False)


@pytest.fixture
def run(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on the test's database; return exit code, output and messages."""
    monkeypatch.setenv("WANGGE_DATABASE_URL", database.engine.url.render_as_string(hide_password=False))

    def command(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["wangge", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        told = capsys.readouterr()
        return int(left.value.code or 0), told.out, told.err

    return command
