"""Plans that were stored before units kept their border sums get them from the migration."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.boundaries.redraw.conftest import Desk

if TYPE_CHECKING:
    from boundaries.storage.database import Database

SUMS = "SELECT unit_id, border_um, clear_border_um FROM plan_unit ORDER BY unit_id"


@pytest.mark.parametrize("known", [True, False], ids=["with roads", "with nothing known about borders"])
def test_border_sums_of_older_plans_are_added_up(wide: Desk, *, known: bool) -> None:
    database: Database = wide.database
    migration = importlib.import_module("api.migrations.versions.0002_editing")
    with database.session() as session:
        if not known:
            session.execute(text("UPDATE block_border SET barrier = 0"))
        expected = [
            (unit, border, clear if known else None) for unit, border, clear in session.execute(text(SUMS))
        ]
        assert len({border for _, border, _ in expected}) > 3
        session.execute(text("UPDATE plan_unit SET border_um = 0, clear_border_um = NULL"))
        for statement in migration.BORDER_SUMS.split(";\n"):
            if statement.strip():
                session.execute(text(statement.replace("::", "\\:\\:")))
        assert [tuple(row) for row in session.execute(text(SUMS))] == expected
