"""What was stored before a migration is told as what is stored after it."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

if TYPE_CHECKING:
    from boundaries.storage.database import Database

TOLD = {"text": "told with a key", "key": "a-key", "values": {}}


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("propose", ["first", TOLD, "last"], [{"text": "first"}, TOLD, {"text": "last"}]),
        ("propose", [], []),
        ("import", ["first"], ["first"]),
    ],
)
def test_notes_of_earlier_searches_are_sentences(
    database: Database, kind: str, before: list[object], after: list[object]
) -> None:
    migration = importlib.import_module("api.migrations.versions.0004_job_said")
    with database.session() as session:
        for result in (json.dumps({"answer": {"notes": before, "proven": False}}), "{}", None):
            query = "INSERT INTO job (kind, arguments, result) VALUES (:kind, '{}', CAST(:result AS jsonb))"
            session.execute(text(query), {"kind": kind, "result": result})
        session.execute(text(migration.NOTES))
        found = list(session.execute(text("SELECT result FROM job ORDER BY id")).scalars())
    assert found == [{"answer": {"notes": after, "proven": False}}, {}, None]
