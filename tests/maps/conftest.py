"""The district that can be drawn by hand, for what is seen."""

from __future__ import annotations

import pytest

from boundaries.plans import StoredPlan
from boundaries.storage.database import Database
from tests.boundaries.conftest import square_plan


@pytest.fixture
def square(database: Database) -> StoredPlan:
    return square_plan(database)
