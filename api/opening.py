"""Opening the database of a data folder: cluster, schema and caches ready."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from api.schema import migrate
from api.settings import default_data_folder
from boundaries.storage.cluster import prepare_database, private_cluster
from boundaries.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from api.settings import Settings


@contextmanager
def open_database(settings: Settings, say: Callable[[str], None]) -> Iterator[Database]:
    """Give the migrated database of the settings; a private cluster runs while the block lasts."""
    keep_compiled_code()
    if settings.database_url is not None:
        prepare_database(settings.database_url)
        with _opened(settings.database_url) as database:
            yield database
        return
    with private_cluster(settings.data, say) as url, _opened(url) as database:
        yield database


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        migrate(database.engine)
        yield database
    finally:
        database.close()


def keep_compiled_code() -> None:
    """Keep the balancing engine's compiled code in the default data folder, so that it is compiled once for all."""
    os.environ.setdefault("NUMBA_CACHE_DIR", str(default_data_folder() / "compiled"))
