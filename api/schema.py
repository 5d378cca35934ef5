"""The whole schema: every floor's tables, and bringing a database up to them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import api.jobs.tables
import boundaries.storage.plan_tables
import boundaries.storage.planning_tables
import boundaries.storage.proposal_tables
import boundaries.storage.tables
import maps.tables
from boundaries.errors import StorageError
from boundaries.storage.base import Base

if TYPE_CHECKING:
    from sqlalchemy import Engine

METADATA = Base.metadata


def migrate(engine: Engine) -> bool:
    """Bring the database up to the newest schema; return whether there was anything to do.

    Raises
    ------
    StorageError
        When the database was made by a newer wangge.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    scripts = ScriptDirectory.from_config(config)
    with engine.begin() as connection:
        # Two processes may come to a fresh database at once; the second waits and finds it done.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20100601)")
        current = MigrationContext.configure(connection).get_current_revision()
        if current == scripts.get_current_head():
            return False
        if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
            raise StorageError(
                f"the database has schema {current}, which this wangge does not know: it was made by a newer one. "
                "Update wangge, or choose another folder with --data."
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return True
