"""A database that a test gives back is lent to the next one as if it were new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from boundaries.storage.database import Database
from tests.boundaries.conftest import square_plan

if TYPE_CHECKING:
    from tests.conftest import Databases

EVERYTHING = "SELECT id, key FROM block ORDER BY id"


def filled(url: str) -> list[tuple[int, str]]:
    """Store the drawn district; return its blocks, after making sure that there was nothing."""
    database = Database(url)
    try:
        with database.session() as session:
            tables = session.scalars(
                text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            ).all()
            held = {
                name: session.scalar(text(f'SELECT count(*) FROM "{name}"'))
                for name in tables
                if name != "alembic_version"
            }
            assert len(held) > 20
            assert set(held.values()) == {0}
        square_plan(database)
        with database.session() as session:
            return [(row[0], row[1]) for row in session.execute(text(EVERYTHING))]
    finally:
        database.close()


def test_what_is_given_back_is_lent_empty_and_counts_from_one(
    databases: Databases, empty_template: str
) -> None:
    url = databases.lend(empty_template)
    blocks = filled(url)
    assert blocks[0] == (1, "b00")
    databases.give_back(url)
    again = databases.lend(empty_template)
    assert again == url
    assert filled(again) == blocks
    databases.give_back(again)


def test_a_database_whose_schema_was_changed_is_not_lent_again(
    databases: Databases, empty_template: str
) -> None:
    changes = (
        "ALTER TABLE block ADD COLUMN more integer",
        "ALTER TABLE plan_unit ALTER COLUMN name DROP NOT NULL",
        "DROP INDEX ix_assignment_unit",
        "CREATE FUNCTION nothing() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    )
    for change in changes:
        url = databases.lend(empty_template)
        database = Database(url)
        with database.session() as session:
            session.execute(text(change))
        database.close()
        databases.give_back(url)
        clean = databases.lend(empty_template)
        assert clean != url, change
        databases.give_back(clean)
