"""Plans of the hand-drawn district, and of one where a block was cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from boundaries.redraw import Actor
from tests.boundaries.conftest import square_plan

if TYPE_CHECKING:
    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database

PLANNER = Actor("p-1", "王规划")


@pytest.fixture
def square(database: Database) -> StoredPlan:
    return square_plan(database)
