"""Random edits of the demo district, with uneven blocks, holes and the real rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import text

from boundaries.errors import BoundaryError
from boundaries.redraw import edit
from boundaries.storage.plan_tables import Plan
from tests.boundaries.redraw.conftest import ME, require_sound
from tests.boundaries.redraw.random_edits import Snapshot, random_edit

if TYPE_CHECKING:
    from boundaries.storage.database import Database

PLANS = {"2009": "with communities as its lowest level", "2010": "with cells"}


@pytest.mark.parametrize("year", PLANS, ids=PLANS.values())
def test_a_plan_of_the_demo_stays_sound_under_random_edits(demo_database: Database, year: str) -> None:
    rng = np.random.default_rng(int(year))
    # All in one transaction that is rolled back: other tests read the same district.
    with demo_database.session() as session:
        plan = session.get_one(
            Plan, session.scalar(text("SELECT id FROM plan WHERE name LIKE :y"), {"y": f"{year}%"})
        )
        session.execute(text("UPDATE plan SET state = 'draft' WHERE id = :p"), {"p": plan.id})
        done = 0
        for operation in ["assign_across", "create", "merge", "dissolve", "move", "group", *[None] * 14]:
            asked = (
                Snapshot(session, plan, rng).edit(operation) if operation else random_edit(session, plan, rng)
            )
            with session.begin_nested() as savepoint:
                try:
                    edit(session, plan, asked, actor=ME, revision=plan.revision)
                    done += 1
                except BoundaryError:
                    savepoint.rollback()
        assert done >= 8
        require_sound(session, plan)
        session.rollback()
