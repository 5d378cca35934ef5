"""The HTTP door on the hand-drawn district."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from api.http.app import create_app
from tests.boundaries.conftest import square_plan

if TYPE_CHECKING:
    from pathlib import Path

    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database


@pytest.fixture
def square(database: Database) -> StoredPlan:
    return square_plan(database)


@pytest.fixture
def client(database: Database, tmp_path: Path) -> TestClient:
    return TestClient(create_app(database, None, tmp_path / "uploads"), raise_server_exceptions=False)
