"""The district that can be drawn by hand, for what is seen."""

from __future__ import annotations

import pytest

from boundaries.plans import StoredPlan
from boundaries.storage.database import Database
from tests.boundaries.conftest import square_plan


@pytest.fixture
def square(database: Database) -> StoredPlan:
    return square_plan(database)


@pytest.fixture(scope="session")
def base_url() -> None:
    """Take the place of the browser plugin's own fixture, which warns of its coming end under pytest 9."""
