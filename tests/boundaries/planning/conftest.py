"""Plans of the hand-drawn district, and of one where a block was cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.boundaries.conftest import square_plan

if TYPE_CHECKING:
    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database

PLANNER = {"id": "p-1", "name": "王规划", "role": "planner", "verified": False}


@pytest.fixture
def square(database: Database) -> StoredPlan:
    return square_plan(database)
